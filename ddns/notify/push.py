"""Push and alert services: each a pure function from its URL, a title and a message to requests.

Limits are those in the services' own documentation (2026-08), in the unit they count in.
"""

from ddns import jsonio
from ddns.core.services.serviceurls import Url, encode, quote, web_url
from ddns.notify.delivery import SECONDS, basic, bearer, cut, form, given, headline, octets, post, scheme, split, whole
from ddns.ports import Request

_NTFY_LIMIT, _PUSHOVER_LIMIT, _PUSHOVER_TITLE_LIMIT, _BARK_LIMIT, _JOIN_LIMIT = 4096, 1024, 250, 2500, 1000
_OPSGENIE_LIMIT, _OPSGENIE_TITLE_LIMIT = 15000, 130
_PUSHBULLET_LIMIT, _GOTIFY_LIMIT, _IFTTT_LIMIT = 10000, 10000, 10000
_NTFY_PRIORITIES = {"min": 1, "low": 2, "default": 3, "high": 4, "max": 5, "urgent": 5}


def gotify(url: Url, title: str, message: str) -> list[Request]:
    """Create a message (https://gotify.net/api-docs); the token is the last part of the path, or ``?token=``."""
    token = url.param("token")
    path = url.path if token else url.path[:-1]
    body: dict[str, object] = {"message": cut(message, _GOTIFY_LIMIT), **given(title=headline(url, title))}
    if url.param("priority").lstrip("-").isdecimal():
        body["priority"] = int(url.param("priority"))
    target = web_url(url, (*path, "message"), scheme=scheme(url))
    return [post(target, body, {"X-Gotify-Key": token or url.path[-1]})]


def ntfy(url: Url, title: str, message: str) -> list[Request]:
    """Publish as JSON (https://docs.ntfy.sh/publish/#publish-as-json); without a host to ntfy.sh.

    Buttons may be JSON or in the short form, which only the query takes, as it does ``cache`` and ``firebase``.
    """
    place = url if url.host else url._replace(host="ntfy.sh")
    token = url.param("token") or ("" if url.user else url.password)
    headers = bearer(token) if token else basic(url.user, url.password) if url.password else {}
    priority = url.param("priority").lower()
    body: dict[str, object] = {"topic": url.path[-1], **given(title=headline(url, title))}
    body |= given(**{name: url.param(name) for name in ("click", "attach", "icon", "filename", "email")})
    body |= given(delay=url.param("delay", "at", "in"))
    level = _NTFY_PRIORITIES.get(priority) or (int(priority) if priority in {"1", "2", "3", "4", "5"} else 0)
    if level:
        body["priority"] = level
    if url.flag("markdown"):
        body["markdown"] = True
    if url.param("tags"):
        body["tags"] = [tag.strip() for tag in url.param("tags").split(",")]
    off = {name: "no" for name in ("cache", "firebase") if not url.flag(name, default=True)}
    query = {**given(actions=url.param("actions")), **off}
    target = web_url(place, url.path[:-1], query.items(), scheme=scheme(url))
    return [post(target, {**body, "message": text}, headers) for text in split(message, _NTFY_LIMIT, octets)]


def pushover(url: Url, title: str, message: str) -> list[Request]:
    """Send a message (https://pushover.net/api); an emergency (priority 2) repeats each minute for an hour."""
    fields = {"token": url.password or url.user, "user": url.host}
    fields |= given(
        title=cut(headline(url, title), _PUSHOVER_TITLE_LIMIT),
        device=url.param("devices", "device"),
        priority=url.param("priority"),
        sound=url.param("sound"),
    )
    if fields.get("priority") == "2":
        fields |= {"retry": url.param("retry", default="60"), "expire": url.param("expire", default="3600")}
    texts = split(message, _PUSHOVER_LIMIT)
    return [form("https://api.pushover.net/1/messages.json", {**fields, "message": text}) for text in texts]


def pushbullet(url: Url, title: str, message: str) -> list[list[Request]]:
    """Push a note to devices, #channels, mail addresses, or all devices (https://docs.pushbullet.com)."""
    targets = [*url.path, *([f"#{url.fragment}"] if url.fragment else [])] or [""]
    note = {"type": "note", "body": cut(message, _PUSHBULLET_LIMIT), **given(title=headline(url, title))}
    headers = {"Access-Token": url.host}
    return [[post("https://api.pushbullet.com/v2/pushes", {**note, **_bullet(to)}, headers)] for to in targets]


def _bullet(target: str) -> dict[str, str]:
    if target.startswith("#"):
        return {"channel_tag": target[1:]}
    return {"email": target} if "@" in target else given(device_iden=target)


def bark(url: Url, title: str, message: str) -> list[Request]:
    """Push to a device (https://bark.day.app/#/en-us/tutorial)."""
    names = ("sound", "badge", "icon", "group", "url", "category", "copy", "level")
    fields = given(**{name: url.param(name) for name in names}, title=headline(url, title))
    body = {"device_key": url.password or url.user, "body": cut(message, _BARK_LIMIT, octets), **fields}
    return [post(web_url(url, (*url.path, "push"), scheme=scheme(url)), body)]


def join(url: Url, title: str, message: str) -> list[Request]:
    """Push to devices (https://joaoapps.com/join/api/); everything travels in the query."""
    fields = {"deviceIds": url.param("devices"), "apikey": url.password or url.user, "text": cut(message, _JOIN_LIMIT)}
    fields |= given(title=headline(url, title), icon=url.param("icon"))
    target = "https://joinjoaomgcd.appspot.com/_ah/api/messaging/v1/sendPush"
    return [Request("POST", f"{target}?{encode(fields.items())}", seconds=SECONDS)]


def ifttt(url: Url, title: str, message: str) -> list[list[Request]]:
    """Trigger each event with up to three values (https://ifttt.com/maker_webhooks)."""
    values = {f"value{number}": url.param(f"value{number}") for number in (1, 2, 3)}
    if url.param("titlevalue", default="0") != "0":
        values[f"value{url.param('titlevalue')}"] = headline(url, title)
    text = cut(message if url.param("titlevalue") else whole(url, title, message), _IFTTT_LIMIT)
    values[f"value{url.param('messagevalue', default='2')}"] = text
    events = [event.strip() for event in url.param("events").split(",") if event.strip()]
    base = "https://maker.ifttt.com/trigger"
    return [[post(f"{base}/{quote(event)}/with/key/{quote(url.host)}", given(**values))] for event in events]


def opsgenie(url: Url, title: str, message: str) -> list[Request]:
    """Create an alert (https://docs.opsgenie.com/docs/alert-api#create-alert); a description of the user's follows."""
    text = "\n".join(part for part in (message, url.param("description")) if part)
    body: dict[str, object] = {
        "message": cut(headline(url, title) or message, _OPSGENIE_TITLE_LIMIT),
        "description": cut(text, _OPSGENIE_LIMIT),
        **given(**{name: url.param(name) for name in ("alias", "entity", "source", "user", "note")}),
        **given(priority=url.param("priority").upper()),
    }
    lists = {name: listed(url.param(name.lower())) for name in ("tags", "actions", "responders", "visibleTo")}
    lists |= {name: [_responder(item) for item in lists[name]] for name in ("responders", "visibleTo")}
    body |= {name: items for name, items in lists.items() if items}
    if details := mapping(url.param("details")):
        body["details"] = details
    return [post(web_url(url, ("v2", "alerts")), body, {"Authorization": f"GenieKey {url.path[-1]}"})]


def listed(text: str) -> list[object]:
    """Return the items of a list, written in JSON or with commas; each may have blanks inside."""
    found = _json(text) if text.startswith("[") else None
    return found if isinstance(found, list) else [item.strip() for item in text.split(",") if item.strip()]


def mapping(text: str) -> dict[str, object]:
    """Return a mapping, written in JSON or as ``key:value,key:value``."""
    found = _json(text) if text.startswith("{") else None
    if isinstance(found, dict):
        return found
    pairs = (item.partition(":") for item in text.split(",") if item.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _json(text: str) -> object:
    try:
        return jsonio.loads(text)
    except ValueError:
        return None


def _responder(item: object) -> object:
    """Read ``team:name``, ``user:mail`` or ``team:id``; what was written in JSON stays."""
    if not isinstance(item, str):
        return item
    kind, _, who = item.partition(":")
    if len(who) == 36 and who.count("-") == 4:
        return {"type": kind, "id": who}
    return {"type": kind, "username" if kind == "user" else "name": who}

"""Services of teams and companies: each a pure function from its URL, a title and a message to requests.

Limits are those in the services' own documentation (2026-11), in the unit they count in.
"""

import re
from collections.abc import Callable
from functools import partial

from ddns.core.services.forms import signal_numbers
from ddns.core.services.serviceurls import Url, encode, quote, web_url
from ddns.notify.delivery import basic, bearer, cut, given, headline, octets, post, scheme, split, whole
from ddns.notify.push import listed, mapping
from ddns.ports import Request

_LARK_LIMIT, _LARK_TITLE_LIMIT = 9000, 250
"""Bytes. A body may have 20 KB (https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot); in JSON a
character may become two bytes longer."""
_WECOM_LIMIT = 2048
"""Bytes (https://developer.work.weixin.qq.com/document/path/99110)."""
_SIGNAL_LIMIT = 2000
"""Bytes. Older versions of signal-cli cut there, and the apps refuse texts of more than 2,048
(https://github.com/AsamK/signal-cli/issues/1598, https://github.com/mautrix/signal/issues/666)."""
_NOTIFIARR_LIMIT, _NOTIFIARR_TITLE_LIMIT = 4096, 256
"""Characters, those of the embeds it makes (https://discord.com/developers/docs/resources/message#embed-limits)."""
_PAGERDUTY_LIMIT, _PAGERDUTY_DETAILS_LIMIT = 1024, 32000
"""Characters of a summary (https://developer.pagerduty.com/docs/send-alert-event); an event may have 512 KB."""


def lark(url: Url, title: str, message: str, now: Callable[[], float] = lambda: 0.0) -> list[Request]:
    """Post to a custom bot of Lark or Feishu; ``now`` returns the UNIX seconds a request is signed with.

    https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot, 2026-11.
    """
    link, secret = url.param("link"), url.param("secret")
    shown = given(title=cut(headline(url, title), _LARK_TITLE_LIMIT, octets))
    tail = [[{"tag": "a", "text": link, "href": link}]] if link else []
    sign = _signed(secret, int(now())) if secret else {}
    target = web_url(url, ("open-apis", "bot", "v2", "hook", url.path[-1]))
    found = []
    for text in split(message, _LARK_LIMIT, octets):
        said = {**shown, "content": [[{"tag": "text", "text": text}], *tail]}
        found.append(post(target, {"msg_type": "post", "content": {"post": {"en_us": said}}, **sign}))
    return found


def _signed(secret: str, seconds: int) -> dict[str, str]:
    """Return the two fields that sign: the key is the text of both, and nothing is digested with it."""
    import hmac  # noqa: PLC0415 -- only where bots ask for it
    from base64 import b64encode  # noqa: PLC0415 -- likewise

    digest = hmac.digest(f"{seconds}\n{secret}".encode(errors="replace"), b"", "sha256")
    return {"timestamp": str(seconds), "sign": b64encode(digest).decode()}


def wecom(url: Url, title: str, message: str) -> list[Request]:
    """Post to a bot of a group (https://developer.work.weixin.qq.com/document/path/99110); the first part mentions."""
    target = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?{encode([('key', url.host)])}"
    lists = {name: listed(url.param(name)) for name in ("mentioned_list", "mentioned_mobile_list")}
    mentions: dict[str, object] = {name: items for name, items in lists.items() if items}
    first, *rest = split(whole(url, title, message), _WECOM_LIMIT, octets)
    texts = [{"content": first, **mentions}, *({"content": text} for text in rest)]
    return [post(target, {"msgtype": "text", "text": text}) for text in texts]


def signal(url: Url, title: str, message: str) -> list[list[Request]]:
    """Send to each recipient through a server of one's own (https://bbernhard.github.io/signal-cli-rest-api/).

    A request takes recipients of one kind only. Without ``textmode=styled`` no character has a meaning.
    """
    number, *recipients = signal_numbers(url)
    token = url.param("token", "apikey")
    headers = bearer(token) if token else basic(url.user, url.password) if url.user else {}
    mode = url.param("textmode").lower() or "normal"
    shown, text = headline(url, title), message
    if mode == "styled":
        shown, text = (re.sub(r"([*~`])", r"\\\1", part) for part in (shown, text))
        shown = shown and f"**{shown}**"
    parts = split(f"{shown}\n{text}" if shown else text, _SIGNAL_LIMIT, octets)
    target = web_url(url._replace(port=url.port or "8080"), ("v2", "send"), scheme=scheme(url))
    send = partial(post, target, headers=headers)
    common = {"number": number, "text_mode": mode}
    return [[send({**common, "message": part, "recipients": [one]}) for part in parts] for one in recipients]


def notifiarr(url: Url, title: str, message: str) -> list[Request]:
    """Pass a message through to Discord (https://notifiarr.wiki/pages/integrations/passthrough); nobody is pinged."""
    target = f"https://notifiarr.com/api/v1/notification/passthrough/{quote(url.host)}"
    about = {"name": url.param("name", default="Dormouse"), **given(event=url.param("id"))}
    shown = given(title=cut(headline(url, title), _NOTIFIARR_TITLE_LIMIT))
    discord: dict[str, object] = {**given(color=url.param("color").lstrip("#"))}
    if images := given(thumbnail=url.param("thumbnail"), image=url.param("image")):
        discord["images"] = images
    if channel := url.param("channel"):
        discord["ids"] = {"channel": int(channel)}
    texts = split(message, _NOTIFIARR_LIMIT)
    return [
        post(target, {"notification": about, "discord": {**discord, "text": {**shown, "description": text}}})
        for text in texts
    ]


def pagerduty(url: Url, title: str, message: str) -> list[Request]:
    """Send one event, for each would be an alert (https://developer.pagerduty.com/docs/send-alert-event).

    What is too long for the summary is in the details as a whole.
    """
    place = url if url.host else url._replace(host="events.pagerduty.com")
    text = whole(url, title, message)
    details = mapping(url.param("details"))
    if len(text) > _PAGERDUTY_LIMIT:
        details = {"message": cut(message, _PAGERDUTY_DETAILS_LIMIT), **details}
    payload: dict[str, object] = {
        "summary": cut(text, _PAGERDUTY_LIMIT),
        "severity": url.param("severity", default="error").lower(),
        "source": url.param("source", default="Dormouse"),
    }
    if details:
        payload["custom_details"] = details
    body = {
        "routing_key": url.path[-1],
        "event_action": url.param("action", default="trigger").lower(),
        "payload": payload,
        **given(**{name: url.param(name) for name in ("dedup_key", "client", "client_url")}),
        **_contexts(url.param("contexts")),
    }
    return [post(web_url(place, ("v2", "enqueue")), body)]


def _contexts(text: str) -> dict[str, list[object]]:
    """Return links and images, written ``link:ADDRESS,image:ADDRESS`` or in JSON with their ``type``."""
    found: dict[str, list[object]] = {}
    for item in listed(text):
        if isinstance(item, dict):
            kind, fields = item.get("type"), {name: value for name, value in item.items() if name != "type"}
        else:
            kind, _, address = str(item).partition(":")
            fields = {"src" if kind == "image" else "href": address}
        found.setdefault("images" if kind == "image" else "links", []).append(fields)
    return found

"""Chat services: each a pure function from its URL, a title and a message to requests.

Limits are those in the services' own documentation (2026-08), in the unit they count in.
"""

from ddns.core.services.serviceurls import Url, encode, quote, web_url
from ddns.core.services.spellings import workflow
from ddns.notify.delivery import basic, bearer, cut, form, given, headline, post, scheme, split, utf16, whole
from ddns.ports import Request

_DISCORD_LIMIT, _SLACK_LIMIT, _TELEGRAM_LIMIT, _MATTERMOST_LIMIT = 2000, 4000, 4096, 16383
_ROCKETCHAT_LIMIT, _TEAMS_LIMIT, _GOOGLECHAT_LIMIT = 5000, 20000, 4096
_TEAMS_HOST = "outlook.office.com"
_ZULIP_LIMIT, _ZULIP_TOPIC_LIMIT = 10000, 60


def discord(url: Url, title: str, message: str) -> list[Request]:
    """Post to a webhook (https://discord.com/developers/docs/resources/webhook); nobody is mentioned."""
    thread = url.param("thread_id", "threadid")
    tail = f"?{encode([('thread_id', thread)])}" if thread else ""
    target = f"https://discord.com/api/webhooks/{quote(url.host)}/{quote(url.user)}{tail}"
    looks = given(username=url.param("username"), avatar_url=url.param("avatar", "avatarurl"))
    texts = split(whole(url, title, message), _DISCORD_LIMIT)
    return [post(target, {"content": text, "allowed_mentions": {"parse": []}, **looks}) for text in texts]


def slack(url: Url, title: str, message: str) -> list[Request]:
    """Post to an incoming webhook, or as a bot by chat.postMessage (https://api.slack.com/messaging)."""
    text = whole(url, title, message).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    bot = not url.path
    looks = given(
        username=url.param("botname", "username", default=url.user if url.path else ""),
        thread_ts=url.param("thread_ts", "threadts"),
    )
    looks |= _icon(url)
    channel = given(channel=url.host if bot else url.param("channel"))
    headers = bearer(f"{url.user}-{url.password}") if bot else {}
    target = "https://slack.com/api/chat.postMessage"
    if not bot:
        target = f"https://hooks.slack.com/services/{'/'.join(map(quote, (url.host, *url.path[:2])))}"
    parts = split(text, _SLACK_LIMIT)
    return [post(target, {**_coloured(url, part), **channel, **looks}, headers) for part in parts]


def _icon(url: Url) -> dict[str, str]:
    """Return the picture beside a message: an emoji by name, or an image by address."""
    icon = url.param("icon", "emoji", "icon_emoji", "icon_url")
    if icon.startswith(("http://", "https://")):
        return {"icon_url": icon}
    return given(icon_emoji=icon and f":{icon.strip(':')}:")


def _coloured(url: Url, text: str) -> dict[str, object]:
    """Return the fields of a text; with ``?color=`` it has a border, which only attachments have.

    https://api.slack.com/reference/messaging/attachments and
    https://developers.mattermost.com/integrate/reference/message-attachments/, 2026-08.
    """
    color = url.param("color", "colour")
    if not color:
        return {"text": text}
    bare = len(color) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in color)
    return {"attachments": [{"fallback": text, "text": text, "color": f"#{color}" if bare else color}]}


def telegram(url: Url, title: str, message: str) -> list[list[Request]]:
    """Send as a bot to every chat, as plain text (https://core.telegram.org/bots/api#sendmessage)."""
    token = f"{url.user}:{url.password}" if url.password else url.user
    target = f"https://api.telegram.org/bot{quote(token, ':')}/sendMessage"
    options: dict[str, object] = {"link_preview_options": {"is_disabled": not url.flag("preview", default=True)}}
    if not url.flag("notification", default=True):
        options["disable_notification"] = True
    chats = [chat.strip() for chat in url.param("chats", "channels").split(",") if chat.strip()]
    texts = split(whole(url, title, message), _TELEGRAM_LIMIT, utf16)
    return [[post(target, {**_chat(chat), "text": text, **options}) for text in texts] for chat in chats]


def _chat(text: str) -> dict[str, object]:
    """Read ``chat`` or ``chat:thread``."""
    chat, _, thread = text.partition(":")
    return {"chat_id": chat, "message_thread_id": int(thread)} if thread.isdecimal() else {"chat_id": text}


def mattermost(url: Url, title: str, message: str) -> list[Request]:
    """Post to an incoming webhook (https://developers.mattermost.com/integrate/webhooks/incoming/)."""
    target = web_url(url, ("hooks", url.path[0]), scheme=scheme(url))
    looks = given(username=url.user, channel="".join(url.path[1:2])) | _icon(url)
    texts = split(whole(url, title, message), _MATTERMOST_LIMIT)
    return [post(target, {**_coloured(url, text), **looks}) for text in texts]


def rocketchat(url: Url, title: str, message: str) -> list[Request]:
    """Post to an incoming webhook (https://docs.rocket.chat/docs/integrations); channels begin with # or @."""
    path = url.path[1:] if url.path[0] == "hooks" and len(url.path) > 2 else url.path
    target = web_url(url, ("hooks", *path[:2]), scheme=scheme(url))
    channel = "".join(path[2:3]) or url.fragment
    if channel and channel[0] not in "@#":
        channel = f"#{channel}"
    looks = given(username=url.user, channel=channel)
    return [post(target, {"text": text, **looks}) for text in split(whole(url, title, message), _ROCKETCHAT_LIMIT)]


def teams(url: Url, title: str, message: str) -> list[Request]:
    """Post a card to a workflow or an incoming webhook; line ends are doubled, for the text is Markdown.

    A workflow takes adaptive cards only (https://learn.microsoft.com/en-us/connectors/teams/, 2026-08).
    """
    text = cut(message, _TEAMS_LIMIT).replace("\n", "\n\n")
    if workflow(url):
        return [post(f"https://{url.address}/{url.tail}", _adaptive(title, text))]
    shown = headline(url, title)
    card = {
        "@type": "MessageCard",
        "@context": "https://schema.org/extensions",
        "summary": shown or cut(message, 60),
        "text": text,
    }
    return [post(_connector(url), {**card, **given(title=shown, themeColor=url.param("color").lstrip("#"))})]


def _connector(url: Url) -> str:
    """Return the address of an incoming webhook; the oldest ones are at one host for all, under another path."""
    if url.scheme == "teams+https":
        return f"https://{url.address}/{url.tail.partition('?')[0]}"
    host = url.param("host", default=_TEAMS_HOST)
    path = "/".join(quote(part) for part in url.path[:3])
    folder = "webhook" if host == _TEAMS_HOST else "webhookb2"
    return f"https://{host}/{folder}/{quote(url.user)}@{quote(url.host)}/IncomingWebhook/{path}"


def _adaptive(title: str, text: str) -> dict[str, object]:
    """Return a message with one adaptive card (https://adaptivecards.io/explorer/, version 1.2)."""
    head = [{"type": "TextBlock", "text": title, "weight": "Bolder", "size": "Medium", "wrap": True}] if title else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [*head, {"type": "TextBlock", "text": text, "wrap": True}],
    }
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attached]}


def googlechat(url: Url, title: str, message: str) -> list[Request]:
    """Post to a webhook of a space (https://developers.google.com/workspace/chat/quickstart/webhooks)."""
    target = web_url(url, url.path, [("key", url.param("key")), ("token", url.param("token"))])
    return [post(target, {"text": text}) for text in split(whole(url, title, message), _GOOGLECHAT_LIMIT)]


def zulip(url: Url, title: str, message: str) -> list[Request]:
    """Send to a channel, under a topic (https://zulip.com/api/send-message)."""
    topic = cut(url.param("topic", default=headline(url, title) or "Dormouse"), _ZULIP_TOPIC_LIMIT)
    fields = {"type": "stream", "to": url.param("stream", "to"), "topic": topic}
    target, headers = web_url(url, ("api", "v1", "messages")), basic(url.user, url.password)
    return [form(target, {**fields, "content": text}, headers) for text in split(message, _ZULIP_LIMIT)]

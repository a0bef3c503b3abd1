"""Which notification services there are, and whether a URL of theirs is whole.

The forms are those of shoutrrr (https://shoutrrr.nickfedor.com, 2026-08), and what timothymiller's program accepts
beside them. Messages never repeat any part of a URL.
"""

import re
from typing import NamedTuple

from ddns.core.services.serviceurls import Url, parse_url, unsafe_host
from ddns.core.services.spellings import connector, usual, workflow

_KNOWN_RESPONDER = re.compile(r"\s*(team|user|escalation|schedule):\s*\S")
_PHONE = r"\+?\d[\d ()-]*"
_KNOWN_RECIPIENT = re.compile(rf"{_PHONE}|group\.[\w+/=-]+|u:\S+", re.ASCII)
_KNOWN_CONTEXT = re.compile(r"\s*(link|image):\s*\S")
_ENCRYPTIONS = {"", "auto", "none", "explicittls", "implicittls"}


class Form(NamedTuple):
    """How a service's URL looks. ``needs`` are its parts: user, password, host, path (path2: two segments), ?name.

    Of parts joined by ``|`` one is enough. ``web``: the host is one on the web, not a token or a word.
    """

    example: str
    needs: tuple[str, ...]
    web: bool = False


FORMS: dict[str, Form] = {
    "bark": Form("bark://:DEVICE_KEY@HOST", ("user|password", "host"), web=True),
    "discord": Form("discord://TOKEN@WEBHOOK_ID", ("user", "host")),
    "generic": Form("generic://HOST/PATH", ("host",), web=True),
    "googlechat": Form(
        "googlechat://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…", ("path", "?key", "?token")
    ),
    "gotify": Form("gotify://HOST/TOKEN", ("host", "path|?token"), web=True),
    "ifttt": Form("ifttt://KEY/?events=EVENT", ("host", "?events")),
    "join": Form("join://:API_KEY@join/?devices=DEVICE", ("password|user", "?devices")),
    "lark": Form("lark://open.larksuite.com/TOKEN", ("host", "path")),
    "logger": Form("logger://", ()),
    "matrix": Form("matrix://:ACCESS_TOKEN@HOST/?rooms=ROOM", ("password", "host"), web=True),
    "mattermost": Form("mattermost://HOST/TOKEN", ("host", "path"), web=True),
    "notifiarr": Form("notifiarr://API_KEY", ("host",)),
    "ntfy": Form("ntfy://HOST/TOPIC", ("path",), web=True),
    "opsgenie": Form("opsgenie://api.opsgenie.com/API_KEY", ("host", "path"), web=True),
    "pagerduty": Form("pagerduty://events.pagerduty.com/INTEGRATION_KEY", ("path",), web=True),
    "pushbullet": Form("pushbullet://ACCESS_TOKEN", ("host",)),
    "pushover": Form("pushover://:API_TOKEN@USER_KEY", ("password|user", "host")),
    "rocketchat": Form("rocketchat://HOST/WEBHOOK_ID/TOKEN", ("host", "path2"), web=True),
    "signal": Form("signal://HOST:PORT/+NUMBER/+RECIPIENT", ("host", "path2"), web=True),
    "slack": Form("slack://hook:TOKEN@webhook", ("host", "path2|password")),
    "smtp": Form("smtp://USER:PASSWORD@HOST:PORT/?from=ADDRESS&to=ADDRESS", ("host",), web=True),
    "teams": Form("teams://GROUP@TENANT/ALT_ID/GROUP_OWNER?host=NAME.webhook.office.com", ("user", "host", "path2")),
    "telegram": Form("telegram://TOKEN@telegram?chats=CHAT", ("user", "?chats|?channels")),
    "wecom": Form("wecom://KEY", ("host",)),
    "zulip": Form("zulip://BOT_MAIL:API_KEY@HOST/?stream=NAME", ("user", "password", "host", "?stream|?to"), web=True),
}
_ALIASES = {"http": "generic", "https": "generic", "ntfys": "ntfy", "hangouts": "googlechat"}


class Service(NamedTuple):
    """A notification service by its URL. Its repr shows the kind only."""

    kind: str
    url: Url

    def __repr__(self) -> str:
        """Return a text without the URL."""
        return f"Service({self.kind}, redacted)"


def parse_service(text: str) -> Service:
    """Read the URL of a notification service; ValueError says what is wrong without repeating any of it.

    A plain https URL of a web hook of Discord, Google Chat, Slack or Teams is that one, any other http or https URL is
    ``generic``; ``gotify+http`` and the like name the transport.
    """
    url = usual(parse_url(text))
    base, _, transport = url.scheme.partition("+")
    kind = _ALIASES.get(base, base)
    form = FORMS.get(kind)
    if form is None or transport not in {"", "http", "https"}:
        raise ValueError(f"there is no notification service of this scheme; there are {', '.join(sorted(FORMS))}")
    if form.web and not url.host.isascii():
        url = _with_ascii_host(url, kind)
    for need in form.needs if url.scheme != "teams+https" else ():
        if not any(_has(url, part) for part in need.split("|")):
            raise ValueError(f"the {kind} URL lacks {_meaning(need)}; it is written {form.example}")
    if form.web and url.host and unsafe_host(url.host):
        raise ValueError(f"the {kind} URL has a host with characters no host can have; it is written {form.example}")
    check = _CHECKS.get(kind)
    if check is not None:
        check(url)
    return Service(kind, url)


def _with_ascii_host(url: Url, kind: str) -> Url:
    from ddns.core.domains import parse_domain  # noqa: PLC0415 -- few hosts are written so

    try:
        return url._replace(host=parse_domain(url.host).ascii)
    except ValueError:
        raise ValueError(f"the {kind} URL has a host that no name can be") from None


def _has(url: Url, part: str) -> bool:
    if part.startswith("?"):
        return bool(url.param(part[1:]))
    if part.startswith("path"):
        return len(url.path) >= int(part[4:] or "1")
    return bool({"user": url.user, "password": url.password, "host": url.host}[part])


def _meaning(need: str) -> str:
    words = {"user": "the part before @", "password": "the part between : and @", "host": "its host"}
    words |= {"path": "the part after the host", "path2": "two parts after the host"}
    return " or ".join(words.get(part) or f"the parameter {part[1:]}" for part in need.split("|"))


def _check_smtp(url: Url) -> None:
    if not url.param("fromaddress", "from"):
        raise ValueError("the smtp URL lacks the parameter from, the address mail is sent from")
    if not url.param("toaddresses", "to"):
        raise ValueError("the smtp URL lacks the parameter to, the addresses mail is sent to")
    if url.param("auth").lower() == "oauth2":
        raise ValueError("the smtp URL's auth=OAuth2 is not supported: its token would expire; use a password")
    if url.param("encryption").lower() not in _ENCRYPTIONS:
        raise ValueError("the smtp URL's encryption must be Auto, None, ExplicitTLS or ImplicitTLS")


def _check_ifttt(url: Url) -> None:
    message, title = url.param("messagevalue", default="2"), url.param("titlevalue", default="0")
    if message not in {"1", "2", "3"} or title not in {"0", "1", "2", "3"}:
        raise ValueError("the ifttt URL's messagevalue must be 1, 2 or 3, and titlevalue 0 (none), 1, 2 or 3")
    if message == title:
        raise ValueError("the ifttt URL's messagevalue and titlevalue must differ")


def _check_generic(url: Url) -> None:
    if url.scheme != "generic":  # all parameters are the target's
        return
    if url.param("template").lower() not in {"", "json"}:
        raise ValueError("the generic URL's template can only be json")
    if not url.param("method", "requestmethod", default="POST").isalpha():
        raise ValueError("the generic URL's method is not the name of an HTTP method")


def _check_pushover(url: Url) -> None:
    if url.param("priority", default="0") not in {"-2", "-1", "0", "1", "2"}:
        raise ValueError("the pushover URL's priority must be -2, -1, 0, 1 or 2")
    for name, low, high in (("retry", 30, 10800), ("expire", 1, 10800)):
        value = url.param(name, default="30")
        if not (value.isascii() and value.isdigit() and len(value) < 6 and low <= int(value) <= high):
            raise ValueError(f"the pushover URL's {name} must be seconds, from {low} to {high}")


def _check_opsgenie(url: Url) -> None:
    if url.param("priority", default="P3").upper() not in {"P1", "P2", "P3", "P4", "P5"}:
        raise ValueError("the opsgenie URL's priority must be P1, P2, P3, P4 or P5")
    for name in ("responders", "visibleto"):
        text = url.param(name)
        items = text.split(",") if text and not text.startswith("[") else []
        if not all(_KNOWN_RESPONDER.match(item) for item in items):
            raise ValueError(f"the opsgenie URL's {name} are written team:NAME,user:MAIL, or as a JSON list")


def _check_lark(url: Url) -> None:
    if url.address.lower() not in {"open.larksuite.com", "open.feishu.cn"}:
        raise ValueError("the lark URL's host must be open.larksuite.com, or open.feishu.cn for Feishu")


def _check_notifiarr(url: Url) -> None:
    if not re.fullmatch(r"\d{0,19}", url.param("channel"), re.ASCII):
        raise ValueError("the notifiarr URL's channel must be the number of a channel of Discord")
    if not re.fullmatch(r"#?[\da-fA-F]{6}|", url.param("color"), re.ASCII):
        raise ValueError("the notifiarr URL's color must be six digits such as ff8000")


def _check_pagerduty(url: Url) -> None:
    if url.param("severity", default="error").lower() not in {"critical", "error", "warning", "info"}:
        raise ValueError("the pagerduty URL's severity must be critical, error, warning or info")
    action = url.param("action", default="trigger").lower()
    if action not in {"trigger", "acknowledge", "resolve"}:
        raise ValueError("the pagerduty URL's action must be trigger, acknowledge or resolve")
    if action != "trigger" and not url.param("dedup_key"):
        raise ValueError("the pagerduty URL lacks the parameter dedup_key, which says what its action is for")
    text = url.param("contexts")
    items = text.split(",") if text and not text.startswith("[") else []
    if not all(_KNOWN_CONTEXT.match(item) for item in items):
        raise ValueError("the pagerduty URL's contexts are written link:ADDRESS,image:ADDRESS, or as a JSON list")


def signal_numbers(url: Url) -> list[str]:
    """Return who sends by the signal URL, and then every recipient; they are separated by slashes or commas."""
    return [part.strip() for segment in url.path for part in segment.split(",") if part.strip()]


def _check_signal(url: Url) -> None:
    number, *recipients = signal_numbers(url) or [""]
    if not re.fullmatch(_PHONE, number, re.ASCII):
        raise ValueError("the signal URL's first part after the host must be the phone number messages are sent from")
    if not recipients or not all(_KNOWN_RECIPIENT.fullmatch(part) for part in recipients):
        raise ValueError("the signal URL's recipients are phone numbers, group.ID or u:NAME, each after a /")
    if url.param("textmode", default="normal").lower() not in {"normal", "styled"}:
        raise ValueError("the signal URL's textmode must be normal or styled")


def _check_slack(url: Url) -> None:
    if not url.path and url.user != "hook" and not url.user.startswith("xox"):
        raise ValueError("the slack URL must begin with slack://hook: or slack://xoxb:, or have three token parts")
    if not url.path and url.user == "hook":
        raise ValueError("the slack URL's webhook token must have three parts joined by -")


def _check_teams(url: Url) -> None:
    if url.scheme == "teams+https" and not (connector(url) or workflow(url)):
        raise ValueError("the teams+https URL is not the address of a web hook of Teams; paste all of it")
    if unsafe_host(url.host if url.scheme == "teams+https" else url.param("host", default="outlook.office.com")):
        raise ValueError("the teams URL's host or its parameter host has characters no host can have")


_CHECKS = {
    "lark": _check_lark,
    "notifiarr": _check_notifiarr,
    "pagerduty": _check_pagerduty,
    "signal": _check_signal,
    "opsgenie": _check_opsgenie,
    "pushover": _check_pushover,
    "teams": _check_teams,
    "smtp": _check_smtp,
    "ifttt": _check_ifttt,
    "generic": _check_generic,
    "slack": _check_slack,
}

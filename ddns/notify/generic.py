"""Any web hook: the message as text or JSON, with the headers and fields the URL asks for."""

from ddns import jsonio
from ddns.core.urls import Url, web_url
from ddns.notify.kit import SECONDS, basic, cut, given, headline, whole
from ddns.ports import Request

_LIMIT = 32000
_OWN = {
    *("template", "messagekey", "titlekey", "contenttype", "disabletls", "title", "method", "requestmethod"),
}


def generic(url: Url, title: str, message: str) -> list[Request]:
    """Return one request: JSON for a plain http(s) URL, a template or a named key; else the message as it is.

    In the query ``@name`` is a header, ``$name`` a field of the JSON, ``_name`` a parameter whose name is one of
    ours; every other parameter is passed on.
    """
    plain = url.scheme in {"http", "https"}
    extra = {key[1:]: value for key, value in url.query if key.startswith("$")}
    headers = {header_name(key[1:]): value for key, value in url.query if key.startswith("@")}
    if plain or extra or url.param("template", "messagekey", "titlekey"):
        shown = given(**{url.param("titlekey", default="title"): headline(url, "" if plain else title)})
        fields = {**shown, url.param("messagekey", default="message"): cut(message, _LIMIT), **extra}
        kind, body = "application/json", jsonio.dumps(fields)
    else:
        kind, body = "text/plain; charset=utf-8", cut(whole(url, title, message), _LIMIT).encode(errors="replace")
    sign = basic(url.user, url.password) if url.user else {}
    all_headers = {"Content-Type": url.param("contenttype", default=kind), **sign, **headers}
    method = url.param("method", "requestmethod", default="POST").upper()
    return [Request(method, _target(url), all_headers, body, seconds=SECONDS)]


def _target(url: Url) -> str:
    passed = [(key.removeprefix("_"), value) for key, value in url.query if _passed_on(key)]
    clear = url.scheme == "http" or url.scheme.endswith("+http") or url.flag("disabletls")
    path = (*url.path, "") if url.folder and url.path else url.path
    return web_url(url, path, passed, scheme="http" if clear else "https")


def _passed_on(key: str) -> bool:
    return not key.startswith(("@", "$")) and key.lower() not in _OWN


def header_name(key: str) -> str:
    """Return a header's name from its spelling in a URL: ``acceptLanguage`` is ``Accept-Language``."""
    words = "".join(
        f"-{char}" if char.isupper() and at and key[at - 1].islower() else char for at, char in enumerate(key)
    )
    return "-".join(word.capitalize() for word in words.split("-"))

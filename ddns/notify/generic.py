"""Any web hook: the message as text or JSON, with the headers and fields the URL asks for."""

from ddns import jsonio
from ddns.core.services.serviceurls import Url, quote, unquote
from ddns.notify.delivery import SECONDS, basic, cut, given, headline, whole
from ddns.ports import Request

_LIMIT = 32000
_OWN = {
    *("template", "messagekey", "titlekey", "contenttype", "disabletls", "title", "method", "requestmethod"),
}


def generic(url: Url, title: str, message: str) -> list[Request]:
    """Return one request: JSON for a plain http(s) URL, a template or a named key; else the message as it is.

    A plain URL is asked as it stands. In the query of another, ``@name`` is a header and ``$name`` a field of the JSON.
    Only ``generic://`` has parameters of ours; ``__name`` or ``_name`` there is a parameter of the target with the name
    of one of them. All else, and the path, is passed on as it is written
    (https://shoutrrr.nickfedor.com/services/specialized/generic/, 2026-08).
    """
    plain, marked = url.scheme in {"http", "https"}, () if url.scheme in {"http", "https"} else url.query
    ours = url if url.scheme == "generic" else Url(url.scheme)
    extra = {key[1:]: value for key, value in marked if key.startswith("$")}
    headers = {header_name(key[1:]): value for key, value in marked if key.startswith("@")}
    if plain or extra or ours.param("template", "messagekey", "titlekey"):
        shown = given(**{ours.param("titlekey", default="title"): headline(ours, "" if plain else title)})
        fields = {**shown, ours.param("messagekey", default="message"): cut(message, _LIMIT), **extra}
        kind, body = "application/json", jsonio.dumps(fields)
    else:
        kind, body = "text/plain; charset=utf-8", cut(whole(ours, title, message), _LIMIT).encode(errors="replace")
    sign = basic(url.user, url.password) if url.user else {}
    all_headers = {"Content-Type": ours.param("contenttype", default=kind), **sign, **headers}
    method = ours.param("method", "requestmethod", default="POST").upper()
    clear = url.scheme == "http" or url.scheme.endswith("+http") or ours.flag("disabletls")
    target = f"{'http' if clear else 'https'}://{url.address}/{url.tail if plain else _tail(url)}"
    return [Request(method, target, all_headers, body, seconds=SECONDS)]


def _tail(url: Url) -> str:
    """Return path and query without what is ours."""
    path, _, query = url.tail.partition("?")
    passed = [found for pair in query.split("&") if (found := _passed_on(pair, ours=url.scheme == "generic"))]
    return f"{path}?{'&'.join(passed)}" if passed else path


def _passed_on(pair: str, *, ours: bool) -> str:
    """Return a parameter as the target gets it; nothing for one that it does not get."""
    name, mark, value = pair.partition("=")
    key = unquote(name.replace("+", " "))
    if key.startswith(("@", "$")) or (ours and key.lower() in _OWN):
        return ""
    bare = key.removeprefix("_").removeprefix("_")
    return f"{quote(bare)}{mark}{value}" if ours and bare != key and bare.lower() in _OWN else pair


def header_name(key: str) -> str:
    """Return a header's name from its spelling in a URL: ``acceptLanguage`` is ``Accept-Language``."""
    words = "".join(
        f"-{char}" if char.isupper() and at and key[at - 1].islower() else char for at, char in enumerate(key)
    )
    return "-".join(word.capitalize() for word in words.split("-"))

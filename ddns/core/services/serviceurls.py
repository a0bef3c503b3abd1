"""URLs of monitors and notification services, taken apart and put together. Any part may be a secret."""

from collections.abc import Iterable
from typing import NamedTuple

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HIGHEST_PORT = 65535


class Url(NamedTuple):
    """A URL with everything percent-decoded. Its repr shows nothing.

    ``host`` keeps its case, for services that put a token there, and the brackets of an IPv6 address; ``port`` is text
    ("" where there is none); ``path`` holds the segments that are not empty; ``query`` the pairs in order; ``tail`` is
    what follows the first slash after the host, query and all but no fragment, as it was written.
    """

    scheme: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    path: tuple[str, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    fragment: str = ""
    tail: str = ""

    def __repr__(self) -> str:
        """Return a text without any part of it."""
        return "Url(redacted)"

    def param(self, *names: str, default: str = "") -> str:
        """Return the first of these query parameters that is there; names are lower case and match in any case."""
        given = {key.lower(): value for key, value in reversed(self.query)}
        return next((given[name] for name in names if name in given), default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a query parameter as yes or no."""
        value = self.param(name).lower()
        return value in {"1", "t", "true", "y", "yes"} if value else default

    @property
    def address(self) -> str:
        """Return host and port as they stand in a URL."""
        return f"{self.host}:{self.port}" if self.port else self.host


def parse_url(text: str) -> Url:
    """Take a URL apart; ValueError says what is wrong without repeating any of it. Plain spaces stand for %20."""
    if not text.isprintable():
        raise ValueError("the URL has a line end or an invisible character inside")
    scheme, separator, rest = text.partition("://")
    if not separator or not scheme.isascii() or not scheme.replace("+", "").replace(".", "").isalnum():
        raise ValueError("the URL does not begin with a scheme such as https://")
    rest, _, fragment = rest.partition("#")
    rest, mark, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    login, _, place = authority.rpartition("@")
    user, _, password = login.partition(":")
    host, port = _place(place)
    segments = tuple(unquote(segment) for segment in path.split("/") if segment)
    return Url(
        *(scheme.lower(), unquote(user), unquote(password), unquote(host), port),
        *(segments, _pairs(query), unquote(fragment), f"{path}{mark}{query}"),
    )


def _place(text: str) -> tuple[str, str]:
    """Split host and port; ValueError when the port is none."""
    head, bracket, tail = text.rpartition("]")
    name, _, port = tail.partition(":")
    valid = port.isdigit() and port.isascii() and len(port) <= 5 and 0 < int(port) <= _HIGHEST_PORT
    if port and not valid:
        raise ValueError("the port of the URL is not a number from 1 to 65535")
    return f"{head}{bracket}{name}", port


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    found = (pair.partition("=") for pair in query.split("&") if pair)
    return tuple((unquote(key.replace("+", " ")), unquote(value.replace("+", " "))) for key, _, value in found)


def unquote(text: str) -> str:
    """Decode percent escapes; an invalid one stays as it is, bytes that are not UTF-8 become U+FFFD."""
    first, *rest = text.split("%")
    found = bytearray(first.encode())
    for part in rest:
        code = part[:2]
        if len(code) == 2 and all(digit in "0123456789abcdefABCDEF" for digit in code):
            found += bytes((int(code, 16),)) + part[2:].encode()
        else:
            found += b"%" + part.encode()
    return found.decode(errors="replace")


def quote(text: str, also: str = "") -> str:
    """Percent-encode all but letters, digits and ``-._~`` (and what ``also`` holds)."""
    plain = _PLAIN | frozenset(also.encode())
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in text.encode(errors="replace"))


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as a query, or as the body of a form."""
    return "&".join(f"{quote(key)}={quote(value)}" for key, value in pairs)


def web_url(url: Url, path: Iterable[str], query: Iterable[tuple[str, str]] = (), *, scheme: str = "https") -> str:
    """Return a web address at the host and port of a URL, with these path segments."""
    tail = encode(query)
    return f"{scheme}://{url.address}/{'/'.join(quote(part, '@:') for part in path)}{f'?{tail}' if tail else ''}"


def unsafe_host(host: str) -> bool:
    """Whether a text cannot stand as the host of a web address."""
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    allowed = "-._~" if inner is host else ":."
    return not inner or not inner.isascii() or not all(char.isalnum() or char in allowed for char in inner)

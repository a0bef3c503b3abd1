"""Reading the parts of a URL that a request needs."""

from typing import NamedTuple
from urllib.parse import unquote, urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util.url import parse_url

from ddns.errors import NetError


class Origin(NamedTuple):
    """What a connection leads to. ``scheme`` is http or https."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return scheme and host, and the port where it is not the usual one: all that messages may show of a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host}" if self.port == usual else f"{self.scheme}://{host}:{self.port}"


class Target(NamedTuple):
    """A URL taken apart. ``path`` holds the query, ``login`` is ``user:password`` (or empty)."""

    origin: Origin
    path: str
    login: str = ""


def parse_target(url: str) -> Target:
    """Take apart an absolute http or https URL; NetError (without the URL in it) when it is none."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        raise NetError("the URL cannot be read", sent=False) from None
    if parts.scheme not in ("http", "https") or not parts.host:
        raise NetError("the URL does not begin with https:// and a host", sent=False)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    origin = Origin(parts.scheme, parts.host.strip("[]"), port)
    return Target(origin, parts.request_uri, unquote(parts.auth or ""))


def join(url: str, location: str) -> str:
    """Return where a redirect of ``url`` leads, without fragment; NetError when that is nowhere."""
    try:
        return urljoin(url, location).partition("#")[0]
    except ValueError:
        raise NetError("the server redirects to something that is not a URL") from None

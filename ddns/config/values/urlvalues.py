"""Checking the URLs in settings. A URL may hold a secret, so none is ever repeated in a message."""

from ipaddress import ip_address
from typing import NamedTuple


class Url(NamedTuple):
    """The parts that rules speak of. ``scheme`` is http or https, ``query`` lacks its ``?``."""

    scheme: str
    host: str
    query: str
    login: bool
    fragment: bool

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine: 127.0.0.0/8, ::1 or localhost."""
        return is_loopback(self.host) or self.host.rstrip(".").lower() == "localhost"


def is_loopback(text: str) -> bool:
    """Whether a text is an address of this machine: 127.0.0.0/8 or ::1."""
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def parse_url(text: str) -> Url:
    """Take an absolute http or https URL apart; the ValueError ends a sentence that began with the setting's name."""
    from urllib.parse import urlsplit  # noqa: PLC0415 -- only where a URL is set

    if any(mark.isspace() or not mark.isprintable() for mark in text):
        raise ValueError("holds a URL with a space inside")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("holds a URL that cannot be read") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("needs a whole URL: https:// and a host")
    return Url(parts.scheme, host, parts.query, parts.username is not None, bool(parts.fragment))


def base_url(text: str) -> str:
    """Check CLOUDFLARE_API_BASE_URL and return it without trailing slashes; ValueError as ``parse_url``."""
    url = parse_url(text)
    if url.scheme == "http" and not url.loopback:
        raise ValueError("would send the token in clear: use https (http is only for a loopback address)")
    if url.login or "?" in text or "#" in text:
        raise ValueError("must be a plain URL, without user name, query (?) or fragment (#)")
    return text.rstrip("/")

"""``url``, ``url.via4``, ``url.via6`` and ``ipify``: pages that show the asker's address."""

from urllib.parse import urlsplit

from ddns.core.addresses.accept import Rules, Undetected
from ddns.core.addresses.families import Family, Known
from ddns.detect.textlines import LIMIT, parse_lines
from ddns.ports import Http, Request

_REDIRECTS = 10


def ask(http: Http, url: str, via: Family, rules: Rules, seconds: float) -> Known:
    """Get a page over IPv4 or IPv6 (``via``) and read its lines. NetError or Undetected, neither with the URL."""
    headers = {"Accept": "text/plain, */*;q=0.5"}
    response = http.send(Request("GET", url, headers, b"", via, seconds, LIMIT, _REDIRECTS))
    if not 200 <= response.status < 300:
        raise Undetected(f"{urlsplit(url).hostname} answered HTTP {response.status}", "check the URL of the source")
    return Known(parse_lines(response.body, rules))

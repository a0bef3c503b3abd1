"""``cloudflare.trace``: the ``key=value`` page every host behind Cloudflare has at /cdn-cgi/trace."""

from collections.abc import Sequence
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from ddns.core.addresses.accept import Rules, Undetected, accept
from ddns.core.addresses.families import Known
from ddns.detect.hedge import first_valid
from ddns.ports import Clock, Http, Request

_LIMIT: Final = 4096
"""Bytes; a trace has about 300 (favonia/cloudflare-ddns of 2026-08 uses the same bound)."""


def ask(http: Http, clock: Clock, urls: Sequence[str], rules: Rules, seconds: float) -> Known:
    """Ask the first URL, the others only when it is slow (a twentieth of the time, at most 250 ms) or fails."""
    attempts = [partial(ask_one, http, url, rules, seconds) for url in urls]
    index, known = first_valid(attempts, min(seconds / 20, 0.25), seconds, clock)
    if index == 0:
        return known
    return known._replace(note=f"{_host(urls[index])} answered in place of {_host(urls[0])}")


def ask_one(http: Http, url: str, rules: Rules, seconds: float) -> Known:
    """Ask one URL. NetError or Undetected when it does not name this machine's address."""
    response = http.send(Request("GET", url, family=rules.family, seconds=seconds, limit=_LIMIT))
    host = _host(url)
    if response.status != 200:
        raise Undetected(f"{host} answered HTTP {response.status} in place of a trace")
    fields = parse(response.body)
    if fields.get("h", host).lower() not in _names(url):
        raise Undetected(f"the trace of {host} is that of another host", "something answers in its place")
    if fields.get("warp") == "on":
        raise Undetected("the answer came through Cloudflare WARP", "keep this program out of WARP")
    if "ip" not in fields:
        raise Undetected(f"the trace of {host} names no address")
    return Known((accept(fields["ip"], rules),))


def parse(body: bytes) -> dict[str, str]:
    """Return the fields of a trace; lines that are none are passed over."""
    pairs = (line.partition("=") for line in body.decode("utf-8", "replace").split("\n"))
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def _names(url: str) -> tuple[str, ...]:
    """Return how the host of a URL may call itself: with or without its port, an IPv6 address maybe in brackets."""
    host, authority = _host(url), urlsplit(url).netloc.rpartition("@")[2].lower()
    return host, f"[{host}]", authority


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""

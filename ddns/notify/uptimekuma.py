"""Uptime Kuma (https://github.com/louislam/uptime-kuma/wiki, push monitors, 2026-08): up or down with each round."""

from typing import Literal

from ddns.core.services.serviceurls import encode, parse_url
from ddns.notify.delivery import Accepted, cut, deliver
from ddns.ports import Http, Request

_LIMIT = 500
"""Characters of a message: it travels in the URL."""


class UptimeKuma:
    """``ports.Monitor``. There are no start, log and exit pings; up always says OK, since old messages stay in view."""

    kinds = frozenset({"ok", "fail"})
    __slots__ = ("_base", "_http", "_url")

    def __init__(self, text: str, http: Http) -> None:
        """Keep a URL that the settings accept, without its query."""
        self._url = parse_url(text)
        self._base = text.partition("#")[0].partition("?")[0]
        self._http = http

    def ping(self, kind: Literal["start", "ok", "fail", "log", "exit"], message: str) -> None:
        """See the port."""
        up = kind == "ok"
        text = "OK" if up else cut(message, _LIMIT) or "Failing"
        query = encode((("msg", text), ("ping", ""), ("status", "up" if up else "down")))
        deliver(self._http, "Uptime Kuma", self._url, Request("GET", f"{self._base}?{query}"), Accepted("ok"))

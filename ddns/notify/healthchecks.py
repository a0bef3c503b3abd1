"""Healthchecks (https://healthchecks.io/docs/http_api/, 2026-08): start, success, failure, log and exit pings."""

from typing import Literal

from ddns.core.services.serviceurls import parse_url
from ddns.errors import DdnsError, NetError
from ddns.notify.delivery import Accepted, cut, deliver, octets
from ddns.ports import Http, Request

_LIMIT = 10_000
"""Bytes of a message that are kept: what the service shows by default."""

_SUFFIXES = {"start": "/start", "ok": "", "fail": "/fail", "log": "/log", "exit": "/0"}
_NAME = "Healthchecks"


class Healthchecks:
    """``ports.Monitor``. A ping that surely did not arrive is sent once more."""

    kinds = frozenset(_SUFFIXES)
    __slots__ = ("_base", "_http", "_url")

    def __init__(self, text: str, http: Http) -> None:
        """Keep a URL that the settings accept."""
        self._url = parse_url(text)
        self._base = text.rstrip("/")
        self._http = http

    def ping(self, kind: Literal["start", "ok", "fail", "log", "exit"], message: str) -> None:
        """See the port. An empty log is not sent: it would say nothing."""
        if kind == "log" and not message:
            return
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        body = cut(message, _LIMIT, octets).encode(errors="replace")
        request = Request("POST", f"{self._base}{_SUFFIXES[kind]}", headers, body)
        try:
            self._send(request)
        except NetError as error:
            if error.sent:
                raise
            self._send(request)

    def _send(self, request: Request) -> None:
        response = deliver(self._http, _NAME, self._url, request, Accepted())
        if response.status == 200 and response.body.strip() == b"OK":
            return  # "OK (not found)" and "OK (rate limited)" are answered to pings that count for nothing
        raise DdnsError(f"{_NAME} did not count the ping", "Check HEALTHCHECKS: does the check still exist?")

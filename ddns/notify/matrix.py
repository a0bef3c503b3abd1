"""Matrix: the one service that is a conversation (sign in, find the rooms, send, sign out).

Client-server API v3 (https://spec.matrix.org/v1.11/client-server-api/).
"""

from collections.abc import Sequence
from contextlib import suppress

from ddns import jsonio
from ddns.core.urls import Url, quote
from ddns.errors import DdnsError
from ddns.notify.kit import SECONDS, Accepted, bearer, deliver, octets, scheme, split, whole
from ddns.ports import Http, Request

_LIMIT = 32000
"""Bytes in one message: an event may have 65,536, all included."""


class Matrix:
    """``ports.Notifier``: with a user name signs in by password and out again, else the password is an access token."""

    __slots__ = ("_http", "_url")

    def __init__(self, url: Url, http: Http) -> None:
        """Keep the collaborators; nothing is sent yet."""
        self._url = url
        self._http = http

    def send(self, title: str, message: str) -> None:
        """See the port."""
        token = self._login() if self._url.user else self._url.password
        try:
            self._send(token, split(whole(self._url, title, message), _LIMIT, octets))
        finally:
            if self._url.user:
                with suppress(DdnsError):  # the message itself was sent, or its failure says more
                    self._ask("POST", ("logout",), {}, token)

    def _send(self, token: str, texts: Sequence[str]) -> None:
        import os  # noqa: PLC0415 -- only for the names of transactions

        for room in self._rooms(token):
            for text in texts:
                path = ("rooms", room, "send", "m.room.message", os.urandom(12).hex())
                self._ask("PUT", path, {"msgtype": "m.text", "body": text}, token)

    def _login(self) -> str:
        identifier = {"type": "m.id.user", "user": self._url.user}
        body = {"type": "m.login.password", "identifier": identifier, "password": self._url.password}
        token = self._ask("POST", ("login",), body).get("access_token")
        return token if isinstance(token, str) else self._odd("no access token")

    def _rooms(self, token: str) -> list[str]:
        """Return the ids of the wanted rooms, joining them; of all rooms joined already when none is named."""
        wanted = [room.strip() for room in self._url.param("rooms", "room").split(",") if room.strip()]
        if not wanted:
            found = self._ask("GET", ("joined_rooms",), None, token).get("joined_rooms")
            rooms = [room for room in found if isinstance(room, str)] if isinstance(found, list) else []
            return rooms or [self._odd("no room this user is in")]
        return [self._join(room if room[0] in "!#" else f"#{room}", token) for room in wanted]

    def _join(self, room: str, token: str) -> str:
        found = self._ask("POST", ("join", room), {}, token).get("room_id")
        return found if isinstance(found, str) else self._odd("no room id")

    def _odd(self, what: str) -> str:
        raise DdnsError(f"Matrix did not take the message: its answer names {what}", "Check its URL in the settings")

    def _ask(self, method: str, path: Sequence[str], body: object, token: str = "") -> dict[str, object]:
        target = f"{scheme(self._url)}://{self._url.address}/_matrix/client/v3/{'/'.join(map(quote, path))}"
        headers = {
            **({"Content-Type": "application/json"} if body is not None else {}),
            **(bearer(token) if token else {}),
        }
        data = b"" if body is None else jsonio.dumps(body)
        request = Request(method, target, headers, data, seconds=SECONDS)
        response = deliver(self._http, "Matrix", self._url, request, Accepted())
        try:
            found = jsonio.loads(response.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

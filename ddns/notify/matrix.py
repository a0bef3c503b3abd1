"""Matrix: the one service that is a conversation (sign in, find the rooms, send, sign out).

Client-server API v3 (https://spec.matrix.org/v1.11/client-server-api/).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import NoReturn

from ddns import jsonio
from ddns.core.services.serviceurls import Url, quote
from ddns.errors import DdnsError
from ddns.notify.delivery import SECONDS, Accepted, bearer, deliver, octets, scheme, send_parts, split, whole
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

    def send(self, title: str, message: str, done: set[int] | None = None) -> str:
        """See the port. A room that cannot be joined is one receiver that failed."""
        token = self._login() if self._url.user else self._url.password
        texts = split(whole(self._url, title, message), _LIMIT, octets)
        try:
            return send_parts((self._parts(*room, texts, token) for room in self._rooms(token)), done)
        finally:
            if self._url.user:
                with suppress(DdnsError):  # the message itself was sent, or its failure says more
                    self._ask("POST", ("logout",), {}, token)

    def _parts(self, room: str, id_: str, texts: Sequence[str], token: str) -> Iterator[Callable[[], str]]:
        """Return what sends each text to a room; without its id, the first that is sent joins it."""
        joined = [id_] if id_ else []

        def part(text: str) -> str:
            import os  # noqa: PLC0415 -- only for the names of transactions

            if not joined:
                joined.append(self._join(room, token))
            path = ("rooms", joined[0], "send", "m.room.message", os.urandom(12).hex())
            self._ask("PUT", path, {"msgtype": "m.text", "body": text}, token)
            return "status 200"

        return (partial(part, text) for text in texts)

    def _login(self) -> str:
        identifier = {"type": "m.id.user", "user": self._url.user}
        body = {"type": "m.login.password", "identifier": identifier, "password": self._url.password}
        token = self._ask("POST", ("login",), body).get("access_token")
        return token if isinstance(token, str) else self._odd("no access token")

    def _rooms(self, token: str) -> list[tuple[str, str]]:
        """Return the wanted rooms, each with its id ("": not known); all those joined already when none is named."""
        wanted = [room.strip() for room in self._url.param("rooms", "room").split(",") if room.strip()]
        if not wanted:
            found = self._ask("GET", ("joined_rooms",), None, token).get("joined_rooms")
            rooms = [room for room in found if isinstance(room, str)] if isinstance(found, list) else []
            return [(room, room) for room in sorted(rooms)] or self._odd("no room this user is in")
        return [(room if room[0] in "!#" else f"#{room}", "") for room in wanted]

    def _join(self, room: str, token: str) -> str:
        found = self._ask("POST", ("join", room), {}, token).get("room_id")
        return found if isinstance(found, str) else self._odd("no room id")

    def _odd(self, what: str) -> NoReturn:
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
            found = jsonio.loads_answer(response.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

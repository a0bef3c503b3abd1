"""One request and its answer over one open connection."""

from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPResponse as PlainResponse
from typing import Any, Final

from urllib3.response import HTTPResponse

from ddns.errors import NetError
from ddns.net.pool import Link, Pool
from ddns.net.proxies import login_header
from ddns.net.sockets import TimedSocket, TooMuch
from ddns.net.urlparts import Target
from ddns.ports import Request, Response

HEAD: Final = 65536
"""The most bytes the head of an answer may have."""
_PIECE: Final = 16384
_CONTINUE: Final = 100
_SWITCHING: Final = 101


class Reply(PlainResponse):
    """An answer as http.client reads it, except for two things it does not do.

    It passes over every interim answer (1xx, RFC 9110 §15.2), not over 100 alone: or 103 would be taken for the answer,
    and the answer for that to the next request. And it tells the socket whether bytes came after its end.
    """

    def __init__(self, sock: TimedSocket, *args: Any, **named: Any) -> None:  # noqa: ANN401 -- http.client's own
        """Read nothing yet."""
        super().__init__(sock, *args, **named)
        self._socket = sock

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]  # typeshed has public names only
        return version, _CONTINUE if status // 100 == 1 and status != _SWITCHING else status, reason

    def _close_conn(self) -> None:
        self._socket.done = True
        with suppress(OSError, ValueError):  # what failed before cannot be looked into, and is not kept anyway
            self._socket.extra = bool(self.fp.peek(1)) or self._socket.unread()
        super()._close_conn()  # type: ignore[misc]  # likewise


def exchange(link: Link, target: Target, request: Request, agent: str, pool: Pool) -> Response:
    """Send the request and read its answer; then the link is back in the pool, or closed. Raises as sockets do."""
    try:
        answer = _ask(link, target, request, agent)
        link.socket.budget = 2 * request.limit + HEAD  # chunked framing included; http.client itself knows no bound
        try:
            body = _read(answer, request.limit)
        finally:
            answer.close()
    except BaseException:
        link.close()
        raise
    if link.connection.sock is not None and _is_clean(link, request, answer):  # None: the server will not keep it
        pool.give(link)
    else:
        link.close()
    return Response(answer.status, _lower(answer), body, request.url)


def _is_clean(link: Link, request: Request, answer: HTTPResponse) -> bool:
    """Whether the next bytes of this connection can only be the answer to the next request.

    Not after an answer that may or may not have a body (to HEAD, 304), or that gives its length twice or not at all.
    """
    if link.socket.extra or request.method == "HEAD" or answer.status in (_SWITCHING, 304):
        return False
    lengths = sum(name in answer.headers for name in ("content-length", "transfer-encoding"))
    return lengths == (0 if answer.status == 204 else 1)


def _ask(link: Link, target: Target, request: Request, agent: str) -> HTTPResponse:
    headers = {"User-Agent": agent, **request.headers}
    if target.login and not any(name.lower() == "authorization" for name in headers):
        headers["Authorization"] = login_header(target.login)
    path = target.path
    if link.proxy is not None:
        path = f"{link.origin}{path}"
        if link.proxy.login:
            headers["Proxy-Authorization"] = login_header(link.proxy.login)
    try:
        link.connection.request(
            request.method, path, request.body or None, headers, preload_content=False, decode_content=False
        )
    except ValueError:  # its text holds the value, which may be a token
        raise NetError("a header or the URL has a character that HTTP forbids", sent=False) from None
    answer = link.connection.getresponse()
    if link.socket.ended:  # to http.client the end of the stream is as good as the blank line after the head
        answer.close()
        raise ConnectionResetError
    return answer


def _read(answer: HTTPResponse, limit: int) -> bytes:
    if (answer.length_remaining or 0) > limit:
        raise TooMuch
    body = bytearray()
    while piece := answer.read(min(_PIECE, limit + 1 - len(body))):
        body += piece
        if len(body) > limit:
            raise TooMuch
    return bytes(body)


def _lower(answer: HTTPResponse) -> Mapping[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}

"""One request and its answer over one open connection."""

from collections.abc import Mapping
from typing import Final

from urllib3.response import HTTPResponse

from ddns.errors import NetError
from ddns.net.pool import Link, Pool
from ddns.net.proxies import login_header
from ddns.net.sockets import TooMuch
from ddns.net.urls import Target
from ddns.ports import Request, Response

HEAD: Final = 65536
"""The most bytes the head of an answer may have."""
_PIECE: Final = 16384


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
    if link.connection.sock is None:  # http.client closes what the server will not keep
        link.close()
    else:
        pool.give(link)
    return Response(answer.status, _lower(answer), body, request.url)


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

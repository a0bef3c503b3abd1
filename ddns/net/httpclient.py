"""The HTTP client: one request, one answer, or a NetError that says why there is none."""

import threading
from collections.abc import Mapping
from socket import AF_INET6
from ssl import SSLContext
from typing import Final, NamedTuple

from urllib3.connection import HTTPConnection

from ddns.errors import NetError
from ddns.net.exchange import HEAD, Reply, exchange
from ddns.net.explain import FAILURES, explain, is_dead
from ddns.net.pool import Link, Pool, Stopped
from ddns.net.proxies import open_tunnel, proxy_for
from ddns.net.sockets import Deadline, TimedSocket, Way, dial, secure
from ddns.net.tls import Roots, client_context
from ddns.net.urlparts import Origin, Target, join, parse_target
from ddns.ports import Clock, Request, Response

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_PRIVATE: Final = ("authorization", "cookie", "x-auth-email", "x-auth-key")
"""Headers that stay with the origin they were meant for."""


class Stats(NamedTuple):
    """What was done since the start: requests begun, connections opened."""

    requests: int = 0
    connections: int = 0


class Http:
    """``ports.Http`` on urllib3's connections, kept open between the requests of a round.

    ``proxies``: see ``proxy_for``. One instance serves several threads. After ``abort`` it is of no more use: what
    must still be sent at a stop (DELETE_ON_STOP) needs a new one.
    """

    def __init__(self, roots: Roots, user_agent: str, clock: Clock, proxies: Mapping[str, str] | None = None) -> None:
        """Nothing is opened or read yet: the CA roots are read with the first https request."""
        self._roots, self._agent, self._clock, self._proxies = roots, user_agent, clock, proxies or {}
        self._pool = Pool()
        self._lock = threading.Lock()
        self._context: SSLContext | None = None
        self._requests = self._connections = 0

    @property
    def stats(self) -> Stats:
        """How much was done so far."""
        return Stats(self._requests, self._connections)

    def send(self, request: Request) -> Response:
        """See ``ports.Http``. The NetError's message names scheme and host of the URL and nothing else of it."""
        deadline = Deadline(self._clock, request.seconds)
        asked = request
        for _ in range(request.redirects + 1):
            response = self._send_once(asked, deadline)
            onward = _redirected(asked, response) if request.redirects else None
            if onward is None:
                return response
            asked = onward
        raise NetError(f"{parse_target(request.url).origin} redirects more than {request.redirects} times")

    def drop_idle(self) -> None:
        """See ``ports.Http``."""
        self._pool.drop_idle()

    def abort(self) -> None:
        """See ``ports.Http``. A name lookup under way cannot be broken; its request ends right after it."""
        self._pool.abort()

    def _send_once(self, request: Request, deadline: Deadline) -> Response:
        target = parse_target(request.url)
        link = self._pool.take(target.origin, request.family, request.device)
        wrote = False
        try:
            if link is not None:
                link.socket.begin(deadline, HEAD)
                try:
                    return self._exchange(link, target, request)
                except FAILURES as error:
                    wrote = link.socket.wrote
                    if not self._once_more(error, link, request):
                        raise
            link = None  # no bytes of the next attempt are written before there is a link
            link = self._open(target.origin, request, deadline)
            return self._exchange(link, target, request)
        except (*FAILURES, Stopped) as error:
            wrote = wrote or (link is not None and link.socket.wrote)
            raise self._net_error(error, target.origin, request, sent=wrote) from None

    def _exchange(self, link: Link, target: Target, request: Request) -> Response:
        with self._lock:
            self._requests += 1
        return exchange(link, target, request, self._agent, self._pool)

    def _once_more(self, error: Exception, link: Link, request: Request) -> bool:
        """Whether a kept connection had died before this request, so that a fresh one may be tried."""
        harmless = not link.socket.wrote or request.method in ("GET", "HEAD")
        return is_dead(error) and not link.socket.got and harmless and not self._pool.stopped

    def _net_error(self, error: Exception, origin: Origin, request: Request, *, sent: bool) -> NetError:
        if self._pool.stopped:
            return NetError("stopped", sent=sent)
        trouble = explain(error, str(origin), request.family, self._clock.time())
        return NetError(trouble.message, trouble.hint, sent=sent, timeout=trouble.timeout)

    def _open(self, origin: Origin, request: Request, deadline: Deadline) -> Link:
        if self._pool.stopped:
            raise Stopped
        proxy = proxy_for(origin, self._proxies)
        near = proxy.origin if proxy else origin
        age = self._pool.age
        context = self._tls() if origin.scheme == "https" else None
        way = Way(request.family, request.device)
        sock = dial(near.host, near.port, way, deadline, self._pool.watch)
        sock.begin(deadline, HEAD)
        with self._lock:
            self._connections += 1
        if context is not None:
            sock = self._secured(sock, origin, proxy, deadline)
        return _link(origin, sock, proxy)._replace(age=age, device=request.device)

    def _secured(self, sock: TimedSocket, origin: Origin, proxy: Target | None, deadline: Deadline) -> TimedSocket:
        try:
            if proxy is not None:
                open_tunnel(sock, origin, proxy)
        except BaseException:
            sock.close()
            raise
        tls = secure(sock, origin.host, self._tls(), deadline, self._pool.watch)
        tls.begin(deadline, HEAD)
        return tls

    def _tls(self) -> SSLContext:
        with self._lock:
            if self._context is None:
                try:
                    self._context = client_context(self._roots)
                except OSError:
                    raise NetError(
                        "the CA roots cannot be read, so no server's certificate can be checked",
                        "check SSL_CERT_FILE and SSL_CERT_DIR, or install the ca-certificates package",
                        sent=False,
                    ) from None
            return self._context


class _Https(HTTPConnection):
    """A connection that is given a TLS socket: all it must know is which port goes without saying."""

    default_port = 443  # type: ignore[misc]  # a class variable to urllib3, not so to typeshed


def _link(origin: Origin, sock: TimedSocket, proxy: Target | None) -> Link:
    connection = (_Https if origin.scheme == "https" else HTTPConnection)(origin.host, origin.port)
    connection.auto_open = 0
    connection.response_class = Reply
    connection.sock = sock
    family = 6 if sock.family == AF_INET6 else 4
    return Link(origin, family, sock, connection, proxy if origin.scheme == "http" else None, 0, "")


def _redirected(request: Request, response: Response) -> Request | None:
    """Return the request a redirect asks for, or None when the answer is no redirect. NetError: an unsafe one."""
    location = response.headers.get("location", "")
    if response.status not in _REDIRECTS or not location:
        return None
    here, url = parse_target(request.url).origin, join(request.url, location)
    there = parse_target(url).origin
    if here.scheme == "https" and there.scheme != "https":
        raise NetError(f"{here} redirects to an address without TLS")
    headers = dict(request.headers)
    if there != here:
        headers = {name: value for name, value in headers.items() if name.lower() not in _PRIVATE}
    if request.method != "HEAD" and response.status not in (307, 308):
        return request._replace(method="GET", body=b"", url=url, headers=headers)
    return request._replace(url=url, headers=headers)

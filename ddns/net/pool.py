"""Open connections: kept for the next request of a round, and broken all at once at a stop."""

import contextlib
import socket
import threading
import weakref
from typing import NamedTuple

from urllib3.connection import HTTPConnection
from urllib3.util.wait import wait_for_read

from ddns.net.sockets import AnyFamily, TimedSocket
from ddns.net.urlparts import Origin, Target


class Stopped(Exception):
    """The client has been told to stop."""


class Link(NamedTuple):
    """One open connection. ``family`` is that of its socket, 4 or 6; ``proxy`` forwards what we ask (http only).

    ``age``: how often idle connections had been dropped when it was opened; ``device``: as in the request.
    """

    origin: Origin
    family: int
    socket: TimedSocket
    connection: HTTPConnection
    proxy: Target | None
    age: int
    device: str

    def alive(self) -> bool:
        """Whether the other side still holds it open (an idle connection with something to read does not)."""
        return not wait_for_read(self.socket, 0.0)

    def close(self) -> None:
        """Close it for good, even where an answer that could not be read still holds on to the socket."""
        self.connection.close()
        number = self.socket.detach()
        if number != -1:
            socket.close(number)


class Pool:
    """Idle connections by origin, and every socket alive. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lock = threading.Lock()
        self._idle: list[Link] = []
        self._live: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self.stopped = False
        self.age = 0

    def take(self, origin: Origin, family: AnyFamily, device: str) -> Link | None:
        """Return an idle connection to the origin, of this family (0: of any), that is still open; None if none is."""
        wanted = (origin, device)
        while True:
            with self._lock:
                alike = [link for link in self._idle if (link.origin, link.device) == wanted]
                fits = [link for link in alike if family in (0, link.family)]
                if not fits:
                    return None
                self._idle.remove(fits[0])
            if fits[0].alive():
                return fits[0]
            fits[0].close()

    def give(self, link: Link) -> None:
        """Keep a connection for the next request, unless it was in use when idle ones were dropped."""
        with self._lock:
            if not self.stopped and link.age == self.age:
                self._idle.append(link)
                return
        link.close()

    def watch(self, sock: socket.socket) -> None:
        """Remember a socket, so that ``abort`` can break it. Stopped after an abort."""
        with self._lock:
            if self.stopped:
                raise Stopped
            self._live.add(sock)

    def drop_idle(self) -> None:
        """Close every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, []
            self.age += 1
        for link in idle:
            link.close()

    def abort(self) -> None:
        """Break every socket: a read, write, connect or handshake blocked in it ends at once. No more are opened."""
        with self._lock:
            self.stopped = True
            live = list(self._live)
        for sock in live:
            with contextlib.suppress(OSError):
                # Not SSLSocket.shutdown: that would take the TLS away from under the thread that reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        self.drop_idle()

"""Sockets that know how much time and how many bytes a request has left.

Every read and every write of a request passes through here, so a server that drips one byte a second is cut off on
time wherever it does so: in the handshake, in the headers, in the body.
"""

import errno
import os
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

from ddns.ports import Clock

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

AnyFamily = Literal[0, 4, 6]
_LOCALHOST: Final = {0: (b"127.0.0.1", b"::1"), 4: (b"127.0.0.1",), 6: (b"::1",)}
"""``localhost`` needs no lookup (RFC 6761 §6.3): an image from scratch has no /etc/hosts to find it in."""
_AF: Final = {0: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}
_PIECE: Final = 16384
"""Bytes written at once: one TLS record, so a failed first write means that nothing readable arrived."""


class Way(NamedTuple):
    """How a connection must go: by this family (0: any), out of this interface ("": any)."""

    family: AnyFamily = 0
    device: str = ""


class Unbound(OSError):
    """A socket cannot be bound to an interface; the argument names that."""


class TooMuch(OSError):
    """The server sent more bytes than this part of an answer may have."""


class Deadline:
    """A moment in time after which everything raises TimeoutError."""

    __slots__ = ("_clock", "_end")

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Begin now; ``seconds`` from now it is over."""
        self._clock = clock
        self._end = clock.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, always more than 0."""
        left = self._end - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError("time is up")
        return left


class TimedSocket(socket.socket):
    """A TCP socket under a deadline; ``wrote``, ``got`` and ``ended`` tell what happened since ``begin``.

    ``done``: the answer is read to its end, so nothing more is taken from the network; ``extra``: bytes came after it.
    """

    deadline: Deadline
    budget: int
    wrote: bool
    got: bool
    ended: bool
    done: bool
    extra: bool

    def begin(self, deadline: Deadline, budget: int) -> None:
        """Start a request: nothing written, nothing got, ``budget`` bytes may come."""
        self.deadline, self.budget = deadline, budget
        self.wrote = self.got = self.ended = self.done = self.extra = False

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0) -> int:
        """Read within the deadline and the budget."""
        if self.done:
            raise BlockingIOError(errno.EAGAIN, "the answer is read to its end")
        self.settimeout(self.deadline.left())
        count = super().recv_into(buffer, nbytes or 0, flags)
        self.got = self.got or count > 0
        self.ended = count == 0
        self.budget -= count
        if self.budget < 0:
            raise TooMuch("the answer is larger than allowed")
        return count

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        """Write everything within the deadline."""
        rest = memoryview(data)
        while rest:
            self.settimeout(self.deadline.left())
            count = super().send(rest[:_PIECE], flags)
            self.wrote = True
            rest = rest[count:]

    def unread(self) -> bool:
        """Whether decrypted bytes wait here, which no poll shows."""
        return False


class TlsSocket(TimedSocket, ssl.SSLSocket):
    """The same over TLS."""

    def unread(self) -> bool:
        """See ``TimedSocket``."""
        return self.pending() > 0


Watch = Callable[[socket.socket], None]
"""Told of every socket as soon as it exists, so that ``abort`` can break it; raises when the program is stopping."""


def dial(host: str, port: int, way: Way, deadline: Deadline, watch: Watch) -> TimedSocket:
    """Connect to the first address of ``host`` that answers, each given its share of the time left.

    A name lookup cannot be interrupted (getaddrinfo has no timeout of its own, the resolver's configuration bounds
    it, usually to 10 or 20 s): time is checked right after it. The host goes to it as bytes, because a text would load
    Python's own IDNA tables; names are in ASCII long before they get here. OSError or TimeoutError on failure.
    """
    found = [
        each
        for name in _names(host, way.family)
        for each in socket.getaddrinfo(name, port, _AF[way.family], socket.SOCK_STREAM)
    ]
    failure: OSError = OSError("no address")
    for index, (af, kind, proto, _, address) in enumerate(found):
        share = deadline.left() / (len(found) - index)
        try:
            return _connect(_bound(TimedSocket(af, kind, proto), way.device), address, share, watch)
        except OSError as error:
            failure = error
    raise failure


def _names(host: str, family: AnyFamily) -> tuple[bytes, ...]:
    return _LOCALHOST[family] if host == "localhost" else (host.encode("ascii"),)


def _bound(sock: TimedSocket, device: str) -> TimedSocket:
    """Tie a socket to an interface (socket(7), SO_BINDTODEVICE; before Linux 5.7 only with CAP_NET_RAW)."""
    if device:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, os.fsencode(device))
        except OSError:
            sock.close()
            raise Unbound(device) from None
    return sock


def _connect(sock: TimedSocket, address: tuple[object, ...], seconds: float, watch: Watch) -> TimedSocket:
    try:
        watch(sock)
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def secure(sock: TimedSocket, host: str, context: ssl.SSLContext, deadline: Deadline, watch: Watch) -> TlsSocket:
    """Put TLS on a connected socket and check the certificate for ``host``. Closes the socket on failure.

    A connection that ends without TLS saying so counts as an error, not as the end: a cut-short ``192.0.2.12`` would
    read as another address.
    """
    try:
        wrapped = context.wrap_socket(
            sock,
            do_handshake_on_connect=False,
            suppress_ragged_eofs=False,
            server_hostname=host.rstrip(".").partition("%")[0].encode("ascii"),
        )
    except BaseException:
        sock.close()
        raise
    tls = cast("TlsSocket", wrapped)  # the context's sslsocket_class
    try:
        watch(tls)
        tls.settimeout(deadline.left())
        tls.do_handshake()
    except BaseException:
        tls.close()
        raise
    return tls

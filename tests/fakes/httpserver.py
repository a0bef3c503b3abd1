"""A small HTTP/1.1 server on loopback, both families on one port, that can misbehave on purpose."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import BinaryIO, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.faults import Fault, Faults

RESET = struct.pack("ii", 1, 0)
IDLE = 60.0
"""Seconds after which a silent connection is closed."""


class Call(NamedTuple):
    """A request as the server saw it. Header names are lower case; ``connection`` counts connections from 1."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    family: int
    connection: int
    target: str

    def one(self, name: str, default: str = "") -> str:
        """Return the last value of a query parameter."""
        return self.query.get(name, [default])[-1]


class Answer(NamedTuple):
    """What the server answers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Server:
    """Serves ``handle`` on 127.0.0.1 and, where there is IPv6, on ::1, on one port, until closed."""

    def __init__(
        self,
        handle: Callable[[Call], Answer],
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        faults: Faults | None = None,
    ) -> None:
        """Listen at once (port 0: any free one)."""
        self.handle = handle
        self.tls = tls
        self.faults = faults or Faults()
        self.closing = threading.Event()
        self.log: list[Call] = []
        """Every request so far except those of the control endpoint, in order."""
        self.opened: list[int] = []
        """The family of every connection made so far, in order."""
        self._lock = threading.Lock()
        self._live: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listeners = _listen(port)
        self.port: int = self._listeners[0].getsockname()[1]
        self.families = tuple(6 if each.family == socket.AF_INET6 else 4 for each in self._listeners)
        for listener in self._listeners:
            self._start(self._accept, listener)

    def close(self) -> None:
        """Stop listening, break every connection, and wait for the threads."""
        self.closing.set()
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            live = tuple(self._live)
        for each in live:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in tuple(self._threads):
            thread.join(5)

    def hang_up(self) -> None:
        """Close every open connection, as a server does with idle ones."""
        with self._lock:
            live = tuple(self._live)
        for each in live:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        with self._lock:
            self._threads = [each for each in self._threads if each.is_alive()]
            thread.start()
            self._threads.append(thread)

    def _accept(self, listener: socket.socket) -> None:
        family = 6 if listener.family == socket.AF_INET6 else 4
        while not self.closing.is_set():
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self.opened.append(family)
                number = len(self.opened)
            self._start(self._serve, sock, family, number)

    def _serve(self, sock: socket.socket, family: int, number: int) -> None:
        sock.settimeout(IDLE)
        if self.tls is not None:
            sock = self.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._live.add(sock)
        with sock, contextlib.suppress(OSError, ValueError):
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            with sock.makefile("rb") as stream:
                while not self.closing.is_set() and self._exchange(sock, stream, family, number):
                    pass
        with self._lock:
            self._live.discard(sock)

    def _exchange(self, sock: socket.socket, stream: BinaryIO, family: int, number: int) -> bool:
        call = _read(stream, family, number)
        if call is None:
            return False
        control = call.path.startswith("/_sim")
        if not control:
            self.log.append(call)
        fault = None if control else self.faults.take(call.method, call.target)
        answer = self._apply(call, fault)
        if self.closing.is_set():
            return False
        if answer is None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            if isinstance(sock, ssl.SSLSocket):
                socket.socket(fileno=sock.detach()).close()
            return False
        last = call.headers.get("connection", "").lower() == "close"
        if last:
            answer = answer._replace(headers={**answer.headers, "Connection": "close"})
        return self._send(sock, answer, fault) and not last

    def _apply(self, call: Call, fault: Fault | None) -> Answer | None:
        """Return the answer, or None when the connection is to be reset."""
        kind = fault.kind if fault else ""
        if fault is None:
            return self.handle(call)
        if kind == "reset":
            return None
        if kind in {"answer", "huge"}:
            return Answer(fault.status, _octets(fault.body) or b" " * fault.size, fault.headers)
        if kind == "delay":
            self.closing.wait(fault.seconds)
        answer = self.handle(call)
        if kind == "delay-after":
            self.closing.wait(fault.seconds)
        if kind == "answer-after":
            return Answer(fault.status, _octets(fault.body), fault.headers)
        return None if kind == "reset-after" else answer

    def _send(self, sock: socket.socket, answer: Answer, fault: Fault | None) -> bool:
        reason = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unknown"
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        head = f"HTTP/1.1 {answer.status} {reason}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        if fault is not None and fault.kind == "truncate":
            sock.sendall(head.encode() + answer.body[: len(answer.body) // 2])
            return False
        if fault is not None and fault.kind == "slow":
            for byte in head.encode() + answer.body:
                sock.sendall(bytes((byte,)))
                if self.closing.wait(fault.seconds):
                    return False
            return True
        if fault is not None and fault.kind == "early":
            sock.sendall(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            self.closing.wait(fault.seconds)
        sock.sendall(head.encode() + answer.body)
        return True


def _listen(port: int) -> tuple[socket.socket, ...]:
    """Listen on 127.0.0.1 and on ::1 with the same port; only the former where there is no IPv6."""
    for _ in range(20):
        four = socket.create_server(("127.0.0.1", port), backlog=128)
        try:
            six = socket.create_server(("::1", four.getsockname()[1]), family=socket.AF_INET6, backlog=128)
        except OSError as error:
            if error.errno in {97, 99} or port:  # no such family, no such address
                return (four,)
            four.close()  # somebody has this port on ::1
            continue
        return (four, six)
    raise OSError("no port is free on both families")


def _read(stream: BinaryIO, family: int, number: int) -> Call | None:
    """Read one request; None when the client has gone."""
    start = stream.readline(65537).decode("latin-1").split()
    if len(start) != 3:
        return None
    headers: dict[str, str] = {}
    while line := stream.readline(65537).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    parts = urlsplit(start[1])
    query = parse_qs(parts.query, keep_blank_values=True)
    return Call(start[0], unquote(parts.path), query, headers, body, family, number, start[1])


def _octets(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode()

"""A server that says exactly the bytes it is told to, connection by connection."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Script = Callable[[socket.socket], None]


def read_head(sock: socket.socket) -> bytes:
    """Read a request up to the blank line; empty when the client has gone."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = sock.recv(65536)
        if not piece:
            return b""
        head += piece
    return head


def reply(*answers: bytes) -> Script:
    """Return a script that answers each request with the next of these bytes, then closes."""

    def script(sock: socket.socket) -> None:
        for answer in answers:
            if not read_head(sock):
                return
            sock.sendall(answer)

    return script


def ok(body: bytes, *headers: str) -> bytes:
    """Return a plain answer with these extra header lines."""
    lines = ("HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers)
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


class RawServer:
    """Runs the first script with the first connection and so on; the last one with all further ones."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self._scripts, self._tls = scripts, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._live: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, path: str = "/") -> str:
        """Return a URL of this server."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Break every connection and wait for the threads."""
        for sock in (self._listener, *self._live):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def stop_listening(self) -> None:
        """Refuse further connections; those open go on."""
        socket.socket.shutdown(self._listener, socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._live.append(sock)
                script = self._scripts[min(self.connections, len(self._scripts) - 1)]
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(sock, script), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket, script: Script) -> None:
        with sock, contextlib.suppress(OSError):
            if self._tls is None:
                script(sock)
                return
            with self._tls.wrap_socket(sock, server_side=True) as secured:
                self._live.append(secured)
                script(secured)
                with contextlib.suppress(OSError):
                    secured.unwrap()

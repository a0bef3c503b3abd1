"""``ddns status --web``: the status page on loopback, for a look from a browser of this machine.

It is read anew for every request and holds no secret. Only loopback is listened on, and a request that names another
host is refused: a foreign web page cannot read it through a name of its own that leads here (DNS rebinding).
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import NamedTuple

from ddns import __version__
from ddns.app.sleeping import Found
from ddns.config.values.urlvalues import is_loopback
from ddns.errors import ConfigError, ConfigProblem, DdnsError

PORT = 8099
"""Where no port is named (our choice)."""
_PATIENCE = 5.0
"""Seconds a browser has for its request."""
_LARGEST = 16384
"""Bytes of a request's head; browsers send less than 2,000."""
_HEADERS = (
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    "Connection: close",
)
_REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 503: "Down"}

States = Callable[[], tuple[Found, ...]]
"""Gives the states of the running instances, the one with this configuration first."""


class Address(NamedTuple):
    """A loopback address and a port (0: any free one)."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return it as it stands in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Read ``127.0.0.1``, ``8080``, ``localhost:8080`` or ``[::1]:8080``; ConfigError for what is not loopback."""
    host, port = ("localhost", text) if text.isdigit() else _split(text, str(PORT))
    host = "127.0.0.1" if host.lower() == "localhost" else host
    if is_loopback(host) and port.isascii() and port.isdigit() and int(port) < 1 << 16:
        return Address(host, int(port))
    what = f"--web takes a loopback address, such as 127.0.0.1:{PORT} or [::1]:{PORT}, not {text[:60]!r}"
    hint = "from another machine, use ssh -L; for a web server, set STATUS_PAGE"
    raise ConfigError((ConfigProblem("command line", what, hint),))


def _split(text: str, usual: str) -> tuple[str, str]:
    """Split host and port, which is the usual one where none is named; an IPv6 address loses its brackets."""
    host, port = text, usual
    if text.count(":") == 1 or "]:" in text:
        host, _, port = text.rpartition(":")
    return host[1:-1] if host[:1] + host[-1:] == "[]" else host, port


def listen(address: Address) -> socket.socket:
    """Return a socket that listens; DdnsError when that is not possible."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise DdnsError(f"{address} cannot be listened on ({error.strerror})", "Name another after --web.") from None
    return listener


def serve(listener: socket.socket, states: States, now: Callable[[], float]) -> None:
    """Answer requests until the listener is closed or interrupted; a slow browser holds up nobody else."""
    with listener:
        while True:
            connection, _ = listener.accept()
            Thread(target=_answer, args=(connection, states, now), daemon=True).start()


def _answer(connection: socket.socket, states: States, now: Callable[[], float]) -> None:
    with connection, suppress(OSError):
        connection.settimeout(_PATIENCE)
        status, text, head_only = respond(_head(connection), states, now())
        body = text.encode()
        kind = "text/html" if text.startswith("<") else "text/plain"
        lines = (
            f"HTTP/1.1 {status} {_REASONS[status]}",
            f"Content-Type: {kind}; charset=utf-8",
            f"Content-Length: {len(body)}",
            *_HEADERS,
        )
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode() + (b"" if head_only else body))


def _head(connection: socket.socket) -> bytes:
    """Return the head of a request, as far as it came."""
    data = b""
    while b"\r\n\r\n" not in data and len(data) < _LARGEST:
        more = connection.recv(4096)
        if not more:
            break
        data += more
    return data


def respond(head: bytes, states: States, now: float) -> tuple[int, str, bool]:
    """Return the status, the text, and whether only the head of the answer is wanted. ``now`` in UNIX seconds."""
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    words = first.split(" ")
    hosts = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("host:")]
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or len(hosts) != 1:
        return 400, "This is no HTTP request.\n", False
    method, path, _ = words
    head_only = method == "HEAD"
    if not _local(hosts[0]):
        return 403, "This page is for browsers of this machine only.\n", head_only
    if method not in {"GET", "HEAD"}:
        return 405, "This page can only be read.\n", head_only
    if path.partition("?")[0] not in {"/", "/index.html"}:
        return 404, "There is one page: /\n", head_only
    found = states()
    if not found:
        return 503, "No running instance of this user was found.\n", head_only
    from ddns.output.statuspage import page  # noqa: PLC0415 -- only for a browser

    return 200, page(found[0].memory, now, __version__), head_only


def _local(host: str) -> bool:
    """Whether a Host header names this machine by a loopback address or as localhost."""
    name, port = _split(host, "80")
    return port.isdigit() and (name.lower() == "localhost" or is_loopback(name))

"""A stop breaks whatever the client is doing, from another thread and at once."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ddns.errors import NetError
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from ddns.net.pool import Pool, Stopped
from ddns.ports import Request
from tests.fakes.rawserver import RawServer, ok, read_head, reply
from tests.fakes.tls import Authority

NO_ROOTS = Roots()


def aborted(url: str, roots: Roots = NO_ROOTS) -> NetError:
    """Send a request that would last a minute, abort it after a moment, and return its error."""
    http = Http(roots, "x", SystemClock())
    threading.Timer(0.2, http.abort).start()
    begun = time.monotonic()
    with pytest.raises(NetError) as caught:
        http.send(Request("GET", url, seconds=60))

    assert time.monotonic() - begun < 10
    assert caught.value.message == "stopped"
    return caught.value


def hang(sock: socket.socket) -> None:
    """Read the request, then say nothing more."""
    read_head(sock)
    read_head(sock)


def test_abort_breaks_a_read() -> None:
    """A request waiting for its answer ends at once; it had been sent."""
    with RawServer(hang) as server:
        assert aborted(server.url()).sent


def test_abort_breaks_a_read_inside_tls(tmp_path: Path) -> None:
    """The same over TLS."""
    authority = Authority()
    with RawServer(hang, tls=authority.server("127.0.0.1")) as server:
        assert aborted(server.url(), Roots(authority.write(tmp_path))).sent


def test_abort_breaks_a_handshake() -> None:
    """A TLS handshake that gets no answer ends at once, with nothing sent."""
    with RawServer(hang) as server:
        assert not aborted(f"https://127.0.0.1:{server.port}/").sent


def test_abort_breaks_a_connect() -> None:
    """A connection nobody accepts (the queue is full) ends at once, with nothing sent."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as stack:
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())

        assert not aborted(f"http://127.0.0.1:{listener.getsockname()[1]}/").sent


def test_abort_refuses_what_comes_later() -> None:
    """After an abort nothing is opened, and nothing kept is used."""
    with RawServer(reply(ok(b"1"), ok(b"2"))) as server:
        http = Http(Roots(), "x", SystemClock())
        http.send(Request("GET", server.url()))
        http.abort()
        with pytest.raises(NetError, match=r"^stopped$") as caught:
            http.send(Request("GET", server.url()))

        assert not caught.value.sent
        assert server.connections == 1


def test_a_socket_opened_after_the_stop_is_refused() -> None:
    """A stop that comes while a name is looked up meets no socket yet; the socket is refused when it is made."""
    pool = Pool()
    pool.abort()
    with socket.socket() as sock, pytest.raises(Stopped):
        pool.watch(sock)


def test_an_answer_that_comes_with_the_stop_is_not_kept_open() -> None:
    """An answer read to its end while the stop arrives is returned, and its connection closed."""
    http = Http(Roots(), "x", SystemClock())

    def answer_then_abort(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(ok(b"1"))
        http.abort()

    with RawServer(answer_then_abort) as server, contextlib.suppress(NetError):
        assert http.send(Request("GET", server.url())).body == b"1"


@pytest.mark.parametrize("act", [Http.drop_idle, Http.abort])
def test_closing_what_is_closed_already(act: Callable[[Http], None]) -> None:
    """Both ways of closing may be called at any time, twice and with nothing open."""
    with RawServer(reply(ok(b"1"))) as server:
        http = Http(Roots(), "x", SystemClock())
        act(http)
        with contextlib.suppress(NetError):
            http.send(Request("GET", server.url()))
        act(http)
        act(http)

        assert http.stats.requests == (1 if act is Http.drop_idle else 0)

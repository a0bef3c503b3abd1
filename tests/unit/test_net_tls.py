"""Certificates: what is trusted, what is refused, and how that is said."""

import socket
import ssl
import time
from pathlib import Path

import pytest

from ddns.errors import NetError
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from ddns.ports import Request
from tests.fakes.rawserver import RawServer, Script, ok, read_head, reply
from tests.fakes.tls import Authority


class Since1970(SystemClock):
    """A clock that nobody has set."""

    def time(self) -> float:
        return 86400.0


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Make one authority for the file."""
    return Authority()


@pytest.fixture
def roots(authority: Authority, tmp_path: Path) -> Roots:
    """Return the authority's root as a file."""
    return Roots(authority.write(tmp_path))


def get(server: RawServer, roots: Roots, clock: SystemClock | None = None) -> bytes:
    """Get one page and close."""
    http = Http(roots, "x", clock or SystemClock())
    try:
        return http.send(Request("GET", server.url("/secret"))).body
    finally:
        http.drop_idle()


def refusal(server: RawServer, roots: Roots, clock: SystemClock | None = None) -> NetError:
    """Return the error of a connection that must fail before anything is sent."""
    with pytest.raises(NetError) as caught:
        get(server, roots, clock)
    assert not caught.value.sent
    assert "secret" not in caught.value.message
    return caught.value


def test_a_good_certificate_is_accepted_and_the_connection_kept(authority: Authority, roots: Roots) -> None:
    """With the right root and the right name two requests share one TLS connection."""
    with RawServer(reply(ok(b"1"), ok(b"2")), tls=authority.server("127.0.0.1")) as server:
        http = Http(roots, "x", SystemClock())
        bodies = [http.send(Request("GET", server.url())).body for _ in range(2)]
        http.drop_idle()

        assert bodies == [b"1", b"2"]
        assert server.connections == 1


def test_roots_in_a_folder(authority: Authority, tmp_path: Path) -> None:
    """SSL_CERT_DIR is a folder of roots named by the hash of their subject, as c_rehash makes it."""
    (tmp_path / f"{authority.subject_hash():08x}.0").write_bytes(authority.pem)

    with RawServer(reply(ok(b"1")), tls=authority.server("127.0.0.1")) as server:
        assert get(server, Roots(folder=str(tmp_path))) == b"1"


def test_embedded_roots_serve_where_the_user_named_none(authority: Authority, roots: Roots) -> None:
    """The roots inside the program are used, unless the user named others."""
    asked: list[ssl.SSLContext] = []

    def embedded(context: ssl.SSLContext) -> bool:
        asked.append(context)
        context.load_verify_locations(cadata=authority.pem.decode())
        return True

    with RawServer(reply(ok(b"1")), tls=authority.server("127.0.0.1")) as server:
        assert get(server, Roots(embedded=embedded)) == b"1"
        assert get(server, roots._replace(embedded=embedded)) == b"1"
        assert len(asked) == 1


def test_without_the_root_the_remedy_is_named(authority: Authority) -> None:
    """The system's roots do not know our authority: the hint says where roots come from."""
    with RawServer(reply(ok(b"1")), tls=authority.server("127.0.0.1")) as server:
        error = refusal(server, Roots(embedded=lambda _: False))

    assert "is not trusted by the CA roots of this machine" in error.message
    assert "SSL_CERT_FILE" in error.hint


@pytest.mark.parametrize(
    ("name", "start", "end", "words"),
    [
        ("other.example.org", -1, 30, "is for another address"),
        ("192.0.2.1", -1, 30, "is for another address"),
        ("127.0.0.1", -30, -1, "has expired"),
        ("127.0.0.1", 1, 30, "is not valid yet"),
    ],
)
def test_bad_certificates_say_why(
    authority: Authority, roots: Roots, name: str, start: int, end: int, words: str
) -> None:
    """Each kind of wrong certificate has its own words and a hint."""
    with RawServer(reply(ok(b"1")), tls=authority.server(name, start_days=start, end_days=end)) as server:
        error = refusal(server, roots)

    assert error.message.endswith(words)
    assert error.hint


def test_a_clock_in_1970_is_told(authority: Authority, roots: Roots) -> None:
    """A certificate "not valid yet" on a machine whose clock was never set: the clock is to blame."""
    with RawServer(reply(ok(b"1")), tls=authority.server("127.0.0.1", start_days=1)) as server:
        error = refusal(server, roots, Since1970())

    assert "clock has not been set" in error.hint


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_unreadable_roots_stop_every_request(tmp_path: Path, content: str | None) -> None:
    """A root file that is missing, empty or broken: nothing can be checked, so nothing is connected."""
    path = tmp_path / "roots.pem"
    if content is not None:
        path.write_text(content)
    with RawServer(reply(ok(b"1"))) as server:
        http = Http(Roots(str(path)), "x", SystemClock())
        with pytest.raises(NetError) as caught:
            http.send(Request("GET", f"https://127.0.0.1:{server.port}/"))

        assert "CA roots cannot be read" in caught.value.message
        assert not caught.value.sent
        assert server.connections == 0


def test_old_tls_is_refused(authority: Authority, roots: Roots) -> None:
    """A server that speaks nothing newer than TLS 1.1 gets no request."""
    context = authority.server("127.0.0.1")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with RawServer(reply(ok(b"1")), tls=context) as server:
        assert "secure connection" in refusal(server, roots).message


def test_a_server_without_tls_is_no_https(roots: Roots) -> None:
    """Plain HTTP on the https port is an error of TLS, before anything is sent."""

    def shout(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with RawServer(shout) as server:
        http = Http(roots, "x", SystemClock())
        with pytest.raises(NetError) as caught:
            http.send(Request("GET", f"https://127.0.0.1:{server.port}/"))

    assert not caught.value.sent


def test_a_handshake_that_never_ends_is_a_timeout(roots: Roots) -> None:
    """A server that accepts and says nothing costs the deadline, no more, and nothing was sent."""
    with RawServer(reply(b"")) as server:
        http = Http(roots, "x", SystemClock())
        begun = time.monotonic()
        with pytest.raises(NetError) as caught:
            http.send(Request("GET", f"https://127.0.0.1:{server.port}/", seconds=0.3))

        assert time.monotonic() - begun < 5
    assert caught.value.timeout
    assert not caught.value.sent


def cut_off(data: bytes) -> Script:
    """Return a script that sends this and drops the connection without the goodbye of TLS."""

    def script(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(data)
        raise BrokenPipeError

    return script


def test_a_body_cut_off_inside_tls_is_an_error(authority: Authority, roots: Roots) -> None:
    """Without a length, only TLS's goodbye tells a whole ``192.0.2.12`` from a cut-short one."""
    script, tls = cut_off(b"HTTP/1.1 200 OK\r\n\r\n192.0.2.1"), authority.server("127.0.0.1")
    with RawServer(script, tls=tls) as server, pytest.raises(NetError, match="closed the connection before"):
        get(server, roots)


def test_a_body_ended_by_the_goodbye_is_whole(authority: Authority, roots: Roots) -> None:
    """The same answer with the goodbye is accepted."""
    with RawServer(reply(b"HTTP/1.1 200 OK\r\n\r\n192.0.2.12"), tls=authority.server("127.0.0.1")) as server:
        assert get(server, roots) == b"192.0.2.12"


def test_a_certificate_for_another_name(authority: Authority, roots: Roots) -> None:
    """A name that is not in the certificate is refused too."""
    with RawServer(reply(ok(b"1")), tls=authority.server("other.example.org")) as server:
        http = Http(roots, "x", SystemClock())
        with pytest.raises(NetError, match="is for another name") as caught:
            http.send(Request("GET", f"https://localhost:{server.port}/"))

    assert not caught.value.sent

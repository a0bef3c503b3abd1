"""Requests through proxies."""

import contextlib
import socket
import threading
from pathlib import Path

import pytest

from ddns.errors import NetError
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from ddns.net.proxies import proxy_for
from ddns.net.urlparts import Origin, parse_target
from ddns.ports import Request
from tests.fakes.rawserver import RawServer, Script, ok, read_head, reply
from tests.fakes.tls import Authority

NO_ROOTS = Roots()
PROXIES = {"http": "http://p:1", "https": "p:2"}


@pytest.mark.parametrize(
    ("url", "excluded", "port"),
    [
        ("http://example.org/", "", 1),
        ("https://example.org/", "", 2),
        ("https://example.org/", "*", None),
        ("https://example.org/", "example.com, example.org", None),
        ("https://www.example.org/", "example.org", None),
        ("https://www.example.org./", ".Example.org", None),
        ("https://www.example.org/", "*.example.org", None),
        ("https://badexample.org/", "example.org", 2),
        ("https://example.org/", "example.org:443", None),
        ("https://example.org/", "example.org:8443", 2),
        ("https://192.0.2.7/", "192.0.2.0/24", None),
        ("https://192.0.2.7/", "192.0.2.7", None),
        ("https://192.0.2.7/", "192.0.2.8,example.org,,", 2),
        ("https://192.0.2.7:99/", "192.0.2.7:99", None),
        ("https://[2001:db8::7]/", "2001:db8::/32", None),
        ("https://[2001:db8::7]/", "[2001:db8::7]:443", None),
        ("https://[2001:db8::7]/", "[2001:db8::7]:1", 2),
        ("http://localhost/", "", None),
        ("http://127.1.2.3/", "", None),
        ("http://[::1]/", "", None),
    ],
)
def test_which_requests_go_through_a_proxy(url: str, excluded: str, port: int | None) -> None:
    """NO_PROXY takes names with what is under them, addresses, ranges, ports and a star; loopback is always direct."""
    proxy = proxy_for(parse_target(url).origin, {**PROXIES, "no": excluded})

    assert (proxy.origin.port if proxy else None) == port


def test_no_proxy_at_all() -> None:
    """Without a proxy for the scheme the connection is direct."""
    assert proxy_for(Origin("https", "example.org", 443), {"http": "http://p:1"}) is None


@pytest.mark.parametrize("proxy", ["https://p:1", "socks5://p:1", "http://", "http://[:1"])
def test_proxies_that_cannot_be_used(proxy: str) -> None:
    """Another kind of proxy, or none at all, is an error with nothing sent."""
    with pytest.raises(NetError) as caught:
        proxy_for(Origin("https", "example.org", 443), {"https": proxy})

    assert not caught.value.sent


def through(server: RawServer, url: str, roots: Roots = NO_ROOTS) -> bytes:
    """Get a page through a proxy that wants a login."""
    proxy = f"http://me:pw@127.0.0.1:{server.port}"
    http = Http(roots, "x", SystemClock(), {"http": proxy, "https": proxy})
    try:
        return http.send(Request("GET", url)).body
    finally:
        http.drop_idle()


def test_http_is_forwarded() -> None:
    """The proxy gets the whole URL and its login, and needs no name lookup from us."""
    heads: list[bytes] = []

    def script(sock: socket.socket) -> None:
        heads.append(read_head(sock))
        sock.sendall(ok(b"forwarded"))

    with RawServer(script) as server:
        assert through(server, "http://home.test:8080/ip?a") == b"forwarded"

    assert heads[0].startswith(b"GET http://home.test:8080/ip?a HTTP/1.1\r\n")
    assert b"Host: home.test:8080\r\n" in heads[0]
    assert b"Proxy-Authorization: Basic bWU6cHc=\r\n" in heads[0]


def test_a_proxy_without_login_gets_none() -> None:
    """No login in the proxy's URL, no header."""
    heads: list[bytes] = []

    def script(sock: socket.socket) -> None:
        heads.append(read_head(sock))
        sock.sendall(ok(b"1"))

    with RawServer(script) as server:
        http = Http(Roots(), "x", SystemClock(), {"http": f"127.0.0.1:{server.port}"})
        http.send(Request("GET", "http://home.test/"))
        http.drop_idle()

    assert b"Proxy-Authorization" not in heads[0]


def pipe(source: socket.socket, sink: socket.socket) -> None:
    """Pass bytes on until one side ends."""
    with contextlib.suppress(OSError):  # either side may be closed while this waits
        while data := source.recv(65536):
            sink.sendall(data)


def tunnel(port: int, heads: list[bytes]) -> Script:
    """Return a proxy that opens a tunnel to a port of this machine, whatever host is asked for."""

    def script(sock: socket.socket) -> None:
        heads.append(read_head(sock))
        with socket.create_connection(("127.0.0.1", port)) as inner:
            sock.sendall(b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 200 Connection established\r\nX: y\r\n\r\n")
            back = threading.Thread(target=pipe, args=(inner, sock), daemon=True)
            back.start()
            pipe(sock, inner)
            inner.shutdown(socket.SHUT_WR)
            back.join(5)

    return script


@pytest.mark.parametrize(("host", "shown"), [("home.test", b"home.test:443"), ("2001:db8::7", b"[2001:db8::7]:443")])
def test_https_goes_through_a_tunnel(tmp_path: Path, host: str, shown: bytes) -> None:
    """The proxy is asked for a way; TLS and the certificate check are with the server behind it."""
    authority, heads = Authority(), list[bytes]()
    url = f"https://[{host}]/" if ":" in host else f"https://{host}/"
    tls = authority.server(host)
    with RawServer(reply(ok(b"behind")), tls=tls) as server, RawServer(tunnel(server.port, heads)) as proxy:
        assert through(proxy, url, Roots(authority.write(tmp_path))) == b"behind"

    assert heads[0].startswith(b"CONNECT " + shown + b" HTTP/1.1\r\nHost: " + shown + b"\r\n")
    assert b"Proxy-Authorization: Basic bWU6cHc=\r\n" in heads[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "(HTTP status 407)"),
        (b"HTTP/1.1 s3cret\r\n\r\n", "its answer is not HTTP"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "proxy"),
        (b"HTTP/1.1 200", "closed the connection"),
    ],
)
def test_a_proxy_that_opens_no_way(tmp_path: Path, answer: bytes, words: str) -> None:
    """A refusal, nonsense or silence of the proxy is an error with nothing sent, and the login is not shown."""
    roots = Roots(Authority().write(tmp_path))
    with RawServer(reply(answer)) as server, pytest.raises(NetError) as caught:
        through(server, "https://home.test/", roots)

    assert words in caught.value.message
    assert "me:pw" not in caught.value.message
    assert not caught.value.sent


def test_a_host_no_certificate_can_name(tmp_path: Path) -> None:
    """A proxy may open a way to anything, but TLS cannot check a name that begins with a dot."""
    roots = Roots(Authority().write(tmp_path))
    with RawServer(reply(b"HTTP/1.1 200 OK\r\n\r\n")) as server, pytest.raises(NetError) as caught:
        through(server, "https://.home.test/", roots)

    assert not caught.value.sent

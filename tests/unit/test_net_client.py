"""The HTTP client against servers on loopback: reuse, families, deadlines, sizes, redirects."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from ddns.errors import NetError
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots, Stats
from ddns.ports import Request
from tests.fakes.httpserver import Answer, Call, Server
from tests.fakes.rawserver import RawServer, Script, ok, read_head, reply
from tests.fakes.tls import Authority


@pytest.fixture
def http() -> Iterator[Http]:
    """Make a client without roots, enough for plain http."""
    client = Http(Roots(), "dormouse-ddns/1", SystemClock())
    yield client
    client.drop_idle()


@pytest.fixture
def server() -> Iterator[Server]:
    """Start a server on both families that says who asked, and how."""
    each = Server(lambda call: Answer(200, f"{call.family} {call.connection} {call.target}".encode()))
    yield each
    each.close()


def failure(http: Http, request: Request) -> NetError:
    """Send a request that must fail and return its error."""
    with pytest.raises(NetError) as caught:
        http.send(request)
    return caught.value


def test_request_and_answer_pass_unchanged(http: Http) -> None:
    """Method, target, headers and body arrive; status, lower-case headers and body come back."""
    calls: list[Call] = []

    def handle(call: Call) -> Answer:
        calls.append(call)
        return Answer(404, b"gone", {"X-Thing": "a"})

    server = Server(handle)
    url = f"http://127.0.0.1:{server.port}/a%20b?c=d#e"
    response = http.send(Request("POST", url, {"X-Mine": "1"}, b"hello"))
    server.close()

    assert (response.status, response.body, response.headers["x-thing"]) == (404, b"gone", "a")
    assert response.url == url
    assert (calls[0].method, calls[0].target, calls[0].body) == ("POST", "/a%20b?c=d", b"hello")
    assert calls[0].headers["x-mine"] == "1"
    assert calls[0].headers["user-agent"] == "dormouse-ddns/1"
    assert calls[0].headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("family", [4, 6])
def test_family_is_forced(http: Http, server: Server, family: Literal[4, 6]) -> None:
    """A name with both kinds of address is reached over the family asked for."""
    response = http.send(Request("GET", f"http://localhost:{server.port}/", family=family))

    assert response.body.startswith(str(family).encode())


def test_any_family_prefers_the_open_connection(http: Http, server: Server) -> None:
    """A request of any family reuses what is open; a forced one only its own family."""
    url = f"http://localhost:{server.port}/"
    order: tuple[Literal[0, 4, 6], ...] = (6, 0, 4, 0, 6)
    seen = [http.send(Request("GET", url, family=family)).body.split()[1] for family in order]

    assert seen[:3] == [b"1", b"1", b"2"]
    assert seen[4] == b"1"
    assert len(server.opened) == 2
    assert http.stats == Stats(requests=5, connections=2)


def test_an_address_of_the_other_family_is_no_answer(http: Http) -> None:
    """An IPv4 literal cannot be asked over IPv6, and surely nothing was sent."""
    error = failure(http, Request("GET", "http://127.0.0.1/", family=6))

    assert error.message == "the name in http://127.0.0.1 has no IPv6 address"
    assert not error.sent


def test_any_family_tries_every_address(http: Http) -> None:
    """Where one address refuses the next is tried: this server listens on IPv4 only."""
    with RawServer(reply(ok(b"x"))) as server:
        assert http.send(Request("GET", f"http://localhost:{server.port}/")).body == b"x"


def test_a_dropped_connection_is_not_reused(http: Http, server: Server) -> None:
    """After ``drop_idle`` the next request opens a connection anew."""
    request = Request("GET", f"http://127.0.0.1:{server.port}/")
    http.send(request)
    http.drop_idle()
    http.send(request)

    assert http.stats.connections == 2


def test_a_connection_found_closed_is_replaced(http: Http, server: Server) -> None:
    """A kept connection that the server closed meanwhile costs nothing, whatever the method."""
    request = Request("POST", f"http://127.0.0.1:{server.port}/", body=b"x")
    http.send(request)
    server.hang_up()
    time.sleep(0.05)

    assert http.send(request).status == 200
    assert len(server.log) == 2


def one_then_silence(sock: socket.socket) -> None:
    """Answer one request, read a second one and close without a word."""
    reply(ok(b"1"))(sock)
    read_head(sock)


def test_a_connection_dying_under_a_get_is_replaced_once(http: Http) -> None:
    """A GET whose kept connection dies before any answer is asked again on a fresh one."""
    with RawServer(one_then_silence, reply(ok(b"2"))) as server:
        http.send(Request("GET", server.url()))

        assert http.send(Request("GET", server.url())).body == b"2"
        assert server.connections == 2


def test_a_connection_dying_under_a_post_is_reported(http: Http) -> None:
    """A POST in the same place may have been done, so it is never sent again."""
    with RawServer(one_then_silence, reply(ok(b"2"))) as server:
        http.send(Request("GET", server.url()))
        error = failure(http, Request("POST", server.url(), body=b"x"))

        assert error.sent
        assert server.connections == 1


def test_a_fresh_connection_that_dies_is_not_tried_again(http: Http) -> None:
    """Only a kept connection is replaced: a server that closes at once is asked once."""
    with RawServer(reply(b"")) as server:
        error = failure(http, Request("GET", server.url()))

        assert "closed the connection" in error.message
        assert error.sent
        assert server.connections == 1


def test_the_second_failure_counts_what_the_first_sent(http: Http) -> None:
    """When the connection in place of a dead one fails too, bytes of the first attempt may have arrived."""
    with RawServer(one_then_silence) as server:
        http.send(Request("GET", server.url()))
        server_url = server.url()
        server.stop_listening()
        error = failure(http, Request("GET", server_url))

    assert "refused" in error.message
    assert error.sent


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"220 mail.example.org ESMTP\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n",
    ],
)
def test_a_broken_answer_is_an_error(http: Http, answer: bytes) -> None:
    """Cut short, contradicting itself or not HTTP: always a NetError, and the request did arrive."""
    with RawServer(reply(answer)) as server:
        error = failure(http, Request("GET", server.url("/secret")))

    assert error.sent
    assert "secret" not in error.message
    assert error.message.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"x" * 101),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" + b"x" * 1_000_000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000 + b"\r\nY: " + b"x" * 60_000 + b"\r\n\r\n",
    ],
)
def test_one_byte_too_many_is_an_error(http: Http, answer: bytes) -> None:
    """The body's limit holds however its length is told, and the head has one too."""
    with RawServer(reply(answer)) as server:
        assert "larger answer than allowed" in failure(http, Request("GET", server.url(), limit=100)).message


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"x" * 100),
        b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 100,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + b"x" * 100 + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"x" * 100),
    ],
)
def test_a_body_of_just_the_limit_is_accepted(http: Http, answer: bytes) -> None:
    """Every way of telling a body's length is understood."""
    with RawServer(reply(answer)) as server:
        assert http.send(Request("GET", server.url(), limit=100)).body == b"x" * 100


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"


@pytest.mark.parametrize(
    "before", [INTERIM, b"HTTP/1.1 102 Processing\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" + INTERIM]
)
@pytest.mark.parametrize("apart", [False, True])
def test_interim_answers_are_passed_over(http: Http, before: bytes, *, apart: bool) -> None:
    """However many come, and whether or not the answer follows at once: each request gets its own answer."""

    def script(sock: socket.socket) -> None:
        for answer in (b"1", b"2"):
            if read_head(sock):
                sock.sendall(before if apart else before + ok(answer))
                time.sleep(0.05 if apart else 0)
                sock.sendall(ok(answer) if apart else b"")

    with RawServer(script) as server:
        seen = [http.send(Request("GET", server.url())) for _ in "12"]

        assert [(each.status, each.body) for each in seen] == [(200, b"1"), (200, b"2")]
        assert server.connections == 1


def test_interim_answers_without_end_are_an_error(http: Http) -> None:
    """They count for the size of the head."""
    with RawServer(reply(INTERIM * 2000)) as server:
        assert "larger answer than allowed" in failure(http, Request("GET", server.url())).message


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("GET", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        ("GET", ok(b"1") + ok(b"not asked for")),
        ("GET", ok(b"1") + b"\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\nbody"),
        ("GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n" + ok(b"more")),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_a_connection_that_may_be_off_by_one_is_not_kept(
    tmp_path: Path, method: str, answer: bytes, *, tls: bool
) -> None:
    """Bytes after the end of an answer, or an end that can be read in two ways: the next request gets a new one."""
    authority = Authority()
    http = Http(Roots(authority.write(tmp_path)), "x", SystemClock())
    context = authority.server("127.0.0.1") if tls else None
    with RawServer(reply(answer, ok(b"late")), reply(ok(b"2")), tls=context) as server:
        http.send(Request(method, server.url()))

        assert http.send(Request("GET", server.url())).body == b"2"
        assert server.connections == 2
        http.drop_idle()


def test_a_clean_end_without_a_body_is_kept(http: Http) -> None:
    """204 says that nothing follows, and so does a length of 0."""
    with RawServer(reply(b"HTTP/1.1 204 No Content\r\n\r\n", ok(b""), ok(b"3"))) as server:
        assert [http.send(Request("GET", server.url())).body for _ in "123"] == [b"", b"", b"3"]
        assert server.connections == 1


def test_what_was_in_use_when_idle_ones_were_dropped_is_not_kept(http: Http) -> None:
    """A late answer must not bring back a connection from before the drop."""

    def script(sock: socket.socket) -> None:
        read_head(sock)
        http.drop_idle()
        sock.sendall(ok(b"1"))
        read_head(sock)

    with RawServer(script, reply(ok(b"2"))) as server:
        http.send(Request("GET", server.url()))

        assert http.send(Request("GET", server.url())).body == b"2"
        assert server.connections == 2


def drip(data: bytes) -> Script:
    """Return a script that sends a byte every 50 ms."""

    def script(sock: socket.socket) -> None:
        for byte in data:
            sock.sendall(bytes((byte,)))
            time.sleep(0.05)

    return script


@pytest.mark.parametrize(
    "data", [ok(b"x" * 1000), b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000, ok(b"")[:-2] + b"X: y" * 99]
)
def test_slow_bytes_do_not_stretch_the_deadline(http: Http, data: bytes) -> None:
    """A server that drips is cut off after the whole request's time, in the head as in the body."""
    with RawServer(drip(data)) as server:
        begun = time.monotonic()
        error = failure(http, Request("GET", server.url(), seconds=0.3))

        assert time.monotonic() - begun < 5
        assert error.timeout
        assert "did not answer in time" in error.message


def test_no_time_at_all_is_a_timeout(http: Http, server: Server) -> None:
    """A deadline of zero seconds fails as a timeout with nothing sent."""
    error = failure(http, Request("GET", f"http://127.0.0.1:{server.port}/", seconds=0))

    assert error.timeout
    assert not error.sent
    assert server.log == []


def test_redirects_are_followed_when_asked_for(http: Http) -> None:
    """A relative redirect leads on; the answer's URL is the last one; a POST becomes a GET, as browsers have it."""
    server = Server(lambda call: Answer(302, b"", {"Location": "b?c#d"}) if call.path == "/a" else Answer(200, b"end"))
    url = f"http://127.0.0.1:{server.port}/"
    response = http.send(Request("POST", f"{url}a", body=b"x", redirects=1))
    untouched = http.send(Request("GET", f"{url}a"))
    server.close()

    assert (response.body, response.url) == (b"end", f"{url}b?c")
    assert [(call.method, call.body) for call in server.log[:2]] == [("POST", b"x"), ("GET", b"")]
    assert untouched.status == 302


@pytest.mark.parametrize(("method", "status"), [("PUT", 308), ("POST", 307), ("HEAD", 302)])
def test_redirects_that_keep_the_method(http: Http, method: str, status: int) -> None:
    """307 and 308 repeat the request as it was, and a HEAD stays one."""
    server = Server(lambda call: Answer(status if call.path == "/a" else 200, b"", {"Location": "/b"}))
    http.send(Request(method, f"http://127.0.0.1:{server.port}/a", body=b"", redirects=3))
    server.close()

    assert [call.method for call in server.log] == [method, method]


def test_credentials_stay_with_their_origin(http: Http) -> None:
    """A redirect to another origin takes no header that signs in; one within the origin does."""
    other = Server(lambda _: Answer(200, b""))
    here = Server(
        lambda call: Answer(301, b"", {"Location": "/b" if call.path == "/a" else f"http://127.0.0.1:{other.port}/"})
    )
    headers = {"AUTHORIZATION": "Bearer t", "X-Auth-Key": "k", "Accept": "text/plain"}
    http.send(Request("GET", f"http://127.0.0.1:{here.port}/a", headers, redirects=2))
    here.close()
    other.close()

    assert [call.headers.get("authorization") for call in here.log] == ["Bearer t", "Bearer t"]
    assert not {"authorization", "x-auth-key"} & set(other.log[0].headers)
    assert other.log[0].headers["accept"] == "text/plain"


@pytest.mark.parametrize("location", ["/again", "ftp://example.org/", "http://[/"])
def test_bad_redirects_are_errors(http: Http, location: str) -> None:
    """Going round in circles or to something that is not http is an error."""
    server = Server(lambda _: Answer(301, b"", {"Location": location}))
    error = failure(http, Request("GET", f"http://127.0.0.1:{server.port}/", redirects=3))
    server.close()

    assert len(server.log) == (4 if location == "/again" else 1)
    assert error.message


def test_no_redirect_out_of_tls(tmp_path: Path) -> None:
    """From https a redirect to http is refused."""
    authority = Authority()
    server = Server(lambda _: Answer(301, b"", {"Location": "http://127.0.0.1/"}), authority.server("127.0.0.1"))
    http = Http(Roots(authority.write(tmp_path)), "x", SystemClock())
    error = failure(http, Request("GET", f"https://127.0.0.1:{server.port}/", redirects=3))
    http.drop_idle()
    server.close()

    assert error.message == f"https://127.0.0.1:{server.port} redirects to an address without TLS"


def test_login_in_the_url_is_sent_as_basic_authorization(http: Http, server: Server) -> None:
    """User and password of a URL sign in, unless the caller does so; the error and the path never show them."""
    url = f"http://us%40er:pass@127.0.0.1:{server.port}/"
    http.send(Request("GET", url))
    http.send(Request("GET", url, {"authorization": "Bearer t"}))

    assert [call.headers["authorization"] for call in server.log] == ["Basic dXNAZXI6cGFzcw==", "Bearer t"]
    assert server.log[0].target == "/"


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer a\nb"}, {"X": "日本"}])
def test_impossible_headers_are_not_sent_nor_shown(http: Http, server: Server, headers: dict[str, str]) -> None:
    """A header with a line break or foreign letters fails before anything is sent, and its value stays secret."""
    error = failure(http, Request("GET", f"http://127.0.0.1:{server.port}/", headers))

    assert error.message == "a header or the URL has a character that HTTP forbids"
    assert not error.sent
    assert server.log == []


def test_a_request_out_of_one_interface(http: Http, server: Server) -> None:
    """It leaves by that one, and its connection is not that of other requests; one that is not there is told."""
    url = f"http://127.0.0.1:{server.port}/"
    for device in ("lo", "lo", ""):
        assert http.send(Request("GET", url, device=device)).status == 200
    assert http.stats.connections == 2

    with pytest.raises(NetError, match="the interface nope0 cannot be used for it") as caught:
        http.send(Request("GET", url, device="nope0"))
    assert not caught.value.sent

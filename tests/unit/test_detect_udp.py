"""``dns.whoami`` and ``dns.opendns`` against resolvers on loopback."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_interface

import pytest

from ddns.core.addresses.families import Detected, Family, Known, Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Endpoints, Options
from ddns.detect.boundary import SLOW
from ddns.detect.dnswire import AAAA, IN, WHOAMI, A, Question
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from tests.fakes.dnsbytes import answer, text

Handle = Callable[[int, bytes], tuple[bytes, ...]]
"""Number of the query from 1, and the query: the datagrams to answer with."""


@contextlib.contextmanager
def resolver(handle: Handle, family: Family = 4) -> Iterator[str]:
    """Run a resolver on loopback and give its ``host:port``."""
    af, host = (socket.AF_INET, "127.0.0.1") if family == 4 else (socket.AF_INET6, "::1")
    with socket.socket(af, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))

        def serve() -> None:
            count = 0
            while data := sock.recvfrom(4096):
                count += 1
                if data[0] == b"stop":
                    return
                for each in handle(count, data[0]):
                    sock.sendto(each, data[1])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = sock.getsockname()[1]
        yield f"{host}:{port}" if family == 4 else f"[{host}]:{port}"
        with socket.socket(af, socket.SOCK_DGRAM) as stopper:
            stopper.sendto(b"stop", (host, port))
        thread.join(5)


def ident(query: bytes) -> int:
    """Return the ID of a query."""
    return int.from_bytes(query[:2], "big")


def detect(server: str, family: Family = 4, *, kind: str = "dns.whoami", seconds: float = 5.0) -> Detected:
    """Ask a resolver."""
    clock = SystemClock()
    options = Options(timeout=seconds, endpoints=Endpoints(opendns=(server, server), whoami=(server, server)))
    source = Source(kind, server if kind == "dns.whoami" and family == 4 else "")
    return Detectors(Http(Roots(), "x", clock), clock, options).detect(source, family)


@pytest.mark.parametrize(("family", "address"), [(4, "8.8.8.8/32"), (6, "2a00:1450::8/64")])
def test_whoami_is_asked_over_the_family(family: Family, address: str) -> None:
    """A TXT question of class CHAOS; the server is the one given, or the usual one of the family."""
    said = address.partition("/")[0].encode()
    with resolver(lambda _, query: (answer(WHOAMI, ident(query), (text(said),)),), family) as server:
        assert detect(server, family) == Known((ip_interface(address),))


@pytest.mark.parametrize(("family", "address", "kind"), [(4, "8.8.8.8/32", A), (6, "2a00:1450::8/64", AAAA)])
def test_opendns_is_asked_for_an_address(family: Family, address: str, kind: int) -> None:
    """An A or AAAA question, whose answer is the address itself."""
    question = Question("myip.opendns.com", kind, IN)
    record = (b"", kind, IN, ip_interface(address).ip.packed)
    with resolver(lambda _, query: (answer(question, ident(query), (record,)),), family) as server:
        assert detect(server, family, kind="dns.opendns") == Known((ip_interface(address),))


@pytest.mark.parametrize("data", [(), (b"\x08\x08\x08",), (ip_address("8.8.8.8").packed, ip_address("8.8.4.4").packed)])
def test_opendns_must_name_one_address(data: tuple[bytes, ...]) -> None:
    """None, several or a cut one is unknown."""
    question = Question("myip.opendns.com", A, IN)
    records = tuple((b"", A, IN, each) for each in data)
    with resolver(lambda _, query: (answer(question, ident(query), records),)) as server:
        assert detect(server, kind="dns.opendns") == Unknown("the DNS answer does not hold exactly one address")


def test_lost_and_foreign_datagrams_are_lived_with() -> None:
    """The first query gets nothing, the second an answer to another question before the right one."""

    def handle(number: int, query: bytes) -> tuple[bytes, ...]:
        if number == 1:
            return ()
        return answer(WHOAMI, ident(query) ^ 1, (text(b"9.9.9.9"),)), answer(WHOAMI, ident(query), (text(b"8.8.8.8"),))

    with resolver(handle) as server:
        assert detect(server, seconds=1.5) == Known((ip_interface("8.8.8.8/32"),))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"192.168.0.1", "private"),
        (b"104.16.0.1", "Cloudflare"),
        (b"2a00::1", "not an IPv4 address"),
        (b";; connection timed out", "not an IP address"),
        (b"", "exactly one text"),
    ],
)
def test_answers_that_do_not_count(said: bytes, words: str) -> None:
    """What is not this machine's public address is unknown."""
    with resolver(lambda _, query: (answer(WHOAMI, ident(query), (text(said),)),)) as server:
        detected = detect(server)

    assert isinstance(detected, Unknown)
    assert words in detected.reason


def test_a_silent_resolver_costs_the_timeout() -> None:
    """Three queries without an answer, then unknown."""
    asked: list[int] = []

    def handle(number: int, _: bytes) -> tuple[bytes, ...]:
        asked.append(number)
        return ()

    begun = time.monotonic()
    with resolver(handle) as server:
        detected = detect(server, seconds=0.3)

    assert detected == Unknown("the DNS server 127.0.0.1 did not answer in time", SLOW)
    assert asked == [1, 2, 3]
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "server", ["127.0.0.1:1", "host.invalid:1", "::1", "a:b", "[::1]:x", "日本", "[::1]", "x" * 300]
)
def test_servers_that_cannot_be_asked(server: str) -> None:
    """Refused, unknown, of the other family or no server at all: unknown with the server's name."""
    detected = detect(server, seconds=2)

    assert isinstance(detected, Unknown)
    assert detected.reason.startswith("the DNS server")


def test_no_time_is_no_answer() -> None:
    """With a timeout of nothing no answer is waited for."""
    with resolver(lambda *_: ()) as server:
        assert isinstance(detect(server, seconds=0), Unknown)

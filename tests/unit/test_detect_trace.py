"""``cloudflare.trace``: its checks, and the hosts that stand in for a slow or failing one."""

import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.families import Detected, Known, Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Endpoints, Options
from ddns.detect.trace import parse
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from tests.fakes.httpserver import Answer, Call, Server

TRACE = "fl=1\nh={host}\nip={ip}\nts=1\nwarp=off\ngateway=off\n"
FOUND = Known((ip_interface("8.8.8.8/32"),))


class Hosts:
    """Three trace hosts on one server, told apart by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Call], Answer]] = {}
        self.server = Server(lambda call: self.answers.get(call.path, good)(call))
        self.http = Http(Roots(), "x", SystemClock())

    def detect(self, source: Source | None = None, seconds: float = 5.0) -> Detected:
        """Detect IPv4 through the three, or through a source of one's own."""
        urls = tuple(f"http://127.0.0.1:{self.server.port}/{number}" for number in (1, 2, 3))
        options = Options(timeout=seconds, endpoints=Endpoints(trace=urls))
        source = source or Source("cloudflare.trace")
        return Detectors(self.http, SystemClock(), options).detect(source, 4)

    def asked(self) -> list[str]:
        """Return which hosts were asked, in order."""
        return [call.path for call in self.server.log]


def good(_: Call) -> Answer:
    """Answer as a trace does."""
    return Answer(200, TRACE.format(host="127.0.0.1", ip="8.8.8.8").encode())


def said(body: str, status: int = 200) -> Callable[[Call], Answer]:
    """Return a host that says this."""
    return lambda _: Answer(status, body.encode())


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """Start the three hosts."""
    each = Hosts()
    yield each
    each.http.abort()
    each.server.close()


def test_usually_one_request_is_enough(hosts: Hosts) -> None:
    """The first host answers: nobody else is asked, and no note is made."""
    assert hosts.detect() == FOUND
    assert hosts.asked() == ["/1"]


def test_a_failure_moves_on_at_once_and_is_noted(hosts: Hosts) -> None:
    """Without waiting for the delay the next host is asked; the note says who answered."""
    hosts.answers["/1"] = said("error code: 1034", 403)
    detected = hosts.detect(seconds=60)

    assert detected == FOUND._replace(note="127.0.0.1 answered in place of 127.0.0.1")
    assert hosts.asked() == ["/1", "/2"]


def test_a_slow_host_is_overtaken(hosts: Hosts) -> None:
    """A host that does not answer does not hold up the round: the second is asked meanwhile."""
    release = threading.Event()

    def slow(call: Call) -> Answer:
        release.wait(20)
        return good(call)

    hosts.answers["/1"] = slow
    begun = time.monotonic()
    detected = hosts.detect(seconds=20)
    release.set()

    assert isinstance(detected, Known)
    assert detected.note
    assert time.monotonic() - begun < 10
    assert hosts.asked() == ["/1", "/2"]


def test_a_slow_right_answer_still_counts(hosts: Hosts) -> None:
    """When the others fail, the slow first one is waited for."""
    hosts.answers |= {"/2": said("", 500), "/3": said("", 500)}

    def slow(call: Call) -> Answer:
        time.sleep(0.5)
        return good(call)

    hosts.answers["/1"] = slow

    assert hosts.detect(seconds=20) == FOUND


def test_all_failing_names_every_reason_once(hosts: Hosts) -> None:
    """Equal reasons are told once, others all."""
    hosts.answers = {"/1": said("", 500), "/2": said("", 500), "/3": said("h=127.0.0.1\n")}
    detected = hosts.detect()

    assert detected == Unknown(
        "127.0.0.1 answered HTTP 500 in place of a trace; the trace of 127.0.0.1 names no address", ""
    )
    assert hosts.asked() == ["/1", "/2", "/3"]


def test_nobody_answering_ends_in_time(hosts: Hosts) -> None:
    """Three hosts that hang cost the detection timeout and end in unknown."""
    release = threading.Event()

    def hang(call: Call) -> Answer:
        release.wait(20)
        return good(call)

    hosts.answers = {"/1": hang, "/2": hang, "/3": hang}
    begun = time.monotonic()
    detected = hosts.detect(seconds=0.4)
    release.set()

    assert isinstance(detected, Unknown)
    assert "in time" in detected.reason
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (TRACE.format(host="127.0.0.1", ip="8.8.8.8"), 403, "HTTP 403"),
        (TRACE.format(host="127.0.0.1", ip="8.8.8.8"), 302, "HTTP 302"),
        (TRACE.format(host="www.example.org", ip="8.8.8.8"), 200, "another host"),
        (TRACE.format(host="127.0.0.1", ip="8.8.8.8").replace("warp=off", "warp=on"), 200, "WARP"),
        (TRACE.format(host="127.0.0.1", ip="104.16.0.1"), 200, "address of Cloudflare"),
        (TRACE.format(host="127.0.0.1", ip="192.168.0.1"), 200, "private"),
        (TRACE.format(host="127.0.0.1", ip="2a00::1"), 200, "not an IPv4 address"),
        ("h=127.0.0.1\nip=\n", 200, "not an IP address"),
        ("<html>", 200, "names no address"),
        ("", 200, "names no address"),
        ("x=1\u2028ip=8.8.8.8\n", 200, "names no address"),
        ("x" * 4097, 200, "larger answer than allowed"),
    ],
)
def test_checks_of_an_own_trace_url(hosts: Hosts, body: str, status: int, words: str) -> None:
    """``cloudflare.trace:<url>`` asks that one URL with the same checks, and never shows its path."""
    hosts.answers["/secret"] = said(body, status)
    detected = hosts.detect(Source("cloudflare.trace", f"http://127.0.0.1:{hosts.server.port}/secret"))

    assert isinstance(detected, Unknown)
    assert words in detected.reason
    assert "secret" not in detected.reason + detected.hint
    assert hosts.asked() == ["/secret"]


@pytest.mark.parametrize("line", ["", "h=127.0.0.1\n", "h=127.0.0.1:{port}\n", "h=[127.0.0.1]\n", "warp=plus\n"])
def test_what_a_trace_may_leave_out_or_add(hosts: Hosts, line: str) -> None:
    """The host may be missing or bear its port, and WARP+ elsewhere is no obstacle."""
    hosts.answers["/own"] = said(line.format(port=hosts.server.port) + "ip=8.8.8.8\n")

    assert hosts.detect(Source("cloudflare.trace", f"http://127.0.0.1:{hosts.server.port}/own")) == FOUND


@given(st.binary())
def test_parsing_never_raises(body: bytes) -> None:
    """Whatever the bytes, there are fields, maybe none."""
    assert all(isinstance(value, str) for value in parse(body).values())

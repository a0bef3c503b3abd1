"""``url``, ``url.via4``, ``url.via6`` and ``ipify`` against servers on loopback."""

from collections.abc import Callable, Iterator
from ipaddress import ip_interface

import pytest

from ddns.core.addresses.families import Detected, Family, Known, Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Endpoints, Options
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from tests.fakes.httpserver import Answer, Call, Server


class Page:
    """A page that says what it is told to."""

    def __init__(self) -> None:
        self.say: Callable[[Call], Answer] = lambda _: Answer(200, b"8.8.8.8\n")
        self.server = Server(self._handle)
        self.http = Http(Roots(), "x", SystemClock())
        self.url = f"http://localhost:{self.server.port}/secret?token"

    def _handle(self, call: Call) -> Answer:
        return self.say(call)

    def detect(self, kind: str, family: Family = 4, *, seconds: float = 5.0) -> Detected:
        """Ask a source of this kind."""
        options = Options(timeout=seconds, endpoints=Endpoints(ipify=(f"{self.url}4", f"{self.url}6")))
        source = Source(kind, "" if kind == "ipify" else self.url)
        return Detectors(self.http, SystemClock(), options).detect(source, family)


@pytest.fixture
def page() -> Iterator[Page]:
    """Start a page."""
    each = Page()
    yield each
    each.http.drop_idle()
    each.server.close()


@pytest.mark.parametrize(
    ("kind", "family", "over"),
    [
        ("url", 4, 4),
        ("url", 6, 6),
        ("url.via4", 6, 4),
        ("url.via6", 4, 6),
        ("ipify", 4, 4),
        ("ipify", 6, 6),
    ],
)
def test_which_family_the_page_is_asked_over(page: Page, kind: str, family: Family, over: int) -> None:
    """The family of the socket is that of the address, unless ``via`` says otherwise."""
    page.say = lambda _: Answer(200, b"8.8.8.8" if family == 4 else b"2a00:1450::8/56")

    assert page.detect(kind, family) == Known((ip_interface("8.8.8.8/32" if family == 4 else "2a00:1450::8/56"),))
    assert [call.family for call in page.server.log] == [over]
    assert "text/plain" in page.server.log[0].headers["accept"]


def test_ipify_has_a_page_for_each_family(page: Page) -> None:
    """The page for IPv6 is another one."""
    page.detect("ipify", 6)

    assert page.server.log[0].target == "/secret?token6"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(404, b"8.8.8.8"), "localhost answered HTTP 404"),
        (Answer(500, b""), "localhost answered HTTP 500"),
        (Answer(304, b""), "localhost answered HTTP 304"),
        (Answer(200, b"<html>8.8.8.8</html>"), "web page"),
        (Answer(200, b"2a00::1"), "not an IPv4 address"),
        (Answer(200, b"192.168.1.1"), "private"),
        (Answer(200, b"104.16.0.1"), "Cloudflare"),
        (Answer(200, b""), "no IPv4 address"),
        (Answer(200, b"8.8.8.8\n" * 12801), "larger answer than allowed"),
        (Answer(301, b"", {"Location": "/secret"}), "redirects more than 10 times"),
    ],
)
def test_answers_that_do_not_count(page: Page, answer: Answer, words: str) -> None:
    """Any status but 2xx and any content but addresses is unknown, and the URL stays secret."""
    page.say = lambda _: answer
    detected = page.detect("url")

    assert isinstance(detected, Unknown)
    assert words in detected.reason
    assert "secret" not in detected.reason + detected.hint
    assert "token" not in detected.reason + detected.hint


def test_the_largest_answer_is_read(page: Page) -> None:
    """100 KiB are still fine."""
    page.say = lambda _: Answer(200, b"8.8.8.8\n" * 12800)

    assert page.detect("url") == Known((ip_interface("8.8.8.8/32"),))


def test_redirects_are_followed(page: Page) -> None:
    """Ten of them, over the same family."""
    page.say = lambda call: (
        Answer(200, b"8.8.8.8")
        if len(call.path) == 10
        else Answer(302, b"", {"Location": f"{call.path[:-1] or '/'}xx"})
    )
    page.url = f"http://localhost:{page.server.port}/"

    assert page.detect("url.via6") == Known((ip_interface("8.8.8.8/32"),))
    assert {call.family for call in page.server.log} == {6}


def test_a_detection_timeout_of_nothing_is_unknown(page: Page) -> None:
    """DETECTION_TIMEOUT=0s leaves no time for any source on the network."""
    detected = page.detect("url", seconds=0)

    assert isinstance(detected, Unknown)
    assert "in time" in detected.reason


def test_a_broken_url_is_unknown(page: Page) -> None:
    """What is no URL was refused by the configuration; here it is unknown, not a crash."""
    page.url = "http://[secret"

    assert page.detect("url") == Unknown("the URL cannot be read")

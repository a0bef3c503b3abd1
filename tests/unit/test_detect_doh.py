"""``cloudflare.doh`` against a resolver on loopback."""

from collections.abc import Callable
from ipaddress import ip_interface

import pytest

from ddns.core.addresses.families import Detected, Known, Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Endpoints, Options
from ddns.detect.dnswire import WHOAMI, encode
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from tests.fakes.dnsbytes import answer, text
from tests.fakes.httpserver import Answer, Call, Server


def detect(handle: Callable[[Call], Answer]) -> tuple[Detected, Call]:
    """Ask a resolver and return the outcome and what it was asked."""
    server, http = Server(handle), Http(Roots(), "x", SystemClock())
    options = Options(endpoints=Endpoints(doh=f"http://127.0.0.1:{server.port}/dns-query"))
    detected = Detectors(http, SystemClock(), options).detect(Source("cloudflare.doh"), 4)
    http.drop_idle()
    server.close()
    return detected, server.log[0]


def test_the_question_and_its_answer() -> None:
    """A POST in wire format with a random ID; the text of the answer is the address."""
    detected, call = detect(
        lambda call: Answer(200, answer(WHOAMI, int.from_bytes(call.body[:2], "big"), (text(b"8.8.8.8"),)))
    )

    assert detected == Known((ip_interface("8.8.8.8/32"),))
    assert (call.method, call.headers["content-type"]) == ("POST", "application/dns-message")
    assert call.headers["accept"] == "application/dns-message"
    assert call.body[2:] == encode(WHOAMI, 0)[2:]


@pytest.mark.parametrize(
    ("handle", "words"),
    [
        (lambda _: Answer(200, b"<html>"), "not for our question"),
        (
            lambda call: Answer(503, answer(WHOAMI, int.from_bytes(call.body[:2], "big"), (text(b"8.8.8.8"),))),
            "HTTP 503",
        ),
        (lambda call: Answer(200, answer(WHOAMI, call.body[1] ^ 1, (text(b"8.8.8.8"),))), "not for our question"),
        (lambda call: Answer(200, call.body[:2] + b"\x81\x80" + bytes(8)), "exactly one text"),
        (
            lambda call: Answer(200, answer(WHOAMI, int.from_bytes(call.body[:2], "big"), (text(b"104.16.0.1"),))),
            "Cloud",
        ),
    ],
)
def test_answers_that_do_not_count(handle: Callable[[Call], Answer], words: str) -> None:
    """A wrong status, ID or content, or an address of Cloudflare, is unknown."""
    detected, _ = detect(handle)

    assert isinstance(detected, Unknown)
    assert words in detected.reason

"""Every kind of source is known, and what is not a kind is unknown."""

import re

import pytest

from ddns.core.addresses.families import Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Options
from ddns.detect.sourcetable import WAYS
from ddns.errors import Interrupted, NetError
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from ddns.ports import Request, Response


def test_every_kind_has_its_way() -> None:
    """The kinds the Source value names are exactly those that can be asked."""
    listed = re.search(r"one of: (.*?)\.\n", Source.__doc__ or "", re.DOTALL)

    assert listed is not None
    assert set(re.split(r",\s+", listed[1])) == set(WAYS)


def wrong(error: Exception) -> Detectors:
    """Return detectors whose HTTP client fails in a way nobody expected."""

    class Broken(Http):
        def send(self, _: Request) -> Response:
            raise error

    clock = SystemClock()
    return Detectors(Broken(Roots(), "x", clock), clock, Options())


@pytest.mark.parametrize("kind", ["cloudflare.doh", "cloudflare.trace", "url"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("s3cret"), "an unexpected RuntimeError (in send of test_detect_table, line "),
        (MemoryError(), "an unexpected MemoryError (in send of test_detect_table, line "),
        (
            OSError(1, "Operation not permitted", "/s3cret"),
            "let it be asked (Operation not permitted, in send",
        ),
        (OSError("s3cret"), "does not let it be asked (OSError, in send"),
        (NetError("no", "try"), "no"),
    ],
)
def test_no_error_of_a_source_ends_the_round(kind: str, error: Exception, words: str) -> None:
    """Whatever it is, in whatever thread: unknown at once, with kind and place, and without its text."""
    for source in (Source(kind, "https://a.example"), Source("first", parts=(Source(kind, "https://a.example"),))):
        detected = wrong(error).detect(source, 4)

        assert isinstance(detected, Unknown)
        assert words in detected.reason
        assert "s3cret" not in detected.reason + detected.hint


def test_a_stop_is_no_failed_detection() -> None:
    """It is passed on."""
    with pytest.raises(Interrupted):
        wrong(Interrupted()).detect(Source("url", "https://a.example"), 4)


def test_another_kind_is_unknown() -> None:
    """A value no configuration makes is still not a crash."""
    clock = SystemClock()
    detected = Detectors(Http(Roots(), "x", clock), clock, Options()).detect(Source("carrier.pigeon"), 4)

    assert detected == Unknown("there is no source carrier.pigeon")

"""``first``, ``agree`` and ``all``."""

from ipaddress import ip_interface

import pytest

from ddns.core.addresses.accept import Undetected
from ddns.core.addresses.families import Detected, Known, Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Options, combine
from ddns.detect.boundary import SLOW, outcome
from ddns.errors import NetError
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots

BROKEN = Source("debug.unavailable")
EMPTY = Source("static.empty")
ONE = Source("static", "10.0.0.1")
TWO = Source("static", "10.0.0.2")
SECRET = Source("cmd", "sleep 60; echo secret")


def detect(source: Source, seconds: float = 5.0) -> Detected:
    """Ask a combined source."""
    clock = SystemClock()
    options = Options(timeout=seconds, environ={"PATH": "/usr/bin:/bin"})
    return Detectors(Http(Roots(), "x", clock), clock, options).detect(source, 4)


def first(*parts: Source) -> Source:
    """Return ``first(…)``."""
    return Source("first", parts=parts)


def agree(quorum: int, *parts: Source) -> Source:
    """Return ``agree(n, …)``."""
    return Source("agree", parts=parts, quorum=quorum)


def known(note: str = "", *texts: str) -> Known:
    """Return a detection."""
    return Known(tuple(map(ip_interface, texts)), note)


class Steps:
    """A clock by which asking takes ten seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        """Return the time."""
        return self.now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.mark.parametrize("fail", [Undetected("no"), RuntimeError("s3cret"), PermissionError(1, "not permitted")])
def test_a_part_that_takes_all_the_time_leaves_the_others_none_and_not_less(fail: Exception) -> None:
    """A slow part, whatever it ends in: what comes after it is asked with no time at all, and may still answer."""
    clock, shares = Steps(), []

    def ask(part: Source, seconds: float) -> Known:
        shares.append(seconds)
        clock.sleep(10.0)
        if part == ONE:
            raise fail
        return known("", "10.0.0.2/32")

    assert combine.first([ONE, TWO], ask, clock, 5.0).found == known("", "10.0.0.2/32").found
    assert combine.agree(1, [ONE, TWO], ask, clock, 5.0) == known("", "10.0.0.2/32")
    assert shares == [2.5, 0.0] * 2


def test_the_default_source_without_time() -> None:
    """Three hosts that are to be asked within no time, or less."""
    for seconds in (0.0, -1.0):
        detected = detect(Source("cloudflare.trace"), seconds)
        assert isinstance(detected, Unknown)
        assert "in time" in detected.reason


def test_first_takes_the_first_answer() -> None:
    """The order is the user's; what failed before is noted."""
    assert detect(first(ONE, TWO)) == known("", "10.0.0.1/32")
    assert detect(first(BROKEN, TWO, ONE)) == known(
        "debug.unavailable: debug.unavailable never knows an address", "10.0.0.2/32"
    )


def test_first_without_any_answer_joins_the_reasons() -> None:
    """All failed: unknown, with the reason of each, and no secret."""
    detected = detect(first(BROKEN, SECRET), seconds=0.3)

    assert isinstance(detected, Unknown)
    assert detected.reason.count("; ") == 1
    assert "cmd:(redacted): the command took too long" in detected.reason
    assert "secret" not in detected.reason


def test_first_shares_the_time() -> None:
    """A part that hangs leaves time for the next."""
    assert isinstance(detect(first(SECRET, Source("cmd", "echo 8.8.8.8")), seconds=3), Known)


def test_a_failure_never_clears() -> None:
    """``static.empty`` inside does not count, so that a failed part before it cannot delete records."""
    for source in (first(BROKEN, EMPTY), agree(1, EMPTY), agree(2, EMPTY, EMPTY)):
        detected = detect(source)

        assert isinstance(detected, Unknown)
        assert "static.empty cannot stand inside" in detected.reason
    assert detect(first(EMPTY, ONE)).found == known("", "10.0.0.1/32").found  # type: ignore[union-attr]  # it is known


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (agree(1, BROKEN, TWO), "10.0.0.2/32"),
        (agree(2, ONE, TWO, ONE), "10.0.0.1/32"),
        (agree(2, ONE, Source("static", "10.0.0.1/24")), "10.0.0.1/24"),
        (agree(2, ONE, first(BROKEN, ONE)), "10.0.0.1/32"),
    ],
)
def test_agreement(source: Source, address: str) -> None:
    """So many sources name the same address set, whatever the others say; prefix lengths do not matter."""
    detected = detect(source)

    assert isinstance(detected, Known)
    assert detected.found == (ip_interface(address),)


@pytest.mark.parametrize(
    "source",
    [
        agree(2, ONE, TWO),
        agree(2, ONE, BROKEN),
        agree(2, ONE, Source("static", "10.0.0.1,10.0.0.2")),
        agree(3, ONE, ONE),
    ],
)
def test_no_agreement_is_unknown(source: Source) -> None:
    """Too few the same: unknown, with what each said."""
    detected = detect(source)

    assert isinstance(detected, Unknown)
    assert f"of {source.quorum} sources needed agree" in detected.reason
    assert "static:10.0.0.1 says 10.0.0.1" in detected.reason


def union(*parts: Source, needed: int = 0) -> Source:
    """Return ``all(…)``, or ``all(…)?`` when one is enough."""
    return Source("all", parts=parts, quorum=needed)


def test_all_is_the_union_of_what_every_source_names() -> None:
    """Sorted, each address once, with the prefix length of the source that names it first."""
    both = union(Source("static", "9.9.9.9/24,8.8.4.4"), Source("static", "9.9.9.9,8.8.8.8"))

    assert detect(both) == known("", "8.8.4.4/32", "8.8.8.8/32", "9.9.9.9/24")


def test_one_unknown_member_makes_all_unknown() -> None:
    """Half of the uplinks are not all of them, unless the question mark says that they may be."""
    strict = detect(union(BROKEN, Source("static", "9.9.9.9")))
    lenient = detect(union(BROKEN, Source("static", "9.9.9.9"), needed=1))

    assert isinstance(strict, Unknown)
    assert (strict.reason, strict.hint) == (
        "debug.unavailable: debug.unavailable never knows an address",
        "all(…)? is content with the sources that answer",
    )
    assert lenient == known("debug.unavailable: debug.unavailable never knows an address", "9.9.9.9/32")
    nothing = detect(union(BROKEN, needed=1))
    assert isinstance(nothing, Unknown)
    assert not nothing.hint


def test_each_failure_has_its_own_remedy() -> None:
    """Sources that differ and sources that do not answer are different troubles."""
    differ, few = detect(agree(2, ONE, TWO)), detect(agree(2, ONE, BROKEN))

    assert isinstance(differ, Unknown)
    assert isinstance(few, Unknown)
    assert "which of these sources is wrong" in differ.hint
    assert "those that do not answer" in few.hint


def test_a_slow_source_has_the_remedy_of_a_slow_one() -> None:
    """Not that of a network without the family; a hint of its own comes first."""

    def ask(error: Exception) -> Undetected:
        def late() -> Known:
            raise error

        found = outcome(late)
        assert isinstance(found, Undetected)
        return found

    assert ask(NetError("https://a.example did not answer in time", timeout=True)).hint == SLOW
    assert ask(NetError("it did not answer", "do this", timeout=True)).hint == "do this"
    assert ask(NetError("refused")).hint == ""
    assert "DETECTION_TIMEOUT" in SLOW

    def part(source: Source, _seconds: float) -> Known:
        raise ask(NetError("late", timeout=source == TWO))

    with pytest.raises(Undetected) as caught:
        combine.first([ONE, TWO], part, Steps(), 5.0)
    assert caught.value.hint == SLOW

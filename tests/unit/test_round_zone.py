"""Reading a zone: the smallest single question, and how long an answer is trusted."""

import pytest

from ddns.core.memory import Memory, SeenRecords
from ddns.core.plan import Abort, Clear, Wanted
from ddns.core.records import Zone
from ddns.core.settings import UpdateSettings
from ddns.errors import Unavailable, Unconfirmed
from ddns.round.pipe import run_cleanup, run_round
from ddns.round.zone import Question, ZoneCarrier, trusted
from tests.fakes.roundkit import Kit, entry

ZONE = Zone("z", "example.org")


def carrier(*asked: Wanted) -> ZoneCarrier:
    """Return a zone in which this is wanted."""
    return ZoneCarrier(Kit().dns, UpdateSettings(), ZONE, asked)


def test_nothing_may_be_done_for_what_is_unknown() -> None:
    """Names whose address is unknown are wanted, but not active."""
    made = carrier(Wanted("a", "A", Abort("?")), Wanted("b", "A", Clear()))

    assert made.active == (("b", "A"),)
    assert [item.name for item in made.wanted] == ["a", "b"]


def test_the_question_is_as_small_as_one_listing_can_be() -> None:
    """One name is asked by name, one type by type; names whose address is unknown do not widen it."""
    one, other = Wanted("a", "A", Clear()), Wanted("b", "A", Clear())

    assert carrier(one).question == Question("a", "A")
    assert carrier(one, other).question == Question("", "A")
    assert carrier(one, Wanted("a", "AAAA", Clear())).question == Question("a", "")
    assert carrier(one, Wanted("b", "AAAA", Abort("?"))).question == Question("a", "A")


@pytest.mark.parametrize(
    ("asked", "names", "enough"),
    [
        ("/", ["a/A"], True),
        ("a/", ["a/A"], True),
        ("a/A", ["a/A"], True),
        ("a/A", ["a/A", "b/A"], False),
        ("a/A", ["a/A", "a/AAAA"], False),
        ("b/", ["a/A"], False),
    ],
)
def test_a_wider_question_is_never_answered_from_a_narrower_reading(
    asked: str, names: list[str], *, enough: bool
) -> None:
    """A kept reading must hold all that is asked for, and be young enough."""
    split = (text.split("/") for text in names)
    wanted = [Wanted(name, "A" if type_ == "A" else "AAAA", Clear()) for name, type_ in split]
    memory = Memory(records=((ZONE.id, SeenRecords((), 5.0, asked)), ("other", SeenRecords((), 9.0, "/"))))

    assert (trusted(memory, carrier(*wanted), 8.0, 4.0) is not None) is enough
    assert trusted(memory, carrier(*wanted), 9.0, 4.0) is None
    assert trusted(memory, carrier(*wanted), 4.9, 4.0) is None  # a clock that was set back
    assert trusted(Memory(), carrier(*wanted), 8.0, 9.0) is None


class Cached:
    """A kit whose readings are trusted for an hour."""

    def __init__(self) -> None:
        self.kit = Kit()
        self.memory = Memory()

    def round(self, address: str = "192.0.2.1", expiration: float = 3600.0) -> dict[str, int]:
        """Do a round; return the calls it made."""
        self.kit.know(address)
        self.kit.dns.faults.calls.clear()
        settings = UpdateSettings((entry("home.example.org"),), cache_expiration=expiration)
        _, self.memory = run_round(settings, self.memory, self.kit.tools())
        return dict(self.kit.dns.faults.calls)


def test_without_expiration_every_round_looks() -> None:
    """A manual edit is seen in the next round."""
    bench = Cached()
    bench.round(expiration=0.0)

    assert bench.round(expiration=0.0) == {"records": 1}
    assert bench.memory.records == ()


def test_a_trusted_reading_costs_no_request() -> None:
    """What was created is known from the answer of its creation; an hour passes without a request."""
    bench = Cached()
    bench.round()

    assert bench.round() == {}
    bench.kit.clock.now += 3599
    assert bench.round() == {}
    bench.kit.clock.now += 1
    assert bench.round() == {"records": 1}


def test_a_trusted_reading_follows_our_own_writes() -> None:
    """After a change of content the kept reading is changed too, its age staying."""
    bench = Cached()
    bench.round()
    bench.round()
    bench.kit.clock.now += 1800

    assert bench.round("192.0.2.2") == {"batch": 1}
    assert bench.round("192.0.2.2") == {}
    bench.kit.clock.now += 1801
    assert bench.round("192.0.2.2") == {"records": 1}


@pytest.mark.parametrize("error", [Unavailable("no way"), Unconfirmed("lost")])
def test_doubt_ends_the_trust(error: Exception) -> None:
    """After a failed write the zone is read again in the next round."""
    bench = Cached()
    bench.round()
    bench.round()
    bench.kit.dns.faults.before["batch"] = [error, error, error]
    bench.round("192.0.2.2")

    assert bench.round("192.0.2.2") == {"records": 1, "batch": 1}


def test_the_final_cleaning_always_looks() -> None:
    """A broken-off round may have written what the kept reading does not hold."""
    bench = Cached()
    bench.round()
    bench.round()
    bench.kit.dns.put(bench.kit.zones[0], "home.example.org", "192.0.2.2")
    settings = UpdateSettings((entry("home.example.org"),), cache_expiration=3600.0)

    run_cleanup(settings, bench.memory, bench.kit.tools())

    assert bench.kit.dns.texts(bench.kit.zones[0], "home.example.org") == []

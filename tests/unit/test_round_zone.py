"""Reading a zone: the smallest single question, and how long an answer is trusted."""

from ipaddress import ip_address

import pytest

from ddns.core.domains import Domain
from ddns.core.entries import Metadata
from ddns.core.memory import Memory, SeenRecords
from ddns.core.places import SpfEntry
from ddns.core.planning.plan import Abort, Clear, Create, Update, Wanted
from ddns.core.records import ADDRESSES, Record, Zone
from ddns.core.settings import UpdateSettings
from ddns.errors import RateLimited, Refused, Unavailable, Unconfirmed
from ddns.round.pipe import run_cleanup, run_round
from ddns.round.zone import HINTED, Question, ZoneCarrier, trusted
from tests.fakes.roundkit import V4, Kit, entry

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
    """One name is asked by name, one type by type; names whose address is unknown do not widen it.

    Address hints are looked at where that takes no other request.
    """
    one, other = Wanted("a", "A", Clear()), Wanted("b", "A", Clear())

    assert carrier(one).question == Question(frozenset("a"), frozenset("A"))
    assert carrier(one, other).question == Question(frozenset("ab"), frozenset("A"))
    assert carrier(one, Wanted("a", "AAAA", Clear())).question == Question(frozenset("a"), ADDRESSES | HINTED)
    assert carrier(one, Wanted("b", "AAAA", Abort("?"))).question == Question(frozenset("a"), frozenset("A"))


def test_an_address_hint_that_is_out_of_date_is_a_remark() -> None:
    """It is part of the plan, and no step."""
    made = carrier(Wanted("a.example.org", "A", Update((ip_address("192.0.2.9"),))))
    content = "1 . ipv4hint=192.0.2.1"
    plan = made.plan((Record("r", "a.example.org", "HTTPS", content, Metadata()),))

    assert [problem.key for problem in plan.warnings] == ["hint.HTTPS.a.example.org"]
    assert [type(step) for step in plan.steps] == [Create]


def test_a_kept_reading_answers_its_own_question_only() -> None:
    """Other names or types are read anew, and so is what is too old."""
    one, other = Wanted("a", "A", Clear()), Wanted("b", "A", Clear())
    seen = SeenRecords((), 5.0, str(carrier(one).question))
    memory = Memory(records=((ZONE.id, seen), ("other", SeenRecords((), 9.0, "/"))))

    assert trusted(memory, carrier(one), 8.0, 4.0) == seen
    assert trusted(memory, carrier(one), 9.0, 4.0) is None
    assert trusted(memory, carrier(one), 4.9, 4.0) is None  # a clock that was set back
    assert trusted(memory, carrier(one, other), 8.0, 4.0) is None
    assert trusted(memory, carrier(one, Wanted("a", "AAAA", Clear())), 8.0, 4.0) is None
    assert trusted(Memory(), carrier(one), 8.0, 9.0) is None


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


SPF = SpfEntry(Domain("example.org"), (V4, None))


def spf(kit: Kit) -> UpdateSettings:
    """Return settings for the apex: an A record and the SPF record, which is there."""
    kit.dns.seed(kit.zones[0], "TXT", "example.org", '"v=spf1 ip4:192.0.2.1 -all"')
    kit.dns.put(kit.zones[0], "example.org", "192.0.2.1")
    return UpdateSettings((entry("example.org"),), spf=(SPF,))


def test_an_spf_record_changes_in_the_batch_of_the_zone() -> None:
    """One listing, one transaction; the next round writes nothing."""
    kit = Kit()
    settings = spf(kit)
    kit.know("192.0.2.9")

    report, memory = run_round(settings, Memory(), kit.tools())
    again, memory = run_round(settings, memory, kit.tools())

    assert [(item.key, item.status, item.old, item.new) for item in report.results] == [
        (("example.org", "A"), "changed", ("192.0.2.1",), ("192.0.2.9",)),
        (("example.org", "SPF"), "changed", ("192.0.2.1",), ("192.0.2.9",)),
    ]
    assert [item.status for item in again.results] == ["unchanged", "unchanged"]
    assert len(kit.dns.batches) == 1
    assert ("SPF example.org", ("192.0.2.9",)) in memory.published
    assert kit.dns.texts(kit.zones[0], "example.org", "TXT") == ['"v=spf1 ip4:192.0.2.9 -all"']


def test_an_spf_record_alone_without_any_name() -> None:
    """It is asked for by name and type; a refusal and a lost answer are told of it."""
    kit = Kit()
    settings = spf(kit)._replace(entries=())
    kit.know("192.0.2.9")
    kit.dns.refuse = lambda _: Refused("no", status=400)

    report, _ = run_round(settings, Memory(), kit.tools())

    assert kit.dns.questions == ["example.org:example.org/TXT"]
    assert [problem.key for problem in report.problems] == ["spf.example.org"]
    assert report.problems[0].what.startswith("Could not update the SPF record of example.org (192.0.2.1 → 192.0.2.9)")


def test_what_an_spf_record_needs() -> None:
    """An address, a zone, and the record itself; a cleaning leaves it alone."""
    kit = Kit()
    settings = UpdateSettings(spf=(SPF, SpfEntry(Domain("x.other.test"), (V4, None))))
    kit.know("192.0.2.9")
    missing, _ = run_round(settings, Memory(), kit.tools())
    kit.know()
    unknown, _ = run_round(settings, Memory(), kit.tools())
    cleaned, _ = run_cleanup(settings, Memory(), kit.tools())

    assert [item.status for item in missing.results] == ["failed", "failed"]
    assert sorted(problem.key for problem in missing.problems) == ["spf.example.org", "zone.other.test"]
    assert [item.status for item in unknown.results] == ["preserved", "preserved"]
    assert cleaned.results == ()


def test_an_spf_record_while_cloudflare_asks_us_to_wait() -> None:
    """It is held back with the others."""
    kit = Kit()
    kit.know("192.0.2.9")
    kit.dns.faults.before["list_zones"] = [RateLimited("slow down", retry_after=10)]

    report, _ = run_round(UpdateSettings(spf=(SPF,)), Memory(), kit.tools())

    assert [(item.status, item.reason) for item in report.results] == [("failed", "Cloudflare asks us to wait")]

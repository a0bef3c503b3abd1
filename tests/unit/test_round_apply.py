"""What the applier does with every kind of answer: nothing is claimed that is not known."""

from collections.abc import Iterable
from ipaddress import ip_address

import pytest

from ddns.core.entries import Metadata
from ddns.core.planning.plan import CarrierPlan, Change, Clear, Create, Delete, Patch, Update, Wanted, key_of
from ddns.core.records import Record
from ddns.core.settings import UpdateSettings
from ddns.errors import ApiError, AuthError, Gone, Interrupted, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.round.apply import MOST_REFUSALS, apply
from ddns.round.carrier import Applied
from ddns.round.zone import Records, ZoneCarrier, packed, units
from tests.fakes.roundkit import Kit


def wish(name: str, *contents: str) -> Wanted:
    """Return what a name should have."""
    addresses = tuple(ip_address(text) for text in contents)
    return Wanted(name, "A", Update(addresses) if addresses else Clear())


class Bench:
    """A zone, what is wanted in it, and its applier."""

    def __init__(self, *wanted: Wanted, limit: int = 200) -> None:
        self.kit = Kit(limit=limit)
        self.dns = self.kit.dns
        self.zone = self.kit.zones[0]
        self.seconds = 0.0
        self.carrier = ZoneCarrier(self.dns, UpdateSettings(), self.zone, wanted)

    def read(self) -> tuple[Records, CarrierPlan]:
        records = self.carrier.read()
        return records, self.carrier.plan(records)

    def apply(self) -> Applied[Records]:
        records, plan = self.read()
        self.dns.faults.calls.clear()
        return self.write(records, plan)

    def write(self, records: Records, plan: CarrierPlan) -> Applied[Records]:
        return apply(self.carrier, plan, records, self.kit.tools(), self.seconds)

    def fault(self, call: str, *faults: BaseException | None, late: bool = False) -> None:
        (self.dns.faults.after if late else self.dns.faults.before)[call] = list(faults)


def statuses(applied: Applied[Records]) -> dict[str, list[str]]:
    """Return the statuses by name."""
    return {name: [item.status for item in items] for (name, _), items in applied.outcomes.items()}


def creates(names: Iterable[str], count: int = 1) -> list[Change]:
    """Return some steps."""
    return [Create(name, "A", f"192.0.2.{number}", Metadata(), "") for name in names for number in range(count)]


LOST = Unconfirmed("the answer was lost")
NO = Refused("no such thing", status=400)


def test_everything_goes_as_one_transaction() -> None:
    """A zone that fits is written in one batch, and the records afterwards are known, the new IDs too."""
    bench = Bench(wish("a.example.org", "192.0.2.1"), wish("b.example.org", "192.0.2.2"), wish("c.example.org"))
    bench.dns.put(bench.zone, "b.example.org", "192.0.2.9", Metadata(ttl=60))
    bench.dns.put(bench.zone, "c.example.org", "192.0.2.9")

    applied = bench.apply()

    assert bench.dns.faults.calls == {"batch": 1}
    assert statuses(applied) == {"a.example.org": ["done"], "b.example.org": ["done"], "c.example.org": ["done"]}
    assert sorted((item.name, item.content) for item in applied.observed) == [
        ("a.example.org", "192.0.2.1"),
        ("b.example.org", "192.0.2.2"),
    ]
    assert applied.certain
    assert set(applied.observed) == set(bench.dns.records(bench.zone))


def test_without_new_records_the_picture_is_certain() -> None:
    """Changes and deletions leave a picture that can be trusted, field by field."""
    bench = Bench(wish("b.example.org", "192.0.2.2"))
    bench.dns.put(bench.zone, "b.example.org", "192.0.2.9", Metadata(ttl=60))

    applied = bench.apply()

    assert applied.certain
    assert applied.observed == bench.dns.records(bench.zone)


def test_units_are_whole_names() -> None:
    """Batches are filled with whole names, never more than the limit."""
    made = packed(units(creates("abc", 2), 5), 5)

    assert [[unit.key[0] for unit in batch] for batch in made] == [["a", "b"], ["c"]]


def test_a_name_too_large_for_a_batch_grows_before_it_shrinks() -> None:
    """Its additions and changes go in earlier batches than its deletions, and never two cuts in one batch."""
    record = Record("r", "a", "A", "192.0.2.99")
    made = packed(units([*creates("a", 3), Delete(record, "")], 2), 2)

    assert [[type(step).__name__ for unit in batch for step in unit.steps] for batch in made] == [
        ["Create", "Create"],
        ["Create"],
        ["Delete"],
    ]


def test_key_of_lowers_the_name() -> None:
    """A step belongs to its name whatever the case of the record's."""
    record = Record("r", "A.example.org", "A", "192.0.2.1")

    assert key_of(Patch(record, "192.0.2.2", Metadata(), frozenset(), "")) == ("a.example.org", "A")


@pytest.mark.parametrize("error", [AuthError("no"), RateLimited("wait", retry_after=9), Unavailable("no way")])
def test_an_error_about_the_whole_ends_the_zone(error: ApiError) -> None:
    """Nothing was changed, nothing more is sent, and it says which error it was."""
    bench = Bench(wish("a.example.org", "192.0.2.1"), wish("b.example.org", "192.0.2.2"), limit=1)
    bench.fault("batch", error)

    applied = bench.apply()

    assert applied.ended is error
    assert statuses(applied) == {"a.example.org": ["skipped"], "b.example.org": ["skipped"]}
    assert bench.dns.faults.calls == {"batch": 1}


def test_a_lost_answer_is_read_again_before_anything_else() -> None:
    """The write had happened: a reading shows it, and nothing is sent twice."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))
    bench.fault("batch", LOST, late=True)

    applied = bench.apply()

    assert statuses(applied) == {"a.example.org": ["done"]}
    assert bench.dns.faults.calls == {"batch": 1, "records": 1}
    assert applied.certain


def test_a_lost_request_is_sent_once_more() -> None:
    """The write had not happened: the fresh plan is sent."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))
    bench.fault("batch", LOST)

    applied = bench.apply()

    assert statuses(applied) == {"a.example.org": ["done"]}
    assert bench.dns.texts(bench.zone, "a.example.org") == ["192.0.2.1"]
    assert bench.dns.faults.calls == {"batch": 2, "records": 1}


def test_a_second_lost_answer_stays_in_doubt() -> None:
    """After two tries without time for a third the zone is left alone: unconfirmed, the rest skipped."""
    bench = Bench(wish("a.example.org", "192.0.2.1"), wish("b.example.org", "192.0.2.2"), limit=1)
    bench.fault("batch", LOST, LOST)

    applied = bench.apply()

    assert statuses(applied) == {"a.example.org": ["unconfirmed"], "b.example.org": ["skipped"]}
    assert applied.ended is LOST
    assert not applied.certain


def test_a_third_try_where_there_is_time() -> None:
    """Two lost requests are read again and sent a third time inside UPDATE_TIMEOUT, never a fourth time."""
    bench, worse = Bench(wish("a.example.org", "192.0.2.1")), Bench(wish("a.example.org", "192.0.2.1"))
    bench.seconds = worse.seconds = 30.0
    bench.fault("batch", LOST, LOST)
    worse.fault("batch", LOST, LOST, LOST, LOST)

    assert statuses(bench.apply()) == {"a.example.org": ["done"]}
    assert bench.dns.faults.calls == {"batch": 3, "records": 2}
    assert statuses(worse.apply()) == {"a.example.org": ["unconfirmed"]}
    assert worse.dns.faults.calls == {"batch": 3, "records": 3}


def test_a_second_lost_answer_that_had_arrived_is_done() -> None:
    """The last reading settles it."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))
    bench.fault("batch", LOST)
    bench.fault("batch", LOST, late=True)

    assert statuses(bench.apply()) == {"a.example.org": ["done"]}


def test_without_a_reading_doubt_stays_doubt() -> None:
    """When even the reading fails, nothing is claimed and nothing is sent."""
    bench = Bench(wish("a.example.org", "192.0.2.1"), wish("b.example.org", "192.0.2.2"), limit=1)
    bench.fault("batch", LOST)
    records, plan = bench.read()
    bench.fault("records", Unavailable("no way"))

    applied = bench.write(records, plan)

    assert statuses(applied) == {"a.example.org": ["unconfirmed"], "b.example.org": ["skipped"]}
    assert isinstance(applied.ended, Unavailable)
    assert not applied.certain


def test_a_record_that_is_gone_is_planned_again() -> None:
    """Somebody deleted it meanwhile: the fresh plan creates it."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))
    bench.dns.put(bench.zone, "a.example.org", "192.0.2.9")
    records, plan = bench.read()
    bench.dns.found[bench.zone.id].clear()

    applied = bench.write(records, plan)

    assert statuses(applied) == {"a.example.org": ["done"]}
    assert bench.dns.texts(bench.zone, "a.example.org") == ["192.0.2.1"]


def test_a_record_that_is_there_already_is_done() -> None:
    """Somebody else created the same one: reading again shows that nothing is left."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))
    records, plan = bench.read()
    bench.dns.put(bench.zone, "a.example.org", "192.0.2.1")

    applied = bench.write(records, plan)

    assert statuses(applied) == {"a.example.org": ["done"]}
    assert len(bench.dns.batches) == 1


def test_a_lasting_surprise_counts_as_a_refusal() -> None:
    """Planned again once and still refused: the culprit is left out, the others are written."""
    bench = Bench(wish("a.example.org", "192.0.2.1"), wish("b.example.org", "192.0.2.2"))
    bench.dns.refuse = lambda step: Gone("odd") if key_of(step)[0] == "a.example.org" else None

    applied = bench.apply()

    assert statuses(applied) == {"a.example.org": ["refused"], "b.example.org": ["done"]}
    assert applied.ended is None


def test_a_surprise_without_a_reading_skips() -> None:
    """Nothing was written, and without a reading nothing is."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))
    records, plan = bench.read()
    bench.fault("batch", Gone("odd"))
    bench.fault("records", AuthError("no"))

    applied = bench.write(records, plan)

    assert statuses(applied) == {"a.example.org": ["skipped"]}
    assert isinstance(applied.ended, AuthError)


def test_a_refused_batch_leaves_out_the_culprit_alone() -> None:
    """Of fifty names one is refused: forty-nine are written, with few requests."""
    names = [f"n{number:02}.example.org" for number in range(50)]
    bench = Bench(*(wish(name, "192.0.2.1") for name in names))
    bench.dns.refuse = lambda step: NO if key_of(step)[0] == "n17.example.org" else None

    applied = bench.apply()

    refused = [name for name, found in statuses(applied).items() if found == ["refused"]]
    assert refused == ["n17.example.org"]
    assert len(bench.dns.records(bench.zone)) == 49
    assert bench.dns.faults.calls["batch"] <= 13
    assert applied.errors == {("n17.example.org", "A"): NO}


def test_nothing_of_a_refused_name_is_deleted() -> None:
    """A name whose creations were refused keeps its old records, even when they were to go in a later batch."""
    bench = Bench(wish("a.example.org", *(f"192.0.2.{number}" for number in range(1, 4))), limit=2)
    for number in range(10, 16):
        bench.dns.put(bench.zone, "a.example.org", f"192.0.2.{number}")
    before = bench.dns.texts(bench.zone, "a.example.org")
    bench.dns.refuse = lambda step: NO if isinstance(step, Patch) else None

    applied = bench.apply()

    assert set(statuses(applied)["a.example.org"]) == {"refused", "skipped"}
    assert bench.dns.texts(bench.zone, "a.example.org") == before


def test_halving_has_an_end() -> None:
    """A zone full of refusals does not cost the rate limit: after a while it is left for the next round."""
    names = [f"n{number:03}.example.org" for number in range(300)]
    bench = Bench(*(wish(name, "192.0.2.1") for name in names), limit=300)
    bench.dns.refuse = lambda _: NO

    applied = bench.apply()

    assert applied.ended is NO
    assert bench.dns.faults.calls["batch"] <= MOST_REFUSALS + 20
    assert {found for items in statuses(applied).values() for found in items} == {"refused", "skipped"}


def test_a_stop_between_batches_skips_the_rest() -> None:
    """What is written is told, what is not is skipped, and it is known to be an interruption."""
    bench = Bench(wish("a.example.org", "192.0.2.1"), wish("b.example.org", "192.0.2.2"), limit=1)
    bench.dns.faults.after["batch"] = [lambda: setattr(bench.kit, "stop", True)]

    applied = bench.apply()

    assert statuses(applied) == {"a.example.org": ["done"], "b.example.org": ["skipped"]}
    assert applied.interrupted


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (LOST, "unconfirmed"),
        (Gone("odd"), "skipped"),
        (Unavailable("broken off"), "skipped"),
        (Interrupted(), "unconfirmed"),
    ],
)
def test_a_stop_in_the_middle_of_a_write_reads_nothing_more(error: BaseException, status: str) -> None:
    """The request was broken off: no reading follows, and only a lost answer leaves a doubt."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))

    def cut() -> None:
        bench.kit.stop = True
        raise error

    bench.dns.faults.before["batch"] = [cut]

    applied = bench.apply()

    assert statuses(applied) == {"a.example.org": [status]}
    assert applied.interrupted
    assert bench.dns.faults.calls == {"batch": 1}


def test_a_stop_in_the_middle_of_the_second_reading_leaves_doubt() -> None:
    """The reading that should settle a doubt was broken off."""
    bench = Bench(wish("a.example.org", "192.0.2.1"))
    records, plan = bench.read()
    bench.fault("batch", LOST)
    bench.fault("records", Interrupted())

    applied = bench.write(records, plan)

    assert statuses(applied) == {"a.example.org": ["unconfirmed"]}
    assert applied.interrupted


def test_a_name_that_cannot_be_planned_any_more_is_given_up() -> None:
    """Junk appeared in one name meanwhile: that name is in doubt, the other is written."""
    bench = Bench(wish("a.example.org", "192.0.2.1"), wish("b.example.org", "192.0.2.2"))
    records, plan = bench.read()
    bench.dns.put(bench.zone, "a.example.org", "junk", type_="A")
    bench.fault("batch", LOST)

    applied = bench.write(records, plan)

    assert statuses(applied) == {"a.example.org": ["unconfirmed"], "b.example.org": ["done"]}
    assert bench.dns.texts(bench.zone, "b.example.org") == ["192.0.2.2"]
    assert applied.ended is None


def test_new_records_are_kept_apart_in_the_picture() -> None:
    """Creations and deletions in small batches leave the picture complete."""
    bench = Bench(*(wish(f"{key}.example.org", "192.0.2.1") for key in "abc"), wish("d.example.org"), limit=1)
    bench.dns.put(bench.zone, "a.example.org", "192.0.2.9")
    bench.dns.put(bench.zone, "a.example.org", "192.0.2.8")
    bench.dns.put(bench.zone, "d.example.org", "192.0.2.9")

    assert sorted(record.name[0] for record in bench.apply().observed) == ["a", "b", "c"]

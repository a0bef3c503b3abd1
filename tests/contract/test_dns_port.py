"""The contract of ``ports.DnsApi``, held by the adapter in memory and by the real one on the simulator."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from ddns.core.entries import FIELDS, Metadata
from ddns.core.planning.plan import Create, Delete, Patch
from ddns.core.records import Record, Zone
from ddns.errors import Exists, Gone, Refused, Unavailable, Unconfirmed
from ddns.ports import DnsApi
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.faults import Fault, broken
from tests.fakes.memory import Change, MemoryDns
from tests.fakes.wired import wired

ALL = frozenset(FIELDS)
HOME = "home.example.org"


class Rig(NamedTuple):
    """An adapter, and the hands behind it."""

    api: DnsApi
    memory: MemoryDns | None = None
    sim: Simulator | None = None

    def zone(self, name: str = "example.org") -> Zone:
        """Find a zone that must be there."""
        (zone,) = self.api.find_zones(name)
        return zone

    def seed(self, type_: str, name: str, content: str, meta: Metadata = Metadata()) -> None:  # noqa: B008 -- a value
        """Put a record there behind the adapter's back."""
        if self.memory:
            self.memory.seed(self.memory.zones[0], type_, name, content, meta)
        if self.sim:
            fields = {"ttl": meta.ttl, "proxied": meta.proxied, "comment": meta.comment, "tags": list(meta.tags)}
            self.sim.add_record("example.org", type_, name, content, **fields)

    def obstruct(self, name: str) -> None:
        """Put a CNAME on a name."""
        if self.memory:
            self.memory.conflicts.add(name)
        if self.sim:
            self.sim.add_record("example.org", "CNAME", name, "elsewhere.invalid")

    def lose(self, *, write: bool, applied: bool = False) -> None:
        """Lose the next answer for good."""
        method = "POST" if write else "GET"
        if self.memory:
            error = Unconfirmed("lost") if write else Unavailable("lost")
            self.memory.script.fail("batch" if write else "records", error, after=applied)
        if self.sim:
            fault = Fault("reset-after", method) if applied else broken(method=method, path="dns_records", times=3)
            self.sim.fault(fault)

    def rows(self) -> list[tuple[str, str, str]]:
        """Read the zone as simple rows."""
        return sorted((each.type, each.name, each.content) for each in self.api.records(self.zone()))

    def one(self, type_: str = "A", name: str = HOME) -> Record:
        """Read the one record of a name."""
        (record,) = self.api.records(self.zone(), frozenset({name}), frozenset({type_}))
        return record


@pytest.fixture(params=["memory", "simulator"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Give each adapter in turn, over the zones example.org and 例え.jp."""
    if request.param == "memory":
        memory = MemoryDns([Zone("1" * 32, "example.org"), Zone("2" * 32, "xn--r8jz45g.jp", "pending")])
        yield Rig(memory, memory)
        return
    with Simulator(tls=False) as sim, wired(sim) as api:
        sim.account.plan = "pro"
        sim.add_zone("例え.jp", status="pending")
        yield Rig(api, sim=sim)


def create(name: str, content: str, meta: Metadata = Metadata()) -> Create:  # noqa: B008 -- a value
    """Return the step that creates an address."""
    return Create(name, "AAAA" if ":" in content else "A", content, meta, "test")


def test_zones_are_found_by_ascii_name_and_by_id(rig: Rig) -> None:
    """Names are ASCII whatever the API says; nothing found is empty; an unknown id is Gone."""
    zones = rig.api.list_zones()
    assert zones is not None
    assert [(zone.name, zone.status) for zone in zones] == [("example.org", "active"), ("xn--r8jz45g.jp", "pending")]
    assert rig.api.find_zones("xn--r8jz45g.jp") == (zones[1],)
    assert rig.api.find_zones("www.example.org") == ()
    assert rig.api.zone(zones[0].id) == zones[0]
    with pytest.raises(Gone):
        rig.api.zone("9" * 32)


def test_records_are_read_by_zone_name_and_type(rig: Rig) -> None:
    """All of a zone, of one name, of one type; with all their fields."""
    meta = Metadata(300, proxied=False, comment="mine", tags=("a:b",))
    rig.seed("A", HOME, "192.0.2.1", meta)
    rig.seed("AAAA", HOME, "2001:db8::1")
    rig.seed("A", "*.example.org", "192.0.2.9")
    zone = rig.zone()

    assert len(rig.api.records(zone)) == 3
    assert len(rig.api.records(zone, frozenset({HOME}))) == 2
    assert len(rig.api.records(zone, types=frozenset({"A"}))) == 2
    assert [each.content for each in rig.api.records(zone, frozenset({"*.example.org"}))] == ["192.0.2.9"]
    assert rig.api.records(zone, frozenset({"none.example.org"})) == ()
    record = rig.one()
    assert (record.content, record.meta, record.read_only) == ("192.0.2.1", meta, False)


def test_records_of_an_unknown_zone_are_an_error_not_empty(rig: Rig) -> None:
    """A zone that is gone has no reading."""
    with pytest.raises(Gone):
        rig.api.records(Zone("9" * 32, "example.org"))


def test_a_failed_reading_raises(rig: Rig) -> None:
    """An answer that is lost for good is an error, never fewer records; the next reading is whole again."""
    rig.seed("A", HOME, "192.0.2.1")
    zone = rig.zone()
    rig.lose(write=False)

    with pytest.raises(Unavailable):
        rig.api.records(zone)
    assert len(rig.api.records(zone)) == 1


def test_a_batch_deletes_patches_and_creates(rig: Rig) -> None:
    """One call makes every kind of change; names keep their other records."""
    rig.seed("A", HOME, "192.0.2.1")
    rig.seed("A", "old.example.org", "192.0.2.2")
    old, home = rig.one(name="old.example.org"), rig.one()
    steps: list[Change] = [
        create(HOME, "2001:DB8::0:1"),
        Patch(home, "192.0.2.7", home.meta, frozenset(), ""),
        Delete(old, ""),
    ]
    made = rig.api.batch(rig.zone(), steps)

    assert rig.rows() == [("A", HOME, "192.0.2.7"), ("AAAA", HOME, "2001:db8::1")]
    assert rig.one().id == home.id
    assert made == rig.api.records(rig.zone(), types=frozenset({"AAAA"}))


def test_an_empty_batch_is_no_request(rig: Rig) -> None:
    """Nothing to do sends nothing."""
    zone = rig.zone()
    rig.lose(write=True)
    assert rig.api.batch(zone, []) == ()

    assert rig.rows() == []


def test_a_patch_changes_only_its_fields(rig: Rig) -> None:
    """What is not named stays as it was; an empty comment clears it."""
    before = Metadata(300, proxied=False, comment="mine", tags=("a:b",))
    rig.seed("A", HOME, "192.0.2.1", before)
    rig.api.batch(rig.zone(), [Patch(rig.one(), "192.0.2.2", Metadata(), frozenset(), "")])
    assert (rig.one().content, rig.one().meta) == ("192.0.2.2", before)

    rig.api.batch(rig.zone(), [Patch(rig.one(), "192.0.2.2", Metadata(), frozenset({"comment"}), "")])
    assert rig.one().meta == before._replace(comment="")

    after = Metadata(600, proxied=False, comment="x", tags=("c:d", "e:f"))
    rig.api.batch(rig.zone(), [Patch(rig.one(), "192.0.2.2", after, ALL, "")])
    assert rig.one().meta == after


def test_a_proxied_record_has_automatic_ttl(rig: Rig) -> None:
    """Whatever TTL is asked for, a proxied record's is 1, when created and when changed."""
    rig.api.batch(rig.zone(), [create(HOME, "81.2.69.142", Metadata(300, proxied=True))])
    assert rig.one().meta.ttl == 1

    rig.api.batch(rig.zone(), [Patch(rig.one(), "81.2.69.143", Metadata(600, proxied=True), ALL, "")])
    assert (rig.one().content, rig.one().meta.ttl, rig.one().meta.proxied) == ("81.2.69.143", 1, True)


def test_a_refused_batch_changes_nothing(rig: Rig) -> None:
    """One step in the way of a CNAME: the whole batch is undone, the deletions that came first included."""
    rig.seed("A", HOME, "192.0.2.1")
    rig.obstruct("alias.example.org")
    steps: list[Change] = [
        Delete(rig.one(), ""),
        create("new.example.org", "192.0.2.5"),
        create("alias.example.org", "192.0.2.5"),
    ]

    with pytest.raises(Refused) as caught:
        rig.api.batch(rig.zone(), steps)
    assert caught.value.code == 81054
    assert rig.rows() == [("A", HOME, "192.0.2.1")]


def test_what_is_there_already_exists(rig: Rig) -> None:
    """Creating, or changing into, an identical record is Exists, and changes nothing."""
    rig.seed("A", HOME, "192.0.2.1")
    rig.seed("A", HOME, "192.0.2.2")
    first = rig.api.records(rig.zone(), frozenset({HOME}))[0]

    with pytest.raises(Exists):
        rig.api.batch(rig.zone(), [create(HOME, "192.0.2.1")])
    other = "192.0.2.2" if first.content == "192.0.2.1" else "192.0.2.1"
    with pytest.raises(Exists):
        rig.api.batch(rig.zone(), [Patch(first, other, first.meta, frozenset(), "")])
    assert rig.rows() == [("A", HOME, "192.0.2.1"), ("A", HOME, "192.0.2.2")]


def test_changing_what_is_gone_is_gone(rig: Rig) -> None:
    """Deleting or changing a record that somebody removed meanwhile is Gone, and changes nothing else."""
    rig.seed("A", HOME, "192.0.2.1")
    record = rig.one()
    rig.api.batch(rig.zone(), [Delete(record, "")])

    for step in (Delete(record, ""), Patch(record, "192.0.2.3", record.meta, frozenset(), "")):
        with pytest.raises(Gone):
            rig.api.batch(rig.zone(), [create("new.example.org", "192.0.2.5"), step])
    assert rig.rows() == []


def test_a_name_outside_the_zone_is_refused(rig: Rig) -> None:
    """The API would append the zone's name to it; we do not ask."""
    for name in ("home.example.net", "badexample.org"):
        with pytest.raises(Refused, match="not inside the zone"):
            rig.api.batch(rig.zone(), [create(name, "192.0.2.5")])
    rig.api.batch(rig.zone(), [create("example.org", "192.0.2.5")])
    assert rig.rows() == [("A", "example.org", "192.0.2.5")]


def test_too_large_a_batch_is_refused(rig: Rig) -> None:
    """The limit is the caller's business; one more is a definite no."""
    steps = [create(f"n{number}.example.org", "192.0.2.5") for number in range(rig.api.batch_limit + 1)]

    with pytest.raises(Refused, match=f"at most {rig.api.batch_limit}"):
        rig.api.batch(rig.zone(), steps)
    rig.api.batch(rig.zone(), steps[:-1])
    assert len(rig.rows()) == rig.api.batch_limit


@pytest.mark.parametrize("applied", [True, False])
def test_a_lost_answer_to_a_batch_is_unconfirmed(rig: Rig, *, applied: bool) -> None:
    """Whether it happened or not, it is not sent twice, and the error says that it is not known."""
    zone = rig.zone()
    rig.lose(write=True, applied=applied)

    with pytest.raises(Unconfirmed):
        rig.api.batch(zone, [create(HOME, "192.0.2.5")])
    assert len(rig.rows()) == (1 if applied else 0)

"""The promises about records, as properties of whole rounds against the double of Cloudflare, under refusals."""

from ipaddress import ip_interface

from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.families import Detected, Known, Unknown
from ddns.core.entries import FIELDS, Entry, Field, Metadata
from ddns.core.memory import Memory
from ddns.core.planning.metadata import canonical
from ddns.core.planning.plan import Create, Delete
from ddns.core.records import Record
from ddns.core.settings import UpdateSettings
from ddns.errors import ApiError, Refused, Unavailable
from ddns.round.pipe import run_round
from tests.fakes.memory import Change
from tests.fakes.roundkit import V4, V6, Kit, entry

NAMES = ("a.one.test", "b.one.test", "c.one.test", "d.one.test", "a.two.test", "b.two.test")
HELD = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(("192.0.2.1", "192.0.2.2", "2001:db8::1")),
        st.builds(Metadata, st.sampled_from((1, 60)), st.booleans(), st.sampled_from(("", "x")), st.just(())),
    ),
    max_size=8,
    unique_by=lambda row: row[:2],
)
Rows = list[tuple[str, str, Metadata]]
ANSWERS: st.SearchStrategy[Detected] = st.sampled_from(
    (Unknown("no answer"), Known((ip_interface("192.0.2.9/32"),)), Known((ip_interface("2001:db8::9/64"),)))
)


def world(rows: Rows, limit: int = 200) -> Kit:
    """Return two zones with these records."""
    kit = Kit("one.test", "two.test", limit=limit)
    for name, content, meta in rows:
        kit.dns.put(kit.zones[name.endswith("two.test")], name, content, canonical(meta))
    return kit


def everything(kit: Kit, type_: str = "") -> dict[str, Record]:
    """Return all records by ID."""
    return {item.id: item for rows in kit.dns.found.values() for item in rows if type_ in {"", item.type}}


def settings(*entries: Entry) -> UpdateSettings:
    """Return settings for both families."""
    return UpdateSettings(entries or tuple(entry(name, six=V6) for name in NAMES))


@given(HELD, ANSWERS, ANSWERS)
def test_promise_1_an_unknown_family_is_never_touched(rows: Rows, four: Detected, six: Detected) -> None:
    """Whatever a source says, only addresses of its own family that are known lead to a change."""
    kit = world(rows)
    kit.sources.answers = {(V4, 4): four, (V6, 6): six}
    before = everything(kit)
    run_round(settings(), Memory(), kit.tools())

    for type_, answer, version in (("A", four, 4), ("AAAA", six, 6)):
        if isinstance(answer, Unknown) or answer.found[0].version != version:
            assert everything(kit, type_) == {key: item for key, item in before.items() if item.type == type_}
        else:
            assert {item.content for item in everything(kit, type_).values()} == {str(answer.found[0].ip)}


@given(rows=HELD, culprits=st.sets(st.sampled_from(NAMES)), split=st.booleans())
def test_promises_2_and_3_refused_names_are_untouched_and_all_others_done(
    rows: Rows, culprits: set[str], *, split: bool
) -> None:
    """Every culprit keeps exactly what it had; every other name of its zone has what it should."""
    kit = world(rows, limit=3 if split else 200)
    kit.know("192.0.2.9")
    kit.dns.refuse = lambda step: _refusal(step, culprits)
    before = everything(kit)
    report, _ = run_round(UpdateSettings(tuple(entry(name) for name in NAMES)), Memory(), kit.tools())

    for name in NAMES:
        now = {key: item for key, item in everything(kit, "A").items() if item.name == name}
        if name in culprits:
            assert now == {key: item for key, item in before.items() if (item.name, item.type) == (name, "A")}
        else:
            assert {item.content for item in now.values()} == {"192.0.2.9"}
    assert everything(kit, "AAAA") == {key: item for key, item in before.items() if item.type == "AAAA"}
    assert {problem.key for problem in report.problems} == {f"record.A.{name}" for name in culprits}


def _refusal(step: Change, culprits: set[str]) -> ApiError | None:
    name = step.name if isinstance(step, Create) else step.record.name
    return Refused("no") if name in culprits else None


@given(
    HELD,
    st.sets(st.sampled_from(FIELDS)),
    st.builds(Metadata, st.just(300), st.booleans(), st.just("mine"), st.just(())),
)
def test_promise_5_fields_that_are_not_declared_stay(rows: Rows, declared: set[Field], wish: Metadata) -> None:
    """A record that lives on keeps every field nobody declared; the declared ones are as declared."""
    kit = world(rows)
    kit.know("192.0.2.9")
    before = everything(kit, "A")
    entries = tuple(entry(name, fallback=wish)._replace(enforce=frozenset(declared)) for name in NAMES)
    run_round(UpdateSettings(entries), Memory(), kit.tools())

    single = {name for name in NAMES if sum(item.name == name for item in before.values()) == 1}
    for key, item in everything(kit, "A").items():
        old = before.get(key)
        if old is None or item.name not in single:
            continue
        for field in set(FIELDS) - {"ttl"}:
            assert getattr(item.meta, field) == getattr(wish if field in declared else old.meta, field)
        wanted = wish.ttl if "ttl" in declared else old.meta.ttl
        assert item.meta.ttl == (1 if item.meta.proxied else wanted)


@given(rows=HELD, reading=st.booleans())
def test_promise_6_a_broken_zone_stops_no_other(rows: Rows, *, reading: bool) -> None:
    """One zone cannot be read or written: it stays, and the other one is brought up to date."""
    kit = world(rows)
    kit.know("192.0.2.9")
    before = {item.id: item for item in kit.dns.found[kit.zones[0].id]}
    kit.dns.faults.before["records" if reading else "batch"] = [Unavailable("no way")]
    report, _ = run_round(UpdateSettings(tuple(entry(name) for name in NAMES)), Memory(), kit.tools())

    assert {item.id: item for item in kit.dns.found[kit.zones[0].id]} == before
    two = [item for item in kit.dns.found[kit.zones[1].id] if item.type == "A"]
    assert {(item.name, item.content) for item in two} == {(name, "192.0.2.9") for name in NAMES[4:]}
    assert [problem.key for problem in report.problems] == ["zone.one.test"]


@given(HELD)
def test_promise_3_a_zone_that_fits_is_one_transaction(rows: Rows) -> None:
    """Whatever there is to do in a zone, it is one batch, and nothing is deleted that is not replaced."""
    kit = world(rows)
    kit.know("192.0.2.9")
    run_round(UpdateSettings(tuple(entry(name) for name in NAMES)), Memory(), kit.tools())

    assert len(kit.dns.batches) == 2
    for batch in kit.dns.batches:
        doomed = {step.record.name for step in batch if isinstance(step, Delete)}
        kept = {step.name if isinstance(step, Create) else step.record.name for step in batch}
        assert doomed <= kept

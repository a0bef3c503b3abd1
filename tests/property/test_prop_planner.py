"""What must hold for every plan: it leads to what is wanted, and touches nothing else."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ddns.core.entries import FIELDS, Metadata
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.planning.metadata import differing
from ddns.core.planning.plan import Abort, Clear, Create, Delete, Intent, Keep, Patch, Preserve, Step, Update, Wanted
from ddns.core.planning.recordplan import Policy, plan_zone
from ddns.core.records import Record, Zone

ZONE = Zone("z", "example.org")
NAMES = ("a.example.org", "b.example.org", "example.org")
FOUR = tuple(f"192.0.2.{number}" for number in range(1, 5))
SIX = tuple(f"2001:db8::{number}" for number in range(1, 5))
OURS = CommentRegex("^our")

comments = st.sampled_from(("ours", "our own", "theirs", ""))
our_comments = st.sampled_from(("ours", "our own"))
tags = st.lists(st.sampled_from(("a:1", "A:1", "a:2", "b:1")), max_size=3, unique=True).map(tuple)


def metas(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Metadata]:
    """Draw the fields of a record."""
    return st.builds(Metadata, st.sampled_from((1, 60, 300)), st.booleans(), texts, tags)


@st.composite
def zones(draw: st.DrawFn) -> tuple[Record, ...]:
    """Draw the records of a zone, some of them not ours."""
    count = draw(st.integers(0, 8))
    made: list[Record] = []
    for number in range(count):
        type_ = draw(st.sampled_from(("A", "AAAA")))
        content = draw(st.sampled_from(FOUR if type_ == "A" else SIX))
        name = draw(st.sampled_from((*NAMES, "c.example.org")))
        read_only = draw(st.booleans()) and draw(st.booleans())
        made.append(Record(f"r{number}", name, type_, content, draw(metas(comments)), read_only))
    return tuple(made)


@st.composite
def wishes(draw: st.DrawFn) -> tuple[Wanted, ...]:
    """Draw what some names should have: every intent, every set of declared fields."""
    made: list[Wanted] = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        for type_, pool in (("A", FOUR), ("AAAA", SIX)):
            chosen = draw(st.lists(st.sampled_from(pool), min_size=1, unique=True))
            update = Update(tuple(sorted((ip_address(text) for text in chosen), key=int)))
            intents: tuple[Intent, ...] = (Preserve(), Abort("unknown"), Clear(), update, update)
            intent: Intent = draw(st.sampled_from(intents))
            enforce = frozenset(draw(st.lists(st.sampled_from(FIELDS))))
            made.append(Wanted(name, "A" if type_ == "A" else "AAAA", intent, draw(metas(our_comments)), enforce))
    return tuple(made)


def applied(records: Iterable[Record], steps: Iterable[Step]) -> tuple[Record, ...]:
    """Return the zone after these steps, as Cloudflare would do them."""
    held = {record.id: record for record in records}
    for number, step in enumerate(steps):
        if isinstance(step, Create):
            held[f"n{number}"] = Record(f"n{number}", step.name, step.type, step.content, step.meta)
        elif isinstance(step, Patch):
            old = held[step.record.id]
            sent = {field: getattr(step.meta, field) for field in step.fields}
            held[old.id] = old._replace(content=step.content, meta=old.meta._replace(**sent))
        elif isinstance(step, Delete):
            del held[step.record.id]
    return tuple(held.values())


def ours(records: Iterable[Record], item: Wanted) -> list[Record]:
    """Return our records of one name and type."""
    return [
        record
        for record in records
        if (record.name, record.type) == (item.name, item.type)
        and OURS.matches(record.meta.comment)
        and not record.read_only
    ]


@given(zones(), wishes())
def test_applying_a_plan_gives_what_is_wanted(records: tuple[Record, ...], wanted: tuple[Wanted, ...]) -> None:
    """Afterwards our records have exactly the wanted addresses, and the declared fields."""
    after = applied(records, plan_zone(ZONE, wanted, records, OURS).steps)

    for item in wanted:
        mine = ours(after, item)
        if isinstance(item.intent, Update):
            have = {ip_address(record.content) for record in mine}
            assert have <= set(item.intent.addresses)
            assert set(map(str, item.intent.addresses)) == covered(after, item)
            for record in mine:
                target = item.fallback._replace(proxied=record.meta.proxied)
                assert not differing(record.meta, target) & item.enforce
                assert "proxied" not in item.enforce or record.meta.proxied == item.fallback.proxied
        elif isinstance(item.intent, Clear):
            assert mine == []


@given(records=zones(), wanted=wishes(), sync=st.booleans())
def test_planning_again_only_keeps(records: tuple[Record, ...], wanted: tuple[Wanted, ...], *, sync: bool) -> None:
    """A zone that has just been brought to what is wanted needs nothing more."""
    mode: Policy = "sync" if sync else "upsert-only"
    after = applied(records, plan_zone(ZONE, wanted, records, OURS, mode).steps)

    again = plan_zone(ZONE, wanted, after, OURS, mode)

    assert all(isinstance(step, Keep) for step in again.steps)
    assert again.failed == ()


@given(zones(), wishes())
def test_only_ours_of_wanted_names_are_touched(records: tuple[Record, ...], wanted: tuple[Wanted, ...]) -> None:
    """Unowned and read-only records, other names and types, and names without a known address stay to the letter."""
    after = set(applied(records, plan_zone(ZONE, wanted, records, OURS).steps))
    allowed = {record for item in wanted if isinstance(item.intent, Update | Clear) for record in ours(records, item)}
    asked = {(item.name, item.type) for item in wanted if isinstance(item.intent, Update)}

    assert set(records) - allowed <= after
    assert {(record.name, record.type) for record in after - set(records)} <= asked


@given(zones(), wishes())
def test_the_unknown_yields_no_step(records: tuple[Record, ...], wanted: tuple[Wanted, ...]) -> None:
    """Abort and Preserve make no step, not even one that keeps."""
    idle = [item for item in wanted if isinstance(item.intent, Abort | Preserve)]

    made = plan_zone(ZONE, idle, records, OURS)

    assert (made.steps, made.warnings, made.failed) == ((), (), ())


@given(zones(), wishes(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    records: tuple[Record, ...], wanted: tuple[Wanted, ...], shuffle: Random
) -> None:
    """However records and wishes are ordered, the plan is the same."""
    shuffled, mixed = list(records), list(wanted)
    shuffle.shuffle(shuffled)
    shuffle.shuffle(mixed)

    assert plan_zone(ZONE, mixed, shuffled, OURS) == plan_zone(ZONE, wanted, records, OURS)


@given(zones(), wishes())
def test_upsert_only_never_deletes(records: tuple[Record, ...], wanted: tuple[Wanted, ...]) -> None:
    """No deletion is planned, and what would have been deleted is named."""
    made = plan_zone(ZONE, wanted, records, OURS, "upsert-only")
    named = " ".join(warning.what for warning in made.warnings)

    assert not any(isinstance(step, Delete) for step in made.steps)
    for step in plan_zone(ZONE, wanted, records, OURS).steps:
        assert not isinstance(step, Delete) or f"(ID: {step.record.id})" in named


def covered(records: Sequence[Record], item: Wanted) -> set[str]:
    """Return the wanted addresses that records of a name have, whoever owns them."""
    goal = set(map(str, item.intent.addresses)) if isinstance(item.intent, Update) else set()
    return {record.content for record in records if (record.name, record.type) == item.key} & goal


@given(zones(), wishes())
def test_coverage_never_shrinks_on_the_way(records: tuple[Record, ...], wanted: tuple[Wanted, ...]) -> None:
    """Step by step no wanted address is lost, and deletions come after everything is covered."""
    steps = plan_zone(ZONE, wanted, records, OURS).steps

    now = records
    for number, step in enumerate(steps):
        after = applied(now, [Keep(Record("", "", "", ""), "")] * number + [step])
        for item in wanted:
            assert covered(now, item) <= covered(after, item)
            if isinstance(step, Delete) and isinstance(item.intent, Update):
                assert covered(now, item) == set(map(str, item.intent.addresses))
        now = after


@given(zones(), wishes())
def test_undeclared_fields_are_kept(records: tuple[Record, ...], wanted: tuple[Wanted, ...]) -> None:
    """A record keeps each field that is not declared, unless the records being replaced disagree on it."""
    for item in wanted:
        made = plan_zone(ZONE, [item], records, OURS)
        goal = set(map(str, item.intent.addresses)) if isinstance(item.intent, Update) else set()
        outdated = [record for record in ours(records, item) if record.content not in goal]
        for step in made.steps:
            if not isinstance(step, Patch):
                continue
            disputed = {field for other in outdated for field in differing(other.meta, step.record.meta)}
            loose = disputed if step.record in outdated else set()
            switched = {"ttl"} if "proxied" in step.fields else set()
            assert step.fields <= item.enforce | loose | switched

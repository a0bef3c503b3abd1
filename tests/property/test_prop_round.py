"""Whatever goes wrong between us and Cloudflare: nothing false is reported, and the next good round mends it."""

from hypothesis import given
from hypothesis import strategies as st

from ddns.core.entries import Metadata
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.memory import Memory
from ddns.core.reports.roundreport import RoundReport
from ddns.core.settings import UpdateSettings
from ddns.errors import ApiError, AuthError, Exists, Gone, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.round.pipe import run_cleanup, run_round
from tests.fakes.roundkit import V6, Kit, entry

NAMES = ("a.one.test", "b.one.test", "c.one.test", "one.test", "a.two.test")
FOUR = tuple(f"192.0.2.{number}" for number in range(1, 4))
OURS, THEIRS = Metadata(comment="ours"), Metadata(60, True, "theirs")

harmless = st.sampled_from(
    (
        None,
        AuthError("no token"),
        Refused("no"),
        Gone("gone"),
        Exists("there"),
        Unavailable("no way"),
        RateLimited("slow down", retry_after=60),
        Unconfirmed("lost"),
    )
)
lost = st.sampled_from((None, None, Unconfirmed("lost after all")))
scripts = st.fixed_dictionaries(
    {
        "before": st.lists(harmless, max_size=5),
        "after": st.lists(lost, max_size=5),
        "records": st.lists(st.sampled_from((None, None, Unavailable("no way"), AuthError("no"))), max_size=4),
        "zones": st.lists(st.sampled_from((None, Unavailable("no way"), Refused("too many"))), max_size=1),
    }
)
held = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(FOUR), st.sampled_from((OURS, OURS, THEIRS))),
    max_size=6,
    unique_by=lambda row: row[:2],
)
wanted = st.lists(st.sampled_from(FOUR), min_size=1, max_size=2, unique=True)

Script = dict[str, list[ApiError | None]]
SETTINGS = UpdateSettings(
    tuple(entry(name, six=V6, fallback=OURS) for name in NAMES), owned=CommentRegex("ours"), cache_expiration=300.0
)


def world(rows: list[tuple[str, str, Metadata]], limit: int) -> Kit:
    """Return two zones with these records."""
    kit = Kit("one.test", "two.test", limit=limit)
    for name, content, meta in rows:
        kit.dns.put(kit.zones[name.endswith("two.test")], name, content, meta)
    return kit


def ours(kit: Kit, name: str) -> set[str]:
    """Return our contents of a name as they really are."""
    records = [record for zone in kit.zones for record in kit.dns.found[zone.id]]
    return {record.content for record in records if record.name == name and record.meta.comment == "ours"}


def theirs(kit: Kit) -> set[object]:
    """Return everybody else's records."""
    return {record for rows in kit.dns.found.values() for record in rows if record.meta.comment != "ours"}


def faulty(kit: Kit, script: Script) -> None:
    """Let these faults happen."""
    kit.dns.faults.before |= {
        "batch": list(script["before"]),
        "records": list(script["records"]),
        "list_zones": list(script["zones"]),
    }
    kit.dns.faults.after["batch"] = list(script["after"])


def check(kit: Kit, report: RoundReport) -> None:
    """Check that what is said to be so is so, and that what failed is said."""
    for result in report.records:
        if result.type == "A" and result.status in {"changed", "unchanged"}:
            mine = ours(kit, result.name)
            assert mine == set(result.new) or (not mine and set(result.new) <= others(kit, result.name))
    failed = [result for result in report.records if result.status in {"failed", "unconfirmed"}]
    assert bool(report.problems) >= bool(failed)


def others(kit: Kit, name: str) -> set[str]:
    """Return the contents of everybody else at a name."""
    rows = [record for zone in kit.zones for record in kit.dns.found[zone.id] if record.name == name]
    return {record.content for record in rows if record.meta.comment != "ours"}


@given(held, wanted, scripts, st.integers(1, 4))
def test_a_round_never_claims_what_is_not_so(
    rows: list[tuple[str, str, Metadata]], addresses: list[str], script: Script, limit: int
) -> None:
    """Under any faults statuses tell the truth, others' records stay, and a good round later all is as wanted."""
    kit = world(rows, limit)
    foreign = theirs(kit)
    kit.know(*addresses)
    faulty(kit, script)

    report, memory = run_round(SETTINGS, Memory(), kit.tools())
    check(kit, report)
    assert theirs(kit) == foreign

    faulty(kit, {"before": [], "after": [], "records": [], "zones": []})
    kit.clock.now += 301
    report, memory = run_round(SETTINGS, memory, kit.tools())
    check(kit, report)
    assert theirs(kit) == foreign
    for name in NAMES:
        assert ours(kit, name) <= set(addresses) <= ours(kit, name) | others(kit, name)


@given(held, wanted, scripts, st.integers(1, 4))
def test_no_name_loses_its_last_wanted_address(
    rows: list[tuple[str, str, Metadata]], addresses: list[str], script: Script, limit: int
) -> None:
    """Whatever fails on the way, a wanted address that was there is there afterwards."""
    kit = world(rows, limit)
    kit.know(*addresses)
    before = {name: ours(kit, name) & set(addresses) for name in NAMES}
    anything = {name: bool(ours(kit, name)) for name in NAMES}
    faulty(kit, script)

    run_round(SETTINGS, Memory(), kit.tools())

    for name in NAMES:
        assert before[name] <= ours(kit, name)
        assert bool(ours(kit, name)) >= anything[name] or others(kit, name) & set(addresses)


@given(held, scripts)
def test_the_cleaning_never_claims_what_is_not_so(rows: list[tuple[str, str, Metadata]], script: Script) -> None:
    """The same truth holds for the final cleaning."""
    kit = world(rows, 2)
    foreign = theirs(kit)
    faulty(kit, script)

    report, _ = run_cleanup(SETTINGS, Memory(), kit.tools())

    check(kit, report)
    assert theirs(kit) == foreign


@given(held, scripts)
def test_without_an_address_nothing_happens(rows: list[tuple[str, str, Metadata]], script: Script) -> None:
    """Both families unknown: not one request is sent."""
    kit = world(rows, 2)
    kit.know()
    faulty(kit, script)

    report, _ = run_round(SETTINGS, Memory(), kit.tools())

    assert kit.dns.requests == 0
    assert {result.status for result in report.records} == {"preserved"}

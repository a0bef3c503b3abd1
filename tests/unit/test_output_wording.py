"""The words for the facts of a round and of a plan."""

from ipaddress import IPv4Interface, IPv4Network, IPv6Interface

from ddns.core.addresses.families import Known, Unknown
from ddns.core.entries import Metadata, Source
from ddns.core.planning.plan import (
    AddItem,
    CarrierPlan,
    Create,
    Delete,
    DeleteList,
    Keep,
    KeepItem,
    Patch,
    Plan,
    RemoveItem,
    Rewrite,
)
from ddns.core.records import ListItem, Record, Zone
from ddns.core.reports.roundreport import Detection, Outcome, Result, RoundReport
from ddns.errors import Problem
from ddns.output.planview import plan_lines
from ddns.output.wording import fields, join, problem_line, round_lines, step_text

ZONE = Zone("z1", "example.org")
RECORD = Record("r1", "a.example.org", "A", "198.51.100.1", Metadata())
TRACE = Source("cloudflare.trace")


def texts(report: RoundReport, said: frozenset[str] = frozenset()) -> list[str]:
    """Return the texts of a round's lines."""
    return [line.text for line in round_lines(report, said)]


def test_join_shows_ten_names_at_most() -> None:
    """A thousand names do not flood the log."""
    assert join(["a", "b"]) == "a, b"
    assert join(str(n) for n in range(12)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"


def test_a_problem_line_says_what_was_kept_and_what_to_do() -> None:
    """A problem is one line of sentences; empty parts leave no gap."""
    line = problem_line(Problem("k", "It failed", "All kept", "Do this!"))

    assert line.text == "It failed. All kept. Do this!"
    assert (line.level, line.facts["key"]) == ("error", "k")
    assert problem_line(Problem("k", "It failed")).text == "It failed."


def test_detections_are_told_with_their_source() -> None:
    """One address, several, a known-empty set and a remark; an unknown one is told by its problem."""
    url = Source("url", "https://example.org/?token=secret")
    report = RoundReport(
        0.0,
        0.0,
        detections=(
            Detection(4, TRACE, Known((IPv4Interface("8.8.8.8/32"),), "used a fallback")),
            Detection(6, url, Known((IPv6Interface("2600::1/64"), IPv6Interface("2600::2/64")))),
            Detection(6, Source("static.empty"), Known(())),
            Detection(4, TRACE, Unknown("no answer")),
        ),
    )

    assert texts(report) == [
        "Detected the IPv4 address 8.8.8.8 (cloudflare.trace)",
        "used a fallback",
        "Detected the IPv6 addresses 2600::1, 2600::2 (url:https://example.org/…)",
        "No IPv6 address is wanted (static.empty)",
    ]


def test_unchanged_names_are_grouped() -> None:
    """Names with equal contents share a line."""
    report = RoundReport(
        0.0,
        0.0,
        results=(
            Result("a.x", "A", "unchanged", ("8.8.8.8",), ("8.8.8.8",)),
            Result("b.x", "A", "unchanged", ("8.8.8.8",), ("8.8.8.8",)),
            Result("a.x", "AAAA", "unchanged"),
            Result("c.x", "A", "unchanged", ("8.8.4.4",), ("8.8.4.4",)),
        ),
    )

    assert texts(report) == [
        "The A records of a.x, b.x are already up to date (8.8.8.8)",
        "The AAAA records of a.x are already up to date (none)",
        "The A record of c.x is already up to date (8.8.4.4)",
    ]


def test_changes_are_told_as_old_to_new() -> None:
    """Created, updated, deleted: the addresses on both sides of an arrow; repaired fields by name."""
    patch = Patch(RECORD, "198.51.100.1", Metadata(proxied=True), frozenset({"proxied"}), "declared")
    create = Create("a.x", "A", "8.8.8.8", Metadata(), "missing")
    report = RoundReport(
        0.0,
        0.0,
        results=(
            Result("a.x", "A", "changed", (), ("8.8.8.8",), outcomes=(Outcome(create, "done"),)),
            Result("b.x", "A", "changed", ("8.8.4.4",), ("8.8.8.8",)),
            Result("c.x", "A", "changed", ("8.8.4.4",), ()),
            Result("d.x", "A", "changed", ("1.1.1.1",), ("1.1.1.1",), outcomes=(Outcome(patch, "done"),)),
            Result("e.x", "A", "failed", outcomes=(Outcome(patch, "refused"),)),
        ),
    )
    lines = round_lines(report)

    assert [line.text for line in lines] == [
        "A a.x: (none) → 8.8.8.8",
        "A b.x: 8.8.4.4 → 8.8.8.8",
        "A c.x: 8.8.4.4 → (none)",
        "A d.x (198.51.100.1): proxied false → true",
    ]
    assert [line.meaning for line in lines] == ["created", "updated", "deleted", "updated"]


def test_lists_are_told_likewise() -> None:
    """A list that changed shows its ranges; one that did not is one line; a failed one is told by its problem."""
    report = RoundReport(
        0.0,
        0.0,
        results=(
            Result("acc/home", "LIST", "unchanged"),
            Result("acc/home", "LIST", "changed", ("8.8.4.4/32", "9.9.9.9/32"), ("8.8.8.8/32", "9.9.9.9/32")),
            Result("acc/home", "LIST", "changed", ("8.8.4.4/32",), ()),
            Result("acc/home", "LIST", "failed"),
        ),
    )

    assert texts(report) == [
        "The WAF list acc/home is already up to date",
        "WAF list acc/home: 8.8.4.4/32 → 8.8.8.8/32",
        "WAF list acc/home: 8.8.4.4/32 → (none)",
    ]


def test_a_warning_is_said_once_and_a_problem_each_time() -> None:
    """Warnings that were said are left out; problems never are."""
    report = RoundReport(0.0, 0.0, problems=(Problem("p", "bad"),), warnings=(Problem("w", "odd"),))

    assert texts(report) == ["odd.", "bad."]
    assert texts(report, frozenset({"w", "p"})) == ["bad."]


def test_the_fields_of_a_patch_are_named() -> None:
    """TTL, comment and tags in plain words; fields that come out equal are not called a change."""
    meta = Metadata(300, comment="x", tags=("a:b",))
    patch = Patch(RECORD, RECORD.content, meta, frozenset({"ttl", "comment", "tags"}), "declared")

    assert fields(patch) == "comment empty → “x”, tags none → a:b, ttl automatic → 300"
    assert fields(patch._replace(meta=RECORD.meta)) == "fields kept"


def test_a_plan_is_printed_step_by_step() -> None:
    """Each step has its sign; kept ones are information; the last line counts."""
    moved = Patch(RECORD, "8.8.8.8", RECORD.meta, frozenset(), "outdated")
    declared = Patch(RECORD, RECORD.content, Metadata(proxied=True), frozenset({"proxied"}), "declared")
    steps = (
        Keep(RECORD, "up to date"),
        Create("b.example.org", "A", "8.8.8.8", Metadata(), "missing"),
        moved,
        declared,
        Delete(RECORD, "outdated"),
    )
    lines = plan_lines(Plan((CarrierPlan("zone", "example.org", steps),)))

    assert [line.text for line in lines] == [
        "Zone example.org",
        "= A a.example.org 198.51.100.1: up to date",
        "+ A b.example.org 8.8.8.8 (TTL automatic, not proxied): missing",
        "~ A a.example.org 198.51.100.1 → 8.8.8.8: outdated",
        "~ A a.example.org 198.51.100.1 (proxied false → true): declared",
        "- A a.example.org 198.51.100.1: outdated",
        "4 changes pending",
    ]
    assert [line.level for line in lines[:3]] == ["notice", "info", "notice"]
    assert lines[2].facts["action"] == "create"


def test_a_proxied_creation_says_so() -> None:
    """The proxy status and a TTL of a new record are part of its line."""
    step = Create("b", "A", "8.8.8.8", Metadata(300, proxied=True), "missing")

    assert step_text(step) == "+ A b 8.8.8.8 (TTL 300, proxied): missing"


def test_list_plans_are_printed_too() -> None:
    """Kept, added and removed ranges, and the deletion of a whole list."""
    key, item = ("acc/home", "LIST"), ListItem("i", IPv4Network("8.8.4.4/32"))
    steps = (KeepItem(key, item), AddItem(key, IPv4Network("8.8.8.8/32")), RemoveItem(key, item))
    plan, idle = CarrierPlan("WAF list", "acc/home", steps), CarrierPlan("WAF list", "acc/home")

    lines = plan_lines(Plan((plan, idle)))
    assert [line.text for line in lines] == [
        "WAF list acc/home",
        "= 8.8.4.4/32",
        "+ 8.8.8.8/32",
        "- 8.8.4.4/32",
        "WAF list acc/home",
        "2 changes pending",
    ]
    assert [line.facts.get("action") for line in lines[1:4]] == ["keep", "create", "delete"]
    spf = CarrierPlan("zone", "x", (Rewrite(("example.org", "SPF"), RECORD, "new", ("8.8.4.4",), ("8.8.8.8",)),))
    assert plan_lines(Plan((spf,)))[1].text == "~ SPF example.org 8.8.4.4 → 8.8.8.8"
    assert plan_lines(Plan((spf,)))[1].facts["action"] == "update"
    gone = CarrierPlan("WAF list", "acc/home", (DeleteList(key, (item,)),))
    assert [line.text for line in plan_lines(Plan((gone,)))][1:] == ["- the whole list", "1 change pending"]


def test_an_empty_plan_says_nothing_to_do() -> None:
    """A satisfied zone is information, and the last line says that nothing is to be done."""
    lines = plan_lines(Plan((CarrierPlan("zone", "example.org"),)))

    assert [(line.level, line.text) for line in lines] == [("info", "Zone example.org"), ("notice", "Nothing to do")]


def test_a_plan_with_gaps_says_so() -> None:
    """Where something could not be looked at, nobody is told that all is well."""
    (last,) = plan_lines(Plan(()), whole=False)

    assert last.text == "Nothing to do, as far as could be seen: not everything could be planned"

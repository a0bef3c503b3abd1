"""The case table of the planner, row by row."""

from ipaddress import ip_address

import pytest

from ddns.core.entries import Field, Metadata
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.planning.plan import Abort, CarrierPlan, Clear, Create, Delete, Keep, Patch, Preserve, Update, Wanted
from ddns.core.planning.recordplan import Policy, owned_records, plan_zone
from ddns.core.records import Record, Zone

ZONE = Zone("z", "example.org")
NAME = "home.example.org"
ANY = CommentRegex("")
OURS = CommentRegex("^ours$")
PLAIN = Metadata()


def rec(key: str, content: str, meta: Metadata = PLAIN, **extra: object) -> Record:
    """Return a record of NAME."""
    kind = "AAAA" if ":" in content else "A"
    return Record(key, NAME, kind, content, meta)._replace(**extra)  # type: ignore[arg-type]  # fields of Record


def want(*contents: str, meta: Metadata = PLAIN, enforce: tuple[Field, ...] = ()) -> Wanted:
    """Return what NAME should have."""
    addresses = tuple(sorted((ip_address(text) for text in contents), key=int))
    kind = "AAAA" if contents and ":" in contents[0] else "A"
    return Wanted(NAME, kind, Update(addresses) if addresses else Clear(), meta, frozenset(enforce))  # type: ignore[arg-type]  # kind is A or AAAA


def plan(item: Wanted, *records: Record, owned: CommentRegex = ANY, policy: Policy = "sync") -> CarrierPlan:
    """Plan one name."""
    return plan_zone(ZONE, [item], records, owned, policy)


def shape(made: CarrierPlan) -> list[tuple[str, str, str]]:
    """Return the steps as (kind, record id, content)."""
    rows: list[tuple[str, str, str]] = []
    for step in made.steps:
        if isinstance(step, Create):
            rows.append(("create", "", step.content))
        elif isinstance(step, Patch):
            rows.append(("patch", step.record.id, step.content))
        elif isinstance(step, Keep | Delete):
            rows.append((type(step).__name__.lower(), step.record.id, step.record.content))
    return rows


@pytest.mark.parametrize("intent", [Preserve(), Abort("no address")])
def test_what_is_not_known_or_not_in_scope_yields_no_step(intent: Preserve | Abort) -> None:
    """Preserve and Abort make neither a step nor a remark, whatever the zone holds."""
    made = plan(Wanted(NAME, "A", intent, Metadata(ttl=300)), rec("1", "192.0.2.1"), rec("2", "junk", type="A"))

    assert (made.steps, made.warnings, made.failed) == ((), (), ())


def test_a_satisfied_name_is_kept() -> None:
    """Matched records stay, duplicates of them too."""
    made = plan(want("192.0.2.1"), rec("b", "192.0.2.1"), rec("a", "192.0.2.1"))

    assert shape(made) == [("keep", "a", "192.0.2.1"), ("keep", "b", "192.0.2.1")]
    assert [step.reason for step in made.steps if isinstance(step, Keep)] == ["up to date", "a duplicate, left alone"]
    assert made.changes == ()


def test_addresses_are_compared_not_spellings() -> None:
    """An AAAA record in another spelling is the same address."""
    made = plan(want("2001:db8::1"), rec("a", "2001:0DB8:0:0::1"))

    assert shape(made) == [("keep", "a", "2001:0DB8:0:0::1")]


def test_a_missing_address_is_created_with_the_fallback() -> None:
    """Nothing to reuse: the record is new and has the fallback fields, its TTL 1 because it is proxied."""
    made = plan(want("192.0.2.1", meta=Metadata(300, True, "c", ("b:1", "a:2"))))

    (step,) = made.steps
    assert isinstance(step, Create)
    assert step.meta == Metadata(1, True, "c", ("a:2", "b:1"))
    assert (step.name, step.type, step.content) == (NAME, "A", "192.0.2.1")


def test_an_outdated_record_is_reused_and_keeps_its_fields() -> None:
    """Only the content is sent: proxy status, TTL, comment and tags are the record's own."""
    own = Metadata(1, True, "mine", ("x:y",))
    made = plan(want("192.0.2.2", meta=Metadata(300)), rec("a", "192.0.2.1", own))

    (step,) = made.steps
    assert isinstance(step, Patch)
    assert (step.content, step.meta, step.fields) == ("192.0.2.2", own, frozenset())


def test_leftovers_are_deleted_after_everything_else() -> None:
    """One target, three outdated: one is reused, the others are deleted, the deletions last."""
    made = plan(want("192.0.2.9"), rec("c", "192.0.2.3"), rec("a", "192.0.2.1"), rec("b", "192.0.2.2"))

    assert shape(made) == [("patch", "a", "192.0.2.9"), ("delete", "b", "192.0.2.2"), ("delete", "c", "192.0.2.3")]


def test_the_record_with_the_resolved_fields_is_reused_first() -> None:
    """Of several outdated records the one that needs no other change than its content goes first."""
    odd, even = Metadata(ttl=600), Metadata(ttl=60)
    made = plan(want("192.0.2.9", meta=even), rec("a", "192.0.2.1", odd), rec("b", "192.0.2.2", even))

    assert shape(made) == [("patch", "b", "192.0.2.9"), ("delete", "a", "192.0.2.1")]


def test_uncovered_addresses_are_taken_in_ascending_order() -> None:
    """The lowest uncovered address gets the first outdated record, the rest are created."""
    made = plan(want("192.0.2.9", "192.0.2.10", "192.0.2.8"), rec("a", "192.0.2.1"))

    assert shape(made) == [("patch", "a", "192.0.2.8"), ("create", "", "192.0.2.9"), ("create", "", "192.0.2.10")]


def test_created_records_take_what_the_outdated_agree_on() -> None:
    """A new record beside a reused one gets the same fields, not the fallback."""
    made = plan(want("192.0.2.8", "192.0.2.9"), rec("a", "192.0.2.1", Metadata(600, False, "x", ("t:1",))))

    assert [step.meta for step in made.changes if isinstance(step, Create)] == [Metadata(600, False, "x", ("t:1",))]


def test_disagreement_is_settled_by_the_fallback_and_said() -> None:
    """TTL, proxy status and comment fall back where the outdated disagree; tags to what they share."""
    made = plan(
        want("192.0.2.9", meta=Metadata(120, False, "f", ("never:1",))),
        rec("a", "192.0.2.1", Metadata(60, False, "p", ("T:1", "only:a"))),
        rec("b", "192.0.2.2", Metadata(1, True, "q", ("t:1",))),
    )

    (patch,) = [step for step in made.steps if isinstance(step, Patch)]
    assert patch.meta == Metadata(120, False, "f", ("T:1",))
    assert patch.fields == {"ttl", "comment", "tags"}
    assert [warning.key for warning in made.warnings] == [
        f"disagree.{field}.a,b" for field in ("ttl", "proxied", "comment", "tags")
    ]
    assert "disagree on their TTL; using the fallback TTL 120" in made.warnings[0].what
    assert "keeping only what they share, without only:a" in made.warnings[3].what


def test_disagreement_about_declared_fields_is_not_said() -> None:
    """A declared field is simply written."""
    made = plan(
        want("192.0.2.9", meta=Metadata(120), enforce=("ttl",)),
        rec("a", "192.0.2.1", Metadata(60)),
        rec("b", "192.0.2.2", Metadata(600)),
    )

    assert made.warnings == ()
    assert [step.fields for step in made.steps if isinstance(step, Patch)] == [{"ttl"}]


def test_disagreement_does_not_matter_when_nothing_is_reused() -> None:
    """Records that are only deleted may differ silently."""
    made = plan(want(), rec("a", "192.0.2.1", Metadata(60)), rec("b", "192.0.2.2", Metadata(600)))

    assert shape(made) == [("delete", "a", "192.0.2.1"), ("delete", "b", "192.0.2.2")]
    assert made.warnings == ()


def test_declared_fields_are_repaired_on_matched_records() -> None:
    """Only declared fields are sent, with the whole new state known."""
    made = plan(
        want("192.0.2.1", meta=Metadata(300, True, "c"), enforce=("proxied",)),
        rec("a", "192.0.2.1", Metadata(60, False, "own")),
    )

    (step,) = made.steps
    assert isinstance(step, Patch)
    assert (step.content, step.meta) == ("192.0.2.1", Metadata(1, True, "own"))
    assert step.fields == {"proxied", "ttl"}
    assert "declared" in step.reason


@pytest.mark.parametrize(
    ("own", "declared"),
    [
        (Metadata(1, True), Metadata(300, True)),
        (Metadata(300, True), Metadata(1, True)),
        (Metadata(tags=("A:1", "b:2")), Metadata(tags=("b:2", "a:1"))),
    ],
)
def test_what_cloudflare_does_not_keep_apart_is_no_update(own: Metadata, declared: Metadata) -> None:
    """The TTL of a proxied record, the order of tags and the case of their names are never a difference."""
    made = plan(
        want("192.0.2.1", meta=declared, enforce=("proxied", "ttl", "comment", "tags")), rec("a", "192.0.2.1", own)
    )

    assert made.changes == ()


def test_tag_values_and_comments_are_compared_exactly() -> None:
    """Case matters in comments and in the values of tags."""
    made = plan(
        want("192.0.2.1", meta=Metadata(comment="C", tags=("a:X",)), enforce=("comment", "tags")),
        rec("a", "192.0.2.1", Metadata(comment="c", tags=("a:x",))),
    )

    assert [step.fields for step in made.changes if isinstance(step, Patch)] == [{"comment", "tags"}]


def test_others_are_invisible() -> None:
    """Unowned and read-only records, other names and other types play no part, even with junk in them."""
    made = plan_zone(
        ZONE,
        [want("192.0.2.9", meta=Metadata(comment="ours"))],
        [
            rec("a", "192.0.2.1", Metadata(comment="theirs")),
            rec("b", "junk", Metadata(comment="theirs"), type="A"),
            rec("c", "192.0.2.1", Metadata(comment="ours"), read_only=True),
            rec("d", "192.0.2.1", Metadata(comment="ours"), name="other.example.org"),
            rec("e", "2001:db8::1", Metadata(comment="ours")),
        ],
        OURS,
    )

    assert shape(made) == [("create", "", "192.0.2.9")]
    assert made.failed == ()


def test_an_owned_record_without_an_address_stops_its_name_only() -> None:
    """Junk in one of our records: that name and type fail with a problem, the others go on."""
    other = want("192.0.2.1")._replace(name="other.example.org")
    made = plan_zone(ZONE, [want("192.0.2.9"), other], [rec("a", "junk", type="A"), rec("b", "192.0.2.1")], ANY)

    assert shape(made) == [("create", "", "192.0.2.1")]
    ((name, type_, problem),) = made.failed
    assert (name, type_, problem.key) == (NAME, "A", f"record.A.{NAME}")
    assert "ID: a" in problem.what


def test_a_name_outside_the_zone_is_never_written() -> None:
    """Cloudflare would append the zone's name, so the planner refuses."""
    made = plan(want("192.0.2.1")._replace(name="home.example.net"))

    assert made.steps == ()
    assert "not in the zone example.org" in made.failed[0].problem.what


def test_a_comment_that_would_not_be_ours_is_never_written() -> None:
    """A record we would not recognise in the next round is not created."""
    made = plan(want("192.0.2.1", meta=Metadata(comment="other")), owned=OURS)

    assert made.steps == ()
    assert "MANAGED_RECORDS_COMMENT_REGEX" in made.failed[0].problem.remedy


def test_a_repair_that_would_disown_a_record_is_refused() -> None:
    """The same holds for a declared comment on an existing record."""
    item = want("192.0.2.1", meta=Metadata(comment="other"), enforce=("comment",))

    assert plan(item, rec("a", "192.0.2.1", Metadata(comment="ours")), owned=OURS).failed


def test_upsert_only_names_what_it_keeps() -> None:
    """What would be deleted is kept, planned as such, and named in a warning."""
    made = plan(want("192.0.2.9"), rec("a", "192.0.2.1"), rec("b", "192.0.2.2"), policy="upsert-only")

    assert shape(made) == [("patch", "a", "192.0.2.9"), ("keep", "b", "192.0.2.2")]
    (warning,) = made.warnings
    assert (warning.key, "192.0.2.2 (ID: b)" in warning.what) == ("outdated.b", True)


def test_upsert_only_clears_nothing() -> None:
    """Even a known-empty set deletes nothing under this policy."""
    made = plan(want(), rec("a", "192.0.2.1"), policy="upsert-only")

    assert shape(made) == [("keep", "a", "192.0.2.1")]


def test_clear_deletes_what_is_ours() -> None:
    """A known-empty set removes every owned record of the name and type, and says why."""
    made = plan(want(), rec("a", "192.0.2.1"), rec("b", "2001:db8::1"))

    assert shape(made) == [("delete", "a", "192.0.2.1")]
    assert isinstance(made.steps[0], Delete)
    assert made.steps[0].reason == "no address is wanted"


def test_drift_is_remarked_once_a_record() -> None:
    """A kept record that differs from the fallback is named with what it has and what was expected."""
    made = plan(want("192.0.2.1", meta=Metadata(300, False, "c")), rec("a", "192.0.2.1", Metadata(60, True, "")))

    (warning,) = made.warnings
    assert warning.key == "drift.a.proxied,comment"
    assert warning.what.endswith(": proxied, empty comment instead of not proxied, comment “c”")
    assert warning.remedy.endswith("ENFORCE=proxied,comment")


def test_drift_of_the_ttl_counts_where_it_means_something() -> None:
    """An unproxied record with another TTL is remarked on; tags never are; declared fields are repaired instead."""
    own = Metadata(60, False, "", ("a:b",))
    seen = plan(want("192.0.2.1", meta=Metadata(300)), rec("a", "192.0.2.1", own))
    declared = plan(want("192.0.2.1", meta=Metadata(300), enforce=("ttl",)), rec("a", "192.0.2.1", own))

    assert [warning.key for warning in seen.warnings] == ["drift.a.ttl"]
    assert declared.warnings == ()


def test_owned_records_are_grouped_without_regard_to_case() -> None:
    """Names are compared in lower case; groups are sorted by record ID."""
    groups = owned_records([rec("b", "192.0.2.1", name="HOME.example.org"), rec("a", "192.0.2.2")], ANY)

    assert [record.id for record in groups[NAME, "A"]] == ["a", "b"]


def test_every_kept_step_names_its_record() -> None:
    """A plan shows what stays as well."""
    assert isinstance(plan(want("192.0.2.1"), rec("a", "192.0.2.1")).steps[0], Keep)

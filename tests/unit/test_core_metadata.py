"""The fields of records: what Cloudflare echoes, what differs, what is inherited."""

import pytest

from ddns.core.entries import Field, Metadata
from ddns.core.planning.metadata import Inherited, canonical, differing, inherited, overlay, shown
from ddns.core.records import Record
from ddns.core.reports.roundreport import few


def rec(meta: Metadata) -> Record:
    """Return a record with these fields."""
    return Record("r", "a", "A", "192.0.2.1", meta)


def test_canonical_is_what_cloudflare_echoes() -> None:
    """A proxied record's TTL is automatic; a tag counts once, its name without case."""
    assert canonical(Metadata(300, True, "c", ("b:2", "A:1", "a:1"))) == Metadata(1, True, "c", ("A:1", "b:2"))
    assert canonical(Metadata(300)) == Metadata(300)


@pytest.mark.parametrize(
    ("one", "other", "fields"),
    [
        (Metadata(60), Metadata(300), {"ttl"}),
        (Metadata(60, True), Metadata(300, True), set()),
        (Metadata(60, True), Metadata(1), {"ttl", "proxied"}),
        (Metadata(proxied=True), Metadata(), {"proxied"}),
        (Metadata(comment="a"), Metadata(comment="A"), {"comment"}),
        (Metadata(tags=("a:1",)), Metadata(tags=("A:1",)), set()),
        (Metadata(tags=("a:x",)), Metadata(tags=("a:X",)), {"tags"}),
        (Metadata(tags=("a",)), Metadata(tags=("a:",)), {"tags"}),
    ],
)
def test_differing(one: Metadata, other: Metadata, fields: set[Field]) -> None:
    """Only what Cloudflare keeps apart is a difference."""
    assert differing(one, other) == fields


@pytest.mark.parametrize("field", ["ttl", "proxied", "comment", "tags"])
def test_overlay_takes_declared_fields_only(field: Field) -> None:
    """Each field by itself."""
    base, declared = Metadata(60, False, "own", ("a:1",)), Metadata(300, True, "new", ("b:1",))

    made = overlay(base, declared, frozenset({field}))

    changed: set[Field] = {"proxied", "ttl"} if field == "proxied" else {field}
    assert differing(made, base) == changed


def test_inheriting_from_nothing_is_the_fallback() -> None:
    """Canonical, so that it is what Cloudflare will echo."""
    assert inherited((), Metadata(300, True)) == Inherited(Metadata(1, True))


def test_inheriting_what_all_agree_on() -> None:
    """The fallback plays no part."""
    own = Metadata(60, False, "own", ("a:1",))

    assert inherited((rec(own), rec(own)), Metadata(300, True, "f")) == Inherited(own)


def test_inheriting_what_is_disputed() -> None:
    """Each disputed field is the fallback's and named; tags are the shared ones."""
    made = inherited(
        (rec(Metadata(60, False, "x", ("a:1", "b:1"))), rec(Metadata(60, True, "y", ("a:1",)))),
        Metadata(300, False, "f"),
    )

    assert made.meta == Metadata(300, False, "f", ("a:1",))
    assert [field for field, _ in made.disputed] == ["ttl", "proxied", "comment", "tags"]


def test_fields_in_words() -> None:
    """Every field has words for set and unset."""
    fields: tuple[Field, ...] = ("ttl", "proxied", "comment", "tags")

    assert [shown(Metadata(), field) for field in fields] == [
        "TTL automatic",
        "not proxied",
        "empty comment",
        "no tags",
    ]
    assert [shown(Metadata(60, True, "c", ("a:1", "b:2")), field) for field in fields] == [
        "TTL 60",
        "proxied",
        "comment “c”",
        "tags a:1, b:2",
    ]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["b", "a", "a"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and 1 more"),
    ],
)
def test_few(names: list[str], text: str) -> None:
    """Names are sorted and cut for a sentence."""
    assert few(names, 3) == text

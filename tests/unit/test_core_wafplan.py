"""Planning WAF lists: covered ranges are kept, others' items untouched, unknown families left alone."""

from ipaddress import ip_network

import pytest

from ddns.core.entries import ListRef
from ddns.core.intents import ListTarget, Networks
from ddns.core.plan import Abort, ListPlan, Preserve
from ddns.core.records import WafItem, WafList
from ddns.core.regexes import CommentRegex
from ddns.core.settings import WafSettings
from ddns.core.wafplan import Listed, plan_list, plan_removal

REF = ListRef("acc", "home")
LIST = WafList("l", "home")
WAF = WafSettings((REF,))
OURS = WAF._replace(owned=CommentRegex("^ours"), item_comment="ours")


def item(key: str, text: str, comment: str = "") -> WafItem:
    """Return an item."""
    return WafItem(key, ip_network(text), comment)


def nets(*texts: str) -> Networks:
    """Return wanted ranges."""
    return Networks(tuple(ip_network(text) for text in texts))


OUT = Preserve()


def plan(*items: WafItem, four: ListTarget = OUT, six: ListTarget = OUT, waf: WafSettings = WAF) -> ListPlan:
    """Plan the list."""
    return plan_list(REF, waf, (four, six), Listed(LIST, items))


def shape(made: ListPlan) -> tuple[list[str], list[str], list[str]]:
    """Return what is kept, added and removed, as texts."""
    kept, added = [entry.id for entry in made.keep], [str(new.network) for new in made.add]
    return kept, added, [entry.id for entry in made.remove]


def test_an_item_that_covers_a_target_is_kept() -> None:
    """An equal or wider range is enough; nothing is written."""
    made = plan(
        item("a", "192.0.2.0/24"), item("b", "2001:db8::/64"), four=nets("192.0.2.1/32"), six=nets("2001:db8::/64")
    )

    assert shape(made) == (["a", "b"], [], [])
    assert not made.pending


def test_what_covers_nothing_is_removed_and_what_is_uncovered_added() -> None:
    """A narrower range than wanted covers nothing."""
    made = plan(item("a", "192.0.2.1/32"), item("b", "198.51.100.0/24"), four=nets("192.0.2.0/24"))

    assert shape(made) == ([], ["192.0.2.0/24"], ["a", "b"])


@pytest.mark.parametrize("other", [Preserve(), Abort("no address")])
def test_a_family_that_is_unknown_or_out_of_scope_is_untouched(other: ListTarget) -> None:
    """Its items stay, and the list is not wholly ours."""
    made = plan(item("a", "192.0.2.9/32"), item("b", "2001:db8::/64"), four=nets("192.0.2.1/32"), six=other)

    assert shape(made) == (["b"], ["192.0.2.1/32"], ["a"])
    assert not made.replace


def test_others_items_are_untouched() -> None:
    """Unowned items stay whatever they hold; a range somebody else has is not added twice."""
    made = plan(
        item("a", "192.0.2.9/32", "theirs"),
        item("b", "192.0.2.1/32", "theirs"),
        item("c", "192.0.0.0/16", "theirs"),
        four=nets("192.0.2.1/32", "192.0.2.2/32"),
        six=nets(),
        waf=OURS,
    )

    assert shape(made) == (["c", "b", "a"], ["192.0.2.2/32"], [])
    assert not made.replace


def test_a_list_that_is_wholly_ours_is_replaced_in_one_call() -> None:
    """Only when both families are known, every comment is ours, and there is something to add and to remove."""
    made = plan(item("a", "192.0.2.9/32"), four=nets("192.0.2.1/32"), six=nets())
    only = plan(item("a", "192.0.2.1/32"), item("b", "192.0.2.9/32"), four=nets("192.0.2.1/32"), six=nets())

    assert made.replace
    assert not only.replace


def test_new_items_take_the_comment_the_outdated_agree_on() -> None:
    """Else the fallback: silently with nothing outdated, with a warning when they disagree."""
    agreed = plan(item("a", "192.0.2.9/32", "ours: x"), four=nets("192.0.2.1/32"), waf=OURS)
    fresh = plan(four=nets("192.0.2.1/32"), waf=OURS)
    torn = plan(
        item("a", "192.0.2.8/32", "ours: x"), item("b", "192.0.2.9/32", "ours: y"), four=nets("192.0.2.1/32"), waf=OURS
    )

    assert [made.add[0].comment for made in (agreed, fresh, torn)] == ["ours: x", "ours", "ours"]
    assert [[warning.key for warning in made.warnings] for made in (agreed, fresh, torn)] == [
        [],
        [],
        ["disagree.item.a,b"],
    ]


def test_drift_is_remarked_with_a_count_and_a_sample() -> None:
    """Kept items of ours with another comment, and another description, are told and left."""
    waf = OURS._replace(description="mine")
    made = plan_list(REF, waf, (nets("192.0.2.1/32"), Preserve()), Listed(LIST, (item("a", "192.0.2.1/32", "ours!"),)))

    assert [warning.key for warning in made.warnings] == ["drift.list.acc/home", "drift.items.acc/home"]
    assert "such as 192.0.2.1/32 (“ours!”, not “ours”)" in made.warnings[1].what


def test_the_same_description_is_no_drift() -> None:
    """Nor is a missing list."""
    waf = WAF._replace(description="mine")
    same = plan_list(REF, waf, (nets(), nets()), Listed(WafList("l", "home", "mine")))
    none = plan_list(REF, waf, (nets(), nets()), Listed(None))

    assert (same.warnings, none.warnings) == ((), ())


def test_the_order_of_items_does_not_matter() -> None:
    """A plan is sorted by range."""
    items = (item("c", "192.0.2.7/32"), item("a", "192.0.2.9/32"), item("b", "192.0.2.8/32"))

    assert plan(*items, four=nets()) == plan(*reversed(items), four=nets())


def test_the_final_cleaning_deletes_a_list_that_is_wholly_ours() -> None:
    """Otherwise our items in scope go; a list that is missing needs nothing."""
    listed = Listed(LIST, (item("a", "192.0.2.1/32", "ours"), item("b", "192.0.2.2/32", "theirs")))

    whole = plan_removal(REF, WAF, (nets(), nets()), listed)
    part = plan_removal(REF, OURS, (nets(), nets()), listed)
    half = plan_removal(REF, WAF, (nets(), Preserve()), listed)
    gone = plan_removal(REF, WAF, (nets(), nets()), Listed(None))

    assert (whole.delete_list, shape(whole)[2]) == (True, ["a", "b"])
    assert (part.delete_list, shape(part)[2]) == (False, ["a"])
    assert (half.delete_list, shape(half)[2]) == (False, ["a", "b"])
    assert not gone.pending

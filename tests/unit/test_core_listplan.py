"""Planning lists: covered ranges are kept, others' items untouched, unknown families left alone."""

from ipaddress import ip_network

import pytest

from ddns.core.entries import Source
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.places import ListRules, Networks, Place
from ddns.core.planning.intents import PlaceGoals
from ddns.core.planning.listplan import Listed, held, plan_list, plan_removal, wholly_ours, without_removals
from ddns.core.planning.plan import Abort, AddItem, CarrierPlan, DeleteList, Goal, KeepItem, Preserve, RemoveItem
from ddns.core.records import AddressList, ListItem

PLACE = Place("LIST", "acc", "home", (Source("local"), Source("local")))
LIST = AddressList("l", "home")
ALL = ListRules()
OURS = ListRules(item_comment="ours", owned=CommentRegex("^ours"))


def item(key: str, text: str, comment: str = "") -> ListItem:
    """Return an item."""
    return ListItem(key, ip_network(text), comment)


def nets(*texts: str) -> Networks:
    """Return wanted ranges."""
    return Networks(tuple(ip_network(text) for text in texts))


OUT = Preserve()


def want(four: Goal = OUT, six: Goal = OUT) -> PlaceGoals:
    """Return what the list should hold."""
    return PlaceGoals(PLACE, (four, six))


def plan(*items: ListItem, four: Goal = OUT, six: Goal = OUT, rules: ListRules = ALL) -> CarrierPlan:
    """Plan the list."""
    return plan_list(want(four, six), rules, Listed(LIST, items))


def shape(made: CarrierPlan) -> tuple[list[str], list[str], list[str]]:
    """Return what is kept, added and removed, as texts."""
    return (
        [step.item.id for step in made.steps if isinstance(step, KeepItem)],
        [str(step.network) for step in made.steps if isinstance(step, AddItem)],
        [step.item.id for step in made.steps if isinstance(step, RemoveItem)],
    )


def comments(made: CarrierPlan) -> list[str]:
    """Return the comments of new items."""
    return [step.comment for step in made.steps if isinstance(step, AddItem)]


def test_an_item_that_covers_a_target_is_kept() -> None:
    """An equal or wider range is enough; nothing is written."""
    made = plan(
        item("a", "192.0.2.0/24"), item("b", "2001:db8::/64"), four=nets("192.0.2.1/32"), six=nets("2001:db8::/64")
    )

    assert shape(made) == (["a", "b"], [], [])
    assert not made.changes


def test_what_covers_nothing_is_removed_and_what_is_uncovered_added() -> None:
    """A narrower range than wanted covers nothing."""
    made = plan(item("a", "192.0.2.1/32"), item("b", "198.51.100.0/24"), four=nets("192.0.2.0/24"))

    assert shape(made) == ([], ["192.0.2.0/24"], ["a", "b"])


@pytest.mark.parametrize("other", [Preserve(), Abort("no address")])
def test_a_family_that_is_unknown_or_out_of_scope_is_untouched(other: Goal) -> None:
    """Its items stay, and the list is not wholly ours."""
    made = plan(item("a", "192.0.2.9/32"), item("b", "2001:db8::/64"), four=nets("192.0.2.1/32"), six=other)

    assert shape(made) == (["b"], ["192.0.2.1/32"], ["a"])
    assert not wholly_ours(want(nets(), other), ALL)


def test_others_items_are_untouched() -> None:
    """Unowned items stay whatever they hold; a range somebody else has is not added twice."""
    made = plan(
        item("a", "192.0.2.9/32", "theirs"),
        item("b", "192.0.2.1/32", "theirs"),
        item("c", "192.0.0.0/16", "theirs"),
        four=nets("192.0.2.1/32", "192.0.2.2/32"),
        six=nets(),
        rules=OURS,
    )

    assert shape(made) == (["c", "b", "a"], ["192.0.2.2/32"], [])
    assert not wholly_ours(want(nets(), nets()), OURS)


def test_what_is_wholly_ours() -> None:
    """Both families known, and every comment ours."""
    assert wholly_ours(want(nets("192.0.2.1/32"), nets()), ALL)
    assert not wholly_ours(want(nets("192.0.2.1/32")), ALL)


def test_what_is_held() -> None:
    """Our items of the families in scope, sorted."""
    items = (item("b", "2001:db8::/64", "ours"), item("a", "192.0.2.9/32", "ours"), item("c", "192.0.2.1/32"))
    four_only = PlaceGoals(PLACE._replace(sources=(Source("local"), None)), (nets(), OUT))

    assert held(want(), OURS, Listed(LIST, items)) == ("192.0.2.9/32", "2001:db8::/64")
    assert held(four_only, ALL, Listed(LIST, items)) == ("192.0.2.1/32", "192.0.2.9/32")


def test_new_items_take_the_comment_the_outdated_agree_on() -> None:
    """Else the fallback: silently with nothing outdated, with a warning when they disagree."""
    agreed = plan(item("a", "192.0.2.9/32", "ours: x"), four=nets("192.0.2.1/32"), rules=OURS)
    fresh = plan(four=nets("192.0.2.1/32"), rules=OURS)
    torn = plan(
        item("a", "192.0.2.8/32", "ours: x"),
        item("b", "192.0.2.9/32", "ours: y"),
        four=nets("192.0.2.1/32"),
        rules=OURS,
    )

    assert [comments(made) for made in (agreed, fresh, torn)] == [["ours: x"], ["ours"], ["ours"]]
    assert [[warning.key for warning in made.warnings] for made in (agreed, fresh, torn)] == [
        [],
        [],
        ["disagree.item.a,b"],
    ]


def test_drift_is_remarked_with_a_count_and_a_sample() -> None:
    """Kept items of ours with another comment, and another description, are told and left."""
    rules = OURS._replace(description="mine")
    made = plan_list(want(nets("192.0.2.1/32")), rules, Listed(LIST, (item("a", "192.0.2.1/32", "ours!"),)))

    assert [warning.key for warning in made.warnings] == ["drift.list.acc/home", "drift.items.acc/home"]
    assert "such as 192.0.2.1/32 (“ours!”, not “ours”)" in made.warnings[1].what


def test_the_same_description_is_no_drift() -> None:
    """Nor is a missing list."""
    rules = ALL._replace(description="mine")
    same = plan_list(want(nets(), nets()), rules, Listed(AddressList("l", "home", "mine")))
    none = plan_list(want(nets(), nets()), rules, Listed(None))

    assert (same.warnings, none.warnings) == ((), ())


def test_the_order_of_items_does_not_matter() -> None:
    """A plan is sorted by range."""
    items = (item("c", "192.0.2.7/32"), item("a", "192.0.2.9/32"), item("b", "192.0.2.8/32"))

    assert plan(*items, four=nets()) == plan(*reversed(items), four=nets())


def test_the_final_cleaning_deletes_a_list_that_is_wholly_ours() -> None:
    """Otherwise our items in scope go; a list that is missing needs nothing."""
    listed = Listed(LIST, (item("a", "192.0.2.1/32", "ours"), item("b", "192.0.2.2/32", "theirs")))

    whole = plan_removal(want(nets(), nets()), ALL, listed)
    part = plan_removal(want(nets(), nets()), OURS, listed)
    half = plan_removal(want(nets()), ALL, listed)
    gone = plan_removal(want(nets(), nets()), ALL, Listed(None))

    assert whole.steps == (DeleteList(("acc/home", "LIST"), listed.items),)
    assert shape(part)[2] == ["a"]
    assert shape(half)[2] == ["a", "b"]
    assert not gone.changes


def test_upsert_only_removes_nothing_and_says_so() -> None:
    """What would go stays and is named; a plan that removes nothing is left as it is."""
    steady = plan(item("a", "192.0.2.1"), four=nets("192.0.2.1"))
    assert without_removals(steady) is steady

    moved = without_removals(plan(item("a", "192.0.2.1"), four=nets("192.0.2.2")))
    assert shape(moved) == (["a"], ["192.0.2.2/32"], [])
    assert "192.0.2.1/32 (ID: a)" in moved.warnings[0].what

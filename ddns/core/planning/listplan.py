"""Planning one list: what it should hold and what it has → the items that are added and removed. Pure.

For each family in scope whose ranges are known, among our own items (those whose comment matches):

=====================================  ==========================================
item or wanted range                   step
=====================================  ==========================================
item that contains a wanted range      kept (equal or wider: it covers already)
wanted range inside no kept item       added, masked
item that contains no wanted range     removed, after the additions
=====================================  ==========================================

Items of others, and of a family that is out of scope or unknown, are untouched. A missing list counts as empty and is
created only when something is to be added.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ddns.core.addresses.families import FAMILIES, Family, family_name
from ddns.core.places import NOUNS, ListRules, Networks, covers
from ddns.core.planning.intents import PlaceGoals
from ddns.core.planning.plan import AddItem, CarrierPlan, DeleteList, KeepItem, Key, RemoveItem
from ddns.core.records import AddressList, ListItem
from ddns.errors import Problem


class Listed(NamedTuple):
    """A reading of a list: None where it does not exist, and all of its items."""

    existing: AddressList | None
    items: tuple[ListItem, ...] = ()


def plan_list(wanted: PlaceGoals, rules: ListRules, listed: Listed) -> CarrierPlan:
    """Return the steps for one list; sorted, so that the order of the input does not matter."""
    key = (str(wanted.place), wanted.place.type)
    items = sorted(listed.items, key=_order)
    mine = [item for item in items if rules.owned.matches(item.comment)]
    foreign = {item.network for item in items} - {item.network for item in mine}
    add: list[AddItem] = []
    remove: list[ListItem] = []
    warnings: list[Problem] = []
    for family, goal in zip(FAMILIES, wanted.goals, strict=True):
        if isinstance(goal, Networks):
            own = [item for item in mine if item.network.version == family]
            gone = [item for item in own if not any(covers(item.network, inner) for inner in goal.ranges)]
            stay = [item.network for item in own if item not in gone]
            new = [net for net in goal.ranges if net not in foreign and not any(covers(outer, net) for outer in stay)]
            comment, remarks = _comment(key, rules, family, gone) if new else ("", ())
            add += [AddItem(key, net, comment) for net in new]
            remove += gone
            warnings += remarks
    leaving = set(remove)
    keep = [KeepItem(key, item) for item in items if item not in leaving]
    remarks = (*_described(key, rules, listed.existing), *warnings, *_drift(key, rules, keep))
    return CarrierPlan(NOUNS[key[1]], key[0], (*keep, *add, *(RemoveItem(key, item) for item in remove)), remarks)


def plan_removal(wanted: PlaceGoals, rules: ListRules, listed: Listed) -> CarrierPlan:
    """Return the final cleaning of a list: the list itself where it is wholly ours, else our items in scope."""
    plan = plan_list(wanted, rules, listed)
    if listed.existing is not None and wholly_ours(wanted, rules):
        key = (str(wanted.place), wanted.place.type)
        return plan._replace(steps=(DeleteList(key, tuple(sorted(listed.items, key=_order))),))
    return plan


def without_removals(plan: CarrierPlan) -> CarrierPlan:
    """Apply POLICY=upsert-only: what would be removed stays, and is named."""
    doomed = [step for step in plan.steps if isinstance(step, RemoveItem)]
    if not doomed:
        return plan
    kept = [KeepItem(step.key, step.item, "outdated, kept by POLICY=upsert-only") for step in doomed]
    named = ", ".join(f"{step.item.network} (ID: {step.item.id})" for step in doomed)
    warning = Problem(
        f"outdated.{','.join(step.item.id for step in doomed)}",
        f"Outdated items of the list {plan.name} remain: {named}",
        "POLICY=upsert-only never deletes",
        "Remove them in the Cloudflare dashboard, or use POLICY=sync",
    )
    others = (step for step in plan.steps if not isinstance(step, RemoveItem))
    return plan._replace(steps=(*kept, *others), warnings=(*plan.warnings, warning))


def wholly_ours(wanted: PlaceGoals, rules: ListRules) -> bool:
    """Whether every item of the list is ours to decide on, now."""
    return not rules.owned.text and all(isinstance(goal, Networks) for goal in wanted.goals)


def held(wanted: PlaceGoals, rules: ListRules, listed: Listed) -> tuple[str, ...]:
    """Return our items of the families in scope, as texts, sorted."""
    versions = {family for family, source in zip(FAMILIES, wanted.place.sources, strict=True) if source is not None}
    items = sorted(listed.items, key=_order)
    mine = [item for item in items if item.network.version in versions and rules.owned.matches(item.comment)]
    return tuple(str(item.network) for item in mine)


def _order(item: ListItem) -> tuple[int, int, int, str]:
    return item.network.version, int(item.network.network_address), item.network.prefixlen, item.id


def _comment(key: Key, rules: ListRules, family: Family, gone: Sequence[ListItem]) -> tuple[str, tuple[Problem, ...]]:
    """Return the comment of new items: the one all items they replace have, else the fallback."""
    comments = {item.comment for item in gone}
    if len(comments) == 1:
        return comments.pop(), ()
    if not comments:
        return rules.item_comment, ()
    ids = ",".join(item.id for item in gone)
    what = f"The {len(gone)} outdated {family_name(family)} items of the {NOUNS[key[1]]} {key[0]} disagree on their "
    what += f"comment; using the fallback “{rules.item_comment}”"
    return rules.item_comment, (Problem(f"disagree.item.{ids}", what),)


def _described(key: Key, rules: ListRules, existing: AddressList | None) -> Iterable[Problem]:
    if existing is None or not rules.description or existing.description == rules.description:
        return ()
    what = f"The description of the {NOUNS[key[1]]} {key[0]} is “{existing.description}”, not “{rules.description}”"
    return (Problem(f"drift.list.{key[0]}", what, "It is kept", "Change one of them to match"),)


def _drift(key: Key, rules: ListRules, keep: Iterable[KeepItem]) -> Iterable[Problem]:
    kept = [step.item for step in keep]
    odd = [item for item in kept if rules.owned.matches(item.comment) and item.comment != rules.item_comment]
    if not odd:
        return ()
    what = f"{len(odd)} kept item(s) of the {NOUNS[key[1]]} {key[0]} have another comment than the settings say, "
    what += f"such as {odd[0].network} (“{odd[0].comment}”, not “{rules.item_comment}”)"
    return (Problem(f"drift.items.{key[0]}", what, "They are kept as they are"),)

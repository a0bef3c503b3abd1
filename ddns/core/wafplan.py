"""Planning one WAF list: what it should cover and what it has → what is added and removed. Pure.

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

from ddns.core.addresses import FAMILIES, Family, family_name
from ddns.core.entries import ListRef
from ddns.core.intents import ListTarget, Networks, covers
from ddns.core.plan import ListPlan, NewItem
from ddns.core.records import WafItem, WafList
from ddns.core.settings import WafSettings
from ddns.errors import Problem

Targets = tuple[ListTarget, ListTarget]


class Listed(NamedTuple):
    """A reading of a list: None where it does not exist, and all of its items."""

    existing: WafList | None
    items: tuple[WafItem, ...] = ()


def plan_list(ref: ListRef, waf: WafSettings, targets: Targets, listed: Listed) -> ListPlan:
    """Return the steps for one list; sorted, so that the order of the input does not matter."""
    items = sorted(listed.items, key=_order)
    mine = [item for item in items if waf.owned.matches(item.comment)]
    foreign = {item.network for item in items} - {item.network for item in mine}
    add: list[NewItem] = []
    remove: list[WafItem] = []
    warnings: list[Problem] = []
    for family, target in zip(FAMILIES, targets, strict=True):
        if isinstance(target, Networks):
            own = [item for item in mine if item.network.version == family]
            gone = [item for item in own if not any(covers(item.network, inner) for inner in target.ranges)]
            stay = [item.network for item in own if item not in gone]
            new = [net for net in target.ranges if net not in foreign and not any(covers(outer, net) for outer in stay)]
            comment, remarks = _comment(ref, waf, family, gone) if new else ("", ())
            add += [NewItem(net, comment) for net in new]
            remove += gone
            warnings += remarks
    leaving = set(remove)
    keep = tuple(item for item in items if item not in leaving)
    return ListPlan(
        ref,
        listed.existing,
        keep,
        tuple(add),
        tuple(remove),
        waf.description,
        replace=wholly_ours(waf, targets) and bool(add and remove),
        warnings=(*_described(ref, waf, listed.existing), *warnings, *_drift(ref, waf, keep)),
    )


def plan_removal(ref: ListRef, waf: WafSettings, targets: Targets, listed: Listed) -> ListPlan:
    """Return the final cleaning of a list: the list itself where it is wholly ours, else our items in scope."""
    plan = plan_list(ref, waf, targets, listed)
    if listed.existing is not None and wholly_ours(waf, targets):
        return plan._replace(delete_list=True)
    return plan


def wholly_ours(waf: WafSettings, targets: Targets) -> bool:
    """Whether every item of the lists is ours to decide on, now."""
    return not waf.owned.text and all(isinstance(target, Networks) for target in targets)


def _order(item: WafItem) -> tuple[int, int, int, str]:
    return item.network.version, int(item.network.network_address), item.network.prefixlen, item.id


def _comment(
    ref: ListRef, waf: WafSettings, family: Family, gone: Sequence[WafItem]
) -> tuple[str, tuple[Problem, ...]]:
    """Return the comment of new items: the one all items they replace have, else the fallback."""
    comments = {item.comment for item in gone}
    if len(comments) == 1:
        return comments.pop(), ()
    if not comments:
        return waf.item_comment, ()
    ids = ",".join(item.id for item in gone)
    what = f"The {len(gone)} outdated {family_name(family)} items of the list {ref} disagree on their comment; "
    what += f"using the fallback “{waf.item_comment}”"
    return waf.item_comment, (Problem(f"disagree.item.{ids}", what),)


def _described(ref: ListRef, waf: WafSettings, existing: WafList | None) -> Iterable[Problem]:
    if existing is None or not waf.description or existing.description == waf.description:
        return ()
    what = f"The description of the list {ref} is “{existing.description}”, not “{waf.description}”"
    return (Problem(f"drift.list.{ref}", what, "It is kept", "Change one of them to match"),)


def _drift(ref: ListRef, waf: WafSettings, keep: Iterable[WafItem]) -> Iterable[Problem]:
    odd = [item for item in keep if waf.owned.matches(item.comment) and item.comment != waf.item_comment]
    if not odd:
        return ()
    what = f"{len(odd)} kept item(s) of the list {ref} have another comment than the settings say, "
    what += f"such as {odd[0].network} (“{odd[0].comment}”, not “{waf.item_comment}”)"
    return (Problem(f"drift.items.{ref}", what, "They are kept as they are"),)

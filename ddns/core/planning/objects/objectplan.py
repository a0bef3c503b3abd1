"""Planning an object: which networks of ours are exchanged in it. Pure.

For each slot, and each family that may stand in it:

====================================  ====================================================
the family                            our networks of it
====================================  ====================================================
out of scope, or unknown              stay
known                                 become exactly the detected ones
known, and nothing would be left      stay, with a warning: no set is ever emptied
====================================  ====================================================
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network

from ddns.core.addresses.families import FAMILIES
from ddns.core.places import Network, Networks, Place
from ddns.core.planning.intents import PlaceGoals
from ddns.core.planning.objects.kind import Body, Kind, Slot, ordered
from ddns.core.planning.plan import AddItem, CarrierPlan, Change, KeepItem, Key, RemoveItem, Unplannable
from ddns.core.records import ListItem
from ddns.errors import Problem

_ANY = IPv4Network("0.0.0.0/32")


def plan_object(kind: Kind, wanted: Iterable[PlaceGoals], body: Body) -> CarrierPlan:
    """Return the steps for all places in one object (two origins share a pool)."""
    listed = tuple(wanted)
    keep: list[KeepItem] = []
    change: list[AddItem | RemoveItem] = []
    warnings: list[Problem] = []
    failed: list[Unplannable] = []
    for goals in listed:
        try:
            slots = kind.slots(goals.place, body)
        except ValueError as error:
            failed.append(_untouchable(kind, key_of(goals), str(error)))
            continue
        for slot in slots:
            target = wanted_in(goals, slot)
            if slot.ours and not (target or slot.kept or slot.more):
                warnings.append(_emptied(kind, key_of(goals), slot))
                target = slot.ours
            keep += [KeepItem(key_of(goals), ListItem("", net), slot.label) for net in ordered(slot.ours & target)]
            change += _steps(key_of(goals), slot, target)
    name = f"{listed[0].place.scope}/{listed[0].place.name}"
    return CarrierPlan(kind.noun, name, (*keep, *change), tuple(warnings), tuple(failed))


def key_of(goals: PlaceGoals) -> Key:
    """Return the name and type of a place."""
    return str(goals.place), goals.place.type


def _untouchable(kind: Kind, key: Key, why: str) -> Unplannable:
    what = f"The {kind.noun} {key[0]} cannot be changed: {why}"
    return Unplannable(*key, Problem(f"{key[1].lower()}.{key[0]}", what, "It stays as it is"))


def _emptied(kind: Kind, key: Key, slot: Slot) -> Problem:
    """Return the remark that a set which protects is not emptied."""
    what = f"The {kind.noun} {key[0]} would be empty without {', '.join(map(str, ordered(slot.ours)))}"
    return Problem(f"empty.{key[1]}.{key[0]}{slot.label}", what, "It stays as it is: what protects is never emptied")


def _steps(key: Key, slot: Slot, target: frozenset[Network]) -> list[AddItem | RemoveItem]:
    return [
        *(AddItem(key, net, slot=slot.label) for net in ordered(target - slot.ours)),
        *(RemoveItem(key, ListItem("", net), slot.label) for net in ordered(slot.ours - target)),
    ]


def wanted_in(goals: PlaceGoals, slot: Slot) -> frozenset[Network]:
    """Return what our part of a slot should be: families that are not known stay as they are."""
    found: set[Network] = set()
    for family, goal in zip(FAMILIES, goals.goals, strict=True):
        if isinstance(goal, Networks) and family in slot.families:
            found.update(goal.ranges)
        elif not slot.single:
            found.update(net for net in slot.ours if net.version == family)
    return slot.ours if slot.single and not found else frozenset(found) - slot.kept


def filled(kind: Kind, goals: PlaceGoals, body: Body, changes: Iterable[Change]) -> Mapping[str, frozenset[Network]]:
    """Return our networks of each slot after these changes."""
    found = {slot.label: set(slot.ours) for slot in kind.slots(goals.place, body)}
    for step in changes:
        if isinstance(step, AddItem) and step.key == key_of(goals):
            found[step.slot].add(step.network)
        elif isinstance(step, RemoveItem) and step.key == key_of(goals):
            found[step.slot].discard(step.item.network)
    return {label: frozenset(networks) for label, networks in found.items()}


def held(kind: Kind, goals: PlaceGoals, body: Body) -> tuple[str, ...]:
    """Return our networks in an object, as texts; nothing where the object must be left alone."""
    try:
        slots = kind.slots(goals.place, body)
    except ValueError:
        return ()
    return tuple(str(net) for net in ordered({net for slot in slots for net in slot.ours}))


def rest(kind: Kind, places: Iterable[Place], body: Body) -> Body:
    """Return everything of an object that goes back as it was read, whatever our networks in it are.

    A place that must be left alone has none there.
    """
    sent: Body = {}
    for place in places:
        found = {**body, **sent}
        try:
            labels = [slot.label for slot in kind.slots(place, found)]
        except ValueError:
            continue
        sent = kind.changed(place, found, dict.fromkeys(labels, frozenset({_ANY})))
    return kind.lasting(sent, body)

"""The plan as a value: what would be done to each zone and list, and why."""

from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from ddns.core.addresses import Address, RecordType
from ddns.core.entries import Field, ListRef, Metadata
from ddns.core.records import Record, WafItem, WafList, Zone
from ddns.errors import Problem


class Preserve(NamedTuple):
    """Out of scope: nothing is looked at, nothing changes."""


class Abort(NamedTuple):
    """In scope, but the address is unknown this round: nothing changes."""

    why: str


class Clear(NamedTuple):
    """Known to be empty: every owned record of this name and type goes."""


class Update(NamedTuple):
    """Exactly these addresses, sorted and without duplicates."""

    addresses: tuple[Address, ...]


Intent = Preserve | Abort | Clear | Update


class Wanted(NamedTuple):
    """What one name should have for one record type. ``name`` is the absolute ASCII name."""

    name: str
    type: RecordType
    intent: Intent
    fallback: Metadata = Metadata()
    enforce: frozenset[Field] = frozenset()


class Keep(NamedTuple):
    """The record stays as it is."""

    record: Record
    reason: str


class Create(NamedTuple):
    """A record is added."""

    name: str
    type: RecordType
    content: str
    meta: Metadata
    reason: str


class Patch(NamedTuple):
    """A record is changed in place; only ``fields`` of ``meta`` (and the content, if it differs) are sent."""

    record: Record
    content: str
    meta: Metadata
    fields: frozenset[Field]
    reason: str


class Delete(NamedTuple):
    """A record is removed."""

    record: Record
    reason: str


Step = Keep | Create | Patch | Delete


class Unplannable(NamedTuple):
    """A name and type for which no safe step could be found, and why; nothing changes for it."""

    name: str
    type: RecordType
    problem: Problem


class ZonePlan(NamedTuple):
    """The steps for one zone in the order they are applied, and what the planner has to say about it.

    Every Patch and Create stands before every Delete. ``failed`` are the names that have no step at all.
    """

    zone: Zone
    steps: tuple[Step, ...]
    warnings: tuple[Problem, ...] = ()
    failed: tuple[Unplannable, ...] = ()

    @property
    def changes(self) -> tuple[Create | Patch | Delete, ...]:
        """Return the steps that write."""
        return tuple(step for step in self.steps if not isinstance(step, Keep))


class NewItem(NamedTuple):
    """An item to be added to a list."""

    network: IPv4Network | IPv6Network
    comment: str = ""


class ListPlan(NamedTuple):
    """The steps for one WAF list: create it (when ``existing`` is None), add, then remove.

    ``replace`` says that the list is wholly ours, so that one call may put ``keep`` + ``add`` in place of everything.
    ``delete_list`` removes the list itself (final cleaning).
    """

    ref: ListRef
    existing: WafList | None
    keep: tuple[WafItem, ...] = ()
    add: tuple[NewItem, ...] = ()
    remove: tuple[WafItem, ...] = ()
    description: str = ""
    replace: bool = False
    delete_list: bool = False
    warnings: tuple[Problem, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether anything would be written."""
        return bool(self.add or self.remove or self.delete_list)


class Plan(NamedTuple):
    """Everything one round would do."""

    zones: tuple[ZonePlan, ...]
    lists: tuple[ListPlan, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether anything would be written."""
        return any(zone.changes for zone in self.zones) or any(item.pending for item in self.lists)

"""The plan as a value: what would be done to each zone and list, and why."""

from typing import NamedTuple

from ddns.core.addresses.families import Address, RecordType
from ddns.core.entries import Field, Metadata
from ddns.core.places import Network, Networks
from ddns.core.records import ListItem, Record
from ddns.errors import Problem

Key = tuple[str, str]
"""What a step or a result is about: a name and a type, such as ("home.example.org", "A"), ("account/list", "LIST")."""


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
"""What the records of one name and type should be."""
Goal = Preserve | Abort | Networks
"""What a place should hold for one family."""


class Wanted(NamedTuple):
    """What one name should have for one record type. ``name`` is the absolute ASCII name."""

    name: str
    type: RecordType
    intent: Intent
    fallback: Metadata = Metadata()
    enforce: frozenset[Field] = frozenset()

    @property
    def key(self) -> Key:
        """Return the name and the type."""
        return self.name, self.type


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


class Rewrite(NamedTuple):
    """The addresses in the text of an SPF record are exchanged: ``old`` → ``new``; ``content`` is the new text."""

    key: Key
    record: Record
    content: str
    old: tuple[str, ...]
    new: tuple[str, ...]


class KeepItem(NamedTuple):
    """An item of a place stays as it is. ``slot``: which of several sets of the place it is in ("": there is one)."""

    key: Key
    item: ListItem
    slot: str = ""


class AddItem(NamedTuple):
    """A range is added to a place."""

    key: Key
    network: Network
    comment: str = ""
    slot: str = ""


class RemoveItem(NamedTuple):
    """An item is removed from a place."""

    key: Key
    item: ListItem
    slot: str = ""


class DeleteList(NamedTuple):
    """A whole list, which is ours, is deleted with these items (the final cleaning)."""

    key: Key
    items: tuple[ListItem, ...]


RecordChange = Create | Patch | Delete | Rewrite
ItemChange = AddItem | RemoveItem | DeleteList
Change = RecordChange | ItemChange
Step = Keep | KeepItem | Change


def key_of(step: Step) -> Key:
    """Return the name and type a step is about."""
    if isinstance(step, Create):
        return step.name, step.type
    if isinstance(step, Keep | Patch | Delete):
        return step.record.name.lower(), step.record.type
    return step.key


class Unplannable(NamedTuple):
    """A name and type for which no safe step could be found, and why; nothing changes for it."""

    name: str
    type: str
    problem: Problem

    @property
    def key(self) -> Key:
        """Return the name and the type."""
        return self.name, self.type


class CarrierPlan(NamedTuple):
    """The steps for what is read and written as a unit (a zone, a list), in the order they are applied.

    ``kind`` and ``name`` say what it is: ("zone", "example.org"), ("list", "account/name"). Every step that adds or
    changes stands before every step that removes. ``failed`` are the names that have no step at all.
    """

    kind: str
    name: str
    steps: tuple[Step, ...] = ()
    warnings: tuple[Problem, ...] = ()
    failed: tuple[Unplannable, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return the steps that write."""
        return tuple(step for step in self.steps if not isinstance(step, Keep | KeepItem))


class Plan(NamedTuple):
    """Everything one round would do."""

    carriers: tuple[CarrierPlan, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether anything would be written."""
        return any(carrier.changes for carrier in self.carriers)

"""``DnsApi`` and ``ListApi`` in memory, for tests of what stands on them: no server, and faults on demand."""

import copy
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

from ddns.core.entries import FIELDS, Metadata
from ddns.core.planning.objects.kind import Body, Kind
from ddns.core.planning.plan import Create, Delete, Patch, Rewrite
from ddns.core.records import ADDRESSES, AddressList, ListItem, NewItem, Record, Zone
from ddns.errors import ApiError, Exists, Gone, Refused
from ddns.ports import FEW_ZONES

Change = Create | Patch | Delete | Rewrite
PLAIN = Metadata()
Hook = Callable[[], ApiError | None]


class Script:
    """Errors to be raised by calls to come, by the name of the method.

    ``fail("batch", error)`` fails the next call before anything is applied; ``after=True`` applies it first (a lost
    answer); ``times`` calls in a row, 0 for all. ``calls`` is every call so far: the method and what it was about.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self._faults: list[tuple[str, ApiError, bool, int]] = []

    def fail(self, method: str, error: ApiError, *, after: bool = False, times: int = 1) -> None:
        """Make the next ``times`` calls of a method fail."""
        self._faults.append((method, error, after, times))

    def begin(self, method: str, about: str) -> Hook:
        """Count a call; raise a fault due before it. What is returned gives the one due after it, if any."""
        self.calls.append((method, about))
        for index, (name, error, after, times) in enumerate(self._faults):
            if name == method:
                if times == 1:
                    del self._faults[index]
                elif times:
                    self._faults[index] = (name, error, after, times - 1)
                if after:
                    return lambda: error
                raise error
        return lambda: None

    def count(self, method: str) -> int:
        """Return how often a method was called."""
        return sum(1 for name, _ in self.calls if name == method)


def _finish(hook: Hook) -> None:
    error = hook()
    if error is not None:
        raise error


class MemoryDns:
    """``ports.DnsApi`` over plain values.

    ``found`` maps a zone id to its records, in order; ``conflicts`` are names that a CNAME stands on.
    """

    def __init__(self, zones: Iterable[Zone] = (), *, batch_limit: int = 200, listable: bool = True) -> None:
        """Begin with these zones, empty. ``listable`` False: there are too many zones to list."""
        self.zones = list(zones)
        self.found: dict[str, list[Record]] = {zone.id: [] for zone in self.zones}
        self.conflicts: set[str] = set()
        self.script = Script()
        self.requests = 0
        self.blocked_until = 0.0
        self._limit = batch_limit
        self._listable = listable
        self._serial = 0

    def seed(self, zone: Zone, type_: str, name: str, content: str, meta: Metadata = PLAIN) -> Record:
        """Add a record and return it."""
        self._serial += 1
        record = Record(f"{self._serial:032x}", name, type_, content, meta)
        self.found[zone.id].append(record)
        return record

    def contents(self, zone: Zone, type_: str, name: str) -> tuple[str, ...]:
        """Return the contents at a name, sorted."""
        return tuple(sorted(each.content for each in self.found[zone.id] if (each.type, each.name) == (type_, name)))

    @property
    def batch_limit(self) -> int:
        """See the port."""
        return self._limit

    def list_zones(self, most: int = FEW_ZONES) -> tuple[Zone, ...] | None:
        """See the port."""
        self._begin("list_zones", "")
        return tuple(self.zones) if self._listable and len(self.zones) <= most else None

    def find_zones(self, name: str) -> tuple[Zone, ...]:
        """See the port."""
        self._begin("find_zones", name)
        return tuple(zone for zone in self.zones if zone.name == name)

    def zone(self, zone_id: str) -> Zone:
        """See the port."""
        self._begin("zone", zone_id)
        for zone in self.zones:
            if zone.id == zone_id:
                return zone
        raise Gone("there is no such zone", status=404, code=7003)

    def records(
        self, zone: Zone, names: frozenset[str] = frozenset(), types: frozenset[str] = ADDRESSES
    ) -> tuple[Record, ...]:
        """See the port."""
        self._begin("records", zone.name)
        found = [each for each in self._of(zone) if not names or each.name in names]
        return tuple(each for each in found if not types or each.type in types)

    def batch(self, zone: Zone, steps: Sequence[Change]) -> tuple[Record, ...]:
        """See the port. Deletes, patches, creations in this order, as one transaction."""
        if not steps:
            return ()
        hook = self._begin("batch", f"{zone.name} {len(steps)}")
        if len(steps) > self._limit:
            raise Refused(f"a batch has at most {self._limit} changes")
        before = list(self._of(zone))
        try:
            for kind in (Delete, Patch, Rewrite, Create):
                for step in steps:
                    if isinstance(step, kind):
                        self._apply(zone, step)
        except ApiError:
            self.found[zone.id] = before
            raise
        _finish(hook)
        made = sum(isinstance(step, Create) for step in steps)
        return tuple(self.found[zone.id][-made:] if made else ())

    def _begin(self, method: str, about: str) -> Hook:
        self.requests += 1
        return self.script.begin(method, about)

    def _of(self, zone: Zone) -> list[Record]:
        if zone.id not in self.found:
            raise Gone("there is no such zone", status=404, code=7003)
        return self.found[zone.id]

    def _apply(self, zone: Zone, step: Change) -> None:
        records = self.found[zone.id]
        if isinstance(step, Create):
            if step.name != zone.name and not step.name.endswith("." + zone.name):
                raise Refused(f"{step.name} is not inside the zone {zone.name}")
            made = Record("", step.name, step.type, str(ip_address(step.content)), _canonical(step.meta))
            self._check(made, records)
            self._serial += 1
            records.append(made._replace(id=f"{self._serial:032x}"))
            return
        at = next((index for index, each in enumerate(records) if each.id == step.record.id), None)
        if at is None:
            raise Gone("Record does not exist.", status=404, code=81044)
        if records[at].read_only:
            raise Refused("This record is managed.", status=400, code=1046)
        old = records.pop(at)
        if isinstance(step, Rewrite):
            records.insert(at, old._replace(content=step.content))
        if isinstance(step, Patch):
            meta = old.meta._replace(**{field: getattr(step.meta, field) for field in FIELDS if field in step.fields})
            content = old.content if step.content == step.record.content else str(ip_address(step.content))
            new = old._replace(content=content, meta=_canonical(meta))
            self._check(new, records)
            records.insert(at, new)

    def _check(self, new: Record, others: Iterable[Record]) -> None:
        if new.name in self.conflicts:
            raise Refused("A CNAME record with that host already exists.", status=400, code=81054)
        if any((each.name, each.type, each.content) == (new.name, new.type, new.content) for each in others):
            raise Exists("An identical record already exists.", status=400, code=81058)


def _canonical(meta: Metadata) -> Metadata:
    """Return the fields as Cloudflare echoes them: the TTL of a proxied record is automatic, tags are sorted."""
    return meta._replace(ttl=1 if meta.proxied else meta.ttl, tags=tuple(sorted(meta.tags)))


class MemoryWaf:
    """``ports.ListApi`` over plain values. ``used`` are ids of lists that a rule uses."""

    delta = False

    def __init__(self, account: str = "account") -> None:
        """Begin with one account without lists."""
        self.account = account
        self.found: dict[str, AddressList] = {}
        self.held: dict[str, list[ListItem]] = {}
        self.used: set[str] = set()
        self.script = Script()
        self._serial = 0

    def seed(self, name: str, items: Iterable[NewItem] = (), description: str = "") -> AddressList:
        """Add a list and return it."""
        made = AddressList(self._id(), name, description)
        self.found[made.id] = made
        self.held[made.id] = [self._new(item) for item in items]
        return made

    def lists(self, account: str) -> tuple[AddressList, ...]:
        """See the port."""
        self.script.begin("lists", account)
        if account != self.account:
            raise Gone("there is no such account", status=404, code=7003)
        return tuple(self.found.values())

    def items(self, account: str, list_id: str) -> tuple[ListItem, ...]:
        """See the port."""
        self.script.begin("items", f"{account}/{list_id}")
        return tuple(self._held(list_id))

    def create_list(self, account: str, name: str, description: str) -> AddressList:
        """See the port."""
        hook = self.script.begin("create_list", f"{account}/{name}")
        if any(each.name == name for each in self.found.values()):
            raise Refused("filters.api.list_name_already_exists", status=400)
        made = self.seed(name, (), description)
        _finish(hook)
        return made

    def exchange(
        self, account: str, list_id: str, items: Sequence[NewItem], gone: Sequence[ListItem], kept: Sequence[ListItem]
    ) -> None:
        """See the port. A range that is there already gets the new comment."""
        hook = self.script.begin("exchange", f"{account}/{list_id} {len(items)} {len(gone)}")
        held, ranges, ids = self._held(list_id), {item.network for item in items}, {item.id for item in gone}
        if not ids <= {item.id for item in held}:
            raise Gone("filters.api.list_item_not_found", status=404)
        stay = {item.id for item in kept} if items and gone and not self.delta else {item.id for item in held} - ids
        left = [item for item in held if item.id in stay and item.network not in ranges]
        self.held[list_id] = left + [self._new(item) for item in items]
        _finish(hook)

    def delete_list(self, account: str, list_id: str) -> None:
        """See the port."""
        hook = self.script.begin("delete_list", f"{account}/{list_id}")
        self._held(list_id)
        if list_id in self.used:
            raise Refused("filters.api.ip_list_in_use", status=400, code=10031)
        del self.found[list_id], self.held[list_id]
        _finish(hook)

    def _held(self, list_id: str) -> list[ListItem]:
        if list_id not in self.held:
            raise Gone("there is no such list", status=404)
        return self.held[list_id]

    def _new(self, item: NewItem) -> ListItem:
        return ListItem(self._id(), item.network, item.comment)

    def _id(self) -> str:
        self._serial += 1
        return f"{self._serial:032x}"


class MemoryObjects:
    """``ports.ObjectApi`` over plain values; ``meddle`` may change an object after each write to it."""

    def __init__(self) -> None:
        """Begin without objects."""
        self.found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.script = Script()
        self.sent: list[Body] = []
        self.meddle: Callable[[dict[str, Any]], None] = lambda _: None

    def seed(self, type_: str, scope: str, body: dict[str, Any]) -> dict[str, Any]:
        """Add an object and return it."""
        self.found.setdefault((type_, scope), []).append(body)
        return body

    def objects(self, kind: Kind, scope: str) -> tuple[Body, ...]:
        """See the port."""
        self.script.begin("objects", f"{kind.type} {scope}")
        return tuple(copy.deepcopy(self.found.get((kind.type, scope), [])))

    def put(self, kind: Kind, scope: str, id_: str, body: Body) -> Body:
        """See the port."""
        hook = self.script.begin("put", f"{kind.type} {scope}/{id_}")
        found = next((each for each in self.found.get((kind.type, scope), []) if each["id"] == id_), None)
        if found is None:
            raise Gone("there is no such object", status=404)
        self.sent.append(copy.deepcopy(body))
        found.update(copy.deepcopy(dict(body)))
        self.meddle(found)
        _finish(hook)
        return copy.deepcopy(found)

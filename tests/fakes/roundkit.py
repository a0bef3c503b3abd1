"""What a round needs, in memory: zones, records, lists, a clock and sources, with scripted faults."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_interface, ip_network

from ddns.core.addresses import Detected, Family, Known, Unknown
from ddns.core.domains import Domain
from ddns.core.entries import Entry, ListRef, Metadata, Source
from ddns.core.plan import Create, Delete, NewItem, Patch
from ddns.core.records import Record, WafItem, WafList, Zone
from ddns.errors import ApiError, Exists, Gone
from ddns.runtime.work import Tools

V4 = Source("static", "four")
V6 = Source("static", "six")
Fault = Callable[[], None] | ApiError | BaseException
Change = Create | Patch | Delete


class Clock:
    """A clock that only moves when told."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Sources:
    """Answers by source and family; asking for anything else is unknown."""

    def __init__(self, answers: Mapping[tuple[Source, Family], Detected] | None = None) -> None:
        self.answers = dict(answers or {})
        self.asked: list[tuple[Source, Family]] = []
        self.hook: Callable[[], None] = lambda: None

    def detect(self, source: Source, family: Family) -> Detected:
        self.asked.append((source, family))
        self.hook()
        return self.answers.get((source, family), Unknown("nothing answered", "look at the network"))


class Faults:
    """Faults by call name: each is used up by one call; a callable runs first, an error is raised."""

    def __init__(self) -> None:
        self.before: dict[str, list[Fault | None]] = {}
        self.after: dict[str, list[Fault | None]] = {}
        self.calls: Counter[str] = Counter()

    def enter(self, name: str) -> None:
        self.calls[name] += 1
        self._raise(self.before, name)

    def leave(self, name: str) -> None:
        self._raise(self.after, name)

    def _raise(self, faults: dict[str, list[Fault | None]], name: str) -> None:
        queue = faults.get(name)
        fault = queue.pop(0) if queue else None
        if isinstance(fault, BaseException):
            raise fault
        if fault is not None:
            fault()


class Dns:
    """Zones and records. ``refuse`` looks at a step and may return the error of the whole batch."""

    def __init__(self, zones: Iterable[Zone] = (), limit: int = 200) -> None:
        self.zones = list(zones)
        self.held: dict[str, dict[str, Record]] = {zone.id: {} for zone in self.zones}
        self.faults = Faults()
        self.refuse: Callable[[Change], ApiError | None] = lambda _: None
        self.batches: list[tuple[Change, ...]] = []
        self.questions: list[str] = []
        self.listing = True
        self.limit = limit
        self._next = 0

    @property
    def batch_limit(self) -> int:
        return self.limit

    def put(self, zone: Zone, name: str, content: str, meta: Metadata | None = None, **extra: object) -> Record:
        """Store a record as if it had always been there."""
        self._next += 1
        kind = str(extra.get("type_", "AAAA" if ":" in content else "A"))
        made = Record(f"r{self._next:04}", name, kind, content, meta or Metadata(), bool(extra.get("read_only")))
        self.held[zone.id][made.id] = made
        return made

    def contents(self, zone: Zone, name: str, type_: str = "A") -> list[str]:
        """Return the sorted contents of a name."""
        return sorted(item.content for item in self.held[zone.id].values() if (item.name, item.type) == (name, type_))

    def list_zones(self) -> tuple[Zone, ...] | None:
        self.faults.enter("list_zones")
        return tuple(self.zones) if self.listing else None

    def find_zones(self, name: str) -> tuple[Zone, ...]:
        self.faults.enter("find_zones")
        self.questions.append(name)
        return tuple(zone for zone in self.zones if zone.name == name)

    def zone(self, zone_id: str) -> Zone:
        self.faults.enter("zone")
        for zone in self.zones:
            if zone.id == zone_id:
                return zone
        raise Gone("no such zone", status=404)

    def records(self, zone: Zone, *, name: str = "", type_: str = "") -> tuple[Record, ...]:
        self.faults.enter("records")
        self.questions.append(f"{zone.name}:{name}/{type_}")
        found = self.held[zone.id].values()
        return tuple(item for item in found if name in {"", item.name} and type_ in {"", item.type})

    def batch(self, zone: Zone, steps: Sequence[Change]) -> None:
        assert 0 < len(steps) <= self.limit
        self.faults.enter("batch")
        self.batches.append(tuple(steps))
        held = dict(self.held[zone.id])
        for step in sorted(steps, key=lambda step: (Delete, Patch, Create).index(type(step))):
            error = self.refuse(step)
            if error is not None:
                raise error
            self._one(held, step)
        self.held[zone.id] = held
        self.faults.leave("batch")

    def _one(self, held: dict[str, Record], step: Change) -> None:
        if isinstance(step, Create):
            self._unique(held, step.name, step.type, step.content)
            self._next += 1
            made = Record(f"r{self._next:04}", step.name, step.type, step.content, step.meta)
            held[made.id] = made
            return
        if step.record.id not in held:
            raise Gone("Record does not exist", status=404, code=81044)
        old = held.pop(step.record.id)
        if isinstance(step, Patch):
            self._unique(held, old.name, old.type, step.content)
            meta = old.meta._replace(**{field: getattr(step.meta, field) for field in step.fields})
            held[old.id] = old._replace(content=step.content, meta=meta)

    def _unique(self, held: dict[str, Record], name: str, type_: str, content: str) -> None:
        if any((item.name, item.type, item.content) == (name, type_, content) for item in held.values()):
            raise Exists("An identical record already exists.", status=400, code=81058)


class Waf:
    """Lists and items."""

    def __init__(self) -> None:
        self.kept: dict[str, list[WafList]] = {}
        self.held: dict[str, list[WafItem]] = {}
        self.faults = Faults()
        self._next = 0

    def put(self, ref: ListRef, *items: tuple[str, str], description: str = "") -> WafList:
        """Store a list with items (range, comment)."""
        made = self.create_list(ref, description)
        self.held[made.id] = []
        self._append(made.id, [NewItem(ip_network(text), comment) for text, comment in items])
        self.faults.calls.clear()
        return made

    def texts(self, ref: ListRef) -> list[str]:
        """Return the ranges of a list as sorted texts."""
        return sorted(
            str(item.network)
            for made in self.kept.get(ref.account, ())
            if made.name == ref.name
            for item in self.held[made.id]
        )

    def lists(self, account: str) -> tuple[WafList, ...]:
        self.faults.enter("lists")
        return tuple(self.kept.get(account, ()))

    def items(self, account: str, list_id: str) -> tuple[WafItem, ...]:
        assert any(item.id == list_id for item in self.kept[account])
        self.faults.enter("items")
        return tuple(self.held[list_id])

    def create_list(self, ref: ListRef, description: str) -> WafList:
        self.faults.enter("create_list")
        self._next += 1
        made = WafList(f"l{self._next}", ref.name, description)
        self.kept.setdefault(ref.account, []).append(made)
        self.held[made.id] = []
        self.faults.leave("create_list")
        return made

    def add(self, account: str, list_id: str, items: Sequence[NewItem]) -> None:
        assert account
        self.faults.enter("add")
        self._append(list_id, items)
        self.faults.leave("add")

    def _append(self, list_id: str, items: Sequence[NewItem]) -> None:
        for item in items:
            self._next += 1
            self.held[list_id].append(WafItem(f"i{self._next:04}", item.network, item.comment))

    def remove(self, account: str, list_id: str, items: Sequence[WafItem]) -> None:
        assert account
        self.faults.enter("remove")
        gone = {item.id for item in items}
        self.held[list_id] = [item for item in self.held[list_id] if item.id not in gone]
        self.faults.leave("remove")

    def replace(self, account: str, list_id: str, items: Sequence[NewItem]) -> None:
        assert account
        self.faults.enter("replace")
        self.held[list_id] = []
        self._append(list_id, items)
        self.faults.leave("replace")

    def delete_list(self, account: str, list_id: str) -> None:
        self.faults.enter("delete_list")
        self.kept[account] = [item for item in self.kept[account] if item.id != list_id]
        self.faults.leave("delete_list")


class Kit:
    """Everything a round is given, with four and six known."""

    def __init__(self, *names: str, limit: int = 200) -> None:
        self.zones = [Zone(f"z-{name}", name, account_id="acc") for name in names or ("example.org",)]
        self.dns = Dns(self.zones, limit)
        self.waf = Waf()
        self.clock = Clock()
        self.sources = Sources()
        self.stop = False

    def tools(self) -> Tools:
        """Return the tools of a round."""
        return Tools(self.sources, self.dns, self.waf, self.clock, lambda: self.stop)

    def know(self, *texts: str, v4: Source = V4, v6: Source = V6) -> None:
        """Let the sources answer with these addresses; families without any become unknown."""
        found = [ip_interface(text) for text in texts]
        four = tuple(item for item in found if item.version == 4)
        six = tuple(item for item in found if item.version == 6)
        self.sources.answers = {
            (v4, 4): Known(four) if four else Unknown("no route"),
            (v6, 6): Known(six) if six else Unknown("no route"),
        }


def entry(name: str, *, four: Source | None = V4, six: Source | None = None, **extra: object) -> Entry:
    """Return an entry with A from ``four`` and AAAA from ``six``."""
    return Entry(Domain(name), (four, six))._replace(**extra)  # type: ignore[arg-type]  # named fields of Entry

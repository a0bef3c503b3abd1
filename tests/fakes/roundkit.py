"""What a round needs, in memory: the doubles of ``memory`` with hooks in every call, a clock and sources."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_interface, ip_network

from ddns.core.addresses.families import Detected, Family, Known, Unknown
from ddns.core.domains import Domain
from ddns.core.entries import Entry, ListRef, Metadata, Source
from ddns.core.records import ADDRESSES, AddressList, ListItem, NewItem, Record, Zone
from ddns.errors import ApiError
from ddns.ports import FEW_ZONES, ListApi
from ddns.round.carrier import Tools
from tests.fakes.memory import Change, MemoryDns, MemoryObjects, MemoryWaf

V4 = Source("static", "four")
V6 = Source("static", "six")
Fault = Callable[[], None] | ApiError | BaseException


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


class Dns(MemoryDns):
    """The double with hooks. ``refuse`` looks at a step and may return the error of the whole batch."""

    def __init__(self, zones: Iterable[Zone] = (), limit: int = 200) -> None:
        super().__init__(zones, batch_limit=limit)
        self.faults = Faults()
        self.refuse: Callable[[Change], ApiError | None] = lambda _: None
        self.batches: list[tuple[Change, ...]] = []
        self.questions: list[str] = []
        self.listing = True

    def put(self, zone: Zone, name: str, content: str, meta: Metadata | None = None, *, type_: str = "") -> Record:
        """Store a record as if it had always been there."""
        return self.seed(zone, type_ or ("AAAA" if ":" in content else "A"), name, content, meta or Metadata())

    def texts(self, zone: Zone, name: str, type_: str = "A") -> list[str]:
        """Return the sorted contents of a name."""
        return list(self.contents(zone, type_, name))

    def list_zones(self, most: int = FEW_ZONES) -> tuple[Zone, ...] | None:
        self.faults.enter("list_zones")
        return super().list_zones(most) if self.listing else None

    def find_zones(self, name: str) -> tuple[Zone, ...]:
        self.faults.enter("find_zones")
        self.questions.append(name)
        return super().find_zones(name)

    def zone(self, zone_id: str) -> Zone:
        self.faults.enter("zone")
        return super().zone(zone_id)

    def records(
        self, zone: Zone, names: frozenset[str] = frozenset(), types: frozenset[str] = ADDRESSES
    ) -> tuple[Record, ...]:
        self.faults.enter("records")
        one, kind = ("".join(texts) if len(texts) == 1 else "" for texts in (names, types))
        self.questions.append(f"{zone.name}:{one}/{kind}")
        return super().records(zone, names, types)

    def batch(self, zone: Zone, steps: Sequence[Change]) -> tuple[Record, ...]:
        assert 0 < len(steps) <= self.batch_limit
        self.faults.enter("batch")
        self.batches.append(tuple(steps))
        for error in map(self.refuse, steps):
            if error is not None:
                raise error
        made = super().batch(zone, steps)
        self.faults.leave("batch")
        return made


class Waf(ListApi):
    """The double with hooks, for as many accounts as are asked for."""

    delta = False

    def __init__(self) -> None:
        self.accounts: dict[str, MemoryWaf] = {}
        self.faults = Faults()

    def of(self, account: str) -> MemoryWaf:
        """Return the double of an account."""
        return self.accounts.setdefault(account, MemoryWaf(account))

    def put(self, ref: ListRef, *items: tuple[str, str]) -> AddressList:
        """Store a list with items (range, comment)."""
        return self.of(ref.account).seed(ref.name, [NewItem(ip_network(text), comment) for text, comment in items])

    def rows(self, ref: ListRef) -> list[tuple[str, str]]:
        """Return the ranges and comments of a list, sorted."""
        waf = self.of(ref.account)
        lists = [made.id for made in waf.found.values() if made.name == ref.name]
        return sorted((str(item.network), item.comment) for key in lists for item in waf.held[key])

    def texts(self, ref: ListRef) -> list[str]:
        """Return the ranges of a list."""
        return [text for text, _ in self.rows(ref)]

    def names(self, account: str) -> list[str]:
        """Return the names of the lists of an account."""
        return [made.name for made in self.of(account).found.values()]

    def lists(self, account: str) -> tuple[AddressList, ...]:
        self.faults.enter("lists")
        return self.of(account).lists(account)

    def items(self, account: str, list_id: str) -> tuple[ListItem, ...]:
        self.faults.enter("items")
        return self.of(account).items(account, list_id)

    def create_list(self, account: str, name: str, description: str) -> AddressList:
        self.faults.enter("create_list")
        made = self.of(account).create_list(account, name, description)
        self.faults.leave("create_list")
        return made

    def exchange(
        self, account: str, list_id: str, items: Sequence[NewItem], gone: Sequence[ListItem], kept: Sequence[ListItem]
    ) -> None:
        name = "replace" if items and gone else "add" if items else "remove"
        self.faults.enter(name)
        self.of(account).exchange(account, list_id, items, gone, kept)
        self.faults.leave(name)

    def delete_list(self, account: str, list_id: str) -> None:
        self.faults.enter("delete_list")
        self.of(account).delete_list(account, list_id)
        self.faults.leave("delete_list")


class Kit:
    """Everything a round is given, with four and six known."""

    def __init__(self, *names: str, limit: int = 200) -> None:
        self.zones = [Zone(f"z-{name}", name, account_id="acc") for name in names or ("example.org",)]
        self.dns = Dns(self.zones, limit)
        self.waf = Waf()
        self.gateway = Waf()
        self.gateway.delta = True
        self.lists = {"LIST": self.waf, "GATEWAY_LIST": self.gateway}
        self.objects = MemoryObjects()
        self.clock = Clock()
        self.sources = Sources()
        self.stop = False

    def tools(self) -> Tools:
        """Return the tools of a round."""
        return Tools(
            self.sources, self.dns, lambda type_: self.lists[type_], lambda: self.objects, self.clock, lambda: self.stop
        )

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

"""The contracts between the rooms. Adapters implement them, the round and the loop only see these."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol, TypeVar

from ddns.core.addresses.families import Detected, Family
from ddns.core.entries import Source
from ddns.core.planning.objects.kind import Body, Kind
from ddns.core.planning.plan import RecordChange
from ddns.core.records import ADDRESSES, AddressList, ListItem, NewItem, Record, Zone

T = TypeVar("T")
ZONES_ON_A_PAGE: Final = 50
"""The most the API lists in one request (its schema, 2026-08)."""
FEW_ZONES: Final = 4 * ZONES_ON_A_PAGE
"""How many zones are always worth a listing: four requests."""


class Request(NamedTuple):
    """One HTTP request. ``family`` 4 or 6 forces the socket's; 0 takes any, and reuses any open connection.

    ``seconds`` bounds the whole request, name lookup and slow bytes included. ``limit`` is the most bytes of body
    accepted; one byte more is an error. Redirects are followed only when ``redirects`` is more than 0, never from https
    to http, and never with an Authorization header to another origin. ``device`` is the network interface to
    connect out of ("" is any).
    """

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    family: Literal[0, 4, 6] = 0
    seconds: float = 10.0
    limit: int = 65536
    redirects: int = 0
    device: str = ""


class Response(NamedTuple):
    """An answer: any status. Header names are lower case. ``url`` is the one finally asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Http(Protocol):
    """The one HTTP client."""

    def send(self, request: Request) -> Response:
        """Send it once. NetError when no whole answer came (``sent`` False only when surely nothing arrived)."""
        ...

    def drop_idle(self) -> None:
        """Close idle connections, so that a changed route is noticed. Called after each round."""
        ...

    def abort(self) -> None:
        """Break requests in flight and refuse new ones, at once; called from another thread at a stop."""
        ...


class Detector(Protocol):
    """Asks sources for addresses."""

    def detect(self, source: Source, family: Family) -> Detected:
        """Ask one source for one family, inside the detection timeout; never raises for what the network does."""
        ...


class DnsApi(Protocol):
    """Zones and records. Every call is inside the update timeout; errors are those of ``ddns.errors.ApiError``.

    Reads are repeated where that is safe. A failed read raises; it never returns fewer records. ``batch`` is never
    repeated blindly: it raises Unconfirmed when it may have happened, and any other ApiError when it did not.
    """

    def list_zones(self, most: int = FEW_ZONES) -> tuple[Zone, ...] | None:
        """Return every zone the token sees, or None when there are more than ``most`` (then ask by name)."""
        ...

    def find_zones(self, name: str) -> tuple[Zone, ...]:
        """Return the zones with exactly this ASCII name (none: the token sees none; two: an anomaly)."""
        ...

    def zone(self, zone_id: str) -> Zone:
        """Return the zone with this id; Gone when there is none."""
        ...

    def records(
        self, zone: Zone, names: frozenset[str] = frozenset(), types: frozenset[str] = ADDRESSES
    ) -> tuple[Record, ...]:
        """Return all records of a zone of these ASCII names and types (none: of any), from every page."""
        ...

    def batch(self, zone: Zone, steps: Sequence[RecordChange]) -> tuple[Record, ...]:
        """Apply at most ``batch_limit`` steps as one transaction: all of them, or none and an ApiError.

        Return the records that were created, in the order of their steps.
        """
        ...

    @property
    def batch_limit(self) -> int:
        """How many steps one batch may have (200 on every plan, Cloudflare documentation 2026-04)."""
        ...


class ListApi(Protocol):
    """Lists of addresses of one kind. Writes are finished when they return; the same error rules as DnsApi."""

    delta: bool
    """Whether ``exchange`` leaves every other item alone, whoever adds or removes it meanwhile."""

    def lists(self, account: str) -> tuple[AddressList, ...]:
        """Return the IP lists of an account."""
        ...

    def items(self, account: str, list_id: str) -> tuple[ListItem, ...]:
        """Return every item of a list (all pages); an item that is not an address or range is an error."""
        ...

    def create_list(self, account: str, name: str, description: str) -> AddressList:
        """Create an empty IP list."""
        ...

    def exchange(
        self, account: str, list_id: str, items: Sequence[NewItem], gone: Sequence[ListItem], kept: Sequence[ListItem]
    ) -> None:
        """Add items and remove others, in one request; ``kept`` are all that stay."""
        ...

    def delete_list(self, account: str, list_id: str) -> None:
        """Delete the list; Refused when a rule uses it."""
        ...


class ObjectApi(Protocol):
    """Objects that are read and written as a whole. The same error rules as DnsApi."""

    def objects(self, kind: Kind, scope: str) -> tuple[Body, ...]:
        """Return every object of a kind in an account (or in a zone), each with its ``id`` and ``name``."""
        ...

    def put(self, kind: Kind, scope: str, id_: str, body: Body) -> Body:
        """Write an object, and return it as Cloudflare has it then."""
        ...


class Clock(Protocol):
    """Time, for everybody who needs it."""

    def time(self) -> float:
        """Return UNIX seconds."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that never steps back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait inside a round; Interrupted when a stop is asked for meanwhile."""
        ...


class Wake(NamedTuple):
    """Why a wait ended: time, stop (``signal`` says which), reload (SIGHUP), now (SIGUSR1), a changed address."""

    why: Literal["time", "stop", "reload", "now", "address"]
    signal: int = 0


class Waiter(Protocol):
    """Waits for signals, address events and jobs: the only place the main thread ever rests."""

    def wait(self, until: float | None, *, watch: bool) -> Wake:
        """Sleep until a UNIX time (None: for ever), counting suspend and following clock steps, or until woken."""
        ...

    def run(self, job: Callable[[], T], on_stop: Callable[[], None], seconds: float | None = None) -> T:
        """Run a job in a worker thread; at a stop call ``on_stop``, give it a moment, then raise Interrupted.

        TimeoutError when it has not ended after ``seconds`` (None: any time); ``on_stop`` is called then too.
        """
        ...


class Monitor(Protocol):
    """A heartbeat service (Healthchecks, Uptime Kuma)."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of ping that this service has; no other is given to ``ping``."""
        ...

    def ping(self, kind: Literal["start", "ok", "fail", "log", "exit"], message: str) -> None:
        """Report; raises DdnsError (without secrets) when the service did not take it."""
        ...


class Notifier(Protocol):
    """A notification service."""

    def send(self, title: str, message: str, done: set[int] | None = None) -> str:
        """Deliver a message, split or cut at the service's limit; return what was answered, in words of ours.

        ``done`` are the parts (receivers, and pieces of a long text, by number) that arrived before: they are not sent
        again, and each part that arrives now is added at once. NetError: the rest may be sent another time; any other
        DdnsError: it is refused. Neither holds a secret, nor anything a server wrote.
        """
        ...

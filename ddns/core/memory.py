"""What is carried from one round to the next: small, immutable, and worthless when lost."""

from typing import Final, NamedTuple

from ddns.core.records import Record, Zone

LONGEST_BLOCK: Final = 3600.0
"""Seconds a block of Cloudflare's is kept at most, whatever it says: a block further ahead is a clock set back."""


def ahead(moment: float, now: float, longest: float) -> float:
    """Return by how many seconds a remembered moment lies ahead; 0 when it is past or further than it can be."""
    return moment - now if 0.0 < moment - now <= longest else 0.0


LONGEST_PAST: Final = 10 * 366 * 86400.0
"""Seconds that a remembered moment may lie back: one before that was taken from a clock that was not yet set."""


def past(moment: float, now: float) -> float:
    """Return a remembered moment; ``now`` in place of one that lies ahead or too far back: the clock was set since."""
    return moment if 0.0 <= now - moment <= LONGEST_PAST else now


class SeenZone(NamedTuple):
    """A zone found by its name, and when (UNIX seconds)."""

    zone: Zone
    seen: float


class SeenRecords(NamedTuple):
    """The last reading of a zone's records (only kept when CACHE_EXPIRATION > 0), and when (UNIX seconds).

    ``asked`` says what was read (names and types), so that a wider question is never answered from it.
    """

    records: tuple[Record, ...]
    seen: float
    asked: str = ""


class LastRound(NamedTuple):
    """The last round in the words of ``ddns status``: times in UNIX seconds; one line a fact."""

    started: float
    seconds: float
    ok: bool
    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Lasting(NamedTuple):
    """A problem that is not over: since when, in how many rounds it came, when the log told it last (UNIX seconds)."""

    key: str
    since: float
    times: int = 1
    told: float = 0.0


class Move(NamedTuple):
    """A change that was made: the contents of a name or a place before and after it."""

    type: str
    name: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


class Log(NamedTuple):
    """What the log has told. Times are UNIX seconds, 0: never.

    ``full``: the next round is told in full; ``news``: the last one was told; ``remarks`` are problems outside of
    rounds, as of a monitor; ``well`` is when it was last said that all is well; ``changed`` and ``moves`` are the last
    change; ``detected`` are the lines of the addresses of the last round; ``history`` are the last changes, each with
    its time, the newest first.
    """

    full: bool = True
    news: bool = True
    lasting: tuple[Lasting, ...] = ()
    remarks: tuple[Lasting, ...] = ()
    well: float = 0.0
    changed: float = 0.0
    moves: tuple[Move, ...] = ()
    detected: tuple[str, ...] = ()
    history: tuple[tuple[float, Move], ...] = ()


class Memory(NamedTuple):
    """The state of the program: ``round(settings, memory) -> memory``.

    ``zones`` are those of all names whose digest is ``zones_for``; ``records`` by zone id; ``published`` maps
    ``"A home.example.org"`` to the contents last seen or written there; ``said`` are the keys of what is said only
    once; ``failing`` maps the key of a problem to the time it began; ``blocked_until`` is the end of a rate-limit block
    (UNIX seconds, 0: none); ``calm_at`` is when address events will have started few rounds again (UNIX seconds);
    ``undelivered`` are reports (as the JSON texts their sender made) a stop interrupted; ``next_round`` is when the
    next one is due. ``scope`` tells for which API and credential all this was found out. ``resume`` is the key of the
    zone or place the next round begins with, because the last one did not get that far ("": with the first).
    """

    started: float = 0.0
    rounds: int = 0
    zones: tuple[SeenZone, ...] = ()
    records: tuple[tuple[str, SeenRecords], ...] = ()
    published: tuple[tuple[str, tuple[str, ...]], ...] = ()
    said: frozenset[str] = frozenset()
    failing: tuple[tuple[str, float], ...] = ()
    blocked_until: float = 0.0
    undelivered: tuple[str, ...] = ()
    last: LastRound | None = None
    next_round: float = 0.0
    zones_for: str = ""
    scope: str = ""
    calm_at: float = 0.0
    log: Log = Log()
    resume: str = ""

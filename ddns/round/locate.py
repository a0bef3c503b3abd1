"""Finding the zone of every entry with as few requests as the rules of ``core.planning.resolve`` allow."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from ddns.core.entries import Entry
from ddns.core.memory import Memory, SeenZone
from ddns.core.places import SpfEntry
from ddns.core.planning.intents import EntryGoals, SpfGoals
from ddns.core.planning.resolve import ZONE_SECONDS, Ask, NotLocated, absolute, by_name, covering, digest, walk
from ddns.core.records import Zone
from ddns.errors import ApiError, Gone, Interrupted, RateLimited, Refused
from ddns.ports import FEW_ZONES, ZONES_ON_A_PAGE
from ddns.round.carrier import Job
from ddns.round.trouble import advice, reason

Zoned = EntryGoals | SpfGoals
"""What is in a zone."""
ByName = dict[str, tuple[Zone, ...]]
MANY_ZONES: Final = 5000
"""How many zones are listed at most: their 100 pages fit in the time of one update where a request takes 0.3 s."""


class LocatedEntry(NamedTuple):
    """Where an entry is: its absolute ASCII name, and the zone it is in."""

    goals: Zoned
    name: str
    zone: Zone


class ZoneEntries(NamedTuple):
    """What is in one zone."""

    zone: Zone
    entries: tuple[LocatedEntry, ...]

    @property
    def key(self) -> str:
        """Return its name in the keys of problems."""
        return f"zone.{self.zone.name}"


class Located(NamedTuple):
    """The zones of the entries, as far as they were found.

    ``reliable``: every answer was complete, so that the zones may be remembered. ``limited`` is the rate limit that
    ended the search; nothing was found then.
    """

    entries: tuple[LocatedEntry, ...] = ()
    missing: tuple[tuple[Zoned, NotLocated], ...] = ()
    reliable: bool = True
    limited: RateLimited | None = None


def locate(job: Job, wanted: tuple[Zoned, ...], memory: Memory) -> Located:
    """Find the zone of each entry. Only Interrupted is raised."""
    if not wanted:
        return Located()
    known = remembered(memory, (goals.entry for goals in wanted), job.tools.clock.time())
    finder = _Finder(job, known, listed(goals.entry for goals in wanted))
    entries: list[LocatedEntry] = []
    missing: list[tuple[Zoned, NotLocated]] = []
    try:
        for goals in wanted:
            found = finder.find(goals)
            if isinstance(found, NotLocated):
                missing.append((goals, found))
            else:
                entries.append(found)
    except RateLimited as error:
        return Located(limited=error)
    return Located(tuple(entries), tuple(missing), finder.reliable)


def listed(entries: Iterable[Entry | SpfEntry]) -> int:
    """Return how many zones are worth a listing: as many as cost no more requests than asking name by name. Pure."""
    asked = {entry.domain.zones()[:1] for entry in entries if not entry.zone_id}
    return min(max(FEW_ZONES, len(asked) * ZONES_ON_A_PAGE), MANY_ZONES)


def remembered(memory: Memory, entries: Iterable[Entry | SpfEntry], now: float) -> tuple[Zone, ...]:
    """Return the zones found before, or none when one is too old or the names are not those they were found for.

    They are trusted together or not at all: with one zone missing, a name could be taken for one of its parent's.
    """
    if memory.zones_for != digest(entries) or any(not 0 <= now - item.seen < ZONE_SECONDS for item in memory.zones):
        return ()
    return tuple(item.zone for item in memory.zones)


def remember(memory: Memory, wanted: tuple[Zoned, ...], located: Located, now: float) -> Memory:
    """Return the memory with the zones that were found, or without any where an answer was not complete. Pure."""
    if not wanted or located.limited is not None:
        return memory
    if not located.reliable:
        return memory._replace(zones=(), zones_for="")
    entries = [goals.entry for goals in wanted]
    same = remembered(memory, entries, now)
    seen = {item.zone.id: item.seen for item in memory.zones if item.zone in same}
    zones = {entry.zone.id: entry.zone for entry in located.entries}
    kept = tuple(SeenZone(zone, seen.get(key, now)) for key, zone in sorted(zones.items()))
    return memory._replace(zones=kept, zones_for=digest(entries))


class _Finder:
    """Looks up zones for one round: each question is asked at most once."""

    __slots__ = ("_asked", "_dns", "_errors", "_ids", "_job", "_known", "_listed", "_most", "reliable")

    def __init__(self, job: Job, known: Iterable[Zone], most: int) -> None:
        """Begin with what is remembered. ``most``: how many zones are listed."""
        zones = tuple(known)
        self._job = job
        self._dns = job.tools.dns
        self._known: ByName = by_name(zones)
        self._ids: dict[str, Zone | NotLocated] = {zone.id: zone for zone in zones}
        self._listed: NotLocated | bool = False
        self._most = most
        self._asked: ByName = {}
        self._errors: dict[str, NotLocated] = {}
        self.reliable = True

    def find(self, goals: Zoned) -> LocatedEntry | NotLocated:
        """Return where an entry is or why that is not known; RateLimited and Interrupted end the search."""
        entry = goals.entry
        found = self._by_id(entry.zone_id) if entry.zone_id else self._by_name(entry)
        if isinstance(found, NotLocated):
            self.reliable = self.reliable and found.sure
            return found
        name = absolute(entry.domain.ascii, found) if entry.zone_id else entry.domain.ascii
        return LocatedEntry(goals, name, found)

    def _by_id(self, zone_id: str) -> Zone | NotLocated:
        if zone_id not in self._ids:
            self._ids[zone_id] = self._ask_id(zone_id)
        return self._ids[zone_id]

    def _ask_id(self, zone_id: str) -> Zone | NotLocated:
        try:
            zone = self._dns.zone(zone_id)
        except Gone:
            return _no_zone(zone_id, "there is no zone with this ID")
        except ApiError as error:
            return self._lost(f"zone.{zone_id}", error)
        return _no_zone(zone_id, "the zone with this ID is deleted") if zone.status == "deleted" else zone

    def _by_name(self, entry: Entry | SpfEntry) -> Zone | NotLocated:
        found = covering(entry.domain, self._known)
        if found is None and self._listed is False:
            self._listed = self._list()
            found = covering(entry.domain, self._known)
        if found is not None:
            return found
        return self._listed if isinstance(self._listed, NotLocated) else self._walk(entry)

    def _list(self) -> NotLocated | bool:
        """List all zones, once. A refusal or too many of them means to ask name by name."""
        try:
            zones = self._dns.list_zones(self._most)
        except Refused:
            self._check_stop()
            return True
        except ApiError as error:
            return self._lost("zones", error)
        self._known = by_name(zones or ())
        return True

    def _walk(self, entry: Entry | SpfEntry) -> Zone | NotLocated:
        while isinstance(found := walk(entry.domain, self._asked), Ask):
            if found.name in self._errors:
                return self._errors[found.name]
            self._check_stop()
            try:
                self._asked[found.name] = by_name(self._dns.find_zones(found.name)).get(found.name, ())
            except ApiError as error:
                self._errors[found.name] = self._lost(f"zone.{found.name}", error)
        return found

    def _lost(self, key: str, error: ApiError) -> NotLocated:
        """Return an error as the reason why a zone is not known; at a stop it is no failure."""
        self._check_stop()
        if isinstance(error, RateLimited):
            raise error
        return NotLocated(key, reason(error), advice(error, cleanup=self._job.cleanup), sure=False)

    def _check_stop(self) -> None:
        if self._job.tools.stopping():
            raise Interrupted


def _no_zone(zone_id: str, why: str) -> NotLocated:
    return NotLocated(
        f"zone.{zone_id}", f"{why} ({zone_id})", "Correct the zone ID, or give the token access to it", sure=True
    )

"""Finding the zone of every entry with as few requests as the rules of ``core.resolve`` allow."""

from collections.abc import Iterable
from typing import NamedTuple

from ddns.core.entries import Entry
from ddns.core.memory import Memory, SeenZone
from ddns.core.records import Zone
from ddns.core.report import few
from ddns.core.resolve import (
    ZONE_SECONDS,
    Ask,
    Lost,
    absolute,
    by_name,
    covering,
    digest,
    status_warning,
    walk,
)
from ddns.errors import ApiError, Gone, Problem, RateLimited, Refused
from ddns.runtime.work import Work, because

ByName = dict[str, tuple[Zone, ...]]


class Place(NamedTuple):
    """Where an entry is: its absolute ASCII name, and the zone it is in."""

    entry: Entry
    name: str
    zone: Zone


def remembered(memory: Memory, entries: Iterable[Entry], now: float) -> tuple[Zone, ...]:
    """Return the zones found before, or none when one is too old or the names are not those they were found for.

    They are trusted together or not at all: with one zone missing, a name could be taken for one of its parent's.
    """
    if memory.zones_for != digest(entries) or any(not 0 <= now - item.seen < ZONE_SECONDS for item in memory.zones):
        return ()
    return tuple(item.zone for item in memory.zones)


class Finder:
    """Looks up zones for one round: each question is asked at most once."""

    __slots__ = ("_asked", "_dns", "_errors", "_ids", "_known", "_listed", "_work", "reliable")

    def __init__(self, work: Work, known: Iterable[Zone]) -> None:
        """Begin with what is remembered."""
        zones = tuple(known)
        self._work = work
        self._dns = work.tools.dns
        self._known: ByName = by_name(zones)
        self._ids: dict[str, Zone | Lost] = {zone.id: zone for zone in zones}
        self._listed: Lost | bool = False
        self._asked: ByName = {}
        self._errors: dict[str, Lost] = {}
        self.reliable = True
        """Whether every answer so far was complete, so that the zones found may be remembered."""

    def find(self, entry: Entry) -> Place | Lost:
        """Return the place of an entry or why there is none; RateLimited and Interrupted end the looking."""
        found = self._by_id(entry.zone_id) if entry.zone_id else self._by_name(entry)
        if isinstance(found, Lost):
            self.reliable = self.reliable and found.sure
            return found
        name = absolute(entry.domain.ascii, found) if entry.zone_id else entry.domain.ascii
        return Place(entry, name, found)

    def _by_id(self, zone_id: str) -> Zone | Lost:
        if zone_id not in self._ids:
            self._ids[zone_id] = self._ask_id(zone_id)
        return self._ids[zone_id]

    def _ask_id(self, zone_id: str) -> Zone | Lost:
        try:
            zone = self._dns.zone(zone_id)
        except Gone:
            return _no_zone(zone_id, "there is no zone with this ID")
        except ApiError as error:
            return self._lost(f"zone.{zone_id}", error)
        return _no_zone(zone_id, "the zone with this ID is deleted") if zone.status == "deleted" else zone

    def _by_name(self, entry: Entry) -> Zone | Lost:
        found = covering(entry.domain, self._known)
        if found is None and self._listed is False:
            self._listed = self._list()
            found = covering(entry.domain, self._known)
        if found is not None:
            return found
        return self._listed if isinstance(self._listed, Lost) else self._walk(entry)

    def _list(self) -> Lost | bool:
        """List all zones, once. A refusal or too many of them means to ask name by name."""
        try:
            zones = self._dns.list_zones()
        except Refused as error:
            self._work.note(error)
            return True
        except ApiError as error:
            return self._lost("zones", error)
        self._known = by_name(zones or ())
        return True

    def _walk(self, entry: Entry) -> Zone | Lost:
        while isinstance(found := walk(entry.domain, self._asked), Ask):
            if found.name in self._errors:
                return self._errors[found.name]
            self._work.check_stop()
            try:
                self._asked[found.name] = by_name(self._dns.find_zones(found.name)).get(found.name, ())
            except ApiError as error:
                self._errors[found.name] = self._lost(f"zone.{found.name}", error)
        return found

    def _lost(self, key: str, error: ApiError) -> Lost:
        self._work.note(error)
        if isinstance(error, RateLimited):
            raise error
        return Lost(key, because(error), self._work.advice(error), sure=False)


def _no_zone(zone_id: str, why: str) -> Lost:
    return Lost(
        f"zone.{zone_id}", f"{why} ({zone_id})", "Correct the zone ID, or give the token access to it", sure=True
    )


def place(work: Work, entries: tuple[Entry, ...]) -> tuple[tuple[Place, ...], tuple[tuple[Entry, Lost], ...]]:
    """Find the zones of these entries and remember them; return the places found, and the entries without one."""
    now = work.tools.clock.time()
    known = remembered(work.memory, entries, now)
    finder = Finder(work, known)
    places: list[Place] = []
    lost: list[tuple[Entry, Lost]] = []
    for entry in entries:
        found = finder.find(entry)
        if isinstance(found, Lost):
            lost.append((entry, found))
        else:
            places.append(found)
    zones = {item.zone.id: item.zone for item in places}
    _remember(work, entries, zones, now, reliable=finder.reliable)
    work.warnings += filter(None, map(status_warning, zones.values()))
    return tuple(places), tuple(lost)


def _remember(work: Work, entries: tuple[Entry, ...], zones: dict[str, Zone], now: float, *, reliable: bool) -> None:
    if not reliable:
        work.memory = work.memory._replace(zones=(), zones_for="")
        return
    same = remembered(work.memory, entries, now)
    seen = {item.zone.id: item.seen for item in work.memory.zones if item.zone in same}
    kept = tuple(SeenZone(zone, seen.get(key, now)) for key, zone in sorted(zones.items()))
    work.memory = work.memory._replace(zones=kept, zones_for=digest(entries))


def lost_problems(lost: Iterable[tuple[str, Lost]]) -> tuple[Problem, ...]:
    """Return one problem for each cause, naming the names it concerns."""
    groups: dict[Lost, list[str]] = {}
    for name, cause in lost:
        groups.setdefault(cause, []).append(name)
    return tuple(
        Problem(
            cause.key,
            f"The zone of {few(names)} could not be used: {cause.why}",
            "Its records stay as they are",
            cause.remedy,
        )
        for cause, names in groups.items()
    )

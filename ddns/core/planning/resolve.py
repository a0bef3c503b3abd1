"""Which zone a name is in: pure questions and answers; ``round.locate`` sends the questions.

========================================  =====================================================
what is known of a name's suffixes        result
========================================  =====================================================
the longest known one has one zone        that zone
it has several zones of the same name     NotLocated: nothing may be guessed
it has none (or only deleted ones)        the next shorter suffix
it has not been asked                     Ask
no suffix is left                         NotLocated: not found
========================================  =====================================================
"""

from binascii import crc32
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ddns.core.domains import Domain
from ddns.core.entries import Entry
from ddns.core.places import SpfEntry
from ddns.core.records import Zone
from ddns.errors import Problem

ZONE_SECONDS = 24 * 3600.0
"""How long a found zone is remembered (our choice: zones move rarely, and a failing one is looked up again)."""

ByName = Mapping[str, tuple[Zone, ...]]


class Ask(NamedTuple):
    """The zone of this ASCII name must be looked up before anything can be said."""

    name: str


class NotLocated(NamedTuple):
    """The name is in no zone we could use. ``sure``: a complete answer, not an anomaly."""

    key: str
    why: str
    remedy: str
    sure: bool


def by_name(zones: Iterable[Zone]) -> dict[str, tuple[Zone, ...]]:
    """Group zones by their ASCII name, deleted ones left away, each id once."""
    found: dict[str, tuple[Zone, ...]] = {}
    for zone in zones:
        have = found.get(zone.name, ())
        if zone.status != "deleted" and all(zone.id != other.id for other in have):
            found[zone.name] = (*have, zone)
    return found


def covering(domain: Domain, known: ByName) -> Zone | NotLocated | None:
    """Return the zone of the longest known suffix of a name; None when no known zone covers it."""
    for name in domain.zones():
        if known.get(name):
            return _only(name, known[name])
    return None


def walk(domain: Domain, answers: ByName) -> Zone | NotLocated | Ask:
    """Go up the suffixes of a name, longest first; ``answers`` holds what was asked so far (empty: no such zone)."""
    for name in domain.zones():
        if name not in answers:
            return Ask(name)
        if answers[name]:
            return _only(name, answers[name])
    return NotLocated(
        f"zone.{(domain.ascii, *domain.zones())[-1]}",
        "no zone was found",
        "Check its spelling, that its zone is in this Cloudflare account, and that the token may edit that zone's DNS",
        sure=True,
    )


def _only(name: str, zones: tuple[Zone, ...]) -> Zone | NotLocated:
    if len(zones) == 1:
        return zones[0]
    ids = ", ".join(sorted(zone.id for zone in zones))
    remedy = (
        "Name the right one by its ID, the name then being relative to it (home{zone=ID}), or give the token access to "
        "one of them only"
    )
    return NotLocated(f"zone.{name}", f"there are {len(zones)} zones called {name} ({ids})", remedy, sure=False)


def absolute(label: str, zone: Zone) -> str:
    """Return the absolute ASCII name of a label in a zone; ``@`` is the zone itself."""
    return zone.name if label == "@" else f"{label}.{zone.name}"


def inside(name: str, zone: Zone) -> bool:
    """Whether a name is in a zone. Cloudflare would append the zone to any other name and publish nonsense."""
    return name == zone.name or name.endswith(f".{zone.name}")


def digest(entries: Iterable[Entry | SpfEntry]) -> str:
    """Return a short text that changes with the set of names whose zones are remembered."""
    texts = sorted({f"{entry.zone_id}/{entry.domain.ascii}" for entry in entries})
    return f"{len(texts)}-{crc32(','.join(texts).encode()):08x}"


def status_warning(zone: Zone) -> Problem | None:
    """Return a remark about a zone that is not active."""
    if zone.status == "active":
        return None
    what = f"The zone {zone.name} is {zone.status or 'of unknown status'}, not active"
    remedy = "Its records are kept up to date, but some features (such as proxying) may not work yet"
    return Problem(f"zone-status.{zone.name}.{zone.status}", what, remedy=remedy)

"""From detected addresses to intents: what every name and list should have, or why nothing may be done.

An Unknown address can only become Abort; a source that is None only Preserve; neither can become a step.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv6Interface, ip_network
from typing import NamedTuple

from ddns.core.addresses.families import (
    FAMILIES,
    Address,
    Detected,
    Family,
    Found,
    Known,
    Unknown,
    family_name,
    record_type,
)
from ddns.core.addresses.hostids import derive
from ddns.core.entries import Entry, Source
from ddns.core.expressions.selectors import AddressFilter
from ddns.core.places import Networks, Place, PlaceType, SpfEntry, outermost
from ddns.core.planning.plan import Abort, Clear, Goal, Intent, Key, Preserve, Update, Wanted
from ddns.core.settings import UpdateSettings

Answers = Mapping[tuple[Source, Family], Detected]
"""What every source answered, by source and family."""
WIDEST: Mapping[PlaceType, Mapping[Family, int]] = {"LIST": {4: 8, 6: 12}, "LOCATION": {4: 24, 6: 0}}
"""The shortest prefix a place takes, by family: WAF lists (Cloudflare documentation, in force since 2025-07-08), and
networks of Gateway locations (its API schema, 2026-08-14). The other places take any."""


class EntryGoals(NamedTuple):
    """What one entry wants for A and for AAAA records."""

    entry: Entry
    intents: tuple[Intent, Intent]

    @property
    def active(self) -> bool:
        """Whether anything may be done for it."""
        return any(isinstance(intent, Clear | Update) for intent in self.intents)


class SpfGoals(NamedTuple):
    """What an SPF record should say for IPv4 and for IPv6."""

    entry: SpfEntry
    intents: tuple[Intent, Intent]

    @property
    def active(self) -> bool:
        """Whether anything may be done for it."""
        return any(isinstance(intent, Update) for intent in self.intents)

    @property
    def key(self) -> Key:
        """Return the name and type of its results."""
        return self.entry.domain.ascii, "SPF"


class PlaceGoals(NamedTuple):
    """What one place wants for IPv4 and for IPv6."""

    place: Place
    goals: tuple[Goal, Goal]

    @property
    def active(self) -> bool:
        """Whether anything may be done for it."""
        return any(isinstance(goal, Networks) for goal in self.goals)


class Decided(NamedTuple):
    """What everything the user named wants."""

    entries: tuple[EntryGoals, ...] = ()
    spf: tuple[SpfGoals, ...] = ()
    places: tuple[PlaceGoals, ...] = ()

    @property
    def zoned(self) -> tuple[EntryGoals | SpfGoals, ...]:
        """Return what is in a zone and may be worked on."""
        entries = (goals for goals in self.entries if goals.active)
        return (*entries, *(goals for goals in self.spf if goals.active))


def decide(settings: UpdateSettings, answers: Answers) -> Decided:
    """Return what every entry and every place wants, in the order of the settings.

    Entries with the same sources and host IDs want the same and share it: there may be thousands of them.
    """
    shared: dict[tuple[object, object], tuple[Intent, Intent]] = {}
    for one in settings.entries:
        alike = one.sources, one.hostids
        if alike not in shared:
            shared[alike] = intent_of(one, 4, answers), intent_of(one, 6, answers)
    return Decided(
        tuple(EntryGoals(one, shared[one.sources, one.hostids]) for one in settings.entries),
        tuple(SpfGoals(one, (_published(one, 4, answers), _published(one, 6, answers))) for one in settings.spf),
        tuple(PlaceGoals(one, (goal_of(one, 4, answers), goal_of(one, 6, answers))) for one in places(settings)),
    )


def places(settings: UpdateSettings) -> tuple[Place, ...]:
    """Return every place that is not a record."""
    general = settings.waf.sources
    lists = (Place("LIST", ref.account, ref.name, ref.sources or general) for ref in settings.waf.lists)
    return (*lists, *settings.places)


def sources(settings: UpdateSettings) -> list[tuple[Source | None, Source | None]]:
    """Return the sources for IPv4 and IPv6 of everything the user named."""
    found = [entry.sources for entry in settings.entries]
    found += [entry.sources for entry in settings.spf]
    return [*found, *(place.sources for place in places(settings))]


def questions(settings: UpdateSettings) -> tuple[tuple[Source, Family], ...]:
    """Return every source to be asked, each once per family: IPv4 first, then IPv6, in the order of first use."""
    asked = ((pair[index], family) for index, family in enumerate(FAMILIES) for pair in sources(settings))
    return tuple({(source, family): None for source, family in asked if source is not None})


def filtered(detected: Detected, keep: AddressFilter | None, family: Family) -> Detected:
    """Apply a detection filter. What was found and wholly filtered out is unknown, never known to be empty."""
    if keep is None or isinstance(detected, Unknown) or not detected.found:
        return detected
    found = tuple(item for item in detected.found if keep.keeps(item.ip))
    if found:
        return detected._replace(found=found)
    reason = f"no detected {family_name(family)} address remains after filtering"
    return Unknown(reason, f"check IP{family}_DETECTION_FILTER ({keep.text})")


def intent_of(entry: Entry, family: Family, answers: Answers) -> Intent:
    """Return what one entry wants for one family."""
    detected = _answered(entry.source(family), family, answers)
    if not isinstance(detected, Known):
        return detected
    if not detected.found:
        return Clear()
    return _update(entry, detected.found)


def _published(entry: SpfEntry, family: Family, answers: Answers) -> Intent:
    """Return what an SPF record should say for one family; what is known to be empty changes nothing there."""
    detected = _answered(entry.sources[0 if family == 4 else 1], family, answers)
    if not isinstance(detected, Known):
        return detected
    addresses = sorted({item.ip for item in detected.found}, key=int)
    return Update(tuple(addresses)) if addresses else Preserve()


def _answered(source: Source | None, family: Family, answers: Answers) -> Known | Preserve | Abort:
    """Return what a source is sure to have said; Preserve where there is none, Abort where nothing is known."""
    if source is None:
        return Preserve()
    detected = answers.get((source, family))
    if detected is None:
        return Abort("the source was not asked")
    if isinstance(detected, Unknown):
        return Abort(detected.reason)
    if any(item.version != family for item in detected.found):
        return Abort(f"the source answered with an address that is not {family_name(family)}")
    return detected


def _update(entry: Entry, found: tuple[Found, ...]) -> Update | Abort:
    addresses: set[Address] = set()
    for item in found:
        if not entry.hostids or not isinstance(item, IPv6Interface):
            addresses.add(item.ip)
            continue
        for host in entry.hostids:
            derived = derive(item, host)
            if isinstance(derived, str):
                return Abort(derived)
            addresses.add(derived)
    return Update(tuple(sorted(addresses, key=int)))


def wanted(goals: EntryGoals, name: str) -> tuple[Wanted, ...]:
    """Return what an entry wants under its absolute ASCII name, families that are out of scope left away."""
    entry = goals.entry
    return tuple(
        Wanted(name, record_type(family), intent, entry.fallback, entry.enforce)
        for family, intent in zip(FAMILIES, goals.intents, strict=True)
        if not isinstance(intent, Preserve)
    )


def merged(items: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Return each name and type once, sorted; entries that turn out to be one name and disagree become Abort."""
    found: dict[tuple[str, str], Wanted] = {}
    for item in items:
        if found.setdefault(item.key, item) != item:
            why = "two entries are this same name and ask for different things"
            found[item.key] = found[item.key]._replace(intent=Abort(why))
    return tuple(found[key] for key in sorted(found))


def disputed(asked: Iterable[Wanted], items: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Return those of the ``merged`` items that entries want differently, one of them something that can be done."""
    possible = {item.key for item in asked if not isinstance(item.intent, Abort)}
    return tuple(item for item in items if isinstance(item.intent, Abort) and item.key in possible)


def goal_of(place: Place, family: Family, answers: Answers) -> Goal:
    """Return what a place should hold for one family."""
    detected = _answered(place.sources[0 if family == 4 else 1], family, answers)
    if not isinstance(detected, Known):
        return detected
    if place.type == "ORIGIN":
        return _single(detected)
    shortest = WIDEST.get(place.type, {}).get(family, 0)
    for item in detected.found:
        if item.network.prefixlen < shortest:
            return Abort(f"the range {item.network} is wider than the /{shortest} that is taken there")
    return Networks(outermost({item.network for item in detected.found}))


def _single(detected: Known) -> Goal:
    """Return the one address an origin has."""
    if len(detected.found) > 1:
        return Abort(f"an origin has one address, and the source named {len(detected.found)}")
    return Networks(tuple(ip_network(item.ip) for item in detected.found))

"""From detected addresses to intents: what every name and list should have, or why nothing may be done.

An Unknown address can only become Abort; a source that is None only Preserve; neither can become a step.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Interface, IPv6Network
from typing import NamedTuple

from ddns.core.addresses import FAMILIES, Address, Detected, Family, Found, Known, Unknown, family_name, record_type
from ddns.core.entries import Entry, Source
from ddns.core.hostids import derive
from ddns.core.plan import Abort, Clear, Intent, Preserve, Update, Wanted
from ddns.core.selectors import AddressFilter
from ddns.core.settings import UpdateSettings, WafSettings

Answers = Mapping[tuple[Source, Family], Detected]
SHORTEST_PREFIX: dict[Family, int] = {4: 8, 6: 12}
"""The widest range a WAF list takes (Cloudflare documentation, in force since 2025-07-08)."""


class Networks(NamedTuple):
    """The ranges a WAF list should cover for one family: masked, sorted, none inside another."""

    ranges: tuple[IPv4Network | IPv6Network, ...]


ListTarget = Preserve | Abort | Networks


def questions(settings: UpdateSettings) -> tuple[tuple[Source, Family], ...]:
    """Return every source to be asked, each once per family: IPv4 first, then IPv6, in the order of first use."""
    asked: dict[tuple[Source, Family], None] = {}
    for index, family in enumerate(FAMILIES):
        for source in (*(entry.source(family) for entry in settings.entries), _waf_source(settings.waf, index)):
            if source is not None:
                asked[source, family] = None
    return tuple(asked)


def _waf_source(waf: WafSettings, index: int) -> Source | None:
    return waf.sources[index] if waf.lists else None


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
    source = entry.source(family)
    if source is None:
        return Preserve()
    detected = _checked(answers.get((source, family)), family)
    if isinstance(detected, Unknown):
        return Abort(detected.reason)
    if not detected.found:
        return Clear()
    return _update(entry, detected.found)


def _checked(detected: Detected | None, family: Family) -> Detected:
    """Return an answer that is sure to be of the family asked for."""
    if detected is None:
        return Unknown("the source was not asked")
    if isinstance(detected, Known) and any(item.version != family for item in detected.found):
        return Unknown(f"the source answered with an address that is not {family_name(family)}")
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


def wanted(entry: Entry, name: str, answers: Answers) -> tuple[Wanted, ...]:
    """Return what an entry wants under its absolute ASCII name, families that are out of scope left away."""
    found = ((family, intent_of(entry, family, answers)) for family in FAMILIES)
    return tuple(
        Wanted(name, record_type(family), intent, entry.fallback, entry.enforce)
        for family, intent in found
        if not isinstance(intent, Preserve)
    )


def merged(items: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Return each name and type once, sorted; entries that turn out to be one name and disagree become Abort."""
    found: dict[tuple[str, str], Wanted] = {}
    for item in items:
        key = (item.name, item.type)
        if found.setdefault(key, item) != item:
            why = "two entries are this same name and ask for different things"
            found[key] = found[key]._replace(intent=Abort(why))
    return tuple(found[key] for key in sorted(found))


def list_targets(waf: WafSettings, answers: Answers) -> tuple[ListTarget, ListTarget]:
    """Return what every WAF list should cover for IPv4 and for IPv6."""
    return _list_target(waf, 4, answers), _list_target(waf, 6, answers)


def _list_target(waf: WafSettings, family: Family, answers: Answers) -> ListTarget:
    source = waf.sources[0 if family == 4 else 1]
    if source is None:
        return Preserve()
    detected = _checked(answers.get((source, family)), family)
    if isinstance(detected, Unknown):
        return Abort(detected.reason)
    shortest = SHORTEST_PREFIX[family]
    for item in detected.found:
        if item.network.prefixlen < shortest:
            return Abort(f"the range {item.network} is wider than the /{shortest} a list takes")
    return Networks(_outermost({item.network for item in detected.found}))


def _outermost(networks: Iterable[IPv4Network | IPv6Network]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the ranges, sorted, without those that lie inside another."""
    kept: list[IPv4Network | IPv6Network] = []
    for network in sorted(networks, key=lambda item: (int(item.network_address), item.prefixlen)):
        if not kept or not covers(kept[-1], network):
            kept.append(network)
    return tuple(kept)


def covers(outer: IPv4Network | IPv6Network, inner: IPv4Network | IPv6Network) -> bool:
    """Whether one range is the other or contains it; ranges of different families never do."""
    return (
        outer.version == inner.version
        and outer.prefixlen <= inner.prefixlen
        and int(outer.network_address) <= int(inner.network_address) <= int(outer.broadcast_address)
    )

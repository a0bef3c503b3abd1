"""What was understood, in words: for ``ddns check`` and the start of a run. No secret is in it."""

from collections.abc import Iterable

from ddns.config.load import Loaded, Origin
from ddns.config.settingstable import BY_NAME, GROUPS
from ddns.core.addresses.families import FAMILIES, record_type
from ddns.core.entries import FIELDS, Entry, Metadata
from ddns.core.places import Place, SpfEntry
from ddns.core.planning.intents import places
from ddns.core.settings import UpdateSettings

_TITLES = {
    "LIST": "WAF lists",
    "GATEWAY_LIST": "Gateway lists",
    "LOCATION": "Gateway locations",
    "GROUP": "Access groups",
    "ORIGIN": "Origins",
}


def describe(loaded: Loaded, *, defaults: bool = True) -> list[str]:
    """Return the settings by group, each with its origin, then every name and list with what it will get.

    A line that begins with a blank belongs under the one before. ``defaults`` False leaves out what nobody set.
    """
    shown = [origin for origin in loaded.origins if defaults or origin.where != "default"]
    lines: list[str] = []
    for group, title in GROUPS.items():
        inside = [origin for origin in shown if BY_NAME[origin.name].group == group]
        lines += [f"{title}:", *map(_setting, inside)] if inside else []
    return [*lines, *_targets(loaded.settings.update)]


def _setting(origin: Origin) -> str:
    value = " | ".join(origin.value.splitlines()) or "(empty)"
    return f" {origin.name} = {value} [{origin.where}]"


def _targets(update: UpdateSettings) -> Iterable[str]:
    """Return a line for each name and list."""
    if update.entries:
        yield "Names:"
        yield from map(_entry, update.entries)
    chosen = places(update)
    for type_, title in _TITLES.items():
        inside = [place for place in chosen if place.type == type_]
        yield from [f"{title}:", *map(_place, inside)] if inside else []
    if update.spf:
        yield from ["SPF records:", *map(_place, update.spf)]


def _place(place: Place | SpfEntry) -> str:
    """Return what one place gets."""
    pairs = zip(FAMILIES, place.sources, strict=True)
    asked = [f"IPv{family} from {source.describe()}" for family, source in pairs if source is not None]
    kept = [f"kept: {', '.join(map(str, place.keep))}"] if place.keep else []
    return f" {place}: {'; '.join((', '.join(asked) or 'no source', *kept))}"


def _entry(entry: Entry) -> str:
    """Return what one name gets."""
    name = f"{entry.domain.describe()} in zone {entry.zone_id}" if entry.zone_id else entry.domain.describe()
    parts = [
        f"{record_type(family)} from {source.describe()}"
        for family in FAMILIES
        if (source := entry.source(family)) is not None
    ]
    if entry.hostids:
        parts.append(f"host IDs {', '.join(host.text for host in entry.hostids)}")
    parts.append(_metadata(entry.fallback))
    declared = [field for field in FIELDS if field in entry.enforce]
    parts.append(f"declared: {', '.join(declared)}" if declared else "nothing declared")
    return f" {name}: {'; '.join(parts)}"


def _metadata(meta: Metadata) -> str:
    ttl = "automatic TTL" if meta.ttl == 1 else f"TTL {meta.ttl}"
    comment = f', comment "{meta.comment}"' if meta.comment else ""
    tags = f", tags {', '.join(meta.tags)}" if meta.tags else ""
    return f"{'proxied' if meta.proxied else 'not proxied'}, {ttl}{comment}{tags}"

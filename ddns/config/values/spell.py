"""Writing values back as native texts: the inverse of reading entries."""

from ddns.config.values.fields import RawEntry
from ddns.config.values.scan import quote
from ddns.core.addresses.families import Family
from ddns.core.entries import FIELDS, Entry


def entry_text(name: str, fields: dict[str, str]) -> str:
    """Return an entry of a name and its fields (in order, texts as the user would write them), quoted as needed."""
    return str(RawEntry(name, tuple(fields.items())))


def spell_entry(entry: Entry, families: frozenset[Family]) -> str:
    """Return an entry that reads as this one, whatever the defaults, in the list of these families.

    Fields that are not declared cannot be written on an entry, so they are left to the defaults.
    """
    meta = entry.fallback
    fields = {"zone": entry.zone_id} if entry.zone_id else {}
    values = (str(meta.proxied).lower(), str(meta.ttl), meta.comment, spell_list(meta.tags))
    fields.update({name: text for name, text in zip(FIELDS, values, strict=True) if name in entry.enforce})
    for family in sorted(families):
        fields[f"ip{family}"] = str(entry.source(family) or "none")
    if entry.hostids:
        texts = [host.text for host in entry.hostids]
        fields["hostid6"] = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    return entry_text(entry.domain.ascii, fields)


def spell_list(items: tuple[str, ...]) -> str:
    """Return ``[a, b]``, items with separating signs in quotation marks."""
    return f"[{', '.join(map(spell_item, items))}]"


def spell_part(part: str) -> str:
    """Return a part of the name of a place, in quotation marks where it would be taken apart without them."""
    return quote(part) if any(mark in part for mark in '/,"()[]{}') else part


def spell_item(item: str) -> str:
    """Return an item of a comma list, in quotation marks where it would be taken apart without them."""
    return quote(item) if not item or any(mark in item for mark in ',"()[]{}') else item

"""Entries written back as text, so that reading can be tested against writing."""

from ddns.config.values.spell import entry_text, spell_list
from ddns.core.addresses.families import Family
from ddns.core.entries import FIELDS, Entry


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

"""Writing values back as native texts: the inverse of reading entries."""

from ddns.config.values.fields import RawEntry
from ddns.config.values.scan import quote


def entry_text(name: str, fields: dict[str, str]) -> str:
    """Return an entry of a name and its fields (in order, texts as the user would write them), quoted as needed."""
    return str(RawEntry(name, tuple(fields.items())))


def spell_list(items: tuple[str, ...]) -> str:
    """Return ``[a, b]``, items with separating signs in quotation marks."""
    return f"[{', '.join(map(spell_item, items))}]"


def spell_part(part: str) -> str:
    """Return a part of the name of a place, in quotation marks where it would be taken apart without them."""
    return quote(part) if any(mark in part for mark in '/,"()[]{}') else part


def spell_item(item: str) -> str:
    """Return an item of a comma list, in quotation marks where it would be taken apart without them."""
    return quote(item) if not item or any(mark in item for mark in ',"()[]{}') else item

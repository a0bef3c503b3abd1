"""Domain entries as users write them: ``home.example.org{proxied=true, ttl=300, comment="x, y", hostid6=::1}``.

This module only takes the text apart; ``ddns.config.entries.domainentries`` gives the fields their meaning.
"""

from typing import NamedTuple

from ddns.config.values.parsers import short
from ddns.config.values.scan import quote, split_outside, unquote
from ddns.config.values.suggest import did_you_mean

FIELDS = ("proxied", "ttl", "comment", "tags", "ip4", "ip6", "hostid6", "zone", "enforce")


class RawEntry(NamedTuple):
    """A name and its fields, as texts in the order written; ``enforce`` without a value is ``true``."""

    name: str
    fields: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return what the user may type back."""
        if not self.fields:
            return self.name
        return self.name + "{" + ", ".join(f"{key}={_written(value)}" for key, value in self.fields) + "}"


class RawEntries(NamedTuple):
    """Every entry that could be read, and a sentence for each fault and each tolerated slip."""

    entries: tuple[RawEntry, ...]
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def _written(value: str) -> str:
    """Return a field's value, in quotation marks where it would be read otherwise without them."""
    try:
        plain = split_outside(value, ",") == [value] and not value.startswith(('"', "'"))
    except ValueError:
        plain = False
    return value if value and plain else quote(value)


def take_apart(text: str) -> RawEntries:
    """Take a list of entries apart. Extra and missing commas are tolerated with a warning, as favonia does."""
    try:
        items = split_outside(text, ",")
    except ValueError as error:
        return RawEntries((), (f"cannot be read: {error}",))
    if items[-1] == "" and len(items) > 1:
        items.pop()
    warnings = ["contains extra commas; remove them"] if "" in items and text.strip() else []
    entries: list[RawEntry] = []
    faults: list[str] = []
    for item in filter(None, items):
        try:
            found = _take_item(item)
        except ValueError as error:
            faults.append(str(error))
            continue
        entries += found
        if len(found) > 1:
            warnings.append("is missing commas between names; add them")
    return RawEntries(tuple(entries), tuple(faults), tuple(dict.fromkeys(warnings)))


def _take_item(item: str) -> list[RawEntry]:
    """Take one item between commas apart: an entry, or names with only spaces between them."""
    name, brace, rest = item.partition("{")
    names = name.split()
    if not brace:
        return [RawEntry(one) for one in names]
    if not names:
        raise ValueError("has fields in braces without a name before them")
    if len(names) > 1 or not rest.endswith("}"):
        raise ValueError(f"is missing a comma before or after {short(names[-1])} and its fields")
    return [RawEntry(names[0], tuple(_take_fields(rest[:-1], names[0])))]


def _take_fields(text: str, name: str) -> list[tuple[str, str]]:
    """Take what stands between the braces apart."""
    items = split_outside(text, ",")
    if items[-1] == "":
        items.pop()
    fields: list[tuple[str, str]] = []
    for item in items:
        key, equals, value = (part.strip() for part in item.partition("="))
        if not key:
            raise ValueError(f"has an empty field at {short(name)}; remove the extra comma or write field=value")
        if key not in FIELDS:
            raise ValueError(_unknown(key, name))
        if not equals and key == "enforce":
            value = "true"
        elif not value:
            raise ValueError(f"has the field {key} at {short(name)} without a value; write {key}=…")
        fields.append((key, _unquoted(value)))
    return fields


def _unquoted(value: str) -> str:
    """Remove the quotation marks (of either kind) around a whole value."""
    if len(value) > 1 and value.startswith("'") and value.endswith("'"):
        return value[1:-1]
    return unquote(value)


def _unknown(key: str, name: str) -> str:
    hint = did_you_mean(key, FIELDS) or f"the fields are {', '.join(FIELDS)}"
    return f"has the unknown field {short(key)} at {short(name)}; {hint}"

"""The lists of what is to be updated: names and WAF lists."""

import re
from typing import NamedTuple

from ddns.config.entries.domainentries import Named, join, read_entry
from ddns.config.notes import Notes
from ddns.config.values.fields import take_apart
from ddns.config.values.parsers import short, words
from ddns.core.addresses.families import Family
from ddns.core.entries import ListRef, Source
from ddns.errors import ConfigProblem

_FAMILIES: dict[str, frozenset[Family]] = {
    "DOMAINS": frozenset({4, 6}),
    "IP4_DOMAINS": frozenset({4}),
    "IP6_DOMAINS": frozenset({6}),
}
_LIST_NAME = re.compile("[a-z0-9_]{1,50}")  # Cloudflare documentation of rules lists, 2026-04
_ACCOUNT = re.compile("[0-9a-f]{32}")
Sources = tuple[Source | None, Source | None]


class Names(NamedTuple):
    """The names to update; ``complete`` is False when some could not be read (which was noted)."""

    named: tuple[Named, ...]
    complete: bool


def read_names(notes: Notes) -> Names:
    """Read and join the three lists; every faulty name is noted."""
    found: list[Named] = []
    problems = len(notes.problems)
    for setting, families in _FAMILIES.items():
        found += _read_list(notes, setting, families)
    named, conflicts = join(found)
    for conflict in conflicts:
        notes.problems.append(ConfigProblem(conflict.second.origin, str(conflict)))
    return Names(named, len(notes.problems) == problems)


def _read_list(notes: Notes, setting: str, families: frozenset[Family]) -> list[Named]:
    """Read one list."""
    raw = take_apart(notes.text(setting))
    for fault in raw.faults:
        notes.problem(setting, fault)
    for warning in raw.warnings:
        notes.warn(setting, warning)
    found: list[Named] = []
    for entry in raw.entries:
        try:
            read = read_entry(entry, families, notes.origin(setting))
        except ValueError as error:
            notes.problem(setting, f"has a bad entry: {error}")
        else:
            found.append(read.entry)
            for warning in read.warnings:
                notes.warn(setting, warning)
    return found


def read_waf_lists(notes: Notes, sources: Sources) -> tuple[ListRef, ...]:
    """Read WAF_LISTS: sorted, without duplicates; every faulty item is noted. ``sources`` are the general ones."""
    try:
        items = words(notes.text("WAF_LISTS").replace("\n", ","))
    except ValueError as error:
        notes.problem("WAF_LISTS", f"cannot be read: {error}")
        return ()
    found: dict[str, ListRef] = {}
    for item in items:
        try:
            one = _waf_list(item, sources)
        except ValueError as error:
            notes.problem("WAF_LISTS", str(error))
            continue
        if not _ACCOUNT.fullmatch(one.account):
            notes.warn("WAF_LISTS", f"has the account {short(one.account)}; an account ID is 32 of 0-9 and a-f")
        if found.setdefault(str(one), one) != one:
            notes.problem("WAF_LISTS", f"names {short(str(one))} twice, with different fields; keep one")
    return tuple(found[name] for name in sorted(found))


def _waf_list(item: str, general: Sources) -> ListRef:
    """Read one item; ValueError says what is wrong with it."""
    text, sources = item, None
    if "{" in item:
        from ddns.config.entries.placeentries import take_list  # noqa: PLC0415 -- few lists have sources of their own

        text, sources = take_list(item, general)
    account, slash, name = (part.strip() for part in text.partition("/"))
    if not slash or not account:
        raise ValueError(f"has {short(text)}, which is not account-id/list-name")
    if not _LIST_NAME.fullmatch(name):
        raise ValueError(f"has the list name {short(name)}; a name is 1 to 50 of a-z, 0-9 and _")
    return ListRef(account, name, sources)

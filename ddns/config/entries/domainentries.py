"""What domain entries mean: fields read, names checked, lists joined, sorted and without duplicates."""

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from ddns.config.values.fields import RawEntry
from ddns.config.values.parsers import (
    comment_warning,
    parse_bool,
    parse_comment,
    parse_tags,
    parse_ttl,
    short,
    ttl_warning,
)
from ddns.config.values.sources import ParsedSource, parse_source
from ddns.core.addresses.families import Family
from ddns.core.addresses.hostids import HostId, parse_hostids, suspicious
from ddns.core.domains import Domain, parse_domain, parse_relative
from ddns.core.entries import FIELDS, NO_FIELDS, Entry, Field, Metadata, Source

T = TypeVar("T")
_ZONE_ID = re.compile("[0-9a-f]{32}")
_NOT_FOR = {
    ("ip4", 4): "is of no use in IP6_DOMAINS, which publishes no IPv4 address",
    ("ip6", 6): "is of no use in IP4_DOMAINS, which publishes no IPv6 address",
    ("hostid6", 6): "is of no use in IP4_DOMAINS, which publishes no IPv6 address",
}


class Fields(NamedTuple):
    """The fields of one entry, read; None is not written (a source that was written may be ``none`` itself)."""

    proxied: bool | None = None
    ttl: int | None = None
    comment: str | None = None
    tags: tuple[str, ...] | None = None
    ip4: ParsedSource | None = None
    ip6: ParsedSource | None = None
    hostid6: tuple[HostId, ...] | None = None
    enforce: bool | None = None


class Named(NamedTuple):
    """An entry that has been read. ``families`` are those of the list it stood in; ``origin`` is for messages."""

    domain: Domain
    zone_id: str
    families: frozenset[Family]
    fields: Fields
    origin: str

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes two entries the same; also the order of entries."""
        return self.domain.ascii, self.zone_id


class ReadEntry(NamedTuple):
    """An entry, and what the reader has to say about it."""

    entry: Named
    warnings: tuple[str, ...] = ()


class Defaults(NamedTuple):
    """What entries have that do not say otherwise."""

    sources: tuple[Source | None, Source | None]
    metadata: Metadata = Metadata()
    enforce: frozenset[Field] = frozenset()


class Conflict(NamedTuple):
    """Two entries of one name disagree about a field."""

    field: str
    first: Named
    second: Named

    def __str__(self) -> str:
        """Return the sentence about it, without the values."""
        places = dict.fromkeys((self.first.origin, self.second.origin))
        name = self.first.domain.describe()
        return f"the field {self.field} of {name} has two different values in {' and '.join(places)}; keep one"


class _DifferentError(ValueError):
    """Two values that must be equal are not; the message is the name of the field."""


def read_entry(raw: RawEntry, families: frozenset[Family], origin: str) -> ReadEntry:
    """Read one entry. ValueError says what is wrong, for people."""
    zone_id = _zone_id(raw)
    domain = parse_relative(raw.name) if zone_id else parse_domain(raw.name)
    fields, warnings = Fields(), list[str]()
    for key, value in raw.fields:
        try:
            fields = _merge(fields, _read_field(key, value, families, warnings))
        except _DifferentError:
            raise ValueError(f"the field {key} of {domain.describe()} is written twice, not alike") from None
        except ValueError as error:
            raise ValueError(f"the field {key} of {domain.describe()} {error}") from None
    named = Named(domain, zone_id, families, fields, origin)
    return ReadEntry(named, tuple(f"has a field of {domain.describe()} that {line}" for line in warnings))


def _zone_id(raw: RawEntry) -> str:
    """Return the id of the zone the name is relative to, or ""."""
    ids = {value for key, value in raw.fields if key == "zone"}
    if any(not _ZONE_ID.fullmatch(one) for one in ids) or len(ids) > 1:
        raise ValueError(f"the field zone of {short(raw.name)} must be one zone ID: 32 characters of 0-9 and a-f")
    return ids.pop() if ids else ""


def _read_field(key: str, value: str, families: frozenset[Family], warnings: list[str]) -> Fields:
    """Read one field into an otherwise empty set of fields."""
    for (name, family), what in _NOT_FOR.items():
        if key == name and family not in families:
            raise ValueError(what)
    if key in {"ip4", "ip6"}:
        source, remarks = parse_source(value, 4 if key == "ip4" else 6)
        warnings.extend(remarks)
        return Fields(ip4=ParsedSource(source)) if key == "ip4" else Fields(ip6=ParsedSource(source))
    if key == "hostid6":
        hosts = parse_hostids(value)
        warnings.extend(f"is suspicious: {line}" for line in filter(None, map(suspicious, hosts)))
        return Fields(hostid6=hosts)
    return _read_metadata(key, value, warnings)


def _read_metadata(key: str, value: str, warnings: list[str]) -> Fields:
    """Read a field of the record (or ``enforce``, or ``zone``, which has been read before)."""
    match key:
        case "proxied":
            fields = Fields(proxied=parse_bool(value))
        case "enforce":
            fields = Fields(enforce=parse_bool(value))
        case "tags":
            fields = Fields(tags=parse_tags(value))
        case "ttl":
            fields = Fields(ttl=parse_ttl(value))
        case "comment":
            fields = Fields(comment=parse_comment(value))
        case _:
            fields = Fields()
    warnings.extend(filter(None, (ttl_warning(fields.ttl or 1), comment_warning(fields.comment or ""))))
    return fields


def _merge(one: Fields, other: Fields) -> Fields:
    """Join two sets of fields; _DifferentError names the field they disagree about."""
    return Fields(
        _same("proxied", one.proxied, other.proxied),
        _same("ttl", one.ttl, other.ttl),
        _same("comment", one.comment, other.comment),
        _same("tags", one.tags, other.tags),
        _same("ip4", one.ip4, other.ip4),
        _same("ip6", one.ip6, other.ip6),
        _same("hostid6", one.hostid6, other.hostid6),
        _same("enforce", one.enforce, other.enforce),
    )


def _same(name: str, one: T | None, other: T | None) -> T | None:
    if one is not None and other is not None and one != other:
        raise _DifferentError(name)
    return other if one is None else one


def join(named: Iterable[Named]) -> tuple[tuple[Named, ...], tuple[Conflict, ...]]:
    """Join the entries of all lists: one for each name, sorted by it; and every conflict found on the way."""
    joined: dict[tuple[str, str], Named] = {}
    conflicts: list[Conflict] = []
    for one in named:
        known = joined.setdefault(one.key, one)
        if known is one:
            continue
        try:
            fields = _merge(known.fields, one.fields)
        except _DifferentError as error:
            conflicts.append(Conflict(str(error), known, one))
        else:
            joined[one.key] = known._replace(families=known.families | one.families, fields=fields)
    return tuple(joined[key] for key in sorted(joined)), tuple(conflicts)


def finish(one: Named, defaults: Defaults) -> Entry:
    """Fill in the defaults. A field written on an entry is declared state; ``enforce`` declares all of them."""
    fields, meta = one.fields, defaults.metadata
    metadata = Metadata(
        meta.ttl if fields.ttl is None else fields.ttl,
        meta.proxied if fields.proxied is None else fields.proxied,
        meta.comment if fields.comment is None else fields.comment,
        meta.tags if fields.tags is None else fields.tags,
    )
    sources = (_source(one, 4, fields.ip4, defaults.sources[0]), _source(one, 6, fields.ip6, defaults.sources[1]))
    written = (fields.proxied, fields.ttl, fields.comment, fields.tags)
    declared = frozenset(name for name, value in zip(FIELDS, written, strict=True) if value is not None)
    general = defaults.enforce if fields.enforce is None else frozenset(FIELDS if fields.enforce else ())
    return Entry(
        one.domain,
        defaults.sources if sources == defaults.sources else sources,  # shared, like the fields: there may be thousands
        meta if metadata == meta else metadata,
        declared | general or NO_FIELDS,
        fields.hostid6 or (),
        one.zone_id,
    )


def _source(one: Named, family: Family, own: ParsedSource | None, default: Source | None) -> Source | None:
    if family not in one.families:
        return None
    return default if own is None else own.source

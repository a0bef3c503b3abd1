"""Places beside records: Gateway locations and lists, Access groups, origins, and SPF records, each with its fields.

An entry is ``account/name{field=value, …}``; entries stand in a list separated by commas or lines, and a name with a
comma, a slash or a brace stands in quotation marks.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import NamedTuple, TypeVar

from ddns.config.notes import Notes
from ddns.config.values.parsers import parse_bool, short
from ddns.config.values.scan import split_outside, unquote
from ddns.config.values.sources import parse_source
from ddns.config.values.suggest import did_you_mean
from ddns.core.addresses.families import FAMILIES, Family
from ddns.core.domains import parse_domain
from ddns.core.entries import Source
from ddns.core.places import ENDPOINTS, Endpoint, Network, Place, PlaceType, SpfEntry

T = TypeVar("T", Place, SpfEntry)
Sources = tuple[Source | None, Source | None]


class Setting(NamedTuple):
    """One setting that names places: how many parts a name has, the fields it takes, and how to write an entry."""

    type: PlaceType
    parts: int
    fields: tuple[str, ...]
    form: str


SETTINGS: Mapping[str, Setting] = {
    "GATEWAY_LISTS": Setting("GATEWAY_LIST", 2, ("ip4", "ip6"), "account-id/list"),
    "GATEWAY_LOCATIONS": Setting("LOCATION", 2, ("keep", "endpoints", "ip4", "ip6"), "account-id/location"),
    "ACCESS_GROUPS": Setting("GROUP", 2, ("keep", "ip4", "ip6"), "account-id/group or zone:zone-id/group"),
    "LOAD_BALANCER_ORIGINS": Setting("ORIGIN", 3, ("family", "ip4", "ip6"), "account-id/pool/origin"),
}
_SPF_FIELDS = ("keep", "add", "ip4", "ip6")
_ID = re.compile("[0-9a-f]{32}")


class RawPlace(NamedTuple):
    """An entry taken apart: its name as it was written, and its fields as texts."""

    name: str
    fields: Mapping[str, str]


def read_places(notes: Notes, sources: Sources) -> tuple[Place, ...]:
    """Read every place that is not a record or a WAF list; each fault is noted."""
    found: list[Place] = []
    for name, setting in SETTINGS.items():
        found += _unique(notes, name, [_place(notes, name, setting, one, sources) for one in _entries(notes, name)])
    return tuple(found)


def take_list(item: str, sources: Sources) -> tuple[str, Sources]:
    """Take an entry of WAF_LISTS apart: its name and its sources. ValueError says what is wrong with it."""
    one = _raw(item)
    _known(one, ("ip4", "ip6"))
    return one.name, _sources(one, sources, frozenset({4, 6}))


def read_spf(notes: Notes, sources: Sources) -> tuple[SpfEntry, ...]:
    """Read SPF_DOMAINS; each fault is noted."""
    return _unique(notes, "SPF_DOMAINS", [_spf(notes, one, sources) for one in _entries(notes, "SPF_DOMAINS")])


def _entries(notes: Notes, name: str) -> list[RawPlace]:
    """Take the text of a setting apart."""
    try:
        return take_apart(notes.text(name))
    except ValueError as error:
        notes.problem(name, f"cannot be read: {error}")
        return []


def take_apart(text: str) -> list[RawPlace]:
    """Take a list of entries apart; ValueError when a quote or bracket is not closed."""
    return [_raw(item) for item in split_outside(text.replace("\n", ","), ",") if item]


def _raw(item: str) -> RawPlace:
    at = _brace(item)
    name, rest = item[:at].strip(), item[at:].strip()
    if rest and not rest.endswith("}"):
        raise ValueError(f"something follows the fields of {short(name)}")
    fields: dict[str, str] = {}
    for field in filter(None, split_outside(rest[1:-1], ",")):
        key, equals, value = (part.strip() for part in field.partition("="))
        if key in fields:
            raise ValueError(f"the field {short(key)} of {short(name)} is written twice")
        fields[key] = unquote(value) if equals else "true"
    return RawPlace(name, fields)


def _brace(item: str) -> int:
    """Return where the fields begin: the first brace outside of quotation marks."""
    inside = False
    for at, mark in enumerate(item):
        inside ^= mark == '"'
        if mark == "{" and not inside:
            return at
    return len(item)


def _unique(notes: Notes, setting: str, found: Iterable[T | None]) -> tuple[T, ...]:
    """Return each entry once; one that stands there twice with other fields is a fault."""
    known: dict[str, T] = {}
    for one in found:
        if one is not None and known.setdefault(str(one), one) != one:
            notes.problem(setting, f"names {short(str(one))} twice, with different fields; keep one")
    return tuple(known.values())


def _place(notes: Notes, name: str, setting: Setting, one: RawPlace, sources: Sources) -> Place | None:
    try:
        parts = _parts(one, setting)
        _known(one, setting.fields)
        _scope(notes, name, setting, parts[0])
        keep, endpoints = _networks(one), _endpoints(one)
        mine = _sources(one, sources, _families(setting.type, one, endpoints))
    except ValueError as error:
        notes.problem(name, str(error))
        return None
    return Place(setting.type, parts[0], parts[1], mine, parts[2] if len(parts) > 2 else "", keep, endpoints)


def _parts(one: RawPlace, setting: Setting) -> list[str]:
    """Return the parts of a name."""
    parts = [unquote(part) for part in split_outside(one.name, "/")]
    if len(parts) != setting.parts or not all(parts):
        raise ValueError(f"has {short(one.name)}, which is not {setting.form}")
    return parts


def _known(one: RawPlace, fields: tuple[str, ...]) -> None:
    for key in one.fields:
        if key not in fields:
            hint = did_you_mean(key, fields) or f"the fields are {', '.join(fields)}"
            raise ValueError(f"has the unknown field {short(key)} at {short(one.name)}; {hint}")


def _scope(notes: Notes, name: str, setting: Setting, scope: str) -> None:
    """Check an account ID or, where zones have such places, a zone ID."""
    kind, colon, zone = scope.partition(":")
    if colon and (kind != "zone" or setting.type not in {"GROUP", "ORIGIN"}):
        raise ValueError(f"has {short(scope)} in place of an account ID; write {setting.form}")
    if not _ID.fullmatch(zone if colon else scope):
        what = "zone" if colon else "account"
        notes.warn(name, f"has the {what} {short(zone or scope)}; IDs of {what}s are 32 of 0-9 and a-f")


def _families(type_: PlaceType, one: RawPlace, endpoints: tuple[Endpoint, ...]) -> frozenset[Family]:
    """Return the families a place can hold."""
    if type_ == "LOCATION":
        return frozenset({4, 6} if endpoints else {4})
    if type_ != "ORIGIN":
        return frozenset({4, 6})
    family = one.fields.get("family", "6" if "ip6" in one.fields and "ip4" not in one.fields else "4")
    if family not in {"4", "6"}:
        raise ValueError(f"has the field family={short(family)} at {short(one.name)}; write 4 or 6")
    return frozenset({4} if family == "4" else {6})


def _sources(one: RawPlace, sources: Sources, families: frozenset[Family]) -> Sources:
    """Return the sources of an entry: its own, or the general ones, for the families it can hold."""
    found: list[Source | None] = []
    for family, general in zip(FAMILIES, sources, strict=True):
        own = one.fields.get(f"ip{family}")
        if family not in families:
            if own is not None:
                raise ValueError(f"has the field ip{family} at {short(one.name)}, which holds no IPv{family} address")
            found.append(None)
        else:
            found.append(general if own is None else parse_source(own, family).source)
    return found[0], found[1]


def _networks(one: RawPlace) -> tuple[Network, ...]:
    """Return the field ``keep``."""
    found = []
    for text in _listed(one, "keep"):
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            raise ValueError(f"has {short(text)} in keep at {short(one.name)}; write addresses or ranges") from None
    return tuple(found)


def _endpoints(one: RawPlace) -> tuple[Endpoint, ...]:
    """Return the field ``endpoints``, in our order."""
    listed = _listed(one, "endpoints")
    for word in listed:
        if word not in ENDPOINTS:
            hint = did_you_mean(word, ENDPOINTS) or f"the endpoints are {', '.join(ENDPOINTS)}"
            raise ValueError(f"has the endpoint {short(word)} at {short(one.name)}; {hint}")
    return tuple(word for word in ENDPOINTS if word in listed)


def _flag(one: RawPlace, field: str) -> bool:
    try:
        return parse_bool(one.fields.get(field, "false"))
    except ValueError as error:
        raise ValueError(f"has the field {field} at {short(one.name)}, which {error}") from None


def _listed(one: RawPlace, field: str) -> list[str]:
    """Return the items of a field that is a list, in brackets or not."""
    text = one.fields.get(field, "")
    inside = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    return [unquote(item) for item in split_outside(inside, ",") if item]


def _spf(notes: Notes, one: RawPlace, sources: Sources) -> SpfEntry | None:
    try:
        _known(one, _SPF_FIELDS)
        add = _flag(one, "add")
        return SpfEntry(parse_domain(one.name), _sources(one, sources, frozenset({4, 6})), _networks(one), add)
    except ValueError as error:
        notes.problem("SPF_DOMAINS", str(error) if str(error).startswith("has ") else f"has a bad entry: {error}")
        return None

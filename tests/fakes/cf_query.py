"""Listing of the simulated Cloudflare: filters, order and pages of zones and records."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.fakes.cf_world import Json, Refusal, World, ZoneState, ascii_name
from tests.fakes.httpserver import Call

T = TypeVar("T")
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "": lambda value, wanted: value == wanted,
    "exact": lambda value, wanted: value == wanted,
    "contains": lambda value, wanted: wanted in value,
    "startswith": lambda value, wanted: value.startswith(wanted),
    "endswith": lambda value, wanted: value.endswith(wanted),
    "present": lambda value, _: bool(value),
    "absent": lambda value, _: not value,
}
ZONE_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "contains": OPERATORS["contains"],
    "starts_with": OPERATORS["startswith"],
    "ends_with": OPERATORS["endswith"],
    "not_equal": lambda value, wanted: value != wanted,
    "equal": OPERATORS["exact"],
}


def page(found: Sequence[T], call: Call, bounds: tuple[int, int, int], cap: int = 0) -> tuple[list[T], Json]:
    """Cut out a page; ``bounds`` are least, default and most of ``per_page``; ``cap`` (0: none) is not told."""
    try:
        number, size = int(call.one("page", "1")), int(call.one("per_page", str(bounds[1])))
    except ValueError:
        raise Refusal(400, 1001, "Invalid paging parameter.") from None
    if number < 1 or not bounds[0] <= size <= bounds[2]:
        raise Refusal(400, 1001, f"per_page must be between {bounds[0]} and {bounds[2]}.")
    size = min(size, cap or size)
    part = list(found[(number - 1) * size : number * size])
    info: Json = {"page": number, "per_page": size, "count": len(part), "total_count": len(found)}
    return part, info | {"total_pages": -(-len(found) // size)}


def zones(world: World, seen: Sequence[ZoneState], call: Call) -> list[ZoneState]:
    """Return the zones a question means, by name."""
    kinds = call.one("type", "full,partial,secondary").split(",")
    tests: list[Callable[[ZoneState], bool]] = []
    if name := call.one("name"):
        tests.append(lambda zone: _zone_name(world, zone, name))
    if status := call.one("status"):
        tests.append(lambda zone: zone.status == status)
    if account := call.one("account.id"):
        tests.append(lambda zone: zone.account.id == account)
    if owner := call.one("account.name"):
        tests.append(lambda zone: zone.account.name == owner)
    every = any if call.one("match", "all") == "any" and tests else all
    found = [zone for zone in seen if zone.type in kinds and every(test(zone) for test in tests)]
    return sorted(found, key=lambda zone: zone.name, reverse=call.one("direction") == "desc")


def _zone_name(world: World, zone: ZoneState, wanted: str) -> bool:
    head, _, rest = wanted.partition(":")
    operator = head.removesuffix("_case_sensitive")
    if rest and operator in ZONE_OPERATORS:
        return ZONE_OPERATORS[operator](zone.name, rest)
    wanted = wanted.lower()
    if zone.name.isascii():
        return zone.name == wanted
    spellings = {"unicode": {zone.name}, "ascii": {zone.ascii}, "both": {zone.name, zone.ascii}}[world.lookup]
    return wanted in spellings


def records(zone: ZoneState, call: Call) -> list[Json]:
    """Return the records a question means, in its order; text filters know no case."""
    if call.one("shadowed_by_name") and call.one("include_shadow_metadata") != "true":
        raise Refusal(400, 1004, "shadowed_by_name needs include_shadow_metadata")
    tests = [test for key in call.query if (test := _test(key, call.one(key)))]
    every = any if call.one("match", "all") == "any" and tests else all
    found = [record for record in zone.records.values() if every(test(record) for test in tests)]
    order = call.one("order", "type")
    if order not in {"type", "name", "content", "ttl", "proxied"}:
        raise Refusal(400, 1004, "DNS Validation Error: invalid order")
    return sorted(found, key=lambda record: (record[order], record["name"]), reverse=call.one("direction") == "desc")


def _test(key: str, wanted: str) -> Callable[[Json], bool] | None:
    field, _, operator = key.partition(".")
    compare = OPERATORS.get(operator)
    if compare is None or (field in {"type", "proxied"} and operator):
        return None
    wanted = ascii_name(wanted) if field == "name" else wanted.lower()
    values = VALUES.get(field)
    return values and (lambda record: any(compare(value, wanted) for value in values(record)))


VALUES: dict[str, Callable[[Json], Sequence[str]]] = {
    "name": lambda record: (record["name"],),
    "type": lambda record: (record["type"].lower(),),
    "content": lambda record: (record["content"].lower(),),
    "comment": lambda record: ((record["comment"] or "").lower(),),
    "proxied": lambda record: (str(record["proxied"]).lower(),),
    "tag": lambda record: [tag.lower() for tag in record["tags"]] or ("",),
}

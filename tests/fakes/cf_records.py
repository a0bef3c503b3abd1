"""DNS records of the simulated Cloudflare: what it makes of what it is sent, and what it refuses."""

import copy
import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, NoReturn

from tests.fakes.cf_world import Json, Refusal, World, ZoneState, ascii_name, invalid, now

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = ("A", "AAAA", "CNAME", "TXT", "MX", "NS", "SRV", "CAA", "PTR", "HTTPS", "SVCB", "OPENPGPKEY", "LOC")
MANAGED = "This record is managed by Email Routing. Disable Email Routing to modify/remove this record."


def _gone() -> NoReturn:
    raise Refusal(404, 81044, "Record does not exist.")


def record(zone: ZoneState, record_id: str) -> Json:
    """Return a record by id; 81044 when there is none."""
    return zone.records.get(record_id) or _gone()


def create(world: World, zone: ZoneState, sent: object) -> Json:
    """Add a record; every field is validated as the API does."""
    fields = _fields(sent)
    if len(zone.records) >= zone.quota:
        raise Refusal(400, 81045, "Record quota exceeded.")
    shaped = _shape(zone, fields)
    _conflicts(zone, shaped, "")
    stamp = now()
    made = {"id": world.new_id("record"), **shaped, "created_on": stamp, "modified_on": stamp}
    zone.records[made["id"]] = made
    return made


def patch(zone: ZoneState, record_id: str, sent: object) -> Json:
    """Change only the fields that are sent."""
    old = record(zone, record_id)
    return _store(zone, old, _shape(zone, {**_sendable(old), **_fields(sent)}))


def put(zone: ZoneState, record_id: str, sent: object) -> Json:
    """Overwrite: every field not sent returns to its default."""
    return _store(zone, record(zone, record_id), _shape(zone, _fields(sent)))


def delete(zone: ZoneState, record_id: str) -> Json:
    """Remove a record."""
    gone = record(zone, record_id)
    if gone["meta"].get("read_only"):
        raise Refusal(400, 1046, MANAGED)
    del zone.records[record_id]
    return gone


def batch(world: World, zone: ZoneState, sent: object) -> Json:
    """Apply deletes, patches, puts, posts in this order whatever the order of keys; all of them or none."""
    parts = {key: _steps(_fields(sent), key) for key in ("deletes", "patches", "puts", "posts")}
    if sum(map(len, parts.values())) > zone.limits[0]:
        raise Refusal(400, 1004, f"DNS Validation Error: a batch has at most {zone.limits[0]} operations.")
    before = copy.deepcopy(zone.records)
    acts: dict[str, Callable[[Json], Json]] = {
        "deletes": lambda step: delete(zone, str(step.get("id", ""))),
        "patches": lambda step: patch(zone, str(step.pop("id", "")), step),
        "puts": lambda step: put(zone, str(step.pop("id", "")), step),
        "posts": lambda step: create(world, zone, step),
    }
    try:
        return {key: [dict(act(dict(step))) for step in parts[key]] for key, act in acts.items()}
    except Refusal:
        zone.records = before
        raise


def _steps(fields: Json, key: str) -> list[Json]:
    steps = fields.get(key) or []
    if not isinstance(steps, list):
        raise Refusal(400, 9207, "Failed to parse request body: invalid type")
    return [_fields(step) for step in steps]


def _fields(sent: object) -> Json:
    if not isinstance(sent, dict):
        raise Refusal(400, 9207, "Failed to parse request body: not a valid JSON object")
    return sent


def _sendable(old: Json) -> Json:
    return {key: old[key] for key in ("name", "type", "content", "ttl", "proxied", "comment", "tags", "settings")}


def _store(zone: ZoneState, old: Json, shaped: Json) -> Json:
    if old["meta"].get("read_only"):
        raise Refusal(400, 1046, MANAGED)
    _conflicts(zone, shaped, old["id"])
    for key in ("comment_modified_on", "tags_modified_on", "priority"):
        old.pop(key, None)
    old.update(shaped, modified_on=now())
    return old


def _shape(zone: ZoneState, sent: Json) -> Json:
    kind = sent.get("type")
    if kind not in TYPES:
        raise invalid(9002, "Invalid record type.")
    name = _name(zone, sent.get("name"))
    content = _content(kind, sent.get("content"))
    proxied = _proxied(kind, content, sent.get("proxied") or False)
    comment, tags = _comment(zone, sent.get("comment")), _tags(zone, sent.get("tags") or [])
    shaped: Json = {"name": name, "type": kind, "content": content, "proxiable": kind in {"A", "AAAA", "CNAME"}}
    shaped |= {"proxied": proxied, "ttl": 1 if proxied else _ttl(zone, sent.get("ttl", 1))}
    shaped |= {"settings": sent.get("settings") or {}, "meta": {}, "comment": comment, "tags": tags}
    if "priority" in sent:
        shaped["priority"] = sent["priority"]
    return shaped | ({"comment_modified_on": now()} if comment else {}) | ({"tags_modified_on": now()} if tags else {})


def _name(zone: ZoneState, name: object) -> str:
    if not isinstance(name, str) or not name or len(name) > 255:
        raise invalid(9000, "DNS name is invalid.")
    ascii_ = ascii_name(name) if name != "@" else zone.ascii
    if any(not 0 < len(label) < 64 for label in ascii_.split(".")):
        raise invalid(9000, "DNS name is invalid.")
    return ascii_ if ascii_ == zone.ascii or ascii_.endswith("." + zone.ascii) else f"{ascii_}.{zone.ascii}"


def _content(kind: str, content: object) -> str:
    if not isinstance(content, str) or not content:
        raise invalid(9020, "DNS record content is required.")
    try:
        if kind == "A":
            return str(IPv4Address(content))
        if kind == "AAAA":
            return str(IPv6Address(content))
    except AddressValueError:
        version = "IPv4" if kind == "A" else "IPv6"
        raise invalid(9005, f"Content for {kind} record must be a valid {version} address.") from None
    return ascii_name(content) if kind in {"CNAME", "NS", "MX", "PTR"} else content


def _proxied(kind: str, content: str, proxied: object) -> bool:
    if not isinstance(proxied, bool):
        raise Refusal(400, 9207, "Failed to parse request body: invalid type: proxied")
    if proxied and kind not in {"A", "AAAA", "CNAME"}:
        raise invalid(9004, "This record type cannot be proxied.")
    if proxied and kind != "CNAME" and not ip_address(content).is_global:
        raise invalid(9041, "DNS record cannot be proxied: its address is private or reserved.")
    return proxied


def _ttl(zone: ZoneState, ttl: object) -> int:
    least = 30 if zone.account.plan == "enterprise" else 60
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or int(ttl) != ttl:
        raise Refusal(400, 9207, "Failed to parse request body: invalid type: ttl")
    if ttl != 1 and not least <= ttl <= 86400:
        raise invalid(9021, f"TTL must be between {least} and 86400 seconds, or 1 for Automatic.")
    return int(ttl)


def _comment(zone: ZoneState, comment: object) -> str | None:
    if comment is None or comment == "":
        return None
    if not isinstance(comment, str) or re.search(r"[\r\n]", comment):
        raise Refusal(400, 9312, "DNS record comment is invalid.")
    if len(comment) > zone.limits[1]:
        raise Refusal(400, 9313, f"DNS record comment exceeds the maximum length of {zone.limits[1]} characters.")
    return comment


def _tags(zone: ZoneState, tags: Any) -> list[str]:  # noqa: ANN401 -- whatever was sent
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Refusal(400, 9207, "Failed to parse request body: invalid type: tags")
    if len(tags) > zone.limits[2]:
        raise invalid(9300, f"DNS record has {len(tags)} tags, exceeding the quota of {zone.limits[2]}.")
    for tag in tags:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}(:.{0,100})?", tag):
            raise invalid(9301, f"DNS record tag {tag!r} is invalid.")
    return sorted(tags)


def _conflicts(zone: ZoneState, shaped: Json, own_id: str) -> None:
    same = [each for each in zone.records.values() if each["name"] == shaped["name"] and each["id"] != own_id]
    kinds = {each["type"] for each in same}
    if shaped["type"] in {"A", "AAAA"} and "CNAME" in kinds:
        raise Refusal(400, 81054, "A CNAME record with that host already exists.")
    if shaped["type"] == "CNAME" and kinds & {"A", "AAAA", "CNAME"}:
        raise Refusal(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
    if any(each["type"] == shaped["type"] and each["content"] == shaped["content"] for each in same):
        raise Refusal(400, 81058, "An identical record already exists.")

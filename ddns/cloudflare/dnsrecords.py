"""DNS records: reading those of a zone, and changing them in one batch."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import quote

from ddns import jsonio
from ddns.cloudflare.ask import LARGE, Answer, Ask, row, rows, text, unusable
from ddns.cloudflare.paging import Pages, collect
from ddns.cloudflare.transport import Transport
from ddns.cloudflare.zonequeries import segment
from ddns.core.entries import FIELDS, Field, Metadata
from ddns.core.planning.plan import Create, Delete, Patch, RecordChange, Rewrite
from ddns.core.records import Record, Zone
from ddns.errors import Refused

BATCH_LIMIT: Final = 200  # on the Free plan; 3,500 on the others (Cloudflare documentation, 2026-04)
_SIZE: Final = 1000  # the API gives up to 5,000,000 on one page (its schema, 2026-08); smaller pages bound the memory
_PAGES: Final = 1000
_VERSIONS: Final = {"A": 4, "AAAA": 6}


def list_records(transport: Transport, zone: Zone, names: frozenset[str], types: frozenset[str]) -> tuple[Record, ...]:
    """See ``ports.DnsApi``. A single name and a single type are asked for; what is not asked for is dropped at once."""
    wanted = f"&name={quote(min(names), safe='')}" if len(names) == 1 else ""
    wanted += f"&type={min(types)}" if len(types) == 1 else ""
    aim = f"read the records of {min(names) if len(names) == 1 else zone.name}"

    def question(page: int) -> Ask:
        path = f"/zones/{segment(zone.id, 'zone')}/dns_records?page={page}&per_page={_SIZE}{wanted}"
        return Ask("GET", path, aim, limit=LARGE)

    def keep(ask: Ask, each: dict[str, Any]) -> Record | None:
        name, type_ = _key(ask, each)
        asked = (not names or name in names) and (not types or type_ in types)
        return _record(ask, each, name, type_) if asked else None

    found = collect(transport, Pages(question, _SIZE, _PAGES, keep), transport.deadline())
    if found is None:
        raise unusable(question(1), "its answer has no end")
    return tuple(found)


def _key(ask: Ask, each: dict[str, Any]) -> tuple[str, str]:
    """Return the name, as we compare it, and the type of a record."""
    return text(ask, each, "name").lower().rstrip("."), text(ask, each, "type")


def _record(ask: Ask, each: dict[str, Any], name: str, type_: str) -> Record:
    content = text(ask, each, "content") if type_ in _VERSIONS else str(each.get("content") or "")
    try:
        address = ip_address(content)
    except ValueError:
        address = None
    if address is not None and address.version == _VERSIONS.get(type_):
        content = str(address)
    meta = each.get("meta")
    read_only = isinstance(meta, dict) and meta.get("read_only") is True
    return Record(text(ask, each, "id"), name, type_, content, _metadata(ask, each), read_only)


def _metadata(ask: Ask, each: dict[str, Any]) -> Metadata:
    """Return TTL, proxied, comment and tags; a null or missing comment is empty, and so are such tags."""
    ttl, proxied = each.get("ttl", 1), each.get("proxied", False)
    comment, tags = each.get("comment") or "", each.get("tags") or []
    whole = isinstance(ttl, int) or (isinstance(ttl, float) and ttl.is_integer())
    fits = whole and isinstance(proxied, bool) and isinstance(comment, str)
    if not fits or not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise unusable(ask, "its answer has a record with fields of unexpected types")
    return Metadata(int(ttl), proxied, comment, tuple(tags))


def send_batch(transport: Transport, zone: Zone, steps: Sequence[RecordChange]) -> tuple[Record, ...]:
    """See ``ports.DnsApi``. Cloudflare runs deletes, patches and posts in this order, as one transaction."""
    if not steps:
        return ()
    aim = _aim(zone, steps)
    body: dict[str, list[dict[str, Any]]] = {
        "deletes": [{"id": step.record.id} for step in steps if isinstance(step, Delete)],
        "patches": [_patch(step) for step in steps if isinstance(step, Patch | Rewrite)],
        "posts": [_post(zone, step) for step in steps if isinstance(step, Create)],
    }
    document = jsonio.dumps({key: value for key, value in body.items() if value})
    path = f"/zones/{segment(zone.id, 'zone')}/dns_records/batch"
    ask = Ask("POST", path, aim, document, writes=True, limit=LARGE)
    if len(steps) > BATCH_LIMIT:
        raise Refused(f"could not {aim}: a batch has at most {BATCH_LIMIT} changes")
    told = row(ask, transport.ask(ask, transport.deadline()))
    done = {key: rows(ask, Answer(told.get(key) or [], {})) for key in body}
    if any(len(done[key]) != len(sent) for key, sent in body.items()):
        raise unusable(ask, "its answer does not show every change that was asked for")
    return tuple(_record(ask, each, *_key(ask, each)) for each in done["posts"])


def _aim(zone: Zone, steps: Sequence[RecordChange]) -> str:
    if len(steps) > 1:
        return f"make {len(steps)} changes in zone {zone.name}"
    step = steps[0]
    if isinstance(step, Rewrite):
        return f"update the SPF record of {step.record.name}"
    if isinstance(step, Create):
        return f"create {step.type} {step.name} = {step.content}"
    verb = "delete" if isinstance(step, Delete) else "update"
    return f"{verb} {step.record.type} {step.record.name}"


def _post(zone: Zone, step: Create) -> dict[str, Any]:
    """Return a new record; Refused for a name outside the zone, because the API would append the zone to it."""
    if step.name != zone.name and not step.name.endswith("." + zone.name):
        raise Refused(f"{step.name} is not inside the zone {zone.name}", "check the zone ID of this name")
    meta = step.meta
    sent: dict[str, Any] = {"type": step.type, "name": step.name, "content": step.content}
    sent |= {"ttl": 1 if meta.proxied else meta.ttl, "proxied": meta.proxied}
    return sent | ({"comment": meta.comment} if meta.comment else {}) | ({"tags": list(meta.tags)} if meta.tags else {})


def _patch(step: Patch | Rewrite) -> dict[str, Any]:
    """Return only what changes: what is not sent stays. An empty comment is sent, for that clears it."""
    sent: dict[str, Any] = {"id": step.record.id}
    if step.content != step.record.content:
        sent["content"] = step.content
    if isinstance(step, Rewrite):
        return sent
    return sent | {field: _value(step.meta, field) for field in FIELDS if field in step.fields}


def _value(meta: Metadata, field: Field) -> object:
    return list(meta.tags) if field == "tags" else getattr(meta, field)

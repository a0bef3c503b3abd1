"""Rules lists of the simulated Cloudflare: lists, items with cursors, one pending bulk operation per account."""

import re
from ipaddress import ip_interface, ip_network
from time import monotonic

from tests.fakes.cf_world import PLANS, Account, Json, ListState, Operation, Refusal, World, digest, now
from tests.fakes.httpserver import Call

PENDING = "There is already a pending bulk operation for this account. Please wait for it to finish."


def create(world: World, account: Account, sent: object) -> Json:
    """Make an empty list."""
    if not isinstance(sent, dict) or sent.get("kind") not in {"ip", "redirect", "hostname", "asn"}:
        raise Refusal(400, 10013, "filters.api.invalid_json")
    name = sent.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_]{1,50}", name):
        raise Refusal(400, 10014, "filters.api.invalid_list_name")
    if any(each.name == name for each in account.lists.values()):
        raise Refusal(400, 10015, "filters.api.list_name_already_exists")
    if len(account.lists) >= PLANS[account.plan][3]:
        raise Refusal(400, 10016, "filters.api.list_quota_exceeded")
    description = str(sent.get("description") or "")
    if len(description) > 500:
        raise Refusal(400, 10017, "filters.api.description_too_long")
    made = ListState(world.new_id("list"), name, str(sent["kind"]), description)
    account.lists[made.id] = made
    return made.show()


def find(account: Account, list_id: str) -> ListState:
    """Return a list by id."""
    found = account.lists.get(list_id)
    if found is None:
        raise Refusal(404, 10001, "filters.api.not_found: list does not exist")
    return found


def describe(account: Account, list_id: str, sent: object) -> Json:
    """Change the description, the only thing of a list that can be changed."""
    found = find(account, list_id)
    found.description = str(sent.get("description") or "") if isinstance(sent, dict) else ""
    return found.show()


def delete(account: Account, list_id: str) -> Json:
    """Delete a list unless a rule uses it."""
    if find(account, list_id).referenced_by:
        raise Refusal(400, 10031, "filters.api.ip_list_in_use")
    del account.lists[list_id]
    return {"id": list_id}


def items(account: Account, list_id: str, call: Call) -> tuple[list[Json], Json]:
    """Return one page of items and what follows; the cursor is an opaque text."""
    found = [item for item in find(account, list_id).items.values() if item["ip"].startswith(call.one("search"))]
    size, cursor = int(call.one("per_page", "100")), call.one("cursor")
    if not 1 <= size <= 500:
        raise Refusal(400, 10018, "filters.api.invalid_per_page")
    starts = {_cursor(list_id, start): start for start in range(0, len(found), size)}
    start = starts.get(cursor, 0)
    after = start + size
    cursors: Json = {"after": _cursor(list_id, after)} if after < len(found) else {}
    return found[start:after], {"cursors": cursors} if cursors else {}


def _cursor(list_id: str, start: int) -> str:
    return f"{digest(f'{list_id} {start}')}=="


def append(world: World, account: Account, list_id: str, sent: object) -> Json:
    """Begin adding items; an address that is there already gets the new comment."""
    old = dict(find(account, list_id).items)
    known = {each["ip"]: key for key, each in old.items()}
    for item in _read(world, sent):
        same: str = known.get(item["ip"]) or item["id"]
        old[same] = {**item, "id": same}
    return _begin(world, account, list_id, old)


def replace(world: World, account: Account, list_id: str, sent: object) -> Json:
    """Begin putting items in place of all."""
    find(account, list_id)
    return _begin(world, account, list_id, {item["id"]: item for item in _read(world, sent)})


def remove(world: World, account: Account, list_id: str, sent: object) -> Json:
    """Begin removing items by id."""
    old = dict(find(account, list_id).items)
    ids = [each.get("id") for each in sent.get("items") or []] if isinstance(sent, dict) else []
    if not ids or not all(isinstance(each, str) for each in ids):
        raise Refusal(400, 10013, "filters.api.invalid_json")
    if missing := [each for each in ids if each not in old]:
        raise Refusal(404, 10019, f"filters.api.list_item_not_found: {missing[0]}")
    return _begin(world, account, list_id, {key: item for key, item in old.items() if key not in ids})


def operation(account: Account, operation_id: str) -> Json:
    """Return how far a bulk operation is."""
    found = next((each for each in account.operations if each.id == operation_id), None)
    if found is None:
        raise Refusal(404, 10020, "filters.api.not_found: operation does not exist")
    _step(account, found)
    if not found.finished:
        return {"id": found.id, "status": "pending"}
    if found.error:
        return {"id": found.id, "status": "failed", "completed": found.finished, "error": found.error}
    return {"id": found.id, "status": "completed", "completed": found.finished}


def _step(account: Account, found: Operation) -> None:
    found.step(account.lists.get(found.list_id))


def _begin(world: World, account: Account, list_id: str, change: dict[str, Json]) -> Json:
    for each in account.operations:
        if not each.finished:
            _step(account, each)
            raise Refusal(429, 10021, PENDING)
    if len(change) > (500_000 if account.plan == "enterprise" else 10_000):
        raise Refusal(400, 10022, "filters.api.list_items_quota_exceeded")
    due = monotonic() + world.bulk_seconds
    begun = Operation(world.new_id("operation"), list_id, change, world.bulk_polls, due, world.bulk_error)
    account.operations.append(begun)
    return {"operation_id": begun.id}


def _read(world: World, sent: object) -> list[Json]:
    if not isinstance(sent, list) or not all(
        isinstance(item, dict) and isinstance(item.get("ip"), str) for item in sent
    ):
        raise Refusal(400, 10013, "filters.api.invalid_json")
    return [_item(world, item) for item in sent]


def _item(world: World, sent: Json) -> Json:
    try:
        single, network = "/" not in sent["ip"], ip_network(sent["ip"])
    except ValueError:
        raise Refusal(400, 10023, f"filters.api.invalid_ip: {sent['ip']}") from None
    if network.prefixlen < (8 if network.version == 4 else 12):
        raise Refusal(400, 10023, f"filters.api.invalid_ip: {sent['ip']}: prefix too short")
    stamp = now()
    text = str(ip_interface(sent["ip"]).ip) if single else str(network)
    item = {"id": world.new_id("item"), "ip": text, "created_on": stamp, "modified_on": stamp}
    return item | ({"comment": sent["comment"]} if sent.get("comment") else {})

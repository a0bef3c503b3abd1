"""Zero Trust locations and lists, Access groups and pools of the simulated Cloudflare, and what each refuses."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from ipaddress import ip_network
from typing import Any, NamedTuple

from tests.fakes.cf_world import Account, Json, Refusal, World, now

ENDPOINTS = ("ipv4", "ipv6", "doh", "dot")
LOCATION_DEFAULTS: Json = {
    "client_default": False,
    "ecs_support": False,
    "max_ttl": {"mode": "inherit", "ttl_secs": None},
    "networks": [],
}


class Store(NamedTuple):
    """The objects of one kind in an account or zone, by id."""

    found: dict[str, Json]

    def one(self, id_: str, code: int, what: str) -> Json:
        """Return an object; 404 with the code of the backend when there is none."""
        if id_ not in self.found:
            raise Refusal(404, code, f"{what} not found")
        return self.found[id_]


def _networks(listed: object, shortest: int = 0, code: int = 2001) -> list[Json]:
    """Return networks as they are stored: each with an id of its own."""
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(row, dict) and set(row) == {"network"} for row in listed):
        raise Refusal(400, code, "invalid networks")
    rows = []
    for row in listed:
        try:
            network = ip_network(row["network"])
        except ValueError:
            raise Refusal(400, code, f"invalid network: {row['network']}") from None
        if network.version == 4 and network.prefixlen < shortest:
            raise Refusal(400, code, f"invalid network: {network} is wider than /{shortest}")
        rows.append({"id": f"net-{network}", "network": str(network)})
    return rows


def put_location(world: World, account: Account, id_: str, sent: object) -> Json:
    """Replace a location. What is left out has its default again; a taken address and a lost default are refused."""
    found = Store(account.locations).one(id_, 1103, "location")
    if not isinstance(sent, dict) or not sent.get("name"):
        raise Refusal(400, 1100, "name is required")
    unknown = set(sent) - {*LOCATION_DEFAULTS, "name", "endpoints", "dns_destination_ips_id"}
    if unknown:
        raise Refusal(400, 1100, f"unknown fields: {', '.join(sorted(unknown))}")
    if found["client_default"] and not sent.get("client_default"):
        raise Refusal(400, 1216, "the default location cannot be demoted")
    if any(ip_network(row["network"]).version != 4 for row in sent.get("networks") or []):
        raise Refusal(400, 1100, "networks must be IPv4")
    networks = _networks(sent.get("networks"), 24, 1100)
    for row in networks:
        if row["network"] in world.taken:
            raise Refusal(400, 1109, f"The source IPv4 address {row['network']} is already taken")
    ttl = sent.get("max_ttl") or {"mode": "inherit"}
    if ttl.get("mode") != "override" and "ttl_secs" in ttl:
        raise Refusal(400, 1100, "ttl_secs must be absent unless mode is override")
    kept = {key: found[key] for key in ("dns_destination_ips_id", "endpoints")}
    changed = {**deepcopy(LOCATION_DEFAULTS), **kept, **deepcopy(sent), "networks": networks}
    changed["max_ttl"] = {"ttl_secs": None, **ttl}
    changed["endpoints"] = _endpoints(sent.get("endpoints")) or found["endpoints"]
    found.update(changed, updated_at=now())
    return found


def _endpoints(sent: object) -> Json | None:
    if sent is None:
        return None
    if not isinstance(sent, dict) or set(sent) != set(ENDPOINTS):
        raise Refusal(400, 1100, "endpoints needs ipv4, ipv6, doh and dot")
    found: Json = {}
    for name in ENDPOINTS:
        endpoint = dict(sent[name])
        if endpoint.get("networks") is not None and name != "ipv4":
            bare = [{"network": row.get("network")} for row in endpoint["networks"]]
            endpoint["networks"] = _networks(bare, 0, 1100)
        found[name] = endpoint
    return found


def location(world: World, account: Account, name: str, *networks: str, **more: Any) -> Json:  # noqa: ANN401 -- any field
    """Add a location and return it."""
    made: Json = {
        "id": world.new_id("location"),
        "name": name,
        **deepcopy(LOCATION_DEFAULTS),
        "networks": _networks([{"network": text} for text in networks]),
        "dns_destination_ips_id": "0e4a32c6-6fb8-4858-9296-98f51631e8e6",
        "endpoints": {
            "ipv4": {"enabled": True},
            "ipv6": {"enabled": False, "networks": []},
            "doh": {"enabled": True, "networks": [], "require_token": False},
            "dot": {"enabled": False, "networks": None},
        },
        "doh_subdomain": "oli3n9zkz5",
        "ip": "2a06:98c1:54::1",
        "ipv4_destination": "172.64.36.1",
        "created_at": now(),
        "updated_at": now(),
        "policy_ids": [],
        **more,
    }
    account.locations[made["id"]] = made
    return made


def gateway_list(world: World, account: Account, name: str, *items: str, description: str = "") -> Json:
    """Add a Zero Trust list of type IP and return it; each item may have a description after a blank."""
    made: Json = {"id": _uuid(world), "name": name, "type": "IP", "description": description, "items": {}}
    for item in items:
        value, _, words = item.partition(" ")
        made["items"][value] = _list_item({"value": value, "description": words})
    account.gateway_lists[made["id"]] = made
    return made


def _uuid(world: World) -> str:
    text = world.new_id("gateway list")
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _list_item(sent: object) -> Json:
    value = sent.get("value") if isinstance(sent, dict) else None
    try:
        ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise Refusal(400, 2211, f"invalid value for a list of type IP: {value}") from None
    words = str(sent.get("description") or "") if isinstance(sent, dict) else ""
    return {"value": value, "created_at": now()} | ({"description": words} if words else {})


def _bare(found: Json) -> Json:
    """Return a list as every write answers it: without its items."""
    return {key: value for key, value in found.items() if key != "items"} | {"count": len(found["items"])}


def make_gateway_list(world: World, account: Account, sent: object) -> Json:
    """Create a list; a second one of the same name is made without a word."""
    if not isinstance(sent, dict) or not sent.get("name") or sent.get("type") != "IP":
        raise Refusal(400, 2200, "name and type are required")
    made = gateway_list(world, account, sent["name"], description=str(sent.get("description") or ""))
    for item in sent.get("items") or []:
        made["items"][item["value"]] = _list_item(item)
    return _bare(made)


def patch_gateway_list(world: World, account: Account, id_: str, sent: object) -> Json:
    """Append and remove in one go; an item that is there already, or not there, refuses all of it."""
    del world
    found = Store(account.gateway_lists).one(id_, 2218, "list")
    if not isinstance(sent, dict) or not set(sent) <= {"append", "remove"}:
        raise Refusal(400, 2200, "only append and remove may be given")
    items = dict(found["items"])
    for value in sent.get("remove") or []:
        if items.pop(value, None) is None:
            raise Refusal(400, 2212, f"item not found: {value}")
    for item in sent.get("append") or []:
        made = _list_item(item)
        if ip_network(made["value"]) in {ip_network(value) for value in items}:
            raise Refusal(400, 2210, f"duplicate item: {made['value']}")
        items[made["value"]] = made
    found["items"] = items
    return _bare(found)


def list_items(account: Account, id_: str) -> list[Json]:
    """Return the items of a list."""
    return [*Store(account.gateway_lists).one(id_, 2218, "list")["items"].values()]


def group(world: World, groups: dict[str, Json], name: str, *rules: Json, **more: Any) -> Json:  # noqa: ANN401 -- any field
    """Add an Access group and return it."""
    made: Json = {"id": _uuid(world), "name": name, "include": _rules([*rules]), "exclude": [], "require": []}
    groups[made["id"]] = made | {"is_default": None, "created_at": now(), "updated_at": now(), **more}
    return groups[made["id"]]


def _rules(listed: object) -> list[Json]:
    """Return rules as they are stored: addresses with their length."""
    if not isinstance(listed, list) or not all(isinstance(rule, dict) and len(rule) == 1 for rule in listed):
        raise Refusal(400, 12130, "invalid rules")
    found = []
    for rule in listed:
        if "ip" in rule:
            try:
                found.append({"ip": {"ip": str(ip_network(rule["ip"]["ip"]))}})
            except ValueError:
                raise Refusal(400, 12130, "invalid ip rule") from None
        else:
            found.append(rule)
    return found


def put_group(groups: dict[str, Json], id_: str, sent: object) -> Json:
    """Replace a group; what is left out is empty."""
    found = Store(groups).one(id_, 12152, "access group")
    if not isinstance(sent, dict) or not sent.get("name") or not sent.get("include"):
        raise Refusal(400, 12130, "name and include are required")
    if "is_default" in sent and not isinstance(sent["is_default"], bool):
        raise Refusal(400, 12130, "is_default must be a boolean")
    lists = {key: _rules(sent.get(key) or []) for key in ("include", "exclude", "require")}
    found.update(lists, name=sent["name"], is_default=sent.get("is_default"), updated_at=now())
    return found


def pool(world: World, account: Account, name: str, *origins: tuple[str, str]) -> Json:
    """Add a pool with these origins (name and address) and return it."""
    listed = [
        {"name": key, "address": address, "enabled": True, "weight": 1, "flatten_cname": True, "port": 0}
        for key, address in origins
    ]
    made: Json = {"id": world.new_id("pool"), "name": name, "origins": listed, "enabled": True, "minimum_origins": 1}
    account.pools[made["id"]] = made | {"created_on": now(), "modified_on": now()}
    return account.pools[made["id"]]


def patch_pool(account: Account, id_: str, sent: object) -> Json:
    """Overwrite what is sent; the origins are one property, and none of them may be without an address."""
    found = Store(account.pools).one(id_, 1001, "pool")
    if not isinstance(sent, dict) or not isinstance(sent.get("origins", []), list):
        raise Refusal(400, 1002, "validation failed")
    for origin in sent.get("origins", []):
        if not origin.get("name") or not origin.get("address") or "disabled_at" in origin:
            raise Refusal(400, 1002, "origins: an origin needs a name and an address")
    found.update(deepcopy(sent), modified_on=now())
    return found


def shown(found: Mapping[str, Json], hide: Callable[[Json], Json] = lambda each: each) -> list[Json]:
    """Return all objects as a listing shows them."""
    return [hide(each) for each in found.values()]

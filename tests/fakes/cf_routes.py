"""The endpoints of the simulated API: which request goes where, and what it needs."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson

from tests.fakes import cf_lists, cf_places, cf_query, cf_records
from tests.fakes.cf_auth import credential, need, verified
from tests.fakes.cf_world import Account, Json, Refusal, Token, World, ZoneState
from tests.fakes.httpserver import Answer, Call

JSON = {"Content-Type": "application/json", "CF-Ray": "8f00000000000000-SIM"}
IPS: Json = {
    "ipv4_cidrs": ["173.245.48.0/20", "103.21.244.0/22", "104.16.0.0/13"],
    "ipv6_cidrs": ["2400:cb00::/32", "2606:4700::/32"],
    "etag": "38f79d050aa027e3be3865e495dcc9bc",
}


class Asked(NamedTuple):
    """A request that is allowed: everything a handler wants to know."""

    world: World
    call: Call
    secret: str
    token: Token
    parts: Mapping[str, str]

    @property
    def sent(self) -> object:
        """Return the body; 9207 when it is not JSON."""
        try:
            return orjson.loads(self.call.body)
        except ValueError:
            raise Refusal(400, 9207, "Failed to parse request body: not a valid JSON object") from None

    @property
    def zone(self) -> ZoneState:
        """Return the zone in the path, if the token sees it."""
        zone = self.world.zone(self.parts["zone"])
        if zone is None:
            chain = [(7000, "No route for that URI")]
            text = f"Could not route to /zones/{self.parts['zone']}, perhaps your object identifier is invalid?"
            raise Refusal(404, 7003, text, chain)
        if not self.token.sees(zone):
            raise Refusal(403, 10000, "Authentication error")
        return zone

    @property
    def account(self) -> Account:
        """Return the account in the path."""
        account = self.world.accounts.get(self.parts["account"])
        if account is None:
            raise Refusal(404, 7003, f"Could not route to /accounts/{self.parts['account']}")
        return account


Handler = Callable[[Asked], Json]


def ok(result: object, info: Json | None = None) -> Json:
    """Return the envelope of a success."""
    envelope: Json = {"result": result, "success": True, "errors": [], "messages": []}
    return envelope | ({"result_info": info} if info else {})


def _zones(asked: Asked) -> Json:
    seen = [zone for zone in asked.world.zones.values() if asked.token.sees(zone)]
    part, info = cf_query.page(cf_query.zones(asked.world, seen, asked.call), asked.call, (5, 20, 50))
    return ok([zone.show() for zone in part], info if asked.world.page_info else None)


def _records(asked: Asked) -> Json:
    found = cf_query.records(asked.zone, asked.call)
    part, info = cf_query.page(found, asked.call, (1, 100, asked.world.max_page), asked.world.page_cap)
    return ok(part, info if asked.world.page_info else None)


def _accounts(asked: Asked) -> Json:
    if asked.token.kind == "account":
        raise Refusal(400, 1001, "List accounts endpoint does not support account owned tokens.")
    part, info = cf_query.page(list(asked.world.accounts.values()), asked.call, (5, 20, 50))
    return ok([{"id": each.id, "name": each.name, "type": "standard"} for each in part], info)


def _verify(kind: str) -> Handler:
    def handle(asked: Asked) -> Json:
        message = {"code": 10000, "message": "This API Token is valid and active", "type": None}
        return ok(verified(asked.secret, asked.token, kind)) | {"messages": [message]}

    return handle


def _lists(asked: Asked) -> Json:
    return ok([each.show() for each in asked.account.lists.values()])


def _item(asked: Asked) -> Json:
    item = cf_lists.find(asked.account, asked.parts["list"]).items.get(asked.parts["item"])
    if item is None:
        raise Refusal(404, 10019, "filters.api.list_item_not_found")
    return ok(item)


def _gateway_lists(asked: Asked) -> Json:
    """Return the lists without their items."""
    found = asked.account.gateway_lists.values()
    return ok([{key: value for key, value in each.items() if key != "items"} for each in found])


def _gateway_items(asked: Asked) -> Json:
    found = cf_places.list_items(asked.account, asked.parts["id"])
    return ok(*cf_query.page(found, asked.call, (1, 50, 1000)))


def _groups(asked: Asked, groups: dict[str, Json]) -> Json:
    return ok(*cf_query.page([*groups.values()], asked.call, (1, 50, 1000)))


_Z, _A = r"/zones/(?P<zone>[^/]+)", r"/accounts/(?P<account>[^/]+)"
_R, _L = _Z + r"/dns_records", _A + r"/rules/lists"
_G = _A + r"/gateway/lists"
_ONE, _LIST = _R + r"/(?P<record>[^/]+)", _L + r"/(?P<list>[^/]+)"
ROUTES: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "/zones", "zone.read", _zones),
    ("GET", _Z, "zone.read", lambda a: ok(a.zone.show())),
    ("GET", _R, "dns.read", _records),
    ("POST", _R, "dns.edit", lambda a: ok(cf_records.create(a.world, a.zone, a.sent))),
    ("POST", _R + "/batch", "dns.edit", lambda a: ok(cf_records.batch(a.world, a.zone, a.sent))),
    ("GET", _ONE, "dns.read", lambda a: ok(cf_records.record(a.zone, a.parts["record"]))),
    ("PATCH", _ONE, "dns.edit", lambda a: ok(cf_records.patch(a.zone, a.parts["record"], a.sent))),
    ("PUT", _ONE, "dns.edit", lambda a: ok(cf_records.put(a.zone, a.parts["record"], a.sent))),
    ("DELETE", _ONE, "dns.edit", lambda a: {"result": {"id": cf_records.delete(a.zone, a.parts["record"])["id"]}}),
    ("GET", "/user/tokens/verify", "", _verify("user")),
    ("GET", "/accounts", "", _accounts),
    ("GET", _A + "/tokens/verify", "", _verify("account")),
    ("GET", _L, "lists.read", _lists),
    ("POST", _L, "lists.edit", lambda a: ok(cf_lists.create(a.world, a.account, a.sent))),
    (
        "GET",
        _L + r"/bulk_operations/(?P<op>[^/]+)",
        "lists.read",
        lambda a: ok(cf_lists.operation(a.account, a.parts["op"])),
    ),
    ("GET", _LIST, "lists.read", lambda a: ok(cf_lists.find(a.account, a.parts["list"]).show())),
    ("PUT", _LIST, "lists.edit", lambda a: ok(cf_lists.describe(a.account, a.parts["list"], a.sent))),
    ("DELETE", _LIST, "lists.edit", lambda a: ok(cf_lists.delete(a.account, a.parts["list"]))),
    ("GET", _LIST + "/items", "lists.read", lambda a: ok(*cf_lists.items(a.account, a.parts["list"], a.call))),
    (
        "POST",
        _LIST + "/items",
        "lists.edit",
        lambda a: ok(cf_lists.append(a.world, a.account, a.parts["list"], a.sent)),
    ),
    (
        "PUT",
        _LIST + "/items",
        "lists.edit",
        lambda a: ok(cf_lists.replace(a.world, a.account, a.parts["list"], a.sent)),
    ),
    (
        "DELETE",
        _LIST + "/items",
        "lists.edit",
        lambda a: ok(cf_lists.remove(a.world, a.account, a.parts["list"], a.sent)),
    ),
    ("GET", _LIST + r"/items/(?P<item>[^/]+)", "lists.read", _item),
    ("GET", _A + "/gateway/locations", "trust.read", lambda a: ok(cf_places.shown(a.account.locations))),
    (
        "PUT",
        _A + r"/gateway/locations/(?P<id>[^/]+)",
        "trust.edit",
        lambda a: ok(cf_places.put_location(a.world, a.account, a.parts["id"], a.sent)),
    ),
    ("GET", _G, "trust.read", _gateway_lists),
    ("POST", _G, "trust.edit", lambda a: ok(cf_places.make_gateway_list(a.world, a.account, a.sent))),
    (
        "PATCH",
        _G + r"/(?P<id>[^/]+)",
        "trust.edit",
        lambda a: ok(cf_places.patch_gateway_list(a.world, a.account, a.parts["id"], a.sent)),
    ),
    ("GET", _G + r"/(?P<id>[^/]+)/items", "trust.read", _gateway_items),
    ("GET", _A + "/access/groups", "groups.read", lambda a: _groups(a, a.account.groups)),
    ("GET", _Z + "/access/groups", "groups.read", lambda a: _groups(a, a.zone.groups)),
    (
        "PUT",
        _A + r"/access/groups/(?P<id>[^/]+)",
        "groups.edit",
        lambda a: ok(cf_places.put_group(a.account.groups, a.parts["id"], a.sent)),
    ),
    (
        "PUT",
        _Z + r"/access/groups/(?P<id>[^/]+)",
        "groups.edit",
        lambda a: ok(cf_places.put_group(a.zone.groups, a.parts["id"], a.sent)),
    ),
    ("GET", _A + "/load_balancers/pools", "pools.read", lambda a: ok(cf_places.shown(a.account.pools))),
    (
        "PATCH",
        _A + r"/load_balancers/pools/(?P<id>[^/]+)",
        "pools.edit",
        lambda a: ok(cf_places.patch_pool(a.account, a.parts["id"], a.sent)),
    ),
)


def _refusal(refusal: Refusal) -> Answer:
    error: Json = {"code": refusal.code, "message": refusal.text}
    if refusal.chain:
        error["error_chain"] = [{"code": code, "message": text} for code, text in refusal.chain]
    envelope: Json = {"success": False, "errors": [error]}
    if refusal.code != 10000:  # seen without the other keys
        envelope |= {"messages": [], "result": None}
    return Answer(refusal.status, orjson.dumps(envelope), JSON)


def answer(world: World, call: Call, path: str) -> Answer:
    """Answer a request to the API; ``path`` is what follows the base URL."""
    try:
        given = ok(IPS) if path == "/ips" else _route(world, call, path)
    except Refusal as refusal:
        return _refusal(refusal)
    return Answer(200, orjson.dumps(given), JSON)


def _route(world: World, call: Call, path: str) -> Json:
    secret, token = credential(world, call)
    for method, pattern, permission, handler in ROUTES:
        if method == call.method and (match := re.fullmatch(pattern, path)):
            if permission:
                need(token, permission)
            return handler(Asked(world, call, secret, token, match.groupdict()))
    raise Refusal(400, 7003, f"Could not route to {path}, perhaps your object identifier is invalid?")

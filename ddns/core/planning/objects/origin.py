"""Load balancing: the address of one origin in a pool. An origin that is a host name is never overwritten.

Facts: Cloudflare's published API schema (2026-08-14) and its SDK of 2026. A PATCH replaces the whole list of origins,
so each goes back with every key it was read with, except ``disabled_at``, which is read-only.
"""

from collections.abc import Mapping

from ddns.core.places import Network, Place
from ddns.core.planning.objects.kind import Body, Kind, Slot, network, rows


def _slots(place: Place, body: Body) -> tuple[Slot, ...]:
    found = [origin for origin in rows(body.get("origins")) if origin.get("name") == place.part]
    if len(found) != 1:
        raise ValueError(f"the pool has {len(found) or 'no'} origin{'s' * bool(found)} called {place.part}")
    net = network(found[0].get("address"))
    if net is None:
        raise ValueError(
            f"the origin {place.part} is the host name {found[0].get('address')}, which is never overwritten: "
            "keep that name current with DOMAINS, or give the origin an address"
        )
    return (Slot(frozenset({net}), single=True),)


def _changed(place: Place, body: Body, filled: Mapping[str, frozenset[Network]]) -> Body:
    (net,) = filled[""]
    origins = []
    for origin in rows(body.get("origins")):
        kept = {key: value for key, value in origin.items() if key != "disabled_at"}
        origins.append({**kept, "address": str(net.network_address)} if origin.get("name") == place.part else kept)
    return {"origins": origins}


ORIGIN = Kind(
    type="ORIGIN",
    noun="load balancer pool",
    permission="Load Balancing: Monitors and Pools - Edit",
    path=lambda scope: f"/accounts/{scope}/load_balancers/pools",
    slots=_slots,
    changed=_changed,
    partial=True,
    hint="Load Balancing is a paid add-on; a Host header of the origin must be in a zone of the account, and a private "
    "address needs a virtual network",
)

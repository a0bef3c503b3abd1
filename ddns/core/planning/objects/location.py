"""Zero Trust DNS locations: the source networks by which Cloudflare's resolver knows an account.

Facts: Cloudflare's published API schema (2026-08-14) and documentation (2026). A PUT resets what it leaves out
(``max_ttl``, ``client_default``, ``ecs_support``), so everything it accepts goes back as it was read. An empty list of
an endpoint lets everybody in: no list here ever becomes empty, or stops being empty, through us.
"""

from collections.abc import Mapping
from typing import Any

from ddns.core.places import Network, Place
from ddns.core.planning.objects.kind import Body, Kind, Slot, network, ordered, rows

_SENT = ("name", "client_default", "ecs_support", "dns_destination_ips_id", "endpoints", "max_ttl", "networks")
SOURCE = "networks"
"""The label of the networks we ask from; other slots have the names of endpoints."""


def _slots(place: Place, body: Body) -> tuple[Slot, ...]:
    found = [_slot(place, body.get("networks"), SOURCE)._replace(families=(4,))]
    endpoints = body.get("endpoints")
    for name in place.endpoints:
        endpoint = endpoints.get(name) if isinstance(endpoints, Mapping) else None
        listed = endpoint.get("networks") if isinstance(endpoint, Mapping) else None
        if rows(listed):  # an empty list allows everybody: it stays empty
            found.append(_slot(place, listed, name))
    return tuple(found)


def _slot(place: Place, listed: object, label: str) -> Slot:
    nets = [network(row.get("network")) for row in rows(listed)]
    known = frozenset(net for net in nets if net is not None)
    return Slot(known - {*place.keep}, known & {*place.keep}, more=None in nets, label=label)


def _changed(place: Place, body: Body, filled: Mapping[str, frozenset[Network]]) -> Body:
    """Return all that a PUT takes, as it was read, with our networks exchanged."""
    sent: dict[str, Any] = {key: body[key] for key in _SENT if key in body}
    sent["networks"] = _rows(place, body.get("networks"), filled[SOURCE])
    ttl = body.get("max_ttl")
    if isinstance(ttl, Mapping) and ttl.get("mode") != "override":
        sent["max_ttl"] = {key: value for key, value in ttl.items() if key != "ttl_secs"}
    if isinstance(body.get("endpoints"), Mapping):
        endpoints = dict(body["endpoints"])
        for name in filled.keys() & set(place.endpoints):
            endpoints[name] = {**endpoints[name], "networks": _rows(place, endpoints[name]["networks"], filled[name])}
        sent["endpoints"] = endpoints
    return sent


def _rows(place: Place, listed: object, ours: frozenset[Network]) -> list[dict[str, str]]:
    """Return the list of a slot: what is kept in its order, then ours. IDs of entries are not sent."""
    kept = [row for row in rows(listed) if (net := network(row.get("network"))) is None or net in place.keep]
    return [*({"network": row["network"]} for row in kept), *({"network": str(net)} for net in ordered(ours))]


def _lasting(sent: Body, body: Body) -> Body:
    """Return what is sent without the IDs of entries, and the block of IPv6 addresses, which a PUT may clear."""
    found = {**sent, "block": body.get("dns_destination_ipv6_block_id")}
    if isinstance(sent.get("endpoints"), Mapping):
        found["endpoints"] = {name: _without_ids(endpoint) for name, endpoint in sent["endpoints"].items()}
    return found


def _without_ids(endpoint: Any) -> Any:  # noqa: ANN401 -- as it was read
    listed = endpoint.get("networks") if isinstance(endpoint, Mapping) else None
    return {**endpoint, "networks": [{**row, "id": ""} for row in rows(listed)]} if listed else endpoint


LOCATION = Kind(
    type="LOCATION",
    noun="Gateway location",
    permission="Zero Trust - Edit",
    path=lambda scope: f"/accounts/{scope}/gateway/locations",
    slots=_slots,
    changed=_changed,
    lasting=_lasting,
    hint="An address can belong to one account only: another customer behind the same address (CGNAT), or who had it "
    "before, may still hold it; and Cloudflare may take only the address that the request comes from. Use DNS over "
    "HTTPS or IPv6, or ask Cloudflare support",
)

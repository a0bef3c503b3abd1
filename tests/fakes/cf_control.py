"""The control endpoint of the simulator, for shells: ``/_sim/…``, without credentials."""

from typing import TYPE_CHECKING, Any

import orjson

from tests.fakes.cf_world import networks
from tests.fakes.faults import Fault
from tests.fakes.httpserver import Answer, Call

if TYPE_CHECKING:
    from tests.fakes.cloudflare import Cloudflare


def answer(sim: "Cloudflare", call: Call) -> Answer:
    """Do what the path says.

    - ``GET /_sim/state``: zones with their records, lists with their ranges, counters;
    - ``GET /_sim/log``: every request; ``POST /_sim/forget``: empties it and all faults;
    - ``POST /_sim/trace`` ``{"4": "…", "6": "…"}``: the addresses that are echoed;
    - ``POST /_sim/fault`` with the fields of ``tests.fakes.faults.Fault``;
    - ``POST /_sim/seed``: see ``seed``.
    """
    try:
        sent = orjson.loads(call.body or b"{}")
        return _json(_do(sim, call, sent))
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        return Answer(400, orjson.dumps({"error": repr(error)}), {"Content-Type": "application/json"})


def _json(value: object) -> Answer:
    return Answer(200, orjson.dumps(value, option=orjson.OPT_INDENT_2), {"Content-Type": "application/json"})


def _do(sim: "Cloudflare", call: Call, sent: dict[str, Any]) -> object:
    match f"{call.method} {call.path}":
        case "GET /_sim/state":
            return state(sim)
        case "GET /_sim/log":
            return [
                {
                    "method": c.method,
                    "path": c.target,
                    "family": c.family,
                    "connection": c.connection,
                    "body": c.body.decode(),
                }
                for c in tuple(sim.log)
            ]
        case "POST /_sim/forget":
            sim.log.clear()
            sim.faults.clear()
        case "POST /_sim/trace":
            sim.set_address(sent.get("4", ""), sent.get("6", ""))
        case "POST /_sim/fault":
            sim.fault(Fault(**sent))
        case "POST /_sim/seed":
            seed(sim, sent)
        case _:
            raise ValueError("no such control")
    return {"ok": True}


def state(sim: "Cloudflare") -> dict[str, Any]:
    """Return everything worth seeing."""
    zones = {zone.name: list(zone.records.values()) for zone in sim.world.zones.values()}
    lists = {each.name: sorted(networks(each.items)) for a in sim.world.accounts.values() for each in a.lists.values()}
    families = {str(family): sim.server.opened.count(family) for family in (4, 6)}
    return {"zones": zones, "lists": lists, "requests": len(sim.log), "connections": families, "trace": _trace(sim)}


def _trace(sim: "Cloudflare") -> dict[str, str]:
    return {str(family): address for family, address in sim.world.trace.items()}


def seed(sim: "Cloudflare", document: dict[str, Any]) -> None:
    """Add ``{"zones": {"example.org": [{"type": …, "name": …, "content": …}]}, "lists": {"home": ["192.0.2.1"]}}``."""
    for name, records in document.get("zones", {}).items():
        if name not in {zone.name for zone in sim.world.zones.values()}:
            sim.add_zone(name)
        for record in records:
            fields = dict(record)
            sim.add_record(name, fields.pop("type"), fields.pop("name"), fields.pop("content"), **fields)
    for name, ranges in document.get("lists", {}).items():
        sim.add_list(name, [(each, "") for each in ranges])

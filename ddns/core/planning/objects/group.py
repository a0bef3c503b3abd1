"""Access groups: the addresses among the rules of ``include``. No other rule and no other list is touched.

Facts: Cloudflare's published API schema (2026-08-14) and its SDK of 2026. The answer adds /32 or /128 to an address;
kinds of rules that are not known go back as they were read.
"""

from collections.abc import Mapping
from typing import Any

from ddns.core.places import Network, Place
from ddns.core.planning.objects.kind import Body, Kind, Slot, network, ordered, rows


def _path(scope: str) -> str:
    zone = scope.removeprefix("zone:")
    return f"/zones/{zone}/access/groups" if zone != scope else f"/accounts/{scope}/access/groups"


def _address(rule: Body) -> Network | None:
    """Return the network of a rule of kind ``ip``; None for every other rule."""
    inner = rule.get("ip")
    return network(inner.get("ip")) if len(rule) == 1 and isinstance(inner, Mapping) else None


def _is_ours(place: Place, rule: Body) -> bool:
    net = _address(rule)
    return net is not None and net not in place.keep


def _slots(place: Place, body: Body) -> tuple[Slot, ...]:
    default = body.get("is_default")
    if default and not isinstance(default, bool):
        raise ValueError("it is the default group of the organization, whose form is not known: change it by hand")
    nets = [_address(rule) for rule in rows(body.get("include"))]
    known = frozenset(net for net in nets if net is not None)
    return (Slot(known - {*place.keep}, known & {*place.keep}, more=None in nets),)


def _changed(place: Place, body: Body, filled: Mapping[str, frozenset[Network]]) -> Body:
    """Return all that a PUT takes, as it was read, with our rules after the others."""
    sent: dict[str, Any] = {"name": body["name"]}
    others = [rule for rule in rows(body.get("include")) if not _is_ours(place, rule)]
    sent["include"] = [*others, *({"ip": {"ip": str(net)}} for net in ordered(filled[""]))]
    sent |= {key: body[key] or [] for key in ("exclude", "require") if key in body}
    return sent | ({"is_default": body["is_default"]} if isinstance(body.get("is_default"), bool) else {})


GROUP = Kind(
    type="GROUP",
    noun="Access group",
    permission="Access: Organizations, Identity Providers, and Groups - Edit",
    path=_path,
    slots=_slots,
    changed=_changed,
    paged=True,
    zoned=True,
)

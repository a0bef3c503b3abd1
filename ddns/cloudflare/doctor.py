"""What ``ddns doctor`` finds out about the credentials, without changing anything."""

from typing import Literal, NamedTuple

from ddns.cloudflare.ask import Ask, row
from ddns.cloudflare.records import list_records
from ddns.cloudflare.refusals import clean
from ddns.cloudflare.transport import Transport
from ddns.cloudflare.zones import list_zones, zone_by_id
from ddns.core.records import ADDRESSES, Zone
from ddns.errors import ApiError, AuthError, DdnsError

_PROBED = 3
"""Of so many zones the records are read."""


class Finding(NamedTuple):
    """One finding: ``good`` needs nothing, ``remark`` may be of interest, ``bad`` must be mended by ``remedy``."""

    level: Literal["good", "remark", "bad"]
    what: str
    remedy: str = ""


def examine(transport: Transport) -> tuple[Finding, ...]:
    """Return what can be said of the token, the zones it sees, and whether their records can be read."""
    return (*_general(transport), *(finding for zone_id in transport.zones for finding in _own(transport, zone_id)))


def _own(transport: Transport, zone_id: str) -> tuple[Finding, ...]:
    """Look at a zone that has a token of its own."""
    try:
        return _zone(transport, zone_by_id(transport, zone_id))
    except ApiError as error:
        return (_bad(error),)


def _general(transport: Transport) -> tuple[Finding, ...]:
    try:
        zones = list_zones(transport)
    except ApiError as error:
        return (_token(transport), _bad(error))
    if zones is None:
        return (_token(transport), Finding("good", "the token sees more than 200 zones"))
    if not zones:
        remedy = "give the token this zone under Zone Resources, or name the zone ID in the settings"
        return (_token(transport), Finding("bad", "the token is accepted but sees no zone", remedy))
    return (_token(transport), *(finding for zone in zones[:_PROBED] for finding in _zone(transport, zone)))


def _token(transport: Transport) -> Finding:
    """Ask the verifier, whose word is not final: it does not know tokens owned by an account, and they work."""
    ask = Ask("GET", "/user/tokens/verify", "verify the token")
    try:
        status = row(ask, transport.ask(ask, transport.deadline())).get("status")
    except AuthError as error:
        return Finding("remark", error.message, "this alone is no fault: Cloudflare verifies tokens of users only")
    except ApiError as error:
        return _bad(error)
    if status == "active":
        return Finding("good", "the token is valid and active")
    return Finding(
        "bad", f"the token is {clean(str(status), '')}", "make a new one, or activate it, in Cloudflare's dashboard"
    )


def _zone(transport: Transport, zone: Zone) -> tuple[Finding, ...]:
    remarks: tuple[Finding, ...] = ()
    if zone.status != "active":
        remedy = "some features, such as proxying, may not work until Cloudflare is the zone's name server"
        remarks = (Finding("remark", f"the zone {zone.name} is {zone.status}", remedy),)
    try:
        count = len(list_records(transport, zone, frozenset(), ADDRESSES))
    except ApiError as error:
        return (*remarks, _bad(error))
    what = f"the token sees the zone {zone.name} and {count} A or AAAA record{'' if count == 1 else 's'} of it"
    return (*remarks, Finding("good", what))


def _bad(error: DdnsError) -> Finding:
    return Finding("bad", error.message, error.hint)

"""Zones: all that the token sees, one by its name, one by its id."""

from typing import Any, Final
from urllib.parse import quote

from ddns.cloudflare.ask import Ask, row, text, unusable
from ddns.cloudflare.paging import Pages, collect
from ddns.cloudflare.transport import Transport
from ddns.core.domains import Domain, parse_domain
from ddns.core.records import Zone
from ddns.errors import Gone
from ddns.ports import FEW_ZONES, ZONES_ON_A_PAGE

_PAGES: Final = 4  # of one name there are never more


def list_zones(transport: Transport, most: int = FEW_ZONES) -> tuple[Zone, ...] | None:
    """See ``ports.DnsApi``."""

    def question(page: int) -> Ask:
        return Ask("GET", f"/zones?page={page}&per_page={ZONES_ON_A_PAGE}", "list the zones")

    found = collect(
        transport, Pages(question, ZONES_ON_A_PAGE, -(-most // ZONES_ON_A_PAGE), _zone), transport.deadline()
    )
    return None if found is None else tuple(found)


def find_zones(transport: Transport, name: str) -> tuple[Zone, ...]:
    """See ``ports.DnsApi``. The API keeps Unicode names for zones, so that spelling is asked for first."""
    deadline = transport.deadline()
    for spelling in dict.fromkeys((Domain(name).describe(), name)):
        found = _named(transport, spelling, deadline)
        same = tuple(zone for zone in found if zone.name == name)
        if same:
            return same
    return ()


def _named(transport: Transport, spelling: str, deadline: float) -> tuple[Zone, ...]:
    def question(page: int) -> Ask:
        path = f"/zones?name={quote(spelling, safe='')}&page={page}&per_page={ZONES_ON_A_PAGE}"
        return Ask("GET", path, f"find the zone {spelling}")

    found = collect(transport, Pages(question, ZONES_ON_A_PAGE, _PAGES, _zone), deadline)
    if found is None:
        raise unusable(question(1), "its answer has many more zones than there can be of one name")
    return tuple(found)


def zone_by_id(transport: Transport, zone_id: str) -> Zone:
    """See ``ports.DnsApi``."""
    ask = Ask("GET", f"/zones/{segment(zone_id, 'zone')}", "read the zone with the ID given")
    return _zone(ask, row(ask, transport.ask(ask, transport.deadline())))


def segment(text_: str, what: str) -> str:
    """Return an id quoted for a path; Gone when it is empty, because the path would then mean something else."""
    if not text_:
        raise Gone(f"the {what} ID is empty", f"check the {what} ID in the settings")
    return quote(text_, safe="")


def _zone(ask: Ask, each: dict[str, Any]) -> Zone:
    name = text(ask, each, "name")
    try:
        name = parse_domain(name).ascii
    except ValueError:  # not a name one could ask for, such as a bare TLD
        name = name.lower()
    account = each.get("account")
    account_id = account.get("id") if isinstance(account, dict) else ""
    status = each.get("status")
    return Zone(
        text(ask, each, "id"),
        name,
        status if isinstance(status, str) and status else "active",
        account_id if isinstance(account_id, str) else "",
    )

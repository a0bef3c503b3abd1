"""Cloudflare as the round sees it: ``ports.DnsApi``, and the way to lists and other places."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ddns.cloudflare.dnsrecords import BATCH_LIMIT, list_records, send_batch
from ddns.cloudflare.transport import Transport
from ddns.cloudflare.zonequeries import find_zones, list_zones, zone_by_id
from ddns.core.places import PlaceType
from ddns.core.planning.plan import RecordChange
from ddns.core.records import ADDRESSES, Record, Zone
from ddns.core.settings import Access
from ddns.ports import FEW_ZONES, Clock, Http, ListApi

if TYPE_CHECKING:
    from ddns.cloudflare.jsonobjects import CloudflareObjects
    from ddns.cloudflare.probes import Probes


class Cloudflare:
    """``ports.DnsApi`` over HTTP. ``timeout`` is that of updates, in seconds, for each call."""

    __slots__ = ("_transport",)

    def __init__(self, http: Http, access: Access, clock: Clock, timeout: float) -> None:
        """Nothing is sent yet."""
        self._transport = Transport(http, access, clock, timeout)

    @property
    def requests(self) -> int:
        """Return how many requests were sent so far, those for lists included."""
        return self._transport.requests

    @property
    def blocked_until(self) -> float:
        """Return until when Cloudflare must not be asked (UNIX seconds, 0: no block). May be set, from a memory."""
        return self._transport.pace.blocked_until

    @blocked_until.setter
    def blocked_until(self, moment: float) -> None:
        self._transport.pace.blocked_until = moment

    def hurry(self, seconds: float) -> None:
        """End all that is asked from now on inside so many seconds, lists included."""
        self._transport.hurry(seconds)

    def share(self, parts: int) -> None:
        """See ``round.carrier.Tools``."""
        self._transport.share(parts)

    @property
    def batch_limit(self) -> int:
        """See ``ports.DnsApi``."""
        return BATCH_LIMIT

    def list_zones(self, most: int = FEW_ZONES) -> tuple[Zone, ...] | None:
        """See ``ports.DnsApi``."""
        return list_zones(self._transport, most)

    def find_zones(self, name: str) -> tuple[Zone, ...]:
        """See ``ports.DnsApi``."""
        return find_zones(self._transport, name)

    def zone(self, zone_id: str) -> Zone:
        """See ``ports.DnsApi``."""
        return zone_by_id(self._transport, zone_id)

    def records(
        self, zone: Zone, names: frozenset[str] = frozenset(), types: frozenset[str] = ADDRESSES
    ) -> tuple[Record, ...]:
        """See ``ports.DnsApi``."""
        return list_records(self._transport, zone, names, types)

    def batch(self, zone: Zone, steps: Sequence[RecordChange]) -> tuple[Record, ...]:
        """See ``ports.DnsApi``."""
        return send_batch(self._transport, zone, steps)

    def lists(self, type_: PlaceType) -> ListApi:
        """Return ``ports.ListApi`` for a kind of list, over the same connections, limits and counts."""
        if type_ == "LIST":
            from ddns.cloudflare.waf import CloudflareLists  # noqa: PLC0415 -- most users have no lists

            return CloudflareLists(self._transport)
        from ddns.cloudflare.gateway import GatewayLists  # noqa: PLC0415 -- likewise

        return GatewayLists(self._transport)

    def objects(self) -> "CloudflareObjects":
        """Return ``ports.ObjectApi``."""
        from ddns.cloudflare.jsonobjects import CloudflareObjects  # noqa: PLC0415 -- most users have no such places

        return CloudflareObjects(self._transport)

    def probes(self) -> "Probes":
        """Return what only ``ddns doctor`` asks."""
        from ddns.cloudflare.probes import Probes  # noqa: PLC0415 -- only one command needs it

        return Probes(self._transport)

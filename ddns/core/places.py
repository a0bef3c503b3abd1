"""Places beside records that hold an address, as the user names them."""

from ipaddress import IPv4Network, IPv6Network
from typing import Literal, NamedTuple

from ddns.core.domains import Domain
from ddns.core.entries import Source
from ddns.core.expressions.regexes import CommentRegex

PlaceType = Literal["LIST", "GATEWAY_LIST", "LOCATION", "GROUP", "ORIGIN"]
NOUNS: dict[str, str] = {
    "LIST": "WAF list",
    "GATEWAY_LIST": "Gateway list",
    "LOCATION": "Gateway location",
    "GROUP": "Access group",
    "ORIGIN": "origin",
    "SPF": "SPF record of",
}
"""What messages call a place."""
LIST_TYPES: frozenset[PlaceType] = frozenset({"LIST", "GATEWAY_LIST"})
"""Places with items of their own; all others are objects that must never become empty."""
Endpoint = Literal["ipv6", "dot", "doh"]
ENDPOINTS: tuple[Endpoint, ...] = ("ipv6", "dot", "doh")
Network = IPv4Network | IPv6Network


class Place(NamedTuple):
    """One place. ``scope`` is an account ID or ``zone:ID``; ``name`` is the exact name or the ID of the object.

    ``part`` is an origin inside a pool. ``sources`` are those of IPv4 and IPv6; None is out of scope. Addresses in
    ``keep`` are not ours. ``endpoints`` are those of a location whose lists are ours, too.
    """

    type: PlaceType
    scope: str
    name: str
    sources: tuple[Source | None, Source | None] = (None, None)
    part: str = ""
    keep: tuple[Network, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()

    def __str__(self) -> str:
        """Return ``account/name`` or ``account/pool/origin``, as the user wrote it."""
        return "/".join(filter(None, (self.scope, self.name, self.part)))


class SpfEntry(NamedTuple):
    """A name whose SPF record is ours to keep current. The fields are those of a place."""

    domain: Domain
    sources: tuple[Source | None, Source | None]
    keep: tuple[Network, ...] = ()
    add: bool = False
    zone_id: str = ""

    def __str__(self) -> str:
        """Return the name, as people write it."""
        return self.domain.describe()


class ListRules(NamedTuple):
    """What holds for all lists of a kind: the description of a new one, the comment of new items, which are ours."""

    description: str = ""
    item_comment: str = ""
    owned: CommentRegex = CommentRegex("")


class Networks(NamedTuple):
    """The ranges a place should hold for one family: masked, sorted, none inside another."""

    ranges: tuple[Network, ...]


def covers(outer: Network, inner: Network) -> bool:
    """Whether one range is the other or contains it; ranges of different families never do."""
    return (
        outer.version == inner.version
        and outer.prefixlen <= inner.prefixlen
        and int(outer.network_address) <= int(inner.network_address) <= int(outer.broadcast_address)
    )


def outermost(networks: set[Network]) -> tuple[Network, ...]:
    """Return the ranges of one family, sorted, without those that lie inside another."""
    kept: list[Network] = []
    for network in sorted(networks, key=lambda item: (int(item.network_address), item.prefixlen)):
        if not kept or not covers(kept[-1], network):
            kept.append(network)
    return tuple(kept)

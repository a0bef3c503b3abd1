"""Places beside records that hold an address, as the user names them."""

from ipaddress import IPv4Network, IPv6Network
from typing import Literal, NamedTuple

from ddns.core.entries import Source
from ddns.core.regexes import CommentRegex

PlaceType = Literal["LIST"]
Network = IPv4Network | IPv6Network


class Place(NamedTuple):
    """One place. ``scope`` is an account ID; ``name`` is the exact name or the ID of the object.

    ``sources`` are those of IPv4 and IPv6; None is out of scope.
    """

    type: PlaceType
    scope: str
    name: str
    sources: tuple[Source | None, Source | None] = (None, None)

    def __str__(self) -> str:
        """Return ``account/name``, as the user wrote it."""
        return f"{self.scope}/{self.name}"


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

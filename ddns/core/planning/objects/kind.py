"""What a kind of object is to the planner and to the adapter."""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from typing import Any, NamedTuple

from ddns.core.addresses.families import Family
from ddns.core.places import Network, Place, PlaceType

Body = Mapping[str, Any]
"""An object as the API told it. What is not understood goes back as it was read."""


class Slot(NamedTuple):
    """One set of networks in an object. ``ours`` may be replaced; ``kept`` are there and not ours.

    ``more``: whether anything else is in it. ``families`` are those that may stand there. ``label`` names the slot
    where there are several.
    """

    ours: frozenset[Network]
    kept: frozenset[Network] = frozenset()
    more: bool = False
    families: tuple[Family, ...] = (4, 6)
    label: str = ""
    single: bool = False
    """It has exactly one address, of either family."""


class Kind(NamedTuple):
    """One kind. ``noun`` and ``permission`` are Cloudflare's words; ``path`` is below the base URL, for a scope.

    ``slots`` raises ValueError, with the reason, for an object that must be left alone. ``changed`` returns the body
    to send, with ``filled`` in place of our networks of each slot. ``partial``: the body holds only what changes
    (PATCH). ``hint`` is what to do when Cloudflare refuses the change.
    """

    type: PlaceType
    noun: str
    permission: str
    path: Callable[[str], str]
    slots: Callable[[Place, Body], tuple[Slot, ...]]
    changed: Callable[[Place, Body, Mapping[str, frozenset[Network]]], Body]
    partial: bool = False
    paged: bool = False
    zoned: bool = False
    """Zones have objects of this kind themselves; for other kinds a zone stands for its account."""
    hint: str = ""
    lasting: Callable[[Body, Body], Body] = lambda sent, body: sent  # noqa: ARG005 -- see below
    """What must still be as it was after a change, from what is sent and the whole object."""


def network(text: object) -> Network | None:
    """Return an address or range as a network; None for anything else."""
    try:
        return ip_network(text, strict=False) if isinstance(text, str) else None
    except ValueError:
        return None


def ordered(networks: Iterable[Network]) -> list[Network]:
    """Return networks sorted: IPv4 first, then by address and length."""
    return sorted(networks, key=lambda net: (net.version, int(net.network_address), net.prefixlen))


def rows(value: object) -> list[Body]:
    """Return a list of objects; ValueError when it is something else, so that nothing is replaced by a guess."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
        return value
    raise ValueError("Cloudflare's answer has an unexpected form")

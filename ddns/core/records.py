"""What Cloudflare has: zones, records, lists and their items, as far as we look at them."""

from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from ddns.core.entries import Metadata

ADDRESSES = frozenset({"A", "AAAA"})
"""The types of records that hold an address."""


class Zone(NamedTuple):
    """A zone. ``name`` is ASCII (the API answers Unicode names for zones); ``status`` is an open enum."""

    id: str
    name: str
    status: str = "active"
    account_id: str = ""


class Record(NamedTuple):
    """A record as the API told it. ``content`` of A and AAAA is an address in canonical form, or what stood there."""

    id: str
    name: str
    type: str
    content: str
    meta: Metadata = Metadata()
    read_only: bool = False
    """System-managed (``meta.read_only``): invisible to the planner."""


class AddressList(NamedTuple):
    """A list of addresses: a rules list of kind ``ip``."""

    id: str
    name: str
    description: str = ""


class ListItem(NamedTuple):
    """One item of a list. ``network`` is a range; a single address is /32 or /128. ``id`` may be "": not known."""

    id: str
    network: IPv4Network | IPv6Network
    comment: str = ""


class NewItem(NamedTuple):
    """An item to be added to a list."""

    network: IPv4Network | IPv6Network
    comment: str = ""

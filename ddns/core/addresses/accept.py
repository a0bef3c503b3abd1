"""From what a source says to addresses that may be published: reading, checking, sorting. Pure."""

from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv6Address, IPv6Interface, ip_address
from typing import Final, NamedTuple

from ddns.core.addresses.families import Address, Family, Found, family_name
from ddns.core.addresses.ranges import is_cloudflare, special_kind
from ddns.errors import DdnsError

_BITS: Final = {4: 32, 6: 128}


class Undetected(DdnsError):
    """A source did not name an address that may be published: the reason, and what the user can do."""


class Rules(NamedTuple):
    """What an address must be. ``default_length`` is the prefix length of one written without.

    The two ``reject_`` rules are for sources on the network; what the user chose (static, local, file) skips them.
    """

    family: Family
    default_length: int
    reject_private: bool = False
    reject_cloudflare: bool = False


def accept(text: str, rules: Rules) -> Found:
    """Read one address or CIDR (host bits are kept). Undetected says why it cannot be used.

    An IPv4 address written as IPv6 (``::ffff:5.6.7.8``, ``::ffff:5.6.7.8/120``) is taken for the IPv4 it is.
    """
    written, slash, length = text.partition("/")
    try:
        address: Address = ip_address(written)
        bits = _prefix_length(length, _BITS[address.version]) if slash else None
    except ValueError:
        raise Undetected("not an IP address") from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None and rules.family == 4:
        address = address.ipv4_mapped
        bits = None if bits is None else bits - 96
        if bits is not None and bits < 0:
            raise Undetected(f"the prefix length of {text} is too short for an IPv4 address")
    check(address, rules)
    return _found(address, rules.default_length if bits is None else bits)


def in_order(found: Iterable[Found], rules: Rules) -> tuple[Found, ...]:
    """Return what was found sorted and without duplicates; Undetected when it is nothing."""
    unique = set(found)
    if not unique:
        raise Undetected(f"it names no {family_name(rules.family)} address")
    return tuple(sorted(unique, key=_order))


def check(address: Address, rules: Rules) -> None:
    """Pass an address that may be published. Undetected says why not, naming the setting that would let it pass."""
    if address.version != rules.family:
        raise Undetected(f"{address} is not an {family_name(rules.family)} address")
    fault = not_unicast(address)
    if fault:
        raise Undetected(f"{address} is {fault}")
    if rules.reject_cloudflare and is_cloudflare(address):
        raise Undetected(
            f"{address} is an address of Cloudflare, so a VPN, WARP or a proxy answered in this machine's place",
            "let this program reach the source directly or use another source; REJECT_CLOUDFLARE_IPS=false allows it",
        )
    kind = special_kind(address) if rules.reject_private else ""
    if kind:
        raise Undetected(
            f"{address} is {kind}, nobody on the Internet reaches it",
            "use another source; REJECT_PRIVATE_IPS=false allows such addresses",
        )


def not_unicast(address: Address) -> str:
    """Return what makes an address useless in any record ("a loopback address" …), "" when nothing does."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return "tied to one link by its zone"
        if address.ipv4_mapped is not None:
            return "an IPv4 address written as IPv6"
    kinds = {
        "the unspecified address": address.is_unspecified,
        "a loopback address": address.is_loopback,
        "a link-local address": address.is_link_local,
        "a multicast address": address.is_multicast,
        "the broadcast address": str(address) == "255.255.255.255",
    }
    return next((words for words, holds in kinds.items() if holds), "")


def _prefix_length(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 3 or int(text) > most:
        raise ValueError
    return int(text)


def _found(address: Address, length: int) -> Found:
    if isinstance(address, IPv6Address):
        return IPv6Interface((address, length))
    return IPv4Interface((address, length))


def _order(found: Found) -> tuple[int, int]:
    return int(found.ip), found.network.prefixlen

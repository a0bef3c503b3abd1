"""``local.iface`` and its relatives: the addresses of a network interface, as the kernel lists them."""

import contextlib
import socket
from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple

from ddns.core.addresses.accept import Rules, Undetected, accept, in_order, not_unicast
from ddns.core.addresses.families import Address, Family, Known, family_name
from ddns.core.addresses.ranges import special_kind
from ddns.core.expressions.selectors import AddressFilter
from ddns.rtnetlink import DADFAILED, DEPRECATED, TEMPORARY, TENTATIVE, assigned

_AF: Final = {4: socket.AF_INET, 6: socket.AF_INET6}
_UNIQUE_LOCAL: Final = IPv6Network("fc00::/7")


class Own(NamedTuple):
    """One address of this machine: the number of its interface, its prefix length and IFA_F_* flags."""

    link: int
    address: Address
    length: int
    flags: int


def addresses(name: str, rules: Rules) -> Known:
    """Return what the interface has. Undetected when it does not exist or has none that may be published.

    Each has the default prefix length: the interface's own says how large its link is, not how much of it is ours.
    """
    mine = _usable(name, rules.family)
    return Known(in_order((accept(str(each.address), rules) for each in mine), rules))


def stable(name: str, rules: Rules, *, unique_local: bool) -> Known:
    """Return the address of the interface to rely on; for IPv4 all of them.

    Undetected when there is none, or only a unique local one (RFC 4193) and ``unique_local`` is not set: before the
    provider's prefix arrives an interface may have nothing else.
    """
    mine = _usable(name, rules.family, lasting=True)
    if not unique_local and isinstance(mine[0].address, IPv6Address) and mine[0].address in _UNIQUE_LOCAL:
        what = f"the interface {name} has only the unique local address {mine[0].address}, and no public one yet"
        raise Undetected(what, "wait for the provider's prefix; REJECT_PRIVATE_IPS=false allows such addresses")
    return Known(in_order((accept(str(each.address), rules) for each in mine), rules))


def first(name: str, rules: Rules, keep: AddressFilter | None) -> Known:
    """Return the first address of the interface, as ``ip addr`` lists them; where there is a filter, that it keeps.

    When it keeps none the first one is returned, and the filter says so itself.
    """
    mine = _usable(name, rules.family)
    kept = [each for each in mine if keep is None or keep.keeps(each.address)]
    return Known((accept(str((kept or mine)[0].address), rules),))


def _usable(name: str, family: Family, *, lasting: bool = False) -> list[Own]:
    try:
        index = socket.if_nametoindex(name)
    except (OSError, ValueError):
        raise _missing(name) from None
    try:
        every = listing(family)
    except OSError as error:
        what = f"the addresses of {name} cannot be listed ({error.strerror or error})"
        raise Undetected(what, "let this program use netlink sockets (RestrictAddressFamilies=AF_NETLINK)") from None
    mine = select((each for each in every if each.link == index), family, stable=lasting)
    if not mine:
        kind = f"stable {family_name(family)}" if lasting else family_name(family)
        raise Undetected(f"the interface {name} has no {kind} address (link-local ones do not count)")
    return mine


def select(every: Iterable[Own], family: Family, *, stable: bool) -> list[Own]:
    """Return those that may be published: all that are in use, or of IPv6 the one ``stable`` address to rely on.

    That one is neither temporary nor deprecated; a public one comes before a unique-local one, then that with the
    shortest prefix, as timothymiller/cloudflare-ddns chooses.
    """
    unusable = TENTATIVE | DADFAILED
    if not stable or family == 4:
        return [each for each in every if not each.flags & unusable and not not_unicast(each.address)]
    unusable |= TEMPORARY | DEPRECATED
    lasting = [each for each in every if not each.flags & unusable and not not_unicast(each.address)]
    return sorted(lasting, key=_preference)[:1]


def listing(family: Family) -> list[Own]:
    """List every address of every interface, whole. OSError when the kernel refuses or they keep changing."""
    try:
        return [
            Own(each.link, ip_address(each.address), each.length, each.flags)
            for each in assigned(_AF[family])
            if each.family == _AF[family]
        ]
    except ValueError:
        raise OSError("the kernel's list of addresses cannot be read") from None


def _preference(each: Own) -> tuple[bool, int, int]:
    return bool(special_kind(each.address)), each.length, int(each.address)


def _missing(name: str) -> Undetected:
    names = []
    with contextlib.suppress(OSError):  # where netlink is refused, so is this
        names = [each for _, each in socket.if_nameindex()]
    hint = f"this machine has: {', '.join(names)}" if names else "check its name"
    return Undetected(f"there is no interface {ascii(name)[1:-1]}", hint)

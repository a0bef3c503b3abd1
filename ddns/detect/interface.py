"""``local.iface`` and its relatives: the addresses of a network interface, as the kernel lists them.

Asked over rtnetlink (rtnetlink(7), linux/if_addr.h): it is there on every Linux, needs no rights and no /proc, and
tells each address's flags.
"""

import contextlib
import socket
import struct
from collections.abc import Iterable, Iterator
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple

from ddns.core.addresses.accept import Rules, Undetected, accept, in_order, not_unicast
from ddns.core.addresses.families import Address, Family, Known, family_name
from ddns.core.addresses.ranges import special_kind
from ddns.core.expressions.selectors import AddressFilter

TEMPORARY, DADFAILED, DEPRECATED, TENTATIVE = 0x01, 0x08, 0x20, 0x40
"""IFA_F_*; for IPv4 the bit of TEMPORARY means "secondary"."""

_GETADDR, _NEWADDR, _ERROR, _DONE = 22, 20, 2, 3
_REQUEST_DUMP: Final = 0x301
_INTERRUPTED: Final = 0x10
_IFA_ADDRESS, _IFA_LOCAL, _IFA_FLAGS = 1, 2, 8
_AF: Final = {4: socket.AF_INET, 6: socket.AF_INET6}
_UNIQUE_LOCAL: Final = IPv6Network("fc00::/7")
_SECONDS: Final = 2.0
"""The kernel answers at once; this only keeps a surprise from lasting."""
_TRIES: Final = 3


class Changed(OSError):
    """The addresses changed while the kernel listed them: the list may lack some, so it is not used."""


class Assigned(NamedTuple):
    """One address: the number of its interface, its prefix length and IFA_F_* flags."""

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


def _usable(name: str, family: Family, *, lasting: bool = False) -> list[Assigned]:
    try:
        index = socket.if_nametoindex(name)
    except (OSError, ValueError):
        raise _missing(name) from None
    try:
        assigned = listing(family)
    except OSError as error:
        what = f"the addresses of {name} cannot be listed ({error.strerror or error})"
        raise Undetected(what, "let this program use netlink sockets (RestrictAddressFamilies=AF_NETLINK)") from None
    mine = select((each for each in assigned if each.link == index), family, stable=lasting)
    if not mine:
        kind = f"stable {family_name(family)}" if lasting else family_name(family)
        raise Undetected(f"the interface {name} has no {kind} address (link-local ones do not count)")
    return mine


def select(assigned: Iterable[Assigned], family: Family, *, stable: bool) -> list[Assigned]:
    """Return those that may be published: all that are in use, or of IPv6 the one ``stable`` address to rely on.

    That one is neither temporary nor deprecated; a public one comes before a unique-local one, then that with the
    shortest prefix, as timothymiller/cloudflare-ddns chooses.
    """
    unusable = TENTATIVE | DADFAILED
    if not stable or family == 4:
        return [each for each in assigned if not each.flags & unusable and not not_unicast(each.address)]
    unusable |= TEMPORARY | DEPRECATED
    lasting = [each for each in assigned if not each.flags & unusable and not not_unicast(each.address)]
    return sorted(lasting, key=_preference)[:1]


def listing(family: Family) -> list[Assigned]:
    """List every address of every interface, whole. OSError when the kernel refuses or they keep changing."""
    for _ in range(_TRIES):
        with contextlib.suppress(Changed):
            return list(_dump(family))
    raise OSError("they keep changing")


def _dump(family: Family) -> Iterator[Assigned]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as sock:
        sock.settimeout(_SECONDS)
        sock.bind((0, 0))
        sock.send(struct.pack("=IHHIIB7x", 24, _GETADDR, _REQUEST_DUMP, 1, 0, _AF[family]))
        while True:
            done, found = parse(sock.recv(65536))
            yield from found
            if done:
                return


def parse(datagram: bytes) -> tuple[bool, list[Assigned]]:
    """Read one datagram of the dump: whether it is the last, and its addresses.

    Changed: the dump is to be asked for again. OSError: an error of the kernel, or not netlink at all.
    """
    found: list[Assigned] = []
    at = 0
    try:
        while at < len(datagram):
            size, kind, flags = struct.unpack_from("=IHH", datagram, at)
            if flags & _INTERRUPTED:
                raise Changed
            if kind == _DONE:
                return True, found
            if kind == _ERROR or size < 16:
                raise OSError("the kernel did not list the addresses")
            if kind == _NEWADDR:
                found += _assigned(datagram[at + 16 : at + size])
            at += (size + 3) & ~3
    except (struct.error, ValueError):
        raise OSError("the kernel's list of addresses cannot be read") from None
    return False, found


def _assigned(message: bytes) -> list[Assigned]:
    family, length, flags, _, index = struct.unpack_from("=BBBBI", message)
    fields = dict(_attributes(message[8:]))
    raw = fields.get(_IFA_LOCAL, fields.get(_IFA_ADDRESS))  # on a point-to-point link ADDRESS is the other end's
    if family not in _AF.values() or raw is None:
        return []
    flags = struct.unpack("=I", fields[_IFA_FLAGS])[0] if _IFA_FLAGS in fields else flags
    return [Assigned(index, ip_address(raw), length, flags)]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if size < 4:
            return
        yield kind, data[at + 4 : at + size]
        at += (size + 3) & ~3


def _preference(each: Assigned) -> tuple[bool, int, int]:
    return bool(special_kind(each.address)), each.length, int(each.address)


def _missing(name: str) -> Undetected:
    names = []
    with contextlib.suppress(OSError):  # where netlink is refused, so is this
        names = [each for _, each in socket.if_nameindex()]
    hint = f"this machine has: {', '.join(names)}" if names else "check its name"
    return Undetected(f"there is no interface {ascii(name)[1:-1]}", hint)

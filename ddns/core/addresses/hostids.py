"""Host IDs: which host part replaces that of a detected IPv6 address."""

from ipaddress import IPv6Address, IPv6Interface
from typing import Literal, NamedTuple

_MAC_LENGTH = 17
_EUI64_BITS = 64
_HEX = frozenset("0123456789abcdef")
_FORMS = "preserve, an IPv6 address such as ::1, mac(aa:bb:cc:dd:ee:ff), or a list of these in [ ]"


class HostId(NamedTuple):
    """One host ID. ``text`` is what the user may type back; ``value`` the 128-bit literal, or the 48-bit MAC."""

    kind: Literal["preserve", "literal", "mac"]
    text: str
    value: int = 0


def derive(found: IPv6Interface, host: HostId) -> IPv6Address | str:
    """Return the address with the host's bits, or the reason (a sentence) why the pair is impossible."""
    length = found.network.prefixlen
    if host.kind == "preserve":
        return found.ip
    if host.kind == "mac":
        return _from_mac(found, host, length)
    room = 128 - host.value.bit_length()
    if length > room:
        return (
            f"The host ID {host.text} reaches into the network part of {found}; "
            f"it needs a prefix of at most {room} bits, not {length}"
        )
    return _join(found, host.value)


def parse_hostids(text: str) -> tuple[HostId, ...]:
    """Read ``preserve``, an IPv6 literal, ``mac(…)`` or a bracketed set of them; ValueError says what is wrong.

    The result is sorted, without duplicates and in canonical spelling, so equal sets are equal tuples.
    """
    body = text.strip()
    if not body.startswith("["):
        return (_parse_one(body),)
    if not body.endswith("]"):
        raise ValueError(f"the list of host IDs {text!r} has no closing bracket")
    items = [item.strip() for item in body[1:-1].split(",")]
    if len(items) > 1 and not items[-1]:
        items.pop()
    if items == [""]:
        raise ValueError("the list of host IDs is empty; leave the field out to publish the detected address")
    if "" in items:
        raise ValueError(f"the list of host IDs {text!r} has extra commas")
    return tuple(sorted({_parse_one(item) for item in items}))


def suspicious(host: HostId) -> str:
    """Return a warning about a MAC address no device has as its own, or nothing."""
    if host.kind != "mac":
        return ""
    if not host.value:
        return f"{host.text} is the all-zero MAC address, which no device has"
    if host.value == (1 << 48) - 1:
        return f"{host.text} is the broadcast MAC address, which no device has"
    if host.value >> 40 & 1:
        return f"{host.text} is a group (multicast) MAC address, which no single device has"
    return ""


def _from_mac(found: IPv6Interface, host: HostId, length: int) -> IPv6Address | str:
    """Build a modified EUI-64 address (RFC 4291, appendix A), which is defined for /64 networks only."""
    mac = host.value
    suffix = (mac >> 24 ^ 0x020000) << 40 | 0xFFFE << 24 | mac & 0xFFFFFF
    if length == _EUI64_BITS:
        return _join(found, suffix)
    reason = f"The host ID {host.text} needs a prefix of exactly 64 bits, but {found} has {length}"
    return reason if length > _EUI64_BITS else f"{reason}; its literal form would be {IPv6Address(suffix)}"


def _join(found: IPv6Interface, host: int) -> IPv6Address:
    return IPv6Address(int(found.network.network_address) | host)


def _parse_one(text: str) -> HostId:
    if text == "preserve":
        return HostId("preserve", text)
    if text.startswith("mac") and text[3:].lstrip().startswith("(") and text.endswith(")"):
        return _parse_mac(text[3:].lstrip()[1:-1].strip())
    if "%" in text:
        raise ValueError(f"the host ID {text!r} must not name an interface zone")
    if "/" in text:
        raise ValueError(f"the host ID {text!r} must not have a prefix length; it is that of the detected address")
    try:
        address = IPv6Address(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a host ID; write {_FORMS}") from None
    if address.ipv4_mapped is not None:
        raise ValueError(f"the host ID {text!r} is an IPv4 address in IPv6 clothes, which no AAAA record may have")
    return HostId("literal", str(address), int(address))


def _parse_mac(text: str) -> HostId:
    separator = text[2:3]
    octets = text.split(separator) if separator in {":", "-"} else []
    digits = "".join(octets).lower()
    right = len(text) == _MAC_LENGTH and len(octets) == 6 and all(len(octet) == 2 for octet in octets)
    if not right or not set(digits) <= _HEX:
        raise ValueError(f"{text!r} is not a MAC address; write it as aa:bb:cc:dd:ee:ff or AA-BB-CC-DD-EE-FF")
    pairs = ":".join(octet.lower() for octet in octets)
    return HostId("mac", f"mac({pairs})", int(digits, 16))

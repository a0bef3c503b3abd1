"""``local``: the address this machine would send from."""

import socket
from typing import Final

from ddns.core.addresses.accept import Rules, Undetected, accept
from ddns.core.addresses.families import Family, Known, family_name

_TOWARDS: Final = {4: (socket.AF_INET, "1.1.1.1"), 6: (socket.AF_INET6, "2606:4700:4700::1111")}
"""Literal addresses on the Internet: which one does not matter, and a name would need a lookup, which can fail."""


def outward(family: Family) -> str:
    """Return the address that a packet to the Internet would bear, "" without a route there.

    A UDP socket is connected; nothing is sent.
    """
    kind, target = _TOWARDS[family]
    try:
        with socket.socket(kind, socket.SOCK_DGRAM) as sock:
            sock.connect((target, 443))
            return str(sock.getsockname()[0])
    except OSError:
        return ""


def source_address(rules: Rules) -> Known:
    """Ask the kernel which address this machine would send from. Undetected without a route of the family."""
    text = outward(rules.family)
    if not text:
        name = family_name(rules.family)
        raise Undetected(f"this machine has no way to the Internet over {name}", f"check its {name} routes")
    return Known((accept(text, rules),))

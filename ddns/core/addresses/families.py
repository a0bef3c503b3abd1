"""Address families and what a detection can end in."""

from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Literal, NamedTuple

Family = Literal[4, 6]
RecordType = Literal["A", "AAAA"]
Address = IPv4Address | IPv6Address
Found = IPv4Interface | IPv6Interface
"""A detected address with its prefix length (an entry without one has the default of its setting)."""

FAMILIES: tuple[Family, Family] = (4, 6)


def record_type(family: Family) -> RecordType:
    """Return ``A`` for IPv4, ``AAAA`` for IPv6."""
    return "A" if family == 4 else "AAAA"


def family_name(family: Family) -> str:
    """Return ``IPv4`` or ``IPv6``."""
    return f"IPv{family}"


class Known(NamedTuple):
    """The addresses are known: sorted, no duplicates. Empty is a known-empty set (``static.empty`` only)."""

    found: tuple[Found, ...]
    note: str = ""
    """A remark for the log, such as which fallback endpoint answered."""


class Unknown(NamedTuple):
    """The addresses are not known, so nothing may be changed because of them."""

    reason: str
    hint: str = ""


Detected = Known | Unknown

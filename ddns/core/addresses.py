"""Address families and what a detection can end in."""

from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from ddns.core.selectors import AddressFilter

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


def apply_filter(detected: Detected, chosen: "AddressFilter | None") -> Detected:
    """Keep the addresses a detection filter keeps. When it keeps none of several, the addresses are not known.

    The known-empty set passes as it is: it holds nothing to filter, and clearing is what the user asked for.
    """
    if chosen is None or isinstance(detected, Unknown) or not detected.found:
        return detected
    found = tuple(each for each in detected.found if chosen.keeps(each.ip))
    if found:
        return detected._replace(found=found)
    name = family_name(chosen.family)
    return Unknown(
        f"none of the detected {name} addresses passes the filter",
        f"check IP{chosen.family}_DETECTION_FILTER, or the network this machine is in",
    )

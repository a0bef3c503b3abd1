"""Host IDs: which host part replaces that of a detected IPv6 address."""

from ipaddress import IPv6Address, IPv6Interface
from typing import Literal, NamedTuple


class HostId(NamedTuple):
    """One host ID. ``text`` is what the user may type back; ``value`` the 128-bit literal, or the 48-bit MAC."""

    kind: Literal["preserve", "literal", "mac"]
    text: str
    value: int = 0


def derive(found: IPv6Interface, host: HostId) -> IPv6Address | str:
    """Return the address with the host's bits, or the reason (a sentence) why the pair is impossible."""
    raise NotImplementedError(found, host)


def parse_hostids(text: str) -> tuple[HostId, ...]:
    """Read ``preserve``, an IPv6 literal, ``mac(…)`` or a bracketed set of them; ValueError says what is wrong."""
    raise NotImplementedError(text)

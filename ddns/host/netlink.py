"""Which global addresses this machine has, as one set, and the events that say it may be another one.

Events only say that something happened; what counts is whether the set of addresses is another one. So lifetime
refreshes, which an IPv6 router sends every few minutes, wake nobody, and a lost event loses nothing.
The sleeper of the frozen program (``build/sleep``) computes the same ``digest``.
"""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from ddns.rtnetlink import DADFAILED, DEPRECATED, TENTATIVE, assigned, open_socket

GROUPS = 0x10 | 0x100
"""RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR (linux/rtnetlink.h)."""
_UNUSABLE = DEPRECATED | TENTATIVE | DADFAILED
_TRIES = 3

Events = socket.socket
Addresses = frozenset[bytes]
"""Each is the interface index (4 bytes, host order) and the address (4 or 16 bytes)."""


def open_events() -> Events:
    """Return a socket that is readable after address events; OSError where the kernel or a filter refuses it."""
    with ExitStack() as undo:
        events = undo.enter_context(open_socket(socket.SOCK_NONBLOCK))
        events.bind((0, GROUPS))
        undo.pop_all()
        return events


def drain(events: Events) -> bool:
    """Throw away the events that have arrived; return whether there were any. OSError when the socket is broken."""
    some = False
    errors = 0
    while True:
        try:
            events.recv(1)
        except BlockingIOError:
            return some
        except OSError:  # ENOBUFS says once that some did not fit, which changes nothing for us
            errors += 1
            if errors == _TRIES:
                raise
        some = True


def addresses(ask: Callable[[], Iterator[bytes]] | None = None) -> Addresses:
    """Return the usable addresses of global scope: not tentative, not deprecated. OSError when they cannot be read.

    ``ask`` yields the kernel's answer; tests bring their own.
    """
    usable = (each for each in assigned(ask=ask) if not each.scope and not each.flags & _UNUSABLE)
    return frozenset(struct.pack("<I", each.link) + each.address for each in usable)


def digest(found: Addresses) -> int:
    """Return 64 bits that tell sets apart: the sum of FNV-1a (RFC 9923) of each member, mixed once more."""
    return sum(_hash(member) for member in found) & 0xFFFFFFFFFFFFFFFF


def _hash(member: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in member:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    # Without this step the last bytes of two members could be swapped unnoticed (finaliser of MurmurHash3).
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & 0xFFFFFFFFFFFFFFFF
    return value ^ value >> 33

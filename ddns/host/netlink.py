"""Which global addresses this machine has, from the kernel's routing socket (rtnetlink(7), linux/if_addr.h).

Events only say that something happened; what counts is whether the set of addresses is another one. So lifetime
refreshes, which an IPv6 router sends every few minutes, wake nobody, and a lost event loses nothing.
The sleeper of the frozen program (``build/sleep``) computes the same ``digest``.
"""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack

GROUPS = 0x10 | 0x100
"""RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR (linux/rtnetlink.h)."""
_ROUTE, _GETADDR = 0, 22
_DONE, _ERROR = 3, 2
_REQUEST_DUMP, _INTERRUPTED = 0x301, 0x10
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_IFADDR = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, interface index
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_ADDRESS, _LOCAL = 1, 2
_UNUSABLE = 0x20 | 0x40 | 0x08  # IFA_F_DEPRECATED, IFA_F_TENTATIVE, IFA_F_DADFAILED
_BUFFER = 65536
_TRIES = 3

Events = socket.socket
Addresses = frozenset[bytes]
"""Each is the interface index (4 bytes, host order) and the address (4 or 16 bytes)."""


def open_events() -> Events:
    """Return a socket that is readable after address events; OSError where the kernel or a filter refuses it."""
    with ExitStack() as undo:
        events = undo.enter_context(_socket(socket.SOCK_NONBLOCK))
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
    for _ in range(_TRIES):
        found, whole = _listed((ask or _answer)())
        if whole:
            return found
    raise OSError("the addresses kept changing while they were read")


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


def _socket(flags: int) -> socket.socket:
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | flags, _ROUTE)


def _answer() -> Iterator[bytes]:
    with _socket(0) as asker:
        asker.settimeout(1.0)
        asker.bind((0, 0))
        asker.send(_HEADER.pack(_HEADER.size + _IFADDR.size, _GETADDR, _REQUEST_DUMP, 1, 0) + bytes(_IFADDR.size))
        while True:
            yield asker.recv(_BUFFER)


def _listed(answer: Iterator[bytes]) -> tuple[Addresses, bool]:
    """Return the usable addresses in an answer, and whether it is whole: nothing changed while it was made."""
    found: set[bytes] = set()
    whole = True
    for data in answer:
        for kind, flags, body in _messages(data):
            whole = whole and not flags & _INTERRUPTED
            if kind == _DONE:
                return frozenset(found), whole
            if kind == _ERROR:
                raise OSError("the kernel refused to list the addresses")
            found.update(_usable(body))
    raise OSError("the kernel's list of addresses has no end")


def _messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield type, flags and body of each netlink message."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, flags, _sequence, _port = _HEADER.unpack_from(data, at)
        if not _HEADER.size <= length <= len(data) - at:
            raise OSError("the kernel's list of addresses is broken")
        yield kind, flags, data[at + _HEADER.size : at + length]
        at += length + 3 & ~3


def _usable(body: bytes) -> Iterator[bytes]:
    """Yield the member of the set that an address message stands for, if it is one."""
    if len(body) < _IFADDR.size:
        return
    _family, _prefix, flags, scope, index = _IFADDR.unpack_from(body)
    if scope or flags & _UNUSABLE:
        return
    attributes = dict(_attributes(body[_IFADDR.size :]))
    address = attributes.get(_LOCAL) or attributes.get(_ADDRESS)  # on a point-to-point link ADDRESS is the other end
    if address:
        yield struct.pack("=I", index) + address


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if not _ATTRIBUTE.size <= length <= len(data) - at:
            return
        yield kind, data[at + _ATTRIBUTE.size : at + length]
        at += length + 3 & ~3

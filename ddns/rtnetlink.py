"""Every address of every interface of this machine, as the kernel lists them (rtnetlink(7), linux/if_addr.h).

It is there on every Linux, needs no rights and no /proc, and tells the flags of each address. The sleeper of the frozen
program (``build/sleep``) reads the same list by the same rules.
"""

import socket
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

TEMPORARY, DADFAILED, DEPRECATED, TENTATIVE = 0x01, 0x08, 0x20, 0x40
"""IFA_F_*; for IPv4 the bit of TEMPORARY means "secondary"."""

_GETADDR, _ERROR, _DONE = 22, 2, 3
_REQUEST_DUMP, _INTERRUPTED = 0x301, 0x10
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_IFADDR = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, interface index
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_ADDRESS, _LOCAL, _FLAGS = 1, 2, 8
_BUFFER = 65536
_SECONDS = 1.0
"""The kernel answers at once; this only keeps a surprise from lasting."""
_TRIES = 3


class Assigned(NamedTuple):
    """One address: AF_*, its prefix length, IFA_F_* flags, RT_SCOPE_*, the number of its interface, and its bytes."""

    family: int
    length: int
    flags: int
    scope: int
    link: int
    address: bytes


def open_socket(flags: int = 0) -> socket.socket:
    """Return a socket that talks to the kernel's routing part; OSError where the kernel or a filter refuses it."""
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | flags, socket.NETLINK_ROUTE)


def assigned(family: int = socket.AF_UNSPEC, ask: Callable[[], Iterator[bytes]] | None = None) -> list[Assigned]:
    """List the addresses of a family (AF_UNSPEC: of all), whole. OSError when they cannot be read.

    ``ask`` yields the kernel's answer; tests bring their own.
    """
    for _ in range(_TRIES):
        found, whole = _listed(ask() if ask else _answer(family))
        if whole:
            return found
    raise OSError("the addresses kept changing while they were read")


def _answer(family: int) -> Iterator[bytes]:
    with open_socket() as asker:
        asker.settimeout(_SECONDS)
        asker.bind((0, 0))
        question = _IFADDR.pack(family, 0, 0, 0, 0)
        asker.send(_HEADER.pack(_HEADER.size + len(question), _GETADDR, _REQUEST_DUMP, 1, 0) + question)
        while True:
            yield asker.recv(_BUFFER)


def _listed(answer: Iterator[bytes]) -> tuple[list[Assigned], bool]:
    """Return the addresses in an answer, and whether it is whole: nothing changed while it was made."""
    found: list[Assigned] = []
    whole = True
    for data in answer:
        for kind, flags, body in _messages(data):
            whole = whole and not flags & _INTERRUPTED
            if kind == _DONE:
                return found, whole
            if kind == _ERROR:
                raise OSError("the kernel refused to list the addresses")
            found += _of_message(body)
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


def _of_message(body: bytes) -> Iterator[Assigned]:
    """Yield the address in a message, if it has one. The flags beyond the first eight are an attribute."""
    if len(body) < _IFADDR.size:
        return
    family, length, flags, scope, index = _IFADDR.unpack_from(body)
    attributes = dict(_attributes(body[_IFADDR.size :]))
    address = attributes.get(_LOCAL) or attributes.get(_ADDRESS)  # on a point-to-point link ADDRESS is the other end
    wide = attributes.get(_FLAGS, b"")
    if len(wide) == 4:
        flags |= struct.unpack("=I", wide)[0] & ~0xFF
    if address:
        yield Assigned(family, length, flags, scope, index, address)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if not _ATTRIBUTE.size <= length <= len(data) - at:
            return
        yield kind, data[at + _ATTRIBUTE.size : at + length]
        at += length + 3 & ~3

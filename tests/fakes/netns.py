"""A network namespace of our own, and just enough rtnetlink to put addresses on an interface there, without ``ip``."""

import ctypes
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TypeVar

import pytest

_NEWNET = 0x40000000
_NEWLINK, _NEWADDR, _DELADDR = 16, 20, 21
_REQUEST_ACK, _CREATE, _REPLACE = 0x5, 0x400, 0x100
NODAD, PERMANENT, DEPRECATED = 0x02, 0x80, 0x20
LINK = "dormouse0"
T = TypeVar("T")


def inside(action: Callable[[], None]) -> None:
    """Run something in a thread that has a network namespace of its own; skip where that is not allowed."""
    failures: list[BaseException] = []

    def enter() -> None:
        try:
            _unshare()
            action()
        except BaseException as error:  # noqa: BLE001 -- raised again outside of the thread
            failures.append(error)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if failures and isinstance(failures[0], PermissionError):
        pytest.skip(f"no network namespace here: {failures[0]}")
    if failures:
        raise failures[0]


def _unshare() -> None:
    _system("unshare", _NEWNET)


def _system(name: str, *args: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc[name](*args):
        number = ctypes.get_errno()
        raise PermissionError(number, os.strerror(number))


class Namespace:
    """A network namespace that lasts as long as it is open or something runs in it; its loopback is up.

    PermissionError: this process may not make one.
    """

    def __init__(self) -> None:
        self._file = _in_a_thread(_entered)

    def run(self, action: Callable[[], T]) -> T:
        """Run something there, and return what it gave; processes and sockets that it makes stay there."""

        def enter() -> T:
            _system("setns", self._file, _NEWNET)
            return action()

        return _in_a_thread(enter)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._file)


def _entered() -> int:
    _unshare()
    _ask(_NEWLINK, 0, struct.pack("=BxHiII", 0, 0, 1, 1, 1))  # the interface 1, loopback: up
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _in_a_thread(action: Callable[[], T]) -> T:
    """Run something in a thread of its own, whose namespaces may differ."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(action).result()


def unshared(*command: str) -> list[str]:
    """Return a command line that runs a command in a network namespace of its own."""
    return ["unshare", "-n" if os.getuid() == 0 else "-Urn", *command]


def process_namespace(*command: str) -> list[str]:
    """Return a command line that runs a command as process 1 of a process namespace of its own."""
    return ["unshare", *([] if os.getuid() == 0 else ["-Ur"]), "-pf", "--kill-child", "--mount-proc", *command]


def add_link() -> None:
    """Make a dummy interface and bring it up (a kernel without that kind has another that sends nowhere)."""
    for kind in ("dummy", "ifb"):
        info = _attribute(18, _attribute(1, kind.encode()))  # IFLA_LINKINFO, IFLA_INFO_KIND
        body = struct.pack("=BxHiII", 0, 0, 0, 1, 1) + _attribute(3, LINK.encode() + b"\0") + info  # up, IFLA_IFNAME
        if _ask(_NEWLINK, _CREATE, body) == 0:
            return
    raise OSError("the kernel has neither dummy nor ifb interfaces")


def add_address(address: str, *, flags: int = NODAD | PERMANENT, scope: int = 0, life: int = 0) -> None:
    """Put an address on the interface, or refresh it: ``life`` is its lifetime in seconds, 0 for ever."""
    _change(_NEWADDR, _CREATE | _REPLACE, address, flags, scope, life)


def remove_address(address: str) -> None:
    """Take an address away."""
    _change(_DELADDR, 0, address, 0, 0, 0)


def _change(kind: int, extra: int, address: str, flags: int, scope: int, life: int) -> None:
    packed = ip_address(address).packed
    family, length = (socket.AF_INET, 32) if len(packed) == 4 else (socket.AF_INET6, 128)
    body = struct.pack("=BBBBI", family, length, flags, scope, socket.if_nametoindex(LINK))
    body += _attribute(2, packed) + _attribute(1, packed)  # IFA_LOCAL, IFA_ADDRESS
    if life:
        preferred = 0 if flags & DEPRECATED else life
        body += _attribute(6, struct.pack("=IIII", preferred, life, 0, 0))  # IFA_CACHEINFO
    error = _ask(kind, extra, body)
    if error:
        raise OSError(error, os.strerror(error))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _ask(kind: int, extra: int, body: bytes) -> int:
    """Send one request and return the kernel's error number, 0 when it is done."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.bind((0, 0))
        link.send(struct.pack("=IHHII", 16 + len(body), kind, _REQUEST_ACK | extra, 1, 0) + body)
        return -int(struct.unpack_from("=i", link.recv(65536), 16)[0])


if __name__ == "__main__":  # python -m tests.fakes.netns add ADDRESS | remove ADDRESS | link
    match sys.argv[1:]:
        case ["link"]:
            add_link()
        case ["add", address]:
            add_address(address)
        case ["remove", address]:
            remove_address(address)
        case _:
            sys.exit("link, add ADDRESS or remove ADDRESS")

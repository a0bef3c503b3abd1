"""Starts a program under a filter that refuses single system calls (x86-64 only): ``seccomp.py NAME,NAME COMMAND…``.

A refused call fails with EPERM, as container engines let it. ``netlink`` refuses sockets of that family only.
"""

import ctypes
import os
import struct
import sys

NUMBERS = {"memfd_create": 319, "signalfd4": 289, "timerfd_create": 283, "socket": 41, "execve": 59, "brk": 12}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO_EPERM = 0x7FFF0000, 0x00050001
_NUMBER, _FIRST_ARGUMENT = 0, 16  # offsets in struct seccomp_data
_NETLINK = 16


def rules(names: list[str]) -> list[tuple[int, int, int, int]]:
    """Return the filter: (code, jump if true, jump if false, constant) each."""
    found = []
    for name in names:
        if name == "netlink":
            found += [
                (_LOAD, 0, 0, _NUMBER),
                (_EQUAL, 0, 3, NUMBERS["socket"]),
                (_LOAD, 0, 0, _FIRST_ARGUMENT),
                (_EQUAL, 0, 1, _NETLINK),
                (_RETURN, 0, 0, _ERRNO_EPERM),
            ]
        else:
            found += [(_LOAD, 0, 0, _NUMBER), (_EQUAL, 0, 1, NUMBERS[name]), (_RETURN, 0, 0, _ERRNO_EPERM)]
    return [*found, (_RETURN, 0, 0, _ALLOW)]


def install(names: list[str]) -> None:
    """Put this process and what it starts under the filter; OSError where the kernel has none."""
    code = b"".join(struct.pack("=HBBI", *rule) for rule in rules(names))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("=HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):  # no new privileges; filter
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    install(sys.argv[1].split(","))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 -- the program to run

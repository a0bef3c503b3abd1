"""The running instance's latest state in memory that other processes of the same user can find: nothing on disk.

It is a memfd (memfd_create(2)), sealed against change and replaced as a whole, so a reader never sees half of one. The
same memory carries the state through hibernation.
"""

# ruff: noqa: PTH115, PTH123, PTH208 -- pathlib would cost the program memory for nothing

import errno
import fcntl
import os
from collections.abc import Iterator
from typing import NamedTuple

NAME = "dormouse-state"
_TARGET = f"/memfd:{NAME} (deleted)"  # how Linux shows it in /proc/PID/fd (proc(5))
_MFD_CLOEXEC, _MFD_ALLOW_SEALING, _MFD_NOEXEC_SEAL = 1, 2, 8
_F_ADD_SEALS, _SEALS = 1033, 0xF  # all four: no more seals, no shrinking, growing, writing (fcntl(2))
_LARGEST = 64 << 20
_PIECE = 1 << 16


class Board:
    """Holds the latest state up for others to see. ``beside`` are descriptors that go through hibernation with it."""

    __slots__ = ("beside", "fd")

    def __init__(self, fd: int = -1) -> None:
        """Start with nothing, or with the descriptor that came through hibernation."""
        self.fd = fd
        self.beside: tuple[int, ...] = ()

    def publish(self, state: bytes) -> None:
        """Replace what is shown. OSError where the kernel has no memfd (before Linux 3.17) or refuses it."""
        if self.fd >= 0 and _holds(self.fd, state):
            return
        fd = _sealed(state)
        self.close()
        self.fd = fd

    def close(self) -> None:
        """Show nothing any more."""
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1


class Instance(NamedTuple):
    """A running instance: its process and the state it shows."""

    pid: int
    state: bytes


def instances(proc: str = "/proc") -> tuple[Instance, ...]:
    """Return the instances that this user may look into, lowest process first; none where /proc is not readable."""
    return tuple(_scan(proc))


def read(fd: int, start: int = 0, most: int = _LARGEST) -> bytes | None:
    """Return what a descriptor of ours holds, or a part of it; None when it is closed, or no such memory."""
    try:
        if os.readlink(f"/proc/self/fd/{fd}") != _TARGET:
            return None
        return os.pread(fd, min(os.fstat(fd).st_size, most), start)
    except OSError:
        return None


def _holds(fd: int, state: bytes) -> bool:
    """Whether a descriptor of ours holds exactly this; a large state is never read at once."""
    starts = range(0, len(state) + 1, _PIECE)  # one more: it may go on where this ends
    return all(read(fd, start, _PIECE) == state[start : start + _PIECE] for start in starts)


def _sealed(state: bytes) -> int:
    create = getattr(os, "memfd_create", None)
    if create is None:  # a Python built against a C library before glibc 2.27
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    flags = _MFD_CLOEXEC | _MFD_ALLOW_SEALING
    try:
        fd = create(NAME, flags | _MFD_NOEXEC_SEAL)  # Linux 6.3; where vm.memfd_noexec is 2, only this is allowed
    except OSError:
        fd = create(NAME, flags)
    try:
        written = 0
        while written < len(state):
            written += os.write(fd, state[written:])
        fcntl.fcntl(fd, _F_ADD_SEALS, _SEALS)
    except OSError:
        os.close(fd)
        raise
    return int(fd)


def _scan(proc: str) -> Iterator[Instance]:
    for pid in sorted(int(name) for name in _names(proc) if name.isdecimal()):
        state = _state_of(f"{proc}/{pid}/fd") if pid != os.getpid() else None
        if state is not None:
            yield Instance(pid, state)


def _state_of(folder: str) -> bytes | None:
    for name in _names(folder):
        try:
            if os.readlink(f"{folder}/{name}") == _TARGET:
                with open(f"{folder}/{name}", "rb") as file:
                    return file.read(_LARGEST)
        except OSError:
            continue  # closed while we looked
    return None


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []  # another user's process, or one that has ended

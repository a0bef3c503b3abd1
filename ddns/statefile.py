"""STATE_FILE: what is known across restarts. One program uses it at a time, and no file but our own is ever replaced.

The lock is flock(2) on the file itself: it ends with the process however that ends, and comes through hibernation in an
inherited descriptor. What replaces a file is locked before it gets the name, so there is no moment without.
"""

# ruff: noqa: PTH105, PTH108, PTH110, PTH116, PTH123, PTH208 -- pathlib would cost the program memory for nothing

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO
from zlib import crc32

from ddns.core.memory import Memory
from ddns.errors import StateError
from ddns.state import MARK, decode, pieces, says

_LARGEST = 16 << 20
_IN_PLACE = (errno.EBUSY, errno.EROFS, errno.EACCES, errno.EPERM, errno.EXDEV)
_TRIES = 3


class StateFile:
    """The file at one path. ``fd`` holds the lock once the file is there (-1 until then)."""

    __slots__ = ("_readable", "fd", "path")

    def __init__(self, path: str) -> None:
        """Touch nothing yet."""
        self.path = path
        self.fd = -1
        self._readable = -1
        """The sum of a content that is known to be readable."""

    def load(self) -> Memory:
        """Return what the file holds; a cold memory when there is none, or ours is damaged. StateError otherwise."""
        data = self._content()
        memory = decode(data)
        self._readable = -1 if memory is None else crc32(data)
        return memory or Memory()

    def save(self, memory: Memory) -> bool:
        """Write the file if it would say something new; return whether it was written. StateError if it cannot be.

        When a round was and how it went is written along, but is not worth a write: a steady program writes nothing.
        The file is replaced in one step: a reader sees the old or the new one.
        """
        data = self._content()
        if says(data, memory, readable=crc32(data) == self._readable):
            return False
        try:
            self._replace(os.path.realpath(self.path), memory)
        except OSError as error:
            hint = "Rounds go on without it; make the folder of STATE_FILE writable, or unset it"
            raise StateError(f"The state could not be written to {self.path} ({error.strerror})", hint) from None
        return True

    def hold(self) -> None:
        """Take over the lock that came through hibernation, before a command of the user's could inherit it."""
        with contextlib.suppress(OSError, StateError):
            self._locked()

    def close(self) -> None:
        """Give the file to others."""
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def _content(self) -> bytes:
        """Lock the file and return what is in it, nothing if it is not there; StateError when it is not ours to use."""
        try:
            self._locked()
            data = os.pread(self.fd, _LARGEST, 0)
        except (FileNotFoundError, NotADirectoryError):
            self.close()
            return b""
        except OSError as error:
            hint = "Make it readable for the user the program runs as, or name another file in STATE_FILE"
            raise StateError(f"The state is not kept: {self.path} cannot be read ({error.strerror})", hint) from None
        if data.strip(b"\0 \n") and not data.startswith(MARK):
            raise self._foreign()
        return data

    def _locked(self) -> None:
        """Hold the lock of the file that has the name now. FileNotFoundError when there is none."""
        for _ in range(_TRIES):
            status = os.stat(self.path)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:  # opening a pipe would hold us up
                raise self._foreign()
            if self.fd >= 0 and os.path.samestat(os.fstat(self.fd), status):
                return
            self.close()
            self.fd = self._lock(status)
        raise self._busy()  # others keep replacing it

    def _lock(self, status: os.stat_result) -> int:
        """Return a locked descriptor of the file: the one that came through hibernation, or a new one."""
        for fd in _inherited(status):
            if _lock(fd):
                os.set_inheritable(fd, False)
                return fd
        fd = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if _lock(fd):
            return fd
        os.close(fd)
        raise self._busy()

    def _replace(self, path: str, memory: Memory) -> None:
        """Put a new file in place of the old one; where that cannot be done, write into the old one.

        The latter is for a container's mount of a single file.
        """
        try:
            fresh = self._renamed(path, memory)
        except OSError as error:
            if error.errno not in _IN_PLACE or self.fd < 0:
                raise
            with open(os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW), "wb") as file:
                self._readable = _write(file, memory)
        else:
            self.close()
            self.fd = fresh

    def _renamed(self, path: str, memory: Memory) -> int:
        """Return a descriptor of a new file, locked before it got the name."""
        beside = f"{path}.new"
        with contextlib.ExitStack() as undo:
            fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            undo.callback(os.close, fd)
            if not _lock(fd) or (self.fd < 0 and os.path.exists(path)):  # somebody makes it, or has just made it
                raise self._busy()
            undo.callback(_unlink, beside)
            os.ftruncate(fd, 0)
            with open(fd, "wb", closefd=False) as file:
                self._readable = _write(file, memory)
            os.replace(beside, path)
            undo.pop_all()
            return fd

    def _foreign(self) -> StateError:
        hint = "Name another file in STATE_FILE, or remove this one"
        return StateError(f"The state is not kept: {self.path} exists and is not a state file of this program", hint)

    def _busy(self) -> StateError:
        hint = "Give each its own STATE_FILE"
        return StateError(f"The state is not kept: {self.path} is in use by another running program", hint)


def _inherited(status: os.stat_result) -> Iterator[int]:
    """Return the descriptors of this file that are open already; none where there is no /proc."""
    with contextlib.suppress(OSError):
        for fd in map(int, os.listdir("/proc/self/fd")):
            with contextlib.suppress(OSError):
                if fd > 2 and os.path.samestat(os.fstat(fd), status):
                    yield fd


def _lock(fd: int) -> bool:
    """Lock a file; False when another program has the lock. Where files cannot be locked, go on without."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _write(file: BinaryIO, memory: Memory) -> int:
    """Write a state and return its sum."""
    total = 0
    for piece in pieces(memory):
        file.write(piece)
        total = crc32(piece, total)
    file.flush()
    os.fsync(file.fileno())  # or a power cut can leave an empty file under the new name
    return total


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)

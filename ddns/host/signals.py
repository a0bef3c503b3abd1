"""Signals as something to poll for: the handlers do nothing, the interpreter writes the number into a pipe."""

import os
import signal
import threading
from contextlib import suppress
from types import FrameType

STOPS = (signal.SIGTERM, signal.SIGINT)
HANDLED = (*STOPS, signal.SIGHUP, signal.SIGUSR1)
_OPTIONAL = (signal.SIGINT, signal.SIGHUP)  # left ignored when the parent said so: background jobs and nohup
_READ = 4096


def _noted(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the byte in the pipe is the message."""


class Signals:
    """Receives the signals of ``HANDLED`` from its creation to its end. Main thread only, one at a time.

    Signals that were blocked when the program was started (the sleeper leaves them so) are unblocked here, after the
    handlers are in place, and so arrive here.
    """

    __slots__ = ("_before", "_closed", "_lock", "_write", "fd")

    def __init__(self) -> None:
        """Take the signals over. ``fd`` is readable when there is something to ``take``."""
        self._lock = threading.Lock()
        self._closed = False
        self.fd, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._before = {
            number: signal.signal(number, _noted)
            for number in HANDLED
            if number not in _OPTIONAL or signal.getsignal(number) != signal.SIG_IGN
        }
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._before)

    @property
    def handled(self) -> tuple[int, ...]:
        """Return the numbers of the signals that are received here."""
        return tuple(int(number) for number in self._before)

    def take(self) -> tuple[int, ...]:
        """Return the numbers that arrived since the last call, oldest first; never waits."""
        with suppress(BlockingIOError):
            return tuple(number for number in os.read(self.fd, _READ) if number)
        return ()

    def nudge(self) -> None:
        """Make ``fd`` readable, from any thread; nothing after the end (a job that was left alone ends some time)."""
        with self._lock, suppress(BlockingIOError):  # a full pipe is readable, which is all we want
            if not self._closed:
                os.write(self._write, b"\0")

    def block(self) -> None:
        """Keep the signals pending in the kernel from now on, for the program that follows in this process."""
        signal.pthread_sigmask(signal.SIG_BLOCK, self._before)

    def unblock(self) -> None:
        """Let them arrive here again."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._before)

    def close(self) -> None:
        """Restore what was before."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        with self._lock:
            self._closed = True
            os.close(self.fd)
            os.close(self._write)

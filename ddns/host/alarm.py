"""When a wait is over, on clocks that count suspend and are not fooled by clock steps.

A wait until a UNIX time ends when the wall clock reaches it *or* when as much time has passed on CLOCK_BOOTTIME as was
missing at the start. So a step forward ends it early, and a step back (hours, years) cannot postpone it. The second
limit lies ``SLACK`` later, so that small corrections of the clock start no scheduled round just before its minute.
"""

import os
import time
from collections.abc import Callable
from typing import NamedTuple

from ddns.host.clock import boottime

SLACK = 0.5
"""Seconds; a time daemon steps by less than this without us waking early (our choice; a wake is due within 1 s)."""
SLICE = 60.0
"""Seconds between two looks at the clocks where timers that count suspend are missing: Python before 3.13.

The price of a slice is about 30 µs of CPU a minute, and a wake up to a minute late after a suspend or a clock step.
"""
_NANO = 1_000_000_000


class Clocks(NamedTuple):
    """Where the time comes from; tests bring their own."""

    wall: Callable[[], float] = time.time
    boot: Callable[[], float] = boottime

    def limit(self, until: float) -> float:
        """Return when a wait until a UNIX time is over on CLOCK_BOOTTIME, whatever becomes of the wall clock."""
        return self.boot() + max(0.0, until - self.wall()) + SLACK


class Alarm:
    """One wait. ``until`` is UNIX seconds, None for ever."""

    __slots__ = ("_boot", "_clocks", "_until", "fds")

    def __init__(self, until: float | None, clocks: Clocks, *, limit: float = 0.0, timers: bool = True) -> None:
        """Set the kernel's timers where they are to be had; ``fds`` become readable when it is time.

        ``limit`` is what ``clocks.limit`` said when this time was first waited for, if it was not now (0).
        """
        self._until = until
        self._clocks = clocks
        self._boot = 0.0
        self.fds: tuple[int, ...] = ()
        if until is not None:
            self._boot = limit or clocks.limit(until)
            if timers:
                self.fds = _timers(until, self._boot)

    def left(self) -> float | None:
        """Return for how long to wait before asking again: 0 when it is time, None for ever (or until a timer)."""
        if self._until is None:
            return None
        left = min(self._until - self._clocks.wall(), self._boot - self._clocks.boot())
        if left <= 0:
            return 0.0
        return None if self.fds else min(left, SLICE)

    def close(self) -> None:
        """Give the timers back."""
        for fd in self.fds:
            os.close(fd)
        self.fds = ()


def _timers(until: float, boot: float) -> tuple[int, ...]:
    """Return a timer on the wall clock and one on CLOCK_BOOTTIME, or none where Python or the kernel lacks them."""
    create = getattr(os, "timerfd_create", None)  # Python 3.13; CLOCK_BOOTTIME in it: Linux 3.15, timerfd_create(2)
    if create is None:
        return ()
    settle, absolute = os.__dict__["timerfd_settime_ns"], os.__dict__["TFD_TIMER_ABSTIME"]  # unknown to older stubs
    fds: list[int] = []
    try:
        for clock, at in ((time.CLOCK_REALTIME, until), (time.CLOCK_BOOTTIME, boot)):
            fds.append(create(clock))
            # An absolute timer of the wall clock follows its steps. A microsecond more, as floats are no finer.
            settle(fds[-1], flags=absolute, initial=max(1, int(at * _NANO) + 1000))
    except OSError:
        for fd in fds:
            os.close(fd)
        return ()
    return tuple(fds)

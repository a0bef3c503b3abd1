"""When a wait is over: suspend counts, clock steps neither postpone nor spoil it."""

import ctypes
import os
import select
import time
from pathlib import Path

import pytest

from ddns.host import alarm
from ddns.host.alarm import SLACK, SLICE, Alarm, Clocks
from ddns.host.clock import boottime


class Hands:
    """Two clocks that are moved by hand."""

    def __init__(self) -> None:
        """Start at some moment."""
        self.wall = 1_800_000_000.0
        self.boot = 5000.0

    def pass_(self, seconds: float) -> None:
        """Let time pass, asleep or awake."""
        self.wall += seconds
        self.boot += seconds

    def alarm(self, seconds: float | None) -> Alarm:
        """Set an alarm so many seconds ahead, without timers of the kernel."""
        until = None if seconds is None else self.wall + seconds
        return Alarm(until, Clocks(lambda: self.wall, lambda: self.boot), timers=False)


def test_it_is_time_when_the_time_has_passed() -> None:
    """A wait is over at its time, and long waits are cut into slices in which the clocks are read again."""
    hands = Hands()
    due = hands.alarm(300)

    assert due.left() == SLICE
    hands.pass_(290)
    assert due.left() == 10
    hands.pass_(10)
    assert due.left() == 0


def test_for_ever_is_for_ever() -> None:
    """A wait without an end never is over."""
    hands = Hands()
    due = hands.alarm(None)
    hands.pass_(1e9)

    assert due.left() is None


def test_a_time_in_the_past_is_now() -> None:
    """What is overdue starts at once."""
    assert Hands().alarm(-5).left() == 0


def test_a_step_forward_ends_it() -> None:
    """A clock that was in 1970 and becomes right makes the next round start at once."""
    hands = Hands()
    due = hands.alarm(300)
    hands.wall += 1e9

    assert due.left() == 0


def test_a_step_back_does_not_postpone_it() -> None:
    """When the clock is set back by hours, the wait still ends after the time that was missing."""
    hands = Hands()
    due = hands.alarm(300)
    hands.wall -= 7200
    hands.pass_(300)
    assert due.left() == SLACK
    hands.pass_(SLACK)

    assert due.left() == 0


def test_a_small_correction_waits_for_the_wall_clock() -> None:
    """A clock set back by a moment does not start a scheduled round just before its minute."""
    hands = Hands()
    due = hands.alarm(300)
    hands.wall -= 0.25
    hands.pass_(300)

    assert due.left() == 0.25


class Timers:
    """``os.timerfd_*`` of Python 3.13, for older ones; ``refuse`` is a clock the kernel does not know."""

    def __init__(self, refuse: int = -1) -> None:
        """Find the C library."""
        self.refuse = refuse
        self.libc = ctypes.CDLL(None, use_errno=True)

    def create(self, clock: int) -> int:
        """Make a timer."""
        if clock == self.refuse:
            raise OSError(22, "Invalid argument")
        return int(self.libc.timerfd_create(clock, 0))

    def settle(self, fd: int, *, flags: int, initial: int) -> None:
        """Set it, in nanoseconds."""
        value = (ctypes.c_long * 4)(0, 0, initial // 10**9, initial % 10**9)
        assert self.libc.timerfd_settime(fd, flags, value, None) == 0

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Put them where Python has them."""
        patch.setitem(os.__dict__, "timerfd_create", self.create)
        patch.setitem(os.__dict__, "timerfd_settime_ns", self.settle)
        patch.setitem(os.__dict__, "TFD_TIMER_ABSTIME", 1)


def test_timers_of_the_kernel_wake_at_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With timers nobody needs slices: one of the two becomes readable when it is time."""
    Timers().install(monkeypatch)
    due = Alarm(time.time() + 0.2, Clocks())

    assert due.left() is None
    assert len(due.fds) == 2
    ready, _, _ = select.select(due.fds, [], [], 10)
    assert ready == [due.fds[0]]
    assert due.left() == 0
    due.close()
    assert len(due.fds) == 0


def test_the_timer_that_counts_suspend_wakes_when_the_clock_was_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second timer does not look at the wall clock at all."""
    Timers().install(monkeypatch)
    far = time.time() + 9999
    due = Alarm(far, Clocks(lambda: far - 0.1, boottime))

    ready, _, _ = select.select(due.fds, [], [], 10)
    assert ready == [due.fds[1]]
    due.close()


@pytest.mark.parametrize("refused", [time.CLOCK_REALTIME, time.CLOCK_BOOTTIME])
def test_a_kernel_without_such_timers_gets_slices(monkeypatch: pytest.MonkeyPatch, refused: int) -> None:
    """Linux before 3.15 has no timer on CLOCK_BOOTTIME; what was made until then is given back."""
    Timers(refused).install(monkeypatch)
    before = len(list(Path("/proc/self/fd").iterdir()))
    due = Alarm(time.time() + 9999, Clocks())

    assert due.left() == SLICE
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_an_older_python_gets_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python before 3.13 knows no timers."""
    monkeypatch.delitem(os.__dict__, "timerfd_create", raising=False)
    due = Alarm(time.time() + 9999, Clocks())

    assert due.fds == ()
    assert due.left() == alarm.SLICE

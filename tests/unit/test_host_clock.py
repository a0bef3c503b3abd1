"""The clocks, and the sleep a stop can end."""

import threading
import time

import pytest

from ddns.errors import Interrupted
from ddns.host.clock import SystemClock, boottime


def test_the_clocks_go_forward() -> None:
    """Each reads its own clock of the machine."""
    clock = SystemClock()

    assert abs(clock.time() - time.time()) < 60
    assert clock.monotonic() <= clock.monotonic()
    assert boottime() <= boottime()


def test_sleeping_takes_its_time_and_a_negative_one_none() -> None:
    """A sleep ends by itself."""
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.05)
    clock.sleep(-1)

    assert clock.monotonic() - before >= 0.05


def test_a_stop_ends_the_sleep_and_refuses_the_next() -> None:
    """Interrupting from another thread ends a sleep; every later one is refused until it is permitted again."""
    clock = SystemClock()
    threading.Timer(0.05, clock.interrupt).start()

    with pytest.raises(Interrupted):
        clock.sleep(60)
    with pytest.raises(Interrupted):
        clock.sleep(0)
    clock.permit()
    clock.sleep(0)

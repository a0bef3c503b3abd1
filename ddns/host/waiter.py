"""The only place where the main thread rests: one poll over signals, address events, timers and the end of a job."""

import math
import select
import signal
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from ddns.errors import Interrupted
from ddns.host.alarm import Alarm, Clocks
from ddns.host.signals import STOPS, Signals
from ddns.host.watch import AddressWatch
from ddns.ports import Wake
from ddns.shell import reap

T = TypeVar("T")
GRACE = 0.8
"""Seconds a job has to come to its end after the first stop (from stop to exit less than two are promised)."""


class SystemWaiter:
    """Waits on the real machine (``ddns.ports.Waiter``). Main thread only."""

    __slots__ = ("_clocks", "_limit", "_now", "_reload", "_seen", "_stops", "signals", "watch")

    def __init__(self, signals: Signals, watch: AddressWatch, clocks: Clocks | None = None) -> None:
        """Keep the sources of what wakes."""
        self.signals = signals
        self.watch = watch
        self._clocks = clocks or Clocks()
        self._limit = (0.0, 0.0)
        self._stops: list[int] = []
        self._seen = 0
        self._reload = False
        self._now = False

    def wait(self, until: float | None, *, watch: bool) -> Wake:
        """Sleep until a UNIX time (None: for ever) or until woken; what came before the call is told first."""
        told = None
        while told is None:
            told = self.nap(until, math.inf, watch=watch)
        return told

    def nap(self, until: float | None, seconds: float, *, watch: bool) -> Wake | None:
        """Wait as ``wait`` does, but no longer than this; None when the seconds are over and nothing woke us."""
        if watch:
            self.watch.start()
        alarm = Alarm(until, self._clocks, limit=0.0 if until is None else self.limit(until))
        try:
            told = self._wait(alarm, time.monotonic() + seconds, watch=watch)
        finally:
            alarm.close()
        if told == Wake("time"):
            self._limit = (0.0, 0.0)
        return told

    def limit(self, until: float) -> float:
        """Return ``Clocks.limit`` of a time as it was when that time was first waited for.

        So a wait in several pieces is not prolonged by a clock set back between two of them.
        """
        if self._limit[0] != until:
            self._limit = (until, self._clocks.limit(until))
        return self._limit[1]

    def _wait(self, alarm: Alarm, end: float, *, watch: bool) -> Wake | None:
        while True:
            told = self.pending()
            if told:
                return told
            if watch and self.watch.changed():
                return Wake("address")
            left = alarm.left()
            if left == 0.0:
                return Wake("time")
            rest = end - time.monotonic()
            if rest <= 0.0:
                return None
            fds = (self.signals.fd, *alarm.fds, *(self.watch.fds if watch else ()))
            _poll(fds, _sooner(left, self.watch.left() if watch else None, None if rest == math.inf else rest))

    def pending(self) -> Wake | None:
        """Return, without waiting, the signal that came since the last wait: stop, else reload, else now."""
        self._collect()
        if self._stops:
            return Wake("stop", self._stops.pop(0))
        reload, now, self._reload, self._now = self._reload, self._now, False, False
        if reload:
            return Wake("reload")  # followed by a round, so it does what "now" would
        return Wake("now") if now else None

    def run(self, job: Callable[[], T], on_stop: Callable[[], None], seconds: float | None = None) -> T:
        """Run a job in a thread of its own; return its result or raise its exception.

        At a stop ``on_stop`` is called and the job has a moment (none after a second stop), then Interrupted. What
        a job raises after a stop is Interrupted too: it broke because we broke its sockets. The stop itself, and
        whatever else comes meanwhile, is told by the next ``wait``. TimeoutError after ``seconds``: a lookup of a name
        that hangs, for one, cannot be broken.
        """
        limit = None if seconds is None else time.monotonic() + seconds
        self.watch.settle()
        reap()
        work = _JobThread(job, self.signals.nudge)
        self._collect()
        if not self._stops:
            work.start()
        while not (work.done() or self._stops or (limit is not None and time.monotonic() >= limit)):
            _poll((self.signals.fd,), None if limit is None else max(0.0, limit - time.monotonic()))
            self._collect()
        if work.done():
            return work.result()
        on_stop()
        if not self._stops:
            raise TimeoutError
        seen = self._seen
        end = time.monotonic() + (GRACE if seen == 1 and work.started else 0.0)
        while not work.done() and self._seen == seen and time.monotonic() < end:
            _poll((self.signals.fd,), max(0.0, end - time.monotonic()))
            self._collect()
        if work.done() and work.error is None:
            return work.result()
        raise Interrupted from work.error

    def _collect(self) -> None:
        for number in self.signals.take():
            if number in STOPS:
                self._stops.append(number)
                self._seen += 1
            self._reload = self._reload or number == signal.SIGHUP
            self._now = self._now or number == signal.SIGUSR1

    def close(self) -> None:
        """Give sockets and signals back."""
        self.watch.close()
        self.signals.close()


class _JobThread(Generic[T]):
    """A job in a daemon thread. ``finished`` is called from that thread at its end."""

    __slots__ = ("_ended", "_finished", "_job", "_values", "error", "started")

    def __init__(self, job: Callable[[], T], finished: Callable[[], None]) -> None:
        self._job = job
        self._finished = finished
        self._values: list[T] = []
        self.error: BaseException | None = None
        self._ended = False
        self.started = False

    def start(self) -> None:
        self.started = True
        threading.Thread(target=self._run, name="job", daemon=True).start()

    def _run(self) -> None:
        try:
            self._values.append(self._job())
        except BaseException as error:  # noqa: BLE001 -- handed to the main thread, which raises it
            self.error = error
        self._ended = True
        self._finished()

    def done(self) -> bool:
        return self._ended

    def result(self) -> T:
        if self.error is not None:
            raise self.error
        return self._values[0]


def _poll(fds: tuple[int, ...], seconds: float | None) -> None:
    """Wait until one of the descriptors is readable, or so many seconds (None: for ever)."""
    poller = select.poll()
    for fd in fds:
        poller.register(fd, select.POLLIN)
    poller.poll(None if seconds is None else math.ceil(seconds * 1000))


def _sooner(*seconds: float | None) -> float | None:
    return min((some for some in seconds if some is not None), default=None)

"""The loop around a round: who waits, what wakes it, and how it ends. The round itself knows nothing of this."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from math import inf
from typing import Literal, NamedTuple, Protocol

from ddns.core.memory import LONGEST_BLOCK, Memory, ahead
from ddns.core.reports.roundreport import RoundReport
from ddns.core.schedule.schedule import Schedule, Zones, system_zones
from ddns.core.settings import Lifecycle
from ddns.errors import Interrupted, Problem, place
from ddns.ports import Clock, Waiter, Wake

Moment = Literal["start", "waiting", "flapping", "round", "cleanup", "signal", "reload", "no_schedule", "end"]
FLOOR = 30.0
"""Seconds between two rounds that address events start, in the long run (our choice: a steady round of some dozen
requests then stays below a tenth of Cloudflare's limit of 1,200 in five minutes, its documentation, 2025-09)."""
BURST = 3
"""How many of them may follow each other at once: IPv4 and IPv6 seldom come in the same second."""


class Event(NamedTuple):
    """Something to tell the log, the monitors and the notification services.

    ``report`` belongs to ``round`` and ``cleanup``; ``signal`` to ``signal``; ``until`` (UNIX seconds) to ``waiting``
    and to ``flapping``: address events come so often that the next round has to wait.
    """

    moment: Moment
    report: RoundReport | None = None
    signal: int = 0
    until: float = 0.0


class Program(Protocol):
    """What the loop drives; the composition root implements it."""

    @property
    def lifecycle(self) -> Lifecycle:
        """The settings of the loop as they are now: a reload may change them."""
        ...

    def round(self, memory: Memory) -> tuple[RoundReport, Memory]:
        """Do one round. Runs in a worker thread."""
        ...

    def cleanup(self, memory: Memory) -> tuple[RoundReport, Memory]:
        """Delete what DELETE_ON_STOP says. Runs in a worker thread, after ``abort``, with connections of its own."""
        ...

    def cleanup_seconds(self) -> float:
        """Return how long the cleaning may take from now on."""
        ...

    def abort(self) -> None:
        """Break the requests in flight."""
        ...

    def reload(self) -> bool:
        """Read the configuration again; False when it is bad and the old one stays."""
        ...

    def tell(self, event: Event, memory: Memory) -> Memory:
        """Print, report and remember; never takes long and never raises."""
        ...

    def rest(self, memory: Memory, until: float, *, watch: bool) -> Wake:
        """Wait, for an address event too if ``watch`` and the settings say so.

        The frozen program hibernates here and comes back through the front door instead of returning.
        """
        ...


class Daemon:
    """Runs rounds until stopped. ``once``: one round, whatever the schedule says."""

    def __init__(
        self,
        program: Program,
        waiter: Waiter,
        clock: Clock,
        *,
        once: bool,
        zones: Zones = system_zones,
        boot: Callable[[], Wake | None] = lambda: None,
    ) -> None:
        """Keep the collaborators; ``zones`` gives the time zones of cron expressions.

        ``boot`` waits until the machine is ready for a first round, and returns the signal that ended it, if one did.
        """
        self._program = program
        self._waiter = waiter
        self._clock = clock
        self._once = once
        self._zones = zones
        self._boot = boot

    def run(self, memory: Memory, wake: Wake | None) -> int:
        """Loop from a fresh start (``wake`` None) or from a wake; return the exit code (0 or 1)."""
        ok = False
        if wake is None:
            memory = self._program.tell(Event("start"), _aloud(memory._replace(next_round=0.0)))
            memory, wake = self._first(memory)
        while wake is not None and wake.why != "stop":
            if wake.why == "reload":
                self._program.reload()
                memory = self._program.tell(Event("reload"), memory)
            if wake.why in {"reload", "now"}:
                memory = _aloud(memory)
            memory, pause = self._pause(memory, wake)
            if pause:
                memory = self._program.tell(Event("flapping", until=pause), memory)
                wake = self._program.rest(memory, pause, watch=False)
            else:
                memory, ok, wake = self._round(memory, wake)
        if wake is not None:
            return self._stop(memory, wake)
        return 0 if ok else 1

    def _first(self, memory: Memory) -> tuple[Memory, Wake | None]:
        woken = self._boot()
        memory = memory._replace(started=self._clock.time())  # after the wait: the clock may have been set in it
        if woken is not None:
            return memory, woken
        life = self._program.lifecycle
        if self._once or life.schedule is None or life.update_on_start:
            return memory, Wake("time")
        return self._rest(memory, life.schedule, self._next(life.schedule, self._clock.time()))

    def _pause(self, memory: Memory, wake: Wake) -> tuple[Memory, float]:
        """Count a round that an address event starts; return until when it has to wait (UNIX seconds, 0: not at all).

        Each costs ``FLOOR`` seconds, and ``BURST`` of them may be owed; more is a clock that was set back.
        """
        if wake.why != "address":
            return memory, 0.0
        now = self._clock.time()
        owed = min(max(0.0, memory.calm_at - now), BURST * FLOOR)
        pause = owed - (BURST - 1) * FLOOR
        until = min(now + pause, memory.next_round) if memory.next_round > now else now + pause
        return memory._replace(calm_at=now + owed + FLOOR), until if pause > 0.0 else 0.0

    def _round(self, memory: Memory, wake: Wake) -> tuple[Memory, bool, Wake | None]:
        """Do one round; return the memory after it, whether it went well, and what woke us next (None: the end)."""
        began = self._clock.time()
        schedule = self._program.lifecycle.schedule
        until = self._upcoming(schedule, memory, wake, began)
        try:
            report, memory = self._waiter.run(partial(self._program.round, memory), self._program.abort)
        except Interrupted:
            return memory, True, self._stopped()
        except Exception as error:  # noqa: BLE001 -- whatever a round dies of must not end years of rounds
            report = _crash(error, began, self._clock.time())
        if report.interrupted:
            return self._program.tell(Event("round", report), memory), True, self._stopped()
        memory = self._program.tell(Event("round", report), memory._replace(rounds=memory.rounds + 1))
        ok = report.ok
        del report  # with thousands of names it is large, and the wait is long
        if self._once or schedule is None:
            self._program.tell(Event("end"), memory)
            return memory, ok, None
        memory, woken = self._rest(memory, schedule, until)
        return memory, ok and woken is not None, woken

    def _upcoming(self, schedule: Schedule | None, memory: Memory, wake: Wake, now: float) -> float | None:
        """Return when the round after this one is due; an extra round between two keeps the old appointment."""
        if schedule is None:
            return None
        due = self._next(schedule, now)
        if due is not None and wake.why != "reload" and memory.next_round > now:
            return min(due, memory.next_round)
        return due

    def _next(self, schedule: Schedule, now: float) -> float | None:
        due = schedule.next_after(datetime.fromtimestamp(now, UTC), self._zones)
        return None if due is None else due.timestamp()

    def _rest(self, memory: Memory, schedule: Schedule, until: float | None) -> tuple[Memory, Wake | None]:
        """Wait for the next round and return what woke us; None at the end of a schedule, when all is done.

        A clock that was set back meanwhile makes it due no later than the schedule says from now on.
        """
        latest = self._next(schedule, self._clock.time())
        if until is None or latest is None:
            memory = self._cleanup(self._program.tell(Event("no_schedule"), memory))
            return self._program.tell(Event("end"), memory), None
        until = min(until, latest, _unblocked(memory, self._clock.time()))
        memory = self._program.tell(Event("waiting", until=until), memory._replace(next_round=until))
        return memory, self._program.rest(memory, until, watch=True)

    def _stopped(self) -> Wake:
        """Return the stop the waiter remembers."""
        return self._waiter.wait(self._clock.time(), watch=False)

    def _stop(self, memory: Memory, wake: Wake) -> int:
        memory = self._program.tell(Event("signal", signal=wake.signal), memory)
        memory = self._cleanup(memory)
        self._program.tell(Event("end"), memory)
        return 0

    def _cleanup(self, memory: Memory) -> Memory:
        if not self._program.lifecycle.delete_on_stop:
            return memory
        before = memory
        began = self._clock.time()
        try:
            seconds = self._program.cleanup_seconds()
            report, memory = self._waiter.run(lambda: self._program.cleanup(before), self._program.abort, seconds)
        except Interrupted:
            return memory
        except TimeoutError:
            what, remedy = "DELETE_ON_STOP did not end in time", "Delete what is left in the Cloudflare dashboard"
            problem = Problem("cleanup.time", what, "What was not yet deleted is as it was", remedy)
            report = RoundReport(began, max(0.0, self._clock.time() - began), problems=(problem,))
        except Exception as error:  # noqa: BLE001 -- the end must be reached whatever happens
            report = _crash(error, began, self._clock.time())
        return self._program.tell(Event("cleanup", report), memory)


def _unblocked(memory: Memory, now: float) -> float:
    """Return when a round that a rate limit stopped may go on with the rest (UNIX seconds)."""
    seconds = ahead(memory.blocked_until, now, LONGEST_BLOCK)
    return now + seconds + 1.0 if memory.resume and seconds else inf


def _aloud(memory: Memory) -> Memory:
    """Have the next round told in full: the first one, and one that somebody asked for."""
    return memory._replace(log=memory.log._replace(full=True, news=True))


def _crash(error: Exception, began: float, ended: float) -> RoundReport:
    """Return a failed round that names the error's kind and place, never its text (it may hold a secret)."""
    what = f"The round stopped at an unexpected {type(error).__name__} (in {place(error)})"
    remedy = "It will be tried again; please report this as a fault of the program"
    problem = Problem("internal", what, "Records that were not yet written are as they were", remedy)
    return RoundReport(began, max(0.0, ended - began), problems=(problem,))

"""Runs the ON_CHANGE command in the background: round after round in order, never holding one up."""

import threading
from collections import deque
from collections.abc import Mapping

from ddns.core.reports.roundreport import RoundReport
from ddns.errors import Interrupted, Problem, place
from ddns.host.clock import SystemClock
from ddns.host.onchange import changes, run_on_change

_LAST = 0.3
"""Seconds in which a command that is being ended must be gone."""


class ChangeRunner:
    """Knows the command and the environment it sees. Starts a thread only when there is something to run.

    ``command`` may be changed at any time ("": none); what is running and what waits keeps the one it had.
    """

    __slots__ = ("_clock", "_environ", "_lock", "_problems", "_queue", "_thread", "command")

    def __init__(self, command: str, environ: Mapping[str, str]) -> None:
        """Run nothing yet."""
        self.command, self._environ = command, environ
        self._clock = SystemClock()
        self._lock = threading.Lock()
        self._queue: deque[tuple[str, RoundReport]] = deque()
        self._problems: list[Problem] = []
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether a command is running or waits for another."""
        return self._thread is not None

    def put(self, report: RoundReport) -> None:
        """Begin to run the command for what a round has changed; returns at once."""
        if not self.command or not changes(report):
            return
        with self._lock:
            self._queue.append((self.command, report))
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="on-change", daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # no more threads
                    self._queue.clear()
                    self._problems.append(_not_run("could not be started, for the system allows no more threads"))
                else:
                    self._thread = thread

    def collect(self) -> tuple[Problem, ...]:
        """Return what went wrong since the last call."""
        with self._lock:
            found, self._problems = tuple(self._problems), []
        return found

    def stop(self, seconds: float) -> None:
        """Wait at most so long for what is running, then end it and everything it has started."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
            self._clock.interrupt()
            thread.join(_LAST)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._thread = None
                    return
                command, report = self._queue.popleft()
            found = self._run(command, report)
            with self._lock:
                self._problems += found

    def _run(self, command: str, report: RoundReport) -> tuple[Problem, ...]:
        try:
            return run_on_change(command, report, self._environ, self._clock)
        except Interrupted:
            with self._lock:
                self._queue.clear()
            return (_not_run("was ended, because the program stops", "Let it take less time"),)
        except Exception as error:  # noqa: BLE001 -- one bad run must not be the last
            return (_not_run(f"stopped at an unexpected {type(error).__name__} (in {place(error)})"),)


def _not_run(what: str, remedy: str = "Run it by hand and see what it says") -> Problem:
    return Problem("on-change", f"The ON_CHANGE command {what}", "The records are changed", remedy)

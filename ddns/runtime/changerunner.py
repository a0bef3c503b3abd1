"""Runs the ON_CHANGE command in the background: round after round in order, never holding one up."""

import threading
from collections import deque
from collections.abc import Mapping

from ddns.core.report import RoundReport
from ddns.errors import Interrupted, Problem
from ddns.runtime.clock import SystemClock
from ddns.runtime.onchange import changes, run_on_change

_LAST = 0.3
"""Seconds in which a command that is being ended must be gone."""


class ChangeRunner:
    """Knows the command and the environment it sees. Starts a thread only when there is something to run."""

    __slots__ = ("_clock", "_command", "_environ", "_lock", "_problems", "_queue", "_thread")

    def __init__(self, command: str, environ: Mapping[str, str]) -> None:
        """Run nothing yet."""
        self._command, self._environ = command, environ
        self._clock = SystemClock()
        self._lock = threading.Lock()
        self._queue: deque[RoundReport] = deque()
        self._problems: list[Problem] = []
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether a command is running or waits for another."""
        return self._thread is not None

    def put(self, report: RoundReport) -> None:
        """Begin to run the command for what a round has changed; returns at once."""
        if not changes(report):
            return
        with self._lock:
            self._queue.append(report)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="on-change", daemon=True)
                self._thread.start()

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
                report = self._queue.popleft()
            found = self._run(report)
            with self._lock:
                self._problems += found

    def _run(self, report: RoundReport) -> tuple[Problem, ...]:
        try:
            return run_on_change(self._command, report, self._environ, self._clock)
        except Interrupted:
            what = "The ON_CHANGE command was ended, because the program stops"
            return (Problem("on-change", what, "The records are changed", "Let it take less time"),)

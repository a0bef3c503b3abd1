"""Delivers reports to every monitor and service at once, each in a thread of its own, so that none waits for another.

A dead service costs nobody anything but itself: callers wait in ``flush`` only, and only as long as they say. What
was not delivered by then is handed back as JSON texts that hold no URL, to be given to ``restore`` later.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ddns import jsonio
from ddns.core.messages import Messages
from ddns.errors import DdnsError, NetError, Problem
from ddns.ports import Clock, Monitor, Notifier

MOST_UNDELIVERED = 20
"""How many messages are kept for later; the oldest are dropped."""


class Flushed(NamedTuple):
    """How delivery went: what to warn of, and what to try again later (JSON texts, oldest first)."""

    problems: tuple[Problem, ...] = ()
    undelivered: tuple[str, ...] = ()


class Fanout:
    """Knows the monitors and services. One instance lives as long as its settings do."""

    __slots__ = ("_clock", "_monitors", "_notifiers")

    def __init__(self, monitors: Sequence[Monitor], notifiers: Sequence[Notifier], clock: Clock) -> None:
        """Start nothing yet; ``clock`` bounds the waiting."""
        self._clock = clock
        self._monitors = [(monitor, _Lane(f"monitor.{index}")) for index, monitor in enumerate(monitors)]
        self._notifiers = [(notifier, _Lane(f"notifier.{index}")) for index, notifier in enumerate(notifiers)]

    @property
    def busy(self) -> bool:
        """Whether anything is still being sent."""
        return any(lane.busy for _, lane in (*self._monitors, *self._notifiers))

    def tell(self, messages: Messages) -> None:
        """Begin to send; returns at once."""
        for monitor, lane in self._monitors:
            for kind, message in messages.pings:
                lane.put(_Job("", lambda to=monitor, kind=kind, text=message: to.ping(kind, text)))  # type: ignore[misc]
        if messages.note is not None:
            for index in range(len(self._notifiers)):
                self._put(index, *messages.note)

    def restore(self, undelivered: Sequence[str]) -> None:
        """Begin to send what a ``flush`` of this or an earlier process handed back; what cannot be read is dropped."""
        for text in undelivered[-MOST_UNDELIVERED:]:
            index, title, message = _read(text)
            if 0 <= index < len(self._notifiers) and not self._notifiers[index][1].has(text):
                self._put(index, title, message)

    def flush(self, seconds: float) -> Flushed:
        """Wait until all is sent, at most this long; what is not sent by then is handed back."""
        end = self._clock.monotonic() + seconds
        problems: list[Problem] = []
        left: list[str] = []
        for _, lane in (*self._monitors, *self._notifiers):
            faults, texts = lane.collect(max(0.0, end - self._clock.monotonic()))
            problems += faults
            left += texts
        return Flushed(tuple(problems), tuple(left[-MOST_UNDELIVERED:]))

    def _put(self, index: int, title: str, message: str) -> None:
        notifier, lane = self._notifiers[index]
        text = jsonio.dumps({"to": index, "title": title, "message": message}).decode()
        lane.put(_Job(text, lambda: notifier.send(title, message)))


def _read(text: str) -> tuple[int, str, str]:
    """Read a message that was handed back; the place -1 when it is none."""
    try:
        found = jsonio.loads(text)
        to, title, message = found["to"], found["title"], found["message"]
    except (ValueError, KeyError, TypeError):
        return -1, "", ""
    right = type(to) is int and isinstance(title, str) and isinstance(message, str)
    return (to, title, message) if right else (-1, "", "")


class _Job(NamedTuple):
    """Something to send, and the text it is handed back as ("": it is not worth keeping)."""

    text: str
    run: Callable[[], object]


class _Lane:
    """A queue and the thread that empties it, in order. When its service is dead the rest waits for another time."""

    __slots__ = ("_abandoned", "_busy", "_current", "_errors", "_failed", "_key", "_late", "_lock", "_queue", "_thread")

    def __init__(self, key: str) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._queue: deque[_Job] = deque()
        self._current: _Job | None = None
        self._abandoned = False
        """Whether the job under way was handed back already."""
        self._late: set[str] = set()
        """What was delivered after it had been handed back."""
        self._failed: list[str] = []
        self._errors: list[DdnsError] = []
        self._thread: threading.Thread | None = None
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether the thread is at work."""
        return self._busy

    def put(self, job: _Job) -> None:
        """Send this after what is waiting already."""
        with self._lock:
            self._queue.append(job)
            if self._busy:
                return
            self._busy = True
            self._thread = threading.Thread(target=self._work, name=self._key, daemon=True)
            self._thread.start()

    def has(self, text: str) -> bool:
        """Whether a text that was handed back is being sent still, or was sent after all (said once)."""
        with self._lock:
            if self._abandoned and self._current is not None and self._current.text == text:
                self._abandoned = False
                return True
            if text in self._late:
                self._late.remove(text)
                return True
            return False

    def collect(self, seconds: float) -> tuple[list[Problem], list[str]]:
        """Wait for the thread; return what went wrong and what is not sent, which is forgotten here."""
        if self._thread is not None:
            self._thread.join(seconds)
        with self._lock:
            if self._current is not None and not self._abandoned:
                self._abandoned = True
                self._failed.append(self._current.text)
                self._errors.append(NetError("A monitor or notification service takes too long to answer"))
            texts = [text for text in (*self._failed, *(job.text for job in self._queue)) if text]
            problems = [_problem(self._key, error, kept=bool(texts)) for error in self._errors[:1]]
            self._queue.clear()
            self._failed.clear()
            self._errors.clear()
            return problems, texts

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._busy = False
                    return
                self._current = self._queue.popleft()
            error = _outcome(self._current)
            with self._lock:
                self._done(self._current, error)

    def _done(self, job: _Job, error: DdnsError | None) -> None:
        self._current = None
        if self._abandoned:
            self._abandoned = False
            if error is None and job.text:
                self._late.add(job.text)
        elif error is not None:
            self._errors.append(error)
            if isinstance(error, NetError):
                self._failed += (job.text, *(other.text for other in self._queue))
                self._queue.clear()


def _outcome(job: _Job) -> DdnsError | None:
    try:
        job.run()
    except DdnsError as error:
        return error
    except Exception as error:  # noqa: BLE001 -- a fault in one service must not silence it for ever, nor name secrets
        return DdnsError(f"A report could not be made ({type(error).__name__})", "Please report this as a fault")
    return None


def _problem(key: str, error: DdnsError, *, kept: bool) -> Problem:
    """Word a failed delivery."""
    number = int(key.partition(".")[2]) + 1
    if key.startswith("monitor"):
        return Problem(f"{key}", error.message, "The next round reports again", error.hint)
    later = "It is sent again after the next round" if kept else "The message is lost"
    return Problem(key, f"Notification service {number}: {error.message}", later, error.hint)

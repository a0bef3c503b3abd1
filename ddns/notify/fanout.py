"""Delivers reports to every monitor and service at once, each in a thread of its own, so that none waits for another.

A dead service costs nobody anything but itself. Its messages stay in its own queue, in order, and are tried again with
the next thing that is told; as JSON texts that hold no URL they outlive the process.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from ddns import jsonio
from ddns.core.reports.messages import Messages
from ddns.errors import DdnsError, NetError, Problem
from ddns.ports import Clock, Monitor, Notifier

MOST_UNDELIVERED = 20
"""How many messages wait for one service; the oldest are dropped."""

Job = TypeVar("Job", bound=tuple[object, ...])
"""What is sent: the arguments of the receiver's method."""


class _Note(NamedTuple):
    """A message, and the numbers of its parts that arrived."""

    title: str
    message: str
    done: set[int]


class Fanout:
    """Knows the monitors and services. One instance lives as long as its settings do."""

    __slots__ = ("_clock", "_lanes", "_monitors", "_notifiers")

    def __init__(self, monitors: Sequence[Monitor], notifiers: Sequence[Notifier], clock: Clock) -> None:
        """Start nothing yet; ``clock`` bounds the waiting."""
        self._clock = clock
        self._monitors = [(_Lane[tuple[str, str]](one.ping, keeps=False), one.kinds) for one in monitors]
        self._notifiers = [_Lane[_Note](one.send, keeps=True) for one in notifiers]
        self._lanes: tuple[_Lane[Any], ...] = (*(lane for lane, _ in self._monitors), *self._notifiers)

    @property
    def busy(self) -> bool:
        """Whether anything is still being sent."""
        return any(lane.busy for lane in self._lanes)

    def tell(self, messages: Messages) -> None:
        """Begin to send, and to send again what failed before; returns at once."""
        for monitor, kinds in self._monitors:
            monitor.put([ping for ping in messages.pings if ping[0] in kinds])
        texts = [text.encode(errors="replace").decode() for text in messages.note or ()]  # half characters of an API
        for notifier in self._notifiers:
            notifier.put([_Note(texts[0], texts[1], set())] if texts else [])

    def restore(self, undelivered: Sequence[str]) -> None:
        """Begin to send what another instance could not deliver; what cannot be read is dropped."""
        for text in undelivered:
            index, note = _read(text)
            if 0 <= index < len(self._notifiers):
                self._notifiers[index].put([note])

    def undelivered(self) -> tuple[str, ...]:
        """Return all messages that did not arrive (yet) as texts for ``restore``, in order for each service."""
        return tuple(
            jsonio.dumps({"to": index, **note._asdict(), "done": tuple(note.done)}).decode()
            for index, lane in enumerate(self._notifiers)
            for note in lane.waiting()
        )

    def wait(self, seconds: float) -> None:
        """Wait until everything is sent or has failed, at most this long."""
        end = self._clock.monotonic() + seconds
        for lane in self._lanes:
            lane.join(max(0.0, end - self._clock.monotonic()))

    def problems(self, later: str) -> tuple[Problem, ...]:
        """Return what went wrong since the last call; ``later`` says what becomes of a message that failed."""
        pings = ((index, lane.error()) for index, (lane, _) in enumerate(self._monitors))
        notes = ((index, lane.error()) for index, lane in enumerate(self._notifiers))
        return (
            *(Problem(f"monitor.{at}", e.message, "The next round reports again", e.hint) for at, e in pings if e),
            *(_problem(at, e, later) for at, e in notes if e),
        )


def _problem(index: int, error: DdnsError, later: str) -> Problem:
    kept = later if isinstance(error, NetError) else "The message is lost"
    return Problem(f"notifier.{index}", f"Notification service {index + 1}: {error.message}", kept, error.hint)


def _read(text: str) -> tuple[int, _Note]:
    """Read a message that was handed over, and whom it is for: nobody (-1) when it is none."""
    try:
        found = jsonio.loads(text)
        to, title, message, done = found["to"], found["title"], found["message"], set(found.get("done", ()))
    except (ValueError, KeyError, TypeError, AttributeError):
        return -1, _Note("", "", set())
    right = type(to) is int and isinstance(title, str) and isinstance(message, str)
    return to if right else -1, _Note(title, message, done)


class _Lane(Generic[Job]):
    """A queue and the thread that empties it, in order, until its receiver fails.

    ``keeps``: what failed stays in the queue with all behind it; else it is of its moment, and all of it is forgotten.
    """

    __slots__ = ("_error", "_keeps", "_lock", "_queue", "_send", "_thread", "busy")

    def __init__(self, send: Callable[..., object], *, keeps: bool) -> None:
        self._send = send
        self._keeps = keeps
        self._lock = threading.Lock()
        self._queue: deque[Job] = deque(maxlen=MOST_UNDELIVERED)
        self._error: DdnsError | None = None
        self._thread: threading.Thread | None = None
        self.busy = False

    def put(self, jobs: Sequence[Job]) -> None:
        """Send these after what is waiting already."""
        with self._lock:
            self._queue.extend(jobs)
            if self._queue and not self.busy:
                self.busy = True
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def waiting(self) -> tuple[Job, ...]:
        """Return what did not arrive, what is being sent included."""
        with self._lock:
            return tuple(self._queue)

    def join(self, seconds: float) -> None:
        """Wait for the thread."""
        if self._thread is not None:
            self._thread.join(seconds)

    def error(self) -> DdnsError | None:
        """Return what went wrong and was not mended since, and forget it."""
        with self._lock:
            found, self._error = self._error, None
            late = NetError("A monitor or notification service takes too long to answer") if self.busy else None
            return found or late

    def _work(self) -> None:
        while self.busy:
            job = self._queue[0]
            error = _outcome(self._send, job)
            with self._lock:
                self._done(job, error)

    def _done(self, job: Job, error: DdnsError | None) -> None:
        later = isinstance(error, NetError)
        if self._error is None or isinstance(self._error, NetError):  # a refusal stays until it is told
            self._error = error
        if later and not self._keeps:
            self._queue.clear()
        elif not later and self._queue[0] is job:  # so much may have been put behind it that it fell out
            self._queue.popleft()
        self.busy = bool(self._queue) and not later


def _outcome(send: Callable[..., object], job: tuple[object, ...]) -> DdnsError | None:
    try:
        send(*job)
    except DdnsError as error:
        return error
    except Exception as error:  # noqa: BLE001 -- a fault in one service must not silence it for ever, nor name secrets
        return DdnsError(f"A report could not be made ({type(error).__name__})", "Please report this as a fault")
    return None

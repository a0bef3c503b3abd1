"""Asking the next one a little later when the first does not answer at once."""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from ddns.core.addresses.accept import Undetected
from ddns.core.addresses.families import Known
from ddns.detect.boundary import SLOW, outcome
from ddns.ports import Clock

Attempt = Callable[[], Known]
_Result = tuple[int, Known | Undetected]


def first_valid(attempts: Sequence[Attempt], delay: float, seconds: float, clock: Clock) -> tuple[int, Known]:
    """Return the number of the first attempt that succeeds and what it found; Undetected with every reason.

    The next attempt begins ``delay`` seconds after the one before it, or at once when one fails. Each runs in a daemon
    thread, so in the usual case there is one; those that come too late are left to end by themselves.
    """
    end, delay = clock.monotonic() + seconds, max(0.0, delay)
    results: SimpleQueue[_Result] = SimpleQueue()
    failures: list[Undetected] = []
    begun = 0
    while len(failures) < len(attempts):
        if begun < len(attempts):
            threading.Thread(target=_run, args=(begun, attempts[begun], results), daemon=True).start()
            begun += 1
        left = max(0.0, end - clock.monotonic())
        try:
            index, answer = results.get(timeout=min(delay, left) if begun < len(attempts) else left)
        except Empty:
            if left == 0 or begun == len(attempts):
                failures.append(Undetected("no answer in time", SLOW))
                break
            continue
        if isinstance(answer, Known):
            return index, answer
        failures.append(answer)
    raise Undetected("; ".join(dict.fromkeys(each.message for each in failures)), failures[0].hint)


def _run(index: int, attempt: Attempt, results: "SimpleQueue[_Result]") -> None:
    results.put((index, outcome(attempt)))

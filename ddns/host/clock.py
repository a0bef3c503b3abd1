"""The clocks of the machine."""

import threading
import time

from ddns.errors import Interrupted


class SystemClock:
    """The real clock (``ddns.ports.Clock``). Its sleep ends early when ``interrupt`` is called from another thread."""

    __slots__ = ("_stop",)

    def __init__(self) -> None:
        """Start uninterrupted."""
        self._stop = threading.Event()

    def time(self) -> float:
        """Return UNIX seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds of a clock that never steps back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; Interrupted when ``interrupt`` has been called before or is called meanwhile."""
        if self._stop.wait(max(0.0, seconds)):
            raise Interrupted

    def interrupt(self) -> None:
        """End this sleep and refuse every later one, until ``permit``."""
        self._stop.set()

    def permit(self) -> None:
        """Allow sleeping again: the cleaning at the end may wait too."""
        self._stop.clear()


def boottime() -> float:
    """Return seconds since the machine started, suspend counted; no clock step changes it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)

"""Slowing down before Cloudflare blocks us, and staying away while it does."""

import re
from collections.abc import Mapping
from typing import Final

from ddns.cloudflare.ask import Ask
from ddns.cloudflare.envelope import LONGEST
from ddns.errors import RateLimited
from ddns.ports import Clock

LOW: Final = 20
"""Requests left below which they are spread over the time left."""
LONGEST_PAUSE: Final = 5.0
"""Seconds between two spread requests at most, so that a round ends inside its time."""
_LIMIT: Final = re.compile(r";\s*r=(\d{1,9})\s*;\s*t=(\d{1,9})")


class Pace:
    """When the next request may be sent. ``blocked_until``: UNIX seconds before which none is (0: no block).

    The headers are ``Ratelimit: "default";r=50;t=30`` (50 requests left, the count starts again in 30 s) and, with a
    429, ``Retry-After`` (Cloudflare documentation, 2025-09).
    """

    __slots__ = ("_clock", "_left", "_until", "blocked_until")

    def __init__(self, clock: Clock) -> None:
        """Nothing is known yet."""
        self._clock = clock
        self._left = LOW
        self._until = 0.0
        self.blocked_until = 0.0

    def wait(self, ask: Ask, deadline: float) -> None:
        """Wait until a request may be sent. RateLimited when that would be past the deadline (monotonic seconds)."""
        block = self.blocked_until - self._clock.time()
        if 0 < block <= LONGEST:  # more than that is a clock that was set back
            if self._clock.monotonic() + block >= deadline:
                raise self._too_early(ask, block)
            self._clock.sleep(block)
        now = self._clock.monotonic()
        pause = self._until - now
        if pause <= 0 or self._left >= LOW:
            return
        if self._left > 0:
            self._clock.sleep(min(pause / (self._left + 1), LONGEST_PAUSE, max((deadline - now) / 2, 0.0)))
        elif now + pause < deadline:
            self._clock.sleep(pause)
        else:
            self.block(pause)
            raise self._too_early(ask, pause)

    def block(self, seconds: float) -> None:
        """Send nothing for this long."""
        self.blocked_until = self._clock.time() + seconds

    def note(self, headers: Mapping[str, str]) -> None:
        """Read how many requests are left, and for how long; of several limits the nearest one counts."""
        found = [(int(left), int(seconds)) for left, seconds in _LIMIT.findall(headers.get("ratelimit", ""))]
        if found:
            self._left, seconds = min(found)
            self._until = self._clock.monotonic() + min(seconds, LONGEST)

    @staticmethod
    def _too_early(ask: Ask, seconds: float) -> RateLimited:
        message = f"Cloudflare's request limit is used up for another {seconds:.0f} s, so it was not asked to {ask.aim}"
        hint = (
            "nothing was changed; the interval of updates may be too short, or other programs use this token's limit up"
        )
        return RateLimited(message, hint, retry_after=max(seconds, 1.0))

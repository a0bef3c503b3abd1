"""A clock that moves only when somebody sleeps."""


class TickingClock:
    """``ports.Clock``: UNIX time and monotonic time start apart and move together; ``naps`` are the sleeps so far."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.naps: list[float] = []

    def time(self) -> float:
        """See the port."""
        return self.now

    def monotonic(self) -> float:
        """See the port."""
        return self.now - 1_799_999_000.0

    def sleep(self, seconds: float) -> None:
        """See the port: no time really passes."""
        self.naps.append(seconds)
        self.now += seconds

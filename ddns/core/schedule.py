"""When the next round is due: a fixed interval or a cron expression in a time zone."""

from datetime import datetime
from typing import NamedTuple


class Every(NamedTuple):
    """A fixed interval in seconds (whole, at least 1)."""

    seconds: float
    text: str

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the aware time of the round after ``moment`` (aware, UTC)."""
        raise NotImplementedError(moment)


class Cron(NamedTuple):
    """A cron expression of five fields, evaluated in ``zone`` (an IANA name; "" is UTC)."""

    expression: str
    zone: str
    text: str

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the aware time of the round after ``moment``, or None when it never comes (30 February)."""
        raise NotImplementedError(moment)


Schedule = Every | Cron


def parse_schedule(text: str, zone: str = "") -> Schedule | None:
    """Read ``@once`` (None), ``@every 5m``, ``@daily``, ``[CRON_TZ=Area/City ]* * * * *``. ValueError if bad."""
    raise NotImplementedError(text, zone)


def parse_duration(text: str) -> float:
    """Read a Go duration (``1h30m``, ``1.5h``, ``300ms``) as seconds; ValueError says what is wrong."""
    raise NotImplementedError(text)

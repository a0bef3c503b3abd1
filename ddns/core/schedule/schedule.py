"""When the next round is due: a fixed interval or a cron expression (``core/schedule/cron.py``) in a time zone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from io import BytesIO
from typing import NamedTuple

Zones = Callable[[str], tzinfo]
"""Gives the time zone of a name as TZ holds it; LookupError, ValueError or OSError when there is none."""

LOCAL = "Local"
"""The machine's time zone (Go's name for it); UTC where there is no ``/etc/localtime``."""
LOCALTIME = "/etc/localtime"
_LARGEST = 1 << 20

_WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
ONCE = ("@once", "@disabled", "@nevermore")
"""The words for a single round; the last two are old names of the first."""

_UTC_NAMES = frozenset({"", "utc", "etc/utc", "gmt", "etc/gmt"})
_PART = re.compile(r"(?P<amount>[0-9]++\.?[0-9]*+|\.[0-9]++)(?P<unit>[^0-9.]++)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST = 2**63 / 1e9  # seconds: Go counts nanoseconds in 64 bits, about 292 years


def system_zones(name: str) -> tzinfo:
    """Return a time zone: the ``Zones`` used by default.

    ``name`` is what TZ holds in Go's programs (its package ``time``, 2026): a name in the system's database (or the
    package ``tzdata``), or the path of a file; a colon before either is ignored. "" is UTC.
    """
    name = name.removeprefix(":")
    if name.lower() in _UTC_NAMES:
        return UTC
    if name in {LOCAL, LOCALTIME}:
        try:
            return _zone_file(LOCALTIME)
        except (ValueError, OSError):
            return UTC
    if name.startswith("/"):
        return _zone_file(name)
    from zoneinfo import ZoneInfo  # noqa: PLC0415 -- only cron expressions with a zone need it

    return ZoneInfo(name)


class _Whole(BytesIO):
    """A file that never gives less than was asked for: ``zoneinfo`` looks for the end of a cut one for ever (3.13)."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes; ValueError when they are not there."""
        data = super().read(size)
        if size is not None and len(data) < size:
            raise ValueError("cut")
        return data


def _zone_file(path: str) -> tzinfo:
    """Read a TZif file; OSError or ValueError when that is not possible."""
    from struct import error  # noqa: PLC0415 -- few name a file
    from zoneinfo import ZoneInfo  # noqa: PLC0415 -- likewise

    with open(path, "rb") as file:  # noqa: PTH123 -- pathlib would cost the program memory for nothing
        try:
            return ZoneInfo.from_file(_Whole(file.read(_LARGEST)))
        except (LookupError, AssertionError, error):
            raise ValueError(f"{path} is damaged") from None


def zones_from(read: Callable[[str], bytes | None]) -> Zones:
    """Return a ``Zones`` that looks into the system's database first, then asks ``read`` for TZif data."""

    def zone(name: str) -> tzinfo:
        try:
            return system_zones(name)
        except (LookupError, ValueError, OSError):
            data = read(name.removeprefix(":"))
            if data is None:
                raise
        from zoneinfo import ZoneInfo  # noqa: PLC0415 -- only where the system has no time zones

        return ZoneInfo.from_file(BytesIO(data), key=name)

    return zone


class Every(NamedTuple):
    """A fixed interval in seconds (whole, at least 1)."""

    seconds: float
    text: str

    def next_after(self, moment: datetime, zones: Zones = system_zones) -> datetime | None:  # noqa: ARG002 -- as Cron's
        """Return the aware time of the round after ``moment`` (aware, UTC); None past the end of the calendar."""
        try:
            return moment + timedelta(seconds=self.seconds)
        except OverflowError:
            return None


class Cron(NamedTuple):
    """A cron expression of five fields, evaluated in ``zone`` (for a ``Zones``; "" is UTC)."""

    expression: str
    zone: str
    text: str

    @property
    def never(self) -> bool:
        """Whether no time matches."""
        from ddns.core.schedule.cron import parse_times  # noqa: PLC0415 -- most schedules are intervals

        return parse_times(self.expression).never

    def next_after(self, moment: datetime, zones: Zones = system_zones) -> datetime | None:
        """Return the aware time (UTC) of the round after ``moment``, or None when it never comes (30 February).

        ``zones`` gives the time zone. One that was there at the start and is not any more, or whose file is broken,
        counts as UTC: a round at another hour is better than none.
        """
        from ddns.core.schedule.cron import next_minute, parse_times  # noqa: PLC0415 -- likewise

        try:
            zone = zones(self.zone)
        except (LookupError, ValueError, OSError):
            zone = UTC
        times = parse_times(self.expression)
        return next_minute(times, moment, zone) or next_minute(times, moment, UTC)


Schedule = Every | Cron


def parse_schedule(text: str, zone: str = "", zones: Zones = system_zones) -> Schedule | None:
    """Read ``@once`` (None), ``@every 5m``, ``@daily``, ``[CRON_TZ=Area/City ]* * * * *``. ValueError if bad.

    ``zone`` (of the variable TZ; "" is UTC) is where the expression is read unless it names its own.
    """
    text = text.strip()
    rest, zone = _split_zone(text, zone, zones)
    word = rest.lower()
    if word in ONCE:
        return None
    if word.split()[0] == "@every":
        return Every(_interval(rest[len("@every") :].strip()), text)
    if word.startswith("@"):
        if word not in _WORDS:
            known = ", ".join(("@once", "@every 5m", *_WORDS))
            raise ValueError(f'"{rest}" is not a schedule; the words are {known}')
        return Cron(_WORDS[word], zone, text)
    from ddns.core.schedule.cron import parse_times  # noqa: PLC0415 -- likewise

    parse_times(word)
    return Cron(" ".join(word.split()), zone, text)


def _split_zone(text: str, zone: str, zones: Zones) -> tuple[str, str]:
    """Separate ``TZ=…`` or ``CRON_TZ=…`` from what follows; ``Local`` in it is the zone of the variable TZ."""
    if not text.upper().startswith(("TZ=", "CRON_TZ=")):
        if not text:
            raise ValueError("the schedule is empty; write @every 5m, @once or a cron expression")
        return text, zone
    prefix, _, rest = text.partition(" ")
    named, rest = prefix.partition("=")[2], rest.strip()
    if not named:
        raise ValueError(f'"{text}" names no time zone; write it as CRON_TZ=Europe/Paris 0 4 * * *')
    if not rest:
        raise ValueError(f'"{text}" has a time zone but no schedule after it; write it as {prefix} */5 * * * *')
    check_zone(named, zones)
    return rest, zone if named == LOCAL else named


def check_zone(name: str, zones: Zones = system_zones) -> None:
    """Raise ValueError when there is no time zone of this name."""
    try:
        zones(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(
            f'there is no time zone "{name}"; write it as Area/City, such as Europe/Paris, or as a path'
        ) from None


def _interval(text: str) -> float:
    """Return the whole seconds of ``@every``, at least 1."""
    if not text:
        raise ValueError("@every needs an interval after it, such as @every 5m")
    return max(1.0, float(int(parse_duration(text))))


def parse_duration(text: str) -> float:
    """Read a Go duration (``1h30m``, ``1.5h``, ``300ms``) as seconds; ValueError says what is wrong."""
    text = text.strip()
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    if not text:
        raise ValueError("the duration is empty; write one such as 30s or 5m")
    if text.startswith("-"):
        raise ValueError(f'"{shown}" is negative; a duration is zero or more, such as 30s')
    body = text.removeprefix("+")
    if body == "0":
        return 0.0
    if re.fullmatch(r"[0-9]+\.?[0-9]*|\.[0-9]+", body):
        raise ValueError(f'"{shown}" has no unit; did you mean {shown}s or {shown}m?')
    seconds = _sum_parts(body)
    if seconds is None:
        raise ValueError(f'"{shown}" is not a duration; write one such as 30s, 5m or 1h30m (units: ns us ms s m h)')
    if seconds >= _LONGEST:
        raise ValueError(f'"{shown}" is longer than 292 years')
    return seconds


def _sum_parts(body: str) -> float | None:
    """Add up amounts with units; None when something else is among them."""
    total, end = 0.0, 0
    while end < len(body):
        part = _PART.match(body, end)
        if part is None or part["unit"] not in _UNITS:
            return None
        total, end = total + float(part["amount"]) * _UNITS[part["unit"]], part.end()
    return total

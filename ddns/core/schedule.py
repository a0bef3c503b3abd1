"""When the next round is due: a fixed interval or a cron expression in a time zone.

The syntax is that of favonia (robfig/cron v3: five fields, or a word beginning with ``@``), and 7 is Sunday too. When
both the day of the month and the day of the week are restricted, a day need match only one of them; ``*/2`` counts as
restricted. Around a clock change ``cronsim`` acts as Debian's cron does: a fixed time inside the skipped hour runs
right after it, one inside the repeated hour runs once.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

Zones = Callable[[str], tzinfo]
"""Gives the time zone of an IANA name; LookupError, ValueError or OSError when there is none."""

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

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_UTC_NAMES = frozenset({"", "utc", "etc/utc", "gmt", "etc/gmt"})
_TERM = re.compile(r"(?P<low>[*?]|[0-9]{1,3}|[a-z]{3})(?:-(?P<high>[0-9]{1,3}|[a-z]{3}))?(?:/(?P<step>[0-9]{1,3}))?")
_PART = re.compile(r"(?P<amount>[0-9]+\.?[0-9]*|\.[0-9]+)(?P<unit>[^0-9.]+)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST = 2**63 / 1e9  # seconds: Go counts nanoseconds in 64 bits, about 292 years


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)


def system_zones(name: str) -> tzinfo:
    """Return a time zone from the system's database (or the ``tzdata`` package); the ``Zones`` used by default."""
    if name.lower() in _UTC_NAMES:
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 -- only cron expressions with a zone need it

    return ZoneInfo(name)


def zones_from(read: Callable[[str], bytes | None]) -> Zones:
    """Return a ``Zones`` that looks into the system's database first, then asks ``read`` for TZif data."""

    def zone(name: str) -> tzinfo:
        try:
            return system_zones(name)
        except (LookupError, ValueError, OSError):
            data = read(name)
            if data is None:
                raise
        from io import BytesIO  # noqa: PLC0415 -- only where the system has no time zones
        from zoneinfo import ZoneInfo  # noqa: PLC0415 -- likewise

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
    """A cron expression of five fields, evaluated in ``zone`` (an IANA name; "" is UTC)."""

    expression: str
    zone: str
    text: str

    def next_after(self, moment: datetime, zones: Zones = system_zones) -> datetime | None:
        """Return the aware time (UTC) of the round after ``moment``, or None when it never comes (30 February).

        ``zones`` gives the time zone. One that was there at the start and is not any more counts as UTC: a round at
        another hour is better than none.
        """
        from cronsim import CronSim, CronSimError  # noqa: PLC0415 -- most schedules are an interval

        try:
            local = moment.astimezone(zones(self.zone))
        except (LookupError, ValueError, OSError):
            local = moment.astimezone(UTC)
        try:
            return next(CronSim(_for_cronsim(self.expression), local)).astimezone(UTC)
        except (CronSimError, StopIteration, OverflowError):
            return None


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
            raise ValueError(f'"{rest}" is no schedule; the words are {known}')
        return Cron(_WORDS[word], zone, text)
    return Cron(_checked_expression(word), zone, text)


def _split_zone(text: str, zone: str, zones: Zones) -> tuple[str, str]:
    """Separate ``TZ=…`` or ``CRON_TZ=…`` from what follows."""
    if not text.upper().startswith(("TZ=", "CRON_TZ=")):
        if not text:
            raise ValueError("the schedule is empty; write @every 5m, @once or a cron expression")
        return text, zone
    prefix, _, rest = text.partition(" ")
    zone, rest = prefix.partition("=")[2], rest.strip()
    if not zone:
        raise ValueError(f'"{text}" names no time zone; write it as CRON_TZ=Europe/Paris 0 4 * * *')
    if not rest:
        raise ValueError(f'"{text}" has a time zone but no schedule after it; write it as {prefix} */5 * * * *')
    check_zone(zone, zones)
    return rest, zone


def check_zone(name: str, zones: Zones = system_zones) -> None:
    """Raise ValueError when there is no time zone of this name."""
    try:
        zones(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(f'there is no time zone "{name}"; write it as Area/City, such as Europe/Paris') from None


def _interval(text: str) -> float:
    """Return the whole seconds of ``@every``, at least 1."""
    if not text:
        raise ValueError("@every needs an interval after it, such as @every 5m")
    seconds = parse_duration(text)
    if not seconds:
        raise ValueError("@every needs an interval longer than zero, such as @every 5m")
    return max(1.0, float(int(seconds)))


def _checked_expression(text: str) -> str:
    """Return the expression with single spaces and small letters, every field of it checked."""
    parts = text.split()
    if len(parts) != len(_FIELDS):
        fields = "minute, hour, day of the month, month, day of the week"
        count = f"{len(parts)} field{'' if len(parts) == 1 else 's'}"
        raise ValueError(f'"{text}" has {count}; a cron expression has 5 ({fields})')
    for part, field in zip(parts, _FIELDS, strict=True):
        for term in part.split(","):
            _check_term(term, field)
    return " ".join(parts)


def _check_term(term: str, field: _Field) -> None:
    """Check one of the comma-separated terms of a field."""
    where = f"in the {field.name}"
    match = _TERM.fullmatch(term)
    if match is None:
        raise ValueError(f'"{term}" {where} cannot be read; write *, 5, 1-5, */15 or a list of these')
    low, high, step = match["low"], match["high"], match["step"]
    if step is not None and not int(step):
        raise ValueError(f'"{term}" {where} has a step of zero')
    if low in {"*", "?"}:
        if high is not None:
            raise ValueError(f'"{term}" {where} is a range without a beginning')
        return
    first = _number(low, field)
    if high is not None and _number(high, field) < first:
        raise ValueError(f'"{term}" {where} ends before it begins')


def _number(text: str, field: _Field) -> int:
    """Return the number a number or a name stands for."""
    if text in field.names:
        return field.names.index(text) + field.least
    if not text.isdigit() or not field.least <= int(text) <= field.most:
        raise ValueError(f'"{text}" in the {field.name} is not between {field.least} and {field.most}')
    return int(text)


def _for_cronsim(expression: str) -> str:
    """Write the expression so that ``cronsim`` reads it as robfig/cron does.

    ``cronsim`` takes any field beginning with a star as unrestricted, ``*/2`` too, and lets the steps of the day of
    the week run on to 7, which is Sunday again.
    """
    minute, hour, day, month, weekday = expression.replace("?", "*").split()
    return " ".join((minute, hour, _restricted(day, "1-31", "31"), month, _restricted(weekday, "0-6", "6")))


def _restricted(field: str, whole: str, last: str) -> str:
    """Return ``*`` for a field with a star in it, else the field with its steps bounded."""
    terms = []
    for term in field.split(","):
        first, slash, step = term.partition("/")
        if first == "*" and (not slash or int(step) == 1):
            return "*"
        if slash and first == "*":
            terms.append(f"{whole}/{step}")
        elif slash and "-" not in first and first != "7":
            terms.append(f"{first}-{last}/{step}")
        else:
            terms.append(term)
    return ",".join(terms)


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
        raise ValueError(f'"{shown}" is no duration; write one such as 30s, 5m or 1h30m (units: ns us ms s m h)')
    if seconds >= _LONGEST:
        raise ValueError(f'"{shown}" is longer than 292 years')
    return seconds


def _sum_parts(body: str) -> float | None:
    """Add up amounts with units; None when something else is among them."""
    total, end = 0.0, 0
    for part in _PART.finditer(body):
        if part.start() != end or part["unit"] not in _UNITS:
            return None
        total, end = total + float(part["amount"]) * _UNITS[part["unit"]], part.end()
    return total if end == len(body) else None

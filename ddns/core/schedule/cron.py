"""Cron expressions: reading the five fields, and finding the next minute that matches in a time zone.

The syntax is that of favonia (robfig/cron v3), and 7 is Sunday too. When both the day of the month and the day of the
week are restricted, a day need match only one of them; ``*/2`` counts as restricted, ``*/1`` does not.

Where clocks change, no run is lost and none is doubled: a time that the clocks skip is due right after the gap, and one
that comes twice is due the first time (as in Debian's cron). An expression that matches in every hour goes on through a
repeated hour. favonia skips the former and runs the latter twice.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_TERM = re.compile(r"(?P<low>[*?]|[0-9]{1,3}|[a-z]{3})(?:-(?P<high>[0-9]{1,3}|[a-z]{3}))?(?:/(?P<step>[0-9]{1,3}))?")
_LENGTHS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_MOST = 1000
"""Hours looked into at most. A hundred are enough in any zone there is; only a broken zone file needs the limit."""


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
    _Field("day of the week", 0, 6, _DAYS),
)


class Times(NamedTuple):
    """The numbers at which each field matches, Sunday being 0. ``either``: the month's day or the week's will do."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    @property
    def never(self) -> bool:
        """Whether no day matches, as 30 February. A day of the week always comes."""
        return not self.either and min(self.days) > max(_LENGTHS[month] for month in self.months)

    def day(self, moment: datetime) -> bool:
        """Whether a local time is on a day that matches."""
        by_month, by_week = moment.day in self.days, moment.isoweekday() % 7 in self.weekdays
        return moment.month in self.months and (by_month or by_week if self.either else by_month and by_week)

    def match(self, moment: datetime) -> bool:
        """Whether a local time matches."""
        return moment.minute in self.minutes and moment.hour in self.hours and self.day(moment)


def parse_times(text: str) -> Times:
    """Read five fields in small letters; ValueError says which term of which field is wrong."""
    parts = text.split()
    if len(parts) != len(_FIELDS):
        fields = "minute, hour, day of the month, month, day of the week"
        count = f"{len(parts)} field{'' if len(parts) == 1 else 's'}"
        raise ValueError(f'"{text}" has {count}; a cron expression has 5 ({fields})')
    found: list[frozenset[int]] = []
    free: list[bool] = []
    for part, field in zip(parts, _FIELDS, strict=True):
        terms = [_term(term, field) for term in part.split(",")]
        found.append(frozenset(number for term in terms for number in term[0]))
        free.append(any(term[1] for term in terms))
    minutes, hours, days, months, weekdays = found
    return Times(minutes, hours, days, months, weekdays, either=not (free[2] or free[4]))


def _term(term: str, field: _Field) -> tuple[frozenset[int], bool]:
    """Return the numbers of one of the comma-separated terms of a field, and whether it is a star: no restriction."""
    where = f"in the {field.name}"
    match = _TERM.fullmatch(term)
    if match is None:
        raise ValueError(f'"{term}" {where} cannot be read; write *, 5, 1-5, */15 or a list of these')
    low, high, step = match["low"], match["high"], int(match["step"] or 1)
    if not step:
        raise ValueError(f'"{term}" {where} has a step of zero')
    star = low in {"*", "?"}
    if star and high is not None:
        raise ValueError(f'"{term}" {where} is a range without a beginning')
    first = field.least if star else _number(low, field)
    last = _number(high, field) if high else field.most if star or match["step"] else first
    last = max(first, last) if high is None else last  # 7/2: Sunday, with nothing after it
    if last < first:
        raise ValueError(f'"{term}" {where} ends before it begins')
    numbers = range(first, last + 1, step)
    return frozenset(number % 7 if field.names is _DAYS else number for number in numbers), star and step == 1


def _number(text: str, field: _Field) -> int:
    """Return the number a number or a name stands for; 7 is one of the days of the week."""
    if text in field.names:
        return field.names.index(text) + field.least
    most = field.most + (field.names is _DAYS)
    if not text.isdigit() or not field.least <= int(text) <= most:
        raise ValueError(f'"{text}" in the {field.name} is not between {field.least} and {most}')
    return int(text)


def next_minute(times: Times, moment: datetime, zone: tzinfo) -> datetime | None:
    """Return the first minute (UTC) after ``moment`` (aware) that is due in ``zone``; None when none ever is.

    Days without a match are passed over in the calendar, at most eight years of them (29 February from 2096 to 2104),
    hours without one by the hour; so it takes milliseconds.
    """
    now = moment.astimezone(UTC).replace(second=0, microsecond=0)
    if times.never:
        return None
    try:
        for _ in range(_MOST):
            now = _skip_days(times, now, zone)
            before, after = _local(now, zone), _local(now + _HOUR, zone)
            if after - before != _HOUR or any(times.day(at) and at.hour in times.hours for at in (before, after)):
                for minute in range(1, 61):
                    if _due(times, now + minute * _MINUTE, zone):
                        return now + minute * _MINUTE
            now += _HOUR
    except OverflowError:  # past the year 9999
        pass
    return None


def _skip_days(times: Times, now: datetime, zone: tzinfo) -> datetime:
    """Return a time not after the next day that matches. The clocks of a zone change by less than two days at once."""
    today = day = _local(now, zone)
    while not times.day(day):
        day += _DAY
    return max(now, now + (day - today) - 3 * _DAY)


def _local(moment: datetime, zone: tzinfo) -> datetime:
    """Return the time on the clocks of a zone, without the zone."""
    return moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


def _due(times: Times, moment: datetime, zone: tzinfo) -> bool:
    """Whether a minute (UTC) is due: its local time matches, or one that the clocks have just skipped."""
    local = moment.astimezone(zone)
    at, before = local.replace(tzinfo=None, second=0, microsecond=0, fold=0), _local(moment - _MINUTE, zone)
    if times.match(at):
        return not local.fold or len(times.hours) == len(range(24))
    skipped = range(1, (at - before) // _MINUTE)
    return any(times.match(before + number * _MINUTE) for number in skipped)

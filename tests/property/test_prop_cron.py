"""Cron expressions against a walk minute by minute, around every kind of clock change."""

import tempfile
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.schedule.cron import next_minute, parse_times
from ddns.core.schedule.schedule import Cron, check_zone, parse_schedule

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST, LAST = datetime(2008, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
STRIDE = timedelta(days=14)
ZONES = sorted(available_timezones() - {"localtime"})
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
EXPRESSIONS = (
    *("* * * * *", "*/5 * * * *", "7 * * * *", "50 2 * * *", "0 0 * * *", "30 0 * * *", "*/20 23,0,1,2 * * *"),
    *("46 */3 * * *", "15 1-3 * * *", "0 22-22/15 * * 6/1", "59 23 */2 * *", "45 1 * * sun"),
)


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """Return the first minutes (UTC) after every clock change of a zone, found by halving."""
    zone, found = ZoneInfo(name), []
    at = FIRST
    while at < LAST:
        low, high = at, at + STRIDE
        if offset(low, zone) != offset(high, zone):
            while high - low > MINUTE:
                middle = low + (high - low) // 2 // MINUTE * MINUTE
                low, high = (middle, high) if offset(middle, zone) == offset(low, zone) else (low, middle)
            found.append(high)
        at += STRIDE
    return tuple(found)


def offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    """Return how far the clocks of a zone are ahead."""
    return moment.astimezone(zone).utcoffset()


def matches(expression: str, at: datetime) -> bool:
    """Whether a local time matches: written down once more, as plainly as can be."""
    minute, hour, day, month, weekday = (
        numbers(text, *of) for text, of in zip(expression.split(), FIELDS, strict=True)
    )
    if at.minute not in minute or at.hour not in hour or at.month not in month:
        return False
    by_month, by_week = at.day in day, bool({at.isoweekday(), at.isoweekday() % 7} & weekday)
    free = any(set(field.split(",")) & {"*", "*/1"} for field in expression.split()[2::2])
    return by_month and by_week if free else by_month or by_week


def numbers(field: str, least: int, most: int) -> set[int]:
    """Return the numbers a field names."""
    found: set[int] = set()
    for term in field.replace("sun", "0").split(","):
        span, _, step = term.partition("/")
        low, _, high = span.partition("-")
        first = least if low == "*" else int(low)
        last = int(high) if high else max(first, most) if low == "*" or step else first
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def walked(expression: str, begin: datetime, zone: tzinfo, *, days: int = 4) -> list[datetime]:
    """Return every due minute of some days: those whose local time matches or comes after a skipped one that does.

    Unless the expression matches in every hour, a local time seen before is not due again.
    """
    hourly = numbers(expression.split()[1], 0, 23) == set(range(24))
    seen: set[datetime] = set()
    due = []
    before = clock(begin - 2 * DAY, zone)
    for number in range(1, (days + 2) * 1440):
        moment = begin - 2 * DAY + number * MINUTE
        at = clock(moment, zone)
        skipped = [before + n * MINUTE for n in range(1, (at - before) // MINUTE)]
        if any(matches(expression, one) for one in skipped) or (matches(expression, at) and (hourly or at not in seen)):
            due.append(moment)
        seen.add(at)
        before = at
    return [moment for moment in due if moment > begin]


def clock(moment: datetime, zone: tzinfo) -> datetime:
    """Return what the clocks of a zone show, to the minute."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0, second=0, microsecond=0)


def follow(expression: str, begin: datetime, zone: tzinfo, end: datetime) -> list[datetime]:
    """Return what the program finds until ``end``, one after the other."""
    found, at = [], next_minute(parse_times(expression), begin, zone)
    while at is not None and at < end:
        found.append(at)
        at = next_minute(parse_times(expression), at, zone)
    return found


@st.composite
def moments(draw: st.DrawFn) -> tuple[tzinfo, datetime]:
    """Return a zone and a time, mostly near one of its clock changes."""
    name = draw(st.sampled_from(ZONES))
    near = draw(st.sampled_from([*changes(name), datetime(2026, 3, 28, tzinfo=UTC)]))
    return ZoneInfo(name), near + draw(st.integers(-3000, 300)) * MINUTE


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Return an expression; few restrict everything, so that most are due within the days walked."""
    parts = []
    for least, most in FIELDS:
        number = st.integers(least, 7 if most == 6 else most)  # 7 is Sunday too
        low, high = sorted((draw(number), draw(number)))
        step = draw(st.integers(1, 20))
        forms = [
            "*",
            "*",
            f"*/{step}",
            f"{low}",
            f"{low},{high}",
            f"{low}-{high}",
            f"{low}/{step}",
            f"{low}-{high}/{step}",
        ]
        parts.append(draw(st.sampled_from(forms)))
    return " ".join(parts)


@given(st.sampled_from(EXPRESSIONS) | expressions(), moments())
def test_it_finds_what_a_walk_by_the_minute_finds(expression: str, place: tuple[tzinfo, datetime]) -> None:
    """The first due minute is the walk's; without one in the days walked it is later, or never."""
    zone, begin = place
    expected = walked(expression, begin, zone)
    found = next_minute(parse_times(expression), begin, zone)

    if expected:
        assert found == expected[0]
    else:
        assert found is None or found >= begin + 4 * DAY - MINUTE, "later, or a day that never comes"


@given(st.sampled_from(EXPRESSIONS) | expressions(), moments(), st.integers(0, 59_999_999))
def test_it_is_always_later(expression: str, place: tuple[tzinfo, datetime], rest: int) -> None:
    """The next round is never now and never in the past; it is a whole minute."""
    zone, moment = place[0], place[1] + timedelta(microseconds=rest)
    found = next_minute(parse_times(expression), moment, zone)

    assert (found is None) == parse_times(expression).never
    assert found is None or (found > moment and not found.second and not found.microsecond)


@given(st.lists(st.tuples(st.integers(4, 10_000), st.integers(0, 255)), max_size=20), st.integers(0, 10_000))
def test_a_damaged_zone_file_is_refused_or_used(damage: list[tuple[int, int]], cut: int) -> None:
    """Whatever is in it, reading it ends, and the next round is later than now."""
    data = bytearray((Path("/usr/share/zoneinfo") / "Europe/Berlin").read_bytes())
    for at, value in damage:
        data[4 + at % (len(data) - 4)] = value
    with tempfile.NamedTemporaryFile() as file:
        file.write(data[: -cut or None] if cut < len(data) // 4 else data)
        file.flush()
        try:
            schedule = parse_schedule("50 2 * * *", file.name)
            check_zone(file.name)
        except ValueError:
            return
        moment = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
        due = schedule.next_after(moment) if schedule else None
        assert due is not None
        assert due > moment


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("Europe/Berlin", "2026-03-28T20:00"),
        ("Europe/Berlin", "2026-10-24T20:00"),
        ("Pacific/Chatham", "2026-04-04T11:01"),
        ("Pacific/Chatham", "2026-09-26T10:00"),
        ("Australia/Lord_Howe", "2026-04-04T10:00"),
        ("Australia/Lord_Howe", "2026-10-03T10:00"),
        ("Asia/Beirut", "2026-03-28T10:00"),
        ("America/Havana", "2026-11-01T00:00"),
        ("America/Sao_Paulo", "2018-11-03T20:00"),
        ("America/St_Johns", "2010-11-06T20:00"),
        ("Pacific/Apia", "2011-12-29T20:00"),
        ("Africa/Casablanca", "2026-02-14T20:00"),
    ],
)
def test_a_chain_of_rounds_loses_none_and_doubles_none(expression: str, name: str, begin: str) -> None:
    """One after the other, around the changes that are hard: half hours, midnights, a day left out."""
    zone, start = ZoneInfo(name), datetime.fromisoformat(f"{begin}+00:00")

    assert follow(expression, start, zone, start + 3 * DAY) == [
        moment for moment in walked(expression, start, zone, days=3) if moment < start + 3 * DAY
    ]


@pytest.mark.parametrize("name", ZONES)
def test_every_clock_change_there_is(name: str) -> None:
    """In every zone, at each of its changes in twenty years: later than asked, and within two days and two hours."""
    zone = ZoneInfo(name)
    for change in changes(name):
        for hours, text in ((-25, "50 2 * * *"), (-1, "50 2 * * *"), (0, "0 0 * * *")):
            begin = change + timedelta(hours=hours)
            found = Cron(text, name, text).next_after(begin, lambda _name: zone)
            assert found is not None
            assert MINUTE <= found - begin <= timedelta(hours=50), (begin, text)

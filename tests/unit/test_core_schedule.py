"""Schedules and durations."""

import re
import struct
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ddns.core.schedule.schedule import (
    Cron,
    Every,
    check_zone,
    parse_duration,
    parse_schedule,
    system_zones,
    zones_from,
)

NEGATIVE = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, -1, 1, 4) + bytes(100)  # -1 clock changes
NOON = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # a Saturday; clocks change in Europe the next night


@pytest.mark.parametrize("text", ["@once", "@ONCE", "@disabled", "@nevermore", "CRON_TZ=Europe/Paris @once"])
def test_a_single_round(text: str) -> None:
    """The words for one round have no schedule."""
    assert parse_schedule(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("@every 5m", 300),
        ("@every 1h30m5.9s", 5405),
        ("@every 1ms", 1),
        ("@every 0s", 1),
        ("@EVERY 10s", 10),
        ("TZ=UTC @every 2s", 2),
    ],
)
def test_intervals_are_whole_seconds_and_at_least_one(text: str, seconds: int) -> None:
    """@every takes a Go duration, cut to whole seconds."""
    schedule = parse_schedule(text)

    assert schedule == Every(float(seconds), text)
    assert schedule is not None
    assert (schedule.next_after(NOON) or NOON).timestamp() - NOON.timestamp() == seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/5 * * * *", "2026-03-28T12:05"),
        ("@hourly", "2026-03-28T13:00"),
        ("@daily", "2026-03-29T00:00"),
        ("@midnight", "2026-03-29T00:00"),
        ("@weekly", "2026-03-29T00:00"),
        ("@monthly", "2026-04-01T00:00"),
        ("@yearly", "2027-01-01T00:00"),
        ("@annually", "2027-01-01T00:00"),
        ("0 4 1 JAN-mar,12 ?", "2026-12-01T04:00"),
        ("0 0 * * 7", "2026-03-29T00:00"),
        ("0 0 * * 5-7", "2026-03-29T00:00"),
        ("0 0 * * sun", "2026-03-29T00:00"),
        ("0 0 * * 5/2", "2026-04-03T00:00"),
        ("0 0 * * 7/2", "2026-03-29T00:00"),
        ("0 0 * * 6/1", "2026-04-04T00:00"),
        ("22-22/15 * * * *", "2026-03-28T12:22"),
        ("0 0 */31 * 1", "2026-03-30T00:00"),
        ("0 0 13 * 5,*", "2026-04-13T00:00"),
        ("0 0 13 * */1", "2026-04-13T00:00"),
        ("0 0 13 * 5", "2026-04-03T00:00"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("CRON_TZ=Europe/Paris 0 4 * * *", "2026-03-29T02:00"),
        ("TZ=Europe/Paris 0 14 * * *", "2026-03-28T13:00"),
        ("CRON_TZ=Europe/Paris 30 2 * * *", "2026-03-29T01:00"),
    ],
)
def test_cron_expressions(text: str, expected: str) -> None:
    """Fields, names, steps and zones; a time in the skipped hour runs right after it."""
    schedule = parse_schedule(text)

    assert schedule is not None
    due = schedule.next_after(NOON)
    assert due is not None
    assert due == datetime.fromisoformat(f"{expected}:00+00:00")


def test_the_given_zone_counts_unless_the_expression_names_one() -> None:
    """TZ is where the expression is read; CRON_TZ wins over it."""
    assert parse_schedule("0 4 * * *", "Europe/Paris") == Cron("0 4 * * *", "Europe/Paris", "0 4 * * *")
    assert parse_schedule("TZ=UTC 0 4 * * *", "Europe/Paris") == Cron("0 4 * * *", "UTC", "TZ=UTC 0 4 * * *")


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("CRON_TZ=Europe/Berlin 50 2 * * *", "2026-10-25T01:05", "2026-10-26T01:50"),  # asked in the second pass
        ("CRON_TZ=Europe/Berlin */5 * * * *", "2026-10-25T01:05", "2026-10-25T01:10"),
        ("CRON_TZ=Europe/Berlin 50 * * * *", "2026-10-25T00:50", "2026-10-25T01:50"),
        ("CRON_TZ=Pacific/Chatham 46 */3 * * *", "2026-04-04T11:01", "2026-04-04T15:01"),
        ("CRON_TZ=Australia/Lord_Howe 15 2 * * *", "2026-10-03T12:00", "2026-10-03T15:30"),  # 2:00 becomes 2:30
        ("CRON_TZ=Asia/Beirut 0 0 * * *", "2026-03-28T12:00", "2026-03-28T22:00"),  # midnight becomes 1:00
        ("CRON_TZ=Asia/Beirut */30 0 * * *", "2026-03-28T12:00", "2026-03-28T22:00"),
    ],
)
def test_where_clocks_change(text: str, moment: str, expected: str) -> None:
    """A skipped time is due right after the gap, a repeated one once; every hour means every hour."""
    schedule = parse_schedule(text)

    assert schedule is not None
    due = schedule.next_after(datetime.fromisoformat(f"{moment}+00:00"))
    assert due == datetime.fromisoformat(f"{expected}+00:00")


def test_a_repeated_hour_runs_once() -> None:
    """When clocks go back, a fixed time is due once."""
    schedule = parse_schedule("CRON_TZ=Europe/Paris 30 2 * * *")
    assert schedule is not None
    first = schedule.next_after(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))

    assert first is not None
    second = schedule.next_after(first)
    assert second is not None
    assert (second - first).total_seconds() > 23 * 3600


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("0 0 30 2 *", True),
        ("0 0 31 4,6 *", True),
        ("0 0 29 2 *", False),
        ("0 0 31 2-3 *", False),
        ("0 0 30 2 1", False),
        ("0 0 31 */5 *", False),
    ],
)
def test_a_day_that_never_comes(text: str, *, never: bool) -> None:
    """30 February is read, and has no next time; every other expression has one."""
    schedule = parse_schedule(text)

    assert isinstance(schedule, Cron)
    assert schedule.never is never
    assert (schedule.next_after(NOON) is None) is never


def test_the_end_of_the_calendar() -> None:
    """An interval that ends after the year 9999 has no next time."""
    assert Every(9e9, "").next_after(datetime(9990, 1, 1, tzinfo=UTC)) is None
    assert Cron("0 0 * * *", "", "").next_after(datetime(9999, 12, 31, 12, tzinfo=UTC)) is None


def test_a_zone_that_vanished_counts_as_utc() -> None:
    """A round at another hour is better than none."""
    due = Cron("0 4 * * *", "Gone/Zone", "").next_after(NOON)

    assert due == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", [":Europe/Paris", "/usr/share/zoneinfo/Europe/Paris", ":/usr/share/zoneinfo/Europe/Paris"]
)
def test_a_zone_as_go_reads_it(name: str) -> None:
    """A colon before the name means nothing, and a path is that of a file; in the expression too."""
    for schedule in (parse_schedule("0 4 * * *", name), parse_schedule(f"CRON_TZ={name} 0 4 * * *")):
        assert schedule is not None
        assert schedule.next_after(NOON) == datetime(2026, 3, 29, 2, 0, tzinfo=UTC)
    check_zone(name)


def test_local_is_the_zone_of_tz_and_else_that_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """CRON_TZ=Local is what TZ says; TZ=Local, or /etc/localtime by its path, the machine's, or UTC without one."""
    local = parse_schedule("CRON_TZ=Local 0 4 * * *", "Asia/Tokyo")
    assert isinstance(local, Cron)
    assert local.zone == "Asia/Tokyo"

    machine = tmp_path / "localtime"
    monkeypatch.setattr("ddns.core.schedule.schedule.LOCALTIME", str(machine))
    for name in ("Local", ":Local", str(machine), f":{machine}"):
        assert system_zones(name) is UTC
    machine.write_bytes((Path("/usr/share/zoneinfo") / "Asia/Tokyo").read_bytes())
    for name in ("Local", str(machine)):
        assert Cron("0 4 * * *", name, "").next_after(NOON) == datetime(2026, 3, 28, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "content", [b"", b"TZif", b"TZif2" + b"\0" * 30, b"TZif2" + b"\0" * 15 + b"\xff" * 30, b"root:x:0:0", NEGATIVE]
)
def test_a_file_that_is_no_zone(content: bytes, tmp_path: Path) -> None:
    """A cut or foreign file, a folder, and nothing at all are no time zone."""
    path = tmp_path / "zone"
    path.write_bytes(content)
    for name in (path, tmp_path, tmp_path / "none"):
        with pytest.raises(ValueError, match="no time zone"):
            check_zone(str(name))


def test_a_zone_file_that_is_cut_is_no_zone(tmp_path: Path) -> None:
    """At whatever byte; zoneinfo would look for the end of some of them for ever."""
    whole = (Path("/usr/share/zoneinfo") / "Europe/Paris").read_bytes()
    path = tmp_path / "zone"
    for length in (*range(0, len(whole) - 40, 97), *range(len(whole) - 40, len(whole))):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="no time zone"):
            check_zone(str(path))


class Stopped(ZoneInfo):
    """A zone whose clocks stand still."""

    def fromutc(self, moment: datetime, /) -> datetime:
        """Return half past three, whatever the time."""
        return moment.replace(month=1, day=1, hour=3, minute=30)


def test_a_broken_zone_counts_as_utc() -> None:
    """No time matches in it, and that is found out in bounded time."""
    due = Cron("0 4 1 * *", "", "").next_after(NOON, lambda _name: Stopped("Europe/Paris"))

    assert due == datetime(2026, 4, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("@every", "needs an interval"),
        ("@every -5m", "negative"),
        ("@every 5", "did you mean 5s or 5m?"),
        ("@evry 5m", "not a schedule"),
        ("@reboot", "@once"),
        ("x", "1 field;"),
        ("* * * *", "4 fields"),
        ("* * * * * *", "6 fields"),
        ("61 * * * *", "between 0 and 59"),
        ("* * 0 * *", "between 1 and 31"),
        ("* * * foo *", "between 1 and 12"),
        ("* * * * 8", "between 0 and 7"),
        ("5-1 * * * *", "before it begins"),
        ("*-5 * * * *", "without a beginning"),
        ("*/0 * * * *", "step of zero"),
        ("1,,2 * * * *", "cannot be read"),
        ("x! * * * *", "cannot be read"),
        ("CRON_TZ=UTC", "no schedule after it"),
        ("CRON_TZ= * * * * *", "names no time zone"),
        ("CRON_TZ=Nowhere/City * * * * *", "no time zone"),
        ("TZ=../etc/passwd * * * * *", "no time zone"),
        ("TZ=Europe * * * * *", "no time zone"),
    ],
)
def test_bad_schedules_say_what_is_wrong(text: str, what: str) -> None:
    """Each fault has words of its own."""
    with pytest.raises(ValueError, match=re.escape(what)):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("0s", 0),
        ("1ns", 1e-9),
        ("2us", 2e-6),
        ("2µs", 2e-6),
        ("300ms", 0.3),
        ("1.5h", 5400),
        (".5m", 30),
        ("2.s", 2),
        ("2h45m", 9900),
        ("+5m", 300),
        (" 5m ", 300),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    """Go's durations, fractions and all, in seconds."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("5", "did you mean 5s or 5m?"),
        ("1.5", "has no unit"),
        ("-5m", "negative"),
        ("5 m", "not a duration"),
        ("5d", "not a duration"),
        ("m", "not a duration"),
        ("5m3", "not a duration"),
        ("x5m", "not a duration"),
        ("1e3s", "not a duration"),
        ("+-5m", "not a duration"),
        (f"{'9' * 30}h", "292 years"),
        (f"{'9' * 400}h", "292 years"),
    ],
)
def test_bad_durations_say_what_is_wrong(text: str, what: str) -> None:
    """No unit, a wrong unit, a sign, or too long."""
    with pytest.raises(ValueError, match=re.escape(what)):
        parse_duration(text)


def test_zones_are_looked_up_in_the_system_first() -> None:
    """Embedded data serve only where the system has no such zone; UTC needs no data at all."""
    data = (Path("/usr/share/zoneinfo") / "Europe/Paris").read_bytes()
    asked: list[str] = []

    def read(name: str) -> bytes | None:
        asked.append(name)
        return data if name == "Our/Paris" else None

    zones = zones_from(read)

    assert zones("UTC") is UTC
    assert zones("Europe/Paris") == system_zones("Europe/Paris")
    assert zones("Our/Paris").utcoffset(NOON.replace(month=7)) == system_zones("Europe/Paris").utcoffset(
        NOON.replace(month=7)
    )
    check_zone("Our/Paris", zones)
    with pytest.raises(ValueError, match="Their/Paris"):
        check_zone("Their/Paris", zones)
    assert asked == ["Our/Paris", "Our/Paris", "Their/Paris"]


def test_next_after_uses_the_zones_it_is_given() -> None:
    """The time zones are the caller's choice."""

    def zones(name: str) -> tzinfo:
        return system_zones({"Home": "Asia/Tokyo"}.get(name, name))

    schedule = parse_schedule("CRON_TZ=Home 0 4 * * *", zones=zones)

    assert schedule is not None
    assert schedule.next_after(NOON, zones) == datetime(2026, 3, 28, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["1s" + "1" * 19_000, "1h" * 9_000 + "x", "1." * 9_000])
def test_durations_are_read_in_linear_time(text: str) -> None:
    """Hours, when each part was looked for from every place."""
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)

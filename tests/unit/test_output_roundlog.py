"""What of a round is told: the first in full, then news only."""

from ipaddress import IPv4Interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.families import Known, Unknown
from ddns.core.entries import Source
from ddns.core.memory import LONGEST_PAST, Lasting, Log, Move
from ddns.core.reports.roundreport import Detection, Result, RoundReport
from ddns.errors import Problem
from ddns.output.lines import Line
from ddns.output.roundlog import DAY, HOUR, remarks, round_log
from ddns.output.wording import round_lines, warning_line

NOW = 1_800_000_000.0
TRACE = Source("cloudflare.trace")
BAD = Problem("detect.4", "No usable IPv4 address", "Nothing was deleted", "Check the source")
LATE = Problem("monitor.0", "It does not answer")
SAME = Result("a.x", "A", "unchanged", ("9.9.9.9",), ("9.9.9.9",))
MOVED = Result("a.x", "A", "changed", ("9.9.9.8",), ("9.9.9.9",))


def good(at: float, *results: Result, address: str = "9.9.9.9") -> RoundReport:
    """Return a round without problems."""
    found = Known((IPv4Interface(f"{address}/32"),))
    return RoundReport(at, 1.0, (Detection(4, TRACE, found),), results or (SAME,))


def bad(at: float, *problems: Problem) -> RoundReport:
    """Return a round without an address."""
    return RoundReport(at, 1.0, (Detection(4, TRACE, Unknown("it is down")),), (), problems or (BAD,))


def tell(report: RoundReport, log: Log, *, every: bool = False) -> tuple[list[str], Log]:
    """Return the texts of a round, and the log after it."""
    lines, log = round_log(report, round_lines(report), log, every=every)
    return [line.text for line in lines], log


def test_the_first_round_says_everything_and_an_unchanged_one_nothing() -> None:
    """So the log of a fresh start is never empty, and a steady program is silent; LOG_ROUNDS=all is not."""
    first, log = tell(good(NOW), Log())
    second, after = tell(good(NOW + 300), log)

    assert len(first) == 2
    assert (second, log.news, after.news) == ([], True, False)
    assert tell(good(NOW + 300), log, every=True)[0] == first


def test_a_change_is_told_with_the_round_around_it() -> None:
    """Detected, what was up to date, and old → new, which is remembered."""
    _, log = tell(good(NOW), Log())
    other = SAME._replace(name="b.x")
    place = Result("acc/l", "LIST", "changed", ("1.1.1.1/32", "9.9.9.8/32"), ("1.1.1.1/32", "9.9.9.9/32"))
    texts, log = tell(good(NOW + 300, MOVED, other, place), log)

    assert [text.partition(" ")[0] for text in texts] == ["Detected", "The", "A", "WAF"]
    assert log.changed == NOW + 300
    assert log.moves == (
        Move("A", "a.x", ("9.9.9.8",), ("9.9.9.9",)),
        Move("LIST", "acc/l", ("9.9.9.8/32",), ("9.9.9.9/32",)),
    )
    assert tell(good(NOW + 600), log)[1].moves == log.moves


def test_a_new_address_is_told_even_where_nothing_could_be_changed() -> None:
    """The address is news; what could not be done with it lasts already."""
    refused = Problem("zone.x", "Could not update")
    _, log = tell(good(NOW)._replace(problems=(refused,)), Log())
    texts, log = tell(good(NOW + 300, address="9.9.9.7")._replace(problems=(refused,)), log)

    assert texts == ["Detected the IPv4 address 9.9.9.7 (cloudflare.trace)"]
    assert tell(good(NOW + 600, address="9.9.9.7")._replace(problems=(refused,)), log)[0] == []


def test_a_problem_is_told_when_it_begins_after_an_hour_then_daily_and_when_it_ends() -> None:
    """Each time with since when and how often it came."""
    _, log = tell(good(NOW), Log())
    told = {}
    for minute in range(5, 2 * 24 * 60, 5):
        texts, log = tell(bad(NOW + minute * 60), log)
        if texts:
            told[minute] = texts

    assert list(told) == [5, 65, 65 + 24 * 60]
    assert told[5] == ["No usable IPv4 address. Nothing was deleted. Check the source."]
    assert told[65][0].endswith("This has lasted for 1 h (since 2027-01-15 08:05 UTC, 13 times).")
    assert "25 h (since 2027-01-15 08:05 UTC, 301 times)" in told[65 + 24 * 60][0]
    lines, log = round_log(good(NOW + 2 * DAY + 8100), round_lines(good(NOW)), log)
    assert tuple(lines)[-1] == Line(
        *("notice", "works_again", "Detecting the IPv4 address works again after 2 days 2 h"),
        {"key": "detect.4", "seconds": 180600, "times": 575},
    )
    assert log.lasting == ()


def test_every_round_in_full_has_the_plain_problem_each_time() -> None:
    """LOG_ROUNDS=all: as it always was, and the end of a problem."""
    first, log = tell(bad(NOW), Log(), every=True)
    second, log = tell(bad(NOW + 7200), log, every=True)

    assert first == second
    assert log.lasting == (Lasting("detect.4", NOW, 2, NOW + 7200),)
    assert tell(good(NOW + 7500), log, every=True)[0][-1].endswith("works again after 2 h 5 min")


def test_a_restart_knows_since_when_a_problem_lasts() -> None:
    """Its first round says everything, the age of the problem too."""
    _, log = tell(bad(NOW), Log())

    assert "lasted for 10 min" in tell(bad(NOW + 600), log._replace(full=True))[0][0]


def test_a_problem_out_of_sight_is_neither_told_nor_over() -> None:
    """Another problem hides it: it goes on when it comes back."""
    hidden = Problem("zone.x", "Could not update")
    _, log = tell(bad(NOW, BAD, hidden), Log())
    texts, log = tell(bad(NOW + 2 * HOUR), log)

    assert len(texts) == 1
    assert [item.times for item in log.lasting] == [2, 1]


def test_a_stop_in_the_middle_ends_no_problem() -> None:
    """What was broken off is neither counted nor over; a new problem in it is told."""
    _, log = tell(bad(NOW), Log())
    cut = good(NOW + 300)._replace(interrupted=True)

    assert tell(cut, log)[1].lasting == log.lasting
    assert tell(cut._replace(problems=(LATE,)), log)[0][-1] == "It does not answer."


@pytest.mark.parametrize(
    ("results", "moves", "text"),
    [
        ((SAME,), (), "a.x is up to date; nothing was changed so far"),
        ((SAME, SAME._replace(name="b.x")), (Move("A", "a.x"),), "All 2 names are up to date; last change 3 days ago"),
        ((SAME, Result("acc/l", "LIST", "unchanged")), (), "All 2 names and places are up to date; nothing was"),
    ],
)
def test_once_a_day_all_is_well(results: tuple[Result, ...], moves: tuple[Move, ...], text: str) -> None:
    """One line, and none for another day; not while something is wrong."""
    log = Log(
        full=False, well=NOW - DAY, changed=NOW - 3 * DAY, moves=moves, detected=tell(good(NOW), Log())[1].detected
    )
    texts, after = tell(good(NOW, *results), log)

    assert len(texts) == 1
    assert texts[0].startswith(text)
    assert tell(good(NOW + DAY - 1, *results), after)[0] == []
    assert "up to date" not in tell(bad(NOW), log)[0][0]


def test_remarks_are_told_like_problems() -> None:
    """A monitor that is down all night is told once, then after an hour; one that answers again is forgotten."""
    line = warning_line(LATE)
    first, log = remarks([line], Log(), NOW)
    second, log = remarks([line], log, NOW + 300)
    third, log = remarks([line], log, NOW + HOUR)

    assert (first, second) == ((line,), ())
    assert third[0].text.endswith("lasted for 1 h (since 2027-01-15 08:00 UTC, 3 times).")
    assert remarks([line], log, NOW + HOUR, every=True)[0] == (line,)
    assert remarks([], log, NOW + HOUR)[1].remarks == ()


PROBLEMS = st.lists(st.sampled_from((BAD, LATE, Problem("zone.x", "Could not update"))), max_size=2, unique=True)
STEPS = st.lists(st.tuples(st.integers(-(10**9), 10**9) | st.integers(1, 2 * 86400), PROBLEMS), max_size=30)


@given(STEPS)
def test_whatever_the_clock_does_news_is_told_and_no_moment_is_out_of_bounds(
    steps: list[tuple[int, list[Problem]]],
) -> None:
    """A new problem and an end are always told; nothing lasts for a negative time or longer than can be."""
    log, now = Log(), NOW
    for seconds, problems in steps:
        now = max(0.0, now + seconds)
        report = good(now)._replace(problems=tuple(problems))
        before = {item.key for item in log.lasting}
        texts, log = tell(report, log)
        after = {item.key for item in log.lasting}
        assert after == {problem.key for problem in problems} or problems
        assert sum("works again" in text for text in texts) == len(before - after)
        assert all(any(item.what in text for text in texts) for item in problems if item.key not in before)
        for item in log.lasting:
            assert 0 <= now - item.since <= LONGEST_PAST


@given(st.lists(st.integers(1, 600), min_size=1, max_size=200))
def test_a_steady_program_says_at_most_one_line_a_day(gaps: list[int]) -> None:
    """However its rounds fall."""
    _, log = tell(good(NOW), Log())
    now, said = NOW, 0
    for gap in gaps:
        now += gap * 10
        texts, log = tell(good(now), log)
        said += len(texts)

    assert said <= (now - NOW) / DAY

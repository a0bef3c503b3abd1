"""What holds for every name, schedule and duration."""

import contextlib
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ddns.core.domains import parse_domain, parse_relative
from ddns.core.schedule.schedule import parse_duration, parse_schedule

LABELS = st.text("abz019-_éßñ日本例え🐱", min_size=1, max_size=12)
NAMES = st.lists(LABELS, min_size=2, max_size=5).map(".".join)
CRON = st.lists(st.sampled_from(["*", "?", "*/2", "1", "5-7", "1/3", "2,4", "mon", "jan", "0"]), min_size=5, max_size=5)


@given(st.one_of(st.text(), NAMES))
def test_names_are_read_or_refused(text: str) -> None:
    """Whatever the text, a name is either read or refused by ValueError; once read, it reads as itself."""
    with contextlib.suppress(ValueError):
        domain = parse_domain(text)
        assert domain.ascii.isascii()
        assert domain.ascii == domain.ascii.lower()
        assert parse_domain(domain.ascii) == domain
        assert parse_domain(str(domain)) == domain


@given(NAMES)
def test_what_is_shown_may_be_typed_back(text: str) -> None:
    """The name for people maps back to the same ASCII, and zones are its suffixes."""
    with contextlib.suppress(ValueError):
        domain = parse_domain(text)
        assert parse_domain(domain.describe()) == domain
        assert all(("." + domain.ascii).endswith("." + zone) and "." in zone for zone in domain.zones())
        assert list(domain.zones()) == sorted(domain.zones(), key=len, reverse=True)


@given(st.text())
def test_relative_names_are_read_or_refused(text: str) -> None:
    """A name inside a zone reads as itself too."""
    with contextlib.suppress(ValueError):
        domain = parse_relative(text)
        assert parse_relative(domain.ascii) == domain


@given(st.one_of(st.text(), st.text("@every once0123456789hms*-/,? ", max_size=20), CRON.map(" ".join)))
def test_schedules_are_read_or_refused_and_go_forward(text: str) -> None:
    """A schedule that can be read never names a moment that has passed."""
    now = datetime(2026, 3, 28, 12, 0, 30, tzinfo=UTC)
    with contextlib.suppress(ValueError):
        schedule = parse_schedule(text)
        if schedule is not None:
            due = schedule.next_after(now)
            assert due is None or due > now
            assert parse_schedule(schedule.text) == schedule


@given(st.one_of(st.text(), st.text("0123456789.hmsnuµ+-", max_size=12)))
def test_durations_are_read_or_refused(text: str) -> None:
    """A duration is never negative, and never so long that Go could not count it."""
    with contextlib.suppress(ValueError):
        assert 0 <= parse_duration(text) < 2**63 / 1e9

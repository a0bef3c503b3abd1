"""What monitors and services are told of a round."""

from ipaddress import IPv4Interface

import pytest

from ddns.core.addresses.families import Detected, Known, Unknown
from ddns.core.entries import Source
from ddns.core.memory import Memory
from ddns.core.records import Zone
from ddns.core.reports.failing import lasted
from ddns.core.reports.messages import (
    Messages,
    misconfigured,
    of_cleanup,
    of_round,
    started,
    stopped,
    unscheduled,
)
from ddns.core.reports.roundreport import Detection, Result, ResultStatus, RoundReport
from ddns.errors import Problem

ZONE = Zone("z", "example.org")
TRACE = Source("cloudflare.trace")
NOW = 1_000_000.0


def name(
    text: str,
    status: ResultStatus = "changed",
    old: tuple[str, ...] = ("1.1.1.1",),
    new: tuple[str, ...] = ("2.2.2.2",),
    *,
    cleanup: bool = False,
) -> Result:
    """Return what happened to an A record."""
    return Result(text, "A", status, old, new, zone=ZONE, cleanup=cleanup)


def report(
    *results: Result,
    problems: tuple[str, ...] = (),
    detections: tuple[Detection, ...] = (),
    interrupted: bool = False,
) -> RoundReport:
    """Return a round with problems of these keys."""
    found = tuple(Problem(key, f"{key} broke", "Kept as it was", "Mend it") for key in problems)
    return RoundReport(NOW, 1.0, detections, results, found, interrupted=interrupted)


def failing(**keys: float) -> Memory:
    """Return a memory of problems (``_`` stands for a dot) that began so many seconds ago."""
    return Memory(failing=tuple((key.replace("__", "."), NOW - ago) for key, ago in keys.items()))


def text(messages: Messages) -> str:
    """Return the words of a notification ("" where there is none)."""
    return messages.note[1] if messages.note else ""


def test_an_uneventful_round_only_pings() -> None:
    """No news is a ping without words, and no notification."""
    assert of_round(report(name("a.example.org", "unchanged")), Memory()) == Messages((("ok", ""),), None, ())


def test_changes_are_told_by_groups() -> None:
    """Names that moved alike share a sentence with old and new addresses, for monitors and services alike."""
    found = of_round(report(name("a"), name("b"), name("c"), name("d", old=())), Memory())

    lines = "Updated A records for a, b and c: 1.1.1.1 → 2.2.2.2.\nSet A records for d to 2.2.2.2."
    assert found.pings == (("ok", lines),)
    assert found.note == ("Dormouse: addresses updated", lines)


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (name("a"), "Updated A records for a: 1.1.1.1 → 2.2.2.2."),
        (name("a", new=()), "Cleared A records for a (was 1.1.1.1)."),
        (name("a", old=(), new=()), "Cleared A records for a (was unknown)."),
        (name("a", new=("1.1.1.1",)), "Updated the fields of A records for a (1.1.1.1)."),
        (name("a", new=(), cleanup=True), "Deleted A records for a (was 1.1.1.1)."),
        (
            name("a", old=("1.1.1.1", "1.1.1.2"), new=("2.2.2.2",)),
            "Updated A records for a: 1.1.1.1, 1.1.1.2 → 2.2.2.2.",
        ),
    ],
)
def test_every_change_has_its_words(item: Result, line: str) -> None:
    """Set, updated, cleared and deleted are told apart."""
    assert text(of_round(report(item), Memory())) == line


def test_many_names_are_counted() -> None:
    """A sentence stays short however many names moved."""
    found = text(of_round(report(*(name(f"n{number}") for number in range(30))), Memory()))

    assert "n9 and 20 more" in found
    assert "n10" not in found


def test_lists_are_told() -> None:
    """Changed and cleaned lists are named."""
    lists = tuple(Result(f"acc/{each}", "LIST", "changed", (), ("1.1.1.1/32",)) for each in "ab")
    cleaned = Result("acc/c", "LIST", "changed", cleanup=True)
    found = text(of_round(report(*lists, cleaned), Memory()))

    assert found == "Updated the WAF lists acc/a and acc/b.\nCleaned the WAF list acc/c."


def test_a_failure_that_began_in_the_future_begins_now() -> None:
    """The clock was set back: nothing has lasted for a negative time."""
    found = of_round(report(problems=("detect.4",)), failing(detect__4=-7200))

    assert found.failing == (("detect.4", NOW),)


def test_failures_ping_the_failing_lines_only() -> None:
    """A monitor hears what failed, a service of everything, with what was kept and what to do."""
    found = of_round(report(name("a"), problems=("zone.example.org", "detect.6")), Memory())

    assert found.pings == (("fail", "zone.example.org broke\ndetect.6 broke"),)
    assert found.note is not None
    assert found.note[0] == "Dormouse: problem"
    assert "zone.example.org broke. Kept as it was. Mend it." in found.note[1]
    assert "1.1.1.1 → 2.2.2.2" in found.note[1]
    assert found.failing == (("detect.6", NOW), ("zone.example.org", NOW))


def test_a_lasting_problem_is_notified_once() -> None:
    """The second round with the same problem pings again, but notifies nobody; its beginning is kept."""
    found = of_round(report(problems=("detect.4",)), failing(detect__4=600))

    assert found.pings[0][0] == "fail"
    assert found.note is None
    assert found.failing == (("detect.4", NOW - 600),)


def test_the_end_of_a_problem_is_notified() -> None:
    """When all is well again, it is told for how long it was not."""
    found = of_round(report(), failing(detect__4=7200))

    assert found.pings == (("ok", ""),)
    assert found.note == ("Dormouse: works again", "Detecting the IPv4 address works again after 2 h.")
    assert found.failing == ()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("detect.6", "Detecting the IPv6 address works"),
        ("detect.6.ipify", "Detecting the IPv6 address from ipify works"),
        ("zone.example.org", "Updating example.org works"),
        ("record.A.a.example.org", "Updating a.example.org A works"),
        ("hostid.a.example.org", "Deriving the AAAA records of a.example.org works"),
        ("list.acc/a", "Updating the WAF list acc/a works"),
        ("cloudflare.rate-limit", "Asking Cloudflare works"),
        ("internal", "The round works"),
        ("other.x", "What was reported as “other.x” works"),
    ],
)
def test_what_works_again_is_named(key: str, words: str) -> None:
    """Every kind of problem has a name for its end."""
    assert words in text(of_round(report(), Memory(failing=((key, NOW - 60),))))


def detection(detected: Detected, source: Source = TRACE) -> tuple[Detection, ...]:
    """Return one IPv4 detection."""
    return (Detection(4, source, detected),)


KNOWN = Known((IPv4Interface("2.2.2.2/32"),))


@pytest.mark.parametrize(
    ("key", "seen", "over"),
    [
        ("detect.4", report(detections=detection(KNOWN)), True),
        ("detect.4.cloudflare.trace", report(detections=detection(KNOWN)), True),
        ("detect.4.ipify", report(detections=detection(KNOWN)), False),
        ("detect.4", report(detections=detection(Unknown("no"))), False),
        ("detect.4", report(), False),
        ("zone.example.org", report(name("a", "unchanged")), True),
        ("zone.example.org", report(name("a"), name("b", "failed")), False),
        ("zone.example.org", report(name("a", "preserved")), False),
        ("zone.example.org", report(), False),
        ("record.A.a", report(name("a")), True),
        ("record.AAAA.a", report(name("a")), False),
        ("hostid.a", report(name("a")), True),
        ("list.acc/a", report(Result("acc/a", "LIST", "unchanged")), True),
        ("list.acc/a", report(Result("acc/a", "LIST", "failed")), False),
        ("internal", report(), False),
    ],
)
def test_out_of_sight_is_not_over(key: str, seen: RoundReport, *, over: bool) -> None:
    """While something else fails, only what was seen to work is said to work again."""
    broken = seen._replace(problems=(Problem("other", "Other broke"),))
    found = of_round(broken, Memory(failing=((key, NOW - 60), ("other", NOW - 60))))

    assert ("works again" in text(found)) is over
    assert (key in dict(found.failing or ())) is not over


def test_an_interrupted_round_is_no_failure() -> None:
    """What a stop broke off is not reported; what was done is."""
    found = of_round(report(name("a"), problems=("zone.example.org",), interrupted=True), failing(detect__4=5))

    assert found.pings == ()
    assert found.note == ("Dormouse: addresses updated", "Updated A records for a: 1.1.1.1 → 2.2.2.2.")
    assert found.failing is None
    assert of_round(report(interrupted=True), Memory()) == Messages()


def test_equal_sentences_are_told_once() -> None:
    """Two problems with the same words are one line."""
    same = (Problem("a", "It broke"), Problem("b", "It broke"))
    found = of_round(report(problems=())._replace(problems=same), Memory())

    assert found.pings == (("fail", "It broke"),)
    assert text(found) == "It broke."


def test_cleaning_up() -> None:
    """Cleaning is a log to monitors when it went well, a failure when not, and nothing when there was nothing to do."""
    gone = name("a", new=(), cleanup=True)
    good, bad = of_cleanup(report(gone)), of_cleanup(report(gone, problems=("zone.example.org",)))

    assert good.pings == (("log", "Deleted A records for a (was 1.1.1.1)."),)
    assert good.note == ("Dormouse: cleaned up", "Deleted A records for a (was 1.1.1.1).")
    assert bad.pings == (("fail", "zone.example.org broke. Kept as it was. Mend it."),)
    assert bad.note is not None
    assert bad.note[0] == "Dormouse: cleaning failed"
    assert of_cleanup(report()) == Messages()


def test_beginning_and_end() -> None:
    """Start and stop are told to monitors always, to services only when the program keeps running."""
    assert started("1.0").pings == (("start", "Dormouse 1.0"),)
    assert started("1.0").note == ("Dormouse started", "Dormouse 1.0 has started.")
    assert started("1.0", waiting=True).pings[1] == ("ok", "Started (no updates performed yet)")
    assert started("1.0", once=True).note is None
    assert stopped().pings == (("exit", "Stopped"),)
    assert stopped().note == ("Dormouse stopped", "Dormouse has stopped.")
    assert stopped(once=True).note is None


def test_endings_that_are_failures() -> None:
    """A bad configuration and a schedule that never comes are told as failures."""
    assert [kind for kind, _ in misconfigured().pings] == ["start", "fail"]
    assert "misconfigured" in text(misconfigured())
    assert unscheduled().pings == (("fail", "No scheduled updates"),)
    assert "UPDATE_CRON" in text(unscheduled())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (40, "40 s"),
        (300, "5 min"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
        (47 * 3600, "47 h"),
        (3 * 86400, "3 days"),
        (3 * 86400 + 7200, "3 days 2 h"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    """Durations are told in the largest unit that fits, long ones in two."""
    assert lasted(seconds) == words

"""``ddns status`` in words, as facts, and as a yes or no."""

from ddns.app.status import healthy, status_facts, status_lines
from ddns.core.memory import LastRound, Memory

NOW = 10_000.0
GOOD = LastRound(NOW - 60, 1.5, ok=True, lines=("A x is up to date",))
BAD = LastRound(NOW - 60, 1.5, ok=False, problems=("no address",))


def test_a_fresh_instance_is_healthy() -> None:
    """No round yet is no fault."""
    memory = Memory(started=NOW - 5)

    assert healthy(memory, NOW) == ""
    assert [line.text for line in status_lines(memory, NOW)] == [
        "Running for 5s, 0 rounds",
        "No round has been done yet",
    ]
    assert status_facts(memory, NOW)["last_round"] is None


def test_a_good_round_is_told_with_what_is_published() -> None:
    """Lines of the last round, contents by name, and when the next one is due."""
    memory = Memory(NOW - 3600, 12, last=GOOD, published=(("A x", ("9.9.9.9",)), ("AAAA x", ())), next_round=NOW + 240)

    assert [line.text for line in status_lines(memory, NOW)] == [
        "Running for 1h, 12 rounds",
        "The last round was 1m ago and went well",
        "A x is up to date",
        "A x: 9.9.9.9",
        "AAAA x: (none)",
        "The next round is due in 4m",
    ]
    assert healthy(memory, NOW) == ""
    facts = status_facts(memory, NOW)
    assert (facts["healthy"], facts["published"]) == (True, {"A x": ["9.9.9.9"], "AAAA x": []})


def test_a_failure_is_unhealthy_and_told_with_its_age() -> None:
    """The problems of the last round, and since when they last."""
    memory = Memory(NOW - 3600, 12, last=BAD, failing=(("detect.4", NOW - 7200),))

    assert healthy(memory, NOW) == "the last round failed"
    texts = [line.text for line in status_lines(memory, NOW)]
    assert texts[1:] == [
        "The last round was 1m ago and failed",
        "no address",
        "detect.4 has been failing for 2h",
    ]


def test_a_clock_that_was_set_back_makes_no_wait_longer() -> None:
    """What lies in the future is told as now, and the next round as no further away than it was."""
    memory = Memory(NOW + 7200, 1, last=LastRound(NOW + 7200, 1.5, ok=True), next_round=NOW + 7500)

    assert [line.text for line in status_lines(memory, NOW)] == [
        "Running for 0s, 1 rounds",
        "The last round was 0s ago and went well",
        "The next round is due in 5m",
    ]


def test_an_overdue_round_is_unhealthy() -> None:
    """An instance that hangs is noticed although its last round went well."""
    assert "overdue" in healthy(Memory(last=GOOD, next_round=NOW - 700), NOW)
    assert healthy(Memory(last=GOOD, next_round=NOW - 500), NOW) == ""

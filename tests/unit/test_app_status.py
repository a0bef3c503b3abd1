"""``ddns status`` in words, as facts, and as a yes or no."""

from ddns.app.sleeping import Found
from ddns.app.status import healthy, status_document, status_facts, status_lines, status_page
from ddns.core.memory import Lasting, LastRound, Log, Memory, Move

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
        "Nothing was changed so far",
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
        "Nothing was changed so far",
        "Detecting the IPv4 address has been failing for 2 h (since 1970-01-01 00:46 UTC)",
    ]


def test_a_clock_that_was_set_back_makes_no_wait_longer() -> None:
    """What lies in the future is told as now, and the next round as no further away than it was."""
    memory = Memory(NOW + 7200, 1, last=LastRound(NOW + 7200, 1.5, ok=True), next_round=NOW + 7500)

    assert [line.text for line in status_lines(memory, NOW)] == [
        "Running for 0s, 1 round",
        "The last round was 0s ago and went well",
        "Nothing was changed so far",
        "The next round is due in 5m",
    ]


def test_an_overdue_round_is_unhealthy() -> None:
    """An instance that hangs is noticed although its last round went well."""
    assert "overdue" in healthy(Memory(last=GOOD, next_round=NOW - 700), NOW)
    assert healthy(Memory(last=GOOD, next_round=NOW - 500), NOW) == ""


def test_the_last_change_and_lasting_problems_are_told_in_words() -> None:
    """Old → new and when; since when and how often; no internal key in the text, and machine keys in JSON."""
    moves = (Move("A", "x", ("9.9.9.8",), ("9.9.9.9",)), Move("LIST", "acc/l", (), ("9.9.9.9/32",)))
    log = Log(lasting=(Lasting("zone.x", NOW - 3600, 12),), changed=NOW - 7500, moves=moves)
    failing, published = (("zone.x", NOW - 3600),), (("LIST acc/l", ("9.9.9.9/32",)),)
    memory = Memory(NOW - 9000, 30, last=BAD, failing=failing, published=published, log=log)

    assert [line.text for line in status_lines(memory, NOW)][3:] == [
        "The last change was 2 h 5 min ago (1970-01-01 00:41 UTC), and nothing since then",
        "A x: 9.9.9.8 → 9.9.9.9",
        "WAF list acc/l: (none) → 9.9.9.9/32",
        "WAF list acc/l: 9.9.9.9/32",
        "Updating x has been failing for 1 h (since 1970-01-01 01:46 UTC, 12 times)",
    ]
    facts = status_facts(memory, NOW)
    assert facts["failed_rounds"] == {"zone.x": 12}
    assert facts["last_change"] == {"time": NOW - 7500, "changes": [move._asdict() for move in moves]}


def test_every_running_instance_is_shown() -> None:
    """The one with this configuration first; without it, that is said and nothing is healthy."""
    ours, other = Found(7, Memory(last=GOOD), ours=True), Found(5, Memory(last=BAD), ours=False)
    texts = [line.text for line in status_page((ours, other), NOW)]

    assert [text for text in texts if text.startswith("Process")] == [
        "Process 7 (with this configuration)",
        "Process 5",
    ]
    assert [line.text for line in status_page((ours,), NOW)] == [line.text for line in status_lines(ours.memory, NOW)]
    assert [line.text for line in status_page((other,), NOW)][-1] == "No instance with this configuration is running"
    assert [line.text for line in status_page((), NOW)] == ["No running instance of this user was found"]
    both = status_document((ours, other), NOW)
    assert (both["healthy"], both["running"]) == (True, True)
    assert [(item["pid"], item["ours"], item["healthy"]) for item in both["instances"]] == [  # type: ignore[attr-defined]  # a list
        (7, True, True),
        (5, False, False),
    ]
    assert status_document((), NOW) == {"healthy": False, "running": False}
    assert status_document((other,), NOW)["running"] is False

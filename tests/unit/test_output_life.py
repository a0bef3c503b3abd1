"""The words around the rounds."""

from ddns.errors import ConfigProblem
from ddns.output import life


def test_durations_are_short() -> None:
    """Two units at most, none for nothing."""
    assert [life.duration(s) for s in (-5, 5, 299, 7200, 93784)] == ["0s", "5s", "4m59s", "2h", "1d2h"]


def test_waiting_tells_the_clock_time_of_a_long_wait() -> None:
    """Waits of ten minutes or more name the time; a wait for quiet says what is not."""
    assert life.waiting(299.0, 1000.0).text == "Next round in about 4m59s"
    assert life.waiting(600.0, 3600.0).text == "Next round in about 10m, at 01:00 UTC"
    assert life.waiting(0.5, 1000.0).text == "The next round is due now"
    assert life.flapping(29.9).text == "The addresses keep changing: next round in about 30s"


def test_a_configuration_problem_names_its_place() -> None:
    """Origin, what is wrong, how to mend it; missing parts leave no gap."""
    assert life.problem_text(ConfigProblem("environment", "TTL 7 is too small", "use 60")) == (
        "TTL 7 is too small (environment). Use 60."
    )
    assert life.problem_text(ConfigProblem("", "no names.", "Set DOMAINS.")) == "no names. Set DOMAINS."
    assert life.config_problem(ConfigProblem("", "x")).level == "error"
    assert life.config_warning(ConfigProblem("", "x")).level == "warning"


def test_signals_have_names() -> None:
    """The signal that ended the program is named."""
    assert life.signal_line(15).text == "Caught SIGTERM"
    assert life.signal_line(3).text == "Caught signal 3"
    assert life.signal_line(0).text == "Caught a stop signal"


def test_first_and_last_words() -> None:
    """Banner, quiet note, settings with their indent, and the end."""
    assert life.banner().text.startswith("Dormouse ")
    assert "Quiet" in life.quiet().text
    assert life.bye().text == "Bye!"
    top, inner = life.config_lines(["Names", "  a.example.org"])
    assert (top.indent, inner.indent, inner.text) == (0, 1, "a.example.org")

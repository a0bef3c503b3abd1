"""The printer: what is let through, and how a line looks."""

import io
import json

from ddns.core.settings import Output
from ddns.output.lines import Line
from ddns.output.printer import Printer, show_text

LINES = (
    Line("info", "detected", "Detected 198.51.100.4", {"family": 4}),
    Line("notice", "updated", "A x: 1 → 2", indent=1),
)


def printed(output: Output) -> str:
    """Return what the two lines become."""
    stream = io.StringIO()
    Printer(stream, output, lambda: "2026-11-23T10:00:00Z").show(LINES)
    return stream.getvalue()


def test_text_has_an_emoji_and_an_indent() -> None:
    """Text output is one line a fact, marked by meaning."""
    assert printed(Output()) == "🌐 Detected 198.51.100.4\n   📡 A x: 1 → 2\n"


def test_emoji_can_be_turned_off_and_time_on() -> None:
    """EMOJI=false leaves the words; LOG_TIMESTAMPS=true puts the time in front."""
    assert printed(Output(emoji=False)).splitlines()[0] == "Detected 198.51.100.4"
    assert printed(Output(timestamps=True)).startswith("2026-11-23T10:00:00Z 🌐")


def test_quiet_keeps_changes_and_problems() -> None:
    """QUIET leaves out what is only information."""
    assert printed(Output(quiet=True)) == "   📡 A x: 1 → 2\n"


def test_json_is_one_object_a_line() -> None:
    """LOG_FORMAT=json carries level, event, message and the facts."""
    first, second = (json.loads(line) for line in printed(Output(json=True)).splitlines())

    assert first == {
        "time": "2026-11-23T10:00:00Z",
        "level": "info",
        "event": "detected",
        "message": "Detected 198.51.100.4",
        "family": 4,
    }
    assert second["message"] == "A x: 1 → 2"


class Broken(io.StringIO):
    """A pipe whose reader went away."""

    def write(self, _text: str, /) -> int:
        """Refuse."""
        raise BrokenPipeError


def test_a_reader_that_went_away_stops_nothing() -> None:
    """A closed log pipe must not end the program."""
    Printer(Broken(), Output(), str).show(LINES)
    show_text(Broken(), "help")


def test_a_finished_text_ends_with_one_newline() -> None:
    """Help and migrated files are printed as they are, with a newline at the end."""
    stream = io.StringIO()
    show_text(stream, "a")
    show_text(stream, "b\n")

    assert stream.getvalue() == "a\nb\n"


def test_a_line_stays_one_line() -> None:
    """Nothing quoted from anywhere can begin a line of its own, move the cursor, or turn the writing round."""
    stream = io.StringIO()
    forged = Line("error", "error", "bad\r\n📡 A x: 1 → 2\x1b[2K \u202eabc")
    Printer(stream, Output(emoji=False), str).show([forged])

    assert stream.getvalue() == "bad  📡 A x: 1 → 2 [2K  abc\n"


def test_half_characters_do_not_break_json() -> None:
    """A path that is not UTF-8 reaches us as half characters, which JSON cannot hold."""
    stream = io.StringIO()
    half = "caf\udce9"
    Printer(stream, Output(json=True), str).show([Line("error", "error", half, {"a": [half, 1], "b": {"c": (half,)}})])

    found = json.loads(stream.getvalue())
    assert (found["message"], found["a"], found["b"]) == ("caf?", ["caf?", 1], {"c": ["caf?"]})

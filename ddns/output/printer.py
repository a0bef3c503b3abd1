"""The only place that writes to standard output: one line a fact, as text or as JSON."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Protocol

from ddns import jsonio
from ddns.core.settings import Output
from ddns.output.lines import EMOJI, Line

_AT_ONCE = 100
"""So many lines are written together: thousands would need their memory several times."""


class Stream(Protocol):
    """Where lines go: standard output, or a buffer in tests."""

    def write(self, text: str, /) -> object:
        """Take a text."""
        ...

    def flush(self) -> object:
        """Hand it on at once."""
        ...


class Printer:
    """Prints lines as the output settings say. ``stamp`` gives the present as RFC 3339 text."""

    def __init__(self, stream: Stream, output: Output, stamp: Callable[[], str]) -> None:
        """Keep where and how to print."""
        self._stream = stream
        self._output = output
        self._stamp = stamp

    def show(self, lines: Iterable[Line]) -> None:
        """Print the lines that the settings let through; a reader that went away is no reason to stop working."""
        texts = (self._render(line) for line in lines if not (self._output.quiet and line.level == "info"))
        try:
            while text := "".join(islice(texts, _AT_ONCE)):
                self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            return

    def _render(self, line: Line) -> str:
        if self._output.json:
            head = {"time": self._stamp(), "level": line.level, "event": line.meaning, "message": line.text}
            return _json({**head, **line.facts}) + "\n"
        mark = f"{EMOJI[line.meaning]} " if self._output.emoji else ""
        when = f"{self._stamp()} " if self._output.timestamps else ""
        return f"{when}{'   ' * line.indent}{mark}{_plain(line.text)}\n"


def _plain(text: str) -> str:
    """Return a text that stays one line and moves no cursor, whoever it was quoted from."""
    return text if text.isprintable() else "".join(mark if mark.isprintable() else " " for mark in text)


def _json(facts: dict[str, object]) -> str:
    """Return facts as JSON; half characters, as from a path that is not UTF-8, become question marks."""
    try:
        return jsonio.dumps(facts).decode()
    except (TypeError, ValueError):
        return jsonio.dumps(_whole(facts)).decode()


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list | tuple) else value


def show_text(stream: Stream, text: str) -> None:
    """Print a finished text (help, a migrated file) as it is."""
    try:
        stream.write(text if text.endswith("\n") else f"{text}\n")
        stream.flush()
    except (OSError, ValueError):
        return

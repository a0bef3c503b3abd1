"""A log line as a value: what it means, how important it is, and the facts in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

Level = Literal["info", "notice", "warning", "error"]
Meaning = Literal[
    "banner",
    "config",
    "item",
    "detected",
    "created",
    "updated",
    "deleted",
    "cleared",
    "unchanged",
    "good",
    "waiting",
    "now",
    "signal",
    "bye",
    "user_error",
    "warning",
    "error",
    "impossible",
    "hint",
    "quiet",
    "reload",
    "report",
    "plan",
    "works_again",
]

EMOJI: dict[Meaning, str] = {
    "banner": "🌟",
    "config": "📖",
    "item": "🔸",
    "detected": "🌐",
    "created": "🐣",
    "updated": "📡",
    "deleted": "💀",
    "cleared": "🧹",
    "unchanged": "🤷",
    "good": "✅",
    "waiting": "⏰",
    "now": "🏃",
    "signal": "🚨",
    "bye": "👋",
    "user_error": "😡",
    "warning": "😦",
    "error": "😞",
    "impossible": "🤯",
    "hint": "💡",
    "quiet": "🔇",
    "reload": "🔁",
    "report": "📣",
    "plan": "📝",
    "works_again": "🌤️",
}


class Line(NamedTuple):
    """One fact for the log. ``facts`` are the fields of the JSON form beside its level, event and message."""

    level: Level
    meaning: Meaning
    text: str
    facts: Mapping[str, object] = {}
    indent: int = 0


class Lines:
    """Lines that are made anew each time one goes through them: of thousands, never all are there at once."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], Iterable[Line]]) -> None:
        """Make none yet. ``make`` is pure."""
        self._make = make

    def __iter__(self) -> Iterator[Line]:
        """Go through them."""
        return iter(self._make())

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any(True for _ in self)


HEALTHY = Line("notice", "unchanged", "healthy")
"""The answer of ``ddns healthcheck`` when all is well."""

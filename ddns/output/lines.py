"""A log line as a value: what it means, how important it is, and the facts in it."""

from collections.abc import Mapping
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


HEALTHY = Line("notice", "unchanged", "healthy")
"""The answer of ``ddns healthcheck`` when all is well."""

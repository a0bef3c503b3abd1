"""Collecting everything that is wrong, or worth a warning, while settings are read."""

from collections.abc import Callable
from typing import TypeVar

from ddns.config.raw import RawSettings, RawValue
from ddns.config.settingstable import BY_NAME
from ddns.errors import ConfigProblem

T = TypeVar("T")


class Notes:
    """The settings as texts, and all that was found to be said about them."""

    __slots__ = ("problems", "raw", "warnings")

    def __init__(self, raw: RawSettings) -> None:
        """Start without problems and warnings."""
        self.raw = raw
        self.problems: list[ConfigProblem] = []
        self.warnings: list[ConfigProblem] = []

    def text(self, name: str) -> str:
        """Return the text of a setting, or its default."""
        value = self.raw.get(name)
        return BY_NAME[name].default if value is None else value.value

    def given(self, name: str) -> bool:
        """Whether somebody set it."""
        return name in self.raw

    def origin(self, name: str) -> str:
        """Return a setting's name and place, for sentences that compare two."""
        value = self.raw.get(name)
        return f"{name} (default)" if value is None else value.origin

    def place(self, name: str) -> str:
        """Return where a setting was written, as the beginning of a problem line; "" when nobody set it."""
        value = self.raw.get(name)
        return "" if value is None else value.place

    def parse(self, name: str, parser: Callable[[str], T], fallback: T) -> T:
        """Read a setting; a ValueError becomes a problem, and the fallback stands in."""
        try:
            return parser(self.text(name))
        except ValueError as error:
            self.problem(name, str(error))
            return fallback

    def problem(self, name: str, what: str, hint: str = "") -> None:
        """Note what makes the configuration unusable: ``what`` continues a sentence begun with the setting's name."""
        self.problems.append(ConfigProblem(self.place(name), *_parts(name, self.raw, what, hint)))

    def warn(self, name: str, what: str, hint: str = "") -> None:
        """Note what should be looked at."""
        self.warnings.append(ConfigProblem(self.place(name), *_parts(name, self.raw, what, hint)))


def _parts(name: str, raw: RawSettings, what: str, hint: str) -> tuple[str, str]:
    """Return the whole sentence and its hint; what follows the last semicolon of a parser's words is the hint."""
    value: RawValue | None = raw.get(name)
    said = name if value is None else value.name
    if not hint:
        what, _, hint = what.partition("; ")
    return f"{said} {what}", hint

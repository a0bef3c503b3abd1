"""Walking through a foreign JSON document: every wrong type is noted with the path of its key."""

import re
from collections.abc import Iterable
from typing import Any

from ddns.config.dialects.notebook import Notebook
from ddns.config.raw import RawValue
from ddns.config.values.parsers import short
from ddns.config.values.suggest import did_you_mean

_BOOLEANS = {"true": True, "false": False}
_UNSET = re.compile(r"\$\{?(CF_DDNS_\w+)\}?", re.ASCII)
"""A variable that is still there although the set ones were filled in before."""


class Node:
    """A value in the document and the path of its key (``cloudflare[0].proxied``); None is a key that is not there.

    The readers return their default, or "nothing", for what is missing (``null`` too) and for what has a wrong type.
    A text may stand for a number or a boolean, because an environment variable may have been filled in.
    """

    __slots__ = ("book", "name", "value")

    def __init__(self, book: Notebook, name: str, value: Any) -> None:  # noqa: ANN401 -- JSON
        self.book, self.name, self.value = book, name, value

    def raw(self, text: str = "") -> RawValue:
        """Return a text with this key as its origin."""
        return RawValue(text, "file", self.name, self.book.door.path)

    def problem(self, what: str, hint: str = "") -> None:
        """Say what is wrong with this value."""
        self.book.problem(self.raw(), what, hint)

    def child(self, key: str) -> "Node":
        """Return the value of a key; of something that is no object, nothing."""
        inside = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(self.book, f"{self.name}.{key}" if self.name else key, inside)

    def only(self, known: Iterable[str]) -> bool:
        """Whether this is an object. Its unknown keys are noted (those that begin with ``_``, / or $ are comments).

        One that looks misspelt is a problem; any other was ignored before and still is, with a warning.
        """
        if not isinstance(self.value, dict):
            self.problem("must be an object" if self.value is not None else "is missing")
            return False
        known = tuple(known)
        for key in self.value:
            if key not in known and not key.startswith(("_", "/", "$")):
                path = f"{self.name}.{key}" if self.name else key
                self._stranger(self.raw()._replace(name=path), did_you_mean(key, known))
        return True

    def _stranger(self, key: RawValue, meant: str) -> None:
        if meant:
            self.book.problem(key, "is not a known key", meant)
        else:
            self.book.warn(key, "is not a known key and has no effect, as before", "remove it")

    def items(self) -> "list[Node]":
        """Return the elements of a list."""
        if not isinstance(self.value, list):
            self.problem("must be a list" if self.value is not None else "is missing")
            return []
        return [Node(self.book, f"{self.name}[{index}]", value) for index, value in enumerate(self.value)]

    def text(self) -> str:
        """Return a text, trimmed."""
        if self.value is None:
            return ""
        if isinstance(self.value, str):
            if unset := _UNSET.search(self.value):
                self.problem(f"wants {unset[1]}, which is not set in the environment", f"set {unset[1]}")
            return _UNSET.sub("unset", self.value).strip()  # which reads as a token or a name, so no more is said of it
        self.problem("must be a text, in quotation marks")
        return ""

    def flag(self) -> bool | None:
        """Return a boolean; None when it is missing."""
        value = _BOOLEANS.get(self.text(), self.value) if isinstance(self.value, str) else self.value
        if value is None or isinstance(value, bool):
            return value
        self.problem("must be true or false")
        return None

    def number(self, default: int) -> int:
        """Return a whole number of at least 0."""
        value = self.value
        if isinstance(value, str) and re.fullmatch("[0-9]{1,18}", self.text()):
            value = int(value)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            shown = f", not {short(value)}" if isinstance(value, str) else ""
            self.problem(f"must be a whole number of seconds{shown}")
            return default
        return value

"""Settings as texts, before anything is read from them: what every dialect is translated into.

A dialect is one module of ``ddns.config.dialects`` with one function, ``translate(door: DialectInput) -> Translated``.
It turns the names and values of its system into native names (those of ``ddns.config.settingstable``) and native texts,
with the origin each value had. Whatever a native text can say, a dialect can say:

- names: ``DOMAINS``, ``IP4_DOMAINS``, ``IP6_DOMAINS`` hold entries such as ``home.example.org{proxied=true, ttl=300}``,
  or ``home{zone=023e105f4ecef8ad9ca31a8372d0c353}`` where only the id of the zone is known (``@`` is the zone itself);
  ``ddns.config.values.spell`` writes them;
- a global key: ``CLOUDFLARE_EMAIL`` beside ``CLOUDFLARE_API_TOKEN`` makes the latter the legacy key of that account;
- a token file, ``CLOUDFLARE_API_TOKEN_FILE``, is read again before each round;
- declared state: ``ENFORCE=proxied,ttl,comment,tags``; no deletions: ``POLICY=upsert-only``;
- sources: as in ``ddns.config.values.sources``.

``ddns.config.inputs.merge`` lays the pieces over each other: command line, then what a dialect translated, then the
environment without the names the dialect ``claims``, then a native file, then the defaults.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from ddns.errors import ConfigProblem

Reader = Callable[[str], str]
"""Reads a file as text; OSError or UnicodeDecodeError when that fails."""

Where = Literal["command line", "environment", "file", "default"]


class RawValue(NamedTuple):
    """A trimmed, non-empty text and where somebody wrote it.

    ``name`` is what they wrote there (``TTL``, ``--ttl``, ``API_KEY``, or the path of a JSON key such as
    ``cloudflare[0].proxied``), ``path`` the file when ``where`` is ``file``.
    """

    value: str
    where: Where
    name: str
    path: str = ""

    @property
    def place(self) -> str:
        """Return where the value was written, without its name: ``environment``, ``file /etc/ddns/config.json``."""
        return f"file {self.path}" if self.where == "file" else self.where

    @property
    def origin(self) -> str:
        """Return the value's name and place, as the beginning of a problem line."""
        if self.where == "command line":
            return self.name
        return f"{self.name} ({self.place})"


RawSettings = dict[str, RawValue]
"""Native name (upper case) to value. A setting that nobody set is missing."""


class DialectInput(NamedTuple):
    """All a dialect may look at.

    ``options`` are the command line's settings by native name (``REPEAT`` is there as ``true`` after ``--repeat``).
    ``path`` and ``document`` are the JSON file and its top-level object for a dialect that is a file, after
    substitution of environment variables, every string in it still untrimmed. ``token_given`` says that a native token
    in the environment or on the way replaces those of a file, so that a missing one is no problem there.
    """

    environ: Mapping[str, str]
    options: Mapping[str, str]
    read: Reader
    path: str = ""
    document: Mapping[str, Any] = {}
    token_given: bool = False

    def value(self, name: str) -> RawValue | None:
        """Return an environment variable, trimmed; None when it is unset or blank."""
        text = self.environ.get(name, "").strip()
        return RawValue(text, "environment", name) if text else None


class Translated(NamedTuple):
    """What a dialect says in native words.

    ``claims`` are the environment variables it has read (or ignores on purpose), which are then not read as native.
    ``warnings`` are for every start; ``notes`` only for ``ddns migrate``: one for each setting that changes its meaning
    or is safer now. ``problems`` make the configuration unusable, all of them at once.
    """

    values: Mapping[str, RawValue]
    claims: frozenset[str] = frozenset()
    warnings: tuple[ConfigProblem, ...] = ()
    notes: tuple[ConfigProblem, ...] = ()
    problems: tuple[ConfigProblem, ...] = ()


Translate = Callable[[DialectInput], Translated]

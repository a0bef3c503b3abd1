"""The front door of configuration: everything read and checked, or every problem at once."""

from collections.abc import Mapping
from typing import NamedTuple

from ddns.config.build import build
from ddns.config.checks import check
from ddns.config.entries.shown import shown
from ddns.config.inputs.inputs import Inputs, Recorder
from ddns.config.inputs.merge import Gathered, gather
from ddns.config.notes import Notes
from ddns.config.raw import RawSettings, RawValue, Reader
from ddns.config.reporters import read_output, read_reporting
from ddns.config.settingstable import BY_NAME, SETTINGS, Setting
from ddns.core.schedule.schedule import Zones, system_zones
from ddns.core.settings import Output, Reporting, Settings
from ddns.errors import ConfigError, ConfigProblem

_LONG_KINDS = frozenset({"list", "entries", "lines", "places"})
_FOR_THE_SYSTEM = frozenset({"path", "source"})  # may hold any bytes, as file names and commands may
_LONGEST, _LONGEST_LIST = 20_000, 4_000_000
"""Characters a setting may have, far above use: 10,000 names with fields are about a million."""


class Origin(NamedTuple):
    """One setting for people: its native name, its value without secrets, and where that was written.

    ``where`` is ``environment``, ``command line``, ``file PATH`` or ``default``; with the name it had there in front
    when that is not the native one (``API_KEY, environment``).
    """

    name: str
    value: str
    where: str


class Loaded(NamedTuple):
    """A configuration that can be used. ``load(loaded.inputs, refuse)`` gives it again without touching the disk."""

    settings: Settings
    origins: tuple[Origin, ...]
    warnings: tuple[ConfigProblem, ...]
    inputs: Inputs
    notes: tuple[ConfigProblem, ...] = ()
    """What changes meaning or is safer in native words; only ``ddns migrate`` shows it."""
    raw: Mapping[str, RawValue] = {}
    """The settings as native texts; secrets are in it."""

    def __repr__(self) -> str:
        """Return a text without the values."""
        return "Loaded(redacted)"


def load(inputs: Inputs, reader: Reader, zones: Zones = system_zones) -> Loaded:
    """Read the whole configuration; ConfigError carries every problem of it. Does not touch the network.

    ``reader`` gives the text of a file (OSError or UnicodeDecodeError when it cannot); ``zones`` the time zones.
    """
    recorder = Recorder(inputs, reader)
    gathered = _sound(gather(inputs, recorder.read))
    notes = Notes(gathered.raw)
    notes.problems.extend(gathered.problems)
    built = build(notes, recorder.read, zones)
    check(notes, built)
    if notes.problems:
        raise ConfigError(_problems(gathered, notes))
    warnings = tuple(dict.fromkeys((*gathered.warnings, *notes.warnings)))
    snapshot = inputs._replace(environ=dict(inputs.environ), files=recorder.snapshot())
    return Loaded(built.settings, _origins(gathered), warnings, snapshot, gathered.notes, gathered.raw)


def _sound(gathered: Gathered) -> Gathered:
    """Return what was gathered without the texts that nothing can be done with, a problem for each of them."""
    raw: RawSettings = {}
    problems = list(gathered.problems)
    for name, value in gathered.raw.items():
        what, hint = _unsound(BY_NAME[name], value.value)
        if what:
            problems.append(ConfigProblem(value.place, f"{value.name} {what}", hint))
        else:
            raw[name] = value
    return gathered._replace(raw=raw, problems=tuple(problems))


def _unsound(setting: Setting, text: str) -> tuple[str, str]:
    """Return why a text cannot be used, whatever it says, and what to do; ("", "") when it can."""
    longest = _LONGEST_LIST if setting.kind in _LONG_KINDS else _LONGEST
    if len(text) > longest:
        return f"has {len(text):,} characters, and at most {longest:,} are read", "shorten it"
    if setting.kind in _FOR_THE_SYSTEM or setting.name == "ON_CHANGE":
        return "", ""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "has characters that are not UTF-8", "save the file in UTF-8"
    return "", ""


def _problems(gathered: Gathered, notes: Notes) -> tuple[ConfigProblem, ...]:
    """Return each problem once. When a place could not be read, that something is missing is no news."""
    found = dict.fromkeys(notes.problems)
    left = (problem for problem in found if problem.origin or not gathered.problems)
    return tuple(problem if problem.origin else _explained(problem, gathered) for problem in left)


def _explained(missing: ConfigProblem, gathered: Gathered) -> ConfigProblem:
    """Return what is missing with the misspelt variable that was meant to set it, if there is one."""
    for warning in gathered.warnings:
        meant = warning.hint.removeprefix("did you mean ").removesuffix("?")
        if meant in BY_NAME and meant in missing.what.replace(",", " ").split():
            hint = f"{warning.what.partition(' ')[0]} is set, which is not a setting; did you mean {meant}?"
            return missing._replace(hint=hint)
    return missing


def reporting_of(inputs: Inputs, reader: Reader) -> tuple[Reporting, Output]:
    """Return who can be told, and how the log looks, even from a bad configuration. Never raises."""
    recorder = Recorder(inputs, reader)
    notes = Notes(_sound(gather(inputs, recorder.read)).raw)
    return read_reporting(notes, recorder.read), read_output(notes)


def _origins(gathered: Gathered) -> tuple[Origin, ...]:
    """Return every setting with its value for people, in the order of the table."""
    return tuple(
        _origin(setting, gathered.raw) for setting in SETTINGS if setting.group != "old" or setting.name in gathered.raw
    )


def _origin(setting: Setting, raw: Mapping[str, RawValue]) -> Origin:
    value = raw.get(setting.name)
    if value is None:
        return Origin(setting.name, setting.default, "default")
    native = value.where == "command line" or value.name in {setting.name, setting.key}
    return Origin(setting.name, shown(setting, value.value), value.place if native else f"{value.name}, {value.place}")

"""The front door of configuration: everything read and checked, or every problem at once."""

from collections.abc import Mapping
from typing import NamedTuple

from ddns.config.build import build
from ddns.config.checks import check
from ddns.config.inputs import Inputs, Recorder
from ddns.config.merge import Gathered, gather
from ddns.config.notes import Notes
from ddns.config.raw import RawValue, Reader
from ddns.config.reporters import read_output, read_reporting
from ddns.config.shown import shown
from ddns.config.table import SETTINGS, Setting
from ddns.core.schedule import Zones, system_zones
from ddns.core.settings import Output, Reporting, Settings
from ddns.errors import ConfigError, ConfigProblem


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
    gathered = gather(inputs, recorder.read)
    notes = Notes(gathered.raw)
    notes.problems.extend(gathered.problems)
    built = build(notes, recorder.read, zones)
    check(notes, built)
    if notes.problems:
        raise ConfigError(_problems(gathered, notes))
    warnings = tuple(dict.fromkeys((*gathered.warnings, *notes.warnings)))
    snapshot = inputs._replace(environ=dict(inputs.environ), files=recorder.snapshot())
    return Loaded(built.settings, _origins(gathered), warnings, snapshot, gathered.notes, gathered.raw)


def _problems(gathered: Gathered, notes: Notes) -> tuple[ConfigProblem, ...]:
    """Return each problem once. When a place could not be read, that something is missing is no news."""
    found = dict.fromkeys(notes.problems)
    return tuple(problem for problem in found if problem.origin or not gathered.problems)


def reporting_of(inputs: Inputs, reader: Reader) -> tuple[Reporting, Output]:
    """Return who can be told, and how the log looks, even from a bad configuration. Never raises."""
    recorder = Recorder(inputs, reader)
    notes = Notes(gather(inputs, recorder.read).raw)
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

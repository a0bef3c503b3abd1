"""Laying the pieces over each other: command line, dialect, environment, file."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ddns.config.dialects import Dialect, translator
from ddns.config.inputs.files import OZNU_NAMES, Found, find, given
from ddns.config.inputs.inputs import Inputs
from ddns.config.inputs.jsonfile import read_native
from ddns.config.inputs.lookalikes import lookalikes
from ddns.config.raw import DialectInput, RawSettings, RawValue, Reader, Translated
from ddns.config.settingstable import BY_NAME, LIST_NAMES, SETTINGS, TOKEN_NAMES, Setting
from ddns.config.values.parsers import parse_choice
from ddns.config.values.suggest import did_you_mean
from ddns.errors import ConfigProblem

_NATIVE_NAMES = (*TOKEN_NAMES, *LIST_NAMES)
_SIGNING = frozenset({*TOKEN_NAMES, "CLOUDFLARE_EMAIL", "CLOUDFLARE_ZONE_TOKENS"})


class Gathered(NamedTuple):
    """The settings as texts, and what was to be said on the way. ``notes`` are for ``ddns migrate`` only."""

    raw: RawSettings
    problems: tuple[ConfigProblem, ...] = ()
    warnings: tuple[ConfigProblem, ...] = ()
    notes: tuple[ConfigProblem, ...] = ()
    dialect: str = "native"


def gather(inputs: Inputs, read: Reader) -> Gathered:
    """Read every place settings can be in. Never raises; everything wrong is in ``problems``."""
    problems: list[ConfigProblem] = []
    options = _options(inputs, problems)
    chosen = options.get("DDNS_DIALECT") or _variable(inputs.environ, BY_NAME["DDNS_DIALECT"])
    choice = _choice(chosen, problems)
    found = find(inputs, read, foreign=choice in {"auto", "timothymiller"})
    warnings: list[ConfigProblem] = []
    if found.problem:
        problems.append(found.problem)
    native = read_native(found.document, found.path) if found.path and not found.foreign else None
    values: RawSettings = dict(native.values) if native else {}
    problems.extend(native.problems if native else ())
    if chosen is None:
        choice = _choice(values.get("DDNS_DIALECT"), problems)
    dialect = _dialect(inputs, choice, found, problems)
    if found.foreign and dialect != "timothymiller_file":
        warnings.append(_file_ignored(inputs, found))
    said = _translate(inputs, dialect, found, options, read)
    environment = _environment(inputs.environ, said.claims)
    if any(name in environment or name in said.values for name in TOKEN_NAMES):
        values = {name: value for name, value in values.items() if name not in TOKEN_NAMES}
    values.update(environment)
    values.update(_spoken(said, environment, dialect))
    values.update(options)
    warnings += [*said.warnings, *lookalikes(inputs.environ, said.claims)]
    return Gathered(values, (*problems, *said.problems), tuple(warnings), said.notes, dialect or "native")


def _options(inputs: Inputs, problems: list[ConfigProblem]) -> RawSettings:
    """Return the command line's settings."""
    options: RawSettings = {}
    for name, text in inputs.options:
        if name == "REPEAT":
            continue
        setting = BY_NAME.get(name)
        if setting is None:
            option = "--" + name.lower().replace("_", "-")
            hint = did_you_mean(option, [one.option for one in SETTINGS])
            problems.append(ConfigProblem("command line", f"There is no option {option}", hint))
        elif text.strip():
            options[name] = RawValue(text.strip(), "command line", setting.option)
    return options


def _choice(value: RawValue | None, problems: list[ConfigProblem]) -> str:
    """Return the value of DDNS_DIALECT."""
    setting = BY_NAME["DDNS_DIALECT"]
    if value is None:
        return setting.default
    try:
        return parse_choice(value.value, setting.choices)
    except ValueError as error:
        what, _, hint = str(error).partition("; ")
        problems.append(ConfigProblem(value.place, f"{value.name} {what}", hint))
        return "native"


def _dialect(inputs: Inputs, choice: str, found: Found, problems: list[ConfigProblem]) -> Dialect | None:
    """Return the dialect that is spoken; None is the native language."""
    native = [name for name in _NATIVE_NAMES if given(inputs, name)]
    listed = any(given(inputs, name) for name in LIST_NAMES[:3])
    oznu = [name for name in OZNU_NAMES if given(inputs, name)]
    if choice == "timothymiller":
        return "timothymiller_file" if found.foreign and not listed else "timothymiller_env"
    if choice == "oznu":
        return "oznu"
    if choice == "native":
        return None
    if oznu and (native or found.foreign):
        _both(oznu, native or [found.path], problems)
        return None
    if found.foreign and not listed:
        return "timothymiller_file"
    return "oznu" if oznu else None


def _both(oznu: list[str], native: list[str], problems: list[ConfigProblem]) -> None:
    what = f"Settings of two programs are mixed: {', '.join(oznu)} of oznu/cloudflare-ddns, and {', '.join(native)}"
    hint = "remove one of the two sets, or choose with DDNS_DIALECT=native or DDNS_DIALECT=oznu"
    problems.append(ConfigProblem("environment", what, hint))


def _file_ignored(inputs: Inputs, found: Found) -> ConfigProblem:
    names = [name for name in LIST_NAMES[:3] if given(inputs, name)] or ["the environment"]
    what = f"{found.path} is ignored, because {' and '.join(names)} says what to do"
    return ConfigProblem(f"file {found.path}", what, "remove the file, or these settings")


def _translate(inputs: Inputs, dialect: Dialect | None, found: Found, options: RawSettings, read: Reader) -> Translated:
    """Let the dialect speak."""
    if dialect is None:
        return Translated({})
    texts = {name: value.value for name, value in options.items()}
    texts.update({name: text for name, text in inputs.options if name == "REPEAT"})
    token = any(given(inputs, name) for name in TOKEN_NAMES)
    door = DialectInput(inputs.environ, texts, read, token_given=token)
    if dialect == "timothymiller_file":
        door = door._replace(path=found.path, document=found.document)
    return translator(dialect)(door)


def _spoken(said: Translated, environment: RawSettings, dialect: Dialect | None) -> Iterable[tuple[str, RawValue]]:
    """Return what the dialect says, without the tokens of a file where the environment has one."""
    replaced = dialect == "timothymiller_file" and any(name in environment for name in TOKEN_NAMES)
    return [(name, value) for name, value in said.values.items() if not (replaced and name in _SIGNING)]


def _environment(environ: Mapping[str, str], claims: frozenset[str]) -> RawSettings:
    """Return the native settings of the environment, without the names that the dialect has read."""
    found = ((setting.name, _variable(environ, setting)) for setting in SETTINGS if setting.name not in claims)
    return {name: value for name, value in found if value is not None}


def _variable(environ: Mapping[str, str], setting: Setting) -> RawValue | None:
    text = environ.get(setting.name, "").strip()
    return RawValue(text, "environment", setting.name) if text else None

"""The command line: a verb, a few flags, and every setting as an option. Secrets never stand on it."""

from collections.abc import Sequence
from typing import NamedTuple

from ddns.config.parsers import short
from ddns.config.suggest import did_you_mean
from ddns.config.table import SETTINGS, Setting
from ddns.errors import ConfigError, ConfigProblem

VERBS = {
    "run": "run by the schedule until stopped (the default)",
    "plan": "print the steps a round would take, and change nothing (also --dry-run)",
    "check": "validate the configuration offline and print what was understood",
    "doctor": "check token, permissions, zones and sources, each finding with its remedy",
    "status": "what the running instance last did",
    "healthcheck": "yes or no for containers: did the running instance do well?",
    "migrate": "print the equivalent native configuration",
    "help": "print this text",
    "version": "print the version",
}
_FLAGS = {
    "--config FILE": "read this JSON file",
    "--once": "one round, whatever the schedule says",
    "--dry-run": "the same as plan",
    "--json": "one JSON object (status, healthcheck, migrate) or one a line",
    "--repeat": "accepted for users of timothymiller/cloudflare-ddns",
    "--help, --version": "",
}
_SWITCHES = {
    "--once": ("once", "true"),
    "--json": ("json", "true"),
    "--repeat": ("REPEAT", "true"),
    "--dry-run": ("verb", "plan"),
    "--help": ("verb", "help"),
    "-h": ("verb", "help"),
    "--version": ("verb", "version"),
}
_SECRETS = {setting.option for setting in SETTINGS if setting.secret and setting.name != "ON_CHANGE"}
_OPTIONS: dict[str, Setting] = {
    setting.option: setting for setting in SETTINGS if setting.group != "old" and setting.option not in _SECRETS
}
_ALIASES = {"--dialect": "--ddns-dialect"}
_BOOLEANS = frozenset({"true", "false", "1", "0"})
_KNOWN = (*_OPTIONS, *_SWITCHES, "--config")


class Command(NamedTuple):
    """What was asked for. ``options`` are settings by native name, in the order written."""

    verb: str = "run"
    options: tuple[tuple[str, str], ...] = ()
    config_path: str = ""
    once: bool = False
    json: bool = False


def parse_argv(argv: Sequence[str]) -> Command:
    """Read the arguments (without the program's name); ConfigError names every one that cannot be understood."""
    reading = _Reading(argv)
    reading.run()
    if reading.problems:
        raise ConfigError(tuple(reading.problems))
    return reading.command()


class _Reading:
    """One walk along the arguments."""

    __slots__ = ("_left", "_options", "_said", "_verbs", "problems")

    def __init__(self, argv: Sequence[str]) -> None:
        self._left = list(argv)
        self._said: dict[str, str] = {}
        self._options: dict[str, str] = {}
        self._verbs: list[str] = []
        self.problems: list[ConfigProblem] = []

    def run(self) -> None:
        """Take every argument."""
        while self._left:
            word = self._left.pop(0)
            if word.startswith("-") and word != "-":
                self._option(word)
            elif word in VERBS:
                self._verbs.append(word)
            else:
                what = f"There is no command {short(word)}"
                self._problem(what, did_you_mean(word, VERBS) or f"the commands are {', '.join(VERBS)}")
        chosen = dict.fromkeys(verb for verb in self._verbs if not (verb == "run" and self._said.get("verb") == "plan"))
        if len(chosen) > 1:
            self._problem(f"Two commands at once: {' and '.join(chosen)}", "give one")

    def command(self) -> Command:
        """Return what was understood."""
        verb = self._said.get("verb") or (self._verbs[0] if self._verbs else "run")
        options, json = dict(self._options), "json" in self._said
        if json and verb not in {"status", "healthcheck", "migrate"}:
            options.setdefault("LOG_FORMAT", "json")
        return Command(verb, tuple(options.items()), self._said.get("config", ""), "once" in self._said, json)

    def _option(self, word: str) -> None:
        name, equals, value = word.partition("=")
        name = name.replace("_", "-").lower() if name.startswith("--") else name
        name = _ALIASES.get(name, name)
        if name in _SWITCHES and not equals:
            key, said = _SWITCHES[name]
            (self._options if key.isupper() else self._said)[key] = said
        elif name == "--config":
            self._keep(self._said, "config", name, value if equals else self._next(name))
        elif name in _OPTIONS:
            self._setting(_OPTIONS[name], value if equals else None)
        elif name in _SECRETS:
            self._drop_value(equals)
            env = name[2:].upper().replace("-", "_")
            what = f"{name} is not taken from the command line, where every user of the machine can read it"
            self._problem(what, f"set {env} in the environment, or use a file that only you can read")
        else:
            self._drop_value(equals)
            what = f"{name} takes no value" if name in _SWITCHES else f"There is no option {short(name)}"
            self._problem(what, did_you_mean(name, _KNOWN))

    def _setting(self, setting: Setting, value: str | None) -> None:
        if value is None and setting.kind == "bool":
            bare = not (self._left and self._left[0].lower() in _BOOLEANS)
            value = "true" if bare else self._left.pop(0)
        self._keep(self._options, setting.name, setting.option, self._next(setting.option) if value is None else value)

    def _keep(self, where: dict[str, str], key: str, name: str, value: str) -> None:
        if where.setdefault(key, value) != value:
            self._problem(f"{name} is given twice, with different values", "keep one")

    def _next(self, name: str) -> str:
        """Take the value that must follow."""
        if self._left and not self._left[0].startswith("--"):
            return self._left.pop(0)
        self._problem(f"{name} needs a value", f"write {name}=VALUE")
        return ""

    def _drop_value(self, equals: str) -> None:
        """Leave out what was probably the value of an option that is not known."""
        if not equals and self._left and not self._left[0].startswith("-") and self._left[0] not in VERBS:
            self._left.pop(0)

    def _problem(self, what: str, hint: str) -> None:
        self.problems.append(ConfigProblem("command line", what, hint))


def _table(rows: dict[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join(f"  {name:{width}}  {text}".rstrip() for name, text in rows.items())


def _help() -> str:
    """Return what ``--help`` prints."""
    settings = {option: _explained(setting) for option, setting in _OPTIONS.items()}
    return "\n".join(
        (
            "ddns keeps Cloudflare DNS records and IP lists pointing at this machine.",
            "",
            "Usage: ddns [COMMAND] [OPTIONS]",
            "",
            "Commands:",
            _table({verb: text for verb, text in VERBS.items() if verb not in {"help", "version"}}),
            "",
            "Options:",
            _table(_FLAGS),
            "",
            "Settings (the environment has the same names: --ip4-domains is IP4_DOMAINS):",
            _table(settings),
            "",
            "Only in the environment or a file, because they are secrets:",
            _table({one.name: one.meaning for one in SETTINGS if one.option in _SECRETS and one.group != "old"}),
        )
    )


def _explained(setting: Setting) -> str:
    return f"{setting.meaning} [{setting.default}]" if setting.default else setting.meaning


HELP = _help()
"""What ``--help`` prints."""

"""The command line: a verb, a few flags, and every setting as an option. Secrets never stand on it."""

from collections.abc import Sequence
from typing import NamedTuple

from ddns.config.settingstable import SETTINGS, Setting
from ddns.config.values.parsers import short
from ddns.config.values.suggest import did_you_mean
from ddns.errors import ConfigError, ConfigProblem

VERBS = {
    "run": "run by the schedule until stopped (the default)",
    "plan": "print the steps a round would take, and change nothing (also --dry-run)",
    "check": "validate the configuration offline and print what was understood",
    "doctor": "check token, permissions, zones and sources, each finding with its remedy",
    "cleanup": "show what this configuration owns at Cloudflare; with --yes delete it",
    "notify": "send one message to every service and monitor, and print what each answered (--test)",
    "status": "what the running instance last did",
    "healthcheck": "yes or no for containers: did the running instance do well?",
    "migrate": "print the equivalent native configuration",
    "help": "print the help on a command, or on settings",
    "version": "print the version",
}
"""The commands and what each does, in a line."""
FLAGS = {
    "--config FILE": "read this JSON file",
    "--once": "one round, whatever the schedule says",
    "--all": "show the settings that have their default, too (check)",
    "--dry-run": "the same as plan",
    "--test": "send a test message (notify)",
    "--yes": "delete what is shown (cleanup)",
    "--web [ADDRESS]": "serve the status page on a loopback address, 127.0.0.1:8099 (status)",
    "--json": "one JSON object, or one a line",
    "--repeat": "accepted for users of timothymiller/cloudflare-ddns; changes nothing",
    "--help": "print the help on the command",
    "--version": "print the version",
}
"""The options that are not settings, as the help shows them."""
TOPIC = "settings"
"""The one topic of ``help`` that is not a command."""
_SWITCHES = {
    "--once": ("once", "true"),
    "--all": ("all", "true"),
    "--test": ("test", "true"),
    "--yes": ("yes", "true"),
    "--json": ("json", "true"),
    "--repeat": ("REPEAT", "true"),
    "--dry-run": ("verb", "plan"),
    "--help": ("help", "true"),
    "-h": ("help", "true"),
    "--version": ("verb", "version"),
}
_SECRETS = {setting.option for setting in SETTINGS if setting.secret and setting.name != "ON_CHANGE"}
SETTING_OPTIONS: dict[str, Setting] = {
    setting.option: setting for setting in SETTINGS if setting.group != "old" and setting.option not in _SECRETS
}
"""Every setting that the command line takes."""
_ALIASES = {"--dialect": "--ddns-dialect"}
_BOOLEANS = frozenset({"true", "false", "1", "0"})
_KNOWN = (*SETTING_OPTIONS, *_SWITCHES, "--config", "--web")


class Command(NamedTuple):
    """What was asked for. ``options`` are settings by native name, in the order written.

    ``topic`` is what ``help`` is asked about: a command, "settings", or "" for the overview. ``all`` and ``yes`` are
    the flags of these names; ``web`` is the address after --web, "" without it.
    """

    verb: str = "run"
    options: tuple[tuple[str, str], ...] = ()
    config_path: str = ""
    once: bool = False
    json: bool = False
    topic: str = ""
    all: bool = False
    yes: bool = False
    web: str = ""


class ArgvError(ConfigError):
    """Arguments cannot be understood. ``command`` is what the others say; None where it is not sure what to do."""

    def __init__(self, problems: tuple[ConfigProblem, ...], command: Command | None) -> None:
        """Keep both."""
        super().__init__(problems)
        self.command = command


def parse_argv(argv: Sequence[str]) -> Command:
    """Read the arguments (without the program's name); ArgvError names every one that cannot be understood."""
    reading = _Reading(argv)
    reading.run()
    if reading.problems:
        raise ArgvError(tuple(reading.problems), reading.command() if reading.sure else None)
    return reading.command()


class _Reading:
    """One walk along the arguments."""

    __slots__ = ("_left", "_options", "_said", "_verbs", "problems", "sure")

    def __init__(self, argv: Sequence[str]) -> None:
        self._left = list(argv)
        self._said: dict[str, str] = {}
        self._options: dict[str, str] = {}
        self._verbs: list[str] = []
        self.problems: list[ConfigProblem] = []
        self.sure = True
        """Whether it is known which command is meant."""

    def run(self) -> None:
        """Take every argument."""
        while self._left:
            word = self._left.pop(0)
            if word.startswith("-") and word != "-":
                self._option(word)
            elif word in VERBS or (word == TOPIC and "help" in self._verbs):
                self._verbs.append(word)
            else:
                self.sure = False
                what = f"There is no command {short(word)}"
                self._problem(what, did_you_mean(word, VERBS) or f"the commands are {', '.join(VERBS)}")
        ignored = {"help"} | ({"run"} if self._said.get("verb") == "plan" else set())
        chosen = [verb for verb in dict.fromkeys(self._verbs) if verb not in ignored]
        if len(chosen) > 1:
            self.sure = False
            self._problem(f"Two commands at once: {' and '.join(chosen)}", "give one")
        if "yes" in self._said and (chosen != ["cleanup"] or self._said.get("verb") == "plan"):
            self._problem("--yes is for ddns cleanup, without --dry-run", "leave it out")
        if "web" in self._said and (chosen != ["status"] or "json" in self._said):
            self._problem("--web is for ddns status, without --json", "leave it out")
        if chosen == ["notify"] and self._said.keys().isdisjoint({"test", "help"}) and "help" not in self._verbs:
            self._problem("ddns notify has nothing to send", "add --test")

    def command(self) -> Command:
        """Return what was understood."""
        asked = [verb for verb in self._verbs if verb != "help"]
        if "help" in self._said or len(asked) < len(self._verbs):
            return Command("help", topic=self._said.get("verb", asked[0] if asked else ""))
        verb = self._said.get("verb") or (asked[0] if asked else "run")
        if verb == "plan" and "cleanup" in asked:
            verb = "cleanup"  # which without --yes only shows
        options, json = dict(self._options), "json" in self._said
        if json and verb not in {"status", "healthcheck", "migrate"}:
            options.setdefault("LOG_FORMAT", "json")
        once, every, yes = (name in self._said for name in ("once", "all", "yes"))
        path, web = self._said.get("config", ""), self._said.get("web", "")
        return Command(verb, tuple(options.items()), path, once, json, all=every, yes=yes, web=web)

    def _option(self, word: str) -> None:
        name, equals, value = word.partition("=")
        name = name.replace("_", "-").lower() if name.startswith("--") else name
        name = _ALIASES.get(name, name)
        if name in _SWITCHES and not equals:
            key, said = _SWITCHES[name]
            (self._options if key.isupper() else self._said)[key] = said
        elif name == "--config":
            self._keep(self._said, "config", name, value if equals else self._next(name))
        elif name == "--web":
            named = self._left and not self._left[0].startswith("-") and self._left[0] not in VERBS
            self._keep(self._said, "web", name, value if equals else self._left.pop(0) if named else "127.0.0.1")
        elif name in SETTING_OPTIONS:
            self._setting(SETTING_OPTIONS[name], value if equals else None)
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

"""What a translator writes down while it reads the settings of another system."""

from ddns.config.raw import DialectInput, RawValue, Translated
from ddns.errors import ConfigProblem


class Notebook:
    """Collects native values, the variables that have been read, and what people should be told.

    One rule for all dialects: a native setting that somebody wrote wins over what a name of the dialect only implies.
    """

    __slots__ = ("_claims", "_faulty", "_notes", "_problems", "_values", "_warnings", "door")

    def __init__(self, door: DialectInput) -> None:
        self.door = door
        self._values: dict[str, RawValue] = {}
        self._claims: set[str] = set()
        self._warnings: list[ConfigProblem] = []
        self._notes: list[ConfigProblem] = []
        self._problems: list[ConfigProblem] = []
        self._faulty: set[tuple[str, ...]] = set()

    def take(self, name: str) -> RawValue | None:
        """Return an environment variable (None: unset or blank); it is then no longer read as a native one."""
        self._claims.add(name)
        return self.door.value(name)

    @staticmethod
    def missing(name: str) -> RawValue:
        """Return the place of an environment variable that nobody set."""
        return RawValue("", "environment", name)

    def claim(self, *names: str) -> None:
        """Keep variables from being read as native ones."""
        self._claims.update(names)

    def given(self, *names: str) -> RawValue | None:
        """Return the first of these native settings that the environment or the command line has."""
        for name in names:
            if option := self.door.options.get(name, "").strip():
                return RawValue(option, "command line", "--" + name.lower().replace("_", "-"))
            if value := self.door.value(name):
                return value
        return None

    def put(self, name: str, value: str, source: RawValue) -> None:
        """Set a native setting; its origin is that of ``source``."""
        self._values[name] = source._replace(value=value)

    def imply(self, name: str, value: str, source: RawValue) -> None:
        """Set a native setting, unless somebody wrote it."""
        if not self.given(name):
            self.put(name, value, source)

    def stand_in(self, value: str, *names: str) -> None:
        """After a problem, fill in the first of these settings if none is set, so that it is reported once only."""
        if self._problems and not any(name in self._values for name in names):
            self._values[names[0]] = RawValue(value, "default", "a stand-in")

    def warn(self, source: RawValue, what: str, hint: str = "") -> None:
        """Say something at every start; ``what`` continues a sentence that begins with the setting's name."""
        self._warnings.append(ConfigProblem(source.place, f"{source.name} {what}", hint))

    def note(self, name: str, what: str, hint: str = "") -> None:
        """Say in ``ddns migrate`` what is different or safer now; ``what`` is a sentence of its own."""
        self._notes.append(ConfigProblem(name, what, hint))

    def problem(self, source: RawValue, what: str, hint: str = "") -> None:
        """Say why the configuration cannot be used, as ``warn`` does; the first problem of a place is kept."""
        if source[1:] not in self._faulty:
            self._faulty.add(source[1:])
            self._problems.append(ConfigProblem(source.place, f"{source.name} {what}", hint))

    def translated(self) -> Translated:
        """Return all of it."""
        return Translated(
            self._values,
            frozenset(self._claims),
            tuple(self._warnings),
            tuple(self._notes),
            tuple(self._problems),
        )

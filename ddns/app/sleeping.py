"""Resting between rounds, and what is carried through: in memory others can look at, in a file if one is wanted."""

import gc
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol
from zlib import crc32

from ddns import jsonio, state
from ddns.app.process import ZONES, Process, read_file, stamp
from ddns.config import Loaded, load
from ddns.config.inputs.inputs import Inputs, refuse
from ddns.core.memory import Memory
from ddns.core.settings import Output, Settings
from ddns.errors import ConfigError, StateError
from ddns.host import statusfd
from ddns.host.hibernate import CannotHibernate, resume
from ddns.host.systemd import notify
from ddns.host.waiter import SystemWaiter
from ddns.output.lines import HEALTHY, Line
from ddns.output.printer import Printer
from ddns.ports import Wake

if TYPE_CHECKING:
    from ddns.statefile import StateFile


LATE = 600.0
"""A round this many seconds overdue means that the instance hangs (our choice: longer than any round may take)."""


class Hibernate(Protocol):
    """``host.hibernate.hibernate``: returns only when something woke us before, or raises CannotHibernate."""

    def __call__(self, waiter: SystemWaiter, board: statusfd.Board, until: float | None, *, watch: bool) -> Wake:
        """Become the sleeper until a UNIX time (None: for ever)."""
        ...


class Sleeper:
    """Waits in the cheapest way there is; keeps the state where the next round, and ``ddns status``, finds it."""

    def __init__(
        self,
        process: Process,
        waiter: SystemWaiter,
        printer: Printer,
        fd: int = -1,
        *,
        hibernates: Hibernate | None = None,
    ) -> None:
        """Begin with the state that came through hibernation in ``fd``, or with none (-1).

        ``hibernates`` becomes the sleeper; None: the program cannot, or is not to.
        """
        self._process = process
        self._waiter = waiter
        self._printer = printer
        self._board = statusfd.Board(fd)
        self._hibernates = hibernates
        self._file: StateFile | None = None

    def remembered(self, loaded: Loaded) -> Memory:
        """Return the memory of an earlier process, from STATE_FILE; a cold one without it."""
        file = self._state_file(loaded)
        if file is None:
            return Memory()
        try:
            return file.load()._replace(said=frozenset())  # this process has said nothing yet
        except StateError as error:
            return self._complain(error, Memory())

    def awake(self, loaded: Loaded) -> None:
        """Go on after hibernation: what came through it is ours alone again."""
        file = self._state_file(loaded)
        if file is not None:
            file.hold()

    def _state_file(self, loaded: Loaded) -> "StateFile | None":
        """Return the file of STATE_FILE, which a reload may have changed; None when none is wanted."""
        path = loaded.settings.lifecycle.state_file
        if self._file is not None and self._file.path != path:
            self._file.close()
            self._file = None
        if self._file is None and path:
            from ddns.statefile import StateFile  # noqa: PLC0415 -- only where it is wanted

            self._file = StateFile(path)
        return self._file

    def announce(self, what: Literal["READY", "RELOADING", "STOPPING"]) -> None:
        """Tell systemd, where it wants to be told."""
        notify(self._process.environ, what)

    def keep(self, loaded: Loaded, memory: Memory) -> Memory:
        """Write STATE_FILE when it would say something new, and show the state to ``ddns status``.

        Return the memory with what has been said about the file.
        """
        file = self._state_file(loaded)
        if file is not None:
            memory = self._saved(file, memory)
        try:
            self._board.publish(carried(loaded, memory))
        except OSError as error:  # a kernel without memfd: status finds nothing
            if self._hibernates is not None:
                self.stay(f"The state cannot be kept in memory ({error.strerror})")
        return memory

    def _saved(self, file: "StateFile", memory: Memory) -> Memory:
        good = memory._replace(said=memory.said - {"state"})
        try:
            file.save(good)
        except StateError as error:
            return self._complain(error, memory)
        return good

    def close(self) -> None:
        """Show nothing any more, and give STATE_FILE to others."""
        self._board.close()
        if self._file is not None:
            self._file.close()

    def _complain(self, error: StateError, memory: Memory) -> Memory:
        """Say why the state is not kept, once until it is again and not in each process of a hibernating program."""
        if "state" not in memory.said:
            self._printer.show([Line("warning", "warning", f"{error.message}. {error.hint}.")])
        return memory._replace(said=memory.said | {"state"})

    def stay(self, reason: str) -> None:
        """Sleep in Python from now on, and say why once."""
        self._hibernates = None
        self._printer.show([Line("warning", "warning", f"{reason}; waiting in Python instead")])

    def nap(self, until: float | None, seconds: float, *, watch: bool) -> Wake | None:
        """Wait in Python, for something short: ``SystemWaiter.nap``."""
        return self._waiter.nap(until, seconds, watch=watch)

    def _watching(self, memory: Memory) -> Memory:
        """Say that addresses cannot be watched, once in the program's life and not in that of each process."""
        refused = self._waiter.watch.refused
        if not refused or "watch" in memory.said:
            return memory
        self._printer.show([unwatched(refused)])
        return memory._replace(said=memory.said | {"watch"})

    def rest(self, loaded: Loaded, memory: Memory, until: float | None, *, watch: bool) -> Wake:
        """Wait until a UNIX time (None: for ever), a signal, or (``watch``) a changed address."""
        if watch and self._hibernates is not None:
            memory = self._watching(memory)
        memory = self.keep(loaded, memory)
        if self._hibernates is not None:
            self._board.beside = () if self._file is None or self._file.fd < 0 else (self._file.fd,)
            try:
                return self._hibernates(self._waiter, self._board, until, watch=watch)
            except CannotHibernate as error:
                self.stay(error.message)
        gc.collect()  # the collector is off while rounds run
        return self._waiter.wait(until, watch=watch)


def unwatched(reason: str) -> Line:
    """Return the remark that address changes are noticed late."""
    text = f"Address changes cannot be watched ({reason}); they are noticed on schedule only"
    return Line("warning", "warning", text)


class CarriedState(NamedTuple):
    """What a process needs to go on where another stopped: the memory, and the files it was configured from.

    ``identity`` and ``environment`` tell one running instance from another.
    """

    memory: Memory
    files: tuple[tuple[str, str], ...]
    identity: str
    environment: str = ""


def identity(settings: Settings) -> str:
    """Return a short text that is the same for the same names, lists and owner at the same API."""
    names = sorted(f"{entry.domain.ascii}/{entry.zone_id}" for entry in settings.update.entries)
    lists = sorted(map(str, settings.update.waf.lists))
    parts = (settings.access.base_url, settings.update.owned.text, *names, *lists)
    return f"{crc32(','.join(parts).encode()):08x}"


def environment(inputs: Inputs) -> str:
    """Return a sum over the variables; "" when options say something too, so that these are not all.

    Two processes with the same sum have the same configuration. ``build/sleep/health.c`` makes the same sum.
    """
    if inputs.config_path or any(name != "REPEAT" for name, _ in inputs.options):  # REPEAT: of the first process
        return ""
    skipped = {"DDNS_SLEEP", "TERM"}
    kept = (f"{name}={value}" for name, value in inputs.environ.items() if name not in skipped)
    return f"{sum(crc32(item.encode(errors='surrogateescape')) for item in kept):016x}"


def _health(output: Output, memory: Memory, whose: str) -> str:
    """Return what ``build/sleep/health.c`` needs to say yes in our place. ``whose``: the sum, or sixteen dashes."""
    if (memory.last is not None and not memory.last.ok) or output.json or output.timestamps:
        return f"1n:{0:016x}:{whose}:"
    line = StringIO()
    Printer(line, output._replace(quiet=False), stamp).show([HEALTHY])
    until = int(memory.next_round + LATE) if memory.next_round else (1 << 63) - 1
    return f"1g:{until:016x}:{whose}:{line.getvalue().rstrip()}"


def carried(loaded: Loaded, memory: Memory) -> bytes:
    """Return the state as JSON, with what ``build/sleep/health.c`` reads in front."""
    whose, files = environment(loaded.inputs), [list(pair) for pair in loaded.inputs.files]
    rest = {"files": files, "identity": identity(loaded.settings), "environment": whose}
    whole = BytesIO()
    whole.write(jsonio.dumps({"health": _health(loaded.settings.output, memory, whose or "-" * 16), "memory": ""})[:-2])
    whole.writelines(jsonio.dumps(piece.decode())[1:-1] for piece in state.pieces(memory))
    whole.write(b'",' + jsonio.dumps(rest)[1:])
    return whole.getvalue()


def read_carried(data: bytes) -> CarriedState | None:
    """Read what ``packed`` wrote; None for anything else."""
    try:
        found = jsonio.loads(data)
        memory = state.decode(found["memory"].encode())
        files = tuple((str(path), str(text)) for path, text in found["files"])
        return (
            None
            if memory is None
            else CarriedState(memory, files, str(found["identity"]), str(found.get("environment", "")))
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


class Woken:
    """What came back from hibernation: settings, memory, why it woke (None: a signal, still pending)."""

    def __init__(self, loaded: Loaded, memory: Memory, wake: Wake | None, fd: int, *, slept: bool) -> None:
        """Keep it."""
        self.loaded = loaded
        self.memory = memory
        self.wake = wake
        self.fd = fd
        self.slept = slept


def woken(process: Process, inputs: Inputs) -> Woken | None:
    """Return what was carried through hibernation; None at a fresh start, or when it was lost."""
    back = resume(process.environ)
    if back is None:
        return None
    found = read_carried(back.state)
    if found is None:
        return None
    try:
        loaded = load(inputs._replace(files=found.files), refuse, ZONES)
    except ConfigError:
        return None  # cannot be: it was good before; start afresh and say what is wrong with it
    return Woken(loaded, found.memory, back.wake, back.fd, slept=back.slept)


class Found(NamedTuple):
    """A running instance: its process, what it knows, and whether it is the one with this configuration."""

    pid: int
    memory: Memory
    ours: bool


def find_all(inputs: Inputs) -> tuple[Found, ...]:
    """Return the running instances this user may look into, the one with this configuration first.

    It is the one with the same environment, else the one with the same names, lists and owner; where the configuration
    cannot be used, the first of all.
    """
    found = [(item.pid, state) for item in statusfd.instances() if (state := read_carried(item.state)) is not None]
    ours = _ours(found, inputs)
    every = [Found(pid, state.memory, pid == ours) for pid, state in found]
    return tuple(sorted(every, key=lambda item: not item.ours))


def _ours(found: list[tuple[int, CarriedState]], inputs: Inputs) -> int:
    """Return the process that is meant; 0 when there is none."""
    here = environment(inputs)
    if here and (alike := [pid for pid, state in found if state.environment == here]):
        return alike[0]
    try:
        wanted = identity(load(inputs, read_file, ZONES).settings)
    except ConfigError:
        wanted = found[0][1].identity if found else ""
    return next((pid for pid, state in found if state.identity == wanted), 0)


def find_running(inputs: Inputs) -> Memory | None:
    """Return the state of the instance with this configuration; None when it does not run."""
    return next((item.memory for item in find_all(inputs) if item.ours), None)

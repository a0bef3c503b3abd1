"""Resting between rounds, and what is carried through: in memory others can look at, in a file if one is wanted."""

import gc
from typing import Literal

from ddns import jsonio, state
from ddns.app.process import Process
from ddns.config import Loaded, load
from ddns.config.inputs import Inputs, refuse
from ddns.core.memory import Memory
from ddns.errors import ConfigError
from ddns.output.lines import Line
from ddns.output.printer import Printer
from ddns.ports import Wake
from ddns.runtime import statusfd
from ddns.runtime.hibernate import CannotHibernate, hibernate, resume, wanted
from ddns.runtime.notify_systemd import notify
from ddns.runtime.waiter import SystemWaiter


class Sleeper:
    """Waits in the cheapest way there is; keeps the state where the next round, and ``ddns status``, finds it."""

    def __init__(self, process: Process, waiter: SystemWaiter, printer: Printer, fd: int = -1) -> None:
        """Begin with the state that came through hibernation in ``fd``, or with none (-1)."""
        self._process = process
        self._waiter = waiter
        self._printer = printer
        self._board = statusfd.Board(fd)
        self._hibernates = wanted(process.environ)
        self._complained = False

    def remembered(self, loaded: Loaded) -> Memory:
        """Return the memory of an earlier process, from STATE_FILE; a cold one without it."""
        path = loaded.settings.lifecycle.state_file
        return state.load(path) if path else Memory()

    def announce(self, what: Literal["READY", "RELOADING", "STOPPING"]) -> None:
        """Tell systemd, where it wants to be told."""
        notify(self._process.environ, what)

    def keep(self, loaded: Loaded, memory: Memory) -> None:
        """Show the state to ``ddns status`` and write STATE_FILE when it would say something new."""
        try:
            self._board.publish(packed(loaded.inputs, memory))
        except OSError:
            self._hibernates = False  # a kernel without memfd: status finds nothing, sleeping is done in Python
        path = loaded.settings.lifecycle.state_file
        if not path:
            return
        try:
            state.save(path, memory)
        except state.StateError as error:
            self._complain(error)

    def _complain(self, error: state.StateError) -> None:
        if not self._complained:
            self._complained = True
            self._printer.show([Line("warning", "warning", f"{error.message}. {error.hint}.")])

    def stay(self) -> None:
        """Sleep in Python from now on: this binary or this kernel cannot do better."""
        self._hibernates = False

    def nap(self, until: float, *, watch: bool) -> Wake:
        """Wait in Python, for something short."""
        return self._waiter.wait(until, watch=watch)

    def rest(self, loaded: Loaded, memory: Memory, until: float | None, *, watch: bool) -> Wake:
        """Wait until a UNIX time (None: for ever), a signal, or (``watch``) a changed address."""
        self.keep(loaded, memory)
        if self._hibernates:
            try:
                return hibernate(self._waiter, self._board, until, watch=watch)
            except CannotHibernate as error:
                self._hibernates = False
                self._printer.show([Line("warning", "warning", f"{error.message}; sleeping in Python instead")])
        gc.collect()  # the collector is off while rounds run
        return self._waiter.wait(until, watch=watch)


def packed(inputs: Inputs, memory: Memory) -> bytes:
    """Return what a process needs to go on where this one stopped: the memory, and the files it was configured from."""
    return jsonio.dumps({"memory": state.encode(memory).decode(), "files": [list(pair) for pair in inputs.files]})


def unpacked(data: bytes) -> tuple[Memory, tuple[tuple[str, str], ...]] | None:
    """Read what ``packed`` wrote; None for anything else."""
    try:
        found = jsonio.loads(data)
        memory = state.decode(found["memory"].encode())
        files = tuple((str(path), str(text)) for path, text in found["files"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return (memory, files) if memory is not None else None


class Back:
    """What came back from hibernation: settings, memory, why it woke (None: a signal, still pending)."""

    def __init__(self, loaded: Loaded, memory: Memory, wake: Wake | None, fd: int, *, slept: bool) -> None:
        """Keep it."""
        self.loaded = loaded
        self.memory = memory
        self.wake = wake
        self.fd = fd
        self.slept = slept


def woken(process: Process, inputs: Inputs) -> Back | None:
    """Return what was carried through hibernation; None at a fresh start, or when it was lost."""
    back = resume(process.environ)
    if back is None:
        return None
    found = unpacked(back.state)
    if found is None:
        return None
    memory, files = found
    try:
        loaded = load(inputs._replace(files=files), refuse)
    except ConfigError:
        return None  # cannot be: it was good before; start afresh and say what is wrong with it
    return Back(loaded, memory, back.wake, back.fd, slept=back.slept)


def find_running() -> Memory | None:
    """Return the state of the running instance this user may look into; None when there is none."""
    for instance in statusfd.instances():
        found = unpacked(instance.state)
        if found is not None:
            return found[0]
    return None

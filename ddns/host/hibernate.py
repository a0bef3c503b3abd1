"""Between rounds the frozen program need not be Python: it becomes the sleeper of ``build/sleep`` and comes back.

The process executes its own file again with one more variable, ``DDNS_SLEEP``. Code that runs before the interpreter
sees it, sleeps in a few pages, writes there why it woke, and lets the program start; ``resume`` reads that. The PID
stays, signals stay blocked in the kernel from before the change until after it, and the state travels in a memfd.
The form of the variable is told in ``build/sleep/README.md``.
"""

import os
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import NamedTuple, NoReturn

from ddns.errors import DdnsError
from ddns.host import statusfd
from ddns.host.alarm import SLICE
from ddns.host.netlink import digest
from ddns.host.statusfd import Board
from ddns.host.waiter import SystemWaiter
from ddns.ports import Wake

# ruff: noqa: PTH123, PTH208 -- pathlib would cost the program memory for nothing

FROZEN = "__compiled__" in globals()
"""Whether this is the frozen binary: Nuitka adds that name to every module it compiles (its manual, 2026)."""
VARIABLE = "DDNS_SLEEP"
SWITCH = "DDNS_HIBERNATE"
_OFF = ("0", "f", "n", "no", "off", "false")
_SELF = "/proc/self/exe"
"""The running file itself, even when an upgrade has replaced it on disk (proc(5))."""
_LOOKS, _MOMENT = 20, 0.001
"""How often, and seconds apart, to look whether the round's thread, which has ended, has left the kernel's list."""
_FIRST_SLICE = 0.02
_NEVER = "f" * 16 + ".00000000"

Exec = Callable[[str, list[bytes], Mapping[bytes, bytes]], NoReturn]


class CannotHibernate(DdnsError):
    """The process could not become the sleeper; nothing has changed, and it can wait in Python."""


class Resume(NamedTuple):
    """What came back from the sleep. ``state`` is empty when it was lost. ``wake`` None: a signal, still pending.

    ``slept`` is False when nobody slept: this binary has no sleeper, or the kernel refused what it needs. Then waiting
    must be done in Python from now on.
    """

    state: bytes
    wake: Wake | None
    slept: bool
    fd: int
    """The memory the state came in, for a ``Board``; -1 when it was lost."""


def wanted(environ: Mapping[str, str], *, frozen: bool = FROZEN) -> bool:
    """Whether to hibernate at all: in the frozen program, unless ``DDNS_HIBERNATE=false``."""
    return frozen and environ.get(SWITCH, "").strip().lower() not in _OFF


def hibernate(
    waiter: SystemWaiter, board: Board, until: float | None, *, watch: bool, execute: Exec = os.execve
) -> Wake:
    """Become the sleeper until a UNIX time (None: for ever), with what ``board`` shows as the state.

    Returns only when something woke us before that (then with it). CannotHibernate when it is impossible.
    """
    told = _alone(waiter, until, watch=watch)
    if told:
        return told
    waiter.signals.block()
    told = waiter.pending()
    if told:
        waiter.signals.unblock()
        return told
    try:
        _carry(board, inherited=True)
        try:
            execute(_SELF, _arguments(), {VARIABLE.encode(): _request(waiter, board, until, watch=watch), **_kept()})
        finally:
            _carry(board, inherited=False)
    except OSError as error:
        waiter.signals.unblock()
        raise CannotHibernate(f"Sleeping outside of Python is not possible ({error.strerror})") from None


def _alone(waiter: SystemWaiter, until: float | None, *, watch: bool) -> Wake | None:
    """Wait in Python while another thread lives: the kernel could hand it a signal that the change would lose."""
    seconds = _FIRST_SLICE
    for _ in range(_LOOKS):
        time.sleep(_MOMENT)
        if len(_tasks()) <= 1:
            return None
    while len(_tasks()) > 1:
        told = waiter.nap(until, seconds, watch=watch)
        if told:
            return told
        seconds = min(2 * seconds, SLICE)
    return None


def _carry(board: Board, *, inherited: bool) -> None:
    for fd in (board.fd, *board.beside):
        os.set_inheritable(fd, inherited)


def _tasks() -> list[str]:
    try:
        return os.listdir("/proc/self/task")
    except OSError:
        return []  # no /proc: the change itself will fail


def resume(environ: MutableMapping[str, str]) -> Resume | None:
    """Read why the sleeper woke and the state, and take the variable away; None at a fresh start."""
    value = environ.pop(VARIABLE, None)
    if value is None or len(value) != len(_form(_NEVER, _NEVER)) or value[:1] != "1" or not _ours(value):
        return None
    fd = _number(value[-8:])
    state = statusfd.read(fd)
    if state is not None:
        os.set_inheritable(fd, False)
    wake = {"t": Wake("time"), "a": Wake("address")}.get(value[1])
    return Resume(state or b"", wake, value[1] in "tas", -1 if state is None else fd)


def _ours(value: str) -> bool:
    """Whether the variable was made by this very process, and not inherited from another."""
    return _number(value[-17:-9]) == os.getpid()


def _number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return -1


def _form(boot: str, real: str, *, mask: int = 0, watch: int | None = None, fd: int = 0) -> str:
    heard = "-" if watch is None else "w"
    return f"1?{heard}:{boot}:{real}:{mask:016x}:{watch or 0:016x}:{os.getpid():08x}:{fd:08x}"


def _request(waiter: SystemWaiter, board: Board, until: float | None, *, watch: bool) -> bytes:
    boot = real = _NEVER
    if until is not None:
        boot, real = _moment(waiter.limit(until)), _moment(until)
    mask = sum(1 << number - 1 for number in waiter.signals.handled)
    known = waiter.watch.known if watch else None
    heard = None if known is None else digest(known)
    return _form(boot, real, mask=mask, watch=heard, fd=board.fd).encode()


def _moment(seconds: float) -> str:
    whole = max(0, int(seconds))
    return f"{whole:016x}.{int(max(0.0, seconds - whole) * 1e9):08x}"


def _arguments() -> list[bytes]:
    """Return the command line as it is, also what the interpreter took away from it."""
    with open("/proc/self/cmdline", "rb") as file:
        return file.read().removesuffix(b"\0").split(b"\0")


def _kept() -> dict[bytes, bytes]:
    return {name: value for name, value in os.environb.items() if name != VARIABLE.encode()}

"""Commands of the user's: without our secrets, in a process group of their own, ended with all they started."""

import os
import select
import signal
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

SHELL: Final = "/bin/sh"
_OURS: Final = ("CLOUDFLARE_", "CF_", "API_KEY", "SHOUTRRR", "HEALTHCHECKS", "UPTIMEKUMA", "DDNS_SLEEP")
_USUAL: Final = (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD)
_LOOKS, _PAUSE = 50, 10
"""How often is looked whether what was killed is gone, and how many milliseconds lie between."""

_lock = threading.Lock()
_running: set[int] = set()
"""The shells whose end somebody waits for."""


def visible(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without our secrets: a command has no need of tokens and reporting URLs."""
    return {name: value for name, value in environ.items() if not name.upper().startswith(_OURS)}


def spawn(command: str, environ: Mapping[str, str], output: int, errors: int | None = None) -> int:
    """Start a shell with the visible part of the environment; return its process ID, which is that of its group.

    ``output`` and ``errors`` are descriptors (None: nowhere); there is nothing to read. OSError: no usable shell;
    ValueError: an environment no process can have.
    """
    null = os.open(os.devnull, os.O_RDWR)
    try:
        ends = ((null, 0), (output, 1), (null if errors is None else errors, 2))
        files = [(os.POSIX_SPAWN_DUP2, here, there) for here, there in ends]
        arguments = ("sh", "-c", command)
        with _lock:
            child = os.posix_spawn(
                SHELL, arguments, visible(environ), file_actions=files, setpgroup=0, setsigmask=(), setsigdef=_USUAL
            )
            _running.add(child)
        return child
    finally:
        os.close(null)


def ended(child: int) -> int | None:
    """Return the exit code of a shell (negative: the signal that ended it), None while it runs.

    ChildProcessError: the system has forgotten it, so how it ended is not known.
    """
    pid, status = os.waitpid(child, os.WNOHANG)
    if not pid:
        return None
    with _lock:
        _running.discard(child)
    return os.waitstatus_to_exitcode(status)


def kill(child: int) -> None:
    """End a shell and all it has started, and take note of their ends: as process 1 we inherit its children."""
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):  # none is left
        for _ in range(_LOOKS):
            if os.waitpid(-child, os.WNOHANG) == (0, 0):
                select.poll().poll(_PAUSE)
    with _lock:
        _running.discard(child)


def reap() -> None:
    """As process 1, take note of the ends of processes whose parents are gone; they would stay as zombies."""
    if os.getpid() != 1:
        return
    with _lock, suppress(ChildProcessError):
        while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if found.si_pid in _running:  # whoever waits for it takes it soon; the others come after it
                return
            os.waitpid(found.si_pid, 0)

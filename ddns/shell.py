"""Commands of the user's: without our secrets, in a process group of their own, ended with all they started."""

import contextlib
import os
import signal
from collections.abc import Mapping
from typing import Final

SHELL: Final = "/bin/sh"
_OURS: Final = ("CLOUDFLARE_", "CF_", "API_KEY", "SHOUTRRR", "HEALTHCHECKS", "UPTIMEKUMA", "DDNS_SLEEP")
_USUAL: Final = (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)


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
        return os.posix_spawn(
            SHELL, arguments, visible(environ), file_actions=files, setpgroup=0, setsigmask=(), setsigdef=_USUAL
        )
    finally:
        os.close(null)


def kill(child: int) -> None:
    """End a shell and all it has started, and take note of its end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)

"""The door of the program: hands the process's arguments, environment and output to the command line."""

import gc
import os
import signal
import sys
import threading
from io import TextIOWrapper
from typing import TYPE_CHECKING

try:
    from ddns import cli
except KeyboardInterrupt:  # Ctrl-C while the program is being loaded, which takes seconds on a small machine
    os._exit(130)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

STACK = 1 << 20
"""Bytes of a thread's stack: musl's own 128 kB are too few for Python; only what is touched costs memory."""


def output() -> "TextIO":
    """Return standard output: what its encoding cannot say becomes ``?``; where there is none, words go nowhere."""
    out = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- pathlib costs memory; open to the end
    if isinstance(out, TextIOWrapper):
        out.reconfigure(errors="replace")
    return out


def let_go(out: "TextIO") -> None:
    """Hand on the last words; where nobody takes them, the interpreter must not fail for that when it ends."""
    try:
        out.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def run() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # a round makes few cycles; collecting costs more CPU than it frees (docs/design/frozen.md)
    threading.stack_size(STACK)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored by whoever started us, the ends of commands would be lost
    out = output()
    code = cli.main(sys.argv[1:], os.environ, out)
    let_go(out)
    # Frozen, everything is flushed and no thread is waited for: tearing the interpreter down would take 5 ms more.
    ways: dict[bool, Callable[[int], object]] = {False: sys.exit, True: os._exit}
    ways["__compiled__" in globals()](code)


if __name__ == "__main__":
    run()

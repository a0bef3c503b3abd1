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

STOPS = (signal.SIGTERM, signal.SIGINT)
STACK = 1 << 20
"""Bytes of a thread's stack: musl's own 128 kB are too few for Python; only what is touched costs memory."""


class Nowhere:
    """Where words go when standard output is closed; a root file system may have no ``/dev/null``."""

    def write(self, text: str, /) -> None:
        """Drop a text."""

    def flush(self) -> None:
        """Have nothing to hand on."""


def occupy() -> None:
    """Put something that cannot be read or written where a standard stream is closed.

    Else the next file or connection gets its number, and is taken for the stream by whoever writes there. Nothing of
    this is handed on: a command finds closed what we found closed.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open("/", os.O_PATH)  # gets the lowest number that is free: this one


def output() -> "TextIO | Nowhere":
    """Return standard output: what its encoding cannot say becomes ``?``; where there is none, words go nowhere."""
    out = sys.stdout or Nowhere()
    if isinstance(out, TextIOWrapper):
        out.reconfigure(errors="replace")
    return out


def handed_on(out: "TextIO | Nowhere") -> bool:
    """Hand on the last words; return whether somebody took them."""
    try:
        out.flush()
    except (OSError, ValueError):
        return False
    return True


def run() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # a round makes few cycles; collecting costs more CPU than it frees (docs/design/frozen.md)
    threading.stack_size(STACK)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored by whoever started us, the ends of commands would be lost
    occupy()
    out = output()
    code = cli.main(sys.argv[1:], os.environ, out)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # a second Ctrl-C while the interpreter ends changes nothing more
    # At an end by sys.exit the interpreter would try the last words again, and fail for them. Frozen, everything is
    # flushed and no thread is waited for: tearing the interpreter down would take 5 ms more.
    ways: dict[bool, Callable[[int], object]] = {True: sys.exit, False: os._exit}
    ways[handed_on(out) and "__compiled__" not in globals()](code)


if __name__ == "__main__":
    run()

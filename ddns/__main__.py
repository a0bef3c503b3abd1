"""The door of the program: hands the process's arguments, environment and output to the command line."""

import gc
import os
import sys
import threading
from typing import TYPE_CHECKING

from ddns import cli

if TYPE_CHECKING:
    from collections.abc import Callable

STACK = 1 << 20
"""Bytes of a thread's stack: musl's own 128 kB are too few for Python; only what is touched costs memory."""


def run() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # a round makes few cycles; collecting costs more CPU than it frees (docs/design/frozen.md)
    threading.stack_size(STACK)
    code = cli.main(sys.argv[1:], os.environ, sys.stdout)
    # Frozen, everything is flushed and no thread is waited for: tearing the interpreter down would take 5 ms more.
    ways: dict[bool, Callable[[int], object]] = {False: sys.exit, True: os._exit}
    ways["__compiled__" in globals()](code)


if __name__ == "__main__":
    run()

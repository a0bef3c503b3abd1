"""Goes to sleep as the program does, only that another file is executed: ``driver.py HOW SECONDS COMMAND…``.

HOW is ``watch`` or ``deaf`` (the real ``hibernate``), or ``raw=VALUE``, with ``PID`` and ``SECONDS`` (the wake times)
replaced in it. The network namespace may be one of our own.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import NoReturn

from ddns.host.clock import boottime
from ddns.host.hibernate import hibernate
from ddns.host.signals import Signals
from ddns.host.statusfd import Board
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch


def main() -> None:
    """Read the arguments and become the sleeper."""
    how, seconds, *command = sys.argv[1:]
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # whatever the test runner was started with
    os.environ["STUB_MARK"] = "kept"
    waiter = SystemWaiter(Signals(), AddressWatch(sys.exit))
    if how.startswith("raw="):
        waiter.signals.block()
        boot, real = (f"{int(clock() + float(seconds)):016x}.00000000" for clock in (boottime, time.time))
        value = how[4:].replace("PID", f"{os.getpid():08x}").replace("BOOT", boot).replace("REAL", real)
        os.execve(command[0], command, {**os.environ, "DDNS_SLEEP": value})  # noqa: S606 -- no shell is what we want
    board = Board()
    board.publish(b"the state")
    waiter.watch.settle()

    def execute(_path: str, _arguments: list[bytes], environ: Mapping[bytes, bytes]) -> NoReturn:
        os.execve(command[0], command, environ)  # noqa: S606 -- no shell is what we want

    told = hibernate(waiter, board, time.time() + float(seconds), watch=how == "watch", execute=execute)
    sys.exit(f"not asleep: {told}")


main()

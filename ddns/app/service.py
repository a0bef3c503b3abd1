"""``ddns run``: from the door to the loop, also on the way back from hibernation."""

from ddns.app import commands
from ddns.app.process import ZONES, Process, read_file
from ddns.app.program import Running
from ddns.app.reports import Reports
from ddns.app.sleeping import Sleeper, woken
from ddns.config import Loaded, load, reporting_of
from ddns.config.argv import Command
from ddns.core.settings import Access, Credential, Settings
from ddns.errors import ConfigError
from ddns.output import life
from ddns.output.lines import Line
from ddns.output.printer import Printer
from ddns.runtime.clock import SystemClock
from ddns.runtime.daemon import Daemon
from ddns.runtime.signals import Signals
from ddns.runtime.waiter import SystemWaiter
from ddns.runtime.watch import AddressWatch


def serve(process: Process, command: Command) -> int:
    """Run by the schedule (or once) and return the exit code. ConfigError before anything has begun."""
    signals = Signals()
    back = woken(process, commands.inputs(process, command))
    ready = back.loaded if back is not None else _first(process, command)
    clock = SystemClock()
    printer = Printer(process.out, ready.settings.output, commands.stamp)

    def complain(reason: str) -> None:
        text = f"Address changes cannot be watched ({reason}); they are noticed on schedule only"
        printer.show([Line("warning", "warning", text)])

    waiter = SystemWaiter(signals, AddressWatch(complain))
    try:
        sleeper = Sleeper(process, waiter, printer, -1 if back is None else back.fd)
        program = Running(ready, process, clock, sleeper, once=command.once)
        daemon = Daemon(program, waiter, clock, once=command.once, zones=ZONES)
        if back is None:
            return daemon.run(sleeper.remembered(ready)._replace(started=clock.time()), None)
        if not back.slept:
            sleeper.stay()
        wake = back.wake or waiter.wait(back.memory.next_round or None, watch=False)
        return daemon.run(back.memory, wake)
    finally:
        waiter.close()


def _first(process: Process, command: Command) -> Loaded:
    """Read the configuration; monitors that are themselves well configured are told when it is bad."""
    inputs = commands.inputs(process, command)
    try:
        return load(inputs, read_file, ZONES)
    except ConfigError:
        reporting, output = reporting_of(inputs, read_file)
        settings = Settings(Access(Credential("")), reporting=reporting, output=output)
        Printer(process.out, output, commands.stamp).show([life.banner()])
        Reports(settings, process, SystemClock()).misconfigured()
        raise

"""``ddns run``: from the door to the loop, also on the way back from hibernation."""

from contextlib import suppress
from functools import partial

from ddns.app.process import ZONES, Process, inputs, read_file, stamp
from ddns.app.program import Running
from ddns.app.reports import Reports
from ddns.app.sleeping import Sleeper, Woken, unwatched, woken
from ddns.config import Loaded, load, reporting_of
from ddns.config.inputs.argv import Command
from ddns.core.settings import Access, Credential, Reporting, Settings
from ddns.errors import ConfigError, Interrupted
from ddns.host.clock import SystemClock
from ddns.host.daemon import Daemon
from ddns.host.hibernate import hibernate, wanted
from ddns.host.signals import Signals
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
from ddns.output import life
from ddns.output.printer import Printer
from ddns.ports import Wake


def serve(process: Process, command: Command) -> int:
    """Run by the schedule (or once) and return the exit code. ConfigError before anything has begun."""
    signals = Signals()  # before anything else: a stop that comes while we start is not lost
    try:
        back = woken(process, inputs(process, command))
        ready = back.loaded if back is not None else _first(process, command, signals)
        return _loop(process, command, ready, back, signals)
    finally:
        signals.close()


def _loop(process: Process, command: Command, ready: Loaded, back: Woken | None, signals: Signals) -> int:
    clock = SystemClock()
    printer = Printer(process.out, ready.settings.output, stamp)
    once = command.once or ready.settings.lifecycle.schedule is None
    watch = AddressWatch(lambda reason: printer.show([unwatched(reason)]))
    waiter = SystemWaiter(signals, watch)
    become = hibernate if wanted(process.environ) else None
    sleeper = Sleeper(process, waiter, printer, -1 if back is None else back.fd, hibernates=become)
    try:
        program = Running(ready, process, clock, sleeper, once=once)
        boot = partial(_boot, ready.settings.lifecycle.boot_wait, clock, waiter, printer, sleeper)
        daemon = Daemon(program, waiter, clock, once=once, zones=ZONES, boot=boot)
        memory = sleeper.remembered(ready) if back is None else back.memory
        program.reports.restore(memory.undelivered)
        if back is None:
            return daemon.run(memory, None)
        sleeper.awake(ready)
        if not back.slept:
            sleeper.stay("This binary or kernel cannot sleep outside of Python")
        return daemon.run(memory, back.wake or waiter.wait(memory.next_round or None, watch=False))
    finally:
        watch.close()
        sleeper.close()


def _boot(seconds: float, clock: SystemClock, waiter: SystemWaiter, printer: Printer, sleeper: Sleeper) -> Wake | None:
    """Wait for the machine, as BOOT_WAIT says; systemd is told before, because it does not wait as long."""
    if not seconds:
        return None
    from ddns.app.booting import wait_for_boot  # noqa: PLC0415 -- once in the life of a process

    sleeper.announce("READY")
    return wait_for_boot(seconds, clock, waiter, printer)


def _first(process: Process, command: Command, signals: Signals) -> Loaded:
    """Read the configuration; monitors that are themselves well configured are told when it is bad."""
    given = inputs(process, command)
    try:
        return load(given, read_file, ZONES)
    except ConfigError:
        reporting, output = reporting_of(given, read_file)
        Printer(process.out, output, stamp).show([life.banner()])
        _misconfigured(process, reporting, signals)
        raise


def refuse(process: Process, command: Command) -> None:
    """Tell monitors that the program cannot start, because its arguments cannot be understood."""
    signals = Signals()
    try:
        _misconfigured(process, reporting_of(inputs(process, command), read_file)[0], signals)
    finally:
        signals.close()


def _misconfigured(process: Process, reporting: Reporting, signals: Signals) -> None:
    settings = Settings(Access(Credential("")), reporting=reporting)
    reports = Reports(settings, process, SystemClock(), once=True)
    with suppress(Interrupted):  # by a stop, which does not wait for monitors that are silent
        SystemWaiter(signals, AddressWatch(lambda _reason: None)).run(reports.misconfigured, reports.abort)

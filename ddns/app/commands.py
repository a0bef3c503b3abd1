"""What each command does, with the collaborators it needs."""

from contextlib import suppress

from ddns import jsonio
from ddns.app.process import ZONES, Process, inputs, read_file, stamp
from ddns.config import Loaded, load, reporting_of
from ddns.config.inputs.argv import Command
from ddns.core.memory import Memory
from ddns.core.planning.plan import Plan
from ddns.errors import ConfigError, ConfigProblem
from ddns.host.clock import SystemClock
from ddns.output import life
from ddns.output.lines import HEALTHY, Line
from ddns.output.printer import Printer, show_text
from ddns.output.wording import round_lines

PENDING = 3


def loaded(process: Process, command: Command) -> Loaded:
    """Read the configuration; ConfigError with all its problems."""
    return load(inputs(process, command), read_file, ZONES)


def other_problems(process: Process, command: Command) -> tuple[ConfigProblem, ...]:
    """Return what else is wrong where arguments could not be understood; a run that comes to nothing is told.

    What is missing is left out: it may be what those arguments were to say.
    """
    if command.verb in {"help", "version", "status", "healthcheck"}:
        return ()
    try:
        loaded(process, command)
        found: tuple[ConfigProblem, ...] = ()
    except ConfigError as error:
        found = error.problems
    if command.verb == "run":
        from ddns.app.service import refuse  # noqa: PLC0415 -- as in run

        refuse(process, command)
    return tuple(problem for problem in found if problem.origin)


def run(process: Process, command: Command) -> int:
    """Run by the schedule until stopped, or once."""
    from ddns.app.service import serve  # noqa: PLC0415 -- the other commands need no signals and no loop

    return serve(process, command)


def plan(process: Process, command: Command) -> int:
    """Print exactly the steps a round would take; change nothing."""
    from ddns.app.tools import adapters_of  # noqa: PLC0415 -- offline commands need no adapters
    from ddns.output.planview import plan_lines  # noqa: PLC0415 -- only this command needs it
    from ddns.round.pipe import run_round  # noqa: PLC0415 -- likewise

    ready = loaded(process, command)
    settings = ready.settings
    printer = Printer(process.out, settings.output, stamp)
    printer.show([life.config_warning(warning) for warning in ready.warnings])
    with adapters_of(settings, process, SystemClock()) as adapters:
        report, _ = run_round(settings.update, Memory(), adapters.tools, dry_run=True)
    intended = report.plan or Plan(())
    printer.show((*round_lines(report), *plan_lines(intended, whole=report.ok)))
    if not report.ok:
        return 1
    return PENDING if intended.pending else 0


def cleanup(process: Process, command: Command) -> int:
    """Print what this configuration owns at Cloudflare; with ``--yes`` delete it."""
    from ddns.app.tools import adapters_of  # noqa: PLC0415 -- offline commands need no adapters
    from ddns.output.planview import plan_lines  # noqa: PLC0415 -- few commands need it
    from ddns.round.pipe import run_cleanup  # noqa: PLC0415 -- likewise

    ready = loaded(process, command)
    settings = ready.settings
    printer = Printer(process.out, settings.output._replace(quiet=False), stamp)
    printer.show([life.config_warning(warning) for warning in ready.warnings])
    if command.yes and (running := _running_process(process, command)):
        text = f"Nothing was deleted: process {running} keeps these records up to date. Stop it first."
        printer.show([Line("error", "error", text)])
        return 1
    with adapters_of(settings, process, SystemClock()) as adapters:
        report, memory = run_cleanup(settings.update, Memory(), adapters.tools, dry_run=True)
        owned = report.plan or Plan(())
        printer.show((*round_lines(report), *plan_lines(owned, whole=report.ok)))
        if owned.pending and command.yes:
            report, _ = run_cleanup(settings.update, memory, adapters.tools)
            printer.show(round_lines(report))
    if owned.pending and not command.yes:
        printer.show([Line("notice", "hint", "Nothing was deleted. To delete this: ddns cleanup --yes")])
    if not report.ok:
        return 1
    return PENDING if owned.pending and not command.yes else 0


def check(process: Process, command: Command) -> int:
    """Validate offline and print what was understood, with the origin of every value."""
    from ddns.app.diagnosis import link_line  # noqa: PLC0415 -- a round does not need it
    from ddns.app.tools import local_remarks  # noqa: PLC0415 -- likewise
    from ddns.config.views.describe import describe  # noqa: PLC0415 -- likewise

    ready = loaded(process, command)
    printer = Printer(process.out, ready.settings.output._replace(quiet=False), stamp)
    printer.show(life.config_lines(describe(ready, defaults=command.all)))
    printer.show([link_line(ready.settings)])
    remarks = local_remarks(ready.settings, process, SystemClock())
    printer.show([life.config_warning(warning) for warning in (*ready.warnings, *remarks)])
    return 0


def doctor(process: Process, command: Command) -> int:
    """Look for what could be wrong outside the configuration."""
    from ddns.app.diagnosis import examine, finding_line, link_line  # noqa: PLC0415 -- only this command needs it

    ready = loaded(process, command)
    printer = Printer(process.out, ready.settings.output._replace(quiet=False), stamp)
    printer.show([life.config_warning(warning) for warning in ready.warnings])
    wrong = False
    for finding in examine(ready.settings, process, SystemClock()):
        printer.show([finding_line(finding)])  # at once: some take seconds
        wrong = wrong or finding.level == "bad"
    printer.show([link_line(ready.settings)])
    return 1 if wrong else 0


def notify(process: Process, command: Command) -> int:
    """Send one message to every monitor and service, and print what each answered."""
    from ddns.app.notifying import test_all  # noqa: PLC0415 -- only this command needs it

    ready = loaded(process, command)
    printer = Printer(process.out, ready.settings.output._replace(quiet=False), stamp)
    levels = []
    for line in test_all(ready.settings.reporting, process, SystemClock()):
        printer.show([line])
        levels.append(line.level)
    if not levels:
        text = "No service to notify: HEALTHCHECKS, UPTIMEKUMA and SHOUTRRR are not set"
        printer.show([Line("error", "error", text)])
    return 0 if levels and "error" not in levels else 1


def migrate(process: Process, command: Command) -> int:
    """Print the equivalent native configuration."""
    from ddns.config.views.migrate import document_text, migrated, migration  # noqa: PLC0415 -- only this command needs it

    ready = loaded(process, command)
    show_text(process.out, document_text(migration(ready)) if command.json else migrated(ready))
    return 0


def status(process: Process, command: Command) -> int:
    """Print what the running instances last did, the one with this configuration first; the exit code is for it."""
    from ddns.app.sleeping import find_all  # noqa: PLC0415 -- two commands need it
    from ddns.app.status import status_document, status_page  # noqa: PLC0415 -- only this command needs it

    if command.web:
        return _serve(process, command)
    found, now = find_all(inputs(process, command)), SystemClock().time()
    ours = next((item.memory for item in found if item.ours), None)
    if command.json:
        show_text(process.out, jsonio.dumps(status_document(found, now)).decode())
    else:
        _printer(process, command).show(status_page(found, now))
    return 0 if ours is not None and (ours.last is None or ours.last.ok) else 1


def _serve(process: Process, command: Command) -> int:
    """Show the status page to browsers of this machine, until Ctrl-C."""
    from ddns.app.sleeping import find_all  # noqa: PLC0415 -- two commands need it
    from ddns.app.webstatus import Address, listen, parse_address, serve  # noqa: PLC0415 -- only here

    listener = listen(parse_address(command.web))
    at = Address(*listener.getsockname()[:2])
    _printer(process, command).show([Line("notice", "banner", f"The status page is at http://{at}/ until Ctrl-C")])
    with suppress(KeyboardInterrupt):
        serve(listener, lambda: find_all(inputs(process, command)), SystemClock().time)
    return 0


def healthcheck(process: Process, command: Command) -> int:
    """Answer yes (0) or no (1), for containers."""
    from ddns.app.status import healthy  # noqa: PLC0415 -- only this command needs it

    memory, now = _running(process, command), SystemClock().time()
    if memory is None:
        return _nobody(process, command)
    why = healthy(memory, now)
    if command.json:
        show_text(process.out, jsonio.dumps({"healthy": not why, "running": True, "why": why}).decode())
        return 1 if why else 0
    _printer(process, command).show([Line("notice", "error", why) if why else HEALTHY])
    return 1 if why else 0


def _running(process: Process, command: Command) -> Memory | None:
    from ddns.app.sleeping import find_running  # noqa: PLC0415 -- two commands need it

    return find_running(inputs(process, command))


def _running_process(process: Process, command: Command) -> int:
    """Return the number of the process that runs with this configuration, 0 when there is none."""
    from ddns.app.sleeping import find_all  # noqa: PLC0415 -- few commands need it

    return next((found.pid for found in find_all(inputs(process, command)) if found.ours), 0)


def _nobody(process: Process, command: Command) -> int:
    if command.json:
        show_text(process.out, '{"healthy":false,"running":false}')
    else:
        _printer(process, command).show([Line("error", "error", "No running instance of this user was found")])
    return 1


def _printer(process: Process, command: Command) -> Printer:
    _, output = reporting_of(inputs(process, command), read_file)
    return Printer(process.out, output._replace(quiet=False), stamp)

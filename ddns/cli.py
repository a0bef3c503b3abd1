"""The command line and the one error boundary. Exits: 0 fine, 1 a round failed, 2 bad settings, 3 changes pending."""

import os
from collections.abc import Callable, MutableMapping, Sequence

from ddns import __version__
from ddns.app import commands
from ddns.app.process import Process, stamp
from ddns.config.inputs.argv import ArgvError, Command, parse_argv
from ddns.core.settings import Output
from ddns.errors import ConfigError, DdnsError, place
from ddns.output import life
from ddns.output.lines import Line
from ddns.output.printer import Printer, Stream, show_text

BAD_CONFIGURATION = 2
INTERRUPTED = 130
"""What shells make of an end by Ctrl-C: 128 and the number of SIGINT."""
VERBS: dict[str, Callable[[Process, Command], int]] = {
    "run": commands.run,
    "plan": commands.plan,
    "cleanup": commands.cleanup,
    "check": commands.check,
    "doctor": commands.doctor,
    "notify": commands.notify,
    "status": commands.status,
    "healthcheck": commands.healthcheck,
    "migrate": commands.migrate,
}


def main(argv: Sequence[str], environ: MutableMapping[str, str], out: Stream) -> int:
    """Do what the arguments (without the program's name) ask for; return the exit code."""
    process = Process(tuple(argv), environ, out, os.getpid())
    return guarded(process, lambda: _do(process))


def _do(process: Process) -> int:
    try:
        command = parse_argv(process.argv)
    except ArgvError as error:
        others = commands.other_problems(process, error.command) if error.command else ()
        raise ConfigError((*error.problems, *others)) from None
    if command.verb == "help":
        from ddns.config.views.help import help_text  # noqa: PLC0415 -- a round needs no help

        show_text(process.out, help_text(command.topic))
        return 0
    if command.verb == "version":
        show_text(process.out, f"ddns {__version__}")
        return 0
    return VERBS[command.verb](process, command)


def guarded(process: Process, action: Callable[[], int]) -> int:
    """Do something and return its exit code; whatever goes wrong becomes lines for the person who must act.

    Of an unexpected error the kind and the place are told, never its text: it may hold a secret.
    """
    try:
        return action()
    except ConfigError as error:
        _printer(process).show([life.config_problem(problem) for problem in error.problems])
        return BAD_CONFIGURATION
    except DdnsError as error:
        _printer(process).show([Line("error", "error", f"{error.message}. {error.hint}".strip())])
    except KeyboardInterrupt:  # of a command that does not handle signals itself
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- the last line of defence
        text = f"Stopped at an unexpected {type(error).__name__} ({place(error)}); please report this as a fault"
        _printer(process).show([Line("error", "impossible", text)])
    return 1


def _printer(process: Process) -> Printer:
    """Return a printer that needs no settings, for errors found before there are any."""
    plain = process.environ.get("EMOJI", "").strip().lower() in {"0", "f", "false"}
    json = process.environ.get("LOG_FORMAT", "").strip() == "json" or "--json" in process.argv
    return Printer(process.out, Output(emoji=not plain, json=json), stamp)

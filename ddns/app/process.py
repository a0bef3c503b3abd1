"""What belongs to the process, handed in at the door: nothing below reads it from anywhere else."""

from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import NamedTuple

from ddns import __version__, embedded
from ddns.config import Inputs
from ddns.config.inputs.argv import Command
from ddns.core.schedule.schedule import zones_from
from ddns.host.clock import SystemClock
from ddns.output.printer import Stream

AGENT = f"dormouse-ddns/{__version__}"
ZONES = zones_from(embedded.zone)
"""Time zones: the system's, or those inside the frozen program."""
PROXY_VARIABLES = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY", "no": "NO_PROXY"}


class Process(NamedTuple):
    """Arguments (without the program's name), environment, standard output and the process's ID."""

    argv: tuple[str, ...]
    environ: MutableMapping[str, str]
    out: Stream
    pid: int = 0

    def proxies(self) -> dict[str, str]:
        """Return what the environment says of proxies, in either case of the names (curl's lower case wins)."""
        found = {
            kind: self.environ.get(name.lower()) or self.environ.get(name, "") for kind, name in PROXY_VARIABLES.items()
        }
        return {kind: value for kind, value in found.items() if value}


def read_file(path: str) -> str:
    """Read a file as UTF-8 text. OSError or UnicodeDecodeError when that is not possible."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 -- pathlib costs memory in every round
        return file.read()


def stamp() -> str:
    """Return the present as RFC 3339 text."""
    return datetime.fromtimestamp(SystemClock().time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def inputs(process: Process, command: Command) -> Inputs:
    """Return where the configuration comes from.

    The first process of a container goes on as after ``--repeat``: the entry point of timothymiller's image said so,
    and users who change nothing but the image's name must not get a single round.
    """
    options = command.options
    if process.pid == 1:
        options = (*options, ("REPEAT", "true"))
    return Inputs(options, process.environ, command.config_path, ())

"""What is written for others after a round: METRICS_FILE and STATUS_PAGE. Neither fails a round."""

from collections.abc import Callable

from ddns import __version__
from ddns.core.memory import Memory
from ddns.core.reports.roundreport import RoundReport
from ddns.core.settings import Reporting
from ddns.errors import DdnsError, Problem

Complain = Callable[[Problem], None]
"""Takes what went wrong, for the log."""


def write_metrics(reporting: Reporting, report: RoundReport, memory: Memory, complain: Complain) -> None:
    """Replace METRICS_FILE, if there is one; ``complain`` is told when it cannot be written."""
    if reporting.metrics_file:
        from ddns.output.metrics import render  # noqa: PLC0415 -- rarely needed

        text = render(report, memory, __version__)
        _write(reporting.metrics_file, text, ("metrics", "metrics file", "METRICS_FILE"), complain)


def write_page(reporting: Reporting, memory: Memory, now: float, complain: Complain) -> None:
    """Replace STATUS_PAGE, if there is one; ``complain`` is told when it cannot be written."""
    if reporting.status_page:
        from ddns.output.statuspage import page  # noqa: PLC0415 -- rarely needed

        text = page(memory, now, __version__)
        _write(reporting.status_page, text, ("page", "status page", "STATUS_PAGE"), complain)


def _write(path: str, text: str, names: tuple[str, str, str], complain: Complain) -> None:
    """Replace a file; ``names`` are the key of the problem, what the file is called, and its setting."""
    from ddns.output.textfile import replace_file  # noqa: PLC0415 -- rarely needed

    key, what, setting = names
    try:
        replace_file(path, text, what, setting)
    except DdnsError as error:
        complain(Problem(key, error.message, "", error.hint))

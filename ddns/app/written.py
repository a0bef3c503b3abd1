"""What is written for others after a round: METRICS_FILE and STATUS_PAGE. Neither fails a round."""

from collections.abc import Callable

from ddns import __version__
from ddns.core.memory import Memory
from ddns.core.reports.roundreport import RoundReport
from ddns.core.settings import Reporting
from ddns.errors import DdnsError, Problem


def write_metrics(
    reporting: Reporting, report: RoundReport, memory: Memory, complain: Callable[[Problem], None]
) -> None:
    """Replace METRICS_FILE, if there is one; ``complain`` is told when it cannot be written."""
    if not reporting.metrics_file:
        return
    from ddns.output.metrics import render  # noqa: PLC0415 -- rarely needed
    from ddns.output.textfile import replace_file  # noqa: PLC0415 -- likewise

    try:
        replace_file(reporting.metrics_file, render(report, memory, __version__), "metrics file", "METRICS_FILE")
    except DdnsError as error:
        complain(Problem("metrics", error.message, "", error.hint))


def write_page(reporting: Reporting, memory: Memory, now: float, complain: Callable[[Problem], None]) -> None:
    """Replace STATUS_PAGE, if there is one; ``complain`` is told when it cannot be written."""
    if not reporting.status_page:
        return
    from ddns.output.statuspage import page  # noqa: PLC0415 -- rarely needed
    from ddns.output.textfile import replace_file  # noqa: PLC0415 -- likewise

    try:
        replace_file(reporting.status_page, page(memory, now, __version__), "status page", "STATUS_PAGE")
    except DdnsError as error:
        complain(Problem("page", error.message, "", error.hint))

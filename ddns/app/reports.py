"""Who is told of what: monitors, notification services, the metrics file and ON_CHANGE."""

from typing import TYPE_CHECKING

from ddns import __version__
from ddns.app.process import Process
from ddns.app.tools import make_http, make_roots
from ddns.core.memory import Memory
from ddns.core.reports import messages
from ddns.core.reports.messages import Messages
from ddns.core.reports.roundreport import RoundReport
from ddns.core.settings import Settings
from ddns.errors import Problem
from ddns.net.tls import client_context
from ddns.notify.wiring import make_fanout
from ddns.output.lines import Line
from ddns.output.wording import warning_line
from ddns.ports import Clock

if TYPE_CHECKING:
    from ddns.host.changerunner import ChangeRunner

HURRY_SECONDS = 10.0
"""How long the report of a bad configuration may take."""
HAND_OVER_SECONDS = 0.5
"""How long other settings wait for what is being sent, so that nothing is sent twice."""
COMMAND_SHARE = 0.25
"""The part of the time of a stop that the command of a change may take before it is ended."""


class Reports:
    """Tells everybody in the background; never takes long and never raises."""

    def __init__(
        self, settings: Settings, process: Process, clock: Clock, runner: "ChangeRunner | None" = None, *, once: bool
    ) -> None:
        """Open nothing yet. ``runner``: of the settings before, goes on with what it began; ``once``: one round."""
        self._clock = clock
        self._once = once
        self._kept = bool(settings.lifecycle.state_file)
        self._http = make_http(process, clock)
        self._fanout = make_fanout(settings.reporting, self._http, clock, lambda: client_context(make_roots(process)))
        self.runner = _runner(settings.reporting.on_change, process, runner)
        self._echo = any(url.lower().startswith("logger:") for url in settings.reporting.services)
        self._complaints: list[Line] = []

    def restore(self, undelivered: tuple[str, ...]) -> None:
        """Begin to tell what an earlier process, or one with earlier settings, could not deliver."""
        self._fanout.restore(undelivered)

    def start(self, *, waiting: bool) -> None:
        """Tell that the program has started."""
        self._tell(messages.started(__version__, once=self._once, waiting=waiting))

    def round(self, report: RoundReport, memory: Memory, *, cleanup: bool) -> Memory:
        """Tell what a round did; return the memory with what is failing and what was not delivered before it."""
        left = self.collect()
        told = messages.of_cleanup(report) if cleanup else messages.of_round(report, memory)
        self._tell(told)
        if self.runner is not None:
            self.runner.put(report)
        failing = memory.failing if told.failing is None else told.failing
        return memory._replace(failing=failing, undelivered=left)

    @property
    def busy(self) -> bool:
        """Whether something is still being sent, or the command of a change runs."""
        return self._fanout.busy or (self.runner is not None and self.runner.busy)

    def collect(self) -> tuple[str, ...]:
        """Return what could not be delivered so far; complaints wait for the end of what is being sent."""
        if not (self._fanout.busy or self._once):
            self._complain("It is sent again with the next round")
        return self._fanout.undelivered()

    def _tell(self, told: Messages) -> None:
        self._fanout.tell(told)
        if self._echo and told.note:
            title, text = told.note
            self._complaints.append(Line("notice", "report", f"{title}: {'; '.join(text.splitlines())}"))

    def _complain(self, later: str) -> None:
        self._complaints += map(warning_line, self._fanout.problems(later))
        if self.runner is not None:
            self._complaints += map(warning_line, self.runner.collect())
        self._http.drop_idle()

    def _last(self, seconds: float) -> None:
        """Wait for the last answers; what has not arrived by then waits in the state file, if there is one."""
        self._fanout.wait(seconds)
        self._complain("It is sent again at the next start" if self._kept else "The message is lost")

    def no_schedule(self) -> None:
        """Tell that UPDATE_CRON never matches again."""
        self._tell(messages.unscheduled())

    def misconfigured(self) -> None:
        """Tell that the configuration is bad, and wait for that to arrive."""
        self._tell(messages.misconfigured())
        self._last(HURRY_SECONDS)

    def abort(self) -> None:
        """Break what is being sent."""
        self._http.abort()

    def hand_over(self) -> tuple[str, ...]:
        """Return what could not be delivered, when other settings take the place of these."""
        self._fanout.wait(HAND_OVER_SECONDS)
        return self.collect()

    def stopped(self) -> None:
        """Tell that a stop ends the program."""
        self._tell(messages.stopped(once=self._once))

    def stop(self, seconds: float) -> tuple[str, ...]:
        """Wait so long for what is being sent, all of it together; return what could not be delivered."""
        end = self._clock.monotonic() + seconds
        if self.runner is not None:
            self.runner.stop(seconds * COMMAND_SHARE)
        self._last(max(0.0, end - self._clock.monotonic()))
        return self._fanout.undelivered()

    def complain(self, problem: Problem) -> None:
        """Add something that went wrong with a report made elsewhere."""
        self._complaints.append(warning_line(problem))

    def complaints(self) -> tuple[Line, ...]:
        """Return what went wrong with reports since the last call, and what ``logger://`` was told."""
        found, self._complaints = tuple(self._complaints), []
        return found


def _runner(command: str, process: Process, before: "ChangeRunner | None") -> "ChangeRunner | None":
    if before is not None:
        before.command = command
        return before
    if not command:
        return None
    from ddns.host.changerunner import ChangeRunner as Runner  # noqa: PLC0415 -- rarely needed

    return Runner(command, process.environ)

"""The running program: what the loop drives. Rounds, words, reports and the memory between them meet here."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import inf
from threading import Event as Flag
from typing import TYPE_CHECKING

from ddns.app.process import ZONES, Process, read_file
from ddns.app.reports import Reports
from ddns.app.scope import belonging
from ddns.app.sleeping import Sleeper
from ddns.app.tools import Adapters, make_adapters
from ddns.app.written import write_metrics, write_page
from ddns.config import Loaded, load
from ddns.core.memory import LastRound, Memory
from ddns.core.reports.roundreport import RoundReport
from ddns.core.settings import Access, Credential, Lifecycle
from ddns.errors import ConfigError, Problem, place
from ddns.host.clock import SystemClock
from ddns.host.daemon import Event
from ddns.output import life
from ddns.output.lines import Line
from ddns.output.printer import Printer
from ddns.output.roundlog import remarks, round_log
from ddns.output.wording import problem_line, round_lines
from ddns.ports import Wake
from ddns.round.pipe import run_cleanup, run_round

if TYPE_CHECKING:
    from ddns.host.changerunner import ChangeRunner

STOP_SECONDS = 1.5
"""From a stop to the last report; less than two seconds to the exit are promised."""

CLEAN_STOP_SECONDS = 7.0
"""The same where DELETE_ON_STOP is to be done: Docker kills after ten seconds."""

REPORT_SECONDS = 0.7
"""So much of it is left for the reports."""

HURRY_SECONDS, COMMAND_SECONDS = 10.0, 35.0
"""How long a run that ends by itself waits for reports, and for the command of a change (ended after 30 seconds)."""

BUSY_SECONDS, END_SECONDS = 0.25, 0.05
"""How often is looked whether all reports are sent, before the program hibernates and before it ends by itself."""


class Running:
    """``daemon.Program``. Holds the settings as they are now; a reload replaces them and all tools."""

    def __init__(self, loaded: Loaded, process: Process, clock: SystemClock, sleeper: Sleeper, *, once: bool) -> None:
        """Take over checked settings."""
        self._process = process
        self._clock = clock
        self._sleeper = sleeper
        self._once = once
        self._stopping = Flag()
        self._adapters: Adapters | None = None
        self._signed_as: Access | None = None
        self._cleaning = False
        self._until = inf
        """When, after a stop, the last report must be sent (monotonic seconds)."""
        self._late: list[Problem] = []
        self._adopt(loaded, None)

    def _adopt(self, loaded: Loaded, runner: "ChangeRunner | None") -> None:
        self.loaded = loaded
        self.printer = Printer(self._process.out, loaded.settings.output, self._stamp)
        self.reports = Reports(loaded.settings, self._process, self._clock, runner, once=self._once)
        if self._adapters is not None:
            self._adapters.http.drop_idle()
        self._adapters = None

    def _stamp(self) -> str:
        return datetime.fromtimestamp(self._clock.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def lifecycle(self) -> Lifecycle:
        """See ``daemon.Program``."""
        return self.loaded.settings.lifecycle

    def round(self, memory: Memory) -> tuple[RoundReport, Memory]:
        """See ``daemon.Program``."""
        adapters, memory = self._tools(memory)
        before = adapters.api.requests
        try:
            report, memory = run_round(self.loaded.settings.update, memory, adapters.tools)
        finally:
            adapters.http.drop_idle()
        late, self._late = tuple(self._late), []
        return report._replace(requests=adapters.api.requests - before, warnings=(*late, *report.warnings)), memory

    def cleanup(self, memory: Memory) -> tuple[RoundReport, Memory]:
        """See ``daemon.Program``: with a client of its own, because the old one was told to stop."""
        self._stopping = Flag()
        self._clock.permit()
        self._adapters = None
        adapters, memory = self._tools(memory)
        adapters.api.hurry(self.cleanup_seconds() - END_SECONDS)
        return run_cleanup(self.loaded.settings.update, memory, adapters.tools)

    def cleanup_seconds(self) -> float:
        """See ``daemon.Program``."""
        self._cleaning = True
        self._hurry(CLEAN_STOP_SECONDS)
        return max(0.0, self._left() - REPORT_SECONDS)

    def _hurry(self, seconds: float) -> None:
        """Have the last report sent inside so many seconds, or earlier if that was said before."""
        self._until = min(self._until, self._clock.monotonic() + seconds)

    def _left(self) -> float:
        """Return the seconds left until the last report must be sent."""
        return max(0.0, self._until - self._clock.monotonic())

    def _stops(self) -> None:
        """Begin the time of a stop, however often it is told; one that comes while we clean cuts that short."""
        cleans = self.lifecycle.delete_on_stop and not self._cleaning
        self._hurry(CLEAN_STOP_SECONDS if cleans else STOP_SECONDS)

    def abort(self) -> None:
        """See ``daemon.Program``."""
        self._stops()
        self._stopping.set()
        self._clock.interrupt()
        for adapters in filter(None, [self._adapters]):
            adapters.http.abort()

    def _tools(self, memory: Memory) -> tuple[Adapters, Memory]:
        """Return the tools, made anew when the secret in the token's file has changed, and the memory for them."""
        access = self._access()
        if self._adapters is None or access != self._signed_as:
            self._adapters = make_adapters(
                access, self.loaded.settings.update, self._process, self._clock, self._stopping.is_set
            )
        if access != self._signed_as:
            self._signed_as = access
            memory = belonging(memory, access)
        return self._adapters, memory

    def _access(self) -> Access:
        access = self.loaded.settings.access
        zones = tuple((zone_id, self._reread(credential)) for zone_id, credential in access.zones)
        return access._replace(credential=self._reread(access.credential), zones=zones)

    def _reread(self, credential: Credential) -> Credential:
        path = credential.reread
        if not path:
            return credential
        try:
            secret = read_file(path).strip()
        except (OSError, UnicodeDecodeError):
            secret = ""
        if secret:
            return credential._replace(secret=secret)
        what = f"The token file {path} cannot be read or is empty"
        self._late.append(Problem("token.file", what, "The token read before stays in use", "Put the token back there"))
        return credential

    def reload(self) -> bool:
        """See ``daemon.Program``."""
        self._sleeper.announce("RELOADING")
        inputs = self.loaded.inputs.fresh()
        try:
            loaded = load(inputs, read_file, ZONES)
        except ConfigError as error:
            self.printer.show([life.config_problem(problem) for problem in error.problems])
            self.printer.show([Line("error", "reload", "The new configuration is bad: the old one stays in use")])
            return False
        undelivered = self.reports.hand_over()
        self.printer.show(self.reports.complaints())
        self._adopt(loaded, self.reports.runner)
        self.reports.restore(undelivered)
        self.printer.show([Line("notice", "reload", "The configuration was read again")])
        return True

    def tell(self, event: Event, memory: Memory) -> Memory:
        """See ``daemon.Program``. Whatever goes wrong here must not end years of rounds."""
        try:
            return self._tell(event, memory)
        except Exception as error:  # noqa: BLE001 -- its text may hold a secret: kind and place are told
            text = f"Notifying of “{event.moment}” stopped at an unexpected {type(error).__name__} ({place(error)})"
            self.printer.show([Line("error", "impossible", f"{text}; please report this as a fault")])
        return memory

    def _tell(self, event: Event, memory: Memory) -> Memory:
        match event.moment:
            case "start":
                self._start()
            case "waiting" | "flapping":
                self._rests(event, memory)
            case "reload":
                self._sleeper.announce("READY")
            case "signal":
                self._stops()
                self._sleeper.announce("STOPPING")
                self.printer.show([life.signal_line(event.signal)])
            case "no_schedule":
                self._no_schedule()
            case "end":
                return self._end(memory)
            case _:  # a round, or the cleaning
                return self._told(event, memory)
        return memory

    @property
    def _every(self) -> bool:
        """Whether every round is told in full."""
        return self.loaded.settings.output.rounds == "all"

    def _rests(self, event: Event, memory: Memory) -> None:
        """Tell of a wait, unless the round before it was not told either."""
        if self._every or memory.log.news:
            seconds = event.until - self._clock.time()
            flaps = event.moment == "flapping"
            self.printer.show([life.flapping(seconds) if flaps else life.waiting(seconds, event.until)])

    def _start(self) -> None:
        self.printer.show([life.banner()])
        if not self._once:  # a timer that starts us every few minutes need not read this each time
            from ddns.config.views.describe import describe  # noqa: PLC0415 -- a woken round does not need it

            self.printer.show(life.config_lines(describe(self.loaded, defaults=False)))
        self.printer.show([life.config_warning(warning) for warning in self.loaded.warnings])
        if self.loaded.settings.output.quiet and not self._once:
            self.printer.show([life.quiet()])
        self.reports.start(waiting=not (self._once or self.lifecycle.update_on_start))

    def _end(self, memory: Memory) -> Memory:
        if self._until == inf:  # nobody stopped us: the last ping was the result, which another must not hide
            self._linger()
        else:
            self.reports.stopped()
        memory = memory._replace(undelivered=self.reports.stop(0.0 if self._until == inf else self._left()))
        self.printer.show(self.reports.complaints())
        memory = self._sleeper.keep(self.loaded, memory)
        self.printer.show([life.bye()])
        return memory

    def _linger(self) -> None:
        """Let reports and the command of a change come to their end, where nobody is in a hurry; until a stop."""
        patience = COMMAND_SECONDS if self.loaded.settings.reporting.on_change else HURRY_SECONDS
        end = self._clock.monotonic() + patience
        while self.reports.busy and self._clock.monotonic() < end:
            woken = self._sleeper.nap(None, END_SECONDS, watch=False)
            if woken and woken.why == "stop":
                self._stops()
                return

    def _no_schedule(self) -> None:
        problem = Problem("schedule", "UPDATE_CRON never matches again", "", "Correct UPDATE_CRON")
        self.printer.show([problem_line(problem)])
        self.reports.no_schedule()

    def _told(self, event: Event, memory: Memory) -> Memory:
        report = event.report or RoundReport(self._clock.time(), 0.0)
        cleanup = event.moment == "cleanup"
        whole = round_lines(report, memory.said)
        lines, log = (whole, memory.log) if cleanup else round_log(report, whole, memory.log, every=self._every)
        self.printer.show(lines)
        memory = memory._replace(said=said_after(report, memory.said), last=last_round(report, whole), log=log)
        memory = self.reports.round(report, memory, cleanup=cleanup)
        write_metrics(self.loaded.settings.reporting, report, memory, self.reports.complain)
        if self._once:
            write_page(self.loaded.settings.reporting, memory, self._clock.time(), self.reports.complain)
        return self._sleeper.keep(self.loaded, memory)

    def rest(self, memory: Memory, until: float, *, watch: bool) -> Wake:
        """See ``daemon.Program``."""
        self._sleeper.announce("READY")
        watch = watch and self.lifecycle.watch
        while self.reports.busy:
            wake = self._sleeper.nap(until, BUSY_SECONDS, watch=watch)
            if wake:
                return wake
        memory = memory._replace(undelivered=self.reports.collect())
        lines, log = remarks(self.reports.complaints(), memory.log, self._clock.time(), every=self._every)
        self.printer.show(lines)
        memory = memory._replace(log=log)
        write_page(self.loaded.settings.reporting, memory, self._clock.time(), self.reports.complain)
        return self._sleeper.rest(self.loaded, memory, until, watch=watch)


def said_after(report: RoundReport, before: frozenset[str]) -> frozenset[str]:
    """Return the keys of the warnings that need not be said again: a good round forgets those that are over."""
    now = frozenset(warning.key for warning in report.warnings) | (before & {"watch", "state"})
    return now if report.ok and not report.interrupted else before | now


def last_round(report: RoundReport, lines: Iterable[Line]) -> LastRound:
    """Return a round in the words of ``ddns status``."""
    good = tuple(line.text for line in lines if line.level in {"info", "notice"})
    bad = tuple(line.text for line in lines if line.level == "error")
    return LastRound(report.started, report.seconds, report.ok, good, bad)

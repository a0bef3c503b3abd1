"""What one round has gathered so far: the one mutable thing in a round, and what it makes of errors."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ddns.core.memory import Memory
from ddns.core.plan import Wanted
from ddns.core.report import Detection, Result, RoundReport, few, is_record
from ddns.core.settings import UpdateSettings
from ddns.errors import ApiError, AuthError, Interrupted, Problem, RateLimited, Refused
from ddns.ports import Clock, Detector, DnsApi, WafApi


class Tools(NamedTuple):
    """Everything a round acts through. ``stopping`` says whether the program has been asked to stop."""

    detector: Detector
    dns: DnsApi
    waf: WafApi
    clock: Clock
    stopping: Callable[[], bool]


class Work:
    """One round under way."""

    __slots__ = (
        *("blocked_until", "cleanup", "detections", "dry_run", "held", "interrupted", "memory", "results"),
        *("problems", "published", "settings", "started", "tools", "warnings", "_began"),
    )

    def __init__(self, settings: UpdateSettings, memory: Memory, tools: Tools, *, dry_run: bool, cleanup: bool) -> None:
        """Start the clock; nothing is asked yet."""
        self.settings = settings
        self.memory = memory
        self.tools = tools
        self.dry_run = dry_run
        self.cleanup = cleanup
        self.started = tools.clock.time()
        self._began = tools.clock.monotonic()
        self.blocked_until = memory.blocked_until if memory.blocked_until > self.started else 0.0
        self.interrupted = False
        self.detections: list[Detection] = []
        self.results: list[Result] = []
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.held: list[str] = []
        self.published = dict(memory.published)

    def check_stop(self) -> None:
        """Raise Interrupted when a stop was asked for."""
        if self.tools.stopping():
            raise Interrupted

    def note(self, error: ApiError) -> None:
        """Take account of an error: at a stop it is no failure (Interrupted); a rate limit ends all sending."""
        self.check_stop()
        if isinstance(error, RateLimited):
            self.blocked_until = max(self.blocked_until, self.tools.clock.time() + error.retry_after)

    def hold(self, names: Iterable[str]) -> None:
        """Remember names (or lists) that were left alone because Cloudflare asked us to wait."""
        self.held += names

    def fail(self, items: Iterable[Wanted], reason: str) -> None:
        """Report names as failed, nothing of them changed; their contents are those last known."""
        for item in items:
            old = self.published.get(f"{item.type} {item.name}", ())
            self.results.append(Result(item.name, item.type, "failed", old, old, reason, cleanup=self.cleanup))

    def advice(self, error: ApiError) -> str:
        """Return what the user can do about an API error, as a sentence of its own."""
        if error.hint:
            return capital(error.hint)
        if isinstance(error, AuthError):
            return "Check the token and its permissions"
        if self.cleanup:
            return "Delete what is left in the Cloudflare dashboard, or start and stop the program again"
        if isinstance(error, Refused):
            return "Look at it in the Cloudflare dashboard; it is tried again in the next round"
        return "It is tried again in the next round; if this lasts, see what ddns doctor says"

    def report(self) -> RoundReport:
        """Return the facts gathered."""
        if self.blocked_until and not self.interrupted:
            self.problems.append(self._blocked())
        return RoundReport(
            self.started,
            max(0.0, self.tools.clock.monotonic() - self._began),
            tuple(self.detections),
            tuple(sorted(self.results, key=lambda result: (not is_record(result), result.name, result.type))),
            tuple(self.problems),
            tuple(self.warnings),
            self.interrupted,
        )

    def _blocked(self) -> Problem:
        wait = max(1, round(self.blocked_until - self.tools.clock.time()))
        whose = f", so {few(self.held)} had to wait" if self.held else ""
        return Problem(
            "cloudflare.rate-limit",
            f"Cloudflare asks us to send nothing for {wait} s{whose}",
            "What was not yet written stays as it is",
            "It goes on by itself; if this lasts, look for other programs that use the same token",
        )


def because(error: ApiError) -> str:
    """Return an API error as the end of a sentence."""
    return error.message.rstrip(".")


def capital(sentence: str) -> str:
    """Return a hint as the beginning of a sentence."""
    return sentence[:1].upper() + sentence[1:]

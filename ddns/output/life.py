"""The words around the rounds: start, waiting, signals, end, and bad configurations."""

import time as _time
from collections.abc import Iterable, Iterator

from ddns import __version__
from ddns.core.memory import Memory
from ddns.core.reports.failing import lasted, subject
from ddns.errors import ConfigProblem
from ddns.output.lines import Line

SIGNALS = {1: "SIGHUP", 2: "SIGINT", 10: "SIGUSR1", 15: "SIGTERM"}


def banner() -> Line:
    """Return the first line."""
    return Line("info", "banner", f"Dormouse {__version__}, dynamic DNS for Cloudflare", {"version": __version__})


def config_lines(texts: Iterable[str]) -> tuple[Line, ...]:
    """Return what was understood of the settings; a leading blank is an indent."""
    return tuple(
        Line("info", "item" if text.startswith(" ") else "config", text.strip(), indent=text.startswith(" "))
        for text in texts
    )


def config_warning(problem: ConfigProblem) -> Line:
    """Return a remark on the configuration."""
    return Line("warning", "warning", problem_text(problem), {"origin": problem.origin})


def config_problem(problem: ConfigProblem) -> Line:
    """Return one fault of the configuration: where it stands, what is wrong, how to mend it."""
    return Line("error", "user_error", problem_text(problem), {"origin": problem.origin})


def problem_text(problem: ConfigProblem) -> str:
    """Return a fault as one line: what is wrong, where it was written, what to do."""
    what = problem.what.rstrip(".")
    hint = f" {problem.hint[:1].upper()}{problem.hint[1:]}" if problem.hint else ""
    hint += "" if not hint or hint.endswith((".", "!", "?")) else "."
    return f"{what} ({problem.origin}).{hint}" if problem.origin else f"{what}.{hint}"


def quiet() -> Line:
    """Return the one line that keeps the quiet log of a program that runs on from being empty."""
    return Line("notice", "quiet", "Quiet mode: only changes and problems follow")


def waiting(seconds: float, until: float) -> Line:
    """Return when the next round is due: ``seconds`` from now, at ``until`` (UNIX seconds)."""
    if seconds < 1:
        return Line("info", "now", "The next round is due now", {"next": int(until)})
    clock = f", at {_time.strftime('%H:%M', _time.gmtime(until))} UTC" if seconds >= 600 else ""
    return Line("info", "waiting", f"Next round in about {duration(seconds)}{clock}", {"next": int(until)})


def boot_wait(seconds: float, what: str) -> Line:
    """Return what the first round waits for, at most this long."""
    return Line("notice", "waiting", f"Waiting up to {duration(seconds)} for {what}")


def boot_over(seconds: float, what: str, remedy: str) -> Line:
    """Return that the first round begins although something is missing."""
    text = f"Waited {duration(seconds)} for {what}, in vain. The first round begins now."
    return Line("warning", "warning", f"{text} {remedy}".strip())


def flapping(seconds: float) -> Line:
    """Return why a round that a changed address would start has to wait."""
    return Line("info", "waiting", f"The addresses keep changing: next round in about {duration(seconds)}")


def duration(seconds: float) -> str:
    """Return a duration for people: ``4m59s``, ``2h``, ``3d4h``. A negative one (a clock set back) is none."""
    left = max(0, round(seconds))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts[:2]) or "0s"


def moment(at: float) -> str:
    """Return a moment (UNIX seconds) for people: ``2026-11-26 03:05 UTC``."""
    return _time.strftime("%Y-%m-%d %H:%M UTC", _time.gmtime(at))


def failing(memory: Memory, now: float) -> Iterator[str]:
    """Yield a sentence, without its full stop, for each problem that lasts: since when, and in how many rounds."""
    times = {item.key: f", {item.times} times" for item in memory.log.lasting if item.times > 1}
    for key, since in memory.failing:
        begun = f"since {moment(since)}{times.get(key, '')}"
        yield f"{subject(key)} has been failing for {lasted(now - since)} ({begun})"


def signal_line(number: int) -> Line:
    """Return which signal ends the program."""
    name = SIGNALS.get(number, f"signal {number}" if number else "a stop signal")
    return Line("info", "signal", f"Caught {name}", {"signal": number})


def bye() -> Line:
    """Return the last line."""
    return Line("info", "bye", "Bye!")

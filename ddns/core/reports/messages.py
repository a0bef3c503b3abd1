"""What monitors and notification services are told: the facts of a round in few words.

A monitor hears of every round. A notification is sent for what changed, once for a problem that lasts, and once when
it is over.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from ddns.core.memory import Memory
from ddns.core.places import NOUNS
from ddns.core.reports.failing import Failing, follow, lasted, subject
from ddns.core.reports.roundreport import RoundReport
from ddns.errors import Problem

Kind = Literal["start", "ok", "fail", "log", "exit"]

NAME = "Dormouse"
TEST = (f"{NAME}: test", f"This message was sent by “ddns notify --test”. {NAME} can reach you.")
"""Title and text of what is sent to try a service."""
NAMES_SHOWN = 10


class Messages(NamedTuple):
    """What to send: pings in order, and at most one notification as title and text.

    ``failing`` is the new value of the memory's field of this name; None keeps the old one.
    """

    pings: tuple[tuple[Kind, str], ...] = ()
    note: tuple[str, str] | None = None
    failing: Failing | None = None


def started(version: str, *, once: bool = False, waiting: bool = False) -> Messages:
    """Return what is said at the start; ``waiting``: there is no round at once, so the monitor hears it is alive."""
    pings: tuple[tuple[Kind, str], ...] = (("start", f"{NAME} {version}"),)
    if waiting:
        pings += (("ok", "Started (no updates performed yet)"),)
    return Messages(pings, None if once else (f"{NAME} started", f"{NAME} {version} has started."))


def stopped(*, once: bool = False) -> Messages:
    """Return what is said when a stop ends the program, but not when its only round is done or no other is due.

    To Healthchecks the exit ping is a success (status 0), so after a failure it would take that back.
    """
    return Messages((("exit", "Stopped"),), None if once else (f"{NAME} stopped", f"{NAME} has stopped."))


def misconfigured() -> Messages:
    """Return what is said when the configuration is bad; the faults themselves are for the log, they may be private."""
    text = f"{NAME} was misconfigured and could not start. Please check the log for details."
    return Messages((("start", NAME), ("fail", "Configuration errors")), (f"{NAME}: misconfigured", text))


def unscheduled() -> Messages:
    """Return what is said when the schedule never comes again."""
    text = f"{NAME} ends, because UPDATE_CRON names no time to come. Please correct it and start again."
    return Messages((("fail", "No scheduled updates"),), (f"{NAME}: no scheduled updates", text))


def of_round(report: RoundReport, memory: Memory) -> Messages:
    """Return what is said of a round. ``memory`` is the one before it.

    An interrupted round is no failure: changes are told, nothing else, and what was failing stays so.
    """
    done = tuple(_changes(report))
    if report.interrupted:
        return Messages((), _note("addresses updated", done) if done else None)
    failing, ended = follow(report, memory.failing)
    before = dict(memory.failing)
    new = _unique(_sentence(problem) for problem in report.problems if problem.key not in before)
    back = tuple(f"{subject(key)} works again after {lasted(report.started - since)}." for key, since in ended)
    title = "problem" if new else "works again" if back else "addresses updated"
    parts = (*new, *back, *done)
    return Messages((_ping(report, done),), _note(title, parts) if parts else None, failing)


def of_cleanup(report: RoundReport) -> Messages:
    """Return what is said of the cleaning of DELETE_ON_STOP; it failed only if a problem says so."""
    done = tuple(_changes(report))
    problems = _unique(_sentence(problem) for problem in report.problems)
    title = "cleaning failed" if problems else "cleaned up"
    parts = (*problems, *done)
    kind: Kind = "fail" if problems else "log"
    text = "\n".join(problems or done)
    return Messages(((kind, text),) if text else (), _note(title, parts) if parts else None)


def _ping(report: RoundReport, done: Iterable[str]) -> tuple[Kind, str]:
    if report.problems:
        return "fail", "\n".join(_unique(problem.what for problem in report.problems))
    return "ok", "\n".join(done)


def _note(title: str, parts: Iterable[str]) -> tuple[str, str]:
    return f"{NAME}: {title}", "\n".join(parts)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _sentence(problem: Problem) -> str:
    parts = (problem.what, problem.kept, problem.remedy)
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _changes(report: RoundReport) -> Iterator[str]:
    """Return what was surely done, one sentence for all names that moved alike."""
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...], bool], list[str]] = {}
    for item in report.records:
        if item.status == "changed":
            groups.setdefault((item.type, item.old, item.new, item.cleanup), []).append(item.name)
    for (type_, old, new, cleanup), names in groups.items():
        yield _change(f"{type_} records for {_join(names)}", old, new, cleanup=cleanup)
    for text, clean in (("Updated", False), ("Cleaned", True)):
        for type_, noun in NOUNS.items():
            found = [item for item in report.places if item.status == "changed" and item.cleanup is clean]
            names = [item.name for item in found if item.type == type_]
            if names:
                yield f"{text} the {noun}{'s' * (len(names) > 1 and type_ != 'SPF')} {_join(names)}."


def _change(what: str, old: tuple[str, ...], new: tuple[str, ...], *, cleanup: bool) -> str:
    if not new:
        return f"{'Deleted' if cleanup else 'Cleared'} {what} (was {', '.join(old) or 'unknown'})."
    if old == new:
        return f"Updated the fields of {what} ({', '.join(new)})."
    if not old:
        return f"Set {what} to {', '.join(new)}."
    return f"Updated {what}: {', '.join(old)} → {', '.join(new)}."


def _join(names: list[str]) -> str:
    """Return at most ten names, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    if more > 0:
        return f"{', '.join(names[:NAMES_SHOWN])} and {more} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

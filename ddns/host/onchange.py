"""ON_CHANGE: a command of the user's, run after a change with the facts in its environment.

It is run once for all names that moved alike, so usually once for each address that changed:

``DDNS_NAME``  the names, separated by spaces (or ``account/list``)
``DDNS_TYPE``  ``A``, ``AAAA``, ``LIST``, ``SPF`` or another place
``DDNS_OLD``   what was there before, separated by spaces (empty: nothing)
``DDNS_NEW``   what is there now, separated by spaces (empty: nothing any more)
``DDNS_ZONE``  the zone of the names
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ddns.core.reports.roundreport import RoundReport
from ddns.errors import Problem
from ddns.ports import Clock
from ddns.shell import SHELL, ended, kill, spawn

SECONDS: Final = 30.0
"""How long all runs of one round may take together."""

_STDERR: Final = 2
_STEP: Final = 0.05
_LONGEST: Final = 100_000
"""Bytes of one variable: Linux takes 131,072 (MAX_ARG_STRLEN)."""


class Change(NamedTuple):
    """What moved alike."""

    names: tuple[str, ...]
    type: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    zone: str = ""


def changes(report: RoundReport) -> tuple[Change, ...]:
    """Return what surely changed its content in a round, in its order."""
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...], str], list[str]] = {}
    for item in report.records:
        if item.status == "changed" and item.old != item.new:
            zone = item.zone.name if item.zone else ""
            groups.setdefault((item.type, item.old, item.new, zone), []).append(item.name)
    found = [Change(tuple(names), *group) for group, names in groups.items()]
    found += [
        Change((item.name,), item.type, item.removed, item.added, item.zone.name if item.zone else "")
        for item in report.places
        if item.status == "changed" and item.old != item.new
    ]
    return tuple(found)


def run_on_change(command: str, report: RoundReport, environ: Mapping[str, str], clock: Clock) -> tuple[Problem, ...]:
    """Run the command for every change; return what went wrong. Takes at most half a minute.

    Interrupted (from the clock) ends the command and is passed on. Our own secrets are not shown to it. What
    the command writes goes to standard error.
    """
    end = clock.monotonic() + SECONDS
    problems = []
    for change in changes(report):
        fault = _run(command, {**environ, **_facts(change)}, clock, end)
        if fault:
            what = f"The ON_CHANGE command {fault} (for {_few(change.names)})"
            problems.append(
                Problem("on-change", what, "The records are changed", "Run it by hand and see what it says")
            )
    return tuple(problems)


def _facts(change: Change) -> dict[str, str]:
    facts = {"NAME": change.names, "TYPE": (change.type,), "OLD": change.old, "NEW": change.new, "ZONE": (change.zone,)}
    return {f"DDNS_{name}": " ".join(values)[:_LONGEST] for name, values in facts.items()}


def _few(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _run(command: str, environ: Mapping[str, str], clock: Clock, end: float) -> str:
    """Run it once; return what went wrong ("" when nothing did)."""
    if clock.monotonic() >= end:
        return "was not run, because its time was up"
    try:
        child = spawn(command, environ, _STDERR, _STDERR)
    except (OSError, ValueError):
        return f"cannot be started: there is no usable {SHELL}"
    try:
        while clock.monotonic() < end:
            status = ended(child)
            if status is not None:
                return _words(status)
            clock.sleep(_STEP)
    except BaseException:
        kill(child)
        raise
    kill(child)
    return f"took longer than {SECONDS:.0f} s and was ended"


def _words(status: int) -> str:
    if not status:
        return ""
    return f"ended with exit code {status}" if status > 0 else f"was ended by signal {-status}"

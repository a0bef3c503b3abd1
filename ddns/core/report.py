"""What happened in one round, as facts; the wording is the printer's."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from ddns.core.addresses import Detected, Family, RecordType
from ddns.core.entries import ListRef, Source
from ddns.core.plan import Plan, Step
from ddns.core.records import Zone
from ddns.errors import Problem

Status = Literal["done", "refused", "unconfirmed", "skipped"]


class Outcome(NamedTuple):
    """What became of one writing step. ``skipped``: something before it failed, or a stop came."""

    step: Step
    status: Status
    error: str = ""


class Detection(NamedTuple):
    """What one source answered for one family, after the filter."""

    family: Family
    source: Source
    detected: Detected


NameStatus = Literal["unchanged", "changed", "failed", "unconfirmed", "preserved"]


class NameResult(NamedTuple):
    """What one round did for one name and type. ``old`` and ``new`` are contents (addresses as text), sorted.

    ``preserved``: nothing was looked at because the address is unknown. ``reason`` says why it failed or was preserved.
    ``outcomes`` are the writing steps of this name, in order.
    """

    name: str
    type: RecordType
    status: NameStatus
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    reason: str = ""
    outcomes: tuple[Outcome, ...] = ()
    zone: Zone | None = None
    cleanup: bool = False
    """Part of the cleaning of DELETE_ON_STOP."""


class ListResult(NamedTuple):
    """What one round did for one WAF list. ``added`` and ``removed`` are ranges as text."""

    ref: ListRef
    status: NameStatus
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    reason: str = ""
    cleanup: bool = False


class RoundReport(NamedTuple):
    """The facts of one round (or of the final cleaning). Times are UNIX seconds, ``seconds`` a duration.

    ``problems`` fail the round; ``warnings`` do not. ``interrupted``: a stop came in the middle, so what is missing
    is no failure and must not be reported as one. ``requests`` counts what was sent to Cloudflare's API.
    """

    started: float
    seconds: float
    detections: tuple[Detection, ...] = ()
    names: tuple[NameResult, ...] = ()
    lists: tuple[ListResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    interrupted: bool = False
    requests: int = 0
    plan: Plan | None = None
    """What was intended, when only a plan was asked for."""

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.problems

    @property
    def changed(self) -> bool:
        """Whether anything was written, surely or perhaps."""
        statuses = {item.status for item in self.names} | {item.status for item in self.lists}
        return bool(statuses & {"changed", "unconfirmed"})


def few(names: Iterable[str], most: int = 5) -> str:
    """Return names for a sentence: all of them, or the first ``most`` and how many more there are."""
    listed = sorted(set(names))
    rest = len(listed) - most
    if rest > 0:
        return f"{', '.join(listed[:most])} and {rest} more"
    return " and ".join(part for part in (", ".join(listed[:-1]), listed[-1] if listed else "") if part)

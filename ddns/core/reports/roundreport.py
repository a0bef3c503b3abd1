"""What happened in one round, as facts; the wording is the printer's."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from ddns.core.addresses.families import Detected, Family
from ddns.core.entries import Source
from ddns.core.planning.plan import Key, Plan, Step
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


ResultStatus = Literal["unchanged", "changed", "failed", "unconfirmed", "preserved"]


class Result(NamedTuple):
    """What one round did for one thing the user named: the records of a name and type, or a list.

    ``old`` and ``new`` are contents as text (addresses, or the ranges of our items), sorted. ``preserved``: nothing
    was looked at because the address is unknown. ``reason`` says why it failed or was preserved. ``outcomes`` are those
    of the steps that changed more of a record than its content, in order.
    """

    name: str
    """The ASCII name, or ``account/list``."""
    type: str
    """``A`` or ``AAAA`` for records, ``LIST`` for a list."""
    status: ResultStatus
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    reason: str = ""
    outcomes: tuple[Outcome, ...] = ()
    zone: Zone | None = None
    cleanup: bool = False
    """Part of the cleaning of DELETE_ON_STOP."""

    @property
    def key(self) -> Key:
        """Return the name and the type."""
        return self.name, self.type

    @property
    def added(self) -> tuple[str, ...]:
        """Return the contents that were not there before."""
        return tuple(content for content in self.new if content not in self.old)

    @property
    def removed(self) -> tuple[str, ...]:
        """Return the contents that are not there any more."""
        return tuple(content for content in self.old if content not in self.new)


class RoundReport(NamedTuple):
    """The facts of one round (or of the final cleaning). Times are UNIX seconds, ``seconds`` a duration.

    ``problems`` fail the round; ``warnings`` do not. ``interrupted``: a stop came in the middle, so what is missing
    is no failure and must not be reported as one. ``requests`` counts what was sent to Cloudflare's API.
    """

    started: float
    seconds: float
    detections: tuple[Detection, ...] = ()
    results: tuple[Result, ...] = ()
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
        return any(item.status in {"changed", "unconfirmed"} for item in self.results)

    @property
    def records(self) -> tuple[Result, ...]:
        """Return the results of names."""
        return tuple(filter(is_record, self.results))

    @property
    def places(self) -> tuple[Result, ...]:
        """Return the results of everything that is not a record."""
        return tuple(item for item in self.results if not is_record(item))


def is_record(result: Result) -> bool:
    """Whether a result is that of the records of a name."""
    return result.type in {"A", "AAAA"}


def few(names: Iterable[str], most: int = 5) -> str:
    """Return names for a sentence: all of them, or the first ``most`` and how many more there are."""
    listed = sorted(set(names))
    rest = len(listed) - most
    if rest > 0:
        return f"{', '.join(listed[:most])} and {rest} more"
    return " and ".join(part for part in (", ".join(listed[:-1]), listed[-1] if listed else "") if part)

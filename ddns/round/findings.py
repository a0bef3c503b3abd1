"""What a round has found out so far: a value that grows stage by stage, and that the report is made from."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ddns.core.memory import SeenRecords
from ddns.core.planning.intents import Decided
from ddns.core.planning.plan import CarrierPlan
from ddns.core.reports.roundreport import Detection, Result
from ddns.errors import ApiError, Problem, RateLimited
from ddns.round.carrier import Applied, Carrier, Contents
from ddns.round.locate import Located, ZoneEntries

AnyCarrier = Carrier[Any]
"""A carrier whose readings are its own business."""


class Done(NamedTuple):
    """What became of one carrier.

    ``observed`` is the reading the plan was made from, ``seen`` when it was made (UNIX seconds); ``error``: it could
    not be read.
    """

    carrier: AnyCarrier
    plan: CarrierPlan | None = None
    before: Contents = {}  # noqa: RUF012 -- a NamedTuple's default, never changed
    observed: Any = None
    applied: Applied[Any] | None = None
    error: ApiError | None = None
    seen: float = 0.0

    @property
    def calm(self) -> bool:
        """Whether it was read and is as it should be, so that there is nothing to say."""
        return self.plan is not None and not (self.plan.changes or self.plan.warnings or self.plan.failed)

    @property
    def ended(self) -> ApiError | None:
        """Return the error that ended the work on it before it was finished."""
        return self.error if self.applied is None else self.applied.ended

    @property
    def limited(self) -> bool:
        """Whether a rate limit ended it."""
        return isinstance(self.ended, RateLimited)

    @property
    def interrupted(self) -> bool:
        """Whether a stop ended the work on it."""
        return self.applied is not None and self.applied.interrupted


class CarrierReport(NamedTuple):
    """What is kept of a carrier that was looked after; its records, steps and outcomes are let go with it.

    ``held``: what a rate limit kept from being written. ``ended`` and ``interrupted`` as in ``Done``. ``plan`` is kept
    in a dry run only. ``zone_id`` is that of a zone in which something was to be done; ``seen`` its records, where they
    are to be remembered.
    """

    results: tuple[Result, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    held: tuple[str, ...] = ()
    ended: ApiError | None = None
    interrupted: bool = False
    plan: CarrierPlan | None = None
    zone_id: str = ""
    seen: SeenRecords | None = None

    @property
    def unfinished(self) -> bool:
        """Whether a rate limit or a stop ended the work on it."""
        return isinstance(self.ended, RateLimited) or self.interrupted


class Findings(NamedTuple):
    """What every stage has brought. Times are UNIX seconds, ``began`` is monotonic.

    ``carriers`` are all there are to look after, zones as the entries in them; ``done`` the reports of those that were
    looked after, in the same order.
    """

    started: float
    began: float
    blocked_until: float = 0.0
    detections: tuple[Detection, ...] = ()
    decided: Decided = Decided()
    located: Located = Located()
    carriers: tuple[AnyCarrier | ZoneEntries, ...] = ()
    done: tuple[CarrierReport, ...] = ()
    interrupted: bool = False

    def limits(self) -> Iterator[RateLimited]:
        """Return the rate limits that were met."""
        for error in (self.located.limited, *(done.ended for done in self.done)):
            if isinstance(error, RateLimited):
                yield error

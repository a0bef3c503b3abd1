"""Writing a plan, the same for every kind of place, and never claiming what is not known.

=============================  ==========================================================================
Cloudflare's answer            what is done
=============================  ==========================================================================
success                        the steps are done
lost (Unconfirmed)             read again and plan again: nothing left is done; else one more try, and a third one
                               inside UPDATE_TIMEOUT
busy (our own is pending)      after a lost answer that may go on in the background: still not confirmed
gone, or there already         read again and plan again, once; after that it counts as a refusal
refused                        nothing was changed: halve the batch until the culprit is alone, leave it out
no token, rate limit, no way   nothing was changed: the rest of the carrier is left for the next round
=============================  ==========================================================================
"""

from collections import deque
from collections.abc import Iterable
from typing import Generic

from ddns.core.planning.plan import CarrierPlan, Key, key_of
from ddns.core.reports.roundreport import Outcome, Status
from ddns.errors import ApiError, Busy, Exists, Gone, Interrupted, Refused, Unconfirmed
from ddns.round.carrier import Applied, Batch, Carrier, Observed, Tools, Unit

LEAST_TRIES, MOST_TRIES = 2, 3
"""How often a write whose answer was lost is sent in all: the third time only where there is time."""
PAUSE = 0.5
"""Seconds before what became of a lost write is read; twice and three times that after the second and third one."""
MOST_REFUSALS = 100
"""How many refused batches are halved in one carrier and round, so that many faults do not use up the rate limit."""


def apply(
    carrier: Carrier[Observed], plan: CarrierPlan, observed: Observed, tools: Tools, seconds: float
) -> Applied[Observed]:
    """Write a plan made from ``observed``. ``seconds``: how long a lost write is worth a third try."""
    return _Writing(carrier, observed, tools, seconds).apply(plan)


class _Writing(Generic[Observed]):
    """The writing of one carrier under way."""

    __slots__ = (
        *("_carrier", "_certain", "_clock", "_doubts", "_ended", "_errors", "_interrupted", "_observed", "_open"),
        *("_outcomes", "_queue", "_refusals", "_stopping", "_surprised", "_until"),
    )

    def __init__(self, carrier: Carrier[Observed], observed: Observed, tools: Tools, seconds: float) -> None:
        """Nothing is written yet."""
        self._carrier = carrier
        self._observed = observed
        self._stopping = tools.stopping
        self._clock = tools.clock
        self._until = tools.clock.monotonic() + seconds
        self._open: set[Key] = set()
        """What an earlier write may still change in the background."""
        self._queue: deque[Batch] = deque()
        self._outcomes: dict[Key, list[Outcome]] = {}
        self._errors: dict[Key, ApiError] = {}
        self._certain = True
        self._ended: ApiError | None = None
        self._interrupted = False
        self._surprised = False
        self._doubts = 0
        self._refusals = 0

    def apply(self, plan: CarrierPlan) -> Applied[Observed]:
        """Write batch by batch; what a stop or an error leaves over is skipped."""
        self._queue = deque(self._carrier.batches(plan.changes, self._observed))
        while self._queue and self._ended is None and not self._interrupted:
            if self._stopping():
                self._interrupted = True
                break
            self._send(self._queue.popleft())
        self._skip_rest()
        outcomes = {key: tuple(found) for key, found in self._outcomes.items()}
        return Applied(outcomes, self._observed, self._errors, self._certain, self._ended, self._interrupted)

    def _send(self, batch: Batch) -> None:
        """Send one batch, without names that have failed meanwhile."""
        self._mark([unit for unit in batch if unit.key in self._errors], "skipped", "an earlier step was refused")
        batch = [unit for unit in batch if unit.key not in self._errors]
        try:
            if batch:
                steps = [step for unit in batch for step in unit.steps]
                self._observed = self._carrier.write(self._observed, steps)
        except Interrupted:
            self._interrupted = True
            self._certain = False
            self._mark(batch, "unconfirmed", "the program was asked to stop")
        except ApiError as error:
            self._failed(batch, error)
        else:
            self._open -= {unit.key for unit in batch}
            self._mark(batch, "done")

    def _failed(self, batch: Batch, error: ApiError) -> None:
        match error:
            case Unconfirmed():
                self._doubts += 1
                self._look_again(batch, error)
            case Exists() | Gone() if not self._surprised:
                self._surprised = True
                self._look_again(batch, error)
            case Refused():
                self._refuse(batch, error)
            case _:
                self._end(batch, error)

    def _refuse(self, batch: Batch, error: ApiError) -> None:
        """Leave a lone culprit out; halve the company of one."""
        self._refusals += 1
        if not isinstance(error, Busy):  # so nothing of ours is pending
            self._open -= {unit.key for unit in batch}
        if len(batch) == 1:
            self._errors[batch[0].key] = error
            self._mark(batch, "refused", error.message)
        elif self._refusals > MOST_REFUSALS:
            self._end(batch, error)
        else:
            middle = len(batch) // 2
            self._queue.extendleft((batch[middle:], batch[:middle]))

    def _end(self, batch: Batch, error: ApiError) -> None:
        """Nothing of this batch happened, and nothing more is sent to this carrier."""
        if self._stopping():
            self._interrupted = True
        self._ended = error
        self._mark(batch, "skipped", error.message)

    def _look_again(self, batch: Batch, error: ApiError) -> None:
        """Find out by reading what became of a batch, and plan what is still to do."""
        self._certain = self._certain and not isinstance(error, Unconfirmed)
        if self._stopping():
            self._interrupted = True
        if self._interrupted:
            self._mark(batch, *_unknown(error))
            return
        try:
            if isinstance(error, Unconfirmed):
                self._clock.sleep(PAUSE * self._doubts)
            observed = self._carrier.read()
        except (ApiError, Interrupted) as problem:
            self._blind(batch, error, problem)
            return
        self._observed, self._certain = observed, True
        self._settle(batch, error, self._carrier.plan(observed))

    def _blind(self, batch: Batch, error: ApiError, problem: ApiError | Interrupted) -> None:
        """Even the reading failed: what is in doubt stays in doubt."""
        self._interrupted = isinstance(problem, Interrupted) or self._stopping()
        self._mark(batch, *_unknown(error))
        self._ended = error if isinstance(problem, Interrupted) else problem

    def _settle(self, batch: Batch, error: ApiError, plan: CarrierPlan) -> None:
        """Compare a fresh plan with what was sent."""
        broken = {item.key for item in plan.failed}
        left = {key_of(step) for step in plan.changes} | broken
        tries = MOST_TRIES if self._clock.monotonic() < self._until else LEAST_TRIES
        tired = isinstance(error, Unconfirmed) and self._doubts >= tries
        if isinstance(error, Unconfirmed) and not self._carrier.settles:
            self._open |= {unit.key for unit in batch if unit.key in left}
        self._mark([unit for unit in batch if unit.key not in left], "done")
        given_up = [unit for unit in batch if unit.key in (left if tired else broken)]
        self._mark(given_up, *_unknown(error))
        self._errors.update((unit.key, error) for unit in given_up)
        if given_up and tired:
            self._certain = False
            self._ended = error
        waiting = {unit.key for other in (batch, *self._queue) for unit in other}
        pending = waiting - self._errors.keys()
        again = [step for step in plan.changes if key_of(step) in pending]
        self._queue = deque(self._carrier.batches(again, self._observed))

    def _skip_rest(self) -> None:
        reason = self._ended.message if self._ended else "the program was asked to stop"
        for unit in (unit for batch in self._queue for unit in batch):
            error = self._errors.get(unit.key)
            self._mark([unit], "skipped", error.message if error else reason)

    def _mark(self, batch: Iterable[Unit], status: Status, error: str = "") -> None:
        for unit in batch:
            if unit.key in self._open and status in {"refused", "skipped"}:
                status = "unconfirmed"
            self._outcomes.setdefault(unit.key, []).extend(Outcome(step, status, error) for step in unit.steps)


def _unknown(error: ApiError) -> tuple[Status, str]:
    """Return what can be said of a batch that could not be looked at again: only a lost answer leaves a doubt."""
    return ("unconfirmed" if isinstance(error, Unconfirmed) else "skipped", error.message)

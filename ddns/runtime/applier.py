"""Writing the plan of one zone: as one transaction where it fits, and never claiming what is not known.

=============================  ==========================================================================
Cloudflare's answer            what is done
=============================  ==========================================================================
success                        the steps are done
lost (Unconfirmed)             read again and plan again: nothing left is done; else one more try
record gone, or there already  read again and plan again, once; after that it counts as a refusal
refused                        nothing was changed: halve the batch until the culprit is alone, leave it out
no token, rate limit, no way   nothing was changed: the rest of the zone is left for the next round
=============================  ==========================================================================
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ddns.core.plan import Create, Delete, Patch, ZonePlan
from ddns.core.records import Record, Zone
from ddns.core.report import Outcome, Status
from ddns.errors import ApiError, Exists, Gone, Interrupted, Refused, Unconfirmed
from ddns.ports import DnsApi

Change = Create | Patch | Delete
Key = tuple[str, str]
Reread = Callable[[], tuple[tuple[Record, ...], ZonePlan]]

MOST_TRIES = 2
"""How often a write whose answer was lost is sent in all."""
MOST_REFUSALS = 100
"""How many refused batches are halved in one zone and round, so that a zone full of faults costs no rate limit."""


class Unit(NamedTuple):
    """Steps of one name and type that go into one batch together."""

    key: Key
    steps: tuple[Change, ...]


class Applied(NamedTuple):
    """What became of a plan. ``records`` is the zone as far as it is known; ``certain``: all of it is.

    ``errors`` says why a name failed; ``ended`` is the error that ended the work on the whole zone.
    """

    outcomes: dict[Key, tuple[Outcome, ...]]
    records: tuple[Record, ...]
    errors: dict[Key, ApiError]
    certain: bool
    ended: ApiError | None
    interrupted: bool


def key_of(step: Change) -> Key:
    """Return the name and type a step is about."""
    return (step.name, step.type) if isinstance(step, Create) else (step.record.name.lower(), step.record.type)


def units(changes: Iterable[Change], limit: int) -> list[Unit]:
    """Group steps by name and type. A group too large for one batch is cut, additions and changes before deletions."""
    groups: dict[Key, list[Change]] = {}
    for step in changes:
        groups.setdefault(key_of(step), []).append(step)
    found: list[Unit] = []
    for key, steps in groups.items():
        grow = [step for step in steps if not isinstance(step, Delete)]
        shrink = [step for step in steps if isinstance(step, Delete)]
        cuts: list[Sequence[Change]] = (
            [[*grow, *shrink]] if len(steps) <= limit else [*_cut(grow, limit), *_cut(shrink, limit)]
        )
        found += [Unit(key, tuple(cut)) for cut in cuts]
    return found


def _cut(steps: Sequence[Change], limit: int) -> list[Sequence[Change]]:
    return [steps[start : start + limit] for start in range(0, len(steps), limit)]


def packed(items: Iterable[Unit], limit: int) -> deque[list[Unit]]:
    """Fill batches of at most ``limit`` steps with whole units, in order; a name is never in one batch twice."""
    batches: deque[list[Unit]] = deque()
    room = 0
    for unit in items:
        if not batches or len(unit.steps) > room or batches[-1][-1].key == unit.key:
            batches.append([])
            room = limit
        batches[-1].append(unit)
        room -= len(unit.steps)
    return batches


def apply_zone(
    dns: DnsApi, plan: ZonePlan, records: Sequence[Record], reread: Reread, stopping: Callable[[], bool]
) -> Applied:
    """Write a plan made from ``records``; ``reread`` lists and plans again (raising ApiError)."""
    run = _Run(dns, plan.zone, records, reread, stopping)
    return run.apply(plan)


class _Run:
    """The writing of one zone under way."""

    __slots__ = (
        *("_certain", "_dns", "_doubts", "_ended", "_errors", "_interrupted", "_outcomes", "_queue", "_records"),
        *("_refusals", "_reread", "_stopping", "_surprised", "_zone"),
    )

    def __init__(
        self, dns: DnsApi, zone: Zone, records: Sequence[Record], reread: Reread, stopping: Callable[[], bool]
    ) -> None:
        """Nothing is written yet."""
        self._dns = dns
        self._zone = zone
        self._reread = reread
        self._stopping = stopping
        self._records = {record.id: record for record in records}
        self._queue: deque[list[Unit]] = deque()
        self._outcomes: dict[Key, list[Outcome]] = {}
        self._errors: dict[Key, ApiError] = {}
        self._certain = True
        self._ended: ApiError | None = None
        self._interrupted = False
        self._surprised = False
        self._doubts = 0
        self._refusals = 0

    def apply(self, plan: ZonePlan) -> Applied:
        """Send batch after batch until done, ended or stopped."""
        self._queue = packed(units(plan.changes, self._dns.batch_limit), self._dns.batch_limit)
        while self._queue and self._ended is None:
            if self._interrupted or self._stopping():
                self._interrupted = True
                break
            self._send(self._queue.popleft())
        self._skip_rest()
        outcomes = {key: tuple(items) for key, items in self._outcomes.items()}
        records = tuple(self._records.values())
        return Applied(outcomes, records, self._errors, self._certain, self._ended, self._interrupted)

    def _send(self, batch: list[Unit]) -> None:
        self._mark([unit for unit in batch if unit.key in self._errors], "skipped", "an earlier step was refused")
        batch = [unit for unit in batch if unit.key not in self._errors]
        made: tuple[Record, ...] = ()
        try:
            if batch:
                made = self._dns.batch(self._zone, [step for unit in batch for step in unit.steps])
        except Interrupted:
            self._interrupted = True
            self._certain = False
            self._mark(batch, "unconfirmed", "the program was asked to stop")
        except ApiError as error:
            self._failed(batch, error)
        else:
            self._done(batch, made)

    def _failed(self, batch: list[Unit], error: ApiError) -> None:
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

    def _done(self, batch: list[Unit], made: Iterable[Record]) -> None:
        """Keep our picture of the zone like the zone itself."""
        self._mark(batch, "done")
        for step in (step for unit in batch for step in unit.steps):
            if isinstance(step, Delete):
                self._records.pop(step.record.id, None)
            elif isinstance(step, Patch):
                self._records[step.record.id] = step.record._replace(content=step.content, meta=step.meta)
        self._records.update((record.id, record) for record in made)

    def _refuse(self, batch: list[Unit], error: ApiError) -> None:
        """Leave a lone culprit out; halve the company of one."""
        self._refusals += 1
        if len(batch) == 1:
            self._errors[batch[0].key] = error
            self._mark(batch, "refused", error.message)
        elif self._refusals > MOST_REFUSALS:
            self._end(batch, error)
        else:
            middle = len(batch) // 2
            self._queue.extendleft((batch[middle:], batch[:middle]))

    def _end(self, batch: list[Unit], error: ApiError) -> None:
        """Nothing of this batch happened, and nothing more is sent to this zone."""
        if self._stopping():
            self._interrupted = True
        self._ended = error
        self._mark(batch, "skipped", error.message)

    def _look_again(self, batch: list[Unit], error: ApiError) -> None:
        """Find out by reading what became of a batch, and plan what is still to do."""
        self._certain = self._certain and not isinstance(error, Unconfirmed)
        if self._stopping():
            self._interrupted = True
        if self._interrupted:
            self._mark(batch, *_unknown(error))
            return
        try:
            records, plan = self._reread()
        except (ApiError, Interrupted) as problem:
            self._blind(batch, error, problem)
            return
        self._settle(batch, error, records, plan)

    def _blind(self, batch: list[Unit], error: ApiError, problem: ApiError | Interrupted) -> None:
        """Even the reading failed: what is in doubt stays in doubt."""
        self._interrupted = isinstance(problem, Interrupted) or self._stopping()
        self._mark(batch, *_unknown(error))
        self._ended = error if isinstance(problem, Interrupted) else problem

    def _settle(self, batch: list[Unit], error: ApiError, records: Iterable[Record], plan: ZonePlan) -> None:
        """Compare a fresh plan with what was sent."""
        self._records = {record.id: record for record in records}
        self._certain = True
        broken = {(item.name, item.type) for item in plan.failed}
        left = {key_of(step) for step in plan.changes} | broken
        tired = isinstance(error, Unconfirmed) and self._doubts >= MOST_TRIES
        self._mark([unit for unit in batch if unit.key not in left], "done")
        given_up = [unit for unit in batch if unit.key in (left if tired else broken)]
        self._mark(given_up, *_unknown(error))
        self._errors.update((unit.key, error) for unit in given_up)
        if given_up and tired:
            self._certain = False
            self._ended = error
        waiting = {unit.key for other in (batch, *self._queue) for unit in other}
        pending = waiting - self._errors.keys()
        limit = self._dns.batch_limit
        self._queue = packed(units([step for step in plan.changes if key_of(step) in pending], limit), limit)

    def _skip_rest(self) -> None:
        reason = self._ended.message if self._ended else "the program was asked to stop"
        for batch in self._queue:
            for unit in batch:
                error = self._errors.get(unit.key)
                self._mark([unit], "skipped", error.message if error else reason)

    def _mark(self, batch: Iterable[Unit], status: Status, error: str = "") -> None:
        for unit in batch:
            self._outcomes.setdefault(unit.key, []).extend(Outcome(step, status, error) for step in unit.steps)


def _unknown(error: ApiError) -> tuple[Status, str]:
    """Return what can be said of a batch that could not be looked at again: only a lost answer leaves a doubt."""
    return ("unconfirmed" if isinstance(error, Unconfirmed) else "skipped", error.message)

"""From what every stage has brought to the report of the round and the memory after it. Pure, but for the time."""

from collections.abc import Iterable, Iterator

from ddns.core.addresses.families import Known
from ddns.core.memory import Memory, SeenRecords
from ddns.core.planning.plan import Abort, Plan
from ddns.core.planning.resolve import status_warning
from ddns.core.reports.roundreport import Result, RoundReport, is_record
from ddns.errors import AuthError, Gone, Problem
from ddns.ports import Clock
from ddns.round.carrier import Job
from ddns.round.findings import CarrierReport, Done, Findings
from ddns.round.locate import remember
from ddns.round.results import Published, of_carrier, outside, waiting
from ddns.round.zone import ZoneCarrier


def carrier_report(job: Job, done: Done, published: Published) -> CarrierReport:
    """Return what is to be told and remembered of a carrier, so that nothing else of it need be kept."""
    told = _marked(job, of_carrier(done, published))
    zone = done.carrier if isinstance(done.carrier, ZoneCarrier) and done.carrier.active else None
    made = CarrierReport(
        told,
        ended=done.ended,
        interrupted=done.interrupted,
        plan=done.plan if job.dry_run else None,
        zone_id=zone.zone.id if zone is not None else "",
        seen=_seen(job, done, zone) if zone is not None else None,
    )
    if done.calm and not (zone is not None and zone.disputed):
        return made
    from ddns.round.problems import held_of, problems_of, warnings_of  # noqa: PLC0415 -- a steady round has none

    return made._replace(
        problems=tuple(problems_of(job, done, told)),
        warnings=tuple(warnings_of(job, done, told)),
        held=tuple(held_of(job, done, told)),
    )


def _marked(job: Job, told: Iterable[Result]) -> tuple[Result, ...]:
    """Mark the results of a cleaning as such."""
    return tuple(item._replace(cleanup=True) for item in told) if job.cleanup else tuple(told)


def report(job: Job, memory: Memory, found: Findings, clock: Clock) -> tuple[RoundReport, Memory]:
    """Return the facts of the round and what to remember; a dry run changes nothing of that but the zones."""
    now = clock.time()
    blocked = max([found.blocked_until, *(now + error.retry_after for error in found.limits())])
    left = _marked(job, _left(job, memory, found, waits=bool(blocked) and not found.interrupted))
    told = [*left, *(item for done in found.done for item in done.results)]
    told.sort(key=lambda item: (not is_record(item), item.name, item.type))
    plans = tuple(done.plan for done in found.done if done.plan is not None)
    made = RoundReport(
        found.started,
        max(0.0, clock.monotonic() - found.began),
        found.detections,
        tuple(told),
        _problems(job, found, left, blocked - now if blocked else 0.0),
        tuple(warnings(found)),
        found.interrupted,
        plan=Plan(plans) if job.dry_run and not found.interrupted else None,
    )
    memory = _looked(remember(memory, found.decided.zoned, found.located, found.started), found)
    if job.dry_run:
        return made, memory
    resume = memory.resume if job.cleanup else _resume(memory, found)
    return made, memory._replace(published=_published(memory, found, told), blocked_until=blocked, resume=resume)


def warnings(found: Findings) -> Iterator[Problem]:
    """Return remarks that fail nothing. What a stop left in doubt is one."""
    zones = {entry.zone.id: entry.zone for entry in found.located.entries}
    yield from filter(None, map(status_warning, zones.values()))
    for done in found.done:
        yield from done.warnings


def _problems(job: Job, found: Findings, left: Iterable[Result], wait: float) -> tuple[Problem, ...]:
    """Return what fails the round. ``wait``: for so many seconds nothing may be sent (0: no limit)."""
    detected = all(isinstance(item.detected, Known) for item in found.detections)
    derived = not any(isinstance(goals.intents[1], Abort) for goals in found.decided.entries)
    fit = not any(isinstance(goal, Abort) for goals in found.decided.places for goal in goals.goals)
    other = wait or found.located.missing or any(done.problems for done in found.done)
    if detected and derived and fit and not other:
        return ()
    from ddns.round.problems import problems  # noqa: PLC0415 -- a steady round has none

    return tuple(problems(job, found, left, wait))


def _left(job: Job, memory: Memory, found: Findings, *, waits: bool) -> Iterable[Result]:
    """Return the results of what was not looked after. ``waits``: a rate limit kept us from the rest."""
    published = dict(memory.published)
    yield from outside(found, published)
    if waits:
        yield from waiting(job, found, published)


def _resume(memory: Memory, found: Findings) -> str:
    """Return what the next round begins with: what a rate limit or a stop did not let this one finish.

    What a round began with and could not finish comes after all others, so that no zone keeps them waiting. Where not
    even the zones could be searched for, it is the first one, whichever that will be.
    """
    if not found.done:
        return memory.resume or ("first" if found.located.limited else "")
    unfinished = found.done[-1].unfinished
    left = found.carriers[max(1, len(found.done) - unfinished) :] or found.carriers[: int(unfinished)]
    return left[0].key if left else ""


def _seen(job: Job, done: Done, carrier: ZoneCarrier) -> SeenRecords | None:
    """Return the reading of a zone, where it is certain and wanted."""
    applied = done.applied
    if applied is None or applied.ended is not None or not applied.certain or not job.settings.cache_expiration:
        return None
    return SeenRecords(applied.observed, done.seen, str(carrier.question))


def _looked(memory: Memory, found: Findings) -> Memory:
    """Keep the readings that are certain and wanted; drop what was believed of a zone that is not as it was."""
    records = dict(memory.records)
    for done in filter(lambda item: item.zone_id, found.done):
        records.pop(done.zone_id, None)
        if isinstance(done.ended, AuthError | Gone):  # perhaps it is another zone by now
            memory = memory._replace(zones=(), zones_for="")
        if done.seen is not None:
            records[done.zone_id] = done.seen
    return memory._replace(records=tuple(sorted(records.items(), key=lambda pair: pair[0])))


def _published(memory: Memory, found: Findings, told: Iterable[Result]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the contents seen or written; what is in doubt or no longer wanted is forgotten.

    What stays as it was is the same object: there may be thousands of names.
    """
    before = {pair[0]: pair for pair in memory.published}
    known = before.copy() if found.interrupted else {}
    for result in told:
        key = f"{result.type} {result.name}"
        if result.status == "unconfirmed":
            known.pop(key, None)
        elif result.new or result.status in {"changed", "unchanged"}:
            pair = before.get(key, (key, result.new))
            known[pair[0]] = pair if pair[1] == result.new else (pair[0], result.new)
    return tuple(known[key] for key in sorted(known))

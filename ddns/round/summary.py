"""From what every stage has brought to the report of the round and the memory after it. Pure, but for the time."""

from collections.abc import Iterable

from ddns.core.memory import Memory, SeenRecords
from ddns.core.planning.plan import Plan
from ddns.core.reports.roundreport import Result, RoundReport, is_record
from ddns.errors import AuthError, Gone
from ddns.ports import Clock
from ddns.round.carrier import Job
from ddns.round.findings import Findings
from ddns.round.locate import remember
from ddns.round.problems import problems, warnings
from ddns.round.results import results
from ddns.round.zone import ZoneCarrier


def report(job: Job, memory: Memory, found: Findings, clock: Clock) -> tuple[RoundReport, Memory]:
    """Return the facts of the round and what to remember; a dry run changes nothing of that but the zones."""
    now = clock.time()
    blocked = max([found.blocked_until, *(now + error.retry_after for error in found.limits())])
    told = [
        item._replace(cleanup=job.cleanup)
        for item in results(found, dict(memory.published), waits=bool(blocked) and not found.interrupted)
    ]
    told.sort(key=lambda item: (not is_record(item), item.name, item.type))
    plans = tuple(done.plan for done in found.done if done.plan is not None)
    made = RoundReport(
        found.started,
        max(0.0, clock.monotonic() - found.began),
        found.detections,
        tuple(told),
        tuple(problems(job, found, told, blocked - now if blocked else 0.0)),
        tuple(warnings(job, found, told)),
        found.interrupted,
        plan=Plan(plans) if job.dry_run and not found.interrupted else None,
    )
    memory = _looked(job, remember(memory, found.decided.zoned, found.located, found.started), found)
    if job.dry_run:
        return made, memory
    resume = memory.resume if job.cleanup else _resume(memory, found)
    return made, memory._replace(published=_published(memory, found, told), blocked_until=blocked, resume=resume)


def _resume(memory: Memory, found: Findings) -> str:
    """Return what the next round begins with: what a rate limit or a stop did not let this one finish.

    What a round began with and could not finish comes after all others, so that no zone keeps them waiting.
    """
    if not found.done:
        return memory.resume
    unfinished = found.done[-1].limited or found.done[-1].interrupted
    left = found.carriers[max(1, len(found.done) - unfinished) :]
    return left[0].key if left else ""


def _looked(job: Job, memory: Memory, found: Findings) -> Memory:
    """Keep the readings that are certain and wanted; drop what was believed of a zone that is not as it was."""
    records = dict(memory.records)
    for done in found.done:
        if not isinstance(done.carrier, ZoneCarrier) or not done.carrier.active:
            continue
        zone = done.carrier.zone
        records.pop(zone.id, None)
        if isinstance(done.ended, AuthError | Gone):  # perhaps it is another zone by now
            memory = memory._replace(zones=(), zones_for="")
        applied = done.applied
        if applied is not None and applied.ended is None and applied.certain and job.settings.cache_expiration:
            records[zone.id] = SeenRecords(applied.observed, done.seen, str(done.carrier.question))
    return memory._replace(records=tuple(sorted(records.items(), key=lambda pair: pair[0])))


def _published(memory: Memory, found: Findings, told: Iterable[Result]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the contents seen or written; what is in doubt or no longer wanted is forgotten."""
    known = dict(memory.published) if found.interrupted else {}
    for result in told:
        key = f"{result.type} {result.name}"
        if result.status == "unconfirmed":
            known.pop(key, None)
        elif result.new or result.status in {"changed", "unchanged"}:
            known[key] = result.new
    return tuple(sorted(known.items()))

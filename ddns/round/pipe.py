"""A round: detect, decide, locate, observe, plan, apply, report. It knows nothing of schedules, signals or wording.

The final cleaning of DELETE_ON_STOP is the same pipe, with every source in scope answering "known to be empty".
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ddns.core.addresses.families import Detected, Family, Known
from ddns.core.entries import Source
from ddns.core.memory import LONGEST_BLOCK, Memory, ahead
from ddns.core.places import LIST_TYPES
from ddns.core.planning.intents import Decided, PlaceGoals, decide, filtered, questions
from ddns.core.planning.plan import Rewrite
from ddns.core.reports.roundreport import Detection, RoundReport
from ddns.core.settings import UpdateSettings
from ddns.errors import ApiError, Interrupted, Problem
from ddns.round.carrier import Applied, Job, Tools
from ddns.round.findings import AnyCarrier, CarrierReport, Done, Findings
from ddns.round.locate import Located, LocatedEntry, ZoneEntries, locate
from ddns.round.summary import carrier_report, report
from ddns.round.zone import ZoneCarrier, ready, trusted

__all__ = ["Tools", "run_cleanup", "run_round"]


def run_round(
    settings: UpdateSettings, memory: Memory, tools: Tools, *, dry_run: bool = False
) -> tuple[RoundReport, Memory]:
    """Do one round and return its facts and what to remember. Nothing but a programming fault makes it raise.

    ``dry_run`` only reads; ``report.plan`` then holds what would be done.
    """
    return _run(Job(settings, tools, dry_run=dry_run), memory)


def run_cleanup(
    settings: UpdateSettings, memory: Memory, tools: Tools, *, dry_run: bool = False
) -> tuple[RoundReport, Memory]:
    """Delete everything of ours that is in scope (DELETE_ON_STOP, ``ddns cleanup``); POLICY=upsert-only forbids it.

    ``dry_run`` only reads, as in ``run_round``.
    """
    if settings.policy == "upsert-only":
        what, remedy = "Nothing was deleted", "Set POLICY=sync to let DELETE_ON_STOP and ddns cleanup delete"
        warning = Problem("cleanup.policy", what, "POLICY=upsert-only never deletes", remedy)
        return RoundReport(tools.clock.time(), 0.0, warnings=(warning,)), memory
    return _run(Job(settings, tools, dry_run=dry_run, cleanup=True), memory)


def _run(job: Job, memory: Memory) -> tuple[RoundReport, Memory]:
    """Go through the stages as far as a stop lets us, and report what was found."""
    clock = job.tools.clock
    started = clock.time()
    blocked = started + wait if (wait := ahead(memory.blocked_until, started, LONGEST_BLOCK)) else 0.0
    found = Findings(started, clock.monotonic(), blocked)
    try:
        for further in () if found.blocked_until else _stages(job, memory, found):
            found = further
    except Interrupted:
        found = found._replace(interrupted=True)
    return report(job, memory, found, clock)


def _stages(job: Job, memory: Memory, found: Findings) -> Iterator[Findings]:
    """Yield what is known after each step, so that a stop loses nothing of it."""
    answers: dict[tuple[Source, Family], Detected] = {}
    for source, family in questions(job.settings):
        answers[source, family] = _answer(job, source, family)
        if not job.cleanup:
            found = found._replace(detections=(*found.detections, Detection(family, source, answers[source, family])))
            yield found
    decided = decide(job.settings, answers)
    found = found._replace(decided=decided)
    yield found
    job.tools.share(2)  # a search that takes all the time must leave some for the zones it does find
    located = locate(job, decided.zoned, memory)
    found = found._replace(located=located, carriers=_in_turn(job, _carriers(job, located, decided), memory.resume))
    yield found
    published = dict(memory.published)
    for number, carrier in enumerate(found.carriers):
        if any(found.limits()):
            return
        _check_stop(job)
        job.tools.share(len(found.carriers) - number)
        done = _told(job, memory, carrier, published)
        found = found._replace(done=(*found.done, done))
        yield found
        if done.interrupted:
            raise Interrupted


def _check_stop(job: Job) -> None:
    if job.tools.stopping():
        raise Interrupted


def _answer(job: Job, source: Source, family: Family) -> Detected:
    """Ask a source and pass its answer through the filter of its family; a cleaning asks nobody."""
    if job.cleanup:
        return Known(())
    _check_stop(job)
    answer = job.tools.detector.detect(source, family)
    _check_stop(job)  # what a stop broke off is no failed detection
    return filtered(answer, job.settings.filters[0 if family == 4 else 1], family)


def _carriers(job: Job, located: Located, decided: Decided) -> tuple[AnyCarrier | ZoneEntries, ...]:
    """Return what is to be looked after: the zones in the order of their names, then the places."""
    groups: dict[str, list[LocatedEntry]] = {}
    for entry in located.entries:
        groups.setdefault(entry.zone.id, []).append(entry)
    ordered = sorted(groups.values(), key=lambda group: (group[0].zone.name, group[0].zone.id))
    zones = [ZoneEntries(group[0].zone, tuple(group)) for group in ordered]
    return (*zones, *_places(job, [goals for goals in decided.places if goals.active]))


def _in_turn(
    job: Job, carriers: tuple[AnyCarrier | ZoneEntries, ...], resume: str
) -> tuple[AnyCarrier | ZoneEntries, ...]:
    """Begin with what the round before did not come to, so that the last ones get their turn under a rate limit."""
    if job.dry_run or job.cleanup:
        return carriers
    at = next((number for number, carrier in enumerate(carriers) if carrier.key == resume), 0)
    return (*carriers[at:], *carriers[:at])


def _places(job: Job, active: Sequence[PlaceGoals]) -> Iterator[AnyCarrier]:
    """Return the carriers of all places; what is not configured is not imported."""
    lists = [goals for goals in active if goals.place.type in LIST_TYPES]
    objects = [goals for goals in active if goals.place.type not in LIST_TYPES]
    if lists:
        from ddns.round.addresslist import list_carriers  # noqa: PLC0415 -- most users have no lists

        yield from list_carriers(job, lists)
    if objects:
        from ddns.round.object import object_carriers  # noqa: PLC0415 -- most users have no such places

        yield from object_carriers(job, objects)


def _told(
    job: Job, memory: Memory, carrier: AnyCarrier | ZoneEntries, published: Mapping[str, tuple[str, ...]]
) -> CarrierReport:
    """Look after a carrier and return what is to be told of it: nothing else of a zone outlives it."""
    return carrier_report(job, _look_after(job, memory, ready(job, carrier)), published)


def _look_after(job: Job, memory: Memory, carrier: AnyCarrier) -> Done:
    """Observe, plan and apply. Only Interrupted is raised, and only before anything is written."""
    if not carrier.active:
        return Done(carrier)
    now, kept = job.tools.clock.time(), None
    if isinstance(carrier, ZoneCarrier) and job.settings.cache_expiration and not job.cleanup:
        kept = trusted(memory, carrier, now, job.settings.cache_expiration)
    try:
        while True:
            seen, observed = (kept.seen, kept.records) if kept else (now, carrier.read())
            plan = carrier.plan(observed)
            if not (kept and any(isinstance(step, Rewrite) for step in plan.changes)):
                break
            kept = None  # a text goes back whole, so it must not be an old one
    except ApiError as error:
        _check_stop(job)
        return Done(carrier, error=error)
    before = carrier.contents(observed)
    if job.dry_run:
        return Done(carrier, plan, before, observed, seen=seen)
    applied: Applied[Any] = Applied({}, observed, {})
    if plan.changes:
        from ddns.round.apply import apply  # noqa: PLC0415 -- a steady round writes nothing

        applied = apply(carrier, plan, observed, job.tools, job.settings.update_timeout)
    return Done(carrier, plan, before, observed, applied, seen=seen)

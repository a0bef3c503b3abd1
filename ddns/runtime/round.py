"""One round: detect, decide, find zones, read, plan, apply, lists. It knows nothing of schedules, signals or wording.

The final cleaning of DELETE_ON_STOP is the same pipe, with every source in scope answering "known to be empty".
"""

from collections.abc import Iterable

from ddns.core.addresses import Detected, Family, Known, Unknown, family_name, record_type
from ddns.core.entries import Entry, Source
from ddns.core.intents import Answers, filtered, intent_of, merged, questions, wanted
from ddns.core.memory import Memory
from ddns.core.plan import Abort, Clear, ListPlan, Plan, Update, Wanted, ZonePlan
from ddns.core.report import Detection, RoundReport, few
from ddns.core.settings import UpdateSettings
from ddns.errors import Interrupted, Problem, RateLimited
from ddns.runtime.names import publish, unreached
from ddns.runtime.work import Tools, Work, capital
from ddns.runtime.zones import Place, lost_problems, place
from ddns.runtime.zonework import ZoneWork

__all__ = ["Tools", "run_cleanup", "run_round"]


def run_round(
    settings: UpdateSettings, memory: Memory, tools: Tools, *, dry_run: bool = False
) -> tuple[RoundReport, Memory]:
    """Do one round and return its facts and what to remember. Nothing but a programming fault makes it raise.

    ``dry_run`` only reads; ``report.plan`` then holds what would be done.
    """
    return _run(Work(settings, memory, tools, dry_run=dry_run, cleanup=False))


def run_cleanup(settings: UpdateSettings, memory: Memory, tools: Tools) -> tuple[RoundReport, Memory]:
    """Delete everything of ours that is in scope (DELETE_ON_STOP); POLICY=upsert-only forbids it."""
    work = Work(settings, memory, tools, dry_run=False, cleanup=True)
    if settings.policy == "upsert-only":
        what, remedy = "Nothing was deleted at the stop", "Use POLICY=sync to have DELETE_ON_STOP done"
        work.warnings.append(Problem("cleanup.policy", what, "POLICY=upsert-only never deletes", remedy))
        return work.report(), memory
    return _run(work)


def _run(work: Work) -> tuple[RoundReport, Memory]:
    plan: Plan | None = None
    try:
        plan = _steps(work)
    except Interrupted:
        work.interrupted = True
    report = work.report()
    if work.dry_run:
        return report._replace(plan=plan), work.memory
    return report, publish(work)._replace(blocked_until=work.blocked_until)


def _steps(work: Work) -> Plan:
    if work.blocked_until:
        work.hold(_all_names(work.settings))
        return Plan(())
    answers = _emptied(work.settings) if work.cleanup else _detect(work)
    zones = _records(work, answers)
    return Plan(zones, _lists(work, answers))


def _lists(work: Work, answers: Answers) -> tuple[ListPlan, ...]:
    if not work.settings.waf.lists:
        return ()
    if work.blocked_until:
        work.hold(map(str, work.settings.waf.lists))
        return ()
    from ddns.runtime.lists import do_lists  # noqa: PLC0415 -- most users have no lists

    return do_lists(work, answers)


def _all_names(settings: UpdateSettings) -> Iterable[str]:
    return [*(entry.domain.ascii for entry in settings.entries), *map(str, settings.waf.lists)]


def _emptied(settings: UpdateSettings) -> Answers:
    return {question: Known(()) for question in questions(settings)}


def _detect(work: Work) -> Answers:
    """Ask every source once and pass its answer through the filter of its family."""
    answers: dict[tuple[Source, Family], Detected] = {}
    for source, family in questions(work.settings):
        work.check_stop()
        found = work.tools.detector.detect(source, family)
        work.check_stop()  # what a stop broke off is no failed detection
        detected = filtered(found, work.settings.filters[0 if family == 4 else 1], family)
        answers[source, family] = detected
        work.detections.append(Detection(family, source, detected))
        if isinstance(detected, Unknown):
            work.problems.append(_undetected(work.settings, source, family, detected))
    return answers


def _undetected(settings: UpdateSettings, source: Source, family: Family, answer: Unknown) -> Problem:
    sources = {asked for asked, version in questions(settings) if version == family}
    key = f"detect.{family}" if len(sources) == 1 else f"detect.{family}.{source.describe()}"
    names = [entry.domain.describe() for entry in settings.entries if entry.source(family) == source]
    kept = [f"the {record_type(family)} records of {few(names)}"] if names else []
    if settings.waf.sources[0 if family == 4 else 1] == source:
        kept += (
            [f"the {family_name(family)} items of {few(map(str, settings.waf.lists))}"] if settings.waf.lists else []
        )
    what = f"No usable {family_name(family)} address from {source.describe()}: {answer.reason}"
    remedy = answer.hint or f"check the source; where there is no {family_name(family)}, use the source none"
    return Problem(key, what, f"Kept as they are: {' and '.join(kept)}", capital(remedy))


def _records(work: Work, answers: Answers) -> tuple[ZonePlan, ...]:
    """Look after the records: only zones with a name whose address is known are looked for and read."""
    active, idle = _sorted_out(work.settings.entries, answers)
    for entry in idle:
        unreached(work, wanted(entry, _name(entry), answers))
    _impossible(work, answers)
    if not active:
        return ()
    try:
        places, lost = place(work, active)
    except RateLimited:
        work.hold(entry.domain.ascii for entry in active)
        for entry in active:
            _fail(work, wanted(entry, _name(entry), answers), "Cloudflare asks us to wait")
        return ()
    for entry, cause in lost:
        _fail(work, wanted(entry, _name(entry), answers), cause.why)
    work.problems += lost_problems((entry.domain.describe(), cause) for entry, cause in lost)
    return _zones(work, places, answers)


def _fail(work: Work, items: Iterable[Wanted], reason: str) -> None:
    """Report the names something should have been done for as failed, the others as preserved."""
    listed = tuple(items)
    unreached(work, listed)
    work.fail((item for item in listed if isinstance(item.intent, Clear | Update)), reason)


def _sorted_out(entries: Iterable[Entry], answers: Answers) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the entries something may be done for, and the others."""
    active: list[Entry] = []
    idle: list[Entry] = []
    for entry in entries:
        intents = (intent_of(entry, 4, answers), intent_of(entry, 6, answers))
        (active if any(isinstance(intent, Clear | Update) for intent in intents) else idle).append(entry)
    return tuple(active), tuple(idle)


def _name(entry: Entry) -> str:
    """Return what an entry is called while its zone is not known."""
    return f"{entry.domain.ascii} (zone {entry.zone_id})" if entry.zone_id else entry.domain.ascii


def _impossible(work: Work, answers: Answers) -> None:
    """Report the names whose host ID does not fit the detected prefix: they alone are left out."""
    for entry in work.settings.entries:
        intent = intent_of(entry, 6, answers)
        source = entry.source(6)
        if isinstance(intent, Abort) and source is not None and isinstance(answers[source, 6], Known):
            name = entry.domain.describe()
            what = f"The AAAA records of {name} cannot be made: {intent.why}"
            remedy = "Correct hostid6, or the prefix length of the source"
            work.problems.append(Problem(f"hostid.{name}", what, "They stay as they are; other names went on", remedy))


def _zones(work: Work, places: Iterable[Place], answers: Answers) -> tuple[ZonePlan, ...]:
    """Look after each zone in the order of their names; none stops another, except a rate limit."""
    groups: dict[str, list[Place]] = {}
    for item in places:
        groups.setdefault(item.zone.id, []).append(item)
    plans: list[ZonePlan] = []
    for group in sorted(groups.values(), key=lambda group: (group[0].zone.name, group[0].zone.id)):
        items = _wanted(work, group, answers)
        if work.blocked_until:
            work.hold(item.name for item in group)
            _fail(work, items, "Cloudflare asks us to wait")
            continue
        work.check_stop()
        unreached(work, items)
        plan = ZoneWork(work, group[0].zone, items).do()
        plans += [plan] if plan is not None else []
    return tuple(plans)


def _wanted(work: Work, group: Iterable[Place], answers: Answers) -> tuple[Wanted, ...]:
    """Return what the names of one zone should have; entries that contradict each other are a problem."""
    asked = [item for spot in group for item in wanted(spot.entry, spot.name, answers)]
    items = merged(asked)
    torn = [item for item in items if isinstance(item.intent, Abort)] if len(items) < len(asked) else []
    for item in torn:
        same = (other.intent for other in asked if (other.name, other.type) == (item.name, item.type))
        if not all(isinstance(intent, Abort) for intent in same):
            what = f"The {item.type} records of {item.name} were left alone, as two entries ask for different things"
            remedy = "Leave one of them"
            work.problems.append(Problem(f"record.{item.type}.{item.name}", what, "They stay as they are", remedy))
    return items

"""What became of each thing the user named: one ``Result`` each, folded from the findings. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ddns.core.planning.intents import EntryGoals, wanted
from ddns.core.planning.plan import (
    Abort,
    AddItem,
    CarrierPlan,
    Change,
    Clear,
    Create,
    Delete,
    DeleteList,
    Goal,
    Intent,
    Keep,
    Key,
    Patch,
    Rewrite,
    Update,
    Wanted,
    key_of,
)
from ddns.core.reports.roundreport import Outcome, Result, ResultStatus
from ddns.round.carrier import Contents, Job, key_of_place, name_of
from ddns.round.findings import Done, Findings
from ddns.round.zone import ZoneCarrier, ready

WAITING = "Cloudflare asks us to wait"
Published = Mapping[str, tuple[str, ...]]
"""The contents last known, by type and name: "A home.example.org"."""


def waiting(job: Job, found: Findings, published: Published) -> Iterator[Result]:
    """Return the results of what was not looked after because of a rate limit."""
    for one in found.carriers[len(found.done) :]:
        carrier = ready(job, one)
        if isinstance(carrier, ZoneCarrier):
            yield from _idle(carrier.wanted, published)
        yield from (failed(key, published, WAITING) for key in carrier.active)


def outside(found: Findings, published: Published) -> Iterator[Result]:
    """Return the results of what is in no carrier: without an address, or without a zone."""
    placed = {entry.goals for entry in found.located.entries}
    why = {goals: cause.why for goals, cause in found.located.missing}
    limited = WAITING if found.located.limited else ""
    for goals in found.decided.entries:
        if goals not in placed:
            yield from _entry(goals, published, why.get(goals, limited))
    for spf in found.decided.spf:
        if spf not in placed and spf.active and why.get(spf, limited):
            yield failed(spf.key, published, why.get(spf, limited))
        elif not spf.active:
            yield from _idle_place(spf.key, spf.intents)
    for place in found.decided.places:
        if not place.active:
            yield from _idle_place(key_of_place(place), place.goals)


def failed(key: Key, published: Published, why: str) -> Result:
    """Return the result of something that was left as it was."""
    old = published.get(f"{key[1]} {key[0]}", ())
    return Result(*key, "failed", old, old, why)


def _entry(goals: EntryGoals, published: Published, why: str) -> Iterator[Result]:
    """Return the results of an entry whose zone is not known, or was not looked for (``why`` is "")."""
    items = wanted(goals, name_of(goals))
    yield from _idle(items, published)
    if why:
        yield from (failed(item.key, published, why) for item in items if isinstance(item.intent, Clear | Update))


def _idle(items: Iterable[Wanted], published: Published) -> Iterator[Result]:
    """Return the names whose address is not known: preserved, nothing was looked at."""
    for item in items:
        if isinstance(item.intent, Abort):
            old = published.get(f"{item.type} {item.name}", ())
            yield Result(item.name, item.type, "preserved", old, old, item.intent.why)


def _idle_place(key: Key, goals: Iterable[Goal | Intent]) -> Iterator[Result]:
    why = next((goal.why for goal in goals if isinstance(goal, Abort)), "")
    if why:
        yield Result(*key, "preserved", reason=why)


def of_carrier(done: Done, published: Published) -> Iterator[Result]:
    """Return what became of everything that is wanted of one carrier."""
    if isinstance(done.carrier, ZoneCarrier):
        yield from _idle(done.carrier.wanted, published)
    if done.plan is not None:
        yield from _planned(done, done.plan)
        return
    why = WAITING if done.limited else done.error.message if done.error else ""
    yield from (failed(key, published, why) for key in done.carrier.active)


def _planned(done: Done, plan: CarrierPlan) -> Iterator[Result]:
    """Return what became of a plan."""
    carrier = done.carrier
    broken = {item.key: item.problem.what for item in plan.failed}
    busy = {key_of(step) for step in plan.changes}
    goals = moved(done.before, plan.changes)
    after = carrier.contents(done.applied.observed) if done.applied else done.before
    for key in carrier.active:
        old = done.before.get(key, ())
        if key in broken:
            yield Result(*key, "failed", old, old, broken[key], zone=carrier.zone)
        elif done.applied is None:
            if key not in busy:
                held = old or _covered(plan, key)
                yield Result(*key, "unchanged", held, held, zone=carrier.zone)
        else:
            outcomes = done.applied.outcomes.get(key, ())
            if done.interrupted and {item.status for item in outcomes} == {"skipped"}:
                continue  # a stop came before anything of it was sent: nothing is known then, so nothing is said
            status = _status(outcomes)
            new = goals.get(key, ()) if status == "unconfirmed" else after.get(key, ())
            if status == "unchanged" and not old:
                old = new = _covered(plan, key)
            why = next((outcome.error for outcome in outcomes if outcome.error), "")
            telling = tuple(item for item in outcomes if isinstance(item.step, Patch) and item.step.fields)
            yield Result(*key, status, old, new, why, telling, carrier.zone)


def _covered(plan: CarrierPlan, key: Key) -> tuple[str, ...]:
    """Return the wanted addresses that records of another owner have, where none is ours."""
    return tuple(sorted(step.record.content for step in plan.steps if isinstance(step, Keep) and key_of(step) == key))


def _status(outcomes: Sequence[Outcome]) -> ResultStatus:
    statuses = {outcome.status for outcome in outcomes}
    if "unconfirmed" in statuses:
        return "unconfirmed"
    if statuses & {"refused", "skipped"}:
        return "failed"
    return "changed" if statuses else "unchanged"


def moved(before: Contents, changes: Iterable[Change]) -> Contents:
    """Return the contents as they should be after these changes."""
    after = {key: set(contents) for key, contents in before.items()}
    for step in changes:
        held = after.setdefault(key_of(step), set())
        held.difference_update(_taken(step))
        held.update(_given(step))
    return {key: tuple(sorted(contents)) for key, contents in after.items()}


def _taken(step: Change) -> tuple[str, ...]:
    if isinstance(step, Patch | Delete):
        return (step.record.content,)
    if isinstance(step, Rewrite):
        return step.old
    if isinstance(step, DeleteList):
        return tuple(str(item.network) for item in step.items)
    return () if isinstance(step, Create | AddItem) else (str(step.item.network),)


def _given(step: Change) -> tuple[str, ...]:
    if isinstance(step, Create | Patch):
        return (step.content,)
    if isinstance(step, Rewrite):
        return step.new
    return (str(step.network),) if isinstance(step, AddItem) else ()

"""From what was read, planned and applied to what is said about each name."""

from collections.abc import Iterable, Sequence

from ddns.core.memory import Memory
from ddns.core.plan import Abort, Clear, Update, Wanted, ZonePlan
from ddns.core.planner import owned_records
from ddns.core.records import Record
from ddns.core.regexes import CommentRegex
from ddns.core.report import Outcome, Result, ResultStatus, few, is_record
from ddns.errors import Problem
from ddns.runtime.applier import Applied, key_of
from ddns.runtime.work import Work, because

Contents = dict[tuple[str, str], tuple[str, ...]]


def contents(records: Iterable[Record], owned: CommentRegex) -> Contents:
    """Return the contents of our records by name and type, sorted."""
    groups = owned_records(records, owned)
    return {key: tuple(sorted({record.content for record in group})) for key, group in groups.items()}


def unreached(work: Work, items: Iterable[Wanted]) -> None:
    """Report the names whose address is not known: preserved, nothing was looked at."""
    for item in items:
        if isinstance(item.intent, Abort):
            old = work.published.get(f"{item.type} {item.name}", ())
            why = item.intent.why
            work.results.append(Result(item.name, item.type, "preserved", old, old, why, cleanup=work.cleanup))


def planned(work: Work, plan: ZonePlan, items: Sequence[Wanted], before: Contents) -> None:
    """Report a plan that is only shown: the names that need nothing, and those that cannot be planned."""
    failed = {(item.name, item.type) for item in plan.failed}
    busy = {key_of(step) for step in plan.changes}
    for item in items:
        key, old = (item.name, item.type), before.get((item.name, item.type), ())
        if isinstance(item.intent, Clear | Update) and key not in failed | busy:
            work.results.append(Result(*key, "unchanged", old, old, zone=plan.zone))
    unplanned(work, plan, before)


def unplanned(work: Work, plan: ZonePlan, before: Contents) -> None:
    """Report the names the planner found no safe step for."""
    for item in plan.failed:
        old = before.get((item.name, item.type), ())
        reason = item.problem.what
        result = Result(item.name, item.type, "failed", old, old, reason, zone=plan.zone, cleanup=work.cleanup)
        work.results.append(result)
        work.problems.append(item.problem)


class Told:
    """Tells what became of one zone's plan, name by name."""

    __slots__ = ("_after", "_applied", "_before", "_goals", "_plan", "_work")

    def __init__(self, work: Work, plan: ZonePlan, before: Contents, applied: Applied) -> None:
        """Compare the contents before with those after."""
        self._work = work
        self._plan = plan
        self._before = before
        self._after = contents(applied.records, work.settings.owned)
        self._applied = applied
        self._goals: Contents = {}

    def tell(self, items: Iterable[Wanted]) -> None:
        """Report every name that was planned, then the problems."""
        failed = {(item.name, item.type) for item in self._plan.failed}
        active = [item for item in items if isinstance(item.intent, Clear | Update)]
        self._goals = {(item.name, item.type): _goal(item) for item in active}
        results = [self._result(item) for item in active if (item.name, item.type) not in failed]
        results = [result for result in results if not self._cut_short(result)]
        self._work.results += results
        unplanned(self._work, self._plan, self._before)
        self._refusals(results)
        self._doubts(results)
        self._end(results)

    def _result(self, item: Wanted) -> Result:
        key = (item.name, item.type)
        outcomes = self._applied.outcomes.get(key, ())
        status = _status(outcomes)
        new = self._goals[key] if status == "unconfirmed" else self._after.get(key, ())
        reason = next((outcome.error for outcome in outcomes if outcome.error), "")
        old, cleanup = self._before.get(key, ()), self._work.cleanup
        return Result(*key, status, old, new, reason, outcomes, self._plan.zone, cleanup)

    def _cut_short(self, result: Result) -> bool:
        """Whether a stop came before anything of this name was sent: nothing is known then, so nothing is said."""
        statuses = {outcome.status for outcome in result.outcomes}
        return self._applied.interrupted and statuses == {"skipped"}

    def _move(self, result: Result) -> str:
        """Return a name with what it had and what it should have."""
        goal = self._goals[_key(result)]
        return f"{result.name} ({', '.join(result.old) or 'none'} → {', '.join(goal) or 'none'})"

    def _refusals(self, results: Iterable[Result]) -> None:
        for result in results:
            error = self._applied.errors.get((result.name, result.type))
            if error is not None and result.status == "failed":
                what = f"The {result.type} records of {self._move(result)} were not changed: {because(error)}"
                kept = f"They stay as they are ({', '.join(result.new) or 'none'}); other names went on"
                self._work.problems.append(
                    Problem(f"record.{result.type}.{result.name}", what, kept, self._work.advice(error))
                )

    def _doubts(self, results: Iterable[Result]) -> None:
        doubtful = [result for result in results if result.status == "unconfirmed"]
        if doubtful:
            named = few(f"{result.type} {self._move(result)}" for result in doubtful)
            what = f"Could not confirm the update of {named}: {doubtful[0].reason.rstrip('.')}"
            kept = "The records may be the old or the new ones"
            remedy = "They are read again in the next round before anything is written"
            doubt = Problem(f"unconfirmed.{self._plan.zone.name}", what, kept, remedy)
            (self._work.warnings if self._applied.interrupted else self._work.problems).append(doubt)

    def _end(self, results: Iterable[Result]) -> None:
        error = self._applied.ended
        if error is None or self._applied.interrupted:
            return
        self._work.note(error)
        errors = self._applied.errors
        names = [
            f"{item.type} {self._move(item)}"
            for item in results
            if item.status == "failed" and _key(item) not in errors
        ]
        if self._work.blocked_until:
            self._work.hold(names)
        elif names:
            what = f"Could not update {few(names)} in the zone {self._plan.zone.name}: {because(error)}"
            kept = "Nothing of this was changed"
            self._work.problems.append(Problem(f"zone.{self._plan.zone.name}", what, kept, self._work.advice(error)))


def _goal(item: Wanted) -> tuple[str, ...]:
    return tuple(sorted(map(str, item.intent.addresses))) if isinstance(item.intent, Update) else ()


def _key(result: Result) -> tuple[str, str]:
    return result.name, result.type


def _status(outcomes: Sequence[Outcome]) -> ResultStatus:
    statuses = {outcome.status for outcome in outcomes}
    if "unconfirmed" in statuses:
        return "unconfirmed"
    if statuses & {"refused", "skipped"}:
        return "failed"
    return "changed" if statuses else "unchanged"


def publish(work: Work) -> Memory:
    """Return the memory with the contents seen or written; what is in doubt or no longer wanted is forgotten."""
    found = dict(work.published) if work.interrupted else {}
    for result in filter(is_record, work.results):
        key = f"{result.type} {result.name}"
        if result.status == "unconfirmed":
            found.pop(key, None)
        elif result.new or result.status in {"changed", "unchanged"}:
            found[key] = result.new
    return work.memory._replace(published=tuple(sorted(found.items())))

"""Looking after the WAF lists: one look at the lists of each account, then list by list."""

from ddns.core.entries import ListRef
from ddns.core.intents import Answers, Networks, list_targets
from ddns.core.plan import Abort, ListPlan
from ddns.core.records import WafList
from ddns.core.report import Result, ResultStatus
from ddns.core.wafplan import Listed, Targets, plan_list, plan_removal
from ddns.errors import ApiError, Interrupted, Problem, Refused
from ddns.runtime.wafapply import ListApplied, apply_list
from ddns.runtime.work import Work, because


def do_lists(work: Work, answers: Answers) -> tuple[ListPlan, ...]:
    """Look after every list; one list's failure does not stop the next, except a rate limit."""
    targets = list_targets(work.settings.waf, answers)
    if not any(isinstance(target, Networks) for target in targets):
        why = next((target.why for target in targets if isinstance(target, Abort)), "")
        work.results += [Result(str(ref), "LIST", "preserved", reason=why) for ref in work.settings.waf.lists if why]
        return ()
    todo = _Lists(work, targets)
    plans = [todo.do(ref) for ref in work.settings.waf.lists]
    return tuple(plan for plan in plans if plan is not None)


class _Lists:
    """The lists of one round. The lists of an account are asked for once, its failure being that of all of them."""

    __slots__ = ("_accounts", "_targets", "_work")

    def __init__(self, work: Work, targets: Targets) -> None:
        """Nothing is read yet."""
        self._work = work
        self._targets = targets
        self._accounts: dict[str, tuple[WafList, ...] | ApiError] = {}

    def do(self, ref: ListRef) -> ListPlan | None:
        """Bring one list to what is wanted; return its plan, or None without a reading."""
        work = self._work
        if work.blocked_until:
            self._held(ref)
            return None
        work.check_stop()
        try:
            plan = self._plan(ref)
        except ApiError as error:
            self._failed(ref, error, f"Could not read the list {ref}: {because(error)}")
            return None
        work.warnings += plan.warnings
        if work.dry_run:
            self._shown(plan)
        elif plan.pending:
            self._apply(plan)
        else:
            self._result(ref, "unchanged")
        return plan

    def _plan(self, ref: ListRef) -> ListPlan:
        found = [item for item in self._account(ref.account) if item.name == ref.name]
        if len(found) > 1:
            ids = ", ".join(sorted(item.id for item in found))
            raise Refused(f"there are {len(found)} lists of this name ({ids})", "Rename or delete one of them")
        listed = Listed(None)
        if found:
            listed = Listed(found[0], self._work.tools.waf.items(ref.account, found[0].id))
        make = plan_removal if self._work.cleanup else plan_list
        return make(ref, self._work.settings.waf, self._targets, listed)

    def _account(self, account: str) -> tuple[WafList, ...]:
        found = self._accounts.get(account)
        if found is None:
            try:
                found = self._work.tools.waf.lists(account)
            except ApiError as error:
                found = error
            self._accounts[account] = found
        if isinstance(found, ApiError):
            raise found
        return found

    def _again(self, ref: ListRef) -> ListPlan:
        self._accounts.pop(ref.account, None)
        return self._plan(ref)

    def _apply(self, plan: ListPlan) -> None:
        work, ref = self._work, plan.ref
        applied = apply_list(work.tools.waf, plan, lambda: self._again(ref), work.tools.stopping)
        statuses: dict[str, ResultStatus] = {"done": "changed", "failed": "failed", "unconfirmed": "unconfirmed"}
        reason = applied.error.message if applied.error else ""
        if not (applied.interrupted and applied.status == "failed"):
            self._result(ref, statuses[applied.status], applied, reason)
        if applied.interrupted:
            raise Interrupted
        if applied.error is not None:
            self._trouble(ref, applied, applied.error)

    def _trouble(self, ref: ListRef, applied: ListApplied, error: ApiError) -> None:
        self._work.note(error)
        if self._work.blocked_until:
            self._work.hold([str(ref)])
        elif applied.status == "unconfirmed":
            what = f"Could not confirm the update of the list {ref}: {because(error)}"
            kept = "Its items may be the old or the new ones"
            self._problem(ref, what, kept, "It is read again in the next round before anything is written")
        else:
            done = "what was added stays" if applied.added else "its items stay as they are"
            what = f"Could not update the list {ref}: {because(error)}"
            self._problem(ref, what, f"Nothing was removed; {done}", self._work.advice(error))

    def _failed(self, ref: ListRef, error: ApiError, what: str) -> None:
        self._work.note(error)
        if self._work.blocked_until:
            self._held(ref)
            return
        self._result(ref, "failed", reason=error.message)
        self._problem(ref, what, "Its items stay as they are", self._work.advice(error))

    def _held(self, ref: ListRef) -> None:
        self._work.hold([str(ref)])
        self._result(ref, "failed", reason="Cloudflare asks us to wait")

    def _problem(self, ref: ListRef, what: str, kept: str, remedy: str) -> None:
        self._work.problems.append(Problem(f"list.{ref}", what, kept, remedy))

    def _shown(self, plan: ListPlan) -> None:
        if not plan.pending:
            self._result(plan.ref, "unchanged")

    def _result(self, ref: ListRef, status: ResultStatus, applied: ListApplied | None = None, reason: str = "") -> None:
        added, removed = (applied.added, applied.removed) if applied else ((), ())
        result = Result(str(ref), "LIST", status, removed, added, reason, cleanup=self._work.cleanup)
        self._work.results.append(result)

"""Writing the plan of one WAF list: additions before removals, and never claiming what is not known.

A lost answer, and a list or item that changed under our hands, lead to a new reading and a new plan, once. A refusal
changes nothing; a list that cannot be deleted because a rule uses it is emptied of our items instead.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from ddns.core.plan import ListPlan, NewItem
from ddns.core.records import WafList
from ddns.errors import ApiError, Exists, Gone, Interrupted, Refused, Unconfirmed
from ddns.ports import WafApi

MOST_TRIES = 2
"""How often the writing of one list is begun in a round."""


class ListApplied(NamedTuple):
    """What became of a list. ``added`` and ``removed`` are ranges as text, surely done (or, unconfirmed, perhaps)."""

    status: Literal["done", "failed", "unconfirmed"]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    error: ApiError | None = None
    interrupted: bool = False


def apply_list(
    waf: WafApi, plan: ListPlan, replan: Callable[[], ListPlan], stopping: Callable[[], bool]
) -> ListApplied:
    """Write a plan; ``replan`` reads and plans again (raising ApiError)."""
    return _Run(waf, plan, replan, stopping).apply()


class _Run:
    """The writing of one list under way."""

    __slots__ = ("_added", "_first", "_plan", "_removed", "_replan", "_stopping", "_waf")

    def __init__(
        self, waf: WafApi, plan: ListPlan, replan: Callable[[], ListPlan], stopping: Callable[[], bool]
    ) -> None:
        """Nothing is written yet."""
        self._waf = waf
        self._first = plan
        self._plan = plan
        self._replan = replan
        self._stopping = stopping
        self._added: tuple[str, ...] = ()
        self._removed: tuple[str, ...] = ()

    def apply(self) -> ListApplied:
        """Write until done, failed or in doubt."""
        error: ApiError | None = None
        for _ in range(MOST_TRIES):
            try:
                self._write()
            except Interrupted:
                return self._end(error, doubt=True, interrupted=True)
            except (Unconfirmed, Exists, Gone) as problem:
                error = problem
            except ApiError as problem:
                return self._end(problem, interrupted=self._stopping())
            else:
                return self._done()
            again = self._look_again(error)
            if again is not None:
                return again
        return self._end(error, doubt=isinstance(error, Unconfirmed))

    def _look_again(self, error: ApiError) -> ListApplied | None:
        """Read and plan again; return the end where this settles it, None to try once more."""
        doubt = isinstance(error, Unconfirmed)
        if self._stopping():
            return self._end(error, doubt=doubt, interrupted=True)
        try:
            self._plan = self._replan()
        except Interrupted:
            return self._end(error, doubt=doubt, interrupted=True)
        except ApiError as problem:
            return self._end(error if doubt else problem, doubt=doubt, interrupted=self._stopping())
        return None if self._plan.pending else self._done()

    def _done(self) -> ListApplied:
        """Everything wanted is so now, whoever did it."""
        added, removed = _texts(self._first)
        return ListApplied("done", added, removed)

    def _end(self, error: ApiError | None, *, doubt: bool = False, interrupted: bool = False) -> ListApplied:
        if doubt:
            return ListApplied("unconfirmed", *_texts(self._first), error, interrupted)
        return ListApplied("failed", self._added, self._removed, error, interrupted)

    def _write(self) -> None:
        if self._plan.delete_list and self._plan.existing is not None and self._deleted(self._plan.existing):
            return
        plan = self._plan
        account, list_id = plan.ref.account, self._list_id()
        if plan.replace:
            kept = [NewItem(item.network, item.comment) for item in plan.keep]
            self._waf.replace(account, list_id, [*kept, *plan.add])
            self._added, self._removed = _texts(plan)
            return
        if plan.add:
            self._waf.add(account, list_id, plan.add)
            self._added = _texts(plan)[0]
        if plan.remove:
            self._waf.remove(account, list_id, plan.remove)
            self._removed = _texts(plan)[1]

    def _list_id(self) -> str:
        """Return the ID of the list, which is created now if it is missing (only plans that add come here then)."""
        if self._plan.existing is not None:
            return self._plan.existing.id
        made = self._waf.create_list(self._plan.ref, self._plan.description)
        self._plan = self._plan._replace(existing=made)
        return made.id

    def _deleted(self, existing: WafList) -> bool:
        """Delete the list itself; False when it may only be emptied."""
        try:
            self._waf.delete_list(self._plan.ref.account, existing.id)
        except Gone:
            return True
        except Refused:
            self._plan = self._plan._replace(delete_list=False, replace=False)
            return False
        return True


def _texts(plan: ListPlan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(str(item.network) for item in plan.add), tuple(str(item.network) for item in plan.remove)

"""The plan for people: exactly the steps a round would take, zone by zone and list by list."""

from collections.abc import Iterator

from ddns.core.planning.plan import (
    AddItem,
    CarrierPlan,
    Create,
    Delete,
    DeleteList,
    Keep,
    KeepItem,
    Patch,
    Plan,
    Rewrite,
    Step,
)
from ddns.output.lines import Line
from ddns.output.wording import people, step_text


def plan_lines(plan: Plan, *, whole: bool = True) -> tuple[Line, ...]:
    """Return the plan, what is kept included (at info level), and one line that counts the changes.

    ``whole``: False where problems left something out of the plan.
    """
    lines = [line for carrier in plan.carriers for line in _carrier(carrier)]
    count = sum(len(carrier.changes) for carrier in plan.carriers)
    last = f"{count} {'change' if count == 1 else 'changes'} pending" if count else "Nothing to do"
    last += "" if whole else ", as far as could be seen: not everything could be planned"
    return (*lines, Line("notice", "plan", last, {"changes": count}))


def _carrier(plan: CarrierPlan) -> Iterator[Line]:
    title = f"{plan.kind[:1].upper()}{plan.kind[1:]} {people(plan.name) if plan.kind == 'zone' else plan.name}"
    yield Line("notice" if plan.changes else "info", "plan", title, {_kind(plan): plan.name})
    for step in plan.steps:
        idle = isinstance(step, Keep | KeepItem)
        yield Line("info" if idle else "notice", "item", step_text(step), _facts(step), indent=1)


def _kind(plan: CarrierPlan) -> str:
    """Return what a plan is for, as the JSON form names it."""
    return next((kind for kind in ("zone", "list") if plan.kind.endswith(kind)), "place")


def _facts(step: Step) -> dict[str, object]:
    match step:
        case Create():
            return {"action": "create", "type": step.type, "name": step.name, "content": step.content}
        case AddItem():
            return {"action": "create", "item": str(step.network)}
        case DeleteList():
            return {"action": "delete", "list": step.key[0]}
        case Keep() | Patch() | Delete():
            return _record_facts(step)
        case _:
            if isinstance(step, Rewrite):
                return {"action": "update", "type": step.key[1], "name": step.key[0], "old": step.old, "new": step.new}
            return {"action": "keep" if isinstance(step, KeepItem) else "delete", "item": str(step.item.network)}


def _record_facts(step: Keep | Patch | Delete) -> dict[str, object]:
    record = step.record
    found: dict[str, object] = {"type": record.type, "name": record.name}
    if isinstance(step, Keep):
        return {"action": "keep", **found, "content": record.content}
    if isinstance(step, Patch):
        return {"action": "update", **found, "id": record.id, "old": record.content, "content": step.content}
    return {"action": "delete", **found, "id": record.id, "content": record.content}

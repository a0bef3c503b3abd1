"""The plan for people: exactly the steps a round would take, zone by zone and list by list."""

from collections.abc import Iterator

from ddns.core.plan import Create, Delete, Keep, ListPlan, Patch, Plan, ZonePlan
from ddns.output.lines import Line
from ddns.output.wording import people, step_text


def plan_lines(plan: Plan, *, whole: bool = True) -> tuple[Line, ...]:
    """Return the plan, its kept records included (at info level), and one line that counts the changes.

    ``whole``: False where problems left something out of the plan.
    """
    lines = [line for zone in plan.zones for line in _zone(zone)]
    lines += [line for item in plan.lists for line in _list(item)]
    count = sum(len(zone.changes) for zone in plan.zones)
    count += sum(len(item.add) + len(item.remove) + item.delete_list for item in plan.lists)
    last = f"{count} {'change' if count == 1 else 'changes'} pending" if count else "Nothing to do"
    last += "" if whole else ", as far as could be seen: not everything could be planned"
    return (*lines, Line("notice", "plan", last, {"changes": count}))


def _zone(plan: ZonePlan) -> Iterator[Line]:
    yield Line("notice" if plan.changes else "info", "plan", f"Zone {people(plan.zone.name)}", {"zone": plan.zone.name})
    for step in plan.steps:
        if isinstance(step, Keep):
            record = step.record
            text = f"= {record.type} {people(record.name)} {record.content}: {step.reason}"
            facts = {"action": "keep", "type": record.type, "name": record.name, "content": record.content}
            yield Line("info", "item", text, facts, indent=1)
        else:
            yield Line("notice", "item", step_text(step), _facts(step), indent=1)


def _facts(step: Create | Patch | Delete) -> dict[str, object]:
    if isinstance(step, Create):
        return {"action": "create", "type": step.type, "name": step.name, "content": step.content}
    record = step.record
    found: dict[str, object] = {"type": record.type, "name": record.name, "id": record.id}
    if isinstance(step, Patch):
        return {"action": "update", **found, "old": record.content, "content": step.content}
    return {"action": "delete", **found, "content": record.content}


def _list(plan: ListPlan) -> Iterator[Line]:
    name = str(plan.ref)
    yield Line("notice" if plan.pending else "info", "plan", f"List {name}", {"list": name})
    if plan.delete_list:
        yield Line("notice", "item", "- the whole list", {"action": "delete", "list": name}, indent=1)
    for kept in plan.keep:
        yield Line("info", "item", f"= {kept.network}", {"action": "keep", "item": str(kept.network)}, indent=1)
    for added in plan.add:
        yield Line("notice", "item", f"+ {added.network}", {"action": "create", "item": str(added.network)}, indent=1)
    for gone in plan.remove:
        yield Line("notice", "item", f"- {gone.network}", {"action": "delete", "item": str(gone.network)}, indent=1)

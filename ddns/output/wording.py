"""Facts of a round as sentences: addresses appear as ``old → new``, problems with what was kept and what to do."""

from collections.abc import Iterable, Iterator

from ddns.core.addresses.families import Known, family_name
from ddns.core.domains import Domain
from ddns.core.entries import Metadata
from ddns.core.places import NOUNS
from ddns.core.planning.plan import (
    AddItem,
    Create,
    Delete,
    DeleteList,
    Keep,
    KeepItem,
    Patch,
    RemoveItem,
    Rewrite,
    Step,
)
from ddns.core.reports.roundreport import Detection, Result, RoundReport
from ddns.errors import Problem
from ddns.output.lines import Line, Lines, Meaning

NAMES_SHOWN = 10


def join(names: Iterable[str]) -> str:
    """Return at most ten of the names, and how many more there are."""
    listed = list(names)
    more = len(listed) - NAMES_SHOWN
    return ", ".join(listed[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def arrow(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """Return ``old → new``, with ``(none)`` for an empty side."""
    return f"{', '.join(old) or '(none)'} → {', '.join(new) or '(none)'}"


def people(name: str) -> str:
    """Return an ASCII name as people write it."""
    return Domain(name).describe()


def named(key: str) -> str:
    """Return a name or a place with its type in words: ``A home.example.org``, ``WAF list account/home``."""
    type_, _, name = key.partition(" ")
    return f"{NOUNS[type_]} {name}" if type_ in NOUNS else f"{type_} {people(name)}"


def problem_line(problem: Problem) -> Line:
    """Return what happened, what was kept, what to do, in one line."""
    return Line("error", "error", sentence(problem), _facts(problem))


def warning_line(problem: Problem) -> Line:
    """Return a remark that fails nothing, in one line."""
    return Line("warning", "warning", sentence(problem), _facts(problem))


def sentence(problem: Problem) -> str:
    """Return a problem as sentences."""
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in problem[1:] if part)


def _facts(problem: Problem) -> dict[str, object]:
    return {"key": problem.key, "kept": problem.kept, "remedy": problem.remedy}


def round_lines(report: RoundReport, said: frozenset[str] = frozenset()) -> Lines:
    """Return the log of one round; warnings whose key was said before are left out."""
    return Lines(lambda: _round_lines(report, said))


def _round_lines(report: RoundReport, said: frozenset[str]) -> Iterator[Line]:
    yield from _detected(report.detections)
    yield from _unchanged(report.records)
    for result in report.records:
        yield from _changed(result)
    for result in report.places:
        yield from _list(result)
    yield from (warning_line(warning) for warning in report.warnings if warning.key not in said)
    yield from map(problem_line, report.problems)


def _detected(detections: Iterable[Detection]) -> Iterator[Line]:
    for family, source, detected in detections:
        if not isinstance(detected, Known):
            continue  # told as a problem of the round, with what was kept
        addresses = [str(found.ip) for found in detected.found]
        facts = {"family": family, "source": source.describe(), "addresses": addresses}
        if not addresses:
            yield Line("info", "cleared", f"No {family_name(family)} address is wanted ({source})", facts)
            continue
        noun = "address" if len(addresses) == 1 else "addresses"
        text = f"Detected the {family_name(family)} {noun} {', '.join(addresses)} ({source.describe()})"
        yield Line("info", "detected", text, facts)
        if detected.note:
            yield Line("info", "hint", detected.note, indent=1)


def _unchanged(names: Iterable[Result]) -> Iterator[Line]:
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for result in names:
        if result.status == "unchanged":
            groups.setdefault((result.type, result.new), []).append(people(result.name))
    for (type_, contents), members in groups.items():
        noun = "record" if len(members) == 1 and len(contents) == 1 else "records"
        verb = "is" if noun == "record" else "are"
        text = f"The {type_} {noun} of {join(members)} {verb} already up to date ({', '.join(contents) or 'none'})"
        yield Line("info", "unchanged", text, {"type": type_, "names": members, "addresses": list(contents)})


def _changed(result: Result) -> Iterator[Line]:
    done = [outcome.step for outcome in result.outcomes if outcome.status == "done"]
    facts = {"name": result.name, "type": result.type, "old": list(result.old), "new": list(result.new)}
    if result.status == "changed" and result.old != result.new:
        text = f"{result.type} {people(result.name)}: {arrow(result.old, result.new)}"
        yield Line("notice", _meaning(result), text, facts)
    for step in done:
        if isinstance(step, Patch) and step.fields:
            text = f"{result.type} {people(result.name)} ({step.content}): {fields(step)}"
            yield Line("notice", "updated", text, facts)


def _meaning(result: Result) -> Meaning:
    if not result.old:
        return "created"
    return "updated" if result.new else "deleted"


def fields(step: Patch) -> str:
    """Return the changed fields of a patch as ``proxied false → true``."""
    old, new = _named(step.record.meta), _named(step.meta)
    changed = [f"{name} {old[name]} → {new[name]}" for name in sorted(step.fields) if old[name] != new[name]]
    return ", ".join(changed) or "fields kept"


def _named(meta: Metadata) -> dict[str, str]:
    return {
        "ttl": "automatic" if meta.ttl == 1 else str(meta.ttl),
        "proxied": "true" if meta.proxied else "false",
        "comment": f"“{meta.comment}”" if meta.comment else "empty",
        "tags": ", ".join(meta.tags) or "none",
    }


def _list(result: Result) -> Iterator[Line]:
    noun = NOUNS[result.type]
    facts = {"type": result.type, "list": result.name, "added": list(result.added), "removed": list(result.removed)}
    if result.status == "unchanged":
        yield Line("info", "unchanged", f"The {noun} {result.name} is already up to date", facts)
    elif result.status == "changed":
        text = f"{noun[:1].upper()}{noun[1:]} {result.name}: {arrow(result.removed, result.added)}"
        yield Line("notice", "updated" if result.added else "deleted", text, facts)


def step_text(step: Step) -> str:
    """Return one step of a plan as a line: ``=`` keep, ``+`` create, ``~`` change, ``-`` delete."""
    match step:
        case AddItem():
            return f"+ {step.network}"
        case RemoveItem() | KeepItem():
            return f"{'=' if isinstance(step, KeepItem) else '-'} {step.item.network}"
        case DeleteList():
            return "- the whole list"
        case Rewrite():
            return f"~ SPF {people(step.key[0])} {arrow(step.old, step.new)}"
        case _:
            return _record_step(step)


def _record_step(step: Keep | Create | Patch | Delete) -> str:
    if isinstance(step, Create):
        extra = f"TTL {_named(step.meta)['ttl']}, {'proxied' if step.meta.proxied else 'not proxied'}"
        return f"+ {step.type} {people(step.name)} {step.content} ({extra}): {step.reason}"
    record = step.record
    if isinstance(step, Keep):
        return f"= {record.type} {people(record.name)} {record.content}: {step.reason}"
    if isinstance(step, Delete):
        return f"- {record.type} {people(record.name)} {record.content}: {step.reason}"
    moved = f"{record.content} → {step.content}" if step.content != record.content else step.content
    return f"~ {record.type} {people(record.name)} {moved}{f' ({fields(step)})' if step.fields else ''}: {step.reason}"

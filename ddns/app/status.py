"""``ddns status`` and ``ddns healthcheck``: what the running instance last did, read from where it keeps its state."""

from collections.abc import Iterator, Sequence

from ddns.app.sleeping import LATE, Found
from ddns.core.memory import Memory
from ddns.core.reports.failing import lasted
from ddns.output.life import duration, failing, moment
from ddns.output.lines import Line
from ddns.output.wording import arrow, named


def healthy(memory: Memory, now: float) -> str:
    """Return "" when the instance is well, or why it is not."""
    if memory.next_round and now > memory.next_round + LATE:
        return f"the next round is {duration(now - memory.next_round)} overdue"
    if memory.last is not None and not memory.last.ok:
        return "the last round failed"
    return ""


def status_lines(memory: Memory, now: float) -> tuple[Line, ...]:
    """Return the state as lines: when, how it went, what is published, what is failing since when."""
    count = f"{memory.rounds} {'round' if memory.rounds == 1 else 'rounds'}"
    lines = [Line("notice", "config", f"Running for {duration(now - memory.started)}, {count}")]
    if memory.last is None:
        lines.append(Line("notice", "waiting", "No round has been done yet"))
    else:
        went = "went well" if memory.last.ok else "failed"
        ago = duration(now - memory.last.started)
        lines.append(Line("notice", "now", f"The last round was {ago} ago and {went}"))
        lines += [Line("notice", "item", text, indent=1) for text in memory.last.lines]
        lines += [Line("error", "error", text, indent=1) for text in memory.last.problems]
        lines += _last_change(memory, now)
    lines += [
        Line("notice", "item", f"{named(name)}: {', '.join(found) or '(none)'}") for name, found in memory.published
    ]
    lines += [Line("error", "error", text) for text in failing(memory, now)]
    if memory.next_round:
        lines.append(Line("notice", "waiting", f"The next round is due in {duration(_left(memory, now))}"))
    return tuple(lines)


def status_page(found: Sequence[Found], now: float) -> Iterator[Line]:
    """Return the states of all instances as lines, each under its process where there are several."""
    for item in found:
        if len(found) > 1 or not item.ours:
            whose = " (with this configuration)" if item.ours else ""
            yield Line("notice", "banner", f"Process {item.pid}{whose}", {"pid": item.pid})
        yield from status_lines(item.memory, now)
    if not any(item.ours for item in found):
        text = (
            "No instance with this configuration is running" if found else "No running instance of this user was found"
        )
        yield Line("error", "error", text)


def status_document(found: Sequence[Found], now: float) -> dict[str, object]:
    """Return the state of the instance with this configuration for ``--json``, and all of them in ``instances``."""
    first: dict[str, object] = {"healthy": False, "running": False}
    if found and found[0].ours:
        first = {**status_facts(found[0].memory, now), "running": True}
    every = [{"pid": item.pid, "ours": item.ours, **status_facts(item.memory, now)} for item in found]
    return {**first, "instances": every} if every else first


def _last_change(memory: Memory, now: float) -> Iterator[Line]:
    log = memory.log
    if not log.moves:
        yield Line("notice", "unchanged", "Nothing was changed so far")
        return
    ago = lasted(now - log.changed)
    yield Line("notice", "updated", f"The last change was {ago} ago ({moment(log.changed)}), and nothing since then")
    for move in log.moves:
        text = f"{named(f'{move.type} {move.name}')}: {arrow(move.old, move.new)}"
        yield Line("notice", "item", text, indent=1)


def _left(memory: Memory, now: float) -> float:
    """Return the seconds until the next round: since the last one began they can only have become fewer."""
    began = now if memory.last is None else max(now, memory.last.started)
    return memory.next_round - began


def status_facts(memory: Memory, now: float) -> dict[str, object]:
    """Return the state for ``--json``. Times are UNIX seconds."""
    last = memory.last
    return {
        "healthy": not healthy(memory, now),
        "started": memory.started,
        "rounds": memory.rounds,
        "next_round": memory.next_round,
        "last_round": last._asdict() if last is not None else None,
        "published": {name: list(found) for name, found in memory.published},
        "failing": dict(memory.failing),
        "failed_rounds": {item.key: item.times for item in memory.log.lasting},
        "last_change": {"time": memory.log.changed, "changes": [item._asdict() for item in memory.log.moves]}
        if memory.log.moves
        else None,
    }

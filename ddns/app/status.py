"""``ddns status`` and ``ddns healthcheck``: what the running instance last did, read from where it keeps its state."""

from ddns.core.memory import Memory
from ddns.output.life import duration
from ddns.output.lines import Line

LATE = 600.0
"""A round this many seconds overdue means that the instance hangs (our choice: longer than any round may take)."""


def healthy(memory: Memory, now: float) -> str:
    """Return "" when the instance is well, or why it is not."""
    if memory.next_round and now > memory.next_round + LATE:
        return f"the next round is {duration(now - memory.next_round)} overdue"
    if memory.last is not None and not memory.last.ok:
        return "the last round failed"
    return ""


def status_lines(memory: Memory, now: float) -> tuple[Line, ...]:
    """Return the state as lines: when, how it went, what is published, what is failing since when."""
    lines = [Line("notice", "config", f"Running for {duration(now - memory.started)}, {memory.rounds} rounds")]
    if memory.last is None:
        lines.append(Line("notice", "waiting", "No round has been done yet"))
    else:
        went = "went well" if memory.last.ok else "failed"
        ago = duration(now - memory.last.started)
        lines.append(Line("notice", "now", f"The last round was {ago} ago and {went}"))
        lines += [Line("notice", "item", text, indent=1) for text in memory.last.lines]
        lines += [Line("error", "error", text, indent=1) for text in memory.last.problems]
    lines += [Line("notice", "item", f"{name}: {', '.join(found) or '(none)'}") for name, found in memory.published]
    lines += [
        Line("error", "error", f"{key} has been failing for {duration(now - since)}") for key, since in memory.failing
    ]
    if memory.next_round:
        lines.append(Line("notice", "waiting", f"The next round is due in {duration(_left(memory, now))}"))
    return tuple(lines)


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
    }

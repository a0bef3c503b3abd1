"""``first``, ``agree`` and ``all``: several sources as one."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from ddns.core.addresses.accept import Undetected
from ddns.core.addresses.families import Found, Known
from ddns.core.entries import Source
from ddns.detect.boundary import outcome
from ddns.ports import Clock

Ask = Callable[[Source, float], Known]
"""Asks one source within so many seconds; any error when it does not answer."""

_CLEARS: Final = "static.empty cannot stand inside first(), agree() or all(): a failure would delete records"

_DIFFER: Final = "see which of these sources is wrong, and use another one in its place"
_SILENT: Final = "use other sources in place of those that do not answer, or ask for fewer in agree()"


def first(parts: Sequence[Source], ask: Ask, clock: Clock, seconds: float) -> Known:
    """Return what the first source that answers says."""
    failures: list[str] = []
    hints: list[str] = []
    for part, answer in _answers(parts, ask, clock, seconds):
        if isinstance(answer, Known):
            return answer._replace(note="; ".join((*failures, answer.note)).strip("; "))
        failures.append(f"{part.describe()}: {answer.message}")
        hints.append(answer.hint)
    raise Undetected("; ".join(failures), next(filter(None, hints), ""))


def agree(quorum: int, parts: Sequence[Source], ask: Ask, clock: Clock, seconds: float) -> Known:
    """Return the address set that ``quorum`` of the sources name, as soon as they do."""
    votes: Counter[tuple[str, ...]] = Counter()
    said = []
    for part, answer in _answers(parts, ask, clock, seconds):
        if isinstance(answer, Undetected):
            said.append(f"{part.describe()}: {answer.message}")
            continue
        addresses = tuple(dict.fromkeys(str(each.ip) for each in answer.found))
        said.append(f"{part.describe()} says {', '.join(addresses)}")
        votes[addresses] += 1
        if votes[addresses] >= quorum:
            return answer
    most = max(votes.values(), default=0)
    hint = _DIFFER if len(votes) > 1 else _SILENT
    raise Undetected(f"only {most} of {quorum} sources needed agree ({'; '.join(said)})", hint)


def union(needed: int, parts: Sequence[Source], ask: Ask, clock: Clock, seconds: float) -> Known:
    """Return the addresses of all the sources together; ``needed`` of them must answer (0: every one)."""
    found: list[Found] = []
    failures: list[str] = []
    answered = 0
    for part, answer in _answers(parts, ask, clock, seconds):
        if isinstance(answer, Known):
            found += answer.found
            answered += 1
        else:
            failures.append(f"{part.describe()}: {answer.message}")
    if answered < (needed or len(parts)):
        raise Undetected("; ".join(failures), "all(…)? is content with the sources that answer" if answered else "")
    unique = {each.ip: each for each in reversed(found)}  # the first to name an address says its prefix length
    return Known(tuple(sorted(unique.values(), key=lambda each: int(each.ip))), "; ".join(failures))


def _answers(
    parts: Sequence[Source], ask: Ask, clock: Clock, seconds: float
) -> Iterator[tuple[Source, Known | Undetected]]:
    """Ask one after the other. Each has an even share of the time left; one with none is asked all the same.

    What is on this machine answers without any time, and a part that took too much must not make that unknown.
    """
    end = clock.monotonic() + seconds
    for index, part in enumerate(parts):
        share = max(0.0, end - clock.monotonic()) / (len(parts) - index)
        clears = part.kind == "static.empty"
        yield part, Undetected(_CLEARS) if clears else outcome(partial(ask, part, share))

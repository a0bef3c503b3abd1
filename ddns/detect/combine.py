"""``first`` and ``agree``: several sources as one."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from ddns.core.accept import Undetected
from ddns.core.addresses import Known
from ddns.core.entries import Source
from ddns.errors import DdnsError
from ddns.ports import Clock

Ask = Callable[[Source, float], Known]
"""Asks one source within so many seconds; DdnsError or OSError when it does not answer."""

_CLEARS: Final = "static.empty cannot stand inside first() or agree(): a failure would delete records"


def first(parts: Sequence[Source], ask: Ask, clock: Clock, seconds: float) -> Known:
    """Return what the first source that answers says. Each has an even share of the time the ones before it left."""
    failures: list[str] = []
    end = clock.monotonic() + seconds
    for index, part in enumerate(parts):
        outcome = _try(part, ask, (end - clock.monotonic()) / (len(parts) - index))
        if isinstance(outcome, Known):
            return outcome._replace(note="; ".join((*failures, outcome.note)).strip("; "))
        failures.append(f"{part.describe()}: {outcome.message}")
    raise Undetected("; ".join(failures))


def agree(quorum: int, parts: Sequence[Source], ask: Ask, clock: Clock, seconds: float) -> Known:
    """Return the address set that ``quorum`` of the sources name, as soon as they do."""
    votes: Counter[tuple[str, ...]] = Counter()
    said = []
    end = clock.monotonic() + seconds
    for index, part in enumerate(parts):
        outcome = _try(part, ask, (end - clock.monotonic()) / (len(parts) - index))
        if isinstance(outcome, Undetected):
            said.append(f"{part.describe()}: {outcome.message}")
            continue
        addresses = tuple(dict.fromkeys(str(each.ip) for each in outcome.found))
        said.append(f"{part.describe()} says {', '.join(addresses)}")
        votes[addresses] += 1
        if votes[addresses] >= quorum:
            return outcome
    most = max(votes.values(), default=0)
    raise Undetected(f"only {most} of {quorum} sources needed agree ({'; '.join(said)})")


def _try(part: Source, ask: Ask, seconds: float) -> Known | Undetected:
    if part.kind == "static.empty":
        return Undetected(_CLEARS)
    try:
        return ask(part, seconds)
    except DdnsError as error:
        return Undetected(error.message, error.hint)

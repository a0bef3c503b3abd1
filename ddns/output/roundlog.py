"""What of a round is told: the first in full, then only news. Pure: from what was told before to what is told now.

A problem is told when it begins, after an hour, then daily, each time with since when it lasts and how often it came;
its end is always told, and once a day that all is well.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from ddns.core.memory import Lasting, Log, Move, past
from ddns.core.reports.failing import follow, lasted, subject
from ddns.core.reports.roundreport import RoundReport, is_record
from ddns.output.life import moment
from ddns.output.lines import Line, Lines
from ddns.output.wording import people, problem_line

_DETECTED = frozenset({"detected", "cleared"})
HOUR, DAY = 3600.0, 86400.0
MOVES_KEPT, CONTENTS_KEPT = 10, 10
"""So much of the last change is remembered."""


def round_log(report: RoundReport, whole: Iterable[Line], log: Log, *, every: bool = False) -> tuple[Lines, Log]:
    """Return what to tell of a round, and what to remember of that.

    ``whole`` are the lines of the round in full, which are gone through more than once; ``every``: tell it so, whatever
    was told before (LOG_ROUNDS=all).
    """
    now, full = report.started, every or log.full
    moves = tuple(islice(_moves(report), MOVES_KEPT))
    lasting, ended = (log.lasting, ()) if report.interrupted else _followed(report, log.lasting)
    known = {item.key: item for item in lasting}
    due = {item.key for item in report.problems if full or item.key not in known or _due(known[item.key], now)}
    aged = {} if every else known
    bad = [_with_age(problem_line(item), aged.get(item.key), now) for item in report.problems if item.key in due]
    facts = Lines(lambda: (line for line in whole if line.level != "error" and (full or moves or _is_news(line, log))))
    more = [*(_ended(item, now) for item in ended), *bad]
    well = now if log.full else past(log.well, now)
    if not (facts or more) and report.ok and now - well >= DAY:
        more, well = [_well(report, log, now)], now
    return Lines(lambda: chain(facts, more)), log._replace(
        full=False,
        news=bool(facts or more),
        lasting=tuple(item._replace(told=now) if item.key in due else item for item in lasting),
        well=well,
        detected=tuple(line.text for line in whole if line.meaning in _DETECTED),
        changed=now if moves else log.changed,
        moves=moves or log.moves,
        history=(*((now, move) for move in moves), *log.history)[:MOVES_KEPT],
    )


def remarks(lines: Iterable[Line], log: Log, now: float, *, every: bool = False) -> tuple[tuple[Line, ...], Log]:
    """Return which remarks beside a round to tell (as of a monitor that does not answer), and what to remember.

    One that is not among these is over. UNIX seconds.
    """
    before = {item.key: item for item in log.remarks}
    told, kept = [], []
    for line in lines:
        item = _again(before.get(str(line.facts["key"]), Lasting(str(line.facts["key"]), now, 0)), now)
        if every or _due(item, now):
            told.append(line if every else _with_age(line, item, now))
            item = item._replace(told=now)
        kept.append(item)
    return tuple(told), log._replace(remarks=tuple(kept))


def _is_news(line: Line, log: Log) -> bool:
    """Whether a line is told although nothing was changed: it matters, or an address is not the one told last."""
    return line.level != "info" or (line.meaning in _DETECTED and line.text not in log.detected)


def _followed(report: RoundReport, before: tuple[Lasting, ...]) -> tuple[tuple[Lasting, ...], tuple[Lasting, ...]]:
    """Return the problems there are after a round, and those that are over."""
    now, met = report.started, {problem.key for problem in report.problems}
    known = {item.key: item for item in before}
    failing, ended = follow(report, tuple((item.key, item.since) for item in before))
    lasting = (known.get(key, Lasting(key, since, 0))._replace(since=since) for key, since in failing)
    return (
        tuple(_again(item, now) if item.key in met else item for item in lasting),
        tuple(known[key]._replace(since=since) for key, since in ended),
    )


def _again(item: Lasting, now: float) -> Lasting:
    """Return a problem that has come once more; what was told at a moment that cannot be was told now."""
    told = past(item.told, now) if item.times else 0.0
    return item._replace(since=past(item.since, now), times=item.times + 1, told=told)


def _due(item: Lasting, now: float) -> bool:
    """Whether a problem is to be told: when it is new, after an hour, then daily."""
    early = item.told < item.since + HOUR
    return item.times == 1 or now >= (item.since + HOUR if early else item.told + DAY)


def _with_age(line: Line, item: Lasting | None, now: float) -> Line:
    """Return a problem with since when it lasts and how often it came, where it is not new."""
    if item is None or item.times < 2:
        return line
    text = (
        f"{line.text} This has lasted for {lasted(now - item.since)} (since {moment(item.since)}, {item.times} times)."
    )
    return line._replace(text=text, facts={**line.facts, "since": int(item.since), "times": item.times})


def _ended(item: Lasting, now: float) -> Line:
    seconds = now - item.since
    text = f"{subject(item.key)} works again after {lasted(seconds)}"
    return Line("notice", "works_again", text, {"key": item.key, "seconds": round(seconds), "times": item.times})


def _well(report: RoundReport, log: Log, now: float) -> Line:
    names = sorted({people(item.name) for item in report.records} | {item.name for item in report.places})
    noun = "names and places" if report.places else "names"
    what = f"{names[0]} is" if len(names) == 1 else f"All {len(names)} {noun} are"
    last = f"last change {lasted(now - log.changed)} ago" if log.moves else "nothing was changed so far"
    return Line("info", "good", f"{what} up to date; {last}", {"count": len(names), "changed": int(log.changed)})


def _moves(report: RoundReport) -> Iterator[Move]:
    """Return what was changed: a name with all its contents, a place with those that went and came."""
    for item in (*report.records, *report.places):
        if item.status == "changed":
            old, new = (item.old, item.new) if is_record(item) else (item.removed, item.added)
            yield Move(item.type, item.name, old[:CONTENTS_KEPT], new[:CONTENTS_KEPT])

"""STATUS_PAGE: the state of the program as one page for a browser. It needs no script and no other file.

It is readable on a phone and follows the browser's dark mode. It does not load itself again: that would throw people
who have it read aloud back to its beginning (WCAG 2.2, 2.2.1).
"""

from collections.abc import Iterable, Iterator, Sequence
from time import gmtime, strftime

from ddns.core.memory import Memory
from ddns.output.life import failing, moment
from ddns.output.wording import named

_STYLE = """
:root{color-scheme:light dark;--text:#1b1b1b;--page:#fff;--line:#c8c8c8;--good:#0b6b2b;--bad:#a8071a}
@media(prefers-color-scheme:dark){:root{--text:#ececec;--page:#161616;--line:#4a4a4a;--good:#6fdc8c;--bad:#ff8389}}
body{font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--page)}
body{max-width:52rem;margin:auto;padding:1rem}
table{border-collapse:collapse;width:100%}caption,th,td{text-align:left;vertical-align:top}caption{font-weight:bold}
th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem .35rem 0;min-width:5em;overflow-wrap:anywhere}
@media(max-width:36rem){table{font-size:.8rem}}
section{margin:2rem 0;overflow-x:auto}.good{color:var(--good)}.bad{color:var(--bad)}
"""


def page(memory: Memory, now: float, version: str) -> str:
    """Return the page. ``now`` is in UNIX seconds."""
    top = (*_head(memory), *_summary(memory, now, version))
    sections = (*_problems(memory, now), *_published(memory), *_changes(memory))
    return f"{''.join((*top, *sections))}</main></body></html>\n"


def _head(memory: Memory) -> Iterator[str]:
    title = "Dormouse: all is well" if _well(memory) else "Dormouse: there are problems"
    yield f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<style>{_STYLE}</style></head>\n<body><main><h1>{title}</h1>\n"


def _well(memory: Memory) -> bool:
    return not memory.failing and (memory.last is None or memory.last.ok)


def _summary(memory: Memory, now: float, version: str) -> Iterator[str]:
    kind, text = ("good", "Everything is up to date.") if _well(memory) else ("bad", "Something could not be done.")
    yield f'<p class="{kind}">{text}</p>\n<p>'
    if memory.last is not None:
        yield f"The last round began at {_time(memory.last.started)}. "
    if memory.next_round:
        yield f"The next one is due at {_time(memory.next_round)}. "
    rounds = f"{memory.rounds} {'round' if memory.rounds == 1 else 'rounds'}"
    yield f"Version {_text(version)} has been running since {_time(memory.started)}, {rounds}. "
    yield f"This page was written at {_time(now)}.</p>\n"
    if memory.log.detected:
        yield _list("Addresses", memory.log.detected)


def _published(memory: Memory) -> Iterator[str]:
    since: dict[str, float] = {}
    for at, move in memory.log.history:
        since.setdefault(f"{move.type} {move.name}", at)
    rows = [
        (_text(named(key)), _contents(found), _time(since[key]) if key in since else "before the start")
        for key, found in memory.published
    ]
    yield _table("Published", ("Where", "What", "Since"), rows, "Nothing has been published yet.")


def _problems(memory: Memory, now: float) -> Iterator[str]:
    lasting = (f"{text}." for text in failing(memory, now))
    problems = memory.last.problems if memory.last is not None else ()
    if items := (*problems, *lasting):
        yield _list("Problems", items)


def _changes(memory: Memory) -> Iterator[str]:
    rows = [
        (_time(at), _text(named(f"{move.type} {move.name}")), _contents(move.old), _contents(move.new))
        for at, move in memory.log.history
    ]
    yield _table("Changes", ("When", "Where", "Before", "After"), rows, "Nothing was changed so far.")


def _contents(found: Sequence[str]) -> str:
    return _text(", ".join(found) or "(none)")


def _list(title: str, items: Iterable[str]) -> str:
    inner = "".join(f"<li>{_text(item)}</li>" for item in items)
    return f"<section><h2>{title}</h2><ul>{inner}</ul></section>\n"


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], nothing: str) -> str:
    if not rows:
        return f"<section><h2>{title}</h2><p>{nothing}</p></section>\n"
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<section><h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></section>\n"


def _time(at: float) -> str:
    return f'<time datetime="{strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))}">{moment(at)}</time>'


def _text(text: str) -> str:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, entity)
    return "".join(mark if mark.isprintable() else " " for mark in text)

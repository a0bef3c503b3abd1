"""Reading a list page by page, trusting no single number: a whole reading, or an error.

Where the answer says neither how many rows nor how many pages there are, only an empty page is the end.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ddns.cloudflare.ask import Answer, Ask, lost, rows, text
from ddns.cloudflare.transport import Transport

_SWEEPS: Final = 3
"""How often a list that changes while it is read is read anew."""
Row = dict[str, Any]


class Pages(NamedTuple):
    """A list to be read: the question for page 1, 2, …; how many rows a page has, and how many pages are too many."""

    question: Callable[[int], Ask]
    size: int
    most: int


def collect(transport: Transport, pages: Pages, deadline: float) -> list[Row] | None:
    """Return all rows, each id once, or None when there are more than ``most`` pages.

    Unavailable when the pages contradict each other three times: a row may have slipped through.
    """
    for _ in range(_SWEEPS):
        sweep = _Sweep(pages)
        while sweep.more:
            ask = pages.question(sweep.page)
            sweep.take(ask, transport.ask(ask, deadline))
        if sweep.too_many:
            return None
        if sweep.whole:
            return list(sweep.found.values())
    raise lost(pages.question(1), "the pages of its answer contradict each other")


class _Sweep:
    """One reading from the first page to the last."""

    def __init__(self, pages: Pages) -> None:
        self.found: dict[str, Row] = {}
        self.page = 1
        self.more = True
        self.too_many = False
        self.whole = True
        self._pages = pages
        self._total: int | None = None

    def take(self, ask: Ask, answer: Answer) -> None:
        """Add the rows of the page asked for, and decide whether there is another one."""
        part = rows(ask, answer)
        known = len(self.found)
        self.found.update((text(ask, each, "id"), each) for each in part)
        total = number(answer, "total_count")
        moved = self.page > 1 and total != self._total
        self._total = total
        if moved or number(answer, "count") not in {None, len(part)} or number(answer, "page") not in {None, self.page}:
            self.more = self.whole = False
        elif part and self.page > 1 and len(self.found) == known:  # the page before it, once more
            self.more = False
            self.whole = len(self.found) == total
        elif not self._next(answer, len(part)):
            self.more = False
            self.whole = total is None or len(self.found) == total
        elif self.page == self._pages.most or (total or 0) > self._pages.most * self._pages.size:
            self.more, self.too_many = False, True
        else:
            self.page += 1

    def _next(self, answer: Answer, count: int) -> bool:
        """Whether another page should follow, by what the answer says."""
        last = number(answer, "total_pages")
        if last is not None:
            return self.page < last
        return count > 0 and (self._total is None or len(self.found) < self._total)


def number(answer: Answer, key: str) -> int | None:
    """Return a number of the page information; None when it is not there."""
    value = answer.info.get(key)
    return value if isinstance(value, int) else None

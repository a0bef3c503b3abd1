"""Reading a list page by page, trusting no single number: a whole reading, or an error.

Where the answer says neither how many rows nor how many pages there are, only an empty page is the end.
"""

from collections.abc import Callable
from typing import Any, Final, Generic, NamedTuple, TypeVar

from ddns.cloudflare.ask import Answer, Ask, rows, text, unusable
from ddns.cloudflare.transport import Transport

_SWEEPS: Final = 3
"""How often a list that changes while it is read is read anew."""
Row = dict[str, Any]
T = TypeVar("T")


class Pages(NamedTuple, Generic[T]):
    """A list to be read: the question for page 1, 2, …; how many rows a page has, and how many pages are too many.

    ``keep`` returns what is kept of a row, or None: of a large zone only what is asked for stays in memory. ``key`` is
    the field that tells one row from another.
    """

    question: Callable[[int], Ask]
    size: int
    most: int
    keep: Callable[[Ask, Row], T | None]
    key: str = "id"


def collect(transport: Transport, pages: Pages[T], deadline: float) -> list[T] | None:
    """Return what is kept of all rows, each once, or None when there are more than ``most`` pages.

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
            return sweep.found
    raise unusable(pages.question(1), "the pages of its answer contradict each other")


class _Sweep(Generic[T]):
    """One reading from the first page to the last. Rows that move between two pages are seen at the border of them."""

    def __init__(self, pages: Pages[T]) -> None:
        self.found: list[T] = []
        self.page = 1
        self.more = True
        self.too_many = False
        self.whole = True
        self._pages = pages
        self._total: int | None = None
        self._count = 0
        self._before: set[str] = set()

    def take(self, ask: Ask, answer: Answer) -> None:
        """Keep what is wanted of the page asked for, and decide whether there is another one."""
        part = rows(ask, answer)
        fresh = {text(ask, each, self._pages.key): each for each in part}
        ids = set(fresh)
        for known in self._before & ids:
            del fresh[known]
        self._before = ids
        self._count += len(fresh)
        self.found += [kept for each in fresh.values() if (kept := self._pages.keep(ask, each)) is not None]
        total = _number(answer, "total_count")
        moved = self.page > 1 and total != self._total
        self._total = total
        if (
            moved
            or _number(answer, "count") not in {None, len(part)}
            or _number(answer, "page") not in {None, self.page}
        ):
            self.more = self.whole = False
        elif part and self.page > 1 and not fresh:  # the page before it, once more
            self.more = False
            self.whole = self._count == total
        elif not self._next(answer, len(part)):
            self.more = False
            self.whole = total is None or self._count == total
        elif self.page == self._pages.most or (total or 0) > self._pages.most * self._pages.size:
            self.more, self.too_many = False, True
        else:
            self.page += 1

    def _next(self, answer: Answer, count: int) -> bool:
        """Whether another page should follow, by what the answer says."""
        last = _number(answer, "total_pages")
        if last is not None:
            return self.page < last
        return count > 0 and (self._total is None or self._count < self._total)


def single(transport: Transport, ask: Ask) -> list[Row]:
    """Return the rows of a list that comes on one page; an answer that says there are more is no whole reading."""
    answer = transport.ask(ask, transport.deadline())
    found = rows(ask, answer)
    if _number(answer, "total_count") not in {None, len(found)}:
        raise unusable(ask, "its answer does not hold them all")
    return found


def _number(answer: Answer, key: str) -> int | None:
    value = answer.info.get(key)
    return value if isinstance(value, int) else None

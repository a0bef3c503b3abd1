"""Lists are read whole or not at all, whatever the pages claim."""

from typing import Any

import pytest

from ddns.cloudflare.ask import Ask
from ddns.cloudflare.paging import Pages, collect
from ddns.errors import Unavailable
from ddns.ports import Response
from tests.fakes.scripted import good, scripted

PAGES = Pages(lambda page: Ask("GET", f"/things?page={page}", "read the things"), 2, 3, lambda _, row: row)


def page(ids: str, **info: int) -> Response:
    """Return a page of things whose ids are the letters given."""
    return good([{"id": each} for each in ids], info)


def sweep(*answers: Response) -> tuple[str | None, int]:
    """Return the ids read from these answers (None: too many), and how many requests that took."""
    transport, http, _ = scripted(*answers)
    found = collect(transport, PAGES, transport.deadline())
    return None if found is None else "".join(each["id"] for each in found), len(http.sent)


def test_one_page_is_one_request() -> None:
    """A page that says it is the last is the last; an empty list is a list."""
    assert sweep(page("ab", count=2, total_count=2, total_pages=1)) == ("ab", 1)
    assert sweep(page("", count=0, total_count=0, total_pages=0)) == ("", 1)


@pytest.mark.parametrize(
    "answers",
    [
        [page("ab", total_pages=2, total_count=3), page("c", total_pages=2, total_count=3)],
        [page("ab", total_pages=2), page("c", total_pages=2)],
        [page("ab", total_count=3), page("c", total_count=3)],
    ],
)
def test_pages_are_followed_by_whatever_is_known(answers: list[Response]) -> None:
    """The number of pages, else the total tells the end."""
    assert sweep(*answers) == ("abc", 2)


def test_without_page_information_an_empty_page_is_the_end() -> None:
    """However few rows a page has: a server may give fewer than it was asked for."""
    assert sweep(page("ab"), page("c"), page("")) == ("abc", 3)
    assert sweep(page("a"), page("")) == ("a", 2)
    assert sweep(page("")) == ("", 1)
    assert sweep(page("ab", count=2), page("c", count=1), page("", count=0)) == ("abc", 3)


def test_another_page_than_was_asked_for_is_not_believed() -> None:
    """The answer says which page it is."""
    with pytest.raises(Unavailable, match="contradict"):
        sweep(*[page("ab", page=2, total_pages=1, total_count=2)] * 3)


def test_a_server_with_smaller_pages_is_followed() -> None:
    """When the server gives fewer rows than asked for, its own numbers count."""
    answers = [page(each, per_page=1, count=1, total_pages=3, total_count=3) for each in "abc"]
    assert sweep(*answers) == ("abc", 3)


def test_pages_that_repeat_do_not_loop() -> None:
    """A server that ignores the page number ends the reading, which is not whole unless the total says so."""
    assert sweep(page("ab", total_pages=2), page("", total_pages=2)) == ("ab", 2)
    assert sweep(page("ab", total_pages=2, total_count=2), page("ab", total_pages=2, total_count=2)) == ("ab", 2)
    with pytest.raises(Unavailable, match="contradict"):
        sweep(*[page("ab")] * 6)
    with pytest.raises(Unavailable, match="contradict"):
        sweep(*[page("ab", total_pages=9, total_count=4)] * 6)


def test_a_list_that_changes_is_read_anew() -> None:
    """Another total on the second page means a row may have slipped through, so the reading starts over."""
    first, second = page("ab", total_count=3, total_pages=2), page("c", total_count=2, total_pages=1)
    assert sweep(first, second, page("ac", total_count=2, total_pages=1)) == ("ac", 3)


@pytest.mark.parametrize(
    "answer",
    [
        page("a", count=2, total_count=2, total_pages=1),
        page("a", total_count=2, total_pages=1),
        page("aa", total_count=2, total_pages=1),
        page("abc", total_count=2, total_pages=1),
    ],
)
def test_numbers_that_contradict_the_rows_are_an_error(answer: Response) -> None:
    """Fewer rows than announced are not "no more rows": after three readings that is an error."""
    transport, http, _ = scripted(*[answer] * 3)

    with pytest.raises(Unavailable, match="read the things: the pages of its answer contradict each other"):
        collect(transport, PAGES, transport.deadline())
    assert len(http.sent) == 3


def test_too_many_pages_are_told_early() -> None:
    """None when the total says so on the first page, or when the last allowed page is not the last."""
    assert sweep(page("ab", total_count=7)) == (None, 1)
    assert sweep(page("ab", total_count=6), page("cd", total_count=6), page("ef", total_count=6)) == ("abcdef", 3)
    assert sweep(page("ab"), page("cd"), page("ef")) == (None, 3)


@pytest.mark.parametrize("result", [{}, ["a"], [{"name": "x"}], [{"id": 7}]])
def test_rows_without_an_id_are_an_error(result: Any) -> None:  # noqa: ANN401 -- any JSON
    """What is not a list of objects with ids cannot be read."""
    transport, _, _ = scripted(good(result))
    with pytest.raises(Unavailable):
        collect(transport, PAGES, transport.deadline())

"""Messages that fit, and what is told of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.notify.kit import MOST_PARTS, Size, cut, octets, split, utf16

SIZES = st.sampled_from([len, utf16, octets])


def test_splitting_prefers_the_ends_of_lines() -> None:
    """Parts end at a line end, else at a space, when one is in their second half."""
    assert split("aaaa bb\ncc dd", 10) == ["aaaa bb", "cc dd"]
    assert split("aaaaaa bbbb cccc", 12) == ["aaaaaa bbbb", "cccc"]
    assert split("a bbbbbbbbbbbb", 6) == ["a bbbb", "bbbbbb", "bb"]


def test_short_texts_stay_whole() -> None:
    """What fits is one part, even when it is empty."""
    assert split("abc", 3) == ["abc"]
    assert split("", 3) == [""]
    assert cut("abc", 3) == "abc"


def test_cutting_shows() -> None:
    """A text that was cut ends in an ellipsis."""
    assert cut("abcdef", 4) == "abc…"
    assert cut("ééé", 5, octets) == "é…"


@given(st.text(max_size=200), st.integers(4, 30), SIZES)
def test_every_part_fits(text: str, limit: int, size: Size) -> None:
    """No part is larger than the limit, in whatever is counted, and there are never too many."""
    parts = split(text, limit, size)

    assert all(size(part) <= limit for part in parts)
    assert 1 <= len(parts) <= MOST_PARTS
    assert size(cut(text, limit, size)) <= limit


@given(st.text(alphabet="ab \n", max_size=60), st.integers(20, 30))
def test_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    """A text that fits into the parts is there whole."""
    parts = split(text, limit)

    if not parts[-1].endswith("…"):
        assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(("text", "length"), [("a", 1), ("é", 1), ("😀", 2), ("\ud800", 1)])
def test_utf16_lengths(text: str, length: int) -> None:
    """Characters beyond the first plane count twice."""
    assert utf16(text) == length

"""Messages that fit, and what is told of an answer."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.errors import DdnsError, NetError
from ddns.notify.delivery import MOST_PARTS, Size, cut, octets, send_parts, split, utf16

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


def part(errors: list[DdnsError | None], log: list[str], name: str) -> Callable[[], str]:
    """Return a part that fails with the next error, if there is one, and is logged."""

    def send() -> str:
        log.append(name)
        error = errors.pop(0) if errors else None
        if error is not None:
            raise error
        return name

    return send


def test_parts_stay_in_order_and_receivers_are_apart() -> None:
    """After a part that failed the later ones of its receiver wait; the others arrive; nothing is sent twice."""
    log: list[str] = []
    done: set[int] = set()
    refused, later = DdnsError("no"), NetError("later")
    receivers = [
        [part([later], log, "a1"), part([], log, "a2")],
        [part([refused], log, "b1")],
        [part([], log, "c1"), part([NetError("c2")], log, "c2")],
    ]
    with pytest.raises(NetError, match="later"):
        send_parts(receivers, done)
    assert (log, done) == (["a1", "b1", "c1", "c2"], {3})

    assert send_parts(receivers, done) == "c2"
    assert log[4:] == ["a1", "a2", "b1", "c2"]
    assert "before" in send_parts(receivers, done)


def test_what_may_be_sent_later_is_told_before_what_is_refused() -> None:
    """One error that is not for good makes the whole message one to be sent again."""
    with pytest.raises(NetError, match="later"):
        send_parts([[part([DdnsError("no")], [], "a")], [part([NetError("later")], [], "b")]], None)
    with pytest.raises(DdnsError, match="first"):
        send_parts([[part([DdnsError("first")], [], "a")], [part([DdnsError("second")], [], "b")]], None)

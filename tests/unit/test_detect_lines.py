"""The line format of pages, files and commands."""

from ipaddress import ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.accept import Rules, Undetected
from ddns.detect.textlines import parse_lines

RULES = Rules(4, 32)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"8.8.8.8", ["8.8.8.8/32"]),
        (b"\xef\xbb\xbf8.8.8.8\r\n", ["8.8.8.8/32"]),
        *((f"8.8.4.4 # mine{mark}8.8.8.8".encode(), ["8.8.4.4/32"]) for mark in "\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"),
        (b"# mine\n\n 8.8.8.8/24 # here\n8.8.4.4\n8.8.4.4\n", ["8.8.4.4/32", "8.8.8.8/24"]),
    ],
)
def test_lines_are_read(answer: bytes, found: list[str]) -> None:
    """Comments, blank lines, line ends and a byte order mark do not matter; the result is sorted, without doubles."""
    assert parse_lines(answer, RULES) == tuple(map(ip_interface, found))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "no IPv4 address"),
        (b"# nothing\n\n", "no IPv4 address"),
        (b"8.8.8.8\nsecret\n", "line 2: not an IP address"),
        (b"8.8.8.8 8.8.4.4", "line 1: not an IP address"),
        (b"2001:db8::1", "line 1: 2001:db8::1 is not an IPv4 address"),
        (b" <!DOCTYPE html>", "web page"),
        (b"8.8.8.8\n<p>", "line 2: not an IP address"),
        (b"8.8.8.\xff", "line 1: not an IP address"),
        (b"8.8.4.4\x0c8.8.8.8", "line 1: not an IP address"),
        (b"8.8.4.4\r8.8.8.8", "line 1: not an IP address"),
    ],
)
def test_one_bad_line_spoils_all(answer: bytes, words: str) -> None:
    """Anything else in any line and the answer counts for nothing; its text is not repeated."""
    with pytest.raises(Undetected) as caught:
        parse_lines(answer, RULES)

    assert words in caught.value.message
    assert "secret" not in caught.value.message


@given(st.binary())
def test_reading_never_raises_anything_else(answer: bytes) -> None:
    """Whatever the bytes: addresses, at least one, or Undetected."""
    try:
        assert parse_lines(answer, RULES)
    except Undetected:
        return

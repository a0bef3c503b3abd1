"""Texts inside texts, and words that were meant."""

import pytest

from ddns.config.values.scan import quote, split_outside, unquote
from ddns.config.values.suggest import did_you_mean, distance, nearest


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("a, b", ["a", "b"]),
        ("a(1, 2), b[3, 4], c{5, 6}", ["a(1, 2)", "b[3, 4]", "c{5, 6}"]),
        ('"a, b", c', ['"a, b"', "c"]),
        (r'"a\", b", c', [r'"a\", b"', "c"]),
        ("a,", ["a", ""]),
        ("a\\, b", ["a\\", "b"]),
    ],
)
def test_splitting_outside_quotes_and_brackets(text: str, parts: list[str]) -> None:
    """Only separators outside count, and parts are trimmed."""
    assert split_outside(text, ",") == parts


@pytest.mark.parametrize(
    ("text", "what"),
    [('"a', "never closed"), ('"a\\"', "never closed"), ("(a", "missing"), ("a)", "no partner"), ("(a]", "no partner")],
)
def test_what_is_not_closed_is_refused(text: str, what: str) -> None:
    """Quotes and brackets must match."""
    with pytest.raises(ValueError, match=what):
        split_outside(text, ",")


@pytest.mark.parametrize("text", ["", "plain", 'with "marks"', "back\\slash\\", "a, b"])
def test_quoting_comes_back(text: str) -> None:
    """A quoted text is one part, and unquoting gives the text again."""
    assert unquote(quote(text)) == text
    assert split_outside(quote(text), ",") == [quote(text)]


def test_unquoting_leaves_plain_texts_and_refuses_what_follows() -> None:
    """Only a text that is quoted as a whole is unquoted."""
    assert unquote("plain") == "plain"
    with pytest.raises(ValueError, match="follows the closing"):
        unquote('"a"b')


@pytest.mark.parametrize(
    ("first", "second", "limit", "away"),
    [
        ("ttl", "ttl", 2, 0),
        ("ttl", "tll", 2, 1),
        ("tll", "ltl", 2, 1),
        ("abc", "xyz", 2, 3),
        ("a", "abcd", 2, 3),
        ("", "", 0, 0),
    ],
)
def test_distances(first: str, second: str, limit: int, away: int) -> None:
    """Changes and swaps are counted up to the limit."""
    assert distance(first, second, limit) == away
    assert distance(second, first, limit) == away


def test_the_nearest_word_is_suggested_only_when_it_is_near() -> None:
    """Case and the choice of - or _ do not count."""
    assert nearest("--ip4_DOMIANS", ["--ip6-domains", "--ip4-domains"]) == "--ip4-domains"
    assert nearest("ttl", ["proxied"]) == ""
    assert did_you_mean("proxid", ["ttl", "proxied"]) == "did you mean proxied?"
    assert did_you_mean("xyzzy", ["ttl", "proxied"]) == ""

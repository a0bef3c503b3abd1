"""Regular expressions over comments."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddns.core.expressions.regexes import CommentRegex, parse_regex


def matches(pattern: str, text: str) -> bool:
    """Whether a checked expression matches."""
    return parse_regex(pattern).matches(text)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("", "anything", None),
        ("ddns", "by ddns 2", "dns"),
        ("^ddns$", "ddns", "ddns\n"),
        ("^a|b$", "xb", "bx"),
        ("a(b|c|)d", "ad", "aed"),
        ("^a*$", "", "ab"),
        ("^a+$", "aaa", ""),
        ("^ab?$", "a", "abb"),
        ("^a{2}$", "aa", "aaa"),
        ("^a{2,}$", "aaaa", "a"),
        ("^a{1,3}$", "aaa", "aaaa"),
        ("^a{0,0}$", "", "a"),
        ("^(?:ab){2}$", "abab", "ab"),
        ("a{,2}", "a{,2}", "aa"),
        ("a{x", "a{x", "a"),
        ("a{01}", "a{01}", "a"),
        ("a{00}", "a{00}", "a"),
        ("a{1,02}", "a{1,02}", "aa"),
        (r"^\Qa.\E\Q\E\Qb$", "a.b$", "axb$"),
        ("^a.c$", "aéc", "a\nc"),
        ("(?s)^a.c$", "a\nc", "ac"),
        ("(?s:a.)c.d", "a\ncxd", "a\nc\nd"),
        ("(?m)^b$", "a\nb\nc", "ab"),
        ("(?m)^b", "a\nb", "ab"),
        (r"\Ab\z", "b", "b\n"),
        (r"^\d+$", "0129", "٣"),
        (r"^\D$", "٣", "3"),
        (r"^\w$", "_", "é"),
        (r"^\W$", "é", "a"),
        (r"^\s$", "\t", "\v"),
        (r"^\S$", "\u00a0", " "),
        (r"\bb\b", "a b c", "abc"),
        (r"\Bb", "ab", "a b"),
        (r"é\b", "éa", "é"),
        (r"^[a-c]$", "b", "d"),
        (r"^[^a-c]$", "\n", "b"),
        (r"^[]a]$", "]", "["),
        (r"^[^]a]$", "b", "]"),
        (r"^[a-]$", "-", "b"),
        (r"^[-a]$", "-", "b"),
        (r"^[\]\\\d-]$", "7", "x"),
        (r"^[[:alpha:][:^word:]]$", "é", "5"),
        (r"^[\x41-\x{43}]$", "B", "D"),
        (r"^\x{1F600}\t\.\_$", "\U0001f600\t._", "x"),
        (r"^\Qa.b*\E+$", "a.b**", "aab"),
        (r"\Qa.b", "a.b", "axb"),
        (r"^a\Q\E$", "a", "b"),
        ("^(?P<who>a)(?<what>b)$", "ab", "ba"),
        ("^a*?b+?c??$", "aabb", "c"),
        ("(?:a*)*b", "b", "a"),
        ("^(|a)+$", "aa", "ab"),
        ("(?U)^a+$", "aa", "b"),
        ("^{$", "{", "}"),
    ],
)
def test_meaning(pattern: str, yes: str, no: str | None) -> None:
    """Each construct of RE2 means what it means there."""
    assert matches(pattern, yes)
    assert no is None or not matches(pattern, no)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("(?i)Ddns", "dDNS", "dns"),
        ("(?i)k", "\u212a", "x"),
        ("(?i)S", "\u017f", "x"),
        ("(?i)^[a-c]$", "B", "D"),
        ("(?i)^[^a-c]$", "é", "B"),
        (r"(?i)^\W$", "é", "\u017f"),
        (r"(?i)^\w$", "\u017f", "é"),
        ("(?i)^[[:^lower:]]$", "5", "A"),
        ("(?i:a)b", "Ab", "AB"),
        ("(?i)a(?-i:b)c", "AbC", "ABC"),
        ("((?i)a)b", "Ab", "AB"),
        ("(?i-i)a", "a", "A"),
    ],
)
def test_case_folding(pattern: str, yes: str, no: str) -> None:
    """(?i) folds ASCII letters as RE2 does (with the Kelvin sign and the long s), until its group ends."""
    assert matches(pattern, yes)
    assert not matches(pattern, no)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(a)\1", "backreferences"),
        (r"\8", "backreferences"),
        ("(?P<a>b)(?P=a)", "backreference"),
        ("(?=a)", "lookahead"),
        ("(?!a)", "lookahead"),
        ("(?<=a)b", "lookbehind"),
        ("(?<!a)b", "lookbehind"),
        ("(?>a)", r"atomic.*write \(\?:"),
        ("(?(1)a|b)", "condition"),
        ("(?P>a)", "recursion"),
        ("(?#note)", "comment"),
        ("(?|a)", "branch reset"),
        ("(?x)a", "flag x"),
        ("(?a)a", "flag a"),
        ("(?i--s)a", "flag -"),
        ("(?", "no known group"),
        ("(?i", "no known group"),
        ("a*+", "possessive"),
        ("a**", "repetition of a repetition"),
        ("a{2}{3}", "repetition of a repetition"),
        ("*a", "nothing stands before"),
        ("a|+", "nothing stands before"),
        ("(?i)*", "nothing stands before"),
        ("{2}", "nothing stands before"),
        ("a{1001}", "more than 1000"),
        ("a{2,1001}", "more than 1000"),
        ("a{3,2}", "backwards"),
        ("(?:a{1000}){1000}", "too large"),
        ("((((){1000}){1000}){1000}){1000}", "too large"),
        ("(" * 60 + ")" * 60, "deep"),
        ("(a", "parenthesis is missing"),
        ("a)", "parenthesis too many"),
        ("[a", "not closed"),
        ("[]", "not closed"),
        ("[^]", "not closed"),
        ("[b-a]", "backwards"),
        ("[[:letter:]]", "not a known class"),
        ("[[:alpha", "not closed"),
        ("\\", "escapes nothing"),
        ("[\\", "escapes nothing"),
        (r"a\Z", r"write \\z"),
        (r"\pL", "Unicode class"),
        (r"\P{Greek}", "Unicode class"),
        (r"\C", "half a character"),
        (r"\h", "write h"),
        ("\\é", "write é"),
        (r"\E", "write E"),
        (r"\x4", "two hexadecimal"),
        (r"\xzz", "two hexadecimal"),
        (r"\x{}", "two hexadecimal"),
        (r"\x{123456789}", "two hexadecimal"),
        (r"\x{110000}", "beyond"),
        (r"\x{41", "not closed"),
        ("(?i)é", "both cases"),
        ("(?i)[à-ü]", "both cases"),
        ("(?P<a", "not closed"),
        ("(?P<a b>c)", "cannot be named"),
        ("(?P<>c)", "cannot be named"),
        ("(?P<a>b)(?<a>c)", "two groups"),
    ],
)
def test_what_is_refused(pattern: str, words: str) -> None:
    """What RE2 lacks, or what is a mistake, is refused with its reason, not read as something else."""
    with pytest.raises(ValueError, match=words):
        parse_regex(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*)*x$", "(?:a?){400}a{400}$", "([a-z]+)*[0-9]$", "(?:(?:a*)*)*b"]
)
def test_hostile_comments_take_linear_time(pattern: str) -> None:
    """What takes a backtracking matcher longer than the universe has been, ends here."""
    assert not matches(pattern, "a" * 300 + "!")


def test_a_class_may_be_empty() -> None:
    """The complement of everything matches nothing, and of overlapping ranges what is outside of all."""
    assert not matches(r"[^\x{0}-\x{10FFFF}]", "abc")
    assert not matches(r"^[^a-fc-db-k]$", "h")
    assert matches(r"^[^a-fc-db-k]$", "l")


def test_expressions_survive_being_rebuilt_from_text() -> None:
    """A value made anew from its text is the same."""
    assert CommentRegex(*parse_regex("^a$")).matches("a")
    assert CommentRegex("").matches("")


ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", r"\W", r"\s", "-", r"\.", " "])
EDGES = st.sampled_from(["^", "$", r"\b", r"\B"])
PATTERNS = st.recursive(
    ATOMS | EDGES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: f"(?:{'|'.join(items)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{1,}", "*?"])).map(
            lambda both: f"(?:{both[0]}){both[1]}"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=500)
@given(PATTERNS, st.text(alphabet="abc1 _-.\né", min_size=1, max_size=8))
def test_agrees_with_the_standard_library(pattern: str, text: str) -> None:
    """Where the two languages mean the same, both matchers say the same."""
    # the text is never empty: before Python 3.14 re found no boundary and no lack of one there
    other = re.compile(pattern.replace("$", r"\Z"), re.ASCII)

    assert matches(pattern, text) == bool(other.search(text))


@given(st.text(alphabet="ab()[]{}*+?|^$\\.-:,1<>P=i", max_size=20), st.text(alphabet="ab", max_size=5))
def test_only_value_errors(pattern: str, text: str) -> None:
    """Whatever the expression, it is refused by ValueError or it matches or not."""
    try:
        assert matches(pattern, text) in {True, False}
    except ValueError:
        return


@given(st.text(max_size=20), st.text(max_size=5), st.text(max_size=5))
def test_quoted_text_matches_itself(text: str, before: str, after: str) -> None:
    r"""A text between \Q and \E is found wherever it stands."""
    text = text.replace("\\", "")

    assert matches(rf"\Q{text}\E", before + text + after)

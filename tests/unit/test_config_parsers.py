"""Single values and URLs."""

import re
from collections.abc import Callable

import pytest

from ddns.config.values import parsers
from ddns.config.values import urlvalues as urls


@pytest.mark.parametrize("text", ["1", "t", "T", "TRUE", "true", "True"])
def test_true_as_go_spells_it(text: str) -> None:
    """Every spelling of true."""
    assert parsers.parse_bool(text)


@pytest.mark.parametrize("text", ["0", "f", "F", "FALSE", "false", "False"])
def test_false_as_go_spells_it(text: str) -> None:
    """Every spelling of false."""
    assert not parsers.parse_bool(text)


@pytest.mark.parametrize(
    ("parser", "text", "what"),
    [
        (parsers.parse_bool, "yes", "did you mean true?"),
        (parsers.parse_bool, "OFF", "did you mean false?"),
        (parsers.parse_bool, "tRUE", "did you mean true?"),
        (parsers.parse_bool, "maybe", 'not "maybe"'),
        (parsers.parse_ttl, "0", "from 30 to 86400, not 0"),
        (parsers.parse_ttl, "29", "not 29"),
        (parsers.parse_ttl, "86401", "not 86401"),
        (parsers.parse_ttl, "5m", 'not "5m"'),
        (parsers.parse_comment, "a\nb", "single line"),
        (parsers.parse_comment, "x" * 501, "501 characters"),
        (parsers.parse_tags, "plain", "a tag is name:value"),
        (parsers.parse_tags, "na me:x", "a tag is name:value"),
        (parsers.parse_tags, ",".join(f"t{n}:x" for n in range(21)), "21 tags"),
        (parsers.parse_tags, '"a:b', "never closed"),
        (parsers.parse_path, "./run/x", "did you mean /run/x?"),
        (parsers.parse_path, "/a\0b", "absolute path"),
        (urls.base_url, "http://192.0.2.1/client/v4", "in clear"),
        (urls.base_url, "https://u:p@example.org", "plain URL"),
        (urls.base_url, "https://example.org/?x", "plain URL"),
        (urls.base_url, "https://example.org/#x", "plain URL"),
        (urls.base_url, "example.org", "https:// and a host"),
    ],
)
def test_bad_values_say_what_is_wrong(parser: Callable[[str], object], text: str, what: str) -> None:
    """Each fault has words of its own."""
    with pytest.raises(ValueError, match=re.escape(what)):
        parser(text)


def test_good_values() -> None:
    """The values at the limits are fine."""
    assert [parsers.parse_ttl(text) for text in ("1", "30", "+300", "86400")] == [1, 30, 300, 86400]
    assert parsers.parse_comment("x" * 500) == "x" * 500
    assert parsers.parse_tags('[a:b, "c:d, e", a:b,]') == ("a:b", "c:d, e")
    assert parsers.parse_tags("") == ()
    assert parsers.parse_path("/run/x") == "/run/x"
    assert parsers.parse_integer("+12", 8, 32) == 12


@pytest.mark.parametrize("text", ["7", "33", "x", "1.5", "9" * 50, ""])
def test_integers_stay_within_their_limits(text: str) -> None:
    """Anything else is named together with the limits."""
    with pytest.raises(ValueError, match="from 8 to 32"):
        parsers.parse_integer(text, 8, 32)


def test_words_of_a_list_and_of_a_choice() -> None:
    """Case does not matter, and a misspelt word gets a suggestion."""
    assert parsers.parse_flags("TTL, proxied,", ("proxied", "ttl")) == {"ttl", "proxied"}
    assert parsers.parse_choice("JSON", ("text", "json")) == "json"
    with pytest.raises(ValueError, match="did you mean ttl"):
        parsers.parse_flags("tll", ("proxied", "ttl"))
    with pytest.raises(ValueError, match="but not"):
        parsers.parse_flags("xyzzy", ("proxied", "ttl"))
    with pytest.raises(ValueError, match="did you mean json"):
        parsers.parse_choice("jsn", ("text", "json"))
    with pytest.raises(ValueError, match="text or json"):
        parsers.parse_choice("xyzzy", ("text", "json"))


def test_what_only_some_plans_allow() -> None:
    """Short TTLs and long comments are allowed with a warning."""
    assert "Enterprise" in parsers.ttl_warning(59)
    assert parsers.ttl_warning(1) == parsers.ttl_warning(60) == ""
    assert "paid" in parsers.comment_warning("x" * 101)
    assert parsers.comment_warning("x" * 100) == ""


def test_messages_shorten_what_they_quote() -> None:
    """A long text is cut, one with control characters is escaped."""
    assert len(parsers.short("x" * 1000)) < 80
    assert parsers.short("a\nb") == '"a\\nb"'


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9:8080", "[::1]", "localhost", "LOCALHOST."])
def test_http_is_fine_to_this_machine(host: str) -> None:
    """A loopback address may be asked in clear; trailing slashes go."""
    assert urls.base_url(f"http://{host}/client/v4//") == f"http://{host}/client/v4"

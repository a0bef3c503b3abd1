"""The native file."""

import re
from typing import Any

import pytest

from ddns.config.inputs.jsonfile import parse_document, read_native


def read(document: dict[str, Any]) -> dict[str, str]:
    """Return the texts of a good document."""
    found = read_native(document, "/c.json")
    assert found.problems == ()
    return {name: value.value for name, value in found.values.items()}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1, column 1"),
        ('{\n "ttl": 1\n', "line 3, column 1"),
        ('{"ttl": 1, "ttl": 2}', 'the key "ttl" twice'),
        ('{"domains": [{"name": "a.b", "name": "c.d"}]}', 'the key "name" twice'),
        ('{"ttl": NaN}', "NaN"),
        ("[1]", "not a list"),
        ("null", "not null"),
        ('"x"', "not a text"),
        ("[" * 100_000, "nested too deep"),
        ('{"ttl": ' + "9" * 5000 + "}", "limit"),
    ],
)
def test_what_is_no_document(text: str, what: str) -> None:
    """The message says where, and what was expected."""
    with pytest.raises(ValueError, match=re.escape(what)):
        parse_document(text)


def test_a_byte_order_mark_is_no_fault() -> None:
    """Editors of other systems write one."""
    assert parse_document('\ufeff{"ttl": 1}') == {"ttl": 1}


def test_every_kind_of_value() -> None:
    """Types become the texts the environment would hold; null and blank are unset."""
    assert read(
        {
            "$schema": "https://example.org/schema.json",
            "domains": ["a.b", {"name": "c.d", "proxied": True, "ttl": 300, "comment": "x, y", "tags": ["a:b,c"]}],
            "ip4_domains": "e.f",
            "ip6_domains": [
                {"name": "g.h", "hostid6": ["::1", "mac(aa:bb:cc:dd:ee:f0)"], "ip6": "local", "zone": None}
            ],
            "waf_lists": ["x/y", "x/z"],
            "enforce": ["ttl", "proxied"],
            "record_tags": ["a:b", "c:d, e"],
            "shoutrrr": ["discord://x@y", "slack://z"],
            "ttl": 60,
            "ip4_default_prefix_len": "24",
            "quiet": True,
            "emoji": "false",
            "proxied": False,
            "update_cron": " @daily ",
            "record_comment": None,
            "policy": " ",
        }
    ) == {
        "DOMAINS": 'a.b, c.d{proxied=true, ttl=300, comment="x, y", tags=["a:b,c"]}',
        "IP4_DOMAINS": "e.f",
        "IP6_DOMAINS": "g.h{hostid6=[::1, mac(aa:bb:cc:dd:ee:f0)], ip6=local}",
        "WAF_LISTS": "x/y\nx/z",
        "ENFORCE": "ttl, proxied",
        "RECORD_TAGS": 'a:b, "c:d, e"',
        "SHOUTRRR": "discord://x@y\nslack://z",
        "TTL": "60",
        "IP4_DEFAULT_PREFIX_LEN": "24",
        "QUIET": "true",
        "EMOJI": "false",
        "PROXIED": "false",
        "UPDATE_CRON": "@daily",
    }


@pytest.mark.parametrize(
    ("document", "what", "hint"),
    [
        ({"domian": []}, '"domian" is not a setting', "did you mean domains?"),
        ({"TTL": 1}, '"TTL" is not a setting', "did you mean ttl?"),
        ({"xyzzy": 1}, "is not a setting", "in lower case"),
        ({"ttl": True}, "must be a whole number, not true or false", ""),
        ({"ttl": 1.5}, "must be a whole number, not a number", ""),
        ({"quiet": 1}, "must be true or false, not a number", ""),
        ({"update_cron": 5}, "must be a text, not a number", ""),
        ({"update_cron": []}, "must be a text, not a list", ""),
        ({"domains": {}}, "must be a list, not an object", "write [ … ]"),
        ({"domains": [1]}, "holds a number", ""),
        ({"domains": [{"proxied": True}]}, 'without "name"', ""),
        ({"domains": [{"name": "a.b", "proxid": True}]}, 'unknown field "proxid" at "a.b"', "did you mean proxied?"),
        ({"domains": [{"name": "a.b", "xyzzy": True}]}, "unknown field", "the fields are"),
        ({"domains": [{"name": "a.b", "ttl": []}]}, "must be a whole number", ""),
        ({"domains": [{"name": "a.b", "proxied": 1}]}, "must be true or false", ""),
        ({"domains": [{"name": "a.b", "tags": [1]}]}, "[0] is a number", ""),
        ({"domains": [{"name": "a.b", "ip4": 1}]}, "must be a text", ""),
        ({"waf_lists": [None]}, "[0] is null", ""),
    ],
)
def test_wrong_types_and_keys(document: dict[str, Any], what: str, hint: str) -> None:
    """The problem names the key and what was expected."""
    (problem,) = read_native(document, "/c.json").problems

    assert problem.origin == "file /c.json"
    assert what in problem.what
    assert hint in problem.hint


def test_very_many_unknown_keys() -> None:
    """The first are told one by one, the others are counted."""
    problems = read_native({f"key {number}": 1 for number in range(20_000)}, "/c.json").problems

    assert len(problems) == 21
    assert problems[-1].what == "19980 more keys are not settings"


@pytest.mark.parametrize(
    ("text", "place"),
    [('{"a": 1,}', "line 1, column 8"), ('{"a": [1,\n]}', "line 1, column 9"), ('{"a": 1\n,  }', "line 2, column 1")],
)
def test_a_trailing_comma_has_its_remedy(text: str, place: str) -> None:
    """JSON allows none, and people write one; the same words and place from every Python."""
    with pytest.raises(ValueError, match=f"is not valid JSON at {place}: a comma before a closing bracket; remove"):
        parse_document(text)

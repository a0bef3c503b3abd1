"""Settings that contradict each other, and those without effect."""

import pytest

from tests.fakes.configuring import configured, first_error, problems_of

NAME = {"DOMAINS": "home.example.org"}
LIST = {"WAF_LISTS": "023e105f4ecef8ad9ca31a8372d0c353/home"}


@pytest.mark.parametrize(
    ("env", "what"),
    [
        ({}, "Nothing was specified in DOMAINS, IP4_DOMAINS, IP6_DOMAINS, or WAF_LISTS"),
        ({"DOMAINS": ","}, "DOMAINS lists nothing"),
        ({**NAME, "IP4_PROVIDER": "none", "IP6_PROVIDER": "none"}, 'every source in use is "none"'),
        ({"IP4_DOMAINS": "a.b", "IP4_PROVIDER": "none"}, 'every source in use is "none"'),
        ({"DOMAINS": "a.b{ip4=none, ip6=none}"}, 'every source in use is "none"'),
        ({**LIST, "IP4_PROVIDER": "none", "IP6_PROVIDER": "none"}, 'every source in use is "none"'),
        ({**NAME, "UPDATE_CRON": "@once", "UPDATE_ON_START": "false"}, "incompatible with UPDATE_CRON=@once"),
        ({**NAME, "UPDATE_CRON": "@once", "DELETE_ON_STOP": "true"}, "DELETE_ON_STOP would delete every record"),
        (
            {**LIST, "UPDATE_CRON": "@once", "DELETE_ON_STOP": "true", "IP4_PROVIDER": "static.empty"},
            "DELETE_ON_STOP would delete",
        ),
        (
            {**NAME, "MANAGED_RECORDS_COMMENT_REGEX": "^a$"},
            'RECORD_COMMENT="" does not match MANAGED_RECORDS_COMMENT_REGEX="^a$"',
        ),
        (
            {"DOMAINS": "a.b{comment=x}", "RECORD_COMMENT": "a", "MANAGED_RECORDS_COMMENT_REGEX": "^a$"},
            'comment of a.b="x" does not match',
        ),
        (
            {**LIST, "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "^a$"},
            'WAF_LIST_ITEM_COMMENT="" does not match MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX="^a$"',
        ),
        ({"DOMAINS": "a.b{hostid6=1::1}", "IP6_PROVIDER": "static:2620:fe::9/64"}, "reaches into the network part"),
        (
            {
                "DOMAINS": "a.b{hostid6=mac(aa:bb:cc:dd:ee:f0)}",
                "IP6_PROVIDER": "static:2620:fe::9",
                "IP6_DEFAULT_PREFIX_LEN": "56",
            },
            "(for a.b)",
        ),
    ],
)
def test_contradictions(env: dict[str, str], what: str) -> None:
    """Each is one problem of its own."""
    problems = problems_of(env)

    assert len(problems) == 1
    assert what in first_error(problems)


@pytest.mark.parametrize(
    "env",
    [
        {
            **NAME,
            "UPDATE_CRON": "@once",
            "DELETE_ON_STOP": "true",
            "IP4_PROVIDER": "static.empty",
            "IP6_PROVIDER": "none",
        },
        {"DOMAINS": "a.b{hostid6=::1}", "IP6_PROVIDER": "static:2620:fe::9"},
        {**LIST, "MANAGED_RECORDS_COMMENT_REGEX": "^a$"},
        {**NAME, "IP4_PROVIDER": "none"},
    ],
)
def test_what_is_no_contradiction(env: dict[str, str]) -> None:
    """Clearing once, fitting host IDs, and rules for what is not in use."""
    assert configured(env).settings.update


@pytest.mark.parametrize(
    ("env", "what"),
    [
        (
            {"IP4_DOMAINS": "a.b", "IP6_PROVIDER": "local"},
            "IP6_PROVIDER is ignored, because no domains, lists or other places use IPv6",
        ),
        ({"IP6_DOMAINS": "a.b", "IP4_DEFAULT_PREFIX_LEN": "24"}, "IP4_DEFAULT_PREFIX_LEN has no effect"),
        (
            {**NAME, "IP6_PROVIDER": "none", "IP6_DETECTION_FILTER": "addr-in(::/0)"},
            "IP6_DETECTION_FILTER has no effect",
        ),
        ({**NAME, "IP4_PROVIDER": "static.empty", "IP6_PROVIDER": "none"}, "managed records and items are cleared"),
        (
            {**NAME, "IP6_DOMAINS": "a.b, c.d", "IP6_PROVIDER": "none"},
            "IP6_DOMAINS lists a.b, c.d, whose AAAA records have no source",
        ),
        ({"DOMAINS": "a.b{hostid6=::1}", "IP6_PROVIDER": "none"}, "The field hostid6 of a.b has no effect"),
        ({**LIST, "TTL": "60"}, "TTL has no effect, because no domain is listed"),
        ({**LIST, "PROXIED": "true"}, "PROXIED has no effect"),
        ({**LIST, "PROXIED": "is("}, "PROXIED has no effect"),
        ({**NAME, "WAF_LIST_DESCRIPTION": "x"}, "WAF_LIST_DESCRIPTION has no effect, because WAF_LISTS is empty"),
        ({**NAME, "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "x"}, "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX has no effect"),
        (
            {**NAME, **LIST, "RECORD_COMMENT": "a", "MANAGED_RECORDS_COMMENT_REGEX": "a", "WAF_LIST_ITEM_COMMENT": "a"},
            "WAF_LIST_ITEM_COMMENT is set, but MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX is not",
        ),
        (
            {
                **NAME,
                **LIST,
                "RECORD_COMMENT": "a",
                "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "a",
                "WAF_LIST_ITEM_COMMENT": "a",
            },
            "RECORD_COMMENT is set, but MANAGED_RECORDS_COMMENT_REGEX is not",
        ),
    ],
)
def test_settings_without_effect(env: dict[str, str], what: str) -> None:
    """Each gives one warning."""
    warnings = configured(env).warnings

    assert len(warnings) == 1
    assert what in first_error(warnings)


@pytest.mark.parametrize(
    "env",
    [
        {**LIST, "PROXIED": "false"},
        {"IP4_DOMAINS": "a.b", "IP6_PROVIDER": "none"},
        {**NAME, **LIST},
        {**NAME, "IP6_DOMAINS": "home.example.org", "IP6_PROVIDER": "none"},
    ],
)
def test_nothing_to_warn_of(env: dict[str, str]) -> None:
    """Defaults, and names that are in use anyway."""
    assert configured(env).warnings == ()

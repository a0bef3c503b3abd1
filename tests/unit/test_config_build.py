"""From texts to settings."""

import pytest

from ddns.config import Inputs, load
from ddns.core.addresses.families import Family
from ddns.core.domains import Domain
from ddns.core.entries import ListRef, Metadata, Source
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.expressions.selectors import AddressFilter
from ddns.core.schedule.schedule import Cron, Every
from ddns.core.settings import Access, Credential, Lifecycle, Settings, UpdateSettings
from tests.fakes.configuring import TOKEN, Files, configured, first_error, problems_of

NAME = {"DOMAINS": "home.example.org"}
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"


def test_defaults_are_those_of_the_settings() -> None:
    """With a token and a name, everything else is as core.settings has it."""
    settings = configured(NAME).settings
    (entry,) = settings.update.entries

    assert settings == Settings(Access(Credential(TOKEN["CLOUDFLARE_API_TOKEN"])), UpdateSettings((entry,)))
    assert entry.sources == (Source("cloudflare.trace"), Source("cloudflare.trace"))
    assert entry.fallback == Metadata()


def test_every_setting_of_a_round() -> None:
    """Each setting arrives in its place."""
    update = configured(
        {
            **NAME,
            "WAF_LISTS": f"{ZONE}/home",
            "IP4_PROVIDER": "local",
            "IP6_PROVIDER": "none",
            "IP4_DEFAULT_PREFIX_LEN": "24",
            "IP4_DETECTION_FILTER": "addr-in(192.0.2.0/24)",
            "DETECTION_TIMEOUT": "300ms",
            "UPDATE_TIMEOUT": "1m",
            "CACHE_EXPIRATION": "6h",
            "REJECT_CLOUDFLARE_IPS": "false",
            "REJECT_PRIVATE_IPS": "0",
            "TTL": "300",
            "PROXIED": "is(home.example.org)",
            "RECORD_COMMENT": "mine",
            "RECORD_TAGS": "a:b",
            "ENFORCE": "ttl",
            "MANAGED_RECORDS_COMMENT_REGEX": "^mine$",
            "POLICY": "upsert-only",
            "WAF_LIST_DESCRIPTION": "at home",
            "WAF_LIST_ITEM_COMMENT": "item",
            "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "it",
        }
    ).settings.update

    assert update.entries[0].fallback == Metadata(300, proxied=True, comment="mine", tags=("a:b",))
    assert update.entries[0].enforce == {"ttl"}
    assert update.entries[0].sources == (Source("local"), None)
    assert update.waf.lists == (ListRef(ZONE, "home"),)
    assert update.waf.sources == (Source("local"), None)
    assert (update.waf.description, update.waf.item_comment, update.waf.owned) == (
        "at home",
        "item",
        CommentRegex("it"),
    )
    assert (update.owned, update.policy, update.prefix_lengths) == (CommentRegex("^mine$"), "upsert-only", (24, 64))
    assert update.filters == (AddressFilter("addr-in(192.0.2.0/24)", 4), None)
    assert (update.detection_timeout, update.update_timeout, update.cache_expiration) == (0.3, 60, 21600)
    assert not update.reject_cloudflare
    assert not update.reject_private


def test_when_rounds_run() -> None:
    """Schedule, time zone, start, stop, watch and state."""
    env = {
        "UPDATE_CRON": "0 4 * * *",
        "TZ": "Europe/Paris",
        "UPDATE_ON_START": "f",
        "DELETE_ON_STOP": "t",
        "WATCH": "0",
        "BOOT_WAIT": "2m",
    }
    life = configured({**NAME, **env, "STATE_FILE": "/run/ddns.state"}).settings.lifecycle

    assert life == Lifecycle(
        Cron("0 4 * * *", "Europe/Paris", "0 4 * * *"),
        update_on_start=False,
        delete_on_stop=True,
        watch=False,
        state_file="/run/ddns.state",
        boot_wait=120.0,
    )
    assert configured({**NAME, "UPDATE_CRON": "@every 1m", "TZ": "Nowhere"}).settings.lifecycle.schedule == Every(
        60, "@every 1m"
    )
    assert configured({**NAME, "UPDATE_CRON": "@once"}).settings.lifecycle.schedule is None


@pytest.mark.parametrize("family", [4, 6])
def test_old_names_of_providers(family: Family) -> None:
    """IPx_POLICY is read, with its own words, and a warning."""
    for old, new in (("cloudflare", Source("cloudflare.trace")), ("unmanaged", None), ("local", Source("local"))):
        loaded = configured({**NAME, f"IP{family}_POLICY": old})

        assert loaded.settings.update.entries[0].source(family) == new
        assert f"IP{family}_POLICY is an old name of IP{family}_PROVIDER" in first_error(loaded.warnings)


@pytest.mark.parametrize(
    ("env", "what"),
    [
        (
            {"IP4_POLICY": "local", "IP4_PROVIDER": "ipify"},
            "IP4_POLICY is the old name of IP4_PROVIDER, and both are set",
        ),
        ({"IP6_PROVIDER": "ipfy"}, 'IP6_PROVIDER has the unknown source "ipfy" / did you mean ipify?'),
        ({"IP4_DEFAULT_PREFIX_LEN": "7"}, "IP4_DEFAULT_PREFIX_LEN must be a number from 8 to 32"),
        ({"IP6_DEFAULT_PREFIX_LEN": "129"}, "from 12 to 128"),
        ({"IP4_DETECTION_FILTER": "addr-in(::/0)"}, "IP4_DETECTION_FILTER cannot be used"),
        ({"DETECTION_TIMEOUT": "0"}, "DETECTION_TIMEOUT must be longer than zero"),
        ({"UPDATE_TIMEOUT": "30"}, "UPDATE_TIMEOUT cannot be used"),
        ({"CACHE_EXPIRATION": "-1s"}, "CACHE_EXPIRATION cannot be used"),
        ({"REJECT_PRIVATE_IPS": "no"}, "did you mean false?"),
        ({"UPDATE_CRON": "@evry 5m"}, "UPDATE_CRON cannot be used"),
        ({"UPDATE_CRON": "* * * * *", "TZ": "Nowhere"}, "TZ cannot be used: there is no time zone"),
        ({"STATE_FILE": "state"}, "STATE_FILE must be an absolute path"),
        ({"TTL": "7"}, "TTL must be 1 (automatic)"),
        ({"PROXIED": "is(a.b) & true"}, "PROXIED cannot be used"),
        ({"RECORD_COMMENT": "a\nb"}, "RECORD_COMMENT must be a single line"),
        ({"RECORD_TAGS": "x"}, "RECORD_TAGS has the tag"),
        ({"ENFORCE": "proxid"}, "did you mean proxied?"),
        ({"POLICY": "create-only"}, "POLICY must be sync or upsert-only"),
        ({"MANAGED_RECORDS_COMMENT_REGEX": "("}, "MANAGED_RECORDS_COMMENT_REGEX cannot be used"),
        ({"CLOUDFLARE_API_BASE_URL": "http://example.org"}, "CLOUDFLARE_API_BASE_URL would send the token in clear"),
        ({"DOMAINS": f"www{{zone={ZONE}}}", "PROXIED": "sub(a.b)"}, "PROXIED tests whole names"),
    ],
)
def test_bad_settings(env: dict[str, str], what: str) -> None:
    """Each fault is one problem, from the environment, that begins with the setting's name."""
    problems = problems_of({**NAME, **env})

    assert len(problems) == 1
    assert what in first_error(problems)
    assert problems[0].origin == "environment"


def test_one_fault_hides_no_other() -> None:
    """Names that cannot be read, and what holds for names; a schedule and its zone."""
    assert "PROXIED cannot be used" in first_error(problems_of({"DOMAINS": "a..b", "PROXIED": "is("}))
    schedule = problems_of({**NAME, "UPDATE_CRON": "* * *", "TZ": "Nowhere"})
    assert [problem.what.split()[0] for problem in schedule] == ["UPDATE_CRON", "TZ"]
    assert len(problems_of({**NAME, "UPDATE_CRON": "* * *", "TZ": "Europe/Berlin"})) == 1


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("RECORD_COMMENT", "caf\udce9", "RECORD_COMMENT has characters that are not UTF-8 / save the file in UTF-8"),
        ("WAF_LIST_DESCRIPTION", "\ud800", "WAF_LIST_DESCRIPTION has characters that are not UTF-8"),
        ("DETECTION_TIMEOUT", "1s" + "1" * 20_000, "DETECTION_TIMEOUT has 20,002 characters, and at most 20,000"),
        ("DOMAINS", "a.b," * 1_000_001, "DOMAINS has 4,000,004 characters, and at most 4,000,000"),
    ],
)
def test_texts_nothing_can_be_done_with(name: str, text: str, what: str) -> None:
    """A text that cannot be sent, or is out of all proportion, is one problem and is not looked at."""
    assert what in first_error(problems_of({**NAME, name: text}))


def test_paths_may_hold_any_bytes() -> None:
    """They are the system's, and are never sent anywhere."""
    env = {"STATE_FILE": "/caf\udce9", "ON_CHANGE": "/caf\udce9/x", "IP4_PROVIDER": "file:/caf\udce9"}
    assert configured({**NAME, **env}).settings.lifecycle.state_file == "/caf\udce9"


@pytest.mark.parametrize(
    ("env", "hint"),
    [
        ({"DOMAIN": "a.b"}, "DOMAIN is set, which is not a setting; did you mean DOMAINS?"),
        (
            {"DOMAINS": "a.b", "CLOUDFLARE_API_TOKEN": "", "CLOUDFLARE_API_TOKE": "abc"},
            "CLOUDFLARE_API_TOKE is set, which is not a setting; did you mean CLOUDFLARE_API_TOKEN?",
        ),
        (
            {"CACHE_EXPIRATIN": "1", "IP4_DOMAIN": "a.b"},
            "IP4_DOMAIN is set, which is not a setting; did you mean IP4_DOMAINS?",
        ),
    ],
)
def test_a_misspelt_variable_stands_beside_what_is_missing(env: dict[str, str], hint: str) -> None:
    """The hint of the error is what caused it."""
    (problem,) = problems_of(env)
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("env", "what"),
    [
        ({"TTL": "30"}, "TTL is 30"),
        ({"RECORD_COMMENT": "x" * 101}, "RECORD_COMMENT has 101 characters"),
        ({"IP4_PROVIDER": "ipify"}, "IP4_PROVIDER ipify is deprecated"),
        ({"UPDATE_CRON": "@nevermore"}, "UPDATE_CRON has the old word @nevermore"),
        ({"UPDATE_CRON": "0 0 30,31 2 *"}, "UPDATE_CRON names a day that never comes"),
        ({"PROXIED": "!!true"}, "PROXIED should be looked at"),
        ({"CF_ACCOUNT_ID": "x"}, "CF_ACCOUNT_ID has no effect"),
        ({"PUID": "1000"}, "PUID has no effect"),
        ({"PGID": "1000"}, "PGID has no effect"),
    ],
)
def test_what_is_accepted_with_a_warning(env: dict[str, str], what: str) -> None:
    """Old, odd and costly values are used, and named."""
    assert what in first_error(configured({**NAME, **env}).warnings)


def test_names_inside_a_zone_need_no_expression() -> None:
    """A constant PROXIED, or one of their own, is enough."""
    env = {"DOMAINS": f"www{{zone={ZONE}}}, @{{zone={ZONE}, proxied=false}}", "PROXIED": "true"}
    entries = configured(env).settings.update.entries

    assert [(entry.domain, entry.fallback.proxied) for entry in entries] == [
        (Domain("@"), False),
        (Domain("www"), True),
    ]


def test_all_problems_at_once() -> None:
    """Every fault of every place is reported in one go."""
    env = {"DOMAINS": "a..b, localhost", "TTL": "7", "UPDATE_TIMEOUT": "30", "IP4_PROVIDER": "x"}
    inputs = Inputs((("POLICY", "x"),), env, "/c.json")
    problems = problems_of(env, {"/c.json": '{"quiet": 1}'}, inputs.options, inputs.config_path)

    assert {problem.origin for problem in problems} == {"environment", "command line", "file /c.json"}
    assert len(problems) == 7


def test_zones_are_the_callers() -> None:
    """The time zones come from whoever loads."""

    def none(name: str) -> None:
        raise LookupError(name)

    env = {**TOKEN, **NAME, "UPDATE_CRON": "0 4 * * *", "TZ": "Europe/Paris"}
    with pytest.raises(Exception, match="Europe/Paris"):
        load(Inputs(environ=env), Files(), zones=none)  # type: ignore[arg-type]  # it never returns

"""The environment form of timothymiller/cloudflare-ddns becomes native settings."""

import pytest

from ddns.config.dialects.timothymiller_env import translate
from ddns.config.raw import Translated
from ddns.core.addresses.families import Family
from ddns.core.domains import parse_domain
from ddns.core.expressions.selectors import parse_expression
from tests.fakes.doors import door, lines, texts


def env(**variables: str) -> Translated:
    """Translate some variables."""
    return translate(door(variables))


def test_nothing_set_is_nothing_translated() -> None:
    """What it never says keeps the native default."""
    said = env()

    assert said.values == {}
    assert said.problems == said.warnings == ()


@pytest.mark.parametrize(
    ("text", "native"),
    [("true", "true"), ("YES", "true"), ("1", "true"), ("false", "false"), ("No", "false"), ("0", "false")],
)
@pytest.mark.parametrize("name", ["UPDATE_ON_START", "DELETE_ON_STOP", "REJECT_CLOUDFLARE_IPS", "EMOJI", "QUIET"])
def test_booleans_have_its_spellings(name: str, text: str, native: str) -> None:
    """True, 1 and yes in any case; false, 0 and no."""
    said = env(**{name: text})

    assert texts(said)[name] == native
    assert name in said.claims
    assert lines(said) == ""


@pytest.mark.parametrize("text", ["on", "t", "y", "ture"])
def test_any_other_boolean_is_false_as_there_with_a_warning(text: str) -> None:
    """It counted as false there, which is not what people meant."""
    said = env(UPDATE_ON_START=text)

    assert texts(said)["UPDATE_ON_START"] == "false"
    assert f'UPDATE_ON_START is "{text}", which counts as false' in lines(said)


def test_the_first_token_wins() -> None:
    """A variable beats a file; the others are claimed, and no token is shown."""
    said = env(CF_API_TOKEN="s3cret", CLOUDFLARE_API_TOKEN_FILE="/t", CF_API_TOKEN_FILE="/u")

    assert {"CLOUDFLARE_API_TOKEN_FILE", "CF_API_TOKEN_FILE"} <= said.claims
    assert "CF_API_TOKEN" not in said.claims
    assert "CLOUDFLARE_API_TOKEN_FILE is ignored: CF_API_TOKEN comes first" in lines(said)
    assert "s3cret" not in lines(said)


def test_a_single_token_is_left_alone() -> None:
    """It is native as it stands."""
    assert env(CLOUDFLARE_API_TOKEN="abc").claims.isdisjoint({"CLOUDFLARE_API_TOKEN"})


def test_old_provider_names_take_every_value() -> None:
    """IP4_POLICY holds a source of the new grammar, and counts only when IP4_PROVIDER is not set."""
    old = env(IP4_POLICY="url:https://example.org")
    assert texts(old)["IP4_PROVIDER"] == "url:https://example.org"
    assert "IP4_POLICY is the old name of IP4_PROVIDER" in lines(old)

    both = env(IP6_POLICY="none", IP6_PROVIDER="cloudflare.doh")
    assert texts(both)["IP6_PROVIDER"] == "cloudflare.doh"
    assert "IP6_POLICY is ignored: IP6_PROVIDER is set" in lines(both)


@pytest.mark.parametrize("source", ["local", "local.iface:eth0", "local.iface.stable:eth0"])
@pytest.mark.parametrize(("family", "private"), [(4, "!addr-in(192.168.0.0/16)"), (6, "!addr-in(fc00::/7)")])
def test_local_sources_publish_global_addresses_only(source: str, family: Family, private: str) -> None:
    """A filter goes with them, unless somebody wrote one."""
    said = env(**{f"IP{family}_PROVIDER": source})

    assert texts(said)[f"IP{family}_PROVIDER"] == source
    assert private in texts(said)[f"IP{family}_DETECTION_FILTER"]
    assert texts(env(IP4_PROVIDER=source, IP4_DETECTION_FILTER="keep-all")) == {"IP4_PROVIDER": source}


def test_literal_addresses_are_sorted_by_family() -> None:
    """Those of the other family are left out with a warning; none left is ``none``; nonsense is passed on."""
    both = "literal:203.0.113.7, 2001:db8::7/64"

    assert texts(env(IP4_PROVIDER=both))["IP4_PROVIDER"] == "literal:203.0.113.7"
    assert texts(env(IP6_PROVIDER=both))["IP6_PROVIDER"] == "literal:2001:db8::7/64"
    assert "has 203.0.113.7, which is not an IPv6 address" in lines(env(IP6_PROVIDER=both))
    assert texts(env(IP6_PROVIDER="literal:203.0.113.7"))["IP6_PROVIDER"] == "none"
    assert (
        texts(env(IP4_PROVIDER="literal:8.8.8.8 9.9.9.9,,8.8.4.4,"))["IP4_PROVIDER"]
        == "literal:8.8.8.8,9.9.9.9,8.8.4.4"
    )
    assert texts(env(IP6_PROVIDER="literal:x"))["IP6_PROVIDER"] == "literal:x"


def test_what_is_set_is_declared() -> None:
    """TTL, PROXIED and RECORD_COMMENT are repaired on existing records, but only those that are set."""
    said = env(TTL="300", PROXIED="true", RECORD_COMMENT="mine")

    assert texts(said) == {"TTL": "300", "PROXIED": "true", "ENFORCE": "proxied,ttl,comment"}
    assert texts(env(RECORD_COMMENT="mine"))["ENFORCE"] == "comment"
    assert "ENFORCE" not in texts(env(PROXIED="true", ENFORCE="ttl"))


@pytest.mark.parametrize("ttl", ["0", "1", "29"])
def test_a_small_ttl_is_automatic_and_not_enforced(ttl: str) -> None:
    """As there; all but 1 with a warning."""
    said = env(TTL=ttl)

    assert texts(said) == {"TTL": "1"}
    assert ("counts as automatic" in lines(said)) == (ttl != "1")


def test_a_ttl_that_is_no_number_is_left_for_the_reader_to_refuse() -> None:
    """It is handed on as it is, so that the problem names TTL."""
    assert texts(env(TTL="soon"))["TTL"] == "soon"


@pytest.mark.parametrize(
    ("expression", "name", "holds"),
    [
        ("sub(example.org)", "example.org", True),
        ("sub(example.org)", "a.example.org", True),
        ("!sub(a.example.org) && sub(example.org)", "a.example.org", False),
        ("is(x.example.org) || sub ( b.example.org, c.example.org )", "c.example.org", True),
        ("sub(example.org)", "example.net", False),
    ],
)
def test_sub_holds_for_the_name_itself(expression: str, name: str, *, holds: bool) -> None:
    """The native expression that comes out means what theirs does."""
    native = parse_expression(texts(env(PROXIED=expression))["PROXIED"]).expression

    assert native.holds(parse_domain(name)) is holds


@pytest.mark.parametrize(
    ("cron", "native"),
    [
        ("@every 300", "@every 300s"),
        ("300", "@every 300s"),
        ("@every 5m", "@every 5m"),
        ("@once", "@once"),
        ("@daily", "@daily"),
        ("*/5 * * * *", "*/5 * * * *"),
    ],
)
def test_its_intervals_and_ours(cron: str, native: str) -> None:
    """Bare numbers are seconds; native forms stay."""
    assert texts(env(UPDATE_CRON=cron))["UPDATE_CRON"] == native
    assert lines(env(UPDATE_CRON=cron)) == ""


@pytest.mark.parametrize("cron", ["@disabled", "@nevermore"])
def test_its_old_words_for_once(cron: str) -> None:
    """They mean @once, with a warning."""
    assert texts(env(UPDATE_CRON=cron))["UPDATE_CRON"] == "@once"
    assert f"UPDATE_CRON is {cron}, which means @once" in lines(env(UPDATE_CRON=cron))


@pytest.mark.parametrize("cron", ["@every 0s", "@every 0", "0", "@every 00m"])
def test_an_interval_of_nothing_is_refused(cron: str) -> None:
    """It made a loop without rest there."""
    said = env(UPDATE_CRON=cron)

    assert "UPDATE_CRON" not in said.values
    assert "which would never rest" in said.problems[0].what


def test_bare_timeouts_are_seconds() -> None:
    """A unit is added; anything else is handed on for the reader."""
    said = env(DETECTION_TIMEOUT="7", UPDATE_TIMEOUT="1m")

    assert texts(said) == {"DETECTION_TIMEOUT": "7s", "UPDATE_TIMEOUT": "1m"}


def test_delete_on_failure_never_deletes() -> None:
    """It is named as unsupported when it is on, and accepted silently when it is off."""
    said = env(DELETE_ON_FAILURE="true")

    assert said.values == {}
    assert "an address that is not known never deletes anything" in lines(said)
    assert "static.empty" in lines(said)
    assert lines(env(DELETE_ON_FAILURE="false")) == ""


def test_bare_addresses_in_waf_lists_are_single_addresses() -> None:
    """The prefix lengths are 32 and 128 when lists are used, unless somebody wrote them."""
    said = env(WAF_LISTS="acc/home", IP4_DEFAULT_PREFIX_LEN="24")

    assert texts(said) == {"IP6_DEFAULT_PREFIX_LEN": "128"}
    assert "WAF_LISTS" not in said.claims


def test_a_generic_service_takes_json() -> None:
    """There its message was JSON always, which here is what a plain URL means."""
    said = env(
        SHOUTRRR="https://a.org/x\n discord://t@i \ngeneric+http://localhost/x\ngeneric://b.org\ngeneric://c?messagekey=m\ngeneric+http://d?messagekey=m"
    )

    assert texts(said)["SHOUTRRR"].splitlines() == [
        "https://a.org/x",
        "discord://t@i",
        "http://localhost/x",
        "https://b.org",
        "generic://c?messagekey=m",
        "generic://d?messagekey=m&disabletls=yes",
    ]
    assert "a generic service got JSON" in str(said.notes)
    same = env(SHOUTRRR="https://a.org/x\n  discord://t@i")
    assert texts(same)["SHOUTRRR"] == "https://a.org/x\n  discord://t@i"
    assert "generic" not in str(same.notes)


def test_migration_notes_tell_what_differs() -> None:
    """The lost delay, the declared state and the inclusive sub() are each told."""
    notes = " ".join(note.what for note in env(PROXIED="sub(a.org)", DELETE_ON_FAILURE="0", WAF_LISTS="a/b").notes)

    assert "random delay" in notes
    assert "declared state" in notes
    assert "sub(d) holds for d itself" in notes

"""The config.json of timothymiller/cloudflare-ddns becomes native settings."""

from typing import Any

import pytest

from ddns.config.dialects.timothymiller_file import translate
from ddns.config.raw import Translated
from tests.fakes.doors import door, lines, texts

ZONE_A = "a" * 32
ZONE_B = "b" * 32
ZONE_C = "c" * 32
SIGN_IN = {"api_token": "abc"}


def zone(**other: object) -> dict[str, Any]:
    """Return a zone as it stands in the file, with some keys more or other ones."""
    return {"authentication": SIGN_IN, "zone_id": ZONE_A, "subdomains": ["", "home"], **other}


def read(
    zones: object = None, *, repeat: bool = True, environ: dict[str, str] | None = None, **top: object
) -> Translated:
    """Translate a file with these zones (one plain one) and top-level keys."""
    document = {"cloudflare": [zone()] if zones is None else zones, **top}
    return translate(door(environ or {}, document=document, options={"REPEAT": "true"} if repeat else {}))


def test_the_least_file() -> None:
    """One zone: its names, relative to it, a TTL that is also the interval, and nothing deleted."""
    said = read()

    assert texts(said) == {
        "CLOUDFLARE_API_TOKEN": "abc",
        "DOMAINS": f"@{{zone={ZONE_A}}}, home{{zone={ZONE_A}}}",
        "POLICY": "upsert-only",
        "TTL": "300",
        "UPDATE_CRON": "@every 300s",
    }
    assert said.problems == said.warnings == ()


def test_origins_name_the_key_and_the_file() -> None:
    """A problem with a translated value names the key that people wrote."""
    said = read(ttl=90000)

    assert said.values["TTL"].origin == "ttl (file /etc/ddns/config.json)"
    assert said.values["CLOUDFLARE_API_TOKEN"].name == "cloudflare[0].authentication"


@pytest.mark.parametrize("name", ["", "@", " @ "])
def test_the_zone_itself(name: str) -> None:
    """An empty name and @ are the zone's own name, as text and in an object."""
    assert texts(read([zone(subdomains=[name])]))["DOMAINS"].startswith("@{")
    assert texts(read([zone(subdomains=[{"name": name}])]))["DOMAINS"].startswith("@{")


def test_proxied_is_declared_where_it_is_written() -> None:
    """The subdomain's own value, then the zone's; without either nothing is declared."""
    names = ["a", {"name": "B", "proxied": False}, {"name": "c"}]

    assert texts(read([zone(subdomains=names, proxied=True)]))["DOMAINS"] == ", ".join(
        [f"a{{zone={ZONE_A}, proxied=true}}", f"b{{zone={ZONE_A}, proxied=false}}", f"c{{zone={ZONE_A}, proxied=true}}"]
    )
    assert "proxied" not in texts(read([zone(subdomains=["a"])]))["DOMAINS"]


def test_several_zones_with_one_token() -> None:
    """All names are listed, and there is one credential."""
    said = read([zone(subdomains=["a"]), zone(zone_id=ZONE_B.upper(), subdomains=["b"])])

    assert texts(said)["DOMAINS"] == f"a{{zone={ZONE_A}}}, b{{zone={ZONE_B}}}"
    assert said.problems == ()


def test_each_zone_may_have_its_own_token() -> None:
    """The first is the general one; zones with another have their own, a zone of the same token has none."""
    pair = {"api_key": "k3y", "account_email": "me@example.org"}
    zones = [
        zone(),
        zone(zone_id=ZONE_B, authentication={"api_token": "xyz"}),
        zone(zone_id=ZONE_C, authentication={"api_key": pair}),
        zone(zone_id="d" * 32),
    ]
    said = read(zones)

    assert texts(said)["CLOUDFLARE_API_TOKEN"] == "abc"
    assert texts(said)["CLOUDFLARE_ZONE_TOKENS"] == f"{ZONE_B}=xyz\n{ZONE_C}=me@example.org:k3y"
    assert said.problems == said.warnings == ()


def test_two_tokens_of_one_zone_are_one_too_many() -> None:
    """The first is used, and a warning names both places without showing them."""
    said = read([zone(), zone(authentication={"api_token": "xyz"}), zone(zone_id=None)])

    assert "CLOUDFLARE_ZONE_TOKENS" not in texts(said)
    assert "cloudflare[1].authentication differs from that of cloudflare[0], the same zone" in lines(said)
    assert "xyz" not in lines(said)


def test_a_global_key_is_used_when_there_is_no_token() -> None:
    """Empty and placeholder tokens count as none."""
    pair = {"api_key": "k3y", "account_email": "me@example.org"}

    for token in ("", "api_token_here", None):
        said = read([zone(authentication={"api_token": token, "api_key": pair})])
        assert (texts(said)["CLOUDFLARE_API_TOKEN"], texts(said)["CLOUDFLARE_EMAIL"]) == ("k3y", "me@example.org")


@pytest.mark.parametrize(
    "authentication",
    [{}, {"api_token": "api_token_here"}, {"api_key": {"api_key": "x"}}, {"api_key": {"account_email": "a@b.c"}}],
)
def test_no_way_to_sign_in_is_a_problem(authentication: dict[str, Any]) -> None:
    """A half pair does not do."""
    assert "has no api_token, nor an api_key" in lines(read([zone(authentication=authentication)]))


def test_a_token_from_elsewhere_replaces_those_of_the_file() -> None:
    """Then none need be there, and one that is there is not used."""
    for one in (zone(), zone(authentication=None), zone(authentication={})):
        said = translate(door({}, document={"cloudflare": [one]}, token_given=True))
        assert "CLOUDFLARE_API_TOKEN" not in said.values
        assert said.problems == ()


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        ({"a": False}, {"IP4_PROVIDER": "none"}),
        ({"aaaa": False}, {"IP6_PROVIDER": "none"}),
        ({"aaaa": "false"}, {"IP6_PROVIDER": "none"}),
        ({"a": True, "aaaa": True}, {}),
        ({"a": False, "ip4_provider": "ipify"}, {"IP4_PROVIDER": "none"}),
        ({"ip4_provider": "local.iface:eth0", "ip6_provider": ""}, {"IP6_PROVIDER": "none"}),
        ({"ip6_provider": "cloudflare.doh"}, {"IP6_PROVIDER": "cloudflare.doh"}),
    ],
)
def test_families_and_sources(keys: dict[str, Any], values: dict[str, str]) -> None:
    """``a`` and ``aaaa`` each switch a family; an empty source is none."""
    found = texts(read(**keys))

    assert {name: found.get(name) for name in values} == values
    assert "IP4_PROVIDER" in found or "ip4_provider" not in keys


@pytest.mark.parametrize(
    ("source", "four", "six"),
    [
        ("local.iface:eth0", "local.iface.first:eth0", "local.iface.stable:eth0"),
        ("local.iface.stable: eth0", "local.iface.first:eth0", "local.iface.stable:eth0"),
        ("literal:8.8.8.8, 9.9.9.9", "literal:8.8.8.8", "none"),
        ("local", "local", "local"),
        ("url:https://example.org:8/", "url:https://example.org:8/", "url:https://example.org:8/"),
    ],
)
def test_only_the_first_address_is_published(source: str, four: str, six: str) -> None:
    """Sources that could name several become ones that name one."""
    found = texts(read(ip4_provider=source, ip6_provider=source))

    assert (found["IP4_PROVIDER"], found["IP6_PROVIDER"]) == (four, six)


@pytest.mark.parametrize(("purge", "policy"), [(True, "sync"), (False, "upsert-only"), (None, "upsert-only")])
def test_purging_is_the_policy(*, purge: bool | None, policy: str) -> None:
    """Only when it is on are surplus records at our names deleted."""
    assert texts(read(purgeUnknownRecords=purge))["POLICY"] == policy


@pytest.mark.parametrize(
    ("ttl", "native", "cron"),
    [
        (300, "300", "@every 300s"),
        ("600", "600", "@every 600s"),
        (30, "30", "@every 30s"),
        (29, "1", "@every 30s"),
        (1, "1", "@every 30s"),
        (0, "1", "@every 30s"),
    ],
)
def test_the_ttl_is_also_the_interval_but_never_a_hot_loop(ttl: object, native: str, cron: str) -> None:
    """Below 30 it is automatic, and rounds stay 30 seconds apart, with a warning."""
    said = read(ttl=ttl)

    assert (texts(said)["TTL"], texts(said)["UPDATE_CRON"]) == (native, cron)
    assert ("every 30 seconds" in lines(said)) == (native == "1")


def test_without_repeat_there_is_one_round() -> None:
    """The TTL then says nothing about time, and needs no warning."""
    said = read(repeat=False, ttl=5)

    assert (texts(said)["UPDATE_CRON"], texts(said)["TTL"]) == ("@once", "1")
    assert lines(said) == ""
    assert "one round, as without --repeat" in str(said.notes)
    assert "without --repeat" not in str(read(ttl=5).notes)


def test_what_the_file_says_is_not_read_from_the_environment() -> None:
    """Those settings are claimed and warned of; the others stay native."""
    environ = {"DELETE_ON_STOP": "true", "IP4_PROVIDER": "ipify", "EMOJI": "false", "SHOUTRRR": "x"}
    said = read(environ=environ, ip4_provider="local")

    assert {"DELETE_ON_STOP", "IP4_PROVIDER", "TTL", "PROXIED", "UPDATE_CRON", "POLICY"} <= said.claims
    assert texts(said)["SHOUTRRR"] == "x"
    assert not {"EMOJI", "HEALTHCHECKS", "UPTIMEKUMA", "REJECT_CLOUDFLARE_IPS"} & said.claims
    assert "DELETE_ON_STOP is ignored: /etc/ddns/config.json is used whole" in lines(said)


def test_booleans_and_timeouts_beside_the_file_may_be_written_as_there() -> None:
    """That program's yes and bare seconds; a native spelling is left to the native language."""
    said = read(environ={"REJECT_CLOUDFLARE_IPS": "No", "EMOJI": "maybe", "QUIET": "T", "UPDATE_TIMEOUT": "9"})

    found = {name: texts(said).get(name) for name in ("REJECT_CLOUDFLARE_IPS", "EMOJI", "QUIET", "UPDATE_TIMEOUT")}
    assert found == {"REJECT_CLOUDFLARE_IPS": "false", "EMOJI": "false", "QUIET": None, "UPDATE_TIMEOUT": "9s"}
    assert "QUIET" not in said.claims
    assert 'EMOJI is "maybe", which counts as false' in lines(said)
    assert "REJECT_CLOUDFLARE_IPS" not in lines(said)


def test_a_source_the_file_does_not_name_may_stand_in_the_environment() -> None:
    """Somebody wrote it, and nothing contradicts it."""
    said = read(environ={"IP4_PROVIDER": "ipify"})

    assert "IP4_PROVIDER" not in said.claims
    assert lines(said) == ""


def test_origins_of_load_balancers_are_kept_current_now() -> None:
    """Their account is that of the first zone; what was a placeholder, or is not whole, still has no effect."""
    said = read([zone()], load_balancer=[{"pool_id": "p1", "origin": "my, web"}])

    assert texts(said)["LOAD_BALANCER_ORIGINS"] == f'zone:{ZONE_A}/p1/"my, web"'
    assert "load_balancer has an effect now" in lines(said)
    odds: tuple[object, ...] = (
        [{"pool_id": "x"}],
        [{"pool_id": "your_pool", "origin": "your_origin"}],
        ["x"],
        "x",
        [{}],
    )
    for odd in odds:
        said = read([zone()], load_balancer=odd)
        assert "LOAD_BALANCER_ORIGINS" not in texts(said)
        assert "which has no effect" in lines(said)
    assert lines(read(load_balancer=[])) == ""


def test_keys_like_no_other_are_ignored_with_a_warning() -> None:
    """Their tool ignored them, so a file of its users must go on working."""
    said = read([zone(note="mine")], comment="home", loadBalancerThing=1)

    assert said.problems == ()
    assert "comment is not a known key and has no effect, as before" in lines(said)
    assert "cloudflare[0].note is not a known key and has no effect, as before" in lines(said)


def test_unknown_keys_get_a_suggestion_at_every_level() -> None:
    """Each with its path; comments are left alone."""
    pair = {"api_key": "k", "account_email": "e", "acount_email": "e"}
    wrong = zone(
        zoneid=1, authentication={"api_tokn": 1, "api_key": pair}, subdomains=[{"name": "a", "proxyed": 1, "_why": 1}]
    )
    said = lines(read([wrong], purgeUnknownRecord=True, _comment="x"))

    for key, meant in [
        ("purgeUnknownRecord", "purgeUnknownRecords"),
        ("cloudflare[0].zoneid", "zone_id"),
        ("cloudflare[0].authentication.api_tokn", "api_token"),
        ("cloudflare[0].authentication.api_key.acount_email", "account_email"),
        ("cloudflare[0].subdomains[0].proxyed", "proxied"),
    ]:
        assert f"{key} is not a known key (did you mean {meant}?)" in said
    assert "_comment" not in said
    assert "_why" not in said


@pytest.mark.parametrize(
    ("zones", "problem"),
    [
        ({}, "cloudflare must be a list"),
        ([], "cloudflare names no zone"),
        (["x"], "cloudflare[0] must be an object"),
        ([None], "cloudflare[0] is missing"),
        ([zone(zone_id=None)], "cloudflare[0].zone_id is missing"),
        ([zone(zone_id="your_zone_id_here")], "cloudflare[0].zone_id is missing"),
        ([zone(zone_id=7)], "cloudflare[0].zone_id must be a text"),
        ([zone(zone_id="example.org")], "cloudflare[0].zone_id is not a zone ID"),
        ([zone(subdomains=None)], "cloudflare[0].subdomains is missing"),
        ([zone(subdomains="home")], "cloudflare[0].subdomains must be a list"),
        ([zone(subdomains=[])], "cloudflare[0].subdomains names nothing"),
        ([zone(subdomains=[7])], "cloudflare[0].subdomains[0] must be a name"),
        ([zone(subdomains=[{"proxied": True}])], "cloudflare[0].subdomains[0].name is missing"),
        ([zone(subdomains=["a, b"])], "cloudflare[0].subdomains[0] is not a name"),
        ([zone(proxied="yes")], "cloudflare[0].proxied must be true or false"),
        ([zone(authentication=None)], "cloudflare[0].authentication is missing"),
        ([zone(authentication="abc")], "cloudflare[0].authentication must be an object"),
        ([zone(authentication={"api_key": "k"})], "cloudflare[0].authentication.api_key must be an object"),
    ],
)
def test_wrong_zones(zones: object, problem: str) -> None:
    """Each fault is one problem with the path of its key."""
    said = read(zones)

    assert [one.what for one in said.problems if problem in one.what] == [one.what for one in said.problems]
    assert len(said.problems) == 1


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"ttl": True}, "ttl must be a whole number of seconds"),
        ({"ttl": "soon"}, 'ttl must be a whole number of seconds, not "soon"'),
        ({"ttl": -1}, "ttl must be a whole number of seconds"),
        ({"ttl": 1.5}, "ttl must be a whole number of seconds"),
        ({"a": 1}, "a must be true or false"),
        ({"purgeUnknownRecords": "1"}, "purgeUnknownRecords must be true or false"),
        ({"ip4_provider": 4}, "ip4_provider must be a text"),
    ],
)
def test_wrong_types(keys: dict[str, Any], problem: str) -> None:
    """They are told by key, and nothing is guessed."""
    assert read(**keys).problems[0].what.startswith(problem)


def test_an_empty_list_of_zones_that_is_missing() -> None:
    """A file without the key cannot be this dialect, but nothing breaks."""
    assert "cloudflare is missing" in lines(translate(door({}, document={})))


def test_a_variable_that_is_not_set_is_named() -> None:
    """The set ones were filled in before; what is left is a problem of the text it stands in."""
    said = read([zone(authentication={"api_token": "${CF_DDNS_TOKEN}"})], ttl="$CF_DDNS_TTL", aaaa="$CF_DDNS_SIX")

    for key, name in [("api_token", "CF_DDNS_TOKEN"), ("ttl", "CF_DDNS_TTL"), ("aaaa", "CF_DDNS_SIX")]:
        assert f"{key} wants {name}, which is not set in the environment" in lines(said)
    assert len(said.problems) == 3
    assert texts(said)["CLOUDFLARE_API_TOKEN"] == "unset"


def test_a_variable_of_a_token_is_not_wanted_when_there_is_another_token() -> None:
    """What is replaced need not be complete."""
    one = zone(authentication={"api_token": "${CF_DDNS_TOKEN}"})

    assert translate(door({}, document={"cloudflare": [one]}, token_given=True)).problems == ()

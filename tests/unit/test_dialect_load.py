"""Whole configurations in other languages: what comes out of the front door, and what is said when nothing can."""

import json

import pytest

from ddns.config import Inputs, Loaded, load
from ddns.core.entries import Metadata
from ddns.errors import ConfigError, ConfigProblem
from tests.fakes.doors import MemoryFiles

ZONE_ID = "a" * 32


def read(environ: dict[str, str], document: object = None, *, repeat: bool = True) -> Loaded:
    """Load variables, and a config.json if there is a document."""
    files = {"/c/config.json": json.dumps(document)}
    variables = environ if document is None else {"CONFIG_PATH": "/c", **environ}
    options = (("REPEAT", "true"),) if repeat and document is not None else ()
    return load(Inputs(options, variables), MemoryFiles(files))


def problems(environ: dict[str, str], document: object = None) -> list[str]:
    """Return what is wrong with a configuration, each problem in one sentence."""
    with pytest.raises(ConfigError) as caught:
        read(environ, document)
    return [problem.what for problem in caught.value.problems]


def zone(**other: object) -> dict[str, object]:
    """Return a zone of a config.json."""
    return {"authentication": {"api_token": "abc"}, "zone_id": ZONE_ID, "subdomains": ["home"], **other}


def test_oznu_keeps_its_promise() -> None:
    """One unproxied A record with automatic TTL, never deleted, every five minutes."""
    settings = read({"API_KEY": "abc", "ZONE": "example.org", "SUBDOMAIN": "home", "PUID": "1000"}).settings
    (entry,) = settings.update.entries

    assert (entry.domain.ascii, entry.fallback, entry.enforce) == ("home.example.org", Metadata(), frozenset())
    assert entry.source(6) is None
    assert (settings.update.policy, settings.lifecycle.delete_on_stop) == ("upsert-only", False)
    assert settings.access.credential.secret == "abc"


def test_oznu_says_what_is_missing_in_its_words_only() -> None:
    """No second problem in native words follows."""
    assert problems({"DDNS_DIALECT": "oznu"}) == ["API_KEY is not set", "ZONE is not set"]
    assert problems({"API_KEY": "abc", "ZONE": "example.org", "RRTYPE": "MX"}) == ['RRTYPE must be A or AAAA, not "MX"']


def test_oznu_beside_native_settings() -> None:
    """Output, reports and state are read natively."""
    more = {"EMOJI": "false", "LOG_FORMAT": "json", "HEALTHCHECKS": "https://hc.example.org/x", "STATE_FILE": "/s"}
    settings = read({"API_KEY": "abc", "ZONE": "example.org", **more}).settings

    assert (settings.output.emoji, settings.output.json, settings.lifecycle.state_file) == (False, True, "/s")
    assert settings.reporting.healthchecks == "https://hc.example.org/x"


def test_oznu_with_a_bad_value_names_its_own_setting() -> None:
    """The native reader's words stand behind the name that was written."""
    told = problems({"API_KEY": '"abc"', "ZONE": "ex..org", "CRON": "often", "CF_API": "http://example.org"})

    assert [line.split()[0] for line in told] == ["API_KEY", "CF_API", "ZONE", "CRON"]
    assert "abc" not in " ".join(told)


def test_timothymiller_variables_declare_state() -> None:
    """TTL and PROXIED are repaired, sub() holds for the name itself."""
    base = {"DDNS_DIALECT": "timothymiller", "CLOUDFLARE_API_TOKEN": "abc", "DOMAINS": "example.org, a.example.net"}
    settings = read({**base, "TTL": "300", "PROXIED": "sub(example.org)", "UPDATE_CRON": "@every 600"}).settings

    assert [(entry.domain.ascii, entry.fallback.proxied) for entry in settings.update.entries] == [
        ("a.example.net", False),
        ("example.org", True),
    ]
    assert {entry.enforce for entry in settings.update.entries} == {frozenset({"proxied", "ttl"})}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MANAGED_RECORDS_COMMENT_REGEX", "[", "MANAGED_RECORDS_COMMENT_REGEX cannot be used"),
        ("PROXIED", "sub(", "PROXIED cannot be used"),
        ("TTL", "soon", "TTL must be"),
        ("DETECTION_TIMEOUT", "long", "DETECTION_TIMEOUT cannot be used"),
        ("UPDATE_CRON", "@every 0", 'UPDATE_CRON is "@every 0"'),
        ("IP4_PROVIDER", "ipfy", "IP4_PROVIDER has the unknown source"),
        ("WAF_LISTS", "nolist", "WAF_LISTS has"),
    ],
)
def test_timothymiller_nonsense_is_an_error_instead_of_a_surprise(name: str, value: str, said: str) -> None:
    """There an invalid expression managed every record, and a bad TTL was silently another."""
    base = {"DDNS_DIALECT": "timothymiller", "CLOUDFLARE_API_TOKEN": "abc", "DOMAINS": "example.org"}
    (told,) = problems({**base, name: value})

    assert told.startswith(said)


def test_timothymiller_lists_hold_single_addresses() -> None:
    """Bare addresses are /32 and /128."""
    base = {"DDNS_DIALECT": "timothymiller", "CLOUDFLARE_API_TOKEN": "abc", "WAF_LISTS": f"{ZONE_ID}/home"}

    assert read(base).settings.update.prefix_lengths == (32, 128)


def test_a_file_names_zones_by_id() -> None:
    """Names are relative to the zone, and their proxy status is declared."""
    loaded = read({}, {"cloudflare": [zone(subdomains=["", {"name": "www", "proxied": True}])], "ttl": 120})

    assert [
        (entry.domain.ascii, entry.zone_id, entry.fallback, entry.enforce) for entry in loaded.settings.update.entries
    ] == [
        ("@", ZONE_ID, Metadata(ttl=120), frozenset()),
        ("www", ZONE_ID, Metadata(ttl=120, proxied=True), frozenset({"proxied"})),
    ]
    assert loaded.settings.lifecycle.schedule is not None
    assert loaded.warnings == ()


def test_a_file_without_repeat_is_one_round() -> None:
    """Then the program ends."""
    assert read({}, {"cloudflare": [zone()]}, repeat=False).settings.lifecycle.schedule is None


def test_a_native_token_replaces_the_global_key_of_a_file() -> None:
    """The e-mail of the file goes with its key."""
    pair = {"api_key": {"api_key": "k3y", "account_email": "me@example.org"}}
    document = {"cloudflare": [zone(authentication=pair)]}

    assert read({}, document).settings.access.credential[:2] == ("k3y", "me@example.org")
    assert read({"CF_API_TOKEN": "other"}, document).settings.access.credential[:2] == ("other", "")


def test_native_names_win_over_a_file() -> None:
    """With a warning that the file is ignored."""
    loaded = read({"CLOUDFLARE_API_TOKEN": "abc", "DOMAINS": "a.example.org"}, {"cloudflare": [zone()]})

    assert [entry.domain.ascii for entry in loaded.settings.update.entries] == ["a.example.org"]
    assert any("/c/config.json is ignored" in warning.what for warning in loaded.warnings)


def test_a_faulty_file_is_told_of_in_its_own_words_only() -> None:
    """Every problem has the path of its key, and the file as its place."""
    with pytest.raises(ConfigError) as caught:
        read({}, {"cloudflare": [zone(zone_id="x", authentication={}, subdomains=[1])], "ttl": "soon"})

    assert {problem.origin for problem in caught.value.problems} == {"file /c/config.json"}
    assert [problem.what.split()[0] for problem in caught.value.problems] == [
        "cloudflare[0].authentication",
        "cloudflare[0].zone_id",
        "cloudflare[0].subdomains[0]",
        "ttl",
    ]


def test_both_families_off_is_nothing_to_do() -> None:
    """It is told in the words of the file."""
    assert problems({}, {"cloudflare": [zone()], "a": False, "aaaa": False}) == [
        "a and aaaa are both false, so nothing is to be done"
    ]


def test_a_problem_knows_its_place() -> None:
    """Variables are in the environment."""
    with pytest.raises(ConfigError) as caught:
        read({"API_KEY": "abc", "ZONE": "example.org", "RRTYPE": "MX"})

    assert caught.value.problems == (
        ConfigProblem("environment", 'RRTYPE must be A or AAAA, not "MX"', "A is for IPv4, AAAA for IPv6"),
    )

"""The front door: snapshots, origins, and what ``ddns check`` prints."""

import pytest

from ddns.config import Inputs, Origin, load, refuse
from ddns.config.entries.shown import shown
from ddns.config.settingstable import BY_NAME
from ddns.config.views.describe import describe
from tests.fakes.configuring import Files, configured, first_error, problems_of

FILE = '{"domains": ["home.example.org"], "ttl": 300, "ip6_provider": "none"}'
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"


def test_a_snapshot_gives_the_same_without_the_disk() -> None:
    """Configuration file, token file and URLs of services are all in it."""
    files = Files({"./config.json": FILE, "/run/token": "abc", "/run/urls": "slack://a/b/c", "/run/later": "x"})
    inputs = Inputs((("QUIET", "true"),), {"CLOUDFLARE_API_TOKEN_FILE": "/run/token", "SHOUTRRR_FILE": "/run/urls"})
    loaded = load(inputs, files)

    assert [path for path, _ in loaded.inputs.files] == ["./config.json", "/run/token", "/run/urls"]
    assert load(loaded.inputs, refuse) == loaded
    files.files["/run/token"] = "def"
    assert load(loaded.inputs, files) == loaded
    assert load(loaded.inputs.fresh(), files).settings.access.credential.secret == "def"


def test_where_no_file_was_there_is_none_later() -> None:
    """The snapshot of a configuration without a file needs none."""
    loaded = configured({"DOMAINS": "a.b"})

    assert loaded.inputs.files == ()
    assert load(loaded.inputs, refuse) == loaded


def test_the_environment_is_copied() -> None:
    """What the process does to its environment later changes nothing."""
    environ = {"CLOUDFLARE_API_TOKEN": "abc", "DOMAINS": "a.b"}
    loaded = load(Inputs(environ=environ), Files())
    environ.clear()

    assert load(loaded.inputs, refuse) == loaded


def test_origins_without_secrets() -> None:
    """Each setting with its place; secrets redacted; another name than the native one is told."""
    files = {"./config.json": FILE}
    origins = configured({"EMOJI": "0", "CF_API_TOKEN": "Token-1._~+/="}, files, (("QUIET", "true"),)).origins

    assert {
        Origin("CLOUDFLARE_API_TOKEN", "(redacted)", "environment"),
        Origin("CF_API_TOKEN", "(redacted)", "environment"),
        Origin("EMOJI", "0", "environment"),
        Origin("QUIET", "true", "command line"),
        Origin("DOMAINS", "home.example.org", "file ./config.json"),
        Origin("TTL", "300", "file ./config.json"),
        Origin("UPDATE_CRON", "@every 5m", "default"),
    } <= set(origins)
    assert not [origin for origin in origins if origin.name == "PUID"]
    zone = {"API_KEY": "abc", "ZONE": "example.org"}
    assert (
        Origin("CLOUDFLARE_API_TOKEN", "(redacted)", "API_KEY, environment")
        in load(Inputs(environ=zone), Files()).origins
    )


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("CLOUDFLARE_API_TOKEN", "abc", "(redacted)"),
        ("HEALTHCHECKS", "https://x/abc", "(redacted)"),
        ("IP4_PROVIDER", "url:https://x/abc,def", "url:https://x/…"),
        ("IP6_PROVIDER", "static:2001:db8::1", "static:2001:db8::1"),
        ("IP6_PROVIDER", "none", "none"),
        ("IP4_POLICY", "nonsense", "(redacted)"),
        ("IP4_POLICY", "unmanaged", "unmanaged"),
        ("DOMAINS", "a.b{ip4=cmd:abc}, c.d", "a.b{…}, c.d"),
        ("TTL", "60", "60"),
    ],
)
def test_values_for_people(name: str, text: str, expected: str) -> None:
    """Nothing that could be a secret is shown."""
    assert shown(BY_NAME[name], text) == expected


def test_what_was_understood_in_words() -> None:
    """Groups with origins, then names and lists with what they get; no secret anywhere."""
    env = {
        "DOMAINS": f'日本.jp{{proxied=true, ttl=60, comment="x", tags=[a:b], hostid6=[::1, ::2]}}, www{{zone={ZONE}}}',
        "IP4_PROVIDER": "url:https://me:s3cret@example.org/s3cret?s3cret",
        "WAF_LISTS": f"{ZONE}/home",
        "SHOUTRRR": "slack://a/b/s3cret",
        "HEALTHCHECKS": "https://s3cret.example.org",
    }
    lines = describe(configured(env))

    assert "Records:" in lines
    assert " TTL = 1 [default]" in lines
    assert " RECORD_COMMENT = (empty) [default]" in lines
    assert (
        " 日本.jp: A from url:https://example.org/…; AAAA from cloudflare.trace; host IDs ::1, ::2; "
        'proxied, TTL 60, comment "x", tags a:b; declared: proxied, ttl, comment, tags'
    ) in lines
    rest = "A from url:https://example.org/…; AAAA from cloudflare.trace; not proxied, automatic TTL; nothing declared"
    assert f" www in zone {ZONE}: {rest}" in lines
    assert f" {ZONE}/home: IPv4 from url:https://example.org/…, IPv6 from cloudflare.trace" in lines
    assert not [line for line in lines if "s3cret" in line or "Token-1" in line]


def test_a_short_description() -> None:
    """Without the defaults, only what somebody set is there; a family without a source is left out."""
    lines = describe(configured({"IP4_DOMAINS": "a.b", "IP6_PROVIDER": "none"}), defaults=False)

    assert lines == [
        "Access to Cloudflare:",
        " CLOUDFLARE_API_TOKEN = (redacted) [environment]",
        "Names and lists:",
        " IP4_DOMAINS = a.b [environment]",
        "Address sources:",
        " IP6_PROVIDER = none [environment]",
        "Names:",
        " a.b: A from cloudflare.trace; not proxied, automatic TTL; nothing declared",
    ]


def test_a_description_of_lists_alone() -> None:
    """No names, one family."""
    lines = describe(configured({"WAF_LISTS": f"{ZONE}/home", "IP6_PROVIDER": "none"}), defaults=False)

    assert "Names:" not in lines
    assert lines[-1] == f" {ZONE}/home: IPv4 from cloudflare.trace"


def test_what_is_missing_because_a_place_cannot_be_read_is_no_news() -> None:
    """A broken file is one problem, not three."""
    (problem,) = problems_of({"CLOUDFLARE_API_TOKEN": ""}, {"./config.json": "{"})

    assert "not valid JSON" in problem.what


def test_each_problem_is_said_once() -> None:
    """The same fault in one place is not repeated."""
    text = first_error(problems_of({"DOMAINS": "localhost, localhost"}))

    assert text.count("too few labels") == 1


def test_reprs_show_nothing() -> None:
    """Tracebacks may print them."""
    assert "Token" not in repr(configured({"DOMAINS": "a.b"}))

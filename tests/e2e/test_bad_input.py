"""Bad input: one clear line, exit 2, and no request to anybody."""

import pytest

from tests.e2e.program import Program

CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "nothing to do": ({}, ["DOMAINS"]),
    "no token": ({"CLOUDFLARE_API_TOKEN": "", "DOMAINS": "a.example.org"}, ["CLOUDFLARE_API_TOKEN"]),
    "quoted token": ({"CLOUDFLARE_API_TOKEN": '"abcdef"', "DOMAINS": "a.example.org"}, ["quot"]),
    "placeholder": ({"CLOUDFLARE_API_TOKEN": "YOUR-CLOUDFLARE-API-TOKEN", "DOMAINS": "a.b"}, ["CLOUDFLARE_API_TOKEN"]),
    "token with blanks": ({"CLOUDFLARE_API_TOKEN": "ab cd", "DOMAINS": "a.example.org"}, ["CLOUDFLARE_API_TOKEN"]),
    "token file missing": (
        {"CLOUDFLARE_API_TOKEN": "", "CLOUDFLARE_API_TOKEN_FILE": "/nowhere/token", "DOMAINS": "a.example.org"},
        ["/nowhere/token"],
    ),
    "two tokens": ({"CF_API_TOKEN": "another", "DOMAINS": "a.example.org"}, ["CF_API_TOKEN", "CLOUDFLARE_API_TOKEN"]),
    "malformed name": ({"DOMAINS": "a..example.org"}, ["a..example.org"]),
    "bare TLD": ({"DOMAINS": "localhost"}, ["localhost"]),
    "unknown source": ({"DOMAINS": "a.example.org", "IP4_PROVIDER": "cloudflare.trce"}, ["cloudflare.trace"]),
    "retired source": ({"DOMAINS": "a.example.org", "IP4_PROVIDER": "cloudflare"}, ["cloudflare.doh"]),
    "bad cron": ({"DOMAINS": "a.example.org", "UPDATE_CRON": "61 * * * *"}, ["UPDATE_CRON"]),
    "zone without expression": ({"DOMAINS": "a.example.org", "UPDATE_CRON": "CRON_TZ=UTC"}, ["UPDATE_CRON"]),
    "bad duration": ({"DOMAINS": "a.example.org", "UPDATE_TIMEOUT": "30"}, ["UPDATE_TIMEOUT", "30s"]),
    "bad boolean": ({"DOMAINS": "a.example.org", "UPDATE_ON_START": "yes"}, ["UPDATE_ON_START"]),
    "http to afar": ({"DOMAINS": "a.b", "CLOUDFLARE_API_BASE_URL": "http://192.0.2.1/client/v4"}, ["https"]),
    "once, not on start": (
        {"DOMAINS": "a.example.org", "UPDATE_CRON": "@once", "UPDATE_ON_START": "false"},
        ["UPDATE_ON_START"],
    ),
    "both families none": ({"DOMAINS": "a.example.org", "IP4_PROVIDER": "none"}, ["none"]),
    "two policies": ({"DOMAINS": "a.b", "IP4_POLICY": "local", "IP4_PROVIDER": "ipify"}, ["IP4_POLICY"]),
    "bad TTL": ({"DOMAINS": "a.example.org", "TTL": "7"}, ["TTL"]),
    "bad field": ({"DOMAINS": "a.example.org{proxid=true}"}, ["proxid", "proxied"]),
    "bad expression": ({"DOMAINS": "a.example.org", "PROXIED": "is(a.example.org) & true"}, ["PROXIED", "&&"]),
}


@pytest.mark.parametrize("case", CASES)
def test_one_clear_message_and_exit_2(ddns: Program, case: str) -> None:
    """The message names what is wrong and nothing is sent."""
    env, fragments = CASES[case]
    result = ddns.run("run", "--once", **env)

    assert result.code == 2
    assert all(fragment in result.out for fragment in fragments), result.out
    assert ddns.sim.log == []
    assert ddns.run("check", **env).code == 2


def test_all_problems_at_once(ddns: Program) -> None:
    """Every problem is told in one go, each with the place it was written in."""
    result = ddns.run("check", DOMAINS="a..b,c", TTL="7", UPDATE_TIMEOUT="x")

    assert result.code == 2
    assert all(text in result.out for text in ("a..b", '"c"', "TTL", "UPDATE_TIMEOUT", "environment"))


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("{", "JSON"),
        ('{"domains": 7}', "domains"),
        ('{"domans": ["a.b"]}', "domains"),
        ('{"ttl": "x"}', "ttl"),
        ("[]", "object"),
    ],
)
def test_a_bad_file_is_told_with_its_key(ddns: Program, text: str, fragment: str) -> None:
    """Not JSON, wrong types, unknown keys: exit 2 and a hint."""
    path = ddns.folder / "ddns.json"
    path.write_text(text, "utf-8")
    result = ddns.run("check", "--config", str(path), DOMAINS="a.example.org")

    assert result.code == 2
    assert fragment in result.out
    assert "ddns.json" in result.out


def test_a_missing_file_and_a_misspelt_option(ddns: Program) -> None:
    """The file that is not there is named; a misspelt option gets a suggestion."""
    assert ddns.run("check", "--config", "/nowhere/ddns.json").code == 2
    result = ddns.run("check", "--domans", "a.example.org")

    assert result.code == 2
    assert "--domains" in result.out


def test_a_secret_on_the_command_line_is_refused(ddns: Program) -> None:
    """Everybody on the machine can read a command line."""
    result = ddns.run("run", "--once", "--cloudflare-api-token", "abcdefghijkl", DOMAINS="a.example.org")

    assert result.code == 2
    assert "abcdefghijkl" not in result.out


def test_a_token_refused_by_cloudflare_is_no_crash(ddns: Program) -> None:
    """A wrong token is a failed round with a remedy, and the token is not shown."""
    result = ddns.run("run", "--once", DOMAINS="a.example.org", CLOUDFLARE_API_TOKEN="wrong-token-0123456789")

    assert result.code == 1
    assert "wrong-token" not in result.out
    assert "Edit" in result.out


def test_version_help_and_check(ddns: Program) -> None:
    """The commands that need no network."""
    assert ddns.run("--version").code == 0
    assert "doctor" in ddns.run("--help").out
    result = ddns.run("check", DOMAINS="a.example.org")
    assert result.code == 0
    assert "a.example.org" in result.out
    assert ddns.sim.log == []


@pytest.mark.parametrize("verb", ["check", "plan"])
def test_arguments_and_settings_are_faulted_together(ddns: Program, verb: str) -> None:
    """A misspelt option does not hide what else is wrong; what is missing may be what it was to say."""
    result = ddns.run(verb, "--domian", "a.example.org", "--ttl", "7", UPDATE_CRON="often")

    assert result.code == 2
    assert [line.split(" ")[0] for line in result.lines] == ["There", "--ttl", "UPDATE_CRON"]


@pytest.mark.parametrize(
    "argv", [("status", "--domian", "x"), ("check", "--domian", "x"), ("chekc",), ("plan", "check")]
)
def test_arguments_alone_are_faulted_alone(ddns: Program, argv: tuple[str, ...]) -> None:
    """With settings that are good or not asked for, and where it is not sure what to do."""
    result = ddns.run(*argv, DOMAINS="a.example.org", TTL="300" if argv[0] == "check" else "7")

    assert (result.code, len(result.lines)) == (2, 1)

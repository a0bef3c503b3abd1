"""The command line."""

import pytest

from ddns.config.inputs.argv import Command, parse_argv
from ddns.errors import ConfigError
from tests.fakes.configuring import first_error


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ([], Command()),
        (["run"], Command()),
        (["check"], Command("check")),
        (["--dry-run"], Command("plan")),
        (["run", "--dry-run"], Command("plan")),
        (["plan", "plan"], Command("plan")),
        (["--help"], Command("help")),
        (["check", "-h"], Command("help", topic="check")),
        (["help"], Command("help")),
        (["help", "plan"], Command("help", topic="plan")),
        (["plan", "help"], Command("help", topic="plan")),
        (["--dry-run", "--help"], Command("help", topic="plan")),
        (["help", "settings"], Command("help", topic="settings")),
        (["check", "--all"], Command("check", all=True)),
        (["notify", "--test"], Command("notify")),
        (["notify", "--help"], Command("help", topic="notify")),
        (["help", "notify"], Command("help", topic="notify")),
        (["--version"], Command("version")),
        (["run", "--once", "--config", "/c.json"], Command(config_path="/c.json", once=True)),
        (["--config=/c.json", "--config=/c.json"], Command(config_path="/c.json")),
        (["status", "--json"], Command("status", json=True)),
        (["migrate", "--json"], Command("migrate", json=True)),
        (["plan", "--json"], Command("plan", (("LOG_FORMAT", "json"),), json=True)),
        (["plan", "--json", "--log-format=text"], Command("plan", (("LOG_FORMAT", "text"),), json=True)),
        (["--repeat"], Command(options=(("REPEAT", "true"),))),
        (["--dialect=oznu"], Command(options=(("DDNS_DIALECT", "oznu"),))),
        (
            ["--domains", "a.b, c.d", "--IP4_provider=local", "--ttl=60", "--ttl", "60"],
            Command(options=(("DOMAINS", "a.b, c.d"), ("IP4_PROVIDER", "local"), ("TTL", "60"))),
        ),
        (["--quiet", "check", "--emoji", "false"], Command("check", (("QUIET", "true"), ("EMOJI", "false")))),
        (["--quiet=", "--update-cron="], Command(options=(("QUIET", ""), ("UPDATE_CRON", "")))),
        (["--record-comment", "-"], Command(options=(("RECORD_COMMENT", "-"),))),
    ],
)
def test_commands(argv: list[str], command: Command) -> None:
    """Verbs, flags, and settings with = or as the next word."""
    assert parse_argv(argv) == command


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        (["chekc"], 'no command "chekc" / did you mean check?'),
        (["xyzzy"], "the commands are run"),
        (["-"], 'no command "-"'),
        (["notify"], "nothing to send / add --test"),
        (["settings"], 'no command "settings"'),
        (["help", "check", "plan"], "Two commands at once: check and plan"),
        (["check", "plan"], "Two commands at once: check and plan"),
        (["--domian", "a.b"], 'no option "--domian" / did you mean --domains?'),
        (["--xyzzy=1"], 'no option "--xyzzy"'),
        (["-x"], 'no option "-x"'),
        (["--once=true"], "--once takes no value"),
        (["--ttl"], "--ttl needs a value"),
        (["--ttl", "--once"], "--ttl needs a value"),
        (["--config"], "--config needs a value"),
        (["--ttl=1", "--ttl=60"], "--ttl is given twice"),
        (["--config=a", "--config=b"], "--config is given twice"),
    ],
)
def test_what_cannot_be_understood(argv: list[str], what: str) -> None:
    """One problem, with what was meant."""
    with pytest.raises(ConfigError) as caught:
        parse_argv(argv)

    assert len(caught.value.problems) == 1
    assert what in first_error(caught.value.problems)


@pytest.mark.parametrize(
    "argv",
    [
        ["--cloudflare-api-token", "s3cret"],
        ["--cloudflare-api-token=s3cret", "check"],
        ["--cf-api-token", "s3cret", "check"],
        ["--healthchecks=https://s3cret"],
        ["--uptimekuma", "https://s3cret"],
        ["--shoutrrr", "slack://s3cret"],
        ["--tokn", "s3cret"],
        ["--tokn=s3cret"],
    ],
)
def test_secrets_are_not_taken_and_not_repeated(argv: list[str]) -> None:
    """Every user of the machine can read a command line."""
    with pytest.raises(ConfigError) as caught:
        parse_argv(argv)

    assert len(caught.value.problems) == 1
    assert "s3cret" not in first_error(caught.value.problems)


def test_all_faults_at_once() -> None:
    """Every argument is looked at."""
    with pytest.raises(ConfigError) as caught:
        parse_argv(["--tll=1", "chekc", "--cloudflare-api-token"])

    assert len(caught.value.problems) == 3

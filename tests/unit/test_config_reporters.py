"""Who is told, and how the log looks."""

import pytest

from ddns.config import Inputs, reporting_of
from ddns.core.settings import Output, Reporting
from tests.fakes.configuring import Files, configured, first_error, problems_of

NAME = {"DOMAINS": "a.example.org"}


def test_everything_set() -> None:
    """All reporters and outputs; Uptime Kuma loses its usual query, Healthchecks its trailing slash."""
    settings = configured(
        {
            **NAME,
            "HEALTHCHECKS": "https://hc.example.org/uuid/",
            "UPTIMEKUMA": "https://kuma.example.org/api/push/x?status=up&msg=OK&ping=",
            "SHOUTRRR": "discord://a@b\n\n# comment\n slack://a/b/c ",
            "ON_CHANGE": "touch /run/changed",
            "METRICS_FILE": "/run/ddns.prom",
            "EMOJI": "false",
            "QUIET": "1",
            "LOG_FORMAT": "JSON",
            "LOG_TIMESTAMPS": "t",
            "LOG_ROUNDS": "All",
        }
    )

    assert settings.warnings == ()
    assert settings.settings.output == Output(emoji=False, quiet=True, json=True, timestamps=True, rounds="all")
    assert settings.settings.reporting == Reporting(
        "https://hc.example.org/uuid",
        "https://kuma.example.org/api/push/x",
        ("discord://a@b", "slack://a/b/c"),
        "touch /run/changed",
        "/run/ddns.prom",
    )


@pytest.mark.parametrize(
    ("env", "what"),
    [
        ({"HEALTHCHECKS": "hc.example.org/s3cret"}, "HEALTHCHECKS needs a whole URL"),
        ({"HEALTHCHECKS": "https://hc.example.org/s3cret?x"}, "HEALTHCHECKS must be the plain ping URL"),
        ({"HEALTHCHECKS": "https://hc.example.org/s3cret#x"}, "HEALTHCHECKS must be the plain ping URL"),
        ({"UPTIMEKUMA": "ftp://s3cret"}, "UPTIMEKUMA needs a whole URL"),
        ({"SHOUTRRR": "s3cret"}, "line 1 that is not a URL"),
        ({"SHOUTRRR": "discord://"}, "SHOUTRRR cannot be used in line 1"),
        ({"SHOUTRRR": "discord://s3cret@b foo bar"}, "more than a URL in line 1"),
        ({"SHOUTRRR": "discord://s3cret@b?x=1 # mine"}, "more than a URL in line 1"),
        ({"SHOUTRRR": "discord://s3cret@b #"}, "more than a URL in line 1"),
        ({"SHOUTRRR": "discord://s3cret@b, slack+https://s3cret/b/c"}, "line 1"),
        ({"SHOUTRRR": "discord://s3cret@b,slack://s3cret/b/c"}, "several URLs in line 1"),
        ({"SHOUTRRR": "x y://s3cret"}, "line 1 that is not a URL"),
        ({"SHOUTRRR": "nosuch://s3cret"}, "SHOUTRRR cannot be used in line 1"),
        ({"SHOUTRRR": "discord://s3cret@b slack://a/b/c"}, "several URLs in line 1"),
        ({"METRICS_FILE": "metrics"}, "METRICS_FILE must be an absolute path"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be text or json"),
        ({"LOG_ROUNDS": "none"}, "LOG_ROUNDS must be changes or all"),
        ({"EMOJI": "no"}, "EMOJI must be true or false"),
        ({"SHOUTRRR_FILE": "urls"}, "SHOUTRRR_FILE must be an absolute path"),
        ({"SHOUTRRR_FILE": "slack://a/b/s3cret"}, "SHOUTRRR_FILE must be an absolute path"),
        (
            {"SHOUTRRR_FILE": "/gone", "SHOUTRRR": "slack://a/b/s3cret"},
            "SHOUTRRR_FILE names a file that cannot be read",
        ),
        ({"SHOUTRRR_FILE": "/urls", "SHOUTRRR": "slack://a/b/s3cret"}, "lists other URLs than SHOUTRRR"),
    ],
)
def test_bad_reporters(env: dict[str, str], what: str) -> None:
    """Each fault has words of its own, without the URL."""
    text = first_error(problems_of({**NAME, **env}, {"/urls": "discord://s3cret@b"}))

    assert what in text
    assert "s3cret" not in text


@pytest.mark.parametrize(
    ("env", "what"),
    [
        ({"HEALTHCHECKS": "http://hc.example.org/x"}, "HEALTHCHECKS uses http"),
        ({"UPTIMEKUMA": "http://kuma.example.org/x"}, "UPTIMEKUMA uses http"),
        ({"UPTIMEKUMA": "https://kuma.example.org/x?status=down"}, "has parameters after the ?"),
        ({"SHOUTRRR": "discord://a@c?username=My bot"}, "spaces inside the URL in line 1"),
        ({"SHOUTRRR": "generic+https://h.example/x?template=JSON"}, "passes template=json on in line 1"),
        ({"SHOUTRRR": "# nothing"}, "lists no URL"),
    ],
)
def test_what_is_accepted_with_a_warning(env: dict[str, str], what: str) -> None:
    """Odd reporters are used, and named."""
    assert what in first_error(configured({**NAME, **env}).warnings)


def test_http_to_this_machine_is_fine() -> None:
    """Nobody is on the way to a loopback address."""
    assert configured({**NAME, "HEALTHCHECKS": "http://127.0.0.1:8000/x"}).warnings == ()


def test_urls_of_services_in_a_file() -> None:
    """A file alone, and a file that agrees with the variable in another order."""
    files = {"/urls": "slack://a/b/c\ndiscord://a@b\n"}
    both = {**NAME, "SHOUTRRR_FILE": "/urls", "SHOUTRRR": "discord://a@b\nslack://a/b/c"}

    for env in ({**NAME, "SHOUTRRR_FILE": "/urls"}, both):
        assert configured(env, files).settings.reporting.services == ("slack://a/b/c", "discord://a@b")


def test_reporters_of_a_bad_configuration() -> None:
    """Whoever is well configured can be told, whatever else is wrong; nothing is raised."""
    env = {
        "HEALTHCHECKS": "https://hc.example.org/uuid",
        "UPTIMEKUMA": "nonsense",
        "SHOUTRRR": "slack://a/b/c",
        "EMOJI": "false",
        "QUIET": "nonsense",
        "DDNS_DIALECT": "nonsense",
        "DOMAINS": "a..b",
    }
    reporting, output = reporting_of(Inputs((("NONSENSE", "x"),), env, "/gone"), Files())

    assert reporting == Reporting("https://hc.example.org/uuid", "", ("slack://a/b/c",))
    assert output == Output(emoji=False)

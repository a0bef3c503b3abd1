"""Precedence, dialects at the door, and variables that look like ours."""

import pytest

from ddns.config import Inputs
from ddns.config.inputs.lookalikes import lookalikes
from ddns.config.inputs.merge import Gathered, gather
from tests.fakes.configuring import Files, first_error

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
FOREIGN = (
    '{"cloudflare": [{"authentication": {"api_token": "filed"}, '
    f'"zone_id": "{ZONE}", "subdomains": ["www"], "proxied": true}}], "ttl": 300}}'
)


def gathered(env: dict[str, str], options: dict[str, str] | None = None, file: str = "", path: str = "") -> Gathered:
    """Gather settings, perhaps with a ./config.json."""
    files = Files({"./config.json": file, "/c.json": file} if file else {})
    return gather(Inputs(tuple((options or {}).items()), env, path), files)


def test_precedence_goes_name_by_name() -> None:
    """Command line over environment over file."""
    file = '{"ttl": 60, "proxied": true, "record_comment": "filed"}'
    raw = gathered({"TTL": "120", "PROXIED": " false "}, {"TTL": "300"}, file).raw

    assert {name: (value.value, value.place, value.origin) for name, value in raw.items()} == {
        "TTL": ("300", "command line", "--ttl"),
        "PROXIED": ("false", "environment", "PROXIED (environment)"),
        "RECORD_COMMENT": ("filed", "file ./config.json", "record_comment (file ./config.json)"),
    }


def test_a_token_in_the_environment_replaces_that_of_a_file() -> None:
    """Under whichever of its names."""
    file = '{"cloudflare_api_token_file": "/run/token", "ttl": 60}'
    raw = gathered({"CLOUDFLARE_API_TOKEN": "x"}, file=file).raw

    assert set(raw) == {"CLOUDFLARE_API_TOKEN", "TTL"}


def test_a_token_in_the_words_of_another_program_replaces_that_of_a_file() -> None:
    """API_KEY is in the environment, under which a native file lies."""
    file = '{"cloudflare_api_token_file": "/run/token", "ttl": 60}'
    raw = gathered({"API_KEY": "x", "ZONE": "example.org"}, file=file, path="/c.json").raw

    assert "CLOUDFLARE_API_TOKEN_FILE" not in raw
    assert (raw["CLOUDFLARE_API_TOKEN"].value, raw["TTL"].value) == ("x", "60")


def test_blank_is_unset() -> None:
    """A blank value leaves the next place its say."""
    raw = gathered({"TTL": " \t"}, {"TTL": " "}, '{"ttl": 60}').raw

    assert raw["TTL"].value == "60"


def test_a_native_file_may_choose_the_language_of_the_environment() -> None:
    """As any other setting, under the environment and the command line; a bad choice is a fault."""
    env, file = {"API_KEY": "x", "ZONE": "a.org", "CLOUDFLARE_API_TOKEN": "y"}, '{"ddns_dialect": "oznu", "ttl": 60}'

    assert gathered(env, file=file, path="/c.json").dialect == "oznu"
    assert gathered({**env, "DDNS_DIALECT": "native"}, file=file, path="/c.json").dialect == "native"
    assert "did you mean oznu?" in first_error(gathered({}, file='{"ddns_dialect": "ozn"}').problems)


def test_faults_of_every_place_come_together() -> None:
    """An unknown option, a bad dialect and bad keys are all told."""
    text = first_error(
        gathered({"DDNS_DIALECT": "ozn"}, {"DOMIANS": "x", "REPEAT": "true"}, '{"xyzzy": 1, "ttl": []}').problems
    )

    assert "There is no option --domians / did you mean --domains?" in text
    assert "did you mean oznu?" in text
    assert '"xyzzy" is not a setting' in text
    assert "ttl must be a whole number" in text
    assert "REPEAT" not in text


@pytest.mark.parametrize(
    ("env", "options", "file", "dialect"),
    [
        ({}, {}, "", "native"),
        ({"DOMAINS": "a.b"}, {}, "", "native"),
        ({"ZONE": "a.b"}, {}, "", "oznu"),
        ({"API_KEY_FILE": "/x"}, {}, "", "oznu"),
        ({"ZONE": "a.b", "DDNS_DIALECT": "native"}, {}, "", "native"),
        ({"DOMAINS": "a.b", "DDNS_DIALECT": "oznu"}, {}, "", "oznu"),
        ({"DOMAINS": "a.b"}, {"DDNS_DIALECT": "timothymiller"}, "", "timothymiller_env"),
        ({}, {}, FOREIGN, "timothymiller_file"),
        ({"DDNS_DIALECT": "timothymiller"}, {}, FOREIGN, "timothymiller_file"),
        ({"CLOUDFLARE_API_TOKEN": "abc"}, {}, FOREIGN, "timothymiller_file"),
        ({"DDNS_DIALECT": "native"}, {}, FOREIGN, "native"),
        ({}, {}, '{"ttl": 60}', "native"),
    ],
)
def test_which_language_is_spoken(env: dict[str, str], options: dict[str, str], file: str, dialect: str) -> None:
    """The names in use decide, unless DDNS_DIALECT does."""
    assert gathered(env, options, file).dialect == dialect


@pytest.mark.parametrize(
    ("env", "file"), [({"API_KEY": "x", "CLOUDFLARE_API_TOKEN": "y"}, ""), ({"ZONE": "a.b", "DOMAINS": "a.b"}, "")]
)
def test_two_languages_at_once(env: dict[str, str], file: str) -> None:
    """Both sets of names are named, and how to choose."""
    (problem,) = gathered(env, file=file).problems

    assert all(name in problem.what for name in env)
    assert "DDNS_DIALECT=native" in problem.hint


def test_a_foreign_file_beside_oznu() -> None:
    """A file of another program is a second language too."""
    found = gather(Inputs(environ={"API_KEY": "x"}), Files({"./config.json": FOREIGN}))

    assert "./config.json" in first_error(found.problems)


def test_a_foreign_file_is_used_whole() -> None:
    """What it decides, the environment cannot; what it does not decide, the environment does; options always win."""
    found = gathered({"TTL": "60", "EMOJI": "false", "CLOUDFLARE_API_TOKEN": "mine"}, {"PROXIED": "false"}, FOREIGN)

    assert found.raw["TTL"].value == "300"
    assert found.raw["EMOJI"].value == "false"
    assert found.raw["CLOUDFLARE_API_TOKEN"].value == "mine"
    assert found.raw["PROXIED"].value == "false"
    assert "TTL" in first_error(found.warnings)


def test_a_foreign_file_brings_its_token() -> None:
    """Without a native token, that of the file is used."""
    assert gathered({}, {"REPEAT": "true"}, FOREIGN).raw["CLOUDFLARE_API_TOKEN"].value == "filed"


def test_native_domains_win_over_a_foreign_file() -> None:
    """The file is ignored, with a warning."""
    found = gathered({"CONFIG_PATH": ".", "DOMAINS": "a.b"}, file=FOREIGN)

    assert found.dialect == "native"
    assert set(found.raw) == {"DOMAINS"}
    assert "./config.json is ignored, because DOMAINS says what to do" in first_error(found.warnings)


def test_a_foreign_file_that_timothymiller_would_ignore() -> None:
    """An explicit file beside the two tokens of two programs is named as ignored."""
    found = gathered({"API_KEY": "x", "CLOUDFLARE_API_TOKEN": "y"}, file=FOREIGN)

    assert "because the environment says what to do" in first_error(found.warnings)


def test_native_names_beside_oznu_by_choice() -> None:
    """With DDNS_DIALECT=oznu, tokens and names of the native language are ignored with a warning; the rest counts."""
    env = {
        "DDNS_DIALECT": "oznu",
        "API_KEY": "x",
        "ZONE": "a.b",
        "DOMAINS": "c.d",
        "CLOUDFLARE_API_TOKEN": "y",
        "EMOJI": "0",
    }
    found = gathered(env)

    assert "DOMAINS" not in found.raw
    assert found.raw["CLOUDFLARE_API_TOKEN"].value == "x"
    assert found.raw["EMOJI"].value == "0"
    assert "DOMAINS is ignored" in first_error(found.warnings)
    assert "CLOUDFLARE_API_TOKEN is ignored" in first_error(found.warnings)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("DOMAIN", "did you mean DOMAINS?"),
        ("IP4_DOMIANS", "did you mean IP4_DOMAINS?"),
        ("UPDATE_CORN", "did you mean UPDATE_CRON?"),
        ("CLOUDFLARE_TOKEN", "correct its name"),
        ("DDNS_XYZZY", "correct its name"),
        ("PROXID", "did you mean PROXIED?"),
    ],
)
def test_variables_that_look_like_ours(name: str, hint: str) -> None:
    """A name that is near, or begins like ours, is warned of."""
    (warning,) = lookalikes({name: "x"}, ())

    assert name in warning.what
    assert hint in warning.hint


def test_variables_that_are_not_ours() -> None:
    """Shells, containers and clusters set many; those of a dialect, blank ones and claimed ones are known."""
    names = (
        *(
            "HOME",
            "PATH",
            "TERM",
            "SHELL",
            "USER",
            "LANG",
            "PWD",
            "HOSTNAME",
            "SHLVL",
            "LOGNAME",
            "container",
            "EDITOR",
        ),
        *(
            "CLOUDFLARE_DDNS_SERVICE_HOST",
            "CLOUDFLARE_DDNS_PORT_80_TCP",
            "CLOUDFLARE_DDNS_PORT",
            "HTTP_PROXY",
            "NO_PROXY",
        ),
        *("API_KEY", "CRON", "SUBDOMAIN", "CONFIG_PATH", "CF_DDNS_TOKEN", "EMOJI", "TZ", "domain", "NOTIFY_SOCKET"),
        *(
            "PYTHONPATH",
            "SSL_CERT_FILE",
            "INVOCATION_ID",
            "JOURNAL_STREAM",
            "MAIL",
            "OLDPWD",
            "DEBUG",
            "PORT",
            "DISPLAY",
        ),
    )

    assert lookalikes(dict.fromkeys(names, "x"), ()) == []
    assert lookalikes({"DOMAIN": " "}, ()) == []
    assert lookalikes({"DOMAIN": "x"}, ("DOMAIN",)) == []


def test_the_words_of_a_dialect_count_while_it_is_spoken() -> None:
    """A misspelt one is told, and so is a variable that only a dialect has which was not asked for."""
    oznu = gathered({"API_KEY": "x", "ZONE": "a.org", "SUBDOMAN": "home"})
    native = gathered({"DOMAINS": "a.org", "SUBDOMAN": "home", "DELETE_ON_FAILURE": "true"})

    assert "SUBDOMAN is not a setting and is ignored / did you mean SUBDOMAIN?" in first_error(oznu.warnings)
    assert "DELETE_ON_FAILURE is not a setting" in first_error(native.warnings)
    assert "DDNS_DIALECT=timothymiller" in first_error(native.warnings)
    assert "SUBDOMAN" not in first_error(native.warnings)

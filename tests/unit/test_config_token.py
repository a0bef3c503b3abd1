"""The token rules."""

import pytest

from ddns.config import Inputs, load
from ddns.config.access.token import check_token
from ddns.core.settings import Credential
from ddns.errors import ConfigError, ConfigProblem
from tests.fakes.configuring import Files

TOKEN = "abc-._~+/9="


def credential(files: Files, **env: str) -> Credential:
    """Load an environment with one name."""
    return load(Inputs(environ={"DOMAINS": "a.example.org", **env}), files).settings.access.credential


def problems(files: Files, **env: str) -> tuple[ConfigProblem, ...]:
    """Return the problems of an environment with one name."""
    with pytest.raises(ConfigError) as caught:
        credential(files, **env)
    return caught.value.problems


def test_a_token_and_its_file() -> None:
    """A token is taken as it is; one from a file names the file, to be read again."""
    files = Files({"/run/token": f"  {TOKEN}\n"})

    assert credential(files, CLOUDFLARE_API_TOKEN=f" {TOKEN} ") == Credential(TOKEN)
    assert credential(files, CLOUDFLARE_API_TOKEN_FILE="/run/token") == Credential(TOKEN, reread="/run/token")


def test_all_four_places_may_agree() -> None:
    """The same token everywhere is fine; old names are warned of."""
    env = {
        "DOMAINS": "a.example.org",
        "CLOUDFLARE_API_TOKEN": TOKEN,
        "CF_API_TOKEN": TOKEN,
        "CF_API_TOKEN_FILE": "/run/token",
        "CLOUDFLARE_API_TOKEN_FILE": "/run/token",
    }
    loaded = load(Inputs(environ=env), Files({"/run/token": TOKEN}))

    assert loaded.settings.access.credential.secret == TOKEN
    assert sum("is an old name" in warning.what for warning in loaded.warnings) == 2


def test_places_that_differ_are_both_named() -> None:
    """Two tokens are an error that says which two places differ."""
    (problem,) = problems(Files(), CLOUDFLARE_API_TOKEN="abc", CF_API_TOKEN="def")

    assert "CF_API_TOKEN holds another token than CLOUDFLARE_API_TOKEN" in problem.what


def test_an_email_makes_it_a_global_key() -> None:
    """CLOUDFLARE_EMAIL goes with the key."""
    found = credential(Files(), CLOUDFLARE_API_TOKEN="abc", CLOUDFLARE_EMAIL="me@example.org")

    assert found == Credential("abc", "me@example.org")


@pytest.mark.parametrize(
    ("token", "what"),
    [
        ("YOUR-CLOUDFLARE-API-TOKEN", "placeholder"),
        ("CLOUDFLARE_API_TOKEN=abc", "CLOUDFLARE_API_TOKEN="),
        ("CF_API_TOKEN=abc", "CF_API_TOKEN="),
        ('"s3cret"', "quotation marks"),
        ("'s3cret'", "quotation marks"),
        ("s3 cret", "no token has"),
        ("s3cret\nmore", "no token has"),
        ("s3crét", "no token has"),
    ],
)
def test_what_is_no_token(token: str, what: str) -> None:
    """Each fault has words of its own, and the token is in none of them."""
    assert what in check_token(token)
    assert "s3c" not in check_token(token)
    (problem,) = problems(Files({"/run/token": token}), CLOUDFLARE_API_TOKEN_FILE="/run/token")
    assert what in problem.what


@pytest.mark.parametrize(
    ("path", "content", "what"),
    [
        ("run/token", "", "write the whole path"),
        ("s3cretpasted", "", "belongs into the file"),
        ("s3cret/pasted+with/slashes", "", "belongs into the file"),
        ("/run/token", " \n", "empty file"),
        ("/run/other", "", "No such file"),
        ("/run/denied", PermissionError(13, "Permission denied"), "Permission denied"),
        ("/run/bytes", b"\xff", "is not text"),
        ("/run/nul", ValueError("embedded null byte"), "cannot be opened"),
    ],
)
def test_files_that_hold_no_token(path: str, content: str | bytes | Exception, what: str) -> None:
    """Relative, empty, missing and unreadable files; a token pasted in place of the path is not repeated."""
    files = Files({"/run/token": "", path: content} if path != "/run/other" else {})  # type: ignore[dict-item]  # all are what Files takes
    (problem,) = problems(files, CLOUDFLARE_API_TOKEN_FILE=path)

    assert what in f"{problem.what} {problem.hint}"
    assert "s3cret" not in f"{problem.what} {problem.hint}"


def test_no_token_at_all() -> None:
    """Without any of the four names, the message names what to set."""
    (problem,) = problems(Files())

    assert problem.what == "CLOUDFLARE_API_TOKEN is missing"
    assert "CLOUDFLARE_API_TOKEN_FILE" in problem.hint

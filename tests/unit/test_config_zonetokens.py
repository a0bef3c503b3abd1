"""CLOUDFLARE_ZONE_TOKENS: credentials for single zones, in the settings, in requests, and never in a message."""

import pytest

from ddns.config.access.zonetokens import parse_items
from ddns.core.settings import Access, Credential
from tests.fakes.configuring import configured, first_error, problems_of

A, B, C = "a" * 32, "b" * 32, "c" * 32
NAMES = {"DOMAINS": f"home{{zone={A}}}, home{{zone={B}}}, home{{zone={C}}}"}


def test_tokens_files_and_global_keys() -> None:
    """Each zone has what stands behind its ID; a file is named, because it is read again before each round."""
    text = f"{A}=s3cret, {B.upper()}=/run/b\n{C}=me@example.org:k3y"
    loaded = configured({**NAMES, "CLOUDFLARE_ZONE_TOKENS": text}, {"/run/b": " from-file\n"})

    assert loaded.settings.access.zones == (
        (A, Credential("s3cret")),
        (B, Credential("from-file", "", "/run/b")),
        (C, Credential("k3y", "me@example.org")),
    )
    assert loaded.warnings == ()


def test_a_list_in_the_native_file() -> None:
    """The same as texts in a JSON list; a key may stand in a file as well."""
    text = f'{{"domains": ["x{{zone={A}}}"], "cloudflare_zone_tokens": ["{A}=me@example.org:/run/a"]}}'
    loaded = configured({}, {"/c.json": text, "/run/a": "k3y"}, config_path="/c.json")

    assert loaded.settings.access.zones == ((A, Credential("k3y", "me@example.org", "/run/a")),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("s3cret", "cannot be read at item 1"),
        (f"{A}=x, short=s3cret", "cannot be read at item 2"),
        (f"{A}=x, {A}=s3cret", f"has two tokens for the zone {A}"),
        (f"{A}='s3cret'", f"for the zone {A} has quotation marks"),
        (f"{A}=/nowhere", "names a file that cannot be read (/nowhere)"),
        (f"{A}=/run/bytes", "names a file that cannot be read (/run/bytes)"),
        (f"{A}=/run/empty", f"for the zone {A} names an empty file (/run/empty)"),
    ],
)
def test_faults_are_told_without_the_secret(text: str, problem: str) -> None:
    """The item is numbered, or its zone named."""
    files: dict[str, str | bytes] = {"/run/bytes": b"\xff", "/run/empty": ""}
    told = first_error(problems_of({**NAMES, "CLOUDFLARE_ZONE_TOKENS": text}, dict(files)))

    assert f"CLOUDFLARE_ZONE_TOKENS {problem}" in told
    assert "s3cret" not in told


def test_the_same_token_twice_is_no_fault() -> None:
    """It says the same."""
    loaded = configured({**NAMES, "CLOUDFLARE_ZONE_TOKENS": f"{A}=x {A}=x"})

    assert loaded.settings.access.zones == ((A, Credential("x")),)


def test_a_token_of_a_zone_nobody_names_is_warned_of() -> None:
    """Names are looked up with the general token, so the zone has to be named by its ID."""
    loaded = configured({"DOMAINS": "home.example.org", "CLOUDFLARE_ZONE_TOKENS": f"{A}=x"})

    assert f"has a token for the zone {A}, which no entry names" in first_error(loaded.warnings)
    assert f"{{zone={A}}}" in first_error(loaded.warnings)


def test_no_secret_shows() -> None:
    """Neither in the settings for people nor in the repr of an item."""
    loaded = configured({**NAMES, "CLOUDFLARE_ZONE_TOKENS": f"{A}=s3cret"})

    assert [one.value for one in loaded.origins if one.name == "CLOUDFLARE_ZONE_TOKENS"] == ["(redacted)"]
    assert "s3cret" not in repr(parse_items(f"{A}=s3cret"))


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        (f"/zones/{A}", "a"),
        (f"/zones/{A}?x=1", "a"),
        (f"/zones/{A}/dns_records?page=1", "a"),
        (f"/zones/{A}b/dns_records", "general"),
        (f"/zones?name={A}", "general"),
        (f"/accounts/{A}/rules/lists", "general"),
        ("/user/tokens/verify", "general"),
    ],
)
def test_requests_about_a_zone_are_signed_with_its_credential(path: str, secret: str) -> None:
    """Everything else with the general one."""
    access = Access(Credential("general"), zones=((A, Credential("a")),))

    assert access.signing(path).secret == secret

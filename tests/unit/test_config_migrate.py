"""``ddns migrate`` prints the same configuration in native words, without secrets."""

import json

import pytest

from ddns.config import Inputs, Loaded, load
from ddns.config.views.migrate import document_text, migrated, migration
from tests.fakes.doors import MemoryFiles

NATIVE = {"CLOUDFLARE_API_TOKEN": "t0ken", "DOMAINS": "home.example.org"}


def loaded(environ: dict[str, str], files: dict[str, str] | None = None, *options: tuple[str, str]) -> Loaded:
    """Load a configuration from memory."""
    return load(Inputs(options, environ), MemoryFiles(dict(files or {})))


def native(**variables: str) -> Loaded:
    """Load a native configuration with some variables more."""
    return loaded({**NATIVE, **variables})


def test_the_text_holds_a_file_and_the_same_as_variables() -> None:
    """Everything that is no JSON and no variable is a comment line."""
    text = migrated(native(TTL="300"))

    plain = [line for line in text.splitlines() if not line.startswith("#")]
    start, end = plain.index("{"), plain.index("}")
    document = json.loads("\n".join(plain[start : end + 1]))
    assert document == {"domains": ["home.example.org"], "ttl": 300}
    assert document_text(migration(native(TTL="300"))) in text
    assert "TTL=300" in plain
    assert "DOMAINS=home.example.org" in plain
    assert "t0ken" not in text


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("WATCH", "f", False),
        ("PROXIED", "true", True),
        ("PROXIED", "is(home.example.org)", "is(home.example.org)"),
        ("TTL", "300", 300),
        ("ENFORCE", "ttl, Proxied", ["proxied", "ttl"]),
        ("RECORD_TAGS", "[a:b, c:d]", ["a:b", "c:d"]),
        ("WAF_LISTS", f"{'a' * 32}/home, {'b' * 32}/work", [f"{'a' * 32}/home", f"{'b' * 32}/work"]),
        ("UPDATE_CRON", "@every 1h", "@every 1h"),
        ("IP4_PROVIDER", "url:https://example.org/ip", "url:https://example.org/ip"),
        (
            "DOMAINS",
            'b.example.org, a.example.org{ttl=300, proxied=t, enforce, comment="x, y", hostid6=[::1, ::2]}',
            [
                "b.example.org",
                {
                    "name": "a.example.org",
                    "ttl": 300,
                    "proxied": True,
                    "enforce": True,
                    "comment": "x, y",
                    "hostid6": "[::1, ::2]",
                },
            ],
        ),
    ],
)
def test_values_have_the_type_of_their_setting(name: str, text: str, value: object) -> None:
    """Lists are lists, names with fields are objects, numbers are numbers."""
    assert migration(native(**{name: text})).document[name.lower()] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HEALTHCHECKS", "https://hc.example.org/s3cret"),
        ("UPTIMEKUMA", "https://kuma.example.org/s3cret"),
        ("SHOUTRRR", "discord://s3cret@id"),
        ("ON_CHANGE", "curl s3cret"),
        ("IP4_PROVIDER", "cmd:echo s3cret"),
        ("IP4_PROVIDER", "url:https://me:s3cret@example.org"),
        ("IP6_PROVIDER", "first(local, url:https://example.org/?key=s3cret)"),
        ("DOMAINS", 'home.example.org{ip6="url:https://example.org/?s3cret"}'),
    ],
)
def test_what_may_hold_a_secret_is_not_printed(name: str, text: str) -> None:
    """Its name is, with what to do."""
    found = migration(native(**{name: text}))

    assert found.withheld == ("CLOUDFLARE_API_TOKEN", name)
    assert f"keep the variable {name} as it is: it may hold a secret, so it is not printed" in found.steps
    assert "s3cret" not in migrated(native(**{name: text}))


def test_a_variable_that_means_something_else_is_not_kept_as_it_is() -> None:
    """A generic service of timothymiller's program got JSON: the line has to be rewritten by hand."""
    found = migration(loaded({**NATIVE, "DDNS_DIALECT": "timothymiller", "SHOUTRRR": "generic://h.example/s3cret"}))

    assert "change the variable SHOUTRRR as told below; it may hold a secret, so it is not printed" in found.steps
    assert any(line.startswith("SHOUTRRR: a generic service got JSON") for line in found.differences)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("GATEWAY_LISTS", "a/x,\na/y{ip6=none}\n", "a/x, a/y{ip6=none}"),
        (
            "SPF_DOMAINS",
            "a.org{add, keep=[192.0.2.1, 192.0.2.2]}\nb.org",
            "a.org{add, keep=[192.0.2.1, 192.0.2.2]}, b.org",
        ),
        ("WAF_LISTS", "a/x\na/y", "a/x, a/y"),
    ],
)
def test_places_on_lines_are_a_comma_list_in_a_variable(name: str, text: str, line: str) -> None:
    """An env file has one line for each; what is migrated reads the same again."""
    before = native(**{name: text})
    found = migration(before)

    assert found.environment[name] == line
    assert native(**{name: line}).settings == before.settings
    assert ", ".join(str(item) for item in found.document[name.lower()]) == line  # type: ignore[union-attr]


def test_a_secret_from_elsewhere_is_named_with_its_place() -> None:
    """A file or another language says where the value stands now."""
    of_file = loaded(
        {"CONFIG_PATH": "/c"},
        {"/c/config.json": '{"cloudflare_api_token": "a", "domains": ["a.org"], "healthchecks": "https://a.org/x"}'},
    )
    of_oznu = loaded({"API_KEY": "a", "ZONE": "a.org", "CUSTOM_LOOKUP_CMD": "echo x"})

    steps = "\n".join((*migration(of_file).steps, *migration(of_oznu).steps))
    assert "set the variable HEALTHCHECKS to the value of healthchecks (file /c/config.json)" in steps
    assert "set the variable IP4_PROVIDER to cmd: and the value of CUSTOM_LOOKUP_CMD (environment)" in steps
    assert (
        "set CLOUDFLARE_API_TOKEN to the secret of cloudflare_api_token (file /c/config.json), or put it into" in steps
    )
    assert "set CLOUDFLARE_API_TOKEN to the secret of API_KEY (environment), or put it into a file" in steps


@pytest.mark.parametrize("name", ["CLOUDFLARE_API_TOKEN_FILE", "CF_API_TOKEN_FILE"])
def test_a_token_that_is_in_a_file_stays_there(name: str) -> None:
    """Also beside a variable that says the same; nothing is to be done then."""
    found = migration(loaded({**NATIVE, name: "/t"}, {"/t": "t0ken"}))

    assert found.document["cloudflare_api_token_file"] == "/t"
    assert not [step for step in found.steps if "secret" in step]


def test_tokens_of_single_zones_are_written_when_they_are_in_files() -> None:
    """Otherwise their form is told, with a word in the place of each secret."""
    a, b = "a" * 32, "b" * 32
    names = {"DOMAINS": f"x{{zone={a}}}, x{{zone={b}}}", "CLOUDFLARE_API_TOKEN": "t0ken"}
    filed = migration(loaded({**names, "CLOUDFLARE_ZONE_TOKENS": f"{a}=/t {b}=me@a.org:/t"}, {"/t": "other"}))
    zones = [
        {"zone_id": a, "subdomains": ["x"], "authentication": {"api_token": "t0ken"}},
        {"zone_id": b, "subdomains": ["x"], "authentication": {"api_token": "s3cret"}},
    ]
    inline = migration(loaded({"CONFIG_PATH": "/c"}, {"/c/config.json": json.dumps({"cloudflare": zones})}))

    assert filed.document["cloudflare_zone_tokens"] == [f"{a}=/t", f"{b}=me@a.org:/t"]
    assert filed.environment["CLOUDFLARE_ZONE_TOKENS"] == f"{a}=/t, {b}=me@a.org:/t"
    assert inline.withheld == ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ZONE_TOKENS")
    assert any(f"CLOUDFLARE_ZONE_TOKENS to {b}=SECRET, with the secret of each zone" in step for step in inline.steps)


def test_old_names_get_their_present_ones() -> None:
    """IP4_POLICY is IP4_PROVIDER, PUID is nothing, and the choice of a language is made."""
    found = migration(native(IP4_POLICY="cloudflare", IP6_POLICY="unmanaged", PUID="1", DDNS_DIALECT="native"))

    assert found.document["ip4_provider"] == "cloudflare.trace"
    assert found.document["ip6_provider"] == "none"
    assert not {"puid", "ddns_dialect", "ip4_policy"} & set(found.document)


def test_variables_stand_on_one_line() -> None:
    """Line breaks in lists and expressions are blanks."""
    found = migration(native(DOMAINS="a.org,\n b.org", PROXIED="is(a.org)\n || is(b.org)"))

    assert found.environment["DOMAINS"] == "a.org, b.org"
    assert found.environment["PROXIED"] == "is(a.org) || is(b.org)"


def test_those_who_come_from_favonia_are_told_what_differs() -> None:
    """The cache, the rejected addresses and the exit code."""
    plain = migration(native()).differences
    told = migration(native(CACHE_EXPIRATION="0s", IP4_PROVIDER="url:https://a.org", UPDATE_CRON="@once")).differences

    assert "CACHE_EXPIRATION: the records are read every round; favonia trusted them for 6h" in plain
    assert "CACHE_EXPIRATION: 0 reads the records every round; to favonia it meant for ever" in told
    assert any(line.startswith("IP4_PROVIDER: private and") for line in told)
    assert any(line.startswith("UPDATE_CRON: a failed @once") for line in told)
    assert migration(native(CACHE_EXPIRATION="6h")).differences == ()


def test_a_dialect_tells_its_own_differences_and_warnings() -> None:
    """They are comment lines at the end."""
    text = migrated(loaded({"API_KEY": "a", "ZONE": "a.org", "PROXIED": "yes", "DELETE_ON_STOP": "true"}))

    assert "# - DELETE_ON_STOP: every owned record of this type at the names is deleted on stop" in text
    assert '# - PROXIED is "yes", neither true nor false' in text
    assert "favonia" not in text

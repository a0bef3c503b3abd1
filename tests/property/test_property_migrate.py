"""For every dialect: reading, migrating and reading again gives equal settings."""

import json
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from ddns.config import Inputs, Loaded, load
from ddns.config.views.migrate import migration
from tests.fakes.doors import MemoryFiles

LABELS = st.sampled_from(["home", "vpn", "a.b", "*", "xn--zckzah", "日本", "_x"])
ZONES = st.sampled_from(["example.org", "Example.NET.", "例え.jp"])
SOURCES = st.sampled_from(
    [
        *(
            "cloudflare.trace",
            "cloudflare.doh",
            "ipify",
            "local",
            "local.iface:eth0",
            "local.iface.stable:eth0",
            "none",
        ),
        *("url:https://example.org/ip", "url:https://example.org/?key=x", "cloudflare.trace:https://example.org/t"),
        *("literal:203.0.113.7,2001:db8::7", "file:/run/ip", "cmd:echo 203.0.113.7", "static.empty"),
        *("first(local, cloudflare.trace)", 'agree(2, ipify, "cmd:echo 1,2", local)'),
    ]
)
BOOLEANS = st.sampled_from(["true", "false"])
OTHERS = {
    "EMOJI": BOOLEANS,
    "QUIET": BOOLEANS,
    "HEALTHCHECKS": st.just("https://hc.example.org/x"),
    "SHOUTRRR": st.just("discord://t@i\ngeneric+https://example.org/x"),
    "STATE_FILE": st.just("/var/lib/ddns.json"),
    "RECORD_COMMENT": st.sampled_from(["mine", 'a "b", c']),
    "RECORD_TAGS": st.sampled_from(["a:b", '"a:b,c", d:e']),
    "REJECT_CLOUDFLARE_IPS": BOOLEANS,
    "WAF_LISTS": st.just(f"{'a' * 32}/home"),
    "CACHE_EXPIRATION": st.sampled_from(["0s", "1h30m"]),
    "TZ": st.sampled_from(["UTC", "Europe/Berlin"]),
}
Environ = dict[str, str]


def some(**variables: st.SearchStrategy[str]) -> st.SearchStrategy[Environ]:
    """Return any choice of these variables and of the settings every dialect leaves alone."""
    return st.fixed_dictionaries({}, optional={**OTHERS, **variables})


OZNU = some(
    EMAIL=st.just("me@example.org"),
    SUBDOMAIN=st.lists(LABELS, max_size=3).map(", ".join),
    PROXIED=st.sampled_from(["true", "False", "yes"]),
    RRTYPE=st.sampled_from(["A", "AAAA"]),
    DELETE_ON_STOP=st.sampled_from(["true", "TRUE", "false"]),
    INTERFACE=st.sampled_from(["", "eth0"]),
    CUSTOM_LOOKUP_CMD=st.sampled_from(["", "curl -s 'https://x' | head -1"]),
    DNS_SERVER=st.sampled_from(["1.0.0.1", "one.one.one.one"]),
    CRON=st.sampled_from(["*/5\t*\t*\t*\t*", "@daily"]),
    CF_API=st.just("http://127.0.0.1:8080/client/v4"),
)
TIMOTHYMILLER = some(
    IP4_PROVIDER=SOURCES,
    PROXIED=st.sampled_from(["true", "sub(example.org) && !is(home.example.org)", "is(home.example.org)"]),
    TTL=st.sampled_from(["1", "20", "300"]),
    UPDATE_CRON=st.sampled_from(["@every 300", "600", "@every 2h", "@hourly"]),
    DELETE_ON_STOP=st.sampled_from(["YES", "0"]),
    DELETE_ON_FAILURE=BOOLEANS,
    DETECTION_TIMEOUT=st.sampled_from(["7", "1m"]),
    IP6_DEFAULT_PREFIX_LEN=st.just("56"),
)
NATIVE = some(
    PROXIED=st.sampled_from(["T", "sub(example.org) || is(x.example.net)"]),
    ENFORCE=st.sampled_from(["ttl", "proxied,comment", ""]),
    POLICY=st.sampled_from(["sync", "upsert-only"]),
    UPDATE_CRON=st.sampled_from(["@every 1h30m", "CRON_TZ=Europe/Berlin 0 3 * * *"]),
    IP6_DOMAINS=st.sampled_from(
        [
            "nas.example.org{hostid6=[::1, mac(00-11-22-33-44-55)], ttl=60}",
            'x.example.net{comment="a, \\"b\\"", enforce}',
        ]
    ),
    IP6_DETECTION_FILTER=st.just("addr-in(2001:db8::/32) || addr-in(2001::/16)"),
)
SUBDOMAINS = st.one_of(
    st.sampled_from(["", "@", "www", "A.b", "*"]),
    st.fixed_dictionaries({"name": st.sampled_from(["", "x", "y"])}, optional={"proxied": st.just(value=True)}),
)
SIGN_IN = (
    {"api_token": "${CF_DDNS_TOKEN}"},
    {"api_token": "0th3r-s3cr3t"},
    {"api_key": {"api_key": "gl0bal", "account_email": "me@example.org"}},
)
CONFIG = st.fixed_dictionaries(
    {
        "cloudflare": st.lists(
            st.fixed_dictionaries(
                {
                    "authentication": st.sampled_from(SIGN_IN),
                    "zone_id": st.sampled_from(["a" * 32, "b" * 32]),
                    "subdomains": st.lists(SUBDOMAINS, min_size=1, max_size=3),
                    "proxied": st.just(value=True),
                }
            ),
            min_size=1,
            max_size=3,
        )
    },
    optional={
        "a": st.just(value=False),
        "purgeUnknownRecords": st.booleans(),
        "ttl": st.sampled_from([0, 30, 300, "600"]),
        "ip4_provider": SOURCES,
        "ip6_provider": SOURCES.filter(lambda text: text not in {"none", "literal:203.0.113.7,2001:db8::7"}),
    },
)


def check_round_trip(loaded: Loaded) -> None:
    """Migrate, carry the withheld values over by hand, read both results: the settings are equal."""
    found = migration(loaded)
    access = loaded.settings.access
    secrets = [access.credential.secret, *(credential.secret for _, credential in access.zones)]
    by_hand = {name: loaded.raw[name].value for name in found.withheld}
    file = {"/new/config.json": json.dumps(found.document)}
    as_file = load(Inputs((), by_hand, "/new/config.json"), MemoryFiles(file))
    as_variables = load(Inputs((), {**found.environment, **by_hand}), MemoryFiles({}))

    assert as_file.settings == loaded.settings
    assert as_variables.settings == loaded.settings
    told = json.dumps([found.document, found.environment, found.steps, found.differences])
    assert not [secret for secret in secrets if secret in told]


def read(environ: Mapping[str, str], files: Mapping[str, str] | None = None, *options: tuple[str, str]) -> Loaded:
    """Load from memory."""
    return load(Inputs(options, environ), MemoryFiles(dict(files or {})))


@settings(deadline=None)  # the machine may be busy
@given(OZNU, ZONES)
def test_oznu(environ: Environ, zone: str) -> None:
    """Its variables, with the settings of ours that may stand beside them."""
    choice = {"DDNS_DIALECT": "oznu"} if "WAF_LISTS" in environ else {}
    check_round_trip(read({**environ, **choice, "API_KEY": "s3cr3t-t0k3n", "ZONE": zone}))


@settings(deadline=None)  # the machine may be busy
@given(TIMOTHYMILLER, st.lists(LABELS, min_size=1, max_size=3), ZONES)
def test_timothymiller_environment(environ: Environ, labels: list[str], zone: str) -> None:
    """Its environment form."""
    names = {"DDNS_DIALECT": "timothymiller", "CLOUDFLARE_API_TOKEN": "s3cr3t-t0k3n"}
    domains = ", ".join(f"{label}.{zone}" for label in labels)
    # IPv6 keeps a source, because a configuration without any is refused.
    check_round_trip(read({**environ, **names, "DOMAINS": domains, "IP6_PROVIDER": "local"}))


@settings(deadline=None)  # the machine may be busy
@given(some(), CONFIG, st.booleans())
def test_timothymiller_file(environ: Environ, config: dict[str, object], repeat: bool) -> None:  # noqa: FBT001 -- drawn
    """Its file, with and without --repeat."""
    options = (("REPEAT", "true"),) if repeat else ()
    variables = {**environ, "CF_DDNS_TOKEN": "s3cr3t-t0k3n", "CONFIG_PATH": "/c"}
    check_round_trip(read(variables, {"/c/config.json": json.dumps(config)}, *options))


@settings(deadline=None)  # the machine may be busy
@given(NATIVE, st.lists(LABELS, min_size=1, max_size=3), ZONES)
def test_native(environ: Environ, labels: list[str], zone: str) -> None:
    """The native language, which is also that of favonia's program."""
    names = {"CLOUDFLARE_API_TOKEN": "s3cr3t-t0k3n", "DOMAINS": ", ".join(f"{label}.{zone}" for label in labels)}
    check_round_trip(read({**environ, **names}))

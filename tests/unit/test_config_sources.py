"""Sources of addresses."""

import re

import pytest

from ddns.config.values.sources import parse_source
from ddns.core.addresses.families import Family
from ddns.core.entries import Source


@pytest.mark.parametrize(
    ("text", "family", "source"),
    [
        ("none", 4, None),
        ("cloudflare.trace", 4, Source("cloudflare.trace")),
        ("cloudflare.trace: https://example.org/t", 4, Source("cloudflare.trace", "https://example.org/t")),
        ("cloudflare.doh", 6, Source("cloudflare.doh")),
        ("dns.whoami", 4, Source("dns.whoami")),
        ("dns.whoami:9.9.9.9", 4, Source("dns.whoami", "9.9.9.9")),
        ("local", 6, Source("local")),
        ("local.iface: eth0", 6, Source("local.iface", "eth0")),
        ("local.iface.stable:eth0", 6, Source("local.iface.stable", "eth0")),
        ("url:https://example.org/a,b?c=(d)", 4, Source("url", "https://example.org/a,b?c=(d)")),
        ("url.via4:https://example.org", 6, Source("url.via4", "https://example.org")),
        ("file:/run/ip", 4, Source("file", "/run/ip")),
        ("cmd:sh -c 'a, (b'", 4, Source("cmd", "sh -c 'a, (b'")),
        ("static.empty", 4, Source("static.empty")),
        ("static:192.0.2.1, 192.0.2.2/24,", 4, Source("static", "192.0.2.1,192.0.2.2/24")),
        ("literal:2001:DB8::1, 2001:db8:0::1", 6, Source("static", "2001:db8::1")),
        ("static:::ffff:192.0.2.1", 4, Source("static", "192.0.2.1")),
        ("first(local, cmd:x)", 4, Source("first", parts=(Source("local"), Source("cmd", "x")))),
        ("url.iface(wan2): https://a.example", 4, Source("url", "https://a.example", device="wan2")),
        ("cloudflare.trace.iface(wan2)", 6, Source("cloudflare.trace", device="wan2")),
        (
            "all(cloudflare.trace.iface(wan1), url.via4.iface(eth0.7):https://a.example)",
            4,
            Source(
                "all",
                parts=(
                    Source("cloudflare.trace", device="wan1"),
                    Source("url.via4", "https://a.example", device="eth0.7"),
                ),
            ),
        ),
        ("all(local, cmd:x)", 4, Source("all", parts=(Source("local"), Source("cmd", "x")))),
        ("all(local, cmd:x)?", 4, Source("all", parts=(Source("local"), Source("cmd", "x")), quorum=1)),
        (
            'agree( 2, local, "static:192.0.2.1,192.0.2.2", first(ipify, cloudflare.doh))',
            4,
            Source(
                "agree",
                parts=(
                    Source("local"),
                    Source("static", "192.0.2.1,192.0.2.2"),
                    Source("first", parts=(Source("ipify"), Source("cloudflare.doh"))),
                ),
                quorum=2,
            ),
        ),
    ],
)
def test_sources(text: str, family: Family, source: Source | None) -> None:
    """Each source is read to its canonical value, which can be typed back."""
    assert parse_source(text, family).source == source
    assert source is None or parse_source(str(source), family).source == source


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "names no source"),
        ("cloudflare", "cloudflare.trace or cloudflare.doh"),
        ("clodflare.trace", "did you mean cloudflare.trace?"),
        ("xyzzy", "the sources are"),
        ("xyzzy:1", "unknown source"),
        ("frist(local, static:192.0.2.1)", 'unknown source "frist(…)"; did you mean first?'),
        ("xyzzy(local)", "those with brackets are first, agree, all"),
        ("https://example.org", "write url: before it"),
        ("1.2.3.4", "write static:1.2.3.4"),
        ("url", "such as url:https"),
        ("url:", "needs something after url:"),
        ("url:ftp://example.org", "https:// and a host"),
        ("url:https://", "https:// and a host"),
        ("url:https://[::1", "cannot be read"),
        ("url:https://example.org:99999", "cannot be read"),
        ("url:https://exa mple.org", "space"),
        ("local:eth0", "takes nothing more"),
        ("none:", "takes nothing more"),
        ("local.iface:  ", "such as local.iface:eth0"),
        ("file:run/ip", "did you mean file:/run/ip?"),
        ("static:", "static.empty"),
        ("static:1.1.1.1,,1.1.1.2", "the 2nd address should be"),
        ("static:1.1.1.1,x", 'the 2nd address "x"'),
        ("static:1.1.1.1,1.1.1.2,::1", "the 3rd address"),
        ("static:" + ",".join(["1.1.1.1"] * 10) + ",127.0.0.1", "the 11th address"),
        ("static:" + ",".join(["1.1.1.1"] * 3) + ",127.0.0.1", "the 4th address"),
        ("first(local", "without its closing bracket"),
        ("first()", "empty source"),
        ("first(local,)", "empty source"),
        ("first(none)", "none inside brackets"),
        ("first(static.empty, local)", "static.empty inside brackets"),
        ("first((local)", "fault inside first()"),
        ('first("local"x)', "follows the closing"),
        ("first(local, local)", "twice"),
        ("agree(local, ipify)", "needs a number first"),
        ("agree(0, local)", "needs a number first"),
        ("agree(2)", "lists no source"),
        ("agree(3, local, ipify)", "lists 2"),
        ("first(" * 9 + "local" + ")" * 9, "nests first() too deep"),
    ],
)
def test_bad_sources_say_what_is_wrong(text: str, what: str) -> None:
    """Each fault has words of its own."""
    with pytest.raises(ValueError, match=re.escape(what)):
        parse_source(text, 4)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ipify", "deprecated"),
        ("debug.unavailable", "testing"),
        ("url:http://example.org", "http"),
        ("first(local, cloudflare.trace:http://example.org)", "cloudflare.trace uses http"),
    ],
)
def test_what_is_accepted_with_a_warning(text: str, what: str) -> None:
    """Old, odd and unsafe sources are named, also inside brackets."""
    assert what in parse_source(text, 4).warnings[0]


@pytest.mark.parametrize(
    "text", ["url:ftp://s3cret", "url:https://s3cret @x", 'first("cmd:s3cret"x)', "first(cmd:s3cret"]
)
def test_faults_never_repeat_a_url_or_command(text: str) -> None:
    """What may be a secret is in no message."""
    with pytest.raises(ValueError, match=r".+") as caught:
        parse_source(text, 4)

    assert "s3cret" not in str(caught.value)

"""Host IDs, PROXIED expressions, detection filters and comment expressions, as a user sees them."""

import time

import pytest

from tests.e2e.program import FOUR, SIX, Program
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import answer

HOME = "home.example.org"


@pytest.fixture
def six(ddns: Program) -> Program:
    """Return the program with an IPv6 source only."""
    ddns.env |= {"IP4_PROVIDER": "none", "IP6_PROVIDER": f"cloudflare.trace:{ddns.sim.trace_url}"}
    return ddns


def contents(sim: Cloudflare, name: str = HOME) -> list[str]:
    """Return the contents of a name's AAAA records."""
    return [content for _, _, content in sim.records("example.org", "AAAA", name)]


@pytest.mark.parametrize(
    ("host", "length", "expected"),
    [
        ("::1", "64", ["2620:fe::1"]),
        ("::1:2:3:4", "64", ["2620:fe::1:2:3:4"]),
        ("mac(00-11-22-33-44-55)", "64", ["2620:fe::211:22ff:fe33:4455"]),
        ("mac(00:11:22:AA:BB:CC)", "64", ["2620:fe::211:22ff:feaa:bbcc"]),
        ("preserve", "64", [SIX]),
        ("[::1, ::2, preserve]", "64", ["2620:fe::1", "2620:fe::2", SIX]),
        ("0:0:0:7::1", "56", ["2620:fe:0:7::1"]),
        ("::", "128", [SIX]),
    ],
)
def test_host_ids(six: Program, sim: Cloudflare, host: str, length: str, expected: list[str]) -> None:
    """Prefix of the detected address, host part of the entry; several make several records."""
    domains = f"{HOME}{{hostid6={host}}}"

    assert six.run("run", "--once", IP6_DOMAINS=domains, IP6_DEFAULT_PREFIX_LEN=length).code == 0
    assert contents(sim) == expected


def test_a_new_prefix_moves_the_hosts_behind_it(six: Program, sim: Cloudflare) -> None:
    """The records of all machines follow the prefix of this one."""
    names = "nas.example.org{hostid6=::10}, tv.example.org{hostid6=mac(00-11-22-33-44-55)}"
    assert six.run("run", "--once", DOMAINS=names).code == 0
    sim.set_address(six="2620:fe:0:5::9")

    assert six.run("run", "--once", DOMAINS=names).code == 0
    assert contents(sim, "nas.example.org") == ["2620:fe:0:5::10"]
    assert contents(sim, "tv.example.org") == ["2620:fe:0:5:211:22ff:fe33:4455"]


def test_an_impossible_pair_blocks_only_the_names_that_use_it(six: Program, sim: Cloudflare) -> None:
    """There one pair blocked every AAAA record; here the others go on, and the exit code is 1."""
    sim.add_record("example.org", "AAAA", "bad.example.org", "2620:fe::77")
    sim.fault(answer("2620:fe::9/60\n", path="/list", times=0))
    names = f"{HOME}, nas.example.org{{hostid6=::10}}, bad.example.org{{hostid6=mac(00-11-22-33-44-55)}}"
    result = six.run("run", "--once", DOMAINS=names, IP6_PROVIDER=f"url:{sim.origin}/list")

    assert result.code == 1
    assert (contents(sim), contents(sim, "nas.example.org")) == ([SIX], ["2620:fe::10"])
    assert contents(sim, "bad.example.org") == ["2620:fe::77"]
    assert "bad.example.org" in result.out
    assert "hostid6" in result.out


def test_host_ids_do_not_concern_a_records(six: Program, sim: Cloudflare) -> None:
    """The same name has its IPv4 address as detected."""
    trace = six.env["IP6_PROVIDER"]
    assert six.run("run", "--once", DOMAINS=f"{HOME}{{hostid6=::1}}", IP4_PROVIDER=trace).code == 0

    assert sim.records("example.org") == [(HOME, "A", FOUR), (HOME, "AAAA", "2620:fe::1")]


@pytest.mark.parametrize(
    ("env", "fragment"),
    [
        ({"IP4_DOMAINS": f"{HOME}{{hostid6=::1}}"}, "hostid6"),
        ({"DOMAINS": f"{HOME}{{hostid6=mac(00-11-22)}}"}, "MAC"),
        ({"DOMAINS": f"{HOME}{{hostid6=mac(00-11:22-33-44-55)}}"}, "MAC"),
        ({"DOMAINS": f"{HOME}{{hostid6=[]}}"}, "hostid6"),
        ({"DOMAINS": f"{HOME}{{hostid6=1.2.3.4}}"}, "hostid6"),
        ({"DOMAINS": f"{HOME}{{hostid6=::ffff:1.2.3.4}}"}, "hostid6"),
        ({"DOMAINS": f"{HOME}{{hostid6=::1}}", "IP6_DOMAINS": f"{HOME}{{hostid6=::2}}"}, "hostid6"),
        ({"DOMAINS": f"{HOME}{{hosid6=::1}}"}, "hostid6"),
        (
            {"DOMAINS": f"{HOME}{{hostid6=mac(00-11-22-33-44-55)}}", "IP6_PROVIDER": "static:2620:fe::9/60"},
            "64",
        ),
    ],
)
def test_bad_host_ids(six: Program, env: dict[str, str], fragment: str) -> None:
    """Exit 2, offline; also a fixed address that cannot go with its host ID."""
    result = six.run("run", **env)

    assert (result.code, six.sim.log) == (2, [])
    assert fragment in result.out


@pytest.mark.parametrize(
    ("expression", "proxied"),
    [
        ("true", ["a", "b.a", "c"]),
        ("F", []),
        ("is(a.example.org)", ["a"]),
        ("sub(a.example.org)", ["b.a"]),
        ("sub(example.org)", ["a", "b.a", "c"]),
        ("sub(.)", ["a", "b.a", "c"]),
        ("is(A.Example.org, c.example.org.)", ["a", "c"]),
        ("!is(a.example.org)", ["b.a", "c"]),
        ("is(a.example.org) || is(c.example.org) && sub(a.example.org)", ["a"]),
        ("(is(a.example.org) || is(c.example.org)) && !is(a.example.org)", ["c"]),
        ("!(sub(a.example.org) || is(c.example.org))", ["a"]),
        ("! is(a.example.org) && ! is(c.example.org)", ["b.a"]),
    ],
)
def test_proxied_expressions(ddns: Program, sim: Cloudflare, expression: str, proxied: list[str]) -> None:
    """! before && before ||; is() is the name itself, sub() what is below it."""
    domains = "a.example.org, b.a.example.org, c.example.org"
    assert ddns.run("run", "--once", DOMAINS=domains, PROXIED=expression).code == 0

    records = sim.zone("example.org").records.values()
    assert sorted(r["name"].removesuffix(".example.org") for r in records if r["proxied"]) == proxied


@pytest.mark.parametrize(
    ("expression", "advice"),
    [
        ("!is(a.example.org) || !is(b.example.org)", "always true"),
        ("is(a.example.org) && is(b.example.org)", "always false"),
        ("!!is(a.example.org)", "!!"),
        ("sub(example.org) || is(a.example.org)", "is(a.example.org)"),
    ],
)
def test_odd_expressions_are_warned_of_and_taken(ddns: Program, expression: str, advice: str) -> None:
    """The linter advises; it refuses nothing."""
    result = ddns.run("check", DOMAINS="a.example.org", PROXIED=expression)

    assert result.code == 0
    assert "PROXIED should be looked at" in result.out
    assert advice in result.out.partition("PROXIED should be looked at")[2]


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("is(a.example.org) & true", "&&"),
        ("is(a.example.org) | true", "||"),
        ("is(a.example.org", "PROXIED"),
        ("subs(a.example.org)", "PROXIED"),
        ("is(a..b)", "a..b"),
        ("true false", "PROXIED"),
        ("&& true", "PROXIED"),
    ],
)
def test_bad_expressions(ddns: Program, expression: str, hint: str) -> None:
    """Exit 2 with what is wrong."""
    result = ddns.run("check", DOMAINS="a.example.org", PROXIED=expression)

    assert result.code == 2
    assert hint in result.out


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("keep-all", ["10.0.0.1", "8.8.8.8", FOUR]),
        ("!addr-in(10.0.0.0/8)", ["8.8.8.8", FOUR]),
        ("addr-in(8.0.0.0/8) || addr-in(9.0.0.0/8)", ["8.8.8.8", FOUR]),
        ("addr-in(0.0.0.0/0) && !(addr-in(8.8.8.8/32) || addr-in(10.0.0.0/8))", [FOUR]),
    ],
)
def test_detection_filters(ddns: Program, sim: Cloudflare, text: str, kept: list[str]) -> None:
    """What the filter drops is not published."""
    addresses = f"static:{FOUR},8.8.8.8,10.0.0.1"
    assert ddns.run("run", "--once", DOMAINS=HOME, IP4_PROVIDER=addresses, IP4_DETECTION_FILTER=text).code == 0

    assert sorted(content for _, _, content in sim.records("example.org")) == kept


def test_a_filter_that_keeps_nothing_is_no_empty_set(ddns: Program, sim: Cloudflare) -> None:
    """The records stay, and the round fails with the name of the setting."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    result = ddns.run("run", "--once", DOMAINS=HOME, IP4_DETECTION_FILTER="addr-in(10.0.0.0/8)")

    assert (result.code, sim.records("example.org")) == (1, [(HOME, "A", "9.9.9.1")])
    assert "IP4_DETECTION_FILTER" in result.out


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("addr-in(10.0.0.1)", "10.0.0.1/32"),
        ("addr-in(2001:db8::/32)", "IPv4"),
        ("addr-in(10.0.0.0/8", "IP4_DETECTION_FILTER"),
        ("!keep-all", "keep-all"),
        ("addr-in(10.0.0.0/33)", "10.0.0.0/33"),
    ],
)
def test_bad_filters(ddns: Program, text: str, hint: str) -> None:
    """Exit 2 with a suggestion."""
    result = ddns.run("check", DOMAINS=HOME, IP4_DETECTION_FILTER=text)

    assert result.code == 2
    assert hint in result.out


@pytest.mark.parametrize(
    ("regex", "comment", "ours"),
    [
        ("", "anything", True),
        ("^ddns$", "ddns", True),
        ("^ddns$", "ddns at home", False),
        ("home", "ddns at home", True),
        ("(?i)DDNS", "ddns", True),
        (r"\bddns-[0-9]{2}\b", "my ddns-07 here", True),
        (r"^(ddns|dyn)(-\w+)?$", "dyn-home", True),
        (r"^\p{Greek}+$", "αβγ", None),
    ],
)
def test_comment_expressions(ddns: Program, sim: Cloudflare, regex: str, comment: str, ours: bool | None) -> None:  # noqa: FBT001 -- drawn
    """RE2 syntax, not anchored; what is not ours is neither changed nor deleted."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1", comment=comment)
    env = {"MANAGED_RECORDS_COMMENT_REGEX": regex, "RECORD_COMMENT": comment if ours else "ddns"}
    result = ddns.run("run", "--once", DOMAINS=HOME, **env)

    if ours is None:  # left out of our RE2, and said so
        assert (result.code, sim.log) == (2, [])
    else:
        found = [content for _, _, content in sim.records("example.org")]
        assert found == ([FOUR] if ours else ["9.9.9.1", FOUR])


@pytest.mark.parametrize("regex", ["(a", "a{2,1}", "*a", "[z-a]", "(?=a)", "(?<!a)b", r"(a)\1", "(?>a)", "a**", "\\"])
def test_what_re2_does_not_have_is_refused(ddns: Program, regex: str) -> None:
    """Exit 2, naming the setting; nothing is taken for "manage everything"."""
    result = ddns.run("run", DOMAINS=HOME, MANAGED_RECORDS_COMMENT_REGEX=regex)

    assert (result.code, ddns.sim.log) == (2, [])
    assert "MANAGED_RECORDS_COMMENT_REGEX" in result.out


@pytest.mark.parametrize("regex", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a?){50}a{50}$"])
def test_no_comment_makes_an_expression_run_for_ever(ddns: Program, sim: Cloudflare, regex: str) -> None:
    """Comments are written by others: matching takes a time in proportion to their length."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1", comment="a" * 99 + "!")
    began = time.monotonic()
    result = ddns.run("run", "--once", DOMAINS=HOME, RECORD_COMMENT="a" * 50 + "x", MANAGED_RECORDS_COMMENT_REGEX=regex)

    assert result.code in {0, 2}  # the new comment must match too, which is checked the same way
    assert time.monotonic() - began < 10

"""``ddns doctor`` on broken set-ups: each is named, with its remedy, and nothing is changed."""

import json

import pytest

from tests.e2e.program import FOUR, Program
from tests.fakes import cf_places
from tests.fakes.cf_world import ALL, Token
from tests.fakes.cloudflare import Cloudflare

HOME = "home.example.org"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def only(*permissions: str) -> Token:
    """Return a token with these permissions."""
    return Token(frozenset(permissions))


def unchanged(sim: Cloudflare) -> None:
    """Nothing was written: the only writes were aimed at objects that cannot exist."""
    assert all("0" * 32 in call.path for call in sim.log if call.method in WRITES)


def test_a_good_set_up(ddns: Program, sim: Cloudflare) -> None:
    """Every name, list and place is looked at; exit 0; the link makes exactly the right token."""
    account = sim.account.id
    sim.add_list("home")
    sim.add_record("example.org", "A", HOME, "192.0.2.1")
    cf_places.location(sim.world, sim.account, "Home", "192.0.2.1/32")
    cf_places.group(sim.world, sim.account.groups, "Home", {"everyone": {}})
    cf_places.pool(sim.world, sim.account, "web", ("one", "192.0.2.1"))
    sim.add_record("example.org", "TXT", "example.org", '"v=spf1 ip4:192.0.2.1 -all"')
    env = {
        "DOMAINS": f"{HOME}, home.example.net",
        "WAF_LISTS": f"{account}/home, {account}/other",
        "GATEWAY_LISTS": f"{account}/new",
        "GATEWAY_LOCATIONS": f"{account}/Home",
        "ACCESS_GROUPS": f"{account}/Home",
        "LOAD_BALANCER_ORIGINS": f"{account}/web/one",
        "SPF_DOMAINS": "example.org",
    }

    result = ddns.run("doctor", **env)

    assert result.code == 0, result.out
    for text in (
        f"The zone example.org is found, and the general token may read and write its records (example.org and {HOME})",
        "The zone example.net is found",
        f"The WAF list {account}/home is found, and may be read and written",
        f"The Gateway list {account}/new will be created, and may be written",
        f"The Gateway location {account}/Home is found, and may be read and written",
        f"The Access group {account}/Home is found",
        f"The origin {account}/web/one is found, and may be read and written",
        f"Policies of Access applications can use the Gateway list {account}/new. Add a rule of the kind “IP list”",
        f"Policies of Access applications can use the Access group {account}/Home. Add a rule of the kind “Rule group”",
        "The SPF record of example.org is found",
        "IPv4 from cloudflare.trace:",
        "A token needs Zone - DNS - Edit; Account - Account Filter Lists - Edit; Account - Zero Trust - Edit",
        "permissionGroupKeys=%5B%7B%22key%22%3A%22zone_dns%22%2C%22type%22%3A%22edit%22%7D%5D",
    ):
        assert text in result.out
    unchanged(sim)


CNAME = ("example.org", "CNAME", HOME, "x.example.com")


@pytest.mark.parametrize(
    ("what", "env", "said"),
    [
        ("no zone", {"DOMAINS": "home.other.test"}, "The zone of home.other.test could not be used: no zone was found"),
        ("another zone's token", {"DOMAINS": "home.example.net"}, "The zone of home.example.net could not be used"),
        ("read only", {"DOMAINS": HOME}, "may be read but not written with the general token"),
        ("cname", {"DOMAINS": HOME}, f"A CNAME record of {HOME} is in the way (x.example.com)"),
        (
            "delegated",
            {"DOMAINS": "a.sub.example.org"},
            "a.sub.example.org is below sub.example.org, which NS records hand",
        ),
        ("pending", {"DOMAINS": HOME}, "The zone example.org is pending, not active"),
        ("no list permission", {"WAF_LISTS": "{}/home"}, "The WAF list {}/home: Cloudflare refused our credentials"),
        ("read only lists", {"WAF_LISTS": "{}/home"}, "The WAF list {}/home may be read but not written"),
        ("no location", {"GATEWAY_LOCATIONS": "{}/Home"}, "there is no Gateway location called Home"),
        ("host name", {"LOAD_BALANCER_ORIGINS": "{}/web/one"}, "is the host name www.example.org"),
        ("no spf", {"SPF_DOMAINS": "example.org"}, "example.org has no SPF record"),
        ("expired", {"DOMAINS": HOME}, "The token is expired"),
        ("unknown token", {"DOMAINS": HOME}, "Cloudflare refused our credentials"),
        ("no address", {"DOMAINS": HOME, "IP4_PROVIDER": "file:/nowhere"}, "No IPv4 from file:/nowhere"),
        (
            "no folder",
            {"DOMAINS": HOME, "METRICS_FILE": "/nowhere/ddns.prom"},
            "METRICS_FILE (/nowhere/ddns.prom) cannot",
        ),
    ],
)
def test_a_broken_set_up(ddns: Program, sim: Cloudflare, what: str, env: dict[str, str], said: str) -> None:
    """Exit 1, and the finding says what is wrong."""
    example = sim.zone("example.org")
    tokens = {
        "another zone's token": Token(zones=frozenset({example.id})),
        "read only": only("zone.read", "dns.read"),
        "no list permission": only("zone.read", "dns.edit"),
        "read only lists": only("lists.read"),
        "expired": Token(status="expired"),
    }
    if what in tokens:
        sim.world.tokens[sim.token] = tokens[what]
    if what == "unknown token":
        del sim.world.tokens[sim.token]
    if what == "cname":
        sim.add_record(*CNAME)
    if what == "delegated":
        sim.add_record("example.org", "NS", "sub.example.org", "ns.example.com")
    if what == "pending":
        example.status = "pending"
    if what == "read only lists":
        sim.add_list("home")
    cf_places.pool(sim.world, sim.account, "web", ("one", "www.example.org"))

    result = ddns.run("doctor", **{name: text.replace("{}", sim.account.id) for name, text in env.items()})

    assert result.code == 1, result.out
    assert said.replace("{}", sim.account.id) in result.out
    unchanged(sim)


def test_remarks_are_not_bad(ddns: Program, sim: Cloudflare) -> None:
    """Records of others, read-only ones, hints, a wide token, disagreeing sources, addresses that are not public."""
    sim.add_record("example.org", "A", HOME, "192.0.2.1", comment="theirs")
    sim.add_record("example.org", "A", HOME, "192.0.2.2", comment="ours", read_only=True)
    sim.add_record("example.org", "HTTPS", HOME, '1 . ipv4hint="192.0.2.1"')
    sim.add_record("example.org", "TXT", "example.org", '"v=spf1 a -all"')
    env = {
        "SPF_DOMAINS": "example.org",
        "DOMAINS": f"{HOME}{{ip4=static:100.64.0.1}}, www.example.org",
        "RECORD_COMMENT": "ours",
        "MANAGED_RECORDS_COMMENT_REGEX": "^ours$",
    }

    result = ddns.run("doctor", **env)

    assert result.code == 0, result.out
    for text in (
        f"The A record of {HOME} (192.0.2.1) is not ours",
        f"The A record of {HOME} (192.0.2.2) is managed by Cloudflare",
        f"The HTTPS record of {HOME} has address hints",
        "The token also sees example.net",
        "100.64.0.1 is not public",
        "The sources of IPv4 disagree",
        "The SPF record of example.org has no ip4: or ip6: with a single address",
    ):
        assert text in result.out


def test_every_part_of_a_source_is_asked(ddns: Program) -> None:
    """A part that fails is a remark as long as the whole answers."""
    result = ddns.run(
        "doctor", DOMAINS=HOME, IP4_PROVIDER=f"first(file:/nowhere, cloudflare.trace:{ddns.sim.trace_url})"
    )

    assert result.code == 0, result.out
    assert "No IPv4 from file:/nowhere" in result.out
    assert result.out.count(f": {FOUR} (in ") == 2


def test_json(ddns: Program, sim: Cloudflare) -> None:
    """A line each, with level, what, why and remedy."""
    sim.add_record(*CNAME)
    lines = [json.loads(line) for line in ddns.run("doctor", "--json", DOMAINS=HOME).out.splitlines()]
    found = [line for line in lines if "finding" in line]

    assert {line["finding"] for line in found} >= {"good", "bad"}
    (bad,) = [line for line in found if line["finding"] == "bad"]
    assert bad["what"].startswith("A CNAME record")
    assert bad["why"]
    assert bad["remedy"]
    assert lines[-1]["permissions"] == ["Zone - DNS - Edit"]


def test_a_token_of_an_account(ddns: Program, sim: Cloudflare) -> None:
    """It is verified by its account."""
    sim.world.tokens[sim.token] = Token(ALL, kind="account")

    result = ddns.run("doctor", DOMAINS=HOME)

    assert result.code == 0, result.out
    assert "The token is valid and active" in result.out


def test_check_prints_the_link_offline(ddns: Program, sim: Cloudflare) -> None:
    """No request is made."""
    result = ddns.run("check", DOMAINS=HOME)

    assert "https://dash.cloudflare.com/profile/api-tokens?permissionGroupKeys=" in result.out
    assert not sim.log


def test_the_plan_knows_what_is_in_the_way(ddns: Program, sim: Cloudflare) -> None:
    """A record that would be refused is part of the plan; other names are planned."""
    sim.add_record(*CNAME)
    result = ddns.run("plan", DOMAINS=f"{HOME}, www.example.org")

    assert result.code == 1
    assert f"The A records of {HOME} would be refused: a CNAME record (x.example.com) is in the way" in result.out
    assert "+ A www.example.org" in result.out

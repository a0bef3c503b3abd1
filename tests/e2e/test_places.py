"""Places beside records, as a user sees them: what a round writes, what it leaves alone, and what it says."""

import json

import pytest

from tests.e2e.program import FOUR, Program
from tests.fakes import cf_places
from tests.fakes.cf_world import Json, Token
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault

RANGE6 = "2620:fe::/64"
SPF = '"v=spf1 ip4:192.0.2.1 ip4:198.51.100.9 mx -all"'


@pytest.fixture
def places(ddns: Program) -> Program:
    """Return the program without any name, for both families."""
    trace = f"cloudflare.trace:{ddns.sim.trace_url}"
    ddns.env |= {"IP4_PROVIDER": trace, "IP6_PROVIDER": trace}
    return ddns


def nets(location: Json) -> list[str]:
    """Return the source networks of a location."""
    return [row["network"] for row in location["networks"]]


def test_a_gateway_location(places: Program, sim: Cloudflare) -> None:
    """Its network follows the address, everything else stays; the next round only reads."""
    account = sim.account
    home = cf_places.location(
        *(sim.world, account, "Home", "192.0.2.1/32", "198.51.100.0/24"),
        client_default=True,
        max_ttl={"mode": "override", "ttl_secs": 60},
    )
    before = {key: home[key] for key in ("client_default", "ecs_support", "endpoints", "max_ttl")}
    env = {"GATEWAY_LOCATIONS": f"{account.id}/Home{{keep=[198.51.100.0/24]}}"}

    plan = places.run("plan", **env)
    assert (plan.code, nets(home)) == (3, ["192.0.2.1/32", "198.51.100.0/24"])
    assert f"+ {FOUR}/32" in plan.out
    result = places.run("run", "--once", **env)

    assert result.code == 0
    assert f"Gateway location {account.id}/Home: 192.0.2.1/32 → {FOUR}/32" in result.out
    assert nets(home) == ["198.51.100.0/24", f"{FOUR}/32"]
    assert {key: home[key] for key in before} == before
    assert places.run("run", "--once", **env).code == 0
    assert len(sim.requests("PUT")) == 1
    assert not sim.requests(path="/zones")


def test_a_taken_address_keeps_the_old_one(places: Program, sim: Cloudflare) -> None:
    """The refusal is told, with whose fault it may be; another place goes on."""
    home = cf_places.location(sim.world, sim.account, "Home", "192.0.2.1/32")
    group = cf_places.group(sim.world, sim.account.groups, "Home", {"ip": {"ip": "192.0.2.1"}}, {"everyone": {}})
    sim.world.taken.add(f"{FOUR}/32")
    env = {"GATEWAY_LOCATIONS": f"{sim.account.id}/Home", "ACCESS_GROUPS": f"{sim.account.id}/Home{{ip6=none}}"}

    result = places.run("run", "--once", **env)

    assert (result.code, nets(home)) == (1, ["192.0.2.1/32"])
    assert "already taken" in result.out
    assert "CGNAT" in result.out
    assert group["include"] == [{"everyone": {}}, {"ip": {"ip": f"{FOUR}/32"}}]


def test_a_gateway_list_that_two_homes_share(places: Program, sim: Cloudflare) -> None:
    """It is created, ours are exchanged in one request, and the other home's items stay."""
    env = {
        "GATEWAY_LISTS": f"{sim.account.id}/home addresses",
        "GATEWAY_LIST_ITEM_DESCRIPTION": "pi",
        "MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX": "^pi$",
    }
    assert places.run("run", "--once", **env).code == 0
    (made,) = sim.account.gateway_lists.values()
    assert set(made["items"]) == {FOUR, RANGE6}
    made["items"]["198.51.100.7"] = {"value": "198.51.100.7", "description": "cabin"}
    sim.set_address("8.8.8.8")
    patches = len(sim.requests("PATCH"))

    result = places.run("run", "--once", **env)

    assert result.code == 0
    assert set(made["items"]) == {"8.8.8.8", RANGE6, "198.51.100.7"}
    assert len(sim.requests("PATCH")) == patches + 1
    assert f"{FOUR}/32 → 8.8.8.8/32" in result.out


def test_an_origin_and_a_group_of_a_zone(places: Program, sim: Cloudflare) -> None:
    """One address of a pool, and rules of a zone's group; a host name is never overwritten."""
    zone = sim.zone("example.org")
    pool = cf_places.pool(sim.world, sim.account, "web", ("one", "192.0.2.1"), ("two", "www.example.org"))
    mail = {"email": {"email": "a@x.test"}}
    group = cf_places.group(sim.world, zone.groups, "Home", mail, {"ip": {"ip": "192.0.2.1"}})
    env = {
        "LOAD_BALANCER_ORIGINS": f"{sim.account.id}/web/one\n{sim.account.id}/web/two",
        "ACCESS_GROUPS": f"zone:{zone.id}/Home",
    }

    result = places.run("run", "--once", **env)

    assert result.code == 1
    assert [origin["address"] for origin in pool["origins"]] == [FOUR, "www.example.org"]
    assert "is the host name www.example.org, which is never overwritten" in result.out
    assert group["include"][0] == mail
    assert [rule["ip"]["ip"] for rule in group["include"][1:]] == [f"{FOUR}/32", RANGE6]


@pytest.mark.parametrize(
    ("setting", "name", "source", "said"),
    [
        ("WAF_LISTS", "x", "static:9.9.9.9/4", "wider than the /8 that is taken there. It stays as it is. Correct the"),
        ("GATEWAY_LOCATIONS", "x", "static:9.9.9.9/20", "wider than the /24"),
        ("LOAD_BALANCER_ORIGINS", "x/y", "static:9.9.9.9,8.8.8.8", "the source named 2. It stays as it is. Use a"),
    ],
)
def test_what_a_place_cannot_take_is_told(
    places: Program, sim: Cloudflare, setting: str, name: str, source: str, said: str
) -> None:
    """A range that is too wide, or two addresses for one origin: a problem of that place, and another one goes on."""
    group = cf_places.group(sim.world, sim.account.groups, "Home", {"everyone": {}})
    env = {setting: f"{sim.account.id}/{name}", "ACCESS_GROUPS": f"{sim.account.id}/Home{{ip4=static:{FOUR}}}"}

    result = places.run("run", "--once", IP4_PROVIDER=source, IP6_PROVIDER="none", **env)

    assert result.code == 1
    assert f"{sim.account.id}/{name} cannot be kept at the IPv4 address: " in result.out
    assert said in result.out
    assert group["include"][1:] == [{"ip": {"ip": f"{FOUR}/32"}}]


def test_an_spf_record_moves_with_the_address(ddns: Program, sim: Cloudflare) -> None:
    """In the transaction of the A record; what is kept and every other mechanism stays."""
    sim.add_record("example.org", "TXT", "example.org", SPF)
    sim.add_record("example.org", "A", "example.org", "192.0.2.1")
    env = {
        "DOMAINS": "example.org",
        "SPF_DOMAINS": "example.org{keep=[198.51.100.9]}",
        "IP4_PROVIDER": f"static:{FOUR}",
        "IP6_PROVIDER": "none",
    }

    result = ddns.run("run", "--once", **env)

    assert result.code == 0
    assert sim.record("example.org", "example.org", "TXT")["content"] == f'"v=spf1 ip4:{FOUR} ip4:198.51.100.9 mx -all"'
    assert len(sim.requests("POST", "batch")) == 1
    assert f"SPF record of example.org: 192.0.2.1 → {FOUR}" in result.out


def test_an_spf_record_is_named_when_its_address_is_not_known(ddns: Program, sim: Cloudflare) -> None:
    """Like records and items, it is what was kept."""
    sim.add_record("example.org", "TXT", "example.org", SPF)

    result = ddns.run("run", "--once", SPF_DOMAINS="example.org", IP4_PROVIDER="debug.unavailable")

    assert result.code == 1
    assert "Kept as they are: the IPv4 addresses in the SPF record of example.org. " in result.out
    assert sim.record("example.org", "example.org", "TXT")["content"] == SPF


@pytest.mark.parametrize(
    ("env", "method"),
    [
        ("GATEWAY_LOCATIONS", "PUT"),
        ("GATEWAY_LISTS", "PATCH"),
        ("ACCESS_GROUPS", "PUT"),
        ("LOAD_BALANCER_ORIGINS", "PATCH"),
    ],
)
def test_a_lost_answer_is_never_doubled(places: Program, sim: Cloudflare, env: str, method: str) -> None:
    """The write was applied and its answer lost: it is read again, and nothing is sent twice."""
    cf_places.location(sim.world, sim.account, "x", "192.0.2.1/32")
    cf_places.gateway_list(sim.world, sim.account, "x", "192.0.2.1")
    cf_places.group(sim.world, sim.account.groups, "x", {"ip": {"ip": "192.0.2.1"}})
    cf_places.pool(sim.world, sim.account, "x", ("y", "192.0.2.1"))
    name = "x/y" if env == "LOAD_BALANCER_ORIGINS" else "x"
    sim.fault(Fault("reset-after", method))

    result = places.run("run", "--once", **{env: f"{sim.account.id}/{name}"})

    assert result.code == 0
    assert len(sim.requests(method)) == 1


def test_an_unknown_address_touches_nothing(places: Program, sim: Cloudflare) -> None:
    """Nothing is even read."""
    home = cf_places.location(sim.world, sim.account, "Home", "192.0.2.1/32")
    env = {"GATEWAY_LOCATIONS": f"{sim.account.id}/Home", "IP4_PROVIDER": "file:/nowhere"}

    assert places.run("run", "--once", **env).code == 1
    assert nets(home) == ["192.0.2.1/32"]
    assert not sim.requests(path="gateway")


@pytest.mark.parametrize(
    ("env", "permission"),
    [
        ({"GATEWAY_LOCATIONS": "{}/Home"}, "Zero Trust - Edit"),
        ({"GATEWAY_LISTS": "{}/Home"}, "Zero Trust - Edit"),
        ({"ACCESS_GROUPS": "{}/Home"}, "Access: Organizations, Identity Providers, and Groups - Edit"),
        ({"LOAD_BALANCER_ORIGINS": "{}/web/one"}, "Load Balancing: Monitors and Pools - Edit"),
    ],
)
def test_a_missing_permission_is_named(places: Program, sim: Cloudflare, env: dict[str, str], permission: str) -> None:
    """As the dashboard names it."""
    sim.world.tokens[sim.token] = Token(frozenset({"zone.read", "dns.edit", "lists.edit"}))
    filled = {name: text.format(sim.account.id) for name, text in env.items()}

    result = places.run("run", "--once", **filled)

    assert result.code == 1
    assert permission in result.out


def test_static_empty_and_delete_on_stop_empty_nothing_that_protects(places: Program, sim: Cloudflare) -> None:
    """Only our items of a list go."""
    home = cf_places.location(sim.world, sim.account, "Home", f"{FOUR}/32")
    made = cf_places.gateway_list(sim.world, sim.account, "Home", f"{FOUR}", "198.51.100.7 cabin")
    env = {
        "GATEWAY_LOCATIONS": f"{sim.account.id}/Home",
        "GATEWAY_LISTS": f"{sim.account.id}/Home",
        "IP4_PROVIDER": "static.empty",
        "IP6_PROVIDER": "none",
    }

    result = places.run("run", "--once", **env)

    assert nets(home) == [f"{FOUR}/32"]
    assert "would be empty" in result.out
    assert made["items"] == {}


def test_names_that_are_there_twice_need_an_id(places: Program, sim: Cloudflare) -> None:
    """Both IDs are told, and the ID is enough."""
    one = cf_places.location(sim.world, sim.account, "Home", "192.0.2.1/32")
    two = cf_places.location(sim.world, sim.account, "Home", "192.0.2.2/32")
    bad = places.run("run", "--once", GATEWAY_LOCATIONS=f"{sim.account.id}/Home")
    assert one["id"] in bad.out
    assert two["id"] in bad.out

    assert places.run("run", "--once", GATEWAY_LOCATIONS=f"{sim.account.id}/{two['id']}").code == 0
    assert (nets(one), nets(two)) == (["192.0.2.1/32"], [f"{FOUR}/32"])


def test_json_lines_name_the_place(places: Program, sim: Cloudflare) -> None:
    """With its type, and what came and went."""
    cf_places.location(sim.world, sim.account, "Home", "192.0.2.1/32")
    result = places.run("run", "--once", "--json", GATEWAY_LOCATIONS=f"{sim.account.id}/Home")
    lines = [json.loads(line) for line in result.out.splitlines()]

    (line,) = [line for line in lines if line["event"] == "updated"]
    assert (line["type"], line["added"], line["removed"]) == ("LOCATION", [f"{FOUR}/32"], ["192.0.2.1/32"])

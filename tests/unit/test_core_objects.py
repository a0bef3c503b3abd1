"""Planning objects: ours are exchanged, everything else goes back as it was read, nothing becomes empty."""

from ipaddress import ip_network
from typing import Any

import pytest

from ddns.core.places import Place
from ddns.core.planning.intents import PlaceGoals
from ddns.core.planning.objects.kind import Body, Kind
from ddns.core.planning.objects.kinds import KINDS
from ddns.core.planning.objects.objectplan import filled, held, plan_object, rest
from ddns.core.planning.plan import Abort, AddItem, KeepItem, RemoveItem
from tests.fakes.places import OUT, group, location, nets, pool, rule, want

LOCATION, GROUP, ORIGIN = KINDS["LOCATION"], KINDS["GROUP"], KINDS["ORIGIN"]
HOME = Place("LOCATION", "acc", "Home")
TEAM = Place("GROUP", "acc", "Home")
WEB = Place("ORIGIN", "acc", "web", part="one")
KEEP = (ip_network("198.51.100.0/24"),)


def shape(kind: Kind, goals: PlaceGoals, body: Body) -> tuple[list[str], list[str], list[str]]:
    """Return what is kept, added and removed, as texts."""
    steps = plan_object(kind, [goals], body).steps
    return (
        [str(step.item.network) for step in steps if isinstance(step, KeepItem)],
        [str(step.network) for step in steps if isinstance(step, AddItem)],
        [str(step.item.network) for step in steps if isinstance(step, RemoveItem)],
    )


def sent(kind: Kind, goals: PlaceGoals, body: Body) -> dict[str, Any]:
    """Return the body that would be sent."""
    changes = plan_object(kind, [goals], body).changes
    return dict(kind.changed(goals.place, body, filled(kind, goals, body, changes)))


def test_a_location_gets_the_new_network_and_keeps_the_rest() -> None:
    """All seven fields go back; what is read-only and the IDs of networks do not."""
    body = location("192.0.2.1/32", "198.51.100.0/24")
    found = sent(LOCATION, want(HOME._replace(keep=KEEP), nets("192.0.2.9/32")), body)

    assert found.pop("networks") == [{"network": "198.51.100.0/24"}, {"network": "192.0.2.9/32"}]
    assert found == {
        key: body[key]
        for key in ("name", "client_default", "ecs_support", "dns_destination_ips_id", "endpoints", "max_ttl")
    }


def test_the_seconds_of_an_inherited_ttl_are_not_sent() -> None:
    """They must be absent unless the mode is override."""
    body = location("192.0.2.1/32", max_ttl={"mode": "inherit", "ttl_secs": None}, endpoints=None)
    found = sent(LOCATION, want(HOME, nets("192.0.2.9/32")), body)

    assert found["max_ttl"] == {"mode": "inherit"}
    assert found["endpoints"] is None


def test_lists_of_endpoints_are_ours_only_when_named() -> None:
    """A list that is empty stays empty, because that allows everybody; IPv6 has no place in the networks."""
    every = HOME._replace(endpoints=("ipv6", "dot", "doh"))
    goals = want(every, nets("192.0.2.9/32"), nets("2001:db8:1::/64"))
    body = location("192.0.2.9/32")

    assert shape(LOCATION, want(HOME, nets("192.0.2.9/32"), nets("2001:db8:1::/64")), body)[1:] == ([], [])
    assert shape(LOCATION, goals, body) == (
        ["192.0.2.9/32"],
        ["192.0.2.9/32", "2001:db8:1::/64"],
        ["2001:db8:9::/64"],
    )
    found = sent(LOCATION, goals, body)
    assert found["endpoints"]["ipv6"]["networks"] == [{"network": "192.0.2.9/32"}, {"network": "2001:db8:1::/64"}]
    assert found["endpoints"]["dot"] == body["endpoints"]["dot"]
    assert found["endpoints"]["doh"] == body["endpoints"]["doh"]
    assert found["networks"] == [{"network": "192.0.2.9/32"}]


@pytest.mark.parametrize("endpoints", [None, {"ipv6": None}, {"ipv6": {"enabled": True}}])
def test_a_location_without_such_an_endpoint(endpoints: object) -> None:
    """There is nothing to change there."""
    goals = want(HOME._replace(endpoints=("ipv6",)), OUT, nets("2001:db8:1::/64"))

    assert shape(LOCATION, goals, location("192.0.2.9/32", endpoints=endpoints)) == (["192.0.2.9/32"], [], [])


@pytest.mark.parametrize("networks", ["no list", [1], [{"network": "192.0.2.1/32"}, 2]])
def test_an_unexpected_form_is_left_alone(networks: object) -> None:
    """Nothing is replaced by a guess."""
    plan = plan_object(LOCATION, [want(HOME, nets("192.0.2.9/32"))], location() | {"networks": networks})

    assert not plan.changes
    assert "unexpected form" in plan.failed[0].problem.what
    assert held(LOCATION, want(HOME), location() | {"networks": networks}) == ()


def test_a_network_that_cannot_be_read_is_not_ours() -> None:
    """It goes back as it was."""
    body = location("192.0.2.1/32") | {"networks": [{"network": "odd"}, {"network": "192.0.2.1/32"}]}

    assert sent(LOCATION, want(HOME, nets("192.0.2.9/32")), body)["networks"] == [
        {"network": "odd"},
        {"network": "192.0.2.9/32"},
    ]


def test_nothing_is_emptied() -> None:
    """A known empty set removes ours where something else is left; otherwise they stay, with a warning."""
    lone = plan_object(LOCATION, [want(HOME, nets())], location("192.0.2.1/32"))
    kept = want(HOME._replace(keep=KEEP), nets())

    assert not lone.changes
    assert "would be empty without 192.0.2.1/32" in lone.warnings[0].what
    assert shape(LOCATION, kept, location("192.0.2.1/32", "198.51.100.0/24")) == ([], [], ["192.0.2.1/32"])
    assert shape(GROUP, want(TEAM, nets()), group(rule("192.0.2.1/32"))) == (["192.0.2.1/32"], [], [])
    assert shape(GROUP, want(TEAM, nets()), group(rule("192.0.2.1/32"), {"everyone": {}})) == ([], [], ["192.0.2.1/32"])
    assert not plan_object(LOCATION, [want(HOME, nets())], location()).warnings


def test_what_is_kept_by_the_user_is_not_added_again() -> None:
    """The detected network is there already."""
    goals = want(HOME._replace(keep=KEEP), nets("198.51.100.0/24"))

    assert shape(LOCATION, goals, location("198.51.100.0/24", "192.0.2.1/32")) == ([], [], ["192.0.2.1/32"])


@pytest.mark.parametrize("other", [OUT, Abort("no address")])
def test_an_unknown_family_stays(other: object) -> None:
    """So do rules of other kinds, in their order, and every other list of a group."""
    body = group(rule("192.0.2.1"), {"email": {"email": "a@example.org"}}, rule("2001:db8::1/128"), {"new": {"x": 1}})
    found = sent(GROUP, want(TEAM, nets("192.0.2.9/32"), other), body)  # type: ignore[arg-type]  # one of the goals

    assert found == {
        "name": "Home",
        "include": [
            {"email": {"email": "a@example.org"}},
            {"new": {"x": 1}},
            rule("192.0.2.9/32"),
            rule("2001:db8::1/128"),
        ],
        "exclude": body["exclude"],
        "require": body["require"],
        "is_default": False,
    }


def test_a_default_group_of_unknown_form_is_left_alone() -> None:
    """Where the answer is no boolean, nobody knows what to send; null is not sent."""
    odd = plan_object(GROUP, [want(TEAM, nets("192.0.2.9/32"))], group(rule("192.0.2.1/32"), is_default=[rule("x")]))
    null = sent(GROUP, want(TEAM, nets("192.0.2.9/32")), group(rule("192.0.2.1/32"), is_default=None, exclude=None))

    assert "default group" in odd.failed[0].problem.what
    assert "is_default" not in null
    assert null["exclude"] == []


def test_groups_of_a_zone_have_another_path() -> None:
    """Accounts and zones both have groups."""
    assert GROUP.path("acc") == "/accounts/acc/access/groups"
    assert GROUP.path("zone:z1") == "/zones/z1/access/groups"
    assert LOCATION.path("acc") == "/accounts/acc/gateway/locations"
    assert ORIGIN.path("acc") == "/accounts/acc/load_balancers/pools"


def test_one_origin_of_a_pool() -> None:
    """Every other key and origin goes back; what is read-only does not."""
    body = pool(("one", "192.0.2.1"), ("two", "2001:db8::2"))
    found = sent(ORIGIN, want(WEB, nets("192.0.2.9/32")), body)

    assert [origin["address"] for origin in found["origins"]] == ["192.0.2.9", "2001:db8::2"]
    assert all("disabled_at" not in origin and origin["weight"] == 0.5 for origin in found["origins"])
    assert list(found) == ["origins"]


@pytest.mark.parametrize(
    ("part", "why"),
    [("host", "is the host name www.example.org"), ("missing", "has no origin"), ("twin", "has 2 origins")],
)
def test_an_origin_that_must_be_left_alone(part: str, why: str) -> None:
    """A host name is never overwritten, and nothing is guessed."""
    body = pool(("host", "www.example.org"), ("twin", "192.0.2.1"), ("twin", "192.0.2.2"))
    plan = plan_object(ORIGIN, [want(WEB._replace(part=part), nets("192.0.2.9/32"))], body)

    assert not plan.changes
    assert why in plan.failed[0].problem.what


def test_an_origin_is_never_emptied() -> None:
    """Without a known address it stays; an address of the family asked for takes the place of any other."""
    assert shape(ORIGIN, want(WEB, nets()), pool(("one", "192.0.2.1"))) == (["192.0.2.1/32"], [], [])
    assert shape(ORIGIN, want(WEB, Abort("?")), pool(("one", "192.0.2.1"))) == (["192.0.2.1/32"], [], [])
    assert sent(ORIGIN, want(WEB, OUT, nets("2001:db8::9/128")), pool(("one", "192.0.2.1")))["origins"][0][
        "address"
    ] == ("2001:db8::9")


def test_the_rest_of_an_object_does_not_depend_on_our_networks() -> None:
    """So that a second writer is noticed."""
    place = HOME._replace(endpoints=("ipv6",))
    one, two = location("192.0.2.1/32"), location("192.0.2.9/32")

    assert rest(LOCATION, [place], one) == rest(LOCATION, [place], two)
    assert rest(LOCATION, [place], one) != rest(LOCATION, [place], two | {"ecs_support": False})
    bare = {"endpoints": None}
    assert rest(LOCATION, [HOME], one | bare) == rest(LOCATION, [HOME], two | bare)
    assert rest(LOCATION, [HOME], one | bare) != rest(LOCATION, [HOME], two)
    assert rest(ORIGIN, [WEB], pool(("one", "192.0.2.1"))) == rest(ORIGIN, [WEB], pool(("one", "192.0.2.9")))

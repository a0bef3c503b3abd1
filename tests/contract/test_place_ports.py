"""The contracts of ``ports.ObjectApi`` and, for Zero Trust lists, ``ports.ListApi``: in memory and on the simulator."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, NamedTuple

import pytest

from ddns.cloudflare.gateway import GatewayLists
from ddns.core.planning.objects.kind import Body, Kind
from ddns.core.planning.objects.kinds import KINDS
from ddns.core.records import ListItem, NewItem
from ddns.errors import AuthError, Exists, Gone, Refused, Unavailable, Unconfirmed
from ddns.ports import ListApi, ObjectApi
from tests.fakes import cf_places
from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.faults import Fault
from tests.fakes.memory import MemoryObjects, MemoryWaf
from tests.fakes.places import group, location, pool, rule
from tests.fakes.scripted import good, scripted
from tests.fakes.wired import wired

EVERY = [pytest.param(kind, id=kind.type) for kind in KINDS.values()]


class Rig(NamedTuple):
    """An adapter of objects, its account, and the hands behind it."""

    api: ObjectApi
    account: str
    memory: MemoryObjects | None = None
    sim: Simulator | None = None

    def seed(self, kind: Kind) -> str:
        """Add an object and return its ID."""
        if self.memory is not None:
            made: dict[str, dict[str, Any]] = {
                "LOCATION": location("192.0.2.1/32"),
                "GROUP": group(rule("192.0.2.1/32")),
                "ORIGIN": pool(("one", "192.0.2.1")),
            }
            return str(self.memory.seed(kind.type, self.account, made[kind.type])["id"])
        sim = self.simulator
        if kind.type == "LOCATION":
            return str(cf_places.location(sim.world, sim.account, "Home", "192.0.2.1/32")["id"])
        if kind.type == "GROUP":
            return str(cf_places.group(sim.world, sim.account.groups, "Home", rule("192.0.2.1"))["id"])
        return str(cf_places.pool(sim.world, sim.account, "web", ("one", "192.0.2.1"))["id"])

    @property
    def simulator(self) -> Simulator:
        """Return the simulator."""
        assert self.sim is not None
        return self.sim

    def lose(self, kind: Kind) -> None:
        """Lose the answer to the next write, which is applied."""
        if self.memory is not None:
            self.memory.script.fail("put", Unconfirmed("lost"), after=True)
        else:
            self.simulator.fault(Fault("reset-after", "PATCH" if kind.partial else "PUT"))


def sendable(kind: Kind, body: Body) -> Body:
    """Return what a write of an object as it is would send."""
    if kind.type == "LOCATION":
        keys = ("name", "client_default", "ecs_support", "endpoints", "dns_destination_ips_id")
        rows = [{"network": row["network"]} for row in body["networks"]]
        return {**{key: body[key] for key in keys}, "networks": rows, "max_ttl": {"mode": "inherit"}}
    if kind.type == "GROUP":
        return {key: body[key] for key in ("name", "include", "exclude", "require")}
    return {"origins": body["origins"]}


@pytest.fixture(params=["memory", "simulator"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Give each adapter in turn."""
    if request.param == "memory":
        memory = MemoryObjects()
        yield Rig(memory, "account", memory)
        return
    with Simulator(tls=False) as sim, wired(sim) as api:
        yield Rig(api.objects(), sim.account.id, sim=sim)


@pytest.mark.parametrize("kind", EVERY)
def test_objects_are_listed_and_written(rig: Rig, kind: Kind) -> None:
    """Each with its ID and name; a write answers the object as it is then."""
    assert rig.api.objects(kind, rig.account) == ()
    id_ = rig.seed(kind)
    (body,) = rig.api.objects(kind, rig.account)

    assert body["id"] == id_
    answer = rig.api.put(kind, rig.account, id_, sendable(kind, body))
    assert answer["name"] == body["name"]
    with pytest.raises(Gone):
        rig.api.put(kind, rig.account, "9" * 32, sendable(kind, body))


@pytest.mark.parametrize("kind", EVERY)
def test_a_lost_answer_is_unconfirmed(rig: Rig, kind: Kind) -> None:
    """A write that may have happened says so, and is not sent twice."""
    id_ = rig.seed(kind)
    (body,) = rig.api.objects(kind, rig.account)
    rig.lose(kind)

    with pytest.raises(Unconfirmed):
        rig.api.put(kind, rig.account, id_, sendable(kind, body))


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """Serve a simulator without TLS."""
    with Simulator(tls=False) as sim:
        yield sim


@pytest.mark.parametrize("kind", EVERY)
def test_a_token_without_the_permission_is_refused(sim: Simulator, kind: Kind) -> None:
    """The message is for the person who gives permissions."""
    sim.world.tokens[sim.token] = Token(frozenset({"dns.edit"}))

    with wired(sim) as api, pytest.raises(AuthError):
        api.objects().objects(kind, sim.account.id)


def test_groups_of_a_zone_are_read_page_by_page(sim: Simulator) -> None:
    """150 groups are two requests; more than ten pages are no reading."""
    zone = sim.zone("example.org")
    for number in range(150):
        cf_places.group(sim.world, zone.groups, f"g{number}", rule("192.0.2.1"))
    with wired(sim) as api:
        found = api.objects().objects(KINDS["GROUP"], f"zone:{zone.id}")
        assert [body["name"] for body in found] == [f"g{number}" for number in range(150)]
        assert len(sim.requests("GET", "groups")) == 2
        for number in range(1000):
            cf_places.group(sim.world, zone.groups, f"h{number}", rule("192.0.2.1"))
        with pytest.raises(Unavailable):
            api.objects().objects(KINDS["GROUP"], f"zone:{zone.id}")


def test_the_account_of_a_zone_is_asked_for_once(sim: Simulator) -> None:
    """Pools belong to the account, which ``zone:ID`` names by one of its zones."""
    zone = sim.zone("example.org")
    cf_places.pool(sim.world, sim.account, "web", ("one", "192.0.2.1"))
    with wired(sim) as api:
        objects = api.objects()
        for _ in "12":
            assert [body["name"] for body in objects.objects(KINDS["ORIGIN"], f"zone:{zone.id}")] == ["web"]
    assert len(sim.requests("GET", f"/zones/{zone.id}$")) == 1


@pytest.mark.parametrize("result", ['["x"]', '[{"name":"x"}]', '[{"id":"x"}]'])
def test_an_answer_without_ids_is_no_reading(sim: Simulator, result: str) -> None:
    """Unknown is not empty."""
    body = f'{{"success":true,"errors":[],"messages":[],"result":{result}}}'
    sim.fault(Fault("answer", "GET", "locations", body=body, headers={"Content-Type": "application/json"}))

    with wired(sim) as api, pytest.raises(Unavailable):
        api.objects().objects(KINDS["LOCATION"], sim.account.id)


class Lists(NamedTuple):
    """An adapter of Zero Trust lists and its account."""

    api: ListApi
    account: str


@pytest.fixture(params=["memory", "simulator"])
def lists(request: pytest.FixtureRequest) -> Iterator[Lists]:
    """Give each adapter in turn."""
    if request.param == "memory":
        memory = MemoryWaf()
        memory.delta = True
        yield Lists(memory, memory.account)
        return
    with Simulator(tls=False) as sim, wired(sim) as api:
        yield Lists(api.lists("GATEWAY_LIST"), sim.account.id)


FOUR, SIX = NewItem(ip_network("192.0.2.1/32"), "mine"), NewItem(ip_network("2001:db8:1::/64"))


def test_a_gateway_list_is_made_and_its_items_exchanged(lists: Lists) -> None:
    """One request adds and removes; what others put there meanwhile stays."""
    assert lists.api.delta
    assert lists.api.lists(lists.account) == ()
    made = lists.api.create_list(lists.account, "home addresses", "of us")
    assert lists.api.lists(lists.account) == (made,)
    assert made.description == "of us"

    lists.api.exchange(lists.account, made.id, [FOUR, SIX], (), ())
    (four,) = [item for item in lists.api.items(lists.account, made.id) if item.comment]
    lists.api.exchange(lists.account, made.id, [NewItem(ip_network("198.51.100.0/24"))], [four], ())

    found = lists.api.items(lists.account, made.id)
    assert sorted(str(item.network) for item in found) == ["198.51.100.0/24", "2001:db8:1::/64"]
    with pytest.raises(Refused):
        lists.api.exchange(lists.account, made.id, (), [four], ())
    with pytest.raises(Gone):
        lists.api.items(lists.account, "9" * 32)


def test_a_refused_change_of_items_is_one_to_read_again_after(sim: Simulator) -> None:
    """Somebody else may have added or removed them meanwhile; a token without the right is told as such."""
    home = cf_places.gateway_list(sim.world, sim.account, "home", "192.0.2.1")
    with wired(sim) as api:
        lists = api.lists("GATEWAY_LIST")
        with pytest.raises(Exists, match="duplicate"):
            lists.exchange(sim.account.id, home["id"], [FOUR], (), ())
        with pytest.raises(Exists, match="not found"):
            lists.exchange(sim.account.id, home["id"], (), [ListItem("192.0.2.7", FOUR.network)], ())
        with pytest.raises(Gone):
            lists.exchange(sim.account.id, "9" * 32, [FOUR], (), ())
        sim.world.tokens[sim.token] = Token(permissions=frozenset({"trust.read"}))
        with pytest.raises(AuthError):
            lists.exchange(sim.account.id, home["id"], [SIX], (), ())


def test_a_gateway_list_is_never_deleted(sim: Simulator) -> None:
    """A policy points at its ID."""
    with wired(sim) as api, pytest.raises(Refused):
        api.lists("GATEWAY_LIST").delete_list("a", "l")


def test_items_of_gateway_lists_are_read_whole(sim: Simulator) -> None:
    """1,200 items are two requests; one that is no address refuses the list."""
    items = [f"10.{number // 200}.{number % 200}.0/24 {number}" for number in range(1200)]
    big = cf_places.gateway_list(sim.world, sim.account, "big", *items)
    with wired(sim) as api:
        found = api.lists("GATEWAY_LIST").items(sim.account.id, big["id"])
        assert len(found) == 1200
        assert found[7] == ListItem("10.0.7.0/24", ip_network("10.0.7.0/24"), "7")
        assert len(sim.requests("GET", "items")) == 2
        big["items"]["odd"] = {"value": "www.example.org"}
        with pytest.raises(Refused):
            api.lists("GATEWAY_LIST").items(sim.account.id, big["id"])


def test_items_that_end_too_early_are_no_reading() -> None:
    """The answer said that there are more; without such a word only an empty page is the end."""
    short = [good([{"value": "192.0.2.1"}], {"total_count": 2}), good([], {"total_count": 2})]
    with pytest.raises(Unavailable, match="contradict"):
        GatewayLists(scripted(*short * 3)[0]).items("a", "l")

    pages = [good([{"value": f"192.0.2.{number}"}], {}) for number in (1, 2)]
    assert len(GatewayLists(scripted(*pages, good([], {}))[0]).items("a", "l")) == 2
    with pytest.raises(Unavailable, match="does not hold them all"):
        GatewayLists(scripted(good([], {"total_count": 1}))[0]).lists("a")


def test_items_without_end_are_no_reading() -> None:
    """More pages than any list can have."""
    pages = [good([{"value": f"10.0.0.{number}"}], {}) for number in range(50)]
    with pytest.raises(Unavailable, match="has no end"):
        GatewayLists(scripted(*pages)[0]).items("a", "l")

"""Zones as the API tells them."""

from collections.abc import Iterator

import pytest

from ddns.cloudflare.client import Cloudflare
from ddns.cloudflare.zonequeries import find_zones, list_zones, zone_by_id
from ddns.core.records import Zone
from ddns.errors import Gone, Unavailable
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.scripted import good, scripted
from tests.fakes.wired import wired


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    """Serve a simulator with a Unicode zone."""
    with Simulator(("example.org", "例え.jp"), tls=False) as sim:
        yield sim


@pytest.fixture
def api(sim: Simulator) -> Iterator[Cloudflare]:
    """Give the adapter, and the simulator's log empty."""
    sim.log.clear()
    sim.world.lookup = "both"
    with wired(sim) as api:
        yield api


@pytest.mark.parametrize(("spelling", "requests"), [("unicode", 1), ("both", 1), ("ascii", 2)])
def test_unicode_zones_are_found_in_either_spelling(
    sim: Simulator, api: Cloudflare, spelling: str, requests: int
) -> None:
    """The Unicode spelling is asked for first, the ASCII one only if that brings nothing."""
    sim.world.lookup = spelling

    (zone,) = api.find_zones("xn--r8jz45g.jp")
    assert zone.name == "xn--r8jz45g.jp"
    assert len(sim.log) == requests


def test_an_ascii_name_that_is_no_zone_is_one_request(sim: Simulator, api: Cloudflare) -> None:
    """Nothing found is an empty answer, after one request."""
    assert api.find_zones("home.example.org") == ()
    assert len(sim.log) == 1


def test_two_zones_of_one_name_are_both_told(sim: Simulator, api: Cloudflare) -> None:
    """An anomaly is for the caller to judge."""
    twin = sim.add_zone("example.org", twin="2", status="moved")
    try:
        assert {zone.status for zone in api.find_zones("example.org")} == {"active", "moved"}
    finally:
        del sim.world.zones[twin.id]


def test_up_to_two_hundred_zones_are_listed() -> None:
    """Four pages of fifty; with more than that the list is not read, and that is known after one request."""
    with Simulator([f"z{number}.example" for number in range(200)], tls=False) as sim, wired(sim) as api:
        assert len(api.list_zones() or ()) == 200
        assert len(sim.log) == 4

        sim.add_zone("one-more.example")
        assert api.list_zones() is None
        assert len(sim.log) == 5

        assert len(api.list_zones(201) or ()) == 201
        assert len(sim.log) == 10


def test_a_token_sees_only_its_zones() -> None:
    """A zone out of scope is not there, and no error."""
    with Simulator(("example.org", "example.net"), tls=False) as sim, wired(sim) as api:
        sim.world.tokens[sim.token].zones = frozenset({"example.net"})

        assert [zone.name for zone in api.list_zones() or ()] == ["example.net"]
        assert api.find_zones("example.org") == ()


def test_a_server_that_ignores_the_name_is_not_believed() -> None:
    """Zones of another name are no answer to the question."""
    transport, _, _ = scripted(good([{"id": "1", "name": "example.net"}]))
    assert find_zones(transport, "example.org") == ()

    full = [{"id": str(number), "name": f"z{number}.example"} for number in range(50)]
    transport, _, _ = scripted(good(full, {"total_count": 999}))
    with pytest.raises(Unavailable, match="many more zones"):
        find_zones(transport, "example.org")


def test_zones_are_read_leniently_beyond_id_and_name() -> None:
    """Status is an open enum and may be missing; odd names and accounts are taken as they are."""
    odd = [
        {"id": "1", "name": "Example.ORG", "status": "deactivated", "account": {"id": "a"}},
        {"id": "2", "name": "TEST", "status": "", "account": None},
        {"id": "3", "name": "b.example", "status": None, "account": {"id": 7}},
    ]
    transport, _, _ = scripted(good(odd))
    assert list_zones(transport) == (
        Zone("1", "example.org", "deactivated", "a"),
        Zone("2", "test", "active", ""),
        Zone("3", "b.example", "active", ""),
    )


def test_a_zone_id_is_one_segment_of_the_path() -> None:
    """An ID is quoted, and an empty one asks nothing: the path would mean the list of zones."""
    transport, http, _ = scripted(good({"id": "1", "name": "example.org"}))
    zone_by_id(transport, "../user?x=1")
    assert http.sent[0].url.endswith("/zones/..%2Fuser%3Fx%3D1")

    with pytest.raises(Gone, match="zone ID is empty"):
        zone_by_id(transport, "")
    assert len(http.sent) == 1

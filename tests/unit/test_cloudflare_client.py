"""The adapter as a whole: counts, blocks, connections."""

from ddns.core.entries import Metadata
from ddns.core.planning.plan import Create
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.wired import wired


def test_a_round_of_requests_uses_one_connection_and_is_counted() -> None:
    """Finding, reading and writing are three requests over one TLS connection, lists included in the count."""
    with Simulator() as sim, wired(sim) as api:
        (zone,) = api.find_zones("example.org")
        api.records(zone)
        api.batch(zone, [Create("home.example.org", "A", "192.0.2.1", Metadata(), "")])
        api.lists("LIST").lists(sim.account.id)

        assert api.requests == len(sim.log) == 4
        assert len(sim.server.opened) == 1


def test_a_block_can_be_handed_on() -> None:
    """The end of a block is told, and can be set from a memory."""
    with Simulator(tls=False) as sim, wired(sim) as api:
        assert api.blocked_until == 0.0
        api.blocked_until = 17.0
        assert api.blocked_until == 17.0


def test_the_legacy_key_signs_in() -> None:
    """E-mail address and global key do what a token does."""
    with Simulator(tls=False) as sim:
        sim.world.keys["me@example.org"] = "an-invented-key"
        with wired(sim, "an-invented-key", "me@example.org") as api:
            assert len(api.list_zones() or ()) == 1

"""Rules lists: cursors, bulk operations, and what others do meanwhile."""

from collections.abc import Iterator
from ipaddress import ip_network

import orjson
import pytest

from ddns.cloudflare.waf import CloudflareLists
from ddns.core.records import AddressList, ListItem, NewItem
from ddns.errors import AuthError, Gone, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.ports import Response
from tests.fakes.cf_lists import append
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.faults import too_many
from tests.fakes.scripted import ScriptedHttp, bad, good, scripted
from tests.fakes.ticking import TickingClock
from tests.fakes.wired import wired

ITEM = NewItem(ip_network("192.0.2.1/32"), "mine")
BEGUN = good({"operation_id": "op"})


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """Serve a simulator without TLS."""
    with Simulator(tls=False) as sim:
        yield sim


def lists_over(*answers: Response, timeout: float = 30.0) -> tuple[CloudflareLists, ScriptedHttp, TickingClock]:
    """Return the adapter over a script, the script, and its clock."""
    transport, http, clock = scripted(*answers, timeout=timeout)
    return CloudflareLists(transport), http, clock


def test_only_lists_of_addresses_are_told(sim: Simulator) -> None:
    """Lists of other kinds are invisible."""
    sim.add_list("hosts", kind="hostname")
    mine = sim.add_list("home")

    with wired(sim) as api:
        assert api.lists("LIST").lists(sim.account.id) == (AddressList(mine.id, "home"),)


def test_all_items_are_read_by_cursor(sim: Simulator) -> None:
    """1,200 items are three requests; ranges and addresses are told as ranges."""
    items = [(f"10.{number // 200}.{number % 200}.0/24", "") for number in range(1199)]
    big = sim.add_list("big", [*items, ("2001:db8::1", "one")])

    with wired(sim) as api:
        found = api.lists("LIST").items(sim.account.id, big.id)
    assert len(found) == 1200
    assert (found[-1].network, found[-1].comment) == (ip_network("2001:db8::1/128"), "one")
    assert len(sim.requests("GET", "items")) == 3


def test_missing_page_information_is_no_whole_reading() -> None:
    """A full page without a word about a cursor, and fewer lists than there are: an error, not a short reading."""
    full = [{"id": str(number), "ip": f"10.0.{number // 250}.{number % 250}"} for number in range(500)]
    with pytest.raises(Unavailable, match="whether a full page is the last one"):
        lists_over(*[good(full, {})] * 3)[0].items("a", "l")
    assert len(lists_over(good(full, {"cursors": {}}))[0].items("a", "l")) == 500
    assert len(lists_over(good(full[1:], {}))[0].items("a", "l")) == 499

    with pytest.raises(Unavailable, match="does not hold them all"):
        lists_over(good([], {"total_count": 1}))[0].lists("a")


def test_cursors_that_repeat_do_not_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor seen before, or ever new ones, end the reading with an error."""
    same = good([], {"cursors": {"after": "x=="}})
    lists, http, _ = lists_over(same, same)
    with pytest.raises(Unavailable, match="no end"):
        lists.items("a", "l")
    assert http.sent[1].url.endswith("&cursor=x%3D%3D")

    monkeypatch.setattr("ddns.cloudflare.waf._PAGES", 2)
    lists, http, _ = lists_over(*[good([], {"cursors": {"after": each}}) for each in "abc"])
    with pytest.raises(Unavailable, match="no end"):
        lists.items("a", "l")


def test_odd_page_information_means_no_more_pages() -> None:
    """Without a cursor the reading ends."""
    infos: list[dict[str, object]] = [{}, {"cursors": None}, {"cursors": {"after": 7}}, {"cursors": {}}]
    for info in infos:
        lists, _, _ = lists_over(good([], info))
        assert lists.items("a", "l") == ()


@pytest.mark.parametrize("item", [{"id": "1", "hostname": "x"}, {"id": "1", "ip": "x"}, {"id": "1", "ip": 7}])
def test_an_item_that_is_no_address_refuses_the_list(item: dict[str, object]) -> None:
    """A list that also holds other things is not for us to change."""
    lists, _, _ = lists_over(good([item]))
    with pytest.raises(Refused, match="not an address or range"):
        lists.items("a", "l")


def test_odd_texts_are_empty() -> None:
    """A description or comment that is no text is none; host bits of a range do not matter."""
    lists, _, _ = lists_over(good([{"id": "1", "name": "n", "kind": "ip", "description": None}]))
    assert lists.lists("a") == (AddressList("1", "n", ""),)
    lists, _, _ = lists_over(good([{"id": "1", "ip": "192.0.2.1/24", "comment": 7}]))
    assert lists.items("a", "l") == (ListItem("1", ip_network("192.0.2.0/24"), ""),)


def test_what_is_sent() -> None:
    """Single addresses without their length, comments and descriptions only when there are any."""
    lists, http, _ = lists_over(BEGUN, good({"id": "op", "status": "completed"}), good({"id": "1", "name": "n"}))
    lists.exchange("a", "l", [ITEM, NewItem(ip_network("2001:db8::/64"))], (), ())
    lists.create_list("a", "n", "")

    assert orjson.loads(http.sent[0].body) == [{"ip": "192.0.2.1", "comment": "mine"}, {"ip": "2001:db8::/64"}]
    assert http.sent[1].url.endswith("/accounts/a/rules/lists/bulk_operations/op")
    assert orjson.loads(http.sent[2].body) == {"name": "n", "kind": "ip"}


def test_a_bulk_operation_is_waited_for(sim: Simulator) -> None:
    """The write returns when the operation is over, looking after 1, 1, 2, 2, 4, … seconds."""
    mine, clock = sim.add_list("home"), TickingClock()
    sim.world.bulk_polls = 4

    with wired(sim, clock=clock) as api:
        api.lists("LIST").exchange(sim.account.id, mine.id, [ITEM], (), ())
    assert [item["ip"] for item in mine.items.values()] == ["192.0.2.1"]
    assert clock.naps == [1.0, 1.0, 2.0, 2.0, 4.0]


def test_another_pending_operation_is_waited_for(sim: Simulator) -> None:
    """The 429 that means "one at a time" is no rate limit: the write is asked again a little later."""
    mine, clock = sim.add_list("home"), TickingClock()
    sim.world.bulk_polls = 2
    begin_elsewhere(sim, mine.id)

    with wired(sim, clock=clock) as api:
        api.lists("LIST").exchange(sim.account.id, mine.id, [ITEM], (), ())
        assert api.blocked_until == 0.0
    assert len(sim.requests("POST", "items")) > 1
    assert [item["ip"] for item in mine.items.values()] == ["198.51.100.0/24", "192.0.2.1"]


def begin_elsewhere(sim: Simulator, list_id: str) -> None:
    """Begin an operation as another program would."""
    append(sim.world, sim.account, list_id, [{"ip": "198.51.100.0/24"}])


def test_a_pending_operation_that_does_not_end_is_a_refusal(sim: Simulator) -> None:
    """When the time is over nothing was changed, and that is known."""
    mine = sim.add_list("home")
    sim.world.bulk_polls = 999
    begin_elsewhere(sim, mine.id)

    with wired(sim, timeout=10.0) as api, pytest.raises(Refused, match="another change of lists is pending"):
        api.lists("LIST").exchange(sim.account.id, mine.id, [ITEM], (), ())
    assert mine.items == {}


def test_a_rate_limit_is_still_one(sim: Simulator) -> None:
    """The limiter's 429 blocks everything, for lists as for records."""
    mine = sim.add_list("home")
    sim.fault(too_many(60, method="POST"))

    with wired(sim) as api:
        with pytest.raises(RateLimited):
            api.lists("LIST").exchange(sim.account.id, mine.id, [ITEM], (), ())
        with pytest.raises(RateLimited):
            api.list_zones()
        assert api.blocked_until > 0


def test_a_failed_operation_is_unconfirmed(sim: Simulator) -> None:
    """How much of it was done is not known; its reason is told."""
    mine = sim.add_list("home")
    sim.world.bulk_error = "too many items"

    with wired(sim) as api, pytest.raises(Unconfirmed, match="failed: too many items"):
        api.lists("LIST").exchange(sim.account.id, mine.id, [ITEM], (), ())


def test_an_operation_that_cannot_be_seen_is_unconfirmed() -> None:
    """Losing sight of it, or a reason that is missing, never becomes a yes or a no."""
    lists, _, _ = lists_over(BEGUN, timeout=0.5)
    with pytest.raises(Unconfirmed, match="had not ended in time"):
        lists.exchange("a", "l", [ITEM], (), ())
    lists, _, _ = lists_over(BEGUN, bad(404, 0, "not found"))
    with pytest.raises(Unconfirmed, match="not found"):
        lists.exchange("a", "l", [ITEM], (), ())
    lists, _, _ = lists_over(BEGUN, good({"status": "running"}), good({"status": "failed", "error": None}))
    with pytest.raises(Unconfirmed, match="no reason given"):
        lists.exchange("a", "l", (), [ListItem("1", ITEM.network)], ())
    lists, _, _ = lists_over(good({"operation_id": ""}))
    with pytest.raises(Unconfirmed, match="operation_id"):
        lists.exchange("a", "l", [ITEM], [ListItem("1", ITEM.network)], ())


def test_a_token_without_permission_is_told_which_one(sim: Simulator) -> None:
    """The hint names the permission of lists, not that of DNS."""
    sim.world.tokens[sim.token].permissions = frozenset({"dns.edit"})

    with wired(sim) as api, pytest.raises(AuthError) as caught:
        api.lists("LIST").lists(sim.account.id)
    assert "Account Filter Lists" in caught.value.hint


def test_empty_ids_ask_nothing() -> None:
    """A path with an empty segment would mean something else."""
    lists, http, _ = lists_over()
    with pytest.raises(Gone, match="account ID is empty"):
        lists.lists("")
    with pytest.raises(Gone, match="list ID is empty"):
        lists.delete_list("a", "")
    assert http.sent == []

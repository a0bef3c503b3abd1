"""The contract of ``ports.ListApi``, held by the adapter in memory and by the real one on the simulator."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import NamedTuple

import pytest

from ddns.core.records import AddressList, ListItem, NewItem
from ddns.errors import ApiError, Gone, Refused, Unconfirmed
from ddns.ports import ListApi
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.faults import Fault
from tests.fakes.memory import MemoryWaf
from tests.fakes.wired import wired

FOUR, SIX = NewItem(ip_network("192.0.2.1/32"), "mine"), NewItem(ip_network("2001:db8:1::/64"))
WIDE = NewItem(ip_network("198.51.100.0/24"), "wide")


class Rig(NamedTuple):
    """An adapter, its account, and the hands behind it."""

    api: ListApi
    account: str
    memory: MemoryWaf | None = None
    sim: Simulator | None = None

    def use(self, found: AddressList) -> None:
        """Make a rule use a list."""
        if self.memory:
            self.memory.used.add(found.id)
        if self.sim:
            self.sim.account.lists[found.id].referenced_by = 1

    def lose(self, call: str) -> None:
        """Lose the answer to the next write, which is applied."""
        if self.memory:
            self.memory.script.fail(call if call.endswith("list") else "exchange", Unconfirmed("lost"), after=True)
        if self.sim:
            method = {
                "create_list": "POST",
                "add": "POST",
                "remove": "DELETE",
                "replace": "PUT",
                "delete_list": "DELETE",
            }
            self.sim.fault(Fault("reset-after", method[call]))

    def make(self, *items: NewItem) -> AddressList:
        """Create a list with items."""
        made = self.api.create_list(self.account, "home", "addresses at home")
        if items:
            self.api.exchange(self.account, made.id, items, (), ())
        return made

    def write(self, call: str, made: AddressList | None) -> None:
        """Call a method that writes."""
        if made is None:
            self.make()
        elif call == "delete_list":
            self.api.delete_list(self.account, made.id)
        else:
            new = [] if call == "remove" else [WIDE]
            gone = () if call == "add" else self.api.items(self.account, made.id)
            self.api.exchange(self.account, made.id, new, gone, ())

    def held(self, found: AddressList) -> list[tuple[str, str]]:
        """Read the ranges and comments of a list."""
        items: tuple[ListItem, ...] = self.api.items(self.account, found.id)
        return sorted((str(item.network), item.comment) for item in items)


@pytest.fixture(params=["memory", "simulator"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Give each adapter in turn."""
    if request.param == "memory":
        memory = MemoryWaf()
        yield Rig(memory, memory.account, memory)
        return
    with Simulator(tls=False) as sim, wired(sim) as api:
        yield Rig(api.lists("LIST"), sim.account.id, sim=sim)


def test_a_list_is_created_empty_and_listed(rig: Rig) -> None:
    """Name and description are kept; a second list of the same name is refused."""
    assert rig.api.lists(rig.account) == ()
    made = rig.make()

    assert (made.name, made.description) == ("home", "addresses at home")
    assert rig.api.lists(rig.account) == (made,)
    assert rig.held(made) == []
    with pytest.raises(Refused):
        rig.make()


def test_items_are_added_removed_and_replaced(rig: Rig) -> None:
    """Each write is over when it returns; single addresses come back as ranges of one."""
    made = rig.make(FOUR, SIX)
    assert rig.held(made) == [("192.0.2.1/32", "mine"), ("2001:db8:1::/64", "")]

    rig.api.exchange(rig.account, made.id, [WIDE], (), ())
    gone = [item for item in rig.api.items(rig.account, made.id) if item.network == SIX.network]
    rig.api.exchange(rig.account, made.id, (), gone, ())
    assert rig.held(made) == [("192.0.2.1/32", "mine"), ("198.51.100.0/24", "wide")]

    four, wide = sorted(rig.api.items(rig.account, made.id), key=lambda item: item.comment)
    rig.api.exchange(rig.account, made.id, [SIX], [wide], [four])
    assert rig.held(made) == [("192.0.2.1/32", "mine"), ("2001:db8:1::/64", "")]


def test_an_item_added_twice_is_there_once(rig: Rig) -> None:
    """A range has one item, with the newest comment."""
    made = rig.make(FOUR)
    rig.api.exchange(rig.account, made.id, [FOUR._replace(comment="other")], (), ())

    assert rig.held(made) == [("192.0.2.1/32", "other")]


def test_unknown_accounts_lists_and_items_are_gone(rig: Rig) -> None:
    """Gone, never an empty reading."""
    made = rig.make(FOUR)
    item = rig.api.items(rig.account, made.id)[0]
    with pytest.raises(Gone):
        rig.api.lists("9" * 32)
    with pytest.raises(Gone):
        rig.api.items(rig.account, "9" * 32)
    with pytest.raises(Gone):
        rig.api.exchange(rig.account, "9" * 32, [FOUR], (), ())
    with pytest.raises(Gone):
        rig.api.exchange(rig.account, made.id, (), [item._replace(id="9" * 32)], ())
    assert rig.held(made) == [("192.0.2.1/32", "mine")]


def test_a_list_in_use_is_not_deleted(rig: Rig) -> None:
    """Refused while a rule uses it; Gone afterwards."""
    used = rig.make(FOUR)
    rig.use(used)
    with pytest.raises(Refused) as caught:
        rig.api.delete_list(rig.account, used.id)
    assert caught.value.code == 10031
    assert rig.held(used) == [("192.0.2.1/32", "mine")]


def test_a_deleted_list_is_gone(rig: Rig) -> None:
    """Deleting takes the items along; a second time there is nothing to delete."""
    made = rig.make(FOUR)
    rig.api.delete_list(rig.account, made.id)

    assert rig.api.lists(rig.account) == ()
    with pytest.raises(Gone):
        rig.api.delete_list(rig.account, made.id)


@pytest.mark.parametrize("call", ["create_list", "add", "remove", "replace", "delete_list"])
def test_a_lost_answer_is_unconfirmed(rig: Rig, call: str) -> None:
    """A write that may have happened says so, and is not sent twice."""
    made = rig.make(FOUR) if call != "create_list" else None
    rig.lose(call)

    with pytest.raises(ApiError) as caught:
        rig.write(call, made)
    assert type(caught.value) is Unconfirmed

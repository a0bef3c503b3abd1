"""A fleet: many machines keep their own addresses under one name, each with its own comment, and none is in charge."""

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from ddns.core.entries import Metadata
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.planning.plan import Clear, Create, Delete, Patch, Update, Wanted
from ddns.core.planning.recordplan import plan_zone
from ddns.core.records import Record, Zone

NAME, ZONE = "fleet.example.org", Zone("z", "example.org")
POOL = ("192.0.2.1", "192.0.2.2", "192.0.2.3")
"""Fewer than there are nodes: some are behind one address."""
NODES = ("node-1", "node-2", "node-3", "node-4", "node-5")

turns = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(NODES), st.sampled_from(POOL)),  # a round with this address
        st.tuples(st.sampled_from(NODES), st.none()),  # the node is drained: DELETE_ON_STOP or ddns cleanup
    ),
    max_size=20,
)


class Fleet:
    """The records of the name, changed as Cloudflare would: an identical record is refused."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.made = 0

    def turn(self, node: str, address: str | None) -> None:
        """Let a node do a round, or its cleaning; it changes nothing of others."""
        intent = Clear() if address is None else Update((ip_address(address),))
        wanted = Wanted(NAME, "A", intent, Metadata(comment=node), frozenset())
        before = {key: one for key, one in self.records.items() if one.meta.comment != node}
        plan = plan_zone(ZONE, [wanted], self.records.values(), CommentRegex(f"^{node}$"))
        assert plan.failed == ()
        for step in plan.steps:
            if isinstance(step, Create):
                self.made += 1
                self.put(Record(f"r{self.made}", step.name, step.type, step.content, step.meta))
            elif isinstance(step, Patch):
                self.put(step.record._replace(content=step.content, meta=step.meta))
            elif isinstance(step, Delete):
                del self.records[step.record.id]
        assert before == {key: one for key, one in self.records.items() if one.meta.comment != node}

    def put(self, record: Record) -> None:
        """Write one; Cloudflare refuses what is there already (code 81058)."""
        assert record.content not in {one.content for one in self.records.values() if one.id != record.id}
        self.records[record.id] = record

    def contents(self) -> set[str]:
        """Return all addresses under the name."""
        return {record.content for record in self.records.values()}


@given(turns)
def test_every_address_in_use_is_published_and_no_other(history: list[tuple[str, str | None]]) -> None:
    """After one more round of every node that is left, the name has exactly their addresses."""
    fleet, last = Fleet(), dict.fromkeys(NODES, "")
    for node, address in history:
        fleet.turn(node, address)
        last[node] = address or ""
    live = {node: address for node, address in last.items() if address}
    for _ in range(2):  # what one leaves to another is taken over in that one's next round
        for node, address in live.items():
            fleet.turn(node, address)

    assert fleet.contents() == set(live.values())

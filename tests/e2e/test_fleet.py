"""A fleet for real: five machines under one name, each in a network of its own; none is in charge, some go."""

import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.program import COMMAND, Program, eventually
from tests.fakes import netns
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.relay import Relay

NAME, ZONE = "fleet.example.org", "example.org"
FOREIGN = "9.9.9.200"


class Node:
    """A machine with one interface, and the program on it."""

    def __init__(self, name: str, ddns: Program, sim: Cloudflare) -> None:
        """Its network reaches the simulator and nothing else."""
        self.name, self.address = name, ""
        self._ddns = ddns
        self._space = netns.Namespace()
        self._relay = Relay(self._space, sim.port)
        self._space.run(netns.add_link)
        self._child: subprocess.Popen[str] | None = None

    @property
    def env(self) -> dict[str, str]:
        """Return the settings: those of the Helm chart's DaemonSet."""
        return {
            "DOMAINS": NAME,
            "RECORD_COMMENT": f"dormouse/{self.name}",
            "MANAGED_RECORDS_COMMENT_REGEX": rf"^dormouse/\Q{self.name}\E$",
            "DELETE_ON_STOP": "true",
            "IP4_PROVIDER": f"local.iface:{netns.LINK}",
            "UPDATE_CRON": "@every 2s",
        }

    def move(self, address: str) -> None:
        """Give it another address."""
        old, self.address = self.address, address
        self._space.run(lambda: netns.add_address(address))
        if old not in {"", address}:
            self._space.run(lambda: netns.remove_address(old))

    def start(self, address: str) -> None:
        """Start the program there."""
        self.move(address)
        self._child = self._space.run(lambda: self._ddns.start(**self.env))

    def drain(self) -> None:
        """Stop it as a cluster does, and wait for its end."""
        assert self._child
        self._child.send_signal(signal.SIGTERM)
        out, _ = self._child.communicate(timeout=30)
        assert self._child.returncode == 0, out

    def kill(self) -> None:
        """Let it die without a word."""
        assert self._child
        self._child.kill()
        self._child.communicate()

    def close(self) -> None:
        """Let go of its network."""
        self._relay.close()
        self._space.close()


class Fleet:
    """The machines and what is under their name."""

    def __init__(self, sim: Cloudflare, nodes: list[Node]) -> None:
        """At the name there is already a record of somebody else."""
        self._sim, self.nodes = sim, nodes
        sim.add_record(ZONE, "A", NAME, FOREIGN, comment="by hand")

    def comments(self) -> dict[str, str]:
        """Return the comment of each address; what is not the fleet's is as it was."""
        records = [dict(record) for record in list(self._sim.zone(ZONE).records.values())]
        found = {str(record["content"]): str(record["comment"]) for record in records}
        assert found.pop(FOREIGN, "") == "by hand"
        return found

    def owner(self, address: str) -> str:
        """Return which node's record has an address."""
        return self.comments().get(address, "").removeprefix("dormouse/")

    def becomes(self, *addresses: str, steady: str = "") -> None:
        """Wait until the name has exactly these addresses; until then it never lacks the one that is steady."""

        def so() -> bool:
            found = self.comments()
            assert not steady or steady in found
            return set(found) == set(addresses)

        eventually(so, 60)


@pytest.fixture
def fleet(ddns: Program, sim: Cloudflare) -> Iterator[Fleet]:
    """Five machines that do nothing yet."""
    made: list[Node] = []
    try:
        made.extend(Node(f"node-{number}", ddns, sim) for number in range(1, 6))
    except PermissionError as error:
        pytest.skip(f"no network namespace here: {error}")
    yield Fleet(sim, made)
    ddns.close()
    for each in made:
        each.close()


@pytest.mark.netns
def test_five_machines_come_move_die_and_go(fleet: Fleet, ddns: Program) -> None:
    """The name always has the addresses of those that live, in the end no others; nobody else's are touched."""
    one, two, three, four, five = fleet.nodes
    for number, node in enumerate((one, two, three, four), 1):
        node.start(f"9.9.9.{number}")
    fleet.becomes("9.9.9.1", "9.9.9.2", "9.9.9.3", "9.9.9.4")
    assert fleet.comments() == {node.address: f"dormouse/{node.name}" for node in (one, two, three, four)}

    five.start("9.9.9.4")  # behind the address of another: covered by that one's record
    one.move("9.9.9.11")
    fleet.becomes("9.9.9.11", "9.9.9.2", "9.9.9.3", "9.9.9.4", steady="9.9.9.4")

    two.kill()  # leaves its record
    three.drain()  # takes it along
    fleet.becomes("9.9.9.11", "9.9.9.2", "9.9.9.4", steady="9.9.9.11")

    ddns.command = netns.process_namespace(*COMMAND)  # as in a pod of its own: no other instance is in sight
    assert ddns.run("cleanup", "--yes", **two.env).code == 0
    ddns.command = None
    fleet.becomes("9.9.9.11", "9.9.9.4", steady="9.9.9.11")

    heir, holder = (node for node in sorted((four, five), key=lambda node: fleet.owner("9.9.9.4") == node.name))
    holder.drain()  # it takes its record along; the one behind the same address makes its own
    eventually(lambda: fleet.owner("9.9.9.4") == heir.name, 60)
    fleet.becomes("9.9.9.11", "9.9.9.4", steady="9.9.9.11")

    two.start("9.9.9.22")
    three.start("9.9.9.3")
    fleet.becomes("9.9.9.11", "9.9.9.22", "9.9.9.3", "9.9.9.4", steady="9.9.9.11")

    for node in (one, two, three, heir):
        node.drain()
    fleet.becomes()

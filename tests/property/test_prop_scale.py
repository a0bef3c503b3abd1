"""Under any request limit every zone gets its turn, and a round never asks more than it may."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ddns.core.memory import Memory
from ddns.core.planning.plan import RecordChange
from ddns.core.records import ADDRESSES, Record, Zone
from ddns.core.settings import UpdateSettings
from ddns.errors import RateLimited
from ddns.round.pipe import run_round
from ddns.state import decode, encode
from tests.fakes.roundkit import Dns, Kit, entry


class Limited(Dns):
    """Allows ``left`` readings and writings, then none for 300 seconds."""

    left = 0

    def records(
        self, zone: Zone, names: frozenset[str] = frozenset(), types: frozenset[str] = ADDRESSES
    ) -> tuple[Record, ...]:
        self._spend()
        return super().records(zone, names, types)

    def batch(self, zone: Zone, steps: Sequence[RecordChange]) -> tuple[Record, ...]:
        self._spend()
        return super().batch(zone, steps)

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise RateLimited("slow down", retry_after=300.0)


def limited(count: int) -> tuple[Kit, Limited]:
    """Return a kit with so many zones, and its API."""
    kit = Kit(*(f"z{number:02}.test" for number in range(count)))
    kit.dns = dns = Limited(kit.zones)
    return kit, dns


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(2, 9), st.booleans()), min_size=12, max_size=12))
def test_no_zone_starves(count: int, limits: list[tuple[int, bool]]) -> None:
    """With two requests or more each round publishes at least one more zone, in a process started anew as well."""
    kit, dns = limited(count)
    kit.know("192.0.2.1")
    settings = UpdateSettings(tuple(entry(zone.name) for zone in kit.zones))
    memory = Memory()
    published = 0
    for left, restarted in limits:
        dns.left = left
        kit.clock.now += 301.0
        report, memory = run_round(settings, memory, kit.tools())
        memory = (decode(encode(memory)) or Memory()) if restarted else memory
        now = sum(bool(dns.texts(zone, zone.name)) for zone in kit.zones)
        assert now > published or now == count
        assert now == count or not report.ok
        published = now
    assert published == count


@given(st.integers(2, 12), st.integers(1, 11))
def test_a_steady_program_looks_at_every_zone_in_turn(count: int, left: int) -> None:
    """However few readings a round may make, an edit by hand is repaired after as many rounds as all zones need."""
    kit, dns = limited(count)
    kit.know("192.0.2.1")
    settings = UpdateSettings(tuple(entry(zone.name) for zone in kit.zones))
    dns.left = 2 * count
    _, memory = run_round(settings, Memory(), kit.tools())
    seen: list[str] = []
    for _ in range(-(-count // left)):
        dns.left = left
        dns.questions.clear()
        kit.clock.now += 301.0
        _, memory = run_round(settings, memory, kit.tools())
        assert len(dns.questions) <= left
        seen += dns.questions
    assert len(set(seen)) == count

"""Thousands of names: what a name costs in memory, and that nothing of a zone outlives its turn."""

import gc
import io
import tracemalloc
from collections.abc import Sequence

from ddns.core.memory import Memory
from ddns.core.planning.plan import Create, Keep, Patch, Wanted
from ddns.core.records import ADDRESSES, Record, Zone
from ddns.core.reports.roundreport import Outcome, RoundReport
from ddns.core.settings import Output, UpdateSettings
from ddns.output.lines import Line
from ddns.output.printer import Printer
from ddns.output.roundlog import round_log
from ddns.output.wording import round_lines
from ddns.round.pipe import run_round
from tests.fakes.configuring import configured
from tests.fakes.memory import Change as AnyChange
from tests.fakes.roundkit import V4, V6, Dns, Kit, entry

ZONES, NAMES = 20, 50
PASSING = (Wanted, Keep, Create, Patch, Outcome)
"""What is worked out for each record of a zone, and of no use after its turn."""


class Watched(Dns):
    """Counts, whenever a zone is read, the values that are there for records of zones before it."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        super().__init__(zones)
        self.alive: list[int] = []

    def records(
        self, zone: Zone, names: frozenset[str] = frozenset(), types: frozenset[str] = ADDRESSES
    ) -> tuple[Record, ...]:
        others = [other.name for other in self.zones if other != zone]
        passing = (name_of(item) for item in gc.get_objects() if isinstance(item, PASSING))
        self.alive.append(sum(name.endswith(tuple(others)) for name in passing))
        return super().records(zone, names, types)

    def batch(self, zone: Zone, steps: Sequence[AnyChange]) -> tuple[Record, ...]:
        made = super().batch(zone, steps)
        self.batches.clear()
        return made


def name_of(item: object) -> str:
    """Return the name that a passing value is about."""
    step: object = item.step if isinstance(item, Outcome) else item
    return step.record.name if isinstance(step, Keep | Patch) else getattr(step, "name", "")


def many(word: str = "zone") -> tuple[Kit, Watched, UpdateSettings]:
    """Return zones with names for both families, and their API."""
    kit = Kit(*(f"{word}{number:02}.test" for number in range(ZONES)))
    kit.dns = dns = Watched(kit.zones)
    names = (f"n{number}.{zone.name}" for number in range(NAMES) for zone in kit.zones)
    return kit, dns, UpdateSettings(tuple(entry(name, six=V6) for name in names))


def test_nothing_of_a_zone_outlives_its_turn() -> None:
    """In a first round, a steady one and one with another address: wanted records, steps and outcomes are let go."""
    kit, dns, settings = many("turn")
    memory = Memory()
    for addresses in (
        ("192.0.2.1", "2001:db8::1/64"),
        ("192.0.2.1", "2001:db8::1/64"),
        ("192.0.2.2", "2001:db8::2/64"),
    ):
        kit.know(*addresses)
        report, memory = run_round(settings, memory, kit.tools())
        assert report.ok
        assert len(report.results) == 2 * ZONES * NAMES
    assert dns.alive == [0] * 3 * ZONES


def test_a_steady_round_adds_little_for_each_record() -> None:
    """20,000 records are to fit in 64 MB: what a round holds beside settings and memory is a result for each."""
    kit, _, settings = many()
    kit.know("192.0.2.1", "2001:db8::1/64")
    _, memory = run_round(settings, Memory(), kit.tools())
    kit.dns = Dns(kit.zones)
    for one in kit.zones:
        for number in range(NAMES):
            kit.dns.put(one, f"n{number}.{one.name}", "192.0.2.1")
            kit.dns.put(one, f"n{number}.{one.name}", "2001:db8::1")
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        report, after = run_round(settings, memory, kit.tools())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not report.changed
    assert all(one is other for one, other in zip(memory.published, after.published, strict=True))
    assert (peak - before) / (2 * ZONES * NAMES) < 600


def test_names_share_their_settings_and_their_intents() -> None:
    """Sources and fields that nobody wrote on a name are there once, and so is what is wanted of it."""
    names = [*(f"n{number}.example.org" for number in range(50)), "own.example.org{ttl=300}"]
    update = configured({"DOMAINS": ",".join(names), "PROXIED": "is(n1.example.org)"}).settings.update

    assert len({id(one.sources) for one in update.entries}) == 1
    assert len({id(one.fallback) for one in update.entries}) == 3
    kit = Kit("example.org")
    kit.know("192.0.2.1", "2001:db8::1/64")
    report, _ = run_round(
        UpdateSettings(tuple(entry(name, six=V6) for name in ("example.org", "a.example.org"))), Memory(), kit.tools()
    )
    assert len({id(item.new) for item in report.results}) == 2


def there() -> int:
    """Return how many lines are there."""
    return sum(isinstance(item, Line) for item in gc.get_objects())


def told(report: RoundReport) -> list[str]:
    """Return the log of a first round, as it is printed."""
    stream = io.StringIO()
    lines, _ = round_log(report, round_lines(report), Memory().log)
    Printer(stream, Output(emoji=False), str).show(lines)
    return stream.getvalue().splitlines()


def test_thousands_of_lines_are_printed_in_order_and_never_all_there() -> None:
    """Each change has its line; when one is made, those before it are gone."""
    kit, _, settings = many()
    kit.know("192.0.2.1", "2001:db8::1/64", v4=V4)
    report, _ = run_round(settings, Memory(), kit.tools())
    before = there()
    lines, log = round_log(report, round_lines(report), Memory().log)

    assert there() - before < 10
    assert log.news
    texts = told(report)
    assert texts == [line.text for line in lines]
    assert len(texts) == 2 + 2 * ZONES * NAMES
    assert sorted(texts[2:]) == sorted(f"{item.type} {item.name}: (none) → {item.new[0]}" for item in report.results)

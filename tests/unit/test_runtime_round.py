"""One round, from sources to records."""

from ddns.core.memory import Memory
from ddns.core.settings import UpdateSettings
from ddns.runtime.round import run_round
from tests.fakes.roundkit import Kit, entry


def test_a_first_round_creates_and_a_second_keeps() -> None:
    """Missing records are created in one batch; the next round reads once and writes nothing."""
    kit = Kit()
    kit.know("192.0.2.1")
    settings = UpdateSettings((entry("home.example.org"), entry("example.org")))

    report, memory = run_round(settings, Memory(), kit.tools())
    again, _ = run_round(settings, memory, kit.tools())

    assert report.ok
    assert [(item.name, item.status, item.old, item.new) for item in report.names] == [
        ("example.org", "changed", (), ("192.0.2.1",)),
        ("home.example.org", "changed", (), ("192.0.2.1",)),
    ]
    assert again.ok
    assert not again.changed
    assert len(kit.dns.batches) == 1
    assert kit.dns.faults.calls == {"list_zones": 1, "records": 2, "batch": 1}

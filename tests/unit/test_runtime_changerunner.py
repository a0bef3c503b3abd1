"""The ON_CHANGE command in the background: in order, without delay, and ended at a stop."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from ddns.core.report import Result, ResultStatus, RoundReport
from ddns.runtime.changerunner import ChangeRunner


def changed(new: str, status: ResultStatus = "changed") -> RoundReport:
    """Return a round that changed one record."""
    return RoundReport(0.0, 1.0, results=(Result("a.example.org", "A", status, (), (new,)),))


def eventually(check: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(500):
        if check():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to be so")


def test_rounds_are_told_in_order_and_nobody_waits(tmp_path: Path) -> None:
    """Also while an earlier command runs; faults are collected once."""
    out = tmp_path / "out"
    runner = ChangeRunner(f'sleep 0.2; echo "$DDNS_NEW" >> {out}; exit 3', os.environ)
    runner.put(changed("192.0.2.1"))
    runner.put(changed("192.0.2.2"))

    assert runner.busy
    eventually(lambda: not runner.busy)
    assert out.read_text("utf-8") == "192.0.2.1\n192.0.2.2\n"
    assert len(runner.collect()) == 2
    assert runner.collect() == ()


def test_a_steady_round_starts_nothing() -> None:
    """No thread, no process."""
    runner = ChangeRunner("exit 1", os.environ)
    runner.put(changed("192.0.2.1", "unchanged"))

    assert not runner.busy
    runner.stop(5.0)
    assert runner.collect() == ()


def test_a_stop_waits_a_little_and_then_ends_it() -> None:
    """What was ended is told."""
    runner = ChangeRunner("sleep 60", os.environ)
    runner.put(changed("192.0.2.1"))
    runner.stop(0.1)

    eventually(lambda: not runner.busy)
    (problem,) = runner.collect()
    assert "ended, because the program stops" in problem.what

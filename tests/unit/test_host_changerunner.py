"""The ON_CHANGE command in the background: in order, without delay, and ended at a stop."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ddns.core.reports.roundreport import Result, ResultStatus, RoundReport
from ddns.host.changerunner import ChangeRunner


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


def test_one_bad_run_is_not_the_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An error nobody expected is told, and the next change is told to the command all the same."""
    out = tmp_path / "out"
    runner = ChangeRunner(f"echo again > {out}", os.environ)

    def lost(*_: object) -> None:
        raise ChildProcessError(10, "s3cret")

    monkeypatch.setattr(os, "waitpid", lost)
    runner.put(changed("192.0.2.1"))
    eventually(lambda: not runner.busy)
    monkeypatch.undo()
    (problem,) = runner.collect()
    assert "unexpected ChildProcessError" in problem.what
    assert "s3cret" not in problem.what

    out.unlink(missing_ok=True)
    runner.put(changed("192.0.2.2"))
    eventually(lambda: not runner.busy)
    assert runner.collect() == ()
    assert out.read_text("utf-8") == "again\n"


def test_no_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program goes on and tells so; another time there may be one."""
    runner = ChangeRunner("true", os.environ)

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    runner.put(changed("192.0.2.1"))
    monkeypatch.undo()

    assert not runner.busy
    assert ["no more threads" in problem.what for problem in runner.collect()] == [True]


def test_another_command_is_for_later_changes(tmp_path: Path) -> None:
    """After a reload: what had begun or waits keeps its command, and none is run when none is set."""
    runner = ChangeRunner(f"sleep 0.2; echo old >> {tmp_path}/out", os.environ)
    runner.put(changed("192.0.2.1"))
    runner.put(changed("192.0.2.2"))
    runner.command = f"echo new >> {tmp_path}/out"
    runner.put(changed("192.0.2.3"))
    runner.command = ""
    runner.put(changed("192.0.2.4"))
    eventually(lambda: not runner.busy)

    assert (tmp_path / "out").read_text("utf-8").split() == ["old", "old", "new"]


def test_a_stop_begins_nothing_more(tmp_path: Path) -> None:
    """What waits for its turn is not run when the program stops."""
    runner = ChangeRunner(f"echo >> {tmp_path}/out; sleep 60", os.environ)
    runner.put(changed("192.0.2.1"))
    runner.put(changed("192.0.2.2"))
    eventually((tmp_path / "out").exists)
    runner.stop(0.1)

    eventually(lambda: not runner.busy)
    assert (tmp_path / "out").read_text("utf-8") == "\n"
    assert len(runner.collect()) == 1


def test_a_stop_waits_a_little_and_then_ends_it() -> None:
    """What was ended is told."""
    runner = ChangeRunner("sleep 60", os.environ)
    runner.put(changed("192.0.2.1"))
    runner.stop(0.1)

    eventually(lambda: not runner.busy)
    (problem,) = runner.collect()
    assert "ended, because the program stops" in problem.what

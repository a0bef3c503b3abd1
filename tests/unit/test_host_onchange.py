"""ON_CHANGE: real commands with the facts of a round."""

import os
import signal
import time
from pathlib import Path

import pytest

from ddns.core.records import Zone
from ddns.core.reports.roundreport import Result, ResultStatus, RoundReport
from ddns.errors import Interrupted
from ddns.host.onchange import Change, changes, run_on_change
from tests.fakes.ticking import TickingClock
from tests.fakes.wired import RealClock

OLD, NEW = ("1.1.1.1",), ("2.2.2.2", "2.2.2.3")


def name(text: str, status: ResultStatus = "changed", old: tuple[str, ...] = OLD, new: tuple[str, ...] = NEW) -> Result:
    """Return what happened to an A record."""
    return Result(text, "A", status, old, new, zone=Zone("z", "example.org"))


def report(*results: Result) -> RoundReport:
    """Return a round."""
    return RoundReport(0.0, 1.0, results=results)


def test_what_moved_alike_is_one_change() -> None:
    """Names with the same old and new addresses are one run; what did not surely move is none."""
    found = changes(
        report(
            *(name("a"), name("b"), name("c", old=())),
            *(name("d", "unchanged"), name("e", "failed"), name("f", "unconfirmed"), name("g", new=OLD)),
            Result("h", "A", "changed", (), OLD),
            Result("acc/l", "LIST", "changed", ("1.1.1.1/32", "3.3.3.3/32"), ("2.2.2.2/32", "3.3.3.3/32")),
            Result("acc/m", "LIST", "unchanged"),
            Result("acc/n", "LIST", "changed"),
            Result("example.org", "SPF", "changed", ("1.1.1.1",), ("2.2.2.2",), zone=Zone("z", "example.org")),
        )
    )

    assert found == (
        Change(("a", "b"), "A", OLD, NEW, "example.org"),
        Change(("c",), "A", (), NEW, "example.org"),
        Change(("h",), "A", (), OLD),
        Change(("acc/l",), "LIST", ("1.1.1.1/32",), ("2.2.2.2/32",)),
        Change(("example.org",), "SPF", ("1.1.1.1",), ("2.2.2.2",), "example.org"),
    )


def test_the_command_sees_the_facts_and_no_secrets(tmp_path: Path) -> None:
    """Names, type, old and new are in its environment, ours without our secrets, and it can be any shell command."""
    out = tmp_path / "out"
    environ = {"PATH": os.environ["PATH"], "OUT": str(out), "CLOUDFLARE_API_TOKEN": "hushhush", "shoutrrr": "hushhush"}
    assert run_on_change('env >> "$OUT"', report(name("a"), name("b")), environ, RealClock()) == ()
    lines = set(out.read_text().splitlines())

    facts = {"DDNS_NAME=a b", "DDNS_TYPE=A", "DDNS_OLD=1.1.1.1", "DDNS_NEW=2.2.2.2 2.2.2.3", "DDNS_ZONE=example.org"}
    assert facts <= lines
    assert f"OUT={out}" in lines
    assert not any("hushhush" in line for line in lines)


def test_no_change_runs_nothing(tmp_path: Path) -> None:
    """A steady round costs nothing."""
    out = tmp_path / "out"

    assert run_on_change(f"touch {out}", report(name("a", "unchanged")), os.environ, RealClock()) == ()
    assert not out.exists()


@pytest.mark.parametrize(("command", "words"), [("exit 3", "exit code 3"), ("kill -TERM $$", "signal 15")])
def test_failures_are_told_for_each_change(command: str, words: str) -> None:
    """A failing command is a problem that names what it was run for; the next change is still told of."""
    found = run_on_change(command, report(name("a"), name("b"), name("c", old=())), os.environ, RealClock())

    assert len(found) == 2
    assert all(words in problem.what for problem in found)
    assert "a and 1 more" in found[0].what
    assert "for c" in found[1].what


def test_an_environment_no_process_can_have() -> None:
    """What the system refuses is told, not raised."""
    (problem,) = run_on_change("true", report(name("a")), {"X": "a\0b"}, RealClock())

    assert "cannot be started" in problem.what


def test_a_command_without_end_is_ended(tmp_path: Path) -> None:
    """After half a minute the command and all it started are killed, and later changes are not run."""
    pid = tmp_path / "pid"

    class Fast(TickingClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if pid.exists() and pid.read_text().endswith("\n"):
                super().sleep(60)
            time.sleep(seconds / 10)

    found = run_on_change(
        f"sleep 600 & echo $! > {pid}; wait", report(name("a"), name("b", old=())), os.environ, Fast()
    )

    assert "longer than 30 s" in found[0].what
    assert "not run" in found[1].what
    assert ended(int(pid.read_text()))


def ended(pid: int) -> bool:
    """Whether a process is gone (or dead and only waiting for its parent), within seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    return False


def test_a_stop_ends_the_command(tmp_path: Path) -> None:
    """A stop in the middle ends the command and goes on upwards."""
    pid = tmp_path / "pid"

    class Stopping(RealClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if pid.exists() and pid.read_text().endswith("\n"):
                raise Interrupted

    with pytest.raises(Interrupted):
        run_on_change(f"echo $$ > {pid}; sleep 600", report(name("a")), os.environ, Stopping())
    assert ended(int(pid.read_text()))


def test_a_command_that_cannot_be_ended_is_let_go(tmp_path: Path) -> None:
    """When somebody else has ended and reaped it, that is no fault."""
    pid = tmp_path / "pid"

    class Reaping(RealClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if pid.exists() and pid.read_text().endswith("\n"):
                child = int(pid.read_text())
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                raise Interrupted

    with pytest.raises(Interrupted):
        run_on_change(f"echo $$ > {pid}; sleep 600", report(name("a")), os.environ, Reaping())

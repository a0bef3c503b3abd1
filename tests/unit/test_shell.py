"""Commands: what stays of them."""

import os
import subprocess
import sys

import pytest

from ddns import shell
from tests.fakes.netns import process_namespace

FIRST = """
import os, time
from ddns import shell

def dead():
    return os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

child = shell.spawn("sleep 60 & sleep 60 & sleep 60", {}, 1)
time.sleep(0.3)
shell.kill(child)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("nothing is left of what was killed")

child = shell.spawn("sleep 0.1 & sleep 0.2 & exit 3", {}, 1)
while (code := shell.ended(child)) is None:
    time.sleep(0.01)
time.sleep(0.5)
waits = shell.spawn("exit 4", {}, 1)
os.waitid(os.P_PID, waits, os.WEXITED | os.WNOWAIT)
shell.reap()
shell.reap()
print(code, dead())
while (code := shell.ended(waits)) is None:
    time.sleep(0.01)
shell.reap()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print(code, "nothing is left of what was in the background")
"""


@pytest.mark.netns
def test_the_first_process_of_a_container_buries_everybody() -> None:
    """What a command leaves behind becomes our child there; nobody else would take note of its end."""
    command = process_namespace(sys.executable, "-c", FIRST)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.stdout.splitlines() == [
        "nothing is left of what was killed",
        "3 True",
        "4 nothing is left of what was in the background",
    ], done.stderr


def test_others_children_are_left_alone() -> None:
    """Any other process has a parent that looks after it."""
    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        shell.reap()

        assert process.wait() == 0


@pytest.mark.parametrize("known", [True, False])
def test_only_ends_nobody_waits_for_are_taken(monkeypatch: pytest.MonkeyPatch, *, known: bool) -> None:
    """The end of a command that runs is for its caller."""
    child = shell.spawn("exit 7", os.environ, 1) if known else os.posix_spawn(shell.SHELL, ("sh", "-c", ""), {})
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    shell.reap()

    if known:
        assert shell.ended(child) == 7
    else:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def test_killing_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process the kernel cannot end (a dead network file system) does not hold up the program."""
    monkeypatch.setattr(os, "killpg", lambda *_: None)
    child = shell.spawn("sleep 600", os.environ, 1)
    shell.kill(child)
    monkeypatch.undo()

    assert shell.ended(child) is None
    shell.kill(child)
    with pytest.raises(ChildProcessError):
        shell.ended(child)


def test_signals_ignored_by_whoever_started_us() -> None:
    """An ignored SIGCHLD is inherited; the command does not get it, and we do without it too."""
    code = "import signal, os; signal.signal(signal.SIGCHLD, signal.SIG_IGN); from ddns import shell; "
    code += "child = shell.spawn('grep SigIgn /proc/self/status', {'PATH': os.defpath}, 1); os.wait() "
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert int(done.stdout.split()[1], 16) & (1 << 16) == 0

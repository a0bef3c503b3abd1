"""Becoming the sleeper and coming back, without the sleeper: the program is started again as it stands.

What the sleeper itself does is tested in ``build/sleep/test``.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from ddns.host import hibernate as module
from ddns.host import netlink, statusfd
from ddns.host.hibernate import CannotHibernate, Resume, hibernate, resume, wanted
from ddns.host.signals import Signals
from ddns.host.statusfd import Board
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
from ddns.ports import Wake

ROOT = Path(__file__).parents[2]


class Gone(BaseException):
    """The process would be another program now."""


class Execute:
    """Notes what would be executed; ``gone`` False makes it fail as a kernel that refuses."""

    def __init__(self, *, gone: bool = True) -> None:
        """Note nothing yet."""
        self.gone = gone
        self.environ: Mapping[bytes, bytes] = {}
        self.arguments: list[bytes] = []
        self.inheritable = False
        self.board = Board()

    def __call__(self, path: str, arguments: list[bytes], environ: Mapping[bytes, bytes]) -> NoReturn:
        """Note it, and leave."""
        assert path == "/proc/self/exe"
        self.arguments, self.environ = arguments, environ
        self.inheritable = os.get_inheritable(self.board.fd)
        if self.gone:
            raise Gone
        raise PermissionError(13, "Permission denied")

    @property
    def value(self) -> str:
        """Return DDNS_SLEEP."""
        return self.environ[b"DDNS_SLEEP"].decode()


@pytest.fixture
def waiter() -> Iterator[SystemWaiter]:
    """Wait on the real machine for one test."""
    found = SystemWaiter(Signals(), AddressWatch(pytest.fail))
    found.watch.settle()
    yield found
    found.signals.unblock()
    found.close()


@pytest.fixture
def board() -> Iterator[Board]:
    """Show a state for one test."""
    found = Board()
    found.publish(b"the state")
    yield found
    found.close()


def attempt(waiter: SystemWaiter, board: Board, until: float | None, *, watch: bool) -> Execute:
    """Hibernate as far as execve, and return what it was given."""
    execute = Execute()
    execute.board = board
    with pytest.raises(Gone):
        hibernate(waiter, board, until, watch=watch, execute=execute)
    return execute


@pytest.mark.parametrize(
    ("frozen", "switch", "expected"),
    [(True, "", True), (True, "true", True), (True, " False ", False), (True, "0", False), (False, "", False)],
)
def test_only_the_frozen_program_hibernates_and_can_be_told_not_to(frozen: bool, switch: str, expected: bool) -> None:  # noqa: FBT001 -- a table of flags
    """Python from a package waits in Python; DDNS_HIBERNATE turns it off."""
    assert wanted({"DDNS_HIBERNATE": switch}, frozen=frozen) is expected
    assert wanted({}) is False


def test_all_that_is_needed_to_wake_is_handed_over(waiter: SystemWaiter, board: Board) -> None:
    """Times on both clocks, signals, the digest of the addresses, PID and memory; command line and environment stay."""
    execute = attempt(waiter, board, time.time() + 100, watch=True)

    head, boot, real, mask, digest, pid, fd = execute.value.split(":")
    assert head == "1?w"
    assert abs(int(real.split(".")[0], 16) - time.time() - 100) < 5
    assert abs(int(boot.split(".")[0], 16) - time.clock_gettime(time.CLOCK_BOOTTIME) - 100) < 5
    assert int(mask, 16) & 0x4200 == 0x4200
    assert int(digest, 16) == netlink.digest(waiter.watch.known or frozenset())
    assert (int(pid, 16), int(fd, 16)) == (os.getpid(), board.fd)
    assert execute.inheritable
    assert execute.arguments == Path("/proc/self/cmdline").read_bytes().removesuffix(b"\0").split(b"\0")
    assert {**execute.environ} == {**os.environb, b"DDNS_SLEEP": execute.value.encode()}
    assert signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_without_an_end_and_without_watching(
    waiter: SystemWaiter, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No time and no address wakes then; an old answer in the environment is not kept."""
    monkeypatch.setenv("DDNS_SLEEP", "old")
    execute = attempt(waiter, board, None, watch=False)

    assert execute.value.startswith("1?-:ffffffffffffffff.00000000:ffffffffffffffff.00000000:")
    assert len(execute.value) == 107


def test_a_signal_that_came_already_keeps_us_awake(waiter: SystemWaiter, board: Board) -> None:
    """Nothing is executed, and signals arrive as before."""
    os.kill(os.getpid(), signal.SIGTERM)

    assert hibernate(waiter, board, None, watch=False, execute=Execute()) == Wake("stop", signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGUSR1)
    assert waiter.wait(None, watch=False) == Wake("now")


def test_what_is_impossible_is_told_and_changes_nothing(waiter: SystemWaiter, board: Board) -> None:
    """A kernel that refuses leaves a process that can wait in Python; so does a state that is nowhere."""
    execute = Execute(gone=False)
    execute.board = board
    with pytest.raises(CannotHibernate, match=r"not possible \(Permission denied\)"):
        hibernate(waiter, board, None, watch=False, execute=execute)
    assert not os.get_inheritable(board.fd)
    with pytest.raises(CannotHibernate, match="descriptor"):
        hibernate(waiter, Board(), None, watch=False, execute=execute)

    os.kill(os.getpid(), signal.SIGUSR1)
    assert waiter.wait(None, watch=False) == Wake("now")


def test_it_waits_in_python_while_another_thread_lives(waiter: SystemWaiter, board: Board) -> None:
    """A thread could be handed a signal in the last moment; it is waited for, and what wakes meanwhile is told."""
    free = threading.Event()
    thread = threading.Thread(target=free.wait, args=(60,))
    thread.start()
    threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGHUP]).start()

    assert hibernate(waiter, board, None, watch=False, execute=Execute()) == Wake("reload")
    assert hibernate(waiter, board, time.time() + 0.1, watch=False, execute=Execute()) == Wake("time")
    threading.Timer(0.1, free.set).start()
    assert attempt(waiter, board, None, watch=False).value.startswith("1?-")
    thread.join()


def test_without_proc_the_kernel_decides(waiter: SystemWaiter, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where /proc is not mounted, that is a reason like any other."""

    def missing(*_args: object) -> NoReturn:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("os.listdir", missing)
    monkeypatch.setattr(module, "open", missing, raising=False)
    with pytest.raises(CannotHibernate, match="No such file"):
        hibernate(waiter, board, None, watch=False, execute=Execute())


def answered(waiter: SystemWaiter, board: Board, answer: str) -> dict[str, str]:
    """Return an environment as the sleeper leaves it."""
    value = attempt(waiter, board, None, watch=True).value
    return {"DDNS_SLEEP": value.replace("?", answer), "OTHER": "x"}


@pytest.mark.parametrize(
    ("answer", "wake", "slept"),
    [
        ("t", Wake("time"), True),
        ("a", Wake("address"), True),
        ("s", None, True),
        ("x", None, False),
        ("?", None, False),
    ],
)
def test_the_answer_of_the_sleeper_is_read(
    waiter: SystemWaiter,
    board: Board,
    answer: str,
    wake: Wake | None,
    slept: bool,  # noqa: FBT001 -- a table of flags
) -> None:
    """Why it woke, whether anybody slept at all, and the state; the variable is gone, children do not see it."""
    environ = answered(waiter, board, answer)

    assert resume(environ) == Resume(b"the state", wake, slept, board.fd)
    assert environ == {"OTHER": "x"}
    assert not os.get_inheritable(board.fd)


def test_a_lost_state_is_a_cold_start(waiter: SystemWaiter, board: Board) -> None:
    """The descriptor is closed, or is something else: awake, but knowing nothing."""
    environ = answered(waiter, board, "t")
    board.close()

    assert resume(environ) == Resume(b"", Wake("time"), slept=True, fd=-1)


@pytest.mark.parametrize("change", ["", "garbage", "1", "version", "pid", "digits", "longer"])
def test_what_was_not_made_here_is_a_fresh_start(waiter: SystemWaiter, board: Board, change: str) -> None:
    """Garbage, another version and what belongs to another process are taken away and mean nothing."""
    value = answered(waiter, board, "t")["DDNS_SLEEP"]
    values = {
        "version": f"2{value[1:]}",
        "pid": f"{value[:-17]}00000001{value[-9:]}",
        "digits": f"{value[:-17]}zzzzzzzz{value[-9:]}",
        "longer": value + "0",
    }
    environ = {"DDNS_SLEEP": values.get(change, change)}

    assert resume(environ) is None
    assert environ == {}
    assert resume({}) is None


PROGRAM = """
import os, sys, time
from ddns.host import hibernate
from ddns.host.signals import Signals
from ddns.host.statusfd import Board
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
back = hibernate.resume(os.environ)
if back:
    print(os.getpid(), back, sys.argv[1:], flush=True)
    print(SystemWaiter(Signals(), AddressWatch(print)).wait(None, watch=False), flush=True)
    os._exit(0)
board = Board()
board.publish(b"the state")
waiter = SystemWaiter(Signals(), AddressWatch(print))
sys.stdin.readline()
hibernate.hibernate(waiter, board, None, watch=False)
"""


def test_the_process_comes_back_through_the_front_door() -> None:
    """Same PID and arguments, the state is there; without a sleeper in the file it says that nobody slept."""
    command = [sys.executable, "-c", PROGRAM, "--domains", "a.example"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line.startswith(f"{process.pid} Resume(state=b'the state', wake=None, slept=False")
        assert line.endswith("['--domains', 'a.example']\n")
        assert statusfd.Instance(process.pid, b"the state") in statusfd.instances()
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "Wake(why='stop', signal=15)\n"
    assert process.returncode == 0

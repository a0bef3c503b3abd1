"""The waiter: what wakes it, in which order it is told, and how a job ends at a stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from ddns.errors import Interrupted
from ddns.host.alarm import Clocks
from ddns.host.signals import Signals
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
from ddns.ports import Wake
from tests.fakes import netns


@pytest.fixture
def waiter() -> Iterator[SystemWaiter]:
    """Wait on the real machine for one test."""
    found = SystemWaiter(Signals(), AddressWatch(pytest.fail))
    yield found
    found.close()


def send(*numbers: int) -> None:
    """Send signals to ourselves."""
    for number in numbers:
        os.kill(os.getpid(), number)


def later(number: int, seconds: float = 0.1) -> None:
    """Send a signal to ourselves in a moment."""
    threading.Timer(seconds, send, [number]).start()


def never() -> None:
    """Fail: no stop was asked for."""
    pytest.fail("no stop was asked for")


def test_time_wakes(waiter: SystemWaiter) -> None:
    """A wait ends at its time, a past one at once."""
    before = time.time()

    assert waiter.wait(before + 0.2, watch=False) == Wake("time")
    assert time.time() >= before + 0.2
    assert waiter.wait(0.0, watch=True) == Wake("time")


@pytest.mark.parametrize(
    ("number", "wake"),
    [
        (signal.SIGTERM, Wake("stop", signal.SIGTERM)),
        (signal.SIGINT, Wake("stop", signal.SIGINT)),
        (signal.SIGHUP, Wake("reload")),
        (signal.SIGUSR1, Wake("now")),
    ],
)
def test_signals_wake(waiter: SystemWaiter, number: int, wake: Wake) -> None:
    """Each signal has its meaning, also in a wait without an end, and is told once."""
    later(number)

    assert waiter.wait(None, watch=False) == wake
    assert waiter.wait(0.0, watch=False) == Wake("time")


def test_what_came_before_is_told_first_and_the_most_urgent_of_it(waiter: SystemWaiter) -> None:
    """A stop goes before a reload; the round after a reload is also the one SIGUSR1 wanted."""
    send(signal.SIGUSR1, signal.SIGHUP, signal.SIGTERM)

    assert waiter.wait(0.0, watch=False) == Wake("stop", signal.SIGTERM)
    assert waiter.wait(0.0, watch=False) == Wake("reload")
    assert waiter.wait(0.0, watch=False) == Wake("time")


def test_a_job_gives_its_result_or_its_exception(waiter: SystemWaiter) -> None:
    """The job runs in another thread; what it returns or raises comes out here."""
    assert waiter.run(threading.current_thread, never) is not threading.main_thread()

    with pytest.raises(ZeroDivisionError):
        waiter.run(lambda: 1 // 0, never)


def test_signals_during_a_job_wait_for_its_end(waiter: SystemWaiter) -> None:
    """A reload in the middle of a round does not disturb it, and is told afterwards."""

    def job() -> str:
        send(signal.SIGHUP)
        time.sleep(0.1)
        return "done"

    assert waiter.run(job, never) == "done"
    assert waiter.wait(None, watch=False) == Wake("reload")


def test_a_stop_breaks_a_job_that_gives_in(waiter: SystemWaiter) -> None:
    """What a job raises once its sockets are broken is an interruption, and the stop is told by the next wait."""
    broken = threading.Event()

    def job() -> None:
        send(signal.SIGTERM)
        assert broken.wait(10)
        raise ConnectionError

    with pytest.raises(Interrupted):
        waiter.run(job, broken.set)
    assert waiter.wait(None, watch=False) == Wake("stop", signal.SIGTERM)


def test_a_job_that_still_ends_well_has_its_result_told(waiter: SystemWaiter) -> None:
    """A round that notices the stop and reports what it did is heard."""
    broken = threading.Event()

    def job() -> str:
        send(signal.SIGINT)
        assert broken.wait(10)
        return "half"

    assert waiter.run(job, broken.set) == "half"
    assert waiter.wait(None, watch=False) == Wake("stop", signal.SIGINT)


def test_a_job_that_hangs_is_left_behind(waiter: SystemWaiter) -> None:
    """After a moment of grace the program goes on; a second stop ends the grace at once."""
    free = threading.Event()
    later(signal.SIGTERM)
    before = time.monotonic()

    with pytest.raises(Interrupted):
        waiter.run(lambda: free.wait(60), lambda: None)
    assert 0.7 < time.monotonic() - before < 10

    assert waiter.wait(None, watch=False) == Wake("stop", signal.SIGTERM)
    later(signal.SIGTERM)
    before = time.monotonic()
    with pytest.raises(Interrupted):
        waiter.run(lambda: free.wait(60), lambda: None)
    assert time.monotonic() - before < 0.75
    free.set()


def test_a_job_has_the_time_it_is_given(waiter: SystemWaiter) -> None:
    """One that ends in it is as any other; one that does not is broken and left behind."""
    free, broken = threading.Event(), threading.Event()
    assert waiter.run(lambda: "done", never, 60.0) == "done"

    with pytest.raises(TimeoutError):
        waiter.run(lambda: free.wait(60), broken.set, 0.2)
    assert broken.is_set()
    free.set()


def test_an_impatient_stop_does_not_wait_for_the_grace(waiter: SystemWaiter) -> None:
    """Two stops in a row: the job is left behind at the second, and the work after it is not even begun."""
    free = threading.Event()
    later(signal.SIGTERM, 0.1)
    later(signal.SIGTERM, 0.3)
    before = time.monotonic()

    with pytest.raises(Interrupted):
        waiter.run(lambda: free.wait(60), lambda: None)
    assert time.monotonic() - before < 0.75
    assert waiter.wait(None, watch=False) == Wake("stop", signal.SIGTERM)
    with pytest.raises(Interrupted):
        waiter.run(never, lambda: None)
    free.set()


def test_a_stop_before_the_job_keeps_it_from_starting(waiter: SystemWaiter) -> None:
    """Nothing new is begun when a stop is known."""
    stopped: list[bool] = []
    send(signal.SIGTERM)

    with pytest.raises(Interrupted):
        waiter.run(never, lambda: stopped.append(True))
    assert stopped == [True]


def test_a_clock_set_back_does_not_postpone_the_wait() -> None:
    """The wait ends when the time has passed on the clock that nobody sets."""
    start = time.monotonic()
    clocks = Clocks(lambda: 1000.0, lambda: time.monotonic() - start)
    waiter = SystemWaiter(Signals(), AddressWatch(pytest.fail), clocks)

    assert waiter.wait(1000.2, watch=False) == Wake("time")
    waiter.close()


def test_a_wait_in_pieces_is_not_postponed_by_a_clock_set_back_between_them() -> None:
    """The limit is that of the first piece; when the time has come it is forgotten."""
    start = time.monotonic()
    wall = [1000.0]
    clocks = Clocks(lambda: wall[0], lambda: time.monotonic() - start)
    waiter = SystemWaiter(Signals(), AddressWatch(pytest.fail), clocks)

    assert waiter.nap(1000.2, 0.05, watch=False) is None
    wall[0] = 0.0
    assert waiter.nap(1000.2, 60.0, watch=False) == Wake("time")
    assert waiter.nap(1000.2, 0.05, watch=False) is None
    waiter.close()


PROGRAM = """
import sys
from ddns.host.signals import Signals
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
from tests.fakes import netns
netns.add_link()
waiter = SystemWaiter(Signals(), AddressWatch(print))
for _ in range(3):
    print("waiting", flush=True)
    print(waiter.wait(None, watch=True), flush=True)
    line = sys.stdin.readline()
    waiter.run(lambda: netns.add_address(line.strip()) if line.strip() else None, lambda: None)
waiter.close()
"""


def in_namespace(pid: int, *command: str) -> None:
    """Change the addresses of the network namespace a process is in."""
    subprocess.run(
        [
            "nsenter",
            "-t",
            str(pid),
            *(["-n"] if os.getuid() == 0 else ["-U", "-n", "--preserve-credentials"]),
            *command,
        ],
        check=True,
    )


@pytest.mark.netns
def test_a_real_address_wakes_the_real_process_within_a_second() -> None:
    """A new address wakes; one that comes during the round wakes the wait after it."""
    command = netns.unshared(sys.executable, "-c", PROGRAM)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        time.sleep(0.2)  # "waiting" is said just before
        before = time.monotonic()
        in_namespace(process.pid, sys.executable, "-m", "tests.fakes.netns", "add", "2001:db8::7")
        assert process.stdout.readline() == "Wake(why='address', signal=0)\n"
        assert time.monotonic() - before < 5  # a second, and what starting the command above takes on a busy machine
        print("192.0.2.9", file=process.stdin, flush=True)
        assert process.stdout.readline() == "waiting\n"
        assert process.stdout.readline() == "Wake(why='address', signal=0)\n"
        print(file=process.stdin, flush=True)
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "Wake(why='stop', signal=15)\n"
        process.communicate("\n")
    assert process.returncode == 0


FIRST = """
import os
import signal
from ddns.host.signals import Signals
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
waiter = SystemWaiter(Signals(), AddressWatch(print))
os.kill(1, signal.SIGTERM)
print(os.getpid(), waiter.wait(None, watch=False))
waiter.close()
"""


@pytest.mark.netns
def test_as_pid_1_of_a_namespace_signals_arrive() -> None:
    """The kernel hides signals without a handler from PID 1; ours are there, and are heard by the first process."""
    flags = ["-p", "-f"] if os.getuid() == 0 else ["-U", "-r", "-p", "-f"]
    done = subprocess.run(
        ["unshare", *flags, sys.executable, "-c", FIRST], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.stdout == "1 Wake(why='stop', signal=15)\n"

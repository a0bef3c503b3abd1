"""Signals through a pipe: none is lost, none does work in its handler."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ddns.host.signals import HANDLED, Signals


@pytest.fixture
def signals() -> Iterator[Signals]:
    """Take the signals over for one test."""
    found = Signals()
    yield found
    found.close()


def send(*numbers: int) -> None:
    """Send signals to ourselves."""
    for number in numbers:
        os.kill(os.getpid(), number)


def test_each_signal_arrives_in_order(signals: Signals) -> None:
    """What came since the last call is told once."""
    send(signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM, signal.SIGINT)

    assert select.select([signals.fd], [], [], 5)[0]
    assert signals.take() == (signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM, signal.SIGINT)
    assert signals.take() == ()
    assert signals.handled == HANDLED


def test_a_nudge_wakes_and_is_no_signal(signals: Signals) -> None:
    """Another thread can wake the poll; more nudges than the pipe holds do no harm."""
    for _ in range(70_000):
        signals.nudge()

    assert select.select([signals.fd], [], [], 5)[0]
    assert signals.take() == ()


def test_blocked_signals_wait_in_the_kernel(signals: Signals) -> None:
    """From block to unblock nothing arrives here, and nothing is lost."""
    signals.block()
    send(signal.SIGUSR1)
    assert signals.take() == ()
    assert signal.SIGUSR1 in signal.sigpending()
    signals.unblock()

    assert signals.take() == (signal.SIGUSR1,)


def test_signals_blocked_before_the_start_are_received() -> None:
    """A stop that was pending when the program came up is delivered once the handlers are there."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    send(signal.SIGTERM)
    signals = Signals()

    assert signals.take() == (signal.SIGTERM,)
    signals.close()


def test_what_the_parent_had_ignored_stays_ignored() -> None:
    """A nohup or a background job has us ignore SIGHUP or SIGINT; everything is put back at the end."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        signals = Signals()
        assert signal.SIGHUP not in signals.handled
        assert signal.SIGTERM in signals.handled
        send(signal.SIGHUP)
        assert signals.take() == ()
        signals.close()
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_nudge_after_the_end_is_nothing() -> None:
    """A job that was left alone ends when it likes; its nudge must not hit a descriptor that is somebody else's now."""
    ended = Signals()
    ended.close()
    read, write = os.pipe2(os.O_NONBLOCK)
    ended.nudge()

    with pytest.raises(BlockingIOError):
        os.read(read, 1)
    os.close(read)
    os.close(write)


IMPATIENT = """
import atexit, os, signal, sys
from ddns.__main__ import run
atexit.register(lambda: [os.kill(os.getpid(), number) for number in (signal.SIGINT, signal.SIGTERM)])
sys.argv = ["ddns", "--version"]
run()
"""


def test_a_signal_at_the_very_end_does_not_change_the_exit_code() -> None:
    """A second Ctrl-C while the interpreter ends: all is done, and the exit code says so."""
    child = subprocess.run([sys.executable, "-c", IMPATIENT], check=False, capture_output=True, text=True, timeout=30)

    assert (child.returncode, child.stderr) == (0, "")
    assert child.stdout.startswith("ddns ")

"""Resting between rounds, as a black box: the frozen program hibernates, a package sleeps; nobody can tell."""

import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e import program
from tests.e2e.program import FOUR, Program, eventually, stop
from tests.fakes.cloudflare import Cloudflare

HOME = "home.example.org"
FROZEN = len(program.COMMAND) == 1 and Path(program.COMMAND[0]).read_bytes()[:4] == b"\x7fELF"
frozen_only = pytest.mark.skipif(not FROZEN, reason="only the frozen program hibernates")
x86_only = pytest.mark.skipif(platform.machine() != "x86_64", reason="the filter knows x86-64 calls only")


def rounds(sim: Cloudflare) -> int:
    """Return how often the address has been looked for."""
    return len(sim.requests("GET", "cdn-cgi/trace"))


def at_least(sim: Cloudflare, count: int) -> Callable[[], bool]:
    """Return the question whether so many rounds have begun."""
    return lambda: rounds(sim) >= count


def resting(pid: int) -> bool:
    """Whether the process sleeps outside of Python."""
    return b"DDNS_SLEEP=1?" in Path(f"/proc/{pid}/environ").read_bytes() and ") S " in stat(pid)


def stat(pid: int) -> str:
    """Return what the kernel says of a process."""
    return Path(f"/proc/{pid}/stat").read_text()


def test_a_stop_at_any_moment_is_heard(ddns: Program, sim: Cloudflare) -> None:
    """While it starts, works, falls asleep, sleeps and wakes: a stop always ends it, promptly and with 0."""
    chance = random.Random(5)  # noqa: S311 -- moments
    for _ in range(25 if FROZEN else 6):
        before = rounds(sim)
        child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s", QUIET="true")
        eventually(at_least(sim, before + 1))
        time.sleep(chance.random() * 1.5)
        stop(child)


def test_every_signal_is_heard_however_fast_they_come(ddns: Program, sim: Cloudflare) -> None:
    """Signals in a row start rounds or are part of one; none of them kills it, and the last address is published."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1h")
    eventually(at_least(sim, 1))
    for number in range(20):
        sim.set_address(f"9.9.9.{number + 20}")
        child.send_signal(signal.SIGHUP if number % 5 == 4 else signal.SIGUSR1)
        time.sleep(0.03)
    eventually(lambda: (HOME, "A", "9.9.9.39") in sim.records("example.org"))
    stop(child)


def test_what_it_knows_survives_the_rest(ddns: Program, sim: Cloudflare) -> None:
    """A steady round says so once and asks once a zone: nothing was forgotten. The process stays the same one."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s", LOG_ROUNDS="all")
    eventually(at_least(sim, 4))

    assert (HOME, "A", FOUR) in sim.records("example.org")
    assert len(sim.requests("GET", r"/zones\?")) == 1
    out = stop(child)
    assert out.count("Dormouse") == 1
    assert out.count("9.9.9.9") >= 4


@frozen_only
def test_asleep_it_is_nearly_nothing_and_stays_so(ddns: Program, sim: Cloudflare) -> None:
    """At most 200 kB resident, 24 kB its own; descriptors and environment do not grow from sleep to sleep."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s")
    eventually(at_least(sim, 2))
    eventually(lambda: resting(child.pid))
    sizes = [weigh(child.pid)]
    eventually(at_least(sim, 6))
    eventually(lambda: resting(child.pid))
    sizes.append(weigh(child.pid))

    for resident, anonymous, _, _ in sizes:
        assert resident <= 200
        assert anonymous <= 24
    assert sizes[0][2:] == sizes[1][2:]
    assert stat(child.pid).partition("(")[2].startswith(Path(program.COMMAND[0]).name[:15] + ")")
    stop(child)


@frozen_only
def test_a_healthcheck_needs_no_interpreter(ddns: Program) -> None:
    """It is answered where Python has no room; with an option Python is needed."""
    child = ddns.start(DOMAINS=HOME)
    eventually(lambda: ddns.healthy(DOMAINS=HOME))
    limited = [
        "prlimit",
        f"--as={Path(program.COMMAND[0]).stat().st_size + 3_000_000}",
        *program.COMMAND,
        "healthcheck",
    ]
    env = ddns.environ({"DOMAINS": HOME})
    yes = subprocess.run(limited, env=env, capture_output=True, text=True, check=False)
    assert (yes.returncode, yes.stdout) == (0, "healthy\n")
    assert subprocess.run([*limited, "--json"], env=env, capture_output=True, check=False).returncode != 0
    stop(child)


def weigh(pid: int) -> tuple[int, int, int, int]:
    """Return resident and anonymous kB, the number of descriptors, and the bytes of the environment."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split()[0]: int(line.split()[1]) for line in rollup}
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return sizes["Rss:"], sizes["Anonymous:"], descriptors, len(Path(f"/proc/{pid}/environ").read_bytes())


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run a copy of the program that may be thrown away."""
    copy = tmp_path / "copied-ddns"
    shutil.copy2(program.COMMAND[0], copy)
    monkeypatch.setattr(program, "COMMAND", [str(copy)])
    return copy


@frozen_only
def test_an_upgrade_on_disk_does_not_disturb_it(ddns: Program, sim: Cloudflare, copied: Path) -> None:
    """The file is replaced, then removed, while it sleeps: it goes on as what it was."""
    child = ddns.start(DOMAINS=HOME)
    eventually(lambda: resting(child.pid))
    other = copied.with_name("other")
    other.write_text("#!/bin/sh\nexit 9\n")
    other.chmod(0o755)
    other.replace(copied)
    child.send_signal(signal.SIGUSR1)
    eventually(at_least(sim, 2))
    eventually(lambda: resting(child.pid))
    copied.unlink()
    child.send_signal(signal.SIGUSR1)
    eventually(at_least(sim, 3))
    stop(child)


@frozen_only
@pytest.mark.skipif(os.getuid() != 0, reason="mounting needs root")
def test_on_a_mount_that_became_noexec_it_sleeps_in_python(ddns: Program, sim: Cloudflare, tmp_path: Path) -> None:
    """What cannot be executed again stays what it is: it says so once, and rounds go on."""
    place = tmp_path / "mount"
    place.mkdir()
    script = f"mount -t tmpfs none {place} && cp {program.COMMAND[0]} {place}/ddns && exec {place}/ddns"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "COMMAND", ["unshare", "-m", "sh", "-c", script])
        child = ddns.start(DOMAINS=HOME)
    eventually(lambda: resting(child.pid))
    enter = ["nsenter", "-t", str(child.pid), "-m"]
    subprocess.run([*enter, "mount", "-o", "remount,noexec", str(place)], check=True)
    for expected in (2, 3):
        child.send_signal(signal.SIGUSR1)
        eventually(at_least(sim, expected))
        time.sleep(0.3)
    assert stop(child).count("waiting in Python instead") == 1


@x86_only
@pytest.mark.parametrize("refused", ["memfd_create", "signalfd4", "timerfd_create", "netlink", "memfd_create,netlink"])
def test_refused_calls_cost_nothing_but_comfort(ddns: Program, sim: Cloudflare, refused: str) -> None:
    """Under a filter that refuses what resting wants, rounds are done on time, signals heard, the end is clean."""
    filtered = [sys.executable, "-m", "tests.fakes.seccomp", refused, *program.COMMAND]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "COMMAND", filtered)
        child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s")
    eventually(at_least(sim, 3))
    child.send_signal(signal.SIGUSR1)
    out = stop(child)

    assert (HOME, "A", FOUR) in sim.records("example.org")
    assert "unexpected" not in out
    if FROZEN and refused != "netlink":
        assert out.count("waiting in Python instead") == 1

"""Memory, CPU and size of the frozen program, against what it must reach and what it aims at.

One zone with two names, TLS to the simulator, a round every few seconds. Memory is VmHWM, VmRSS and RssAnon of the
process in /proc, in units of 1,000 times 1,024 bytes. CPU is of the whole process from one rest to the next, the first
round left out. The smallest memory limit is that of a control group, found by halving; it needs root.
Usage: bench/footprint [FILE]
"""

import gzip
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import limits  # noqa: E402 -- beside this file

from tests.fakes.cloudflare import Cloudflare  # noqa: E402 -- the clone is not installed anywhere

ROUNDS, EVERY = 10, 2
LIMITED = 12
"""Rounds in a row that a limit must allow."""
TICK = os.sysconf("SC_CLK_TCK")
ASLEEP = 1000
"""Whoever keeps fewer kB than this in memory sleeps outside of Python."""


class Row(NamedTuple):
    """One figure: what it is, its unit, and what it must be and should be at most."""

    title: str
    unit: str
    must: float
    aim: float


ROWS = (
    Row("resident asleep", "kB", 200, 100),
    Row("of it anonymous", "kB", 24, 12),
    Row("peak resident in a steady round", "MB", 16, 12),
    Row("CPU of a steady round", "ms", 60, 30),
    Row("compressed, roots and time zones inside", "MB", 3.6, 2.6),
    Row(f"smallest memory limit for {LIMITED} rounds", "MB", 24, 16),
)


def main() -> int:
    """Print the table; 1 when a figure is above what it must be."""
    binary = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist/ddns-linux-amd64").absolute()
    with Cloudflare(zones=("example.org",)) as sim:
        figures = [*live(binary, sim), len(gzip.compress(binary.read_bytes(), 9)) / 1e6, limit(binary, sim)]
    print(f"{binary.name}, {binary.stat().st_size / 1e6:.2f} MB, Linux {os.uname().release}\n")
    print("| | measured | must | aim |\n|---|---|---|---|")
    for row, found in zip(ROWS, figures, strict=True):
        print(
            f"| {row.title}, {row.unit} | {f'{found:.4g}' if found else 'not measured'} | {row.must:g} | {row.aim:g} |"
        )
    return any(found > row.must for row, found in zip(ROWS, figures, strict=True))


def environment(sim: Cloudflare) -> dict[str, str]:
    """Return the settings."""
    sim.set_address("9.9.9.9", "2620:fe::9")
    return {
        "CLOUDFLARE_API_TOKEN": sim.token,
        "CLOUDFLARE_API_BASE_URL": sim.base_url,
        "SSL_CERT_FILE": sim.ca_file,
        "DOMAINS": "a.example.org,b.example.org",
        "IP4_PROVIDER": f"cloudflare.trace:{sim.trace_url}",
        "IP6_PROVIDER": "none",
        "UPDATE_CRON": f"@every {EVERY}s",
    }


def live(binary: Path, sim: Cloudflare) -> list[float]:
    """Return resident and anonymous kB asleep, peak MB and CPU ms of a steady round."""
    child = subprocess.Popen([binary], env=environment(sim), stdout=subprocess.DEVNULL)
    try:
        memory = watch(child.pid, time.monotonic() + ROUNDS * EVERY)
        return [*memory, quietly(child.pid, sim)]
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait()


def watch(pid: int, until: float) -> list[float]:
    """Return the figures of memory; the first round ends with the first rest."""
    peak, resident, anonymous = 0, 0, 0
    while time.monotonic() < until:
        found = memory(pid)
        if found["VmRSS"] < ASLEEP:
            resident, anonymous = found["VmRSS"], found["RssAnon"]
        elif resident:
            peak = max(peak, found["VmHWM"])
        time.sleep(0.002)
    if not peak:
        sys.exit("it does not sleep outside of Python here; nothing can be measured")
    return [resident, anonymous, peak / 1000]


def memory(pid: int) -> dict[str, int]:
    """Return what the kernel says of a process, in kB."""
    said = Path(f"/proc/{pid}/status").read_text()
    return {name: int(value) for name, value in re.findall(r"^(VmHWM|VmRSS|RssAnon):\s+(\d+)", said, re.MULTILINE)}


def quietly(pid: int, sim: Cloudflare) -> float:
    """Return the CPU ms of a round, from rest to rest. Nobody looks meanwhile: that would cost the program time."""
    marks = []
    for pause in (0, ROUNDS * EVERY):
        time.sleep(pause)
        while memory(pid)["VmRSS"] >= ASLEEP:
            time.sleep(0.1)
        marks.append((cpu(pid), rounds(sim)))
    (before, first), (after, last) = marks
    return (after - before) * 1000 / (last - first)


def cpu(pid: int) -> float:
    """Return the seconds of CPU a process has used (fields 14 and 15 of its stat; proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rounds(sim: Cloudflare) -> int:
    """Return how often the address has been looked for."""
    return len(sim.requests("GET", "cdn-cgi/trace"))


def limit(binary: Path, sim: Cloudflare) -> int:
    """Return the smallest memory limit in MB; 0 where none can be set."""
    group = limits.find()
    if group is None:
        return 0
    env = {**environment(sim), "UPDATE_CRON": "@every 1s"}
    return limits.smallest(group, limits.Trial(binary, env, lambda: rounds(sim), LIMITED, 3 * LIMITED))


if __name__ == "__main__":
    sys.exit(main())

"""Memory, CPU, time and size of the frozen program, against what it must reach and what it aims at.

One zone with two names, TLS to the simulator, a round every few seconds. Memory is VmHWM, VmRSS and RssAnon of the
process in /proc, in units of 1,000 times 1,024 bytes. CPU is of the whole process from one rest to the next, the first
round left out. The first connect is that of a round, counted from the start of the process; of many the median. The
smallest memory limit is that of a control group, found by halving; it needs root. Several files are measured in turns.
Usage: bench/footprint [FILE…]
"""

import gzip
import os
import re
import signal
import socket
import statistics
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


STARTS = 25
"""Of which the median time to the first connect is taken."""


class Row(NamedTuple):
    """One figure: what it is, its unit, and what it must be and should be at most, without a snapshot and with one."""

    title: str
    unit: str
    plain: tuple[float, float]
    snapshot: tuple[float, float]


ROWS = (
    Row("resident asleep", "kB", (200, 100), (200, 100)),
    Row("of it anonymous", "kB", (24, 12), (24, 12)),
    Row("peak resident in a steady round", "MB", (17, 12), (10.5, 8)),
    Row("most anonymous in a steady round", "MB", (13, 11), (4.5, 3)),
    Row("CPU of a steady round", "ms", (60, 30), (20, 14)),
    Row("start to first connect", "ms", (64, 40), (15, 10)),
    Row("file", "MB", (10, 9), (21, 16)),
    Row("compressed, roots and time zones inside", "MB", (3.6, 2.6), (4.8, 4.2)),
    Row(f"smallest memory limit for {LIMITED} rounds", "MB", (24, 16), (12, 8)),
)


def main() -> int:
    """Print the table; 1 when a figure is above what it must be."""
    files = [Path(name).absolute() for name in sys.argv[1:]] or [ROOT / "dist/ddns-linux-amd64"]
    with Cloudflare(zones=("example.org",)) as sim:
        alive = [live(file, sim) for file in files]
        starts = connects(files, sim)
        sizes = [(file.stat().st_size / 1e6, len(gzip.compress(file.read_bytes(), 9)) / 1e6) for file in files]
        rows = [(*a, b, *c, limit(file, sim)) for file, a, b, c in zip(files, alive, starts, sizes, strict=True)]
    print(f"Linux {os.uname().release}; measured (must, aim)\n")
    print("| |", *(f"{file.name} |" for file in files), "\n|---|" + "---|" * len(files), sep="")
    wrong = 0
    for number, row in enumerate(ROWS):
        cells = []
        for file, figures in zip(files, rows, strict=True):
            must, aim = row.snapshot if has_snapshot(file) else row.plain
            found = figures[number]
            cells.append(f"{f'{found:.4g}' if found else 'not measured'} ({must:g}, {aim:g})")
            wrong += found > must
        print(f"| {row.title}, {row.unit} |", *(f"{cell} |" for cell in cells), sep=" ")
    return int(wrong > 0)


def has_snapshot(file: Path) -> bool:
    """Whether a file starts from a snapshot: its heap is mapped in many pieces (e_phnum of a 64-bit ELF file)."""
    return int.from_bytes(file.read_bytes()[56:58], "little") > 16  # a plain one has about ten


def connects(files: list[Path], sim: Cloudflare) -> list[float]:
    """Return the ms from the start of each program to its first connect, in turns."""
    quiet = subprocess.DEVNULL
    times: list[list[float]] = [[] for _ in files]
    for _ in range(STARTS):
        for file, own in zip(files, times, strict=True):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                url = f"https://127.0.0.1:{listener.getsockname()[1]}/cdn-cgi/trace"
                env = {**environment(sim), "IP4_PROVIDER": f"cloudflare.trace:{url}"}
                began = time.perf_counter()
                with subprocess.Popen([file, "run", "--once"], env=env, stdout=quiet, stderr=quiet) as child:
                    listener.accept()[0].close()
                    own.append((time.perf_counter() - began) * 1000)
                    child.kill()
    return [statistics.median(own) for own in times]


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
    """Return resident and anonymous kB asleep, peak and anonymous MB and CPU ms of a steady round."""
    child = subprocess.Popen([binary], env=environment(sim), stdout=subprocess.DEVNULL)
    try:
        memory = watch(child.pid, time.monotonic() + ROUNDS * EVERY)
        return [*memory, quietly(child.pid, sim)]
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait()


def watch(pid: int, until: float) -> list[float]:
    """Return the figures of memory; the first round ends with the first rest."""
    peak, resident, anonymous, most = 0, 0, 0, 0
    while time.monotonic() < until:
        found = memory(pid)
        if found["VmRSS"] < ASLEEP:
            resident, anonymous = found["VmRSS"], found["RssAnon"]
        elif resident:
            peak, most = max(peak, found["VmHWM"]), max(most, found["RssAnon"])
        time.sleep(0.002)
    if not peak:
        sys.exit("it does not sleep outside of Python here; nothing can be measured")
    return [resident, anonymous, peak / 1000, most / 1000]


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

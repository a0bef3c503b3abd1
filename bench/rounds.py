"""Requests, connections, CPU time and peak memory of whole rounds, first and steady, for 1, 20 and 1,000 names.

Then of two names in a zone that has 5,000 and 50,000 records of others.

Usage: python bench/rounds.py [command …]      (default: this Python, -m ddns; e.g. dist/ddns-linux-amd64)

Each figure is of one process that does one round (`run --once`) against the simulator on loopback, over TLS: start,
configuration, detection, reading, writing, exit. Medians of five. It prints; it judges nothing.
"""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fakes.cloudflare import Cloudflare  # noqa: E402 -- the clone is not installed anywhere

RUNS = 5
SIZES = ((1, 1, 0), (20, 1, 0), (1000, 20, 0), (2, 1, 0), (2, 1, 5_000), (2, 1, 50_000))
"""Names, zones, and records of others in the first of them."""


class Figures(NamedTuple):
    """What one round took. CPU in milliseconds, memory in MB (10^6 bytes)."""

    requests: int
    connections: int
    cpu: float
    memory: float


WATCHER = """
import os, sys
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
os.write(int(sys.argv[1]), f"{status} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}".encode())
"""
"""Starts the program from a process smaller than it: a child's peak memory counts that of its parent at the start."""


def one_round(command: list[str], env: dict[str, str], sim: Cloudflare, *, fails: bool = False) -> Figures:
    """Run one round and return its figures. ``fails``: it may fail."""
    before = len(sim.log)
    told, tell = os.pipe()
    with tempfile.TemporaryFile() as out:
        watcher = [sys.executable, "-I", "-S", "-c", WATCHER, str(tell), *command, "run", "--once"]
        subprocess.run(watcher, env=env, cwd=ROOT, stdout=out, stderr=out, pass_fds=(tell,), check=True)
        status, cpu, memory = os.read(told, 100).decode().split()
        if int(status) and not fails:
            out.seek(0)
            sys.exit(f"the round failed: {out.read().decode()[-2000:]}")
    os.close(told)
    os.close(tell)
    asked = sim.log[before:]
    connections = len({call.connection for call in asked})
    return Figures(len(asked), connections, float(cpu) * 1000, int(memory) * 1024 / 1e6)


def fill(sim: Cloudflare, zone: str, count: int) -> None:
    """Put records of others into a zone, without a request for each."""
    records = sim.zone(zone).records
    like = records[sim.add_record(zone, "A", f"other.{zone}", "192.0.2.1")] if count else {}
    for number in range(count - 1):
        name, content = f"h{number}.{zone}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        own_id = f"{zone} {number}"
        records[own_id] = {**like, "id": own_id, "name": name, "content": content}


def measure(command: list[str], names: int, zones: int, others: int) -> list[tuple[str, list[Figures]]]:
    """Return the figures of first and of steady rounds."""
    first: list[Figures] = []
    steady: list[Figures] = []
    for _ in range(RUNS):
        with Cloudflare(zones=tuple(f"zone{n}.example" for n in range(zones))) as sim:
            sim.set_address("9.9.9.9", "2620:fe::9")
            fill(sim, "zone0.example", others)
            env = {
                "PATH": os.environ.get("PATH", ""),
                "CLOUDFLARE_API_TOKEN": sim.token,
                "CLOUDFLARE_API_BASE_URL": sim.base_url,
                "SSL_CERT_FILE": sim.ca_file,
                "DOMAINS": ",".join(f"n{n}.zone{n % zones}.example" for n in range(names)),
                "IP4_PROVIDER": f"cloudflare.trace:{sim.trace_url}",
                "IP6_PROVIDER": "none",
                "PYTHONDONTWRITEBYTECODE": "",
            }
            first.append(one_round(command, env, sim))
            steady.append(one_round(command, env, sim))
    return [("first", first), ("steady", steady)]


def main() -> None:
    """Print the table."""
    command = sys.argv[1:] or [sys.executable, "-m", "ddns"]
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release()}, {' '.join(command)}\n")
    print("| names | zones | records of others | round | requests | connections | CPU ms | peak RSS MB |")
    print("|---|---|---|---|---|---|---|---|")
    for names, zones, others in SIZES:
        for title, rows in measure(command, names, zones, others):
            columns = [median(column) for column in zip(*rows, strict=True)]
            figures = f"{columns[0]:.0f} | {columns[1]:.0f} | {columns[2]:.0f} | {columns[3]:.1f}"
            print(f"| {names:,} | {zones} | {others:,} | {title} | {figures} |", flush=True)


if __name__ == "__main__":
    main()

"""Memory, CPU and size of the frozen program, against what it must reach and what it aims at.

One zone with two names, TLS to the simulator, a round every few seconds. Memory is VmHWM, VmRSS and RssAnon of the
process in /proc; CPU is of the whole process, divided by its rounds (the first, which creates the records, is one).
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

from tests.fakes.cloudflare import Cloudflare  # noqa: E402 -- the clone is not installed anywhere

ROUNDS, EVERY = 6, 3


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
)


def main() -> int:
    """Print the table; 1 when a figure is above what it must be."""
    binary = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist/ddns-linux-amd64").absolute()
    figures = [*live(binary), len(gzip.compress(binary.read_bytes(), 9)) / 1e6]
    print(f"{binary.name}, {binary.stat().st_size / 1e6:.2f} MB, Linux {os.uname().release}\n")
    print("| | measured | must | aim |\n|---|---|---|---|")
    for row, found in zip(ROWS, figures, strict=True):
        print(f"| {row.title}, {row.unit} | {found:.4g} | {row.must:g} | {row.aim:g} |")
    return any(found > row.must for row, found in zip(ROWS, figures, strict=True))


def live(binary: Path) -> list[float]:
    """Return resident and anonymous kB asleep, peak MB and CPU ms of a round."""
    with Cloudflare(zones=("example.org",)) as sim:
        sim.set_address("9.9.9.9", "2620:fe::9")
        env = {
            "CLOUDFLARE_API_TOKEN": sim.token,
            "CLOUDFLARE_API_BASE_URL": sim.base_url,
            "SSL_CERT_FILE": sim.ca_file,
            "DOMAINS": "a.example.org,b.example.org",
            "IP4_PROVIDER": f"cloudflare.trace:{sim.trace_url}",
            "IP6_PROVIDER": "none",
            "UPDATE_CRON": f"@every {EVERY}s",
        }
        child = subprocess.Popen([binary], env=env, stdout=subprocess.DEVNULL)
        peak, resident, anonymous = watch(child.pid, time.monotonic() + ROUNDS * EVERY - EVERY / 2)
        child.send_signal(signal.SIGTERM)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
    return [resident, anonymous, peak / 1000, (usage.ru_utime + usage.ru_stime) * 1000 / ROUNDS]


def watch(pid: int, until: float) -> tuple[float, float, float]:
    """Return the highest peak in kB after the first rest, and the resident and anonymous kB of the last rest."""
    peak, rested, resident, anonymous = 0, False, 0, 0
    while time.monotonic() < until:
        said = Path(f"/proc/{pid}/status").read_text()
        found = {name: int(value) for name, value in re.findall(r"^(VmHWM|VmRSS|RssAnon):\s+(\d+)", said, re.MULTILINE)}
        if found["VmRSS"] < 1000:
            rested, resident, anonymous = True, found["VmRSS"], found["RssAnon"]
        elif rested:
            peak = max(peak, found["VmHWM"])
        time.sleep(0.001)
    return peak, resident, anonymous


if __name__ == "__main__":
    sys.exit(main())

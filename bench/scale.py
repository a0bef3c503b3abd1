"""What one process costs with 10,000 and 100,000 names, and what becomes of more zones than the limit allows.

Usage: python bench/scale.py [command …]      (default: this Python, -m ddns; e.g. dist/ddns-linux-amd64)

Each figure is of one process that does one round (`run --once`, with STATE_FILE) against the simulator on loopback,
over TLS. The simulated limit is Cloudflare's: 1,200 requests in five minutes, counted anew for each round. The last
part has 1,500 zones, more than one round may look at; between its rounds five minutes are taken to have passed (the
block in the state file is removed). It prints; it judges nothing. About fifteen minutes, most of it the last part.
"""

import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rounds import Figures, fill, one_round  # noqa: E402 -- beside this file

from tests.fakes.cloudflare import Cloudflare  # noqa: E402 -- the clone is not installed anywhere

FIRST, SECOND = ("9.9.9.9", "2620:fe::9"), ("149.112.112.112", "2620:fe::fe")


class Size(NamedTuple):
    """How many names in how many zones, for how many families, and how many records of others beside them."""

    names: int
    zones: int
    families: int = 1
    others: int = 0


SIZES = (
    Size(10_000, 500),
    Size(10_000, 500, families=2),
    Size(10_000, 500, others=90_000),
    Size(100_000, 500),
)
MANY = Size(1_500, 1_500)


class Trial:
    """A simulator with zones and a configuration in a file: so many names do not fit in the environment."""

    def __init__(self, sim: Cloudflare, folder: Path, command: list[str], size: Size) -> None:
        """Write the configuration."""
        names = [f"n{number}.{zone_of(number, size)}" for number in range(size.names)]
        (folder / "config.json").write_text(json.dumps({"domains": names}), "utf-8")
        for number in range(size.zones if size.others else 0):
            fill(sim, zone_of(number, size), size.others // size.zones)
        self.sim = sim
        self.command = command
        self.state = folder / "state.json"
        self.env = {
            "PATH": os.environ.get("PATH", ""),
            "CLOUDFLARE_API_TOKEN": sim.token,
            "CLOUDFLARE_API_BASE_URL": sim.base_url,
            "SSL_CERT_FILE": sim.ca_file,
            "CONFIG_PATH": str(folder),
            "STATE_FILE": str(self.state),
            "IP4_PROVIDER": f"cloudflare.trace:{sim.trace_url}",
            "IP6_PROVIDER": f"cloudflare.trace:{sim.trace_url}" if size.families == 2 else "none",
        }

    def round(self, address: tuple[str, str], *, fails: bool = False) -> tuple[Figures, float]:
        """Do a round with the limit counted anew; return its figures and its seconds."""
        self.sim.set_address(*address)
        self.sim.refill()
        began = time.monotonic()
        return one_round(self.command, self.env, self.sim, fails=fails), time.monotonic() - began

    def five_minutes(self) -> bool:
        """Take five minutes to have passed; return whether the round before was stopped by the limit."""
        kept = json.loads(self.state.read_text("utf-8"))
        blocked = bool(kept["blocked_until"])
        self.state.write_text(json.dumps({**kept, "blocked_until": 0}), "utf-8")
        return blocked


def zone_of(number: int, size: Size) -> str:
    """Return the zone of a name."""
    return f"zone{number % size.zones}.example"


def measure(command: list[str], size: Size) -> None:
    """Print a row for a first round, a steady one, one with a changed address."""
    zones = tuple(zone_of(number, size) for number in range(size.zones))
    with Cloudflare(zones) as sim, tempfile.TemporaryDirectory() as folder:
        trial = Trial(sim, Path(folder), command, size)
        for title, address in (("first", FIRST), ("steady", FIRST), ("changed", SECOND)):
            figures, seconds = trial.round(address)
            records = sum(len(zone.records) for zone in sim.world.zones.values())
            row = f"{size.names:,} | {size.zones:,} | {records:,} | {title} | {figures.requests:,} | {seconds:.1f}"
            size_of_state = trial.state.stat().st_size / 1e6
            print(f"| {row} | {figures.cpu / 1000:.1f} | {figures.memory:.1f} | {size_of_state:.1f} |", flush=True)


def beyond(command: list[str]) -> None:
    """Print what each round gets done where the limit stops it, until none is stopped, then of steady rounds."""
    zones = tuple(zone_of(number, MANY) for number in range(MANY.zones))
    with Cloudflare(zones) as sim, tempfile.TemporaryDirectory() as folder:
        trial = Trial(sim, Path(folder), command, MANY)
        for number in range(1, 7):
            before = len(sim.log)
            figures, seconds = trial.round(FIRST, fails=True)
            published = sum(bool(zone.records) for zone in sim.world.zones.values())
            read = len({call.path for call in sim.log[before:] if call.path.endswith("/dns_records")})
            refused = sum(answer.status == 429 for _, answer in sim.answered)
            stopped = "the limit" if trial.five_minutes() else "—"
            row = f"{number} | {figures.requests:,} | {read:,} | {published:,} | {stopped} | {refused} | {seconds:.0f}"
            print(f"| {row} |", flush=True)


def main() -> None:
    """Print both tables."""
    command = sys.argv[1:] or [sys.executable, "-m", "ddns"]
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release()}, {' '.join(command)}\n")
    print("| names | zones | records | round | requests | seconds | CPU s | peak RSS MB | state MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size in SIZES:
        measure(command, size)
    print(f"\n{MANY.names:,} names in as many zones:\n")
    print("| round | requests | zones read | zones published so far | stopped by | answers 429 so far | seconds |")
    print("|---|---|---|---|---|---|---|")
    beyond(command)


if __name__ == "__main__":
    main()

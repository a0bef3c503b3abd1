"""A real round of the real program, over HTTPS, against the bundled Cloudflare simulator on loopback.

Shows the plan, a first run, a steady run, a changed address, a manual edit that is repaired, an address that is not
known, and one round over records, a WAF list, a Gateway location and an Access group. Exits 1 when anything does not
come out as it should.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fakes import cf_places  # noqa: E402 -- the clone is not installed anywhere
from tests.fakes.cloudflare import Cloudflare  # noqa: E402 -- likewise

NAMES = "home.example.org, *.home.example.org, 🐱.example.net"
FIRST, SECOND = "9.9.9.9", "149.112.112.112"


class Demo:
    """One simulator, one configuration, and what was expected but did not come."""

    def __init__(self, sim: Cloudflare, folder: Path) -> None:
        """Write the token to a file, as one should."""
        token = folder / "token"
        token.write_text(sim.token, "utf-8")
        token.chmod(0o600)
        self.sim = sim
        self.wrong = 0
        self.env = {
            "CLOUDFLARE_API_TOKEN_FILE": str(token),
            "CLOUDFLARE_API_BASE_URL": sim.base_url,
            "SSL_CERT_FILE": sim.ca_file,
            "DOMAINS": NAMES,
            "IP4_PROVIDER": f"cloudflare.trace:{sim.trace_url}",
            "IP6_PROVIDER": "none",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, title: str, *args: str, expect: int, **env: str) -> None:
        """Run the program once and show what it says, and what the zone then holds."""
        before = len(self.sim.log)
        print(f"\n── {title}\n$ ddns {' '.join(args)}", flush=True)
        command = [sys.executable, "-m", "ddns", *args]
        code = subprocess.run(command, env={**self.env, **env}, cwd=self.folder(), check=False).returncode  # noqa: S603 -- our own program
        asked = [call.method for call in self.sim.log[before:]]
        print(f"   exit {code}; {len(asked)} requests on {self.connections(before)} connection(s)")
        if code != expect:
            self.wrong += 1
            print(f"   this should have been exit {expect}")

    def connections(self, since: int) -> int:
        """Return how many connections the requests since then came over."""
        return len({call.connection for call in self.sim.log[since:]})

    def folder(self) -> Path:
        """Return a folder without a configuration file of the reader's own."""
        return Path(self.env["CLOUDFLARE_API_TOKEN_FILE"]).parent

    def show(self) -> None:
        """Print what the zones hold."""
        for zone in ("example.org", "example.net"):
            for name, type_, content in self.sim.records(zone):
                print(f"   Cloudflare has: {name} {type_} {content}")


def every_place(demo: Demo, address: str) -> None:
    """Move to another address with places beside records: one round keeps them all."""
    world, account = demo.sim.world, demo.sim.account
    home = cf_places.location(world, account, "Home", f"{SECOND}/32", "198.51.100.0/24")
    office = cf_places.group(world, account.groups, "Office", {"ip": {"ip": SECOND}}, {"everyone": {}})
    places = {
        "WAF_LISTS": f"{account.id}/home_network",
        "GATEWAY_LOCATIONS": f"{account.id}/Home{{keep=[198.51.100.0/24]}}",
        "ACCESS_GROUPS": f"{account.id}/Office",
    }
    demo.sim.set_address(address)
    demo.run("Records, a WAF list, a Gateway location and an Access group: the plan", "plan", expect=3, **places)
    demo.run("One round over all of them", "run", "--once", expect=0, **places)
    demo.show()
    print(f"   Cloudflare has: location Home {[row['network'] for row in home['networks']]}")
    print(f"   Cloudflare has: group Office {office['include']}")
    demo.run("And nothing is left to do", "plan", expect=0, **places)


def main() -> int:
    """Play the scenes in order."""
    with Cloudflare(zones=("example.org", "example.net")) as sim, tempfile.TemporaryDirectory() as folder:
        sim.set_address(FIRST)
        demo = Demo(sim, Path(folder))
        print(f"A simulated Cloudflare with the zones example.org and example.net is at {sim.base_url}")
        demo.run("What would be done", "plan", expect=3)
        demo.run("First run", "run", "--once", expect=0)
        demo.show()
        demo.run("Steady run: nothing changed", "run", "--once", expect=0)
        sim.set_address(SECOND)
        demo.run("The address changed", "run", "--once", expect=0)
        demo.show()
        sim.record("example.org", "home.example.org")["content"] = "192.0.2.1"
        demo.run("Somebody edited a record by hand", "run", "--once", expect=0)
        demo.run("No address known: nothing is changed", "run", "--once", expect=1, IP4_PROVIDER="debug.unavailable")
        demo.show()
        demo.run("And nothing is left to do", "plan", expect=0)
        every_place(demo, FIRST)
        return 1 if demo.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

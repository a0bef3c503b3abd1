"""What the program does on a machine: rounds over its network, sleep, each way to be woken, stop, and what it keeps."""

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from machines.guest import PER_MS, Guest
from tests.fakes.cloudflare import Cloudflare

_HOST = "10.0.2.2"
"""The machine that qemu runs on, as seen from inside (qemu's user network)."""
_ADDRESS = "10.0.2.15/24"
_NAME = "api.cloudflare.com"
"""One of those in the certificate of the simulator; the machine's /etc/hosts gives it the address above."""
_RECORD = "a.example.org"
_PROMPT = 2.0
"""Seconds from SIGTERM to the end that users are promised."""
_MOST_PAGES = 6
"""Anonymous pages that it may keep asleep: 24 kB on most machines."""
_MOST_RESIDENT = 200
"""kB that it may keep in memory asleep, where pages have 4 kB."""
_PAGE = 4
_TICK_MS = 10
_ROUNDS = 5
"""How many rounds the instructions are counted in."""


class Figures(NamedTuple):
    """What was measured: kB, MB, millions of instructions, seconds of the machine's clock (``guest.PER_MS``)."""

    kernel: str = ""
    page: int = 0
    resident: int = 0
    anonymous: int = 0
    peak: float = 0.0
    instructions: float = 0.0
    first: float = 0.0
    stop: float = 0.0


def files(program: Path, sim: Cloudflare) -> dict[str, bytes]:
    """Return what a machine holds: the program, the root of the simulator, settings and names."""
    origin = f"https://{_NAME}:{sim.port}"
    settings = {
        "CLOUDFLARE_API_TOKEN": sim.token,
        "CLOUDFLARE_API_BASE_URL": f"{origin}/client/v4",
        "SSL_CERT_FILE": "/ca.pem",
        "DOMAINS": _RECORD,
        "IP4_PROVIDER": f"cloudflare.trace:{origin}/cdn-cgi/trace",
        "IP6_PROVIDER": "none",
        "EMOJI": "false",
        "UPDATE_CRON": "@every 1h",
    }
    return {
        "ddns": program.read_bytes(),
        "ca.pem": Path(sim.ca_file).read_bytes(),
        "settings": "".join(f"export {name}='{value}'\n" for name, value in settings.items()).encode(),
        "etc/hosts": f"127.0.0.1 localhost\n{_HOST} {_NAME}\n".encode(),
    }


def settle(guest: Guest) -> list[str]:
    """Set the clock, which a board without a battery does not have, and bring up the network."""
    guest.sh(f"date -u -s @{int(time.time())}")
    guest.sh(". /settings")
    find = 'n=$(ls /sys/class/net | grep -v "^lo$" | grep -v "^sit\\|^tunl\\|^dummy" | head -1); [ -n "$n" ]'
    if not guest.until(lambda: guest.sh(find).code == 0, 60):
        return ["there is no network interface"]
    up = (
        f'ip link set lo up; ip link set "$n" up && ip addr add {_ADDRESS} dev "$n" && ip route add default via {_HOST}'
    )
    found = guest.sh(up)
    return [f"the network does not come up: {found.out}"] if found.code else []


class Running:
    """``ddns run`` in a machine, from its start to its end."""

    def __init__(self, guest: Guest, sim: Cloudflare, before: str = "") -> None:
        """Start it; ``before``: further settings."""
        self._guest = guest
        self._sim = sim
        self._before = self._asked
        self.began = guest.seconds()
        guest.sh(f"{before} /ddns run >/log 2>&1 & pid=$!")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no process behind, unless the machine is lost."""
        if error is None:
            self._guest.sh("kill -9 $pid 2>/dev/null; wait $pid; true")

    @property
    def _asked(self) -> int:
        return len(self._sim.requests("GET", "cdn-cgi/trace"))

    @property
    def rounds(self) -> int:
        """Return how many rounds have begun since the start."""
        return self._asked - self._before

    @property
    def log(self) -> str:
        """Return the end of what it said."""
        return self._guest.sh("tail -n 12 /log").out.strip()[-600:]

    def after(self, count: int) -> bool:
        """Wait until so many rounds have begun."""
        return self._guest.until(lambda: self.rounds >= count)

    def asleep(self) -> bool:
        """Wait until it rests outside of Python."""
        line = "tr '\\0' '\\n' </proc/$pid/environ | grep -q '^DDNS_SLEEP=1?' && grep -q '^State:.S' /proc/$pid/status"
        return self._guest.until(lambda: self._guest.sh(line).code == 0)

    def memory(self) -> dict[str, int]:
        """Return Rss, Anonymous and the size of a page, in kB; nothing when they cannot be read."""
        out = self._guest.sh("cat /proc/$pid/smaps_rollup; grep -m 1 KernelPageSize /proc/$pid/smaps").out
        found = re.findall(r"^(Rss|Anonymous|KernelPageSize):\s+(\d+) kB", out, re.MULTILINE)
        return {name: int(size) for name, size in found}

    def cpu_ms(self) -> int:
        """Return the CPU time of the process so far."""
        fields = self._guest.sh("cat /proc/$pid/stat").out.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _TICK_MS if len(fields) > 12 else 0

    def peak_kb(self) -> int:
        """Return the most memory that it has had since it was executed."""
        found = re.search(r"VmHWM:\s+(\d+)", self._guest.sh("cat /proc/$pid/status").out)
        return int(found[1]) if found else 0

    def stop(self) -> tuple[list[str], float]:
        """Stop it; return what was not as it should be, and how many seconds it took."""
        now = "cut -d ' ' -f 1 /proc/uptime"
        words = self._guest.sh(f"{now}; kill -TERM $pid; wait $pid; c=$?; {now}; echo $c").out.split()
        took, code = float(words[1]) - float(words[0]), int(words[2])
        wrong = [f"exit {code} instead of 0"] * (code != 0)
        return wrong + [f"the stop took {took:.1f} s"] * (took > _PROMPT), took


class Trial:
    """The checks of one program on one machine, in order; what is measured on the way is in ``figures``."""

    def __init__(self, guest: Guest, sim: Cloudflare, version: str) -> None:
        """Take a machine that has settled."""
        self._guest = guest
        self._sim = sim
        self._version = version
        self.figures = Figures(kernel=guest.sh("uname -r").out.strip())

    def cases(self) -> Mapping[str, Callable[[], list[str]]]:
        """Return the checks by their titles."""
        return {
            "--version": self.says_version,
            "a first round over TLS; sleeps; an address, a signal and a stop wake it": self.wakes,
            "time wakes it, and a changed address is written": self.updates,
            "waits in Python when told to": self.awake,
        }

    def says_version(self) -> list[str]:
        """Check that the version is that of the sources."""
        found = self._guest.sh("/ddns --version")
        return [f"exit {found.code}: {found.out}"] * (found.code != 0 or self._version not in found.out)

    def wakes(self) -> list[str]:
        """Check the first round, the sleep, everything but time that wakes it, and the questions from beside."""
        guest = self._guest
        with Running(guest, self._sim) as program:
            wrong = ["no first round"] * (not program.after(1))
            wrong += ["no record"] * (not guest.until(lambda: self._content() == ["9.9.9.9"], 60))
            self.figures = self.figures._replace(first=guest.seconds() - program.began)
            wrong += ["it does not sleep outside of Python"] * (not program.asleep())
            wrong += self._weight(program) + self._questions()
            guest.sh('ip addr add 192.0.2.77/32 dev "$n"')
            wrong += ["an address of the interface does not start a round"] * (not program.after(2))
            wrong += ["no rest after it"] * (not program.asleep())
            guest.sh("kill -USR1 $pid")
            wrong += ["SIGUSR1 does not start a round"] * (not program.after(3))
            wrong += ["no rest after it"] * (not program.asleep())
            return self._ended(program, wrong)

    def updates(self) -> list[str]:
        """Check rounds by the clock; count their instructions."""
        guest = self._guest
        with Running(guest, self._sim, "UPDATE_CRON='@every 5s'") as program:
            wrong = ["no first rest"] * (not (program.after(1) and program.asleep()))
            self._sim.set_address("9.9.9.10")
            wrong += ["the address is not updated"] * (not guest.until(lambda: self._content() == ["9.9.9.10"]))
            wrong += ["no rest after it"] * (not program.asleep())
            before, count = program.cpu_ms(), program.rounds
            wrong += ["time does not wake it"] * (not (program.after(count + _ROUNDS) and program.asleep()))
            spent = (program.cpu_ms() - before) / max(1, program.rounds - count)
            self.figures = self.figures._replace(instructions=spent * PER_MS / 1e6)
            wrong += self._weight(program)
            return self._ended(program, wrong)

    def awake(self) -> list[str]:
        """Check that it waits in Python with DDNS_HIBERNATE=false; measure its peak."""
        with Running(self._guest, self._sim, "DDNS_HIBERNATE=false UPDATE_CRON='@every 2s'") as program:
            wrong = ["no rounds"] * (not program.after(3))
            self.figures = self.figures._replace(peak=program.peak_kb() / 1000)
            return self._ended(program, wrong)

    def _content(self) -> list[str]:
        return [content for name, _, content in self._sim.records("example.org") if name == _RECORD]

    def _weight(self, program: Running) -> list[str]:
        found = program.memory()
        if len(found) != 3:
            return ["its memory cannot be read"]
        page, resident, anonymous = found["KernelPageSize"], found["Rss"], found["Anonymous"]
        self.figures = self.figures._replace(page=page, resident=resident, anonymous=anonymous)
        wrong = [f"Anonymous is {anonymous} kB, more than {_MOST_PAGES} pages"] * (anonymous > _MOST_PAGES * page)
        return wrong + [f"Rss is {resident} kB"] * (resident > _MOST_RESIDENT * page // _PAGE)

    def _questions(self) -> list[str]:
        health, status = self._guest.sh("/ddns healthcheck"), self._guest.sh("/ddns status --json")
        wrong = [f"healthcheck: exit {health.code}: {health.out}"] * (health.code != 0)
        try:
            json.loads(status.out)
        except ValueError:
            return [*wrong, f"status --json says: {status.out[-300:]}"]
        return wrong + [f"status: exit {status.code}"] * (status.code != 0)

    def _ended(self, program: Running, wrong: list[str]) -> list[str]:
        found, took = program.stop()
        self.figures = self.figures._replace(stop=max(took, self.figures.stop))
        wrong += found
        return [*wrong, f"it said: {program.log}"] if wrong else []

"""What the program does, in a root file system that holds nothing but the program and cannot be written."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from freezer.errors import FreezeError
from freezer.recipe import version

from ddns.jsonio import MOST_KEYS
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import answer
from tests.fakes.tls import Authority

SECONDS = 120
"""After which a run hangs; an emulator on a busy machine needs some."""
_MOUNT = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && '
PROC = 'mount -t proc proc "$1/proc" && '
"""Containers have /proc. Resting outside of Python needs it; all else must do without."""
DATA = 'mount --bind "$2" "$1/data" && '
"""A folder that can be written."""


class Result(NamedTuple):
    """How a run ended, and what it said."""

    code: int
    out: str


class Place:
    """An empty root with the program in it, the roots of two simulators, and a Cloudflare on loopback."""

    def __init__(self, binary: Path, emulator: Sequence[str]) -> None:
        """FreezeError: no namespace can be made here."""
        self.root = Path(tempfile.mkdtemp(prefix="ddns-verify-"))
        self.root.chmod(0o755)
        shutil.copy(binary, self.root / "ddns")
        self.command = ["/ddns"]
        if emulator:
            shutil.copy(emulator[0], self.root / "qemu")
            self.command = ["/qemu", *emulator[1:], "/ddns"]
        self.emulated = bool(emulator)
        for folder in ("proc", "data"):
            (self.root / folder).mkdir()
        self.data = Path(tempfile.mkdtemp(prefix="ddns-verify-data-"))
        self.data.chmod(0o777)
        self.sim = Cloudflare(zones=("example.org",))
        self.sim.set_address("9.9.9.9", "2620:fe::9")
        shutil.copy(self.sim.ca_file, self.root / "ca.pem")
        (self.root / "other.pem").write_bytes(Authority().pem)
        (self.root / "empty.pem").touch()
        if subprocess.run([*self.unshare(), "true"], check=False, capture_output=True).returncode:
            self.close()
            raise FreezeError("no mount namespace can be made here; run it as root")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing behind."""
        self.close()

    def close(self) -> None:
        """Stop the simulator, remove the root."""
        self.sim.close()
        for folder in (self.root, self.data):
            shutil.rmtree(folder, ignore_errors=True)

    def unshare(self) -> list[str]:
        """Return the command that makes namespaces for mounts and processes; we are PID 1 in them."""
        return ["unshare", *([] if os.geteuid() == 0 else ["-r"]), "--mount", "--pid", "--fork", "--kill-child"]

    def argv(self, args: Sequence[str], mounts: str = "") -> list[str]:
        """Return the command that runs the program as user 1000 in its read-only root, as PID 1."""
        user = ["--userspec=1000:1000"] if os.geteuid() == 0 else []
        script = f'{_MOUNT}{mounts}root=$1 && shift 2 && exec chroot {" ".join(user)} "$root" "$@"'
        return [*self.unshare(), "sh", "-c", script, "sh", str(self.root), str(self.data), *self.command, *args]

    def env(self, **extra: str) -> dict[str, str]:
        """Return the settings of a good round; an empty value takes one away."""
        good = {
            "PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            "CLOUDFLARE_API_TOKEN": self.sim.token,
            "CLOUDFLARE_API_BASE_URL": self.sim.base_url,
            "SSL_CERT_FILE": "/ca.pem",
            "DOMAINS": "a.example.org,b.example.org",
            "IP4_PROVIDER": f"cloudflare.trace:{self.sim.trace_url}",
            "IP6_PROVIDER": "none",
            "EMOJI": "false",
        }
        return {name: value for name, value in {**good, **extra}.items() if value}

    def started(self, *args: str, **extra: str) -> "subprocess.Popen[bytes]":
        """Start the program; what it says is lost."""
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(self.argv(args), env=self.env(**extra), stdout=nowhere, stderr=nowhere)

    def run(self, *args: str, mounts: str = "", **extra: str) -> Result:
        """Run the program to its end."""
        done = subprocess.run(
            self.argv(args, mounts), env=self.env(**extra), capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return Result(done.returncode, done.stdout + done.stderr)


def expect(result: Result, code: int, *texts: str) -> list[str]:
    """Return what is not as expected."""
    wrong = [] if result.code == code else [f"exit {result.code} instead of {code}"]
    wrong += [f"does not say {text!r}" for text in texts if text not in result.out]
    return [*wrong, f"it said: {result.out.strip()[-400:]}"] if wrong else []


def says_version(place: Place) -> list[str]:
    """Check that the version is that of the sources."""
    return expect(place.run("--version"), 0, f"ddns {version()}")


def settings(place: Place) -> list[str]:
    """Check a good configuration (0) and bad ones (2), none of them with a request."""
    before = len(place.sim.log)
    wrong = expect(place.run("check"), 0) + expect(place.run("check", DOMAINS=""), 2)
    wrong += expect(place.run("--no-such-option"), 2)
    return wrong + ["it asked Cloudflare"] * (len(place.sim.log) != before)


def zones(place: Place) -> list[str]:
    """Check that a cron expression knows the time zones, though there is no file of them."""
    good = place.run("check", UPDATE_CRON="0 4 * * *", TZ="Europe/Berlin")
    own = place.run("check", UPDATE_CRON="CRON_TZ=America/Los_Angeles 0 4 * * *")
    bad = place.run("check", UPDATE_CRON="0 4 * * *", TZ="Mars/Olympus")
    return expect(good, 0) + expect(own, 0) + expect(bad, 2, "Mars/Olympus")


def rounds(place: Place) -> list[str]:
    """Check that a round creates, the next has nothing to do, and a plan says so."""
    wrong = expect(place.run("plan"), 3)
    wrong += expect(place.run("run", "--once"), 0, "9.9.9.9") + expect(place.run("run", "--once"), 0)
    wrong += expect(place.run("plan"), 0)
    names = sorted(record[0] for record in place.sim.records("example.org"))
    return wrong + [f"the zone holds {names}"] * (names != ["a.example.org", "b.example.org"])


def names(place: Place) -> list[str]:
    """Check that idna, punycode and the Unicode tables are inside."""
    result = place.run("run", "--once", DOMAINS="bücher.example.org, 例え.example.org, 🐱.example.org")
    return expect(result, 0)


def state(place: Place) -> list[str]:
    """Check that STATE_FILE, where a folder can be written, is all that is, and that steady rounds leave it alone."""
    path = place.data / "state.json"
    wrong = expect(place.run("run", "--once", mounts=DATA, STATE_FILE="/data/state.json"), 0)
    written = path.stat().st_mtime_ns if path.exists() else 0
    wrong += expect(place.run("run", "--once", mounts=DATA, STATE_FILE="/data/state.json"), 0)
    found = sorted(each.name for each in place.data.iterdir())
    wrong += [f"the folder holds {found}"] * (found != ["state.json"])
    wrong += ["a steady round wrote it again"] * (bool(written) and path.stat().st_mtime_ns != written)
    return wrong + ["the token is in it"] * (place.sim.token in path.read_text())


def keys(place: Place) -> list[str]:
    """Check that an answer with more different keys than any real one is refused (docs/design/snapshot.md)."""
    wrong = []
    for count, text in ((MOST_KEYS - 10, "no zone"), (MOST_KEYS, "is not in the form of the API")):
        extra = {f"key {number}": None for number in range(count)}
        body = {"success": True, "errors": [], "messages": [], "result": [], "extra": extra}
        with Cloudflare(zones=("example.org",)) as sim:
            (place.root / "keys.pem").write_bytes(Path(sim.ca_file).read_bytes())
            sim.fault(answer(json.dumps(body), path="/zones", times=0))
            own = {"SSL_CERT_FILE": "/keys.pem", "CLOUDFLARE_API_BASE_URL": sim.base_url}
            wrong += expect(place.run("run", "--once", IP4_PROVIDER="static:9.9.9.9", **own), 1, text)
    return wrong


Case = Callable[[Place], list[str]]
"""A check: what is wrong, one line each."""
CASES: dict[str, Case] = {
    "--version": says_version,
    "exit codes of good and bad settings": settings,
    "time zones without files of them": zones,
    "rounds over TLS, nothing written": rounds,
    "names in any script": names,
    "one file written where one is named, and only once": state,
    "an answer with too many different keys is refused": keys,
}
OLDEST: dict[str, Case] = {"a round on the oldest CPU of its kind": rounds}

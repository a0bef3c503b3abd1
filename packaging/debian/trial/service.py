"""The service by hand, where no systemd runs: the command line, user, group, credential and environment of the unit."""

import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from trial.report import TrialError, expect
from trial.roots import Root

_USER = 61200
"""One of those that systemd takes for DynamicUser."""
_STOP_SECONDS = 2.0


class Service:
    """A unit that was installed in a root, and its process."""

    def __init__(self, root: Root, unit: str, extra: dict[str, str]) -> None:
        """Read the unit; ``extra`` is what the test adds to its environment, as a drop-in would."""
        self._root = root
        self._text = root.file(unit).read_text("utf-8")
        self._extra = extra
        self._process: subprocess.Popen[str] | None = None

    def setting(self, name: str) -> str:
        """Return the value of a line of the unit. TrialError: there is no such line."""
        for line in self._text.splitlines():
            if line.startswith(f"{name}="):
                return line.partition("=")[2]
        raise TrialError(f"the unit has no {name}=")

    def argv(self, *, groups: bool = True) -> list[str]:
        """Return the command line with user, groups and environment as the unit has them; hand over the credential."""
        name, _, source = self.setting("LoadCredential").partition(":")
        folder = self._root.file("/run/credentials/ddns.service")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        shutil.copy(self._root.file(source), folder / name)
        (folder / name).chmod(0o400)
        shutil.chown(folder / name, _USER)
        words = [
            word.replace("%d", "/run/credentials/ddns.service") for word in shlex.split(self.setting("Environment"))
        ]
        extra = [f"{key}={value}" for key, value in self._extra.items()]
        more = [f"--groups={self._group()}"] if groups and "SupplementaryGroups=" in self._text else ["--clear-groups"]
        user = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", *more, "--no-new-privs", "--bounding-set=-all"]
        return [*user, "--inh-caps=-all", "env", *words, *extra, *shlex.split(self.setting("ExecStart"))]

    def _group(self) -> int:
        name = self.setting("SupplementaryGroups")
        for line in self._root.file("/etc/group").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split(":")[2])
        raise TrialError(f"there is no group {name}")

    def start(self) -> None:
        """Start it; return when it says that it is ready, as Type=notify does."""
        expect(self.setting("Type") == "notify", "the unit waits for READY=1")
        path = self._root.file("/run/notify")
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(path))
            path.chmod(0o777)
            ready.settimeout(30)
            argv = self.argv()
            at = argv.index("env") + 1
            self._process = subprocess.Popen(
                self._root.argv(*argv[:at], "NOTIFY_SOCKET=/run/notify", *argv[at:]),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            try:
                while b"READY=1" not in ready.recv(4096):
                    pass
            except TimeoutError:
                raise TrialError(f"the service does not become ready:\n{self.kill()}") from None
        expect(self._process.poll() is None, "it runs, and has said that it is ready")

    def signal(self, number: int) -> None:
        """Send a signal, as systemctl kill and reload do."""
        if self._process is not None:
            self._process.send_signal(number)

    def stop(self) -> str:
        """Stop it as systemd does; return what it printed. TrialError: it took too long or ended badly."""
        if self._process is None:
            raise TrialError("it was not started")
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        said, _ = self._process.communicate(timeout=30)
        took = time.monotonic() - began
        expect(self._process.returncode == 0 and took < _STOP_SECONDS, "it stops at once, and with 0")
        return said

    def kill(self) -> str:
        """End it however it is; return what it printed."""
        if self._process is None or self._process.poll() is not None:
            return "" if self._process is None else self._process.communicate()[0]
        self._process.kill()
        return self._process.communicate()[0]


def eventually(holds: Callable[[], bool], text: str, seconds: float = 30) -> None:
    """Wait until something holds. TrialError: it does not."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    expect(holds(), text)


def mode(path: Path) -> str:
    """Return the mode of a file as chmod takes it."""
    return f"{path.stat().st_mode & 0o7777:o}"

"""Virtual machines of Debian: one disk, made by debootstrap and kept in the cache folder, started in qemu.

By KVM where that is there and works, otherwise emulated, which is an order of magnitude slower. Nothing is written to
the disk: what a machine changes is gone with it. Commands run in it through qemu's guest agent, not its network.
"""

import base64
import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from trial.report import SkipError, TrialError, expect, run
from trial.roots import archive_of_debian

SUITE = "trixie"
PACKAGES = (
    *("systemd-sysv", "udev", "kmod", "dbus", "iproute2", "iptables", "qemu-guest-agent", "dnsmasq-base"),
    *("linux-image-cloud-amd64", "initramfs-tools", "containerd", "runc", "containernetworking-plugins"),
)
_QEMU = "qemu-system-x86_64"
_NEEDS = {"debootstrap": "debootstrap", "mke2fs": "e2fsprogs", _QEMU: "qemu-system-x86"}
_SIZE = "4G"
_LINE = "root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet"
_AGENT = "org.qemu.guest_agent.0"
_BROKEN = "KVM internal error"
_UP_SECONDS, _ANSWER_SECONDS = 600.0, 10.0


def possible() -> None:
    """Return when machines can be started here. SkipError: they cannot, and why."""
    if os.geteuid() != 0:
        raise SkipError("a kubelet needs a virtual machine, and its disk is made by root")
    missing = [package for program, package in _NEEDS.items() if shutil.which(program) is None]
    if missing:
        raise SkipError(f"a kubelet needs a virtual machine; install {', '.join(missing)}")


def disk(cache: Path) -> Path:
    """Return the folder with ``disk``, ``kernel`` and ``initrd``, made when it is not in the cache."""
    name = hashlib.sha256(" ".join((SUITE, *PACKAGES, _SIZE)).encode()).hexdigest()[:16]
    base = cache / "machines" / f"{SUITE}-{name}"
    if base.exists():
        return base
    base.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base.parent, prefix="new-", ignore_cleanup_errors=True) as folder:
        root, made = Path(folder, "root"), Path(folder, "made")
        made.mkdir()
        included = f"--include={','.join(PACKAGES)}"
        run(["debootstrap", "--variant=minbase", included, SUITE, str(root), archive_of_debian()], seconds=3600)
        for path in (root / "var" / "cache" / "apt" / "archives").glob("*.deb"):
            path.unlink()
        for name, pattern in (("kernel", "vmlinuz-*"), ("initrd", "initrd.img-*")):
            (found,) = (root / "boot").glob(pattern)
            shutil.copy(found, made / name)
        filesystem(made / "disk", root, _SIZE)
        made.rename(base)
    return base


def filesystem(image: Path, folder: Path, size: str) -> None:
    """Write an ext4 file system with the files of a folder; ``size`` as mke2fs takes it."""
    run(["mke2fs", "-q", "-t", "ext4", "-F", "-d", str(folder), str(image), size])


class Machine:
    """A machine that runs, and commands in it."""

    def __init__(self, folder: Path, name: str, argv: list[str]) -> None:
        """Start qemu with these options; the socket of its agent and what it prints are in the folder."""
        self._agent, self._console, self._said = (folder / f"{name}.{end}" for end in ("agent", "console", "qemu"))
        self._count = 0
        more = ["-chardev", f"socket,id=agent,path={self._agent},server=on,wait=off", "-device", "virtio-serial-pci"]
        more += ["-device", f"virtserialport,chardev=agent,name={_AGENT}", "-serial", f"file:{self._console}"]
        with self._said.open("wb") as said:
            env = {**os.environ, "TMPDIR": str(folder)}  # where what it changes on its disk is kept
            self._process = subprocess.Popen(
                [*argv, *more], stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=env
            )

    def run(self, *argv: str, code: int | None = 0, seconds: float = 300) -> str:
        """Run a command in there and return what it printed.

        TrialError: it ended with another code (None: any will do), or not in time.
        """
        given = {"path": argv[0], "arg": argv[1:], "capture-output": True}
        pid = self._ask("guest-exec", **given)["pid"]
        end = time.monotonic() + seconds
        while not (state := self._ask("guest-exec-status", pid=pid))["exited"]:
            if time.monotonic() > end:
                raise TrialError(f"{' '.join(argv)[:200]} has not ended in the machine after {seconds:.0f} seconds")
            time.sleep(0.2)
        parts = (base64.b64decode(state.get(name, "")) for name in ("out-data", "err-data"))
        said = b"".join(parts).decode(errors="replace")
        ended = state.get("exitcode", -1)
        if code is not None and ended != code:
            raise TrialError(f"{' '.join(argv)[:200]} ended in the machine with {ended}, not {code}:\n{said[-3000:]}")
        return said

    def sh(self, text: str, code: int | None = 0) -> str:
        """Run a line of shell."""
        return self.run("/bin/sh", "-euc", text, code=code)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self._process.wait()

    def up(self) -> None:
        """Return when commands can be run. TrialError: it does not come so far."""
        end = time.monotonic() + _UP_SECONDS
        while self._process.poll() is None and time.monotonic() < end:
            if _BROKEN in self._said.read_text(errors="replace"):
                raise TrialError(f"the machine does not start: {_BROKEN}")
            with suppress(OSError, ValueError):
                self._ask("guest-ping")
                return
            time.sleep(0.5)
        said = "\n".join(
            path.read_text(errors="replace")[-1000:] for path in (self._said, self._console) if path.exists()
        )
        raise TrialError(f"the machine does not start:\n{said}")

    def _ask(self, command: str, **arguments: object) -> Any:  # noqa: ANN401 -- JSON
        """Ask the agent. OSError, ValueError: nobody answers."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_ANSWER_SECONDS)
            line.connect(str(self._agent))
            with line.makefile("rwb") as talk:
                self._count += 1  # an answer to somebody who has not waited for it may come first
                for asked in ("guest-sync", {"id": self._count}), (command, arguments):
                    talk.write(json.dumps({"execute": asked[0], "arguments": asked[1]}).encode() + b"\n")
                talk.flush()
                while json.loads(talk.readline()).get("return") != self._count:
                    pass
                answer = json.loads(talk.readline())
        if "error" in answer:
            raise TrialError(f"the machine's agent answers {answer['error']} to {command}")
        return answer["return"]


@contextmanager
def started(name: str, base: Path, extra: Path, folder: Path, network: list[str]) -> Iterator[Machine]:
    """Start a machine with a second disk, ``extra``, and options of qemu for its network; end it at the end."""
    argv = ["-smp", "2", "-m", "2048", "-nodefaults", "-display", "none", "-device", "virtio-rng-pci"]
    argv += ["-kernel", str(base / "kernel"), "-initrd", str(base / "initrd")]
    argv += ["-append", f"{_LINE} systemd.hostname={name}", *network]
    argv += ["-drive", f"file={base / 'disk'},if=virtio,format=raw,snapshot=on"]
    argv += ["-drive", f"file={extra},if=virtio,format=raw,readonly=on"]
    for way in _ways():
        machine = Machine(folder, name, [_QEMU, *way, *argv])
        try:
            try:
                machine.up()
            except TrialError as error:
                if way == _ways()[-1]:
                    raise
                expect(True, f"{way[1]}: {error}")
                continue
            release = machine.run("/bin/uname", "-r").strip()
            expect(True, f"{name} has started ({way[1]}): Debian {SUITE}, Linux {release}")
            yield machine
            return
        finally:
            machine.kill()


def _ways() -> list[list[str]]:
    """Return how the processor can be made, the fastest first. Some KVM cannot start every kernel: pvm, for one."""
    emulated = ["-accel", "tcg,thread=multi", "-cpu", "max"]
    by_kvm = ["-accel", "kvm", "-cpu", "host"]
    return [by_kvm, emulated] if os.access("/dev/kvm", os.R_OK | os.W_OK) else [emulated]

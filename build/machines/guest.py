"""A machine that runs: qemu, and the shell on its console."""

import os
import re
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from freezer.errors import FreezeError

from machines.initramfs import DONE, READY

_SHIFT = 1
"""A machine's clock goes on by 2^shift ns with each instruction, so times in it say nothing of the host."""
PER_MS = 1_000_000 >> _SHIFT
"""Instructions in a millisecond of a machine."""
_LONGEST = 2400
"""Seconds after which a machine is ended, whatever it does."""
_BOOT = 600
_ANSWER = 300
"""Seconds, of the host."""
_END = re.compile(rf"{DONE}(\d+)\n")


class Files(NamedTuple):
    """What qemu loads."""

    kernel: Path
    dtb: Path | None
    initramfs: bytes


class Answer(NamedTuple):
    """How a line of shell ended, and what it printed."""

    code: int
    out: str


class Guest:
    """One boot of a machine, from its start to ``close``. Nothing of it is left afterwards."""

    def __init__(self, words: tuple[str, ...], line: str, files: Files) -> None:
        """Start it; ``line``: words for the kernel. FreezeError: no such qemu is installed, or it does not come up."""
        if shutil.which(words[0]) is None:
            raise FreezeError(f"{words[0]} is missing; install it (Debian: qemu-system)")
        self._folder = tempfile.TemporaryDirectory(prefix="ddns-boards-")
        image = Path(self._folder.name, "initramfs")
        image.write_bytes(files.initramfs)
        argv = ["timeout", "-k", "5", str(_LONGEST), *words]
        argv += ["-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]
        argv += ["-icount", f"shift={_SHIFT}", "-rtc", "clock=vm"]
        argv += ["-kernel", str(files.kernel), "-initrd", str(image)]
        argv += ["-dtb", str(files.dtb)] if files.dtb else []
        argv += ["-append", f"{line} rdinit=/init panic=-1 quiet"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(argv, bufsize=0, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
        self._said = b""
        try:
            self._until(re.compile(READY + "\n"), _BOOT)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the machine, remove its files."""
        self._process.terminate()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._folder.cleanup()

    def sh(self, line: str) -> Answer:
        """Run a line of shell in the machine. FreezeError: it does not answer."""
        stdin = self._process.stdin
        if stdin is None or len(line) > _LINE:
            raise FreezeError("the console takes no such line")
        stdin.write(line.encode() + b"\n")
        out, end = self._until(_END, _ANSWER)
        return Answer(int(end[1]), out)

    def seconds(self) -> float:
        """Return how long the machine has run, by its own clock."""
        return float(self.sh("cut -d ' ' -f 1 /proc/uptime").out)

    def until(self, so: Callable[[], bool], seconds: float = _ANSWER) -> bool:
        """Wait until something is so; False when it does not come to be in time."""
        end = time.monotonic() + seconds
        while not so():
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def _until(self, pattern: re.Pattern[str], seconds: float) -> tuple[str, re.Match[str]]:
        """Read the console up to a pattern; return what came before it."""
        end = time.monotonic() + seconds
        stdout = self._process.stdout
        if stdout is None:
            raise FreezeError("the machine has no console")
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while True:
                text = self._said.decode(errors="replace").replace("\r", "")
                found = pattern.search(text)
                if found:
                    self._said = text[found.end() :].encode()
                    return text[: found.start()], found
                if not selector.select(max(0.0, end - time.monotonic())):
                    raise FreezeError(f"the machine has not answered for {seconds:.0f} s; its last words:{_last(text)}")
                more = os.read(stdout.fileno(), 65536)
                if not more:
                    raise FreezeError(f"the machine has ended; its last words:{_last(text)}")
                self._said += more


_LINE = 2000
"""Characters of a line; a terminal takes 4,095."""


def _last(text: str) -> str:
    return "".join(f"\n        {line}" for line in text.strip().splitlines()[-12:])

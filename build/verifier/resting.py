"""How it rests between rounds, and how it is woken and stopped, as the first process of a container."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from verifier.behaviour import PROC, SECONDS, Case, Place, Result, expect

_PROMPT = 2.0
"""Seconds from SIGTERM to the end that users are promised."""
_LIMITS = {"Rss": 200, "Anonymous": 24}
"""What it may keep in memory asleep, in kB."""
_IN_PYTHON = "waiting in Python instead"


class Running:
    """The program between its start and its stop, as PID 1, with /proc."""

    def __init__(self, place: Place, mounts: str = PROC, **extra: str) -> None:
        """Start it."""
        self.place = place
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 -- closed at the end of the context
        self._before = self.rounds
        argv, env = place.argv(["run"], mounts), place.env(**extra)
        self._outer = subprocess.Popen(argv, env=env, stdout=self._out, stderr=self._out)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no process behind."""
        self.send(signal.SIGKILL)  # chroot has become another user, which undoes --kill-child
        self._outer.kill()
        self._outer.wait()
        self._out.close()

    @property
    def rounds(self) -> int:
        """Return how often the simulator has been asked for the address."""
        return len(self.place.sim.requests("GET", "cdn-cgi/trace"))

    @property
    def pid(self) -> int:
        """Return the program's PID as seen from here; 0 when it does not run."""
        try:
            listed = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()
        except OSError:
            return 0
        return int(listed[0]) if listed else 0

    @property
    def said(self) -> str:
        """Return its output so far."""
        return os.pread(self._out.fileno(), 1 << 20, 0).decode(errors="replace")

    def after(self, count: int) -> bool:
        """Wait until so many rounds have begun since the start."""
        return until(lambda: self.rounds >= self._before + count)

    def asleep(self) -> bool:
        """Wait until it rests outside of Python."""
        return until(lambda: b"DDNS_SLEEP=1?" in _file(self.pid, "environ") and b") S " in _file(self.pid, "stat"))

    def resting(self) -> bool:
        """Wait until it has said when the next round is."""
        return until(lambda: "Next round" in self.said)

    def send(self, number: int) -> None:
        """Send a signal."""
        if pid := self.pid:
            os.kill(pid, number)

    def stop(self) -> list[str]:
        """Stop it; return what was not as it should be."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        code = self._outer.wait(SECONDS)
        took = time.monotonic() - began
        late = [f"the stop took {took:.1f} s"] * (took > _PROMPT and not self.place.emulated)
        return expect(Result(code, self.said), 0) + late


def until(so: Callable[[], bool]) -> bool:
    """Wait until something is so; False when it never comes to be."""
    end = time.monotonic() + SECONDS / 2
    while not so():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _file(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def sleep(place: Place) -> list[str]:
    """Check that it sleeps in next to nothing, as the same process, and that time, each signal and a stop wake it."""
    with Running(place, UPDATE_CRON="@every 2s") as program:
        wrong = ["no first rest"] * (not (program.after(1) and program.asleep()))
        pid = program.pid
        wrong += ["time does not wake it"] * (not program.after(3))
        wrong += ["it does not sleep outside of Python"] * (not program.asleep())
        wrong += weight(pid) + ["its PID has changed"] * (program.pid != pid)
        wrong += program.stop()
    with Running(place) as program:
        for count, number in enumerate((signal.SIGUSR1, signal.SIGHUP, signal.SIGUSR1), start=1):
            wrong += [f"no rest before round {count + 1}"] * (not (program.after(count) and program.asleep()))
            program.send(number)
            wrong += [f"{number.name} does not start a round"] * (not program.after(count + 1))
        wrong += ["no rest before the stop"] * (not program.asleep())
        return wrong + program.stop()


def weight(pid: int, limits: Mapping[str, int] = _LIMITS) -> list[str]:
    """Return what is too much of the memory of a process, by the words of smaps_rollup, in kB; as it may be asleep."""
    rollup = _file(pid, "smaps_rollup").decode()
    found = {name: int(size) for name, size in re.findall(r"^(Rss|Anonymous):\s+(\d+) kB", rollup, re.MULTILINE)}
    if not found:
        return ["its memory cannot be read"]
    return [f"{name} is {found[name]} kB, not {most} or less" for name, most in limits.items() if found[name] > most]


def emulated(place: Place) -> list[str]:
    """Check what an emulator lets see: it has threads of its own, so the program inside never sleeps alone."""
    with Running(place) as program:
        wrong = ["no round"] * (not (program.after(1) and program.resting()))
        program.send(signal.SIGUSR1)
        wrong += ["SIGUSR1 does not start a round"] * (not program.after(2))
        return wrong + program.stop()


def awake(place: Place) -> list[str]:
    """Check that it waits in Python, as told, with DDNS_HIBERNATE=false: no word of it, signals and stop as ever."""
    with Running(place, DDNS_HIBERNATE="false") as program:
        wrong = ["no round"] * (not (program.after(1) and program.resting()))
        program.send(signal.SIGUSR1)
        wrong += ["SIGUSR1 does not start a round"] * (not program.after(2))
        wrong += ["it slept all the same"] * (b"DDNS_SLEEP=1?" in _file(program.pid, "environ"))
        wrong += ["it complains"] * (_IN_PYTHON in program.said)
        return wrong + program.stop()


def without_proc(place: Place) -> list[str]:
    """Check that it says once that it cannot sleep outside of Python where /proc is missing, and goes on."""
    with Running(place, mounts="", UPDATE_CRON="@every 1s") as program:
        wrong = ["rounds do not go on"] * (not program.after(4))
        wrong += program.stop()
        count = program.said.count(_IN_PYTHON)
        return wrong + [f"it says {count} times that it sleeps in Python"] * (count != 1)


CASES: dict[str, Case] = {
    "sleeps in next to nothing as PID 1; time, signals and a stop wake it": sleep,
    "waits in Python when told to": awake,
    "waits in Python where /proc is missing, and says so once": without_proc,
}
EMULATED: dict[str, Case] = {
    "waits, wakes and stops as PID 1 (the sleep itself: script/test-sleep)": emulated,
    **{title: case for title, case in CASES.items() if case is not sleep},
}

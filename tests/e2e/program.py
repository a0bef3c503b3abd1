"""Runs the program as a black box: ``python -m ddns`` unless DDNS_COMMAND names the installed or the frozen one."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.fakes.cloudflare import Cloudflare

COMMAND = shlex.split(os.environ.get("DDNS_COMMAND", "")) or [sys.executable, "-m", "ddns"]
PASSED_ON = ("PATH", "COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE")
FOUR, SIX = "9.9.9.9", "2620:fe::9"
_CHANGING = [
    (re.compile(pattern), stand_in)
    for pattern, stand_in in (
        (r"(127\.0\.0\.1|localhost|\[::1\]):[0-9]+", r"\1:PORT"),
        (r"/tmp/[-\w./]*pytest-[-\w./]*", "FOLDER"),  # noqa: S108 -- what is looked for, not what is opened
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z| UTC)?", "TIME"),
        (r"[0-9]+(\.[0-9]+)? (ms|s|seconds)\b", "N s"),
        (r"(Running for|round was|due in) ([0-9]+[hms])+", r"\1 DURATION"),
        (r"\b([Pp])rocess [0-9]+", r"\1rocess PID"),
        (r'"(time|next|next_round|started|seconds|at|since|pid)": ?("TIME"|[0-9.]+)', r'"\1":0'),
        (r"\b[0-9a-f]{32}\b", "ID"),
    )
]
PROMPT = 2.0
"""Seconds from SIGTERM to the exit that product users are promised."""


class Result(NamedTuple):
    """What a run ended with; ``out`` is standard output and error together."""

    code: int
    out: str

    @property
    def lines(self) -> list[str]:
        """Return the lines."""
        return self.out.splitlines()


class Program:
    """Starts the program against one simulator, with nothing of our own environment but what it needs to start."""

    def __init__(self, sim: Cloudflare, folder: Path) -> None:
        """Keep the simulator, and the folder the program runs in."""
        self.sim = sim
        self.folder = folder
        self.command: list[str] | None = None
        self._children: list[subprocess.Popen[str]] = []
        self.env = {
            "CLOUDFLARE_API_TOKEN": sim.token,
            "CLOUDFLARE_API_BASE_URL": sim.base_url,
            "SSL_CERT_FILE": sim.ca_file,
            "IP4_PROVIDER": f"cloudflare.trace:{sim.trace_url}",
            "IP6_PROVIDER": "none",
            "EMOJI": "false",
        }

    def environ(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment of a run; an empty value takes a variable away."""
        ours = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        root = str(Path(__file__).parents[2])
        merged = {**ours, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", **self.env, **env}
        return {name: value for name, value in merged.items() if value}

    def run(self, *args: str, **env: str) -> Result:
        """Run to the end (30 seconds at most)."""
        result = self._ended(*args, **env)
        record(args, result.code, result.out)
        return result

    def healthy(self, **env: str) -> bool:
        """Ask ``healthcheck``, and write down nothing: how often a test has to ask differs from run to run."""
        return self._ended("healthcheck", **env).code == 0

    def _ended(self, *args: str, **env: str) -> Result:
        child = self.start(*args, **env)
        out, _ = child.communicate(timeout=30)
        assert self.sim.token not in out
        return Result(child.returncode, out)

    def start(self, *args: str, **env: str) -> "subprocess.Popen[str]":
        """Start it in the background; its output goes to a pipe."""
        child = subprocess.Popen(
            [*(self.command or COMMAND), *args],
            env=self.environ(env),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._children.append(child)
        return child

    def close(self) -> None:
        """End what a failed test has left running."""
        for child in self._children:
            if child.poll() is None:
                child.kill()
                child.communicate()


def record(args: tuple[str, ...], code: int, out: str) -> None:
    """Write down what a run printed where DDNS_RECORD names a file, for ``tests.e2e.sameness`` to compare."""
    path = os.environ.get("DDNS_RECORD", "")
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
    if path and test:
        line = json.dumps({"test": test, "args": plain(" ".join(args)), "code": code, "out": plain(out).splitlines()})
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def plain(text: str) -> str:
    """Return a text without what differs between two runs of one program: ports, folders, times and durations."""
    for pattern, stand_in in _CHANGING:
        text = pattern.sub(stand_in, text)
    return text


def eventually(check: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not come to be so"
        time.sleep(0.02)


def stop(child: "subprocess.Popen[str]", number: int = signal.SIGTERM) -> str:
    """Send a signal; the program must be gone within the promised time, with 0. Return what it printed."""
    child.send_signal(number)
    began = time.monotonic()
    out, _ = child.communicate(timeout=15)
    assert child.returncode == 0, out
    assert time.monotonic() - began < PROMPT
    return out

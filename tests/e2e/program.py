"""Runs the program as a black box: ``python -m ddns`` unless DDNS_COMMAND names the installed or the frozen one."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.fakes.cloudflare import Cloudflare

COMMAND = shlex.split(os.environ.get("DDNS_COMMAND", "")) or [sys.executable, "-m", "ddns"]
PASSED_ON = ("PATH", "COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE")
FOUR, SIX = "9.9.9.9", "2620:fe::9"


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
        done = subprocess.run(
            [*COMMAND, *args],
            env=self.environ(env),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )
        assert self.sim.token not in done.stdout
        return Result(done.returncode, done.stdout)

    def start(self, *args: str, **env: str) -> "subprocess.Popen[str]":
        """Start it in the background; its output goes to a pipe."""
        return subprocess.Popen(
            [*COMMAND, *args],
            env=self.environ(env),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

"""What the tests of all packages share: files that look like frozen ones, and the maker of packages."""

import os
import subprocess
import sys
from pathlib import Path

MACHINES = {"amd64": (2, 62), "arm64": (2, 183), "armhf": (1, 40)}
"""Class and machine in the head of an ELF file."""
_MAKER = Path(__file__).parents[2] / "packaging" / "debian" / "make.py"


def stand_in(folder: Path, arch: str) -> Path:
    """Write a file that looks like a frozen one from outside."""
    bits, machine = MACHINES[arch]
    head = bytearray(64)
    head[:5] = (*b"\x7fELF", bits)
    head[18:20] = machine.to_bytes(2, "little")
    path = folder / f"ddns-linux-{arch}"
    path.write_bytes(head)
    return path


def package(dist: Path, *args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run what script/package runs, without a key and with a date that does not change."""
    argv = [sys.executable, "-B", str(_MAKER), "--dist", str(dist), *args]
    fixed = {"SOURCE_DATE_EPOCH": "1700000000", "DORMOUSE_APT_KEY": "", "DORMOUSE_RELEASE_KEY": ""}
    return subprocess.run(argv, env={**os.environ, **fixed, **env}, capture_output=True, text=True, check=False)


def packages(dist: Path, kind: str) -> Path:
    """Make the packages of a kind for every architecture; return their folder."""
    for arch in MACHINES:
        stand_in(dist, arch)
    done = package(dist, kind)
    assert done.returncode == 0, done.stderr
    return dist

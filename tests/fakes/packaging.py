"""What the tests of all packages share: files that look like frozen ones, and the maker of packages."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

MACHINES: dict[str, tuple[int, Literal["little", "big"], int, int]] = {
    "amd64": (2, "little", 62, 0),
    "arm64": (2, "little", 183, 0),
    "armhf": (1, "little", 40, 0x05000400),
    "armv5": (1, "little", 40, 0x05000200),
    "386": (1, "little", 3, 0),
    "mips": (1, "big", 8, 0x70001005),
    "mipsel": (1, "little", 8, 0x70001005),
    "riscv64": (2, "little", 243, 5),
}
"""Class, order of bytes, machine and flags in the head of an ELF file, by ``readelf -h`` of the frozen ones."""
PROGRAMS = (*MACHINES, "amd64-plain", "arm64-plain", "armhf-plain")
"""The frozen files of a release: some machines have one that takes less memory and one that takes less space."""
ON_ROUTERS = ("amd64-plain", "arm64-plain", "armhf-plain", "armv5", "386", "mips", "mipsel", "riscv64")
"""Those that the packages for routers hold."""
_MAKER = Path(__file__).parents[2] / "packaging" / "debian" / "make.py"


def stand_in(folder: Path, arch: str) -> Path:
    """Write a file that looks like a frozen one from outside."""
    bits, order, machine, flags = MACHINES[arch.removesuffix("-plain")]
    head = bytearray(64)
    head[:6] = (*b"\x7fELF", bits, 1 if order == "little" else 2)
    head[18:20] = machine.to_bytes(2, order)
    at = 36 if bits == 1 else 48
    head[at : at + 4] = flags.to_bytes(4, order)
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
    for arch in PROGRAMS:
        stand_in(dist, arch)
    done = package(dist, kind)
    assert done.returncode == 0, done.stderr
    return dist

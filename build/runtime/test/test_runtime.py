"""What is put in the place of functions of Zig's libraries, or added to them; script/test-sleep runs this."""

# ruff: noqa: S101 -- assert is what tests do

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FAST = HERE.parents[1] / "native" / "fast"
TARGETS = {path.stem: tomllib.loads(path.read_text()) for path in sorted((HERE.parents[1] / "targets").glob("*.toml"))}
ASKED = {name: table for name, table in TARGETS.items() if "image" in table or not os.environ.get("SLEEP_IMAGE")}
WITH = {name: table for name, table in ASKED.items() if "runtime" in table}
NEWER = ["qemu-arm", "-cpu", "cortex-a7"]
"""Where the program for ARMv5 takes instructions that an ARMv5 does not have."""


def run(name: str, sources: list[Path], flags: list[str], tmp_path: Path) -> None:
    """Compile a program for a target and run it on each machine that there is for it; it says whether all is right."""
    zig = os.environ.get("DORMOUSE_ZIG", "").split()
    emulators = [TARGETS[name]["emulator"], *([NEWER] if name == "armv5" else [])]
    if not zig or not all(shutil.which(f"{words[0]}-static") for words in emulators if words):
        if os.environ.get("SLEEP_ALL"):
            pytest.fail("no zig, or no emulator")
        pytest.skip("no zig, or no emulator")
    objects = []
    for source in sources:
        objects.append(str(tmp_path / f"{source.stem}.o"))
        own = (FAST / "cflags").read_text().split() if source.parent == FAST else flags
        subprocess.run([*zig, "cc", *TARGETS[name]["zig"], *own, "-c", str(source), "-o", objects[-1]], check=True)
    program = str(tmp_path / "program")
    link = ["-Oz", "-static", "-no-pie", "-Wl,--gc-sections", "-o", program]
    subprocess.run([*zig, "cc", *TARGETS[name]["zig"], *objects, *link], check=True)
    for words in emulators:
        command = [f"{words[0]}-static", *words[1:], program] if words else [program]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.stdout, done.returncode) == (b"right\n", 0)


def runtime(name: str) -> list[Path]:
    """Return the source of what Zig lacks for a target."""
    return [HERE.parent / f"{TARGETS[name]['runtime']}.c"] if "runtime" in TARGETS[name] else []


@pytest.mark.parametrize("name", WITH)
def test_threads_lose_nothing(name: str, tmp_path: Path) -> None:
    """What four threads have counted together is the sum, for every size."""
    flags = ["-Oz", "-fno-pic", "-fno-pie", "-Wno-atomic-alignment"]
    run(name, [HERE / "counting.c", *runtime(name)], flags, tmp_path)


@pytest.mark.parametrize("name", ASKED)
def test_memory_is_copied_and_filled(name: str, tmp_path: Path) -> None:
    """For every alignment and size, and nothing beside it is touched."""
    flags = ["-O1", "-fno-builtin", "-fno-pic", "-fno-pie"]
    run(name, [HERE / "copying.c", FAST / "memory.c", *runtime(name)], flags, tmp_path)

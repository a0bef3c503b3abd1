"""The atomic operations that runtime/ adds, in threads, on each target that has them; script/test-sleep runs this."""

# ruff: noqa: S101 -- assert is what tests do

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TARGETS = {path.stem: tomllib.loads(path.read_text()) for path in sorted((HERE.parents[1] / "targets").glob("*.toml"))}
ASKED = {name: table for name, table in TARGETS.items() if "image" in table or not os.environ.get("SLEEP_IMAGE")}
WITH = {name: table for name, table in ASKED.items() if "runtime" in table}
NEWER = ["qemu-arm", "-cpu", "cortex-a7"]
"""Where the program for ARMv5 takes instructions that an ARMv5 does not have."""


@pytest.mark.parametrize("name", WITH)
def test_threads_lose_nothing(name: str, tmp_path: Path) -> None:
    """What four threads have counted together is the sum, for every size."""
    zig = os.environ.get("DORMOUSE_ZIG", "").split()
    emulators = [WITH[name]["emulator"], *([NEWER] if name == "armv5" else [])]
    if not zig or not all(shutil.which(f"{words[0]}-static") for words in emulators if words):
        if os.environ.get("SLEEP_ALL"):
            pytest.fail("no zig, or no emulator")
        pytest.skip("no zig, or no emulator")
    sources = [str(HERE / "counting.c"), str(HERE.parent / f"{WITH[name]['runtime']}.c")]
    flags = ["-Oz", "-fno-pic", "-fno-pie", "-static", "-no-pie", "-Wno-atomic-alignment"]
    program = str(tmp_path / "counting")
    subprocess.run([*zig, "cc", *WITH[name]["zig"], *flags, *sources, "-o", program], check=True)
    for words in emulators:
        command = [f"{words[0]}-static", *words[1:], program] if words else [program]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.stdout, done.returncode) == (b"right\n", 0)

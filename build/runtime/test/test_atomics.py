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
WITH = {name: table for name, table in TARGETS.items() if "runtime" in table}
NEWER = ["qemu-arm", "-cpu", "cortex-a7"]
"""Where the program for ARMv5 takes instructions that an ARMv5 does not have."""


@pytest.mark.parametrize("name", WITH)
def test_threads_lose_nothing(name: str, tmp_path: Path) -> None:
    """What four threads have counted together is the sum, for every size."""
    zig = os.environ.get("DORMOUSE_ZIG", "").split()
    emulators = [WITH[name]["emulator"], *([NEWER] if name == "armv5" else [])]
    if not zig or not shutil.which(f"{emulators[0][0]}-static"):
        if os.environ.get("SLEEP_ALL"):
            pytest.fail("no zig, or no emulator")
        pytest.skip("no zig, or no emulator")
    sources = [str(HERE / "counting.c"), str(HERE.parent / f"{WITH[name]['runtime']}.c")]
    command = [
        *zig,
        "cc",
        *WITH[name]["zig"],
        "-Oz",
        "-fno-pic",
        "-fno-pie",
        "-static",
        "-no-pie",
        "-Wno-atomic-alignment",
    ]
    subprocess.run([*command, *sources, "-o", str(tmp_path / "counting")], check=True)
    for first, *options in emulators:
        done = subprocess.run(
            [f"{first}-static", *options, str(tmp_path / "counting")], capture_output=True, check=False
        )
        assert (done.stdout, done.returncode) == (b"right\n", 0)

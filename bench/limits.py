"""The smallest memory limit under which the program lives: that of a control group, as ``docker run --memory`` sets."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

MOST = 32
"""MB from which the search goes down."""
_START = 'echo $$ > "$1" && cp "$2" "$3" && exec "$3"'
"""The file is copied inside the group, so that its pages count there too; elsewhere the first who reads them pays."""


class Group(NamedTuple):
    """Where control groups for memory are, and what their limit files are called (version 2, then version 1)."""

    folder: Path
    limits: tuple[str, ...]


def find() -> Group | None:
    """Return where groups can be made; None: nowhere here (no control groups, or not root)."""
    for folder, limits in (
        (Path("/sys/fs/cgroup"), ("memory.max", "memory.swap.max")),
        (Path("/sys/fs/cgroup/memory"), ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")),
    ):
        group = Group(folder / f"ddns-bench-{os.getpid()}", limits)
        with contextlib.suppress(OSError):
            group.folder.mkdir()
            try:
                if (group.folder / limits[0]).exists():
                    return group
            finally:
                group.folder.rmdir()
    return None


class Trial(NamedTuple):
    """What must work: the program with these settings, ``wanted`` rounds in ``seconds``; ``rounds`` counts them."""

    binary: Path
    env: Mapping[str, str]
    rounds: Callable[[], int]
    wanted: int
    seconds: float


def smallest(group: Group, trial: Trial) -> int:
    """Return the fewest MB (2^20 bytes, as engines count) under which the trial succeeds; 0: not even with MOST."""
    low, high = 0, MOST + 1
    while high - low > 1:
        middle = (low + high) // 2
        if _lives(group, middle, trial):
            high = middle
        else:
            low = middle
    return high if high <= MOST else 0


def _lives(group: Group, limit: int, trial: Trial) -> bool:
    copy = trial.binary.with_name(f".{trial.binary.name}.{os.getpid()}")
    group.folder.mkdir()
    try:
        for name in group.limits:
            with contextlib.suppress(OSError):  # without swap there is no second limit
                (group.folder / name).write_text(f"{limit << 20}")
        argv = ["sh", "-c", _START, "sh", str(group.folder / "cgroup.procs"), str(trial.binary), str(copy)]
        child = subprocess.Popen(
            argv, env={**trial.env, "PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        enough = trial.rounds() + trial.wanted
        end = time.monotonic() + trial.seconds
        while child.poll() is None and trial.rounds() < enough and time.monotonic() < end:
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        try:
            return child.wait(30) == 0 and trial.rounds() >= enough
        except subprocess.TimeoutExpired:  # it fights for pages and does nothing else
            child.kill()
            child.wait()
            return False
    finally:
        copy.unlink(missing_ok=True)
        group.folder.rmdir()

"""The build cache: each stage is a folder named by the hash of everything that goes into it."""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from freezer.errors import FreezeError

Input = str | Path
"""A text counts as itself; a path as the names and contents of the files at or under it."""


def cache_folder() -> Path:
    """Return where everything is kept that is not the result."""
    named = os.environ.get("DORMOUSE_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(named or f"{base}/dormouse").absolute()


class Work(NamedTuple):
    """Where a stage builds: ``out`` becomes the stage, ``tmp`` is thrown away, ``log`` stays."""

    out: Path
    tmp: Path
    log: Path


class Cache:
    """Stages on disk. A stage appears whole (by rename) or not at all."""

    def __init__(self, root: Path) -> None:
        """FreezeError: the folder cannot be written."""
        self.root = root
        try:
            for name in ("stages", "tmp", "logs", "downloads"):
                (root / name).mkdir(parents=True, exist_ok=True)
            probe = root / "tmp" / f"probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise FreezeError(
                f"the cache {root} cannot be written ({error.strerror}); name another folder in DORMOUSE_CACHE"
            ) from None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the cache alone; another build with the same cache waits."""
        with (self.root / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            for left in (self.root / "tmp").iterdir():
                shutil.rmtree(left, ignore_errors=True)
            yield

    def stage(self, name: str, inputs: Iterable[Input], make: Callable[[Work], None]) -> Path:
        """Return the folder of a stage, making it when no stage with these inputs exists."""
        key = digest(inputs)[:16]
        done = self.root / "stages" / f"{name}-{key}"
        if done.is_dir():
            return done
        print(f"  {name} …", end="", flush=True)
        began = time.monotonic()
        tmp = self.root / "tmp" / name
        log = self.root / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        work = Work(tmp / "out", tmp / "work", log)
        try:
            work.out.mkdir(parents=True)
            work.tmp.mkdir()
            make(work)
            work.out.rename(done)
        except BaseException:
            print()
            raise
        finally:
            shutil.rmtree(tmp, ignore_errors=True)
        print(f" {time.monotonic() - began:.0f} s", flush=True)
        return done


def digest(inputs: Iterable[Input]) -> str:
    """Return one hash of texts and of files with their names, independent of where they lie."""
    total = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            total.update(f"text {len(item.encode())}\0".encode() + item.encode())
            continue
        for path in _files(item):
            content = path.read_bytes()
            total.update(f"file {path.relative_to(item.parent)} {len(content)}\0".encode() + content)
    return total.hexdigest()


def _files(top: Path) -> list[Path]:
    if top.is_file():
        return [top]
    return sorted(path for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts)

"""The file that starts from a snapshot of its heap: linked with build/snapshot, run once, written anew."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Cache, Input, Work
from freezer.compilers import Compiler
from freezer.elf import Elf
from freezer.errors import FreezeError
from freezer.image import Memory, image
from freezer.recipe import BUILD, Target
from freezer.run import run

SOURCES = BUILD / "snapshot"
_STATICS = ("OPENSSL_cpuid_setup.trigger",)
"""Statics of others that a woken process must find as they were before the start (assumption O1)."""
_FLAGS = ("-fno-stack-protector", "-Wall", "-Werror=implicit-function-declaration")
_TRACED = ("-DSNAPSHOT_REGION=536870912",)
"""Room for a page for each block that may be hot."""
_SECONDS = 600


class Around(NamedTuple):
    """What is around the process that builds, and must not be in what it makes."""

    before: Sequence[str] = ()
    """Words before its command."""
    env: Mapping[str, str] = {}


_NOTHING = Around()


def objects(cache: Cache, target: Target, compiler: Compiler, prefix: Path, *, trace: bool = False) -> Path:
    """Return the folder of build/snapshot, compiled; ``trace``: for the program that freezer/layout.py traces."""
    name = f"snapshot-{'trace' if trace else 'objects'}-{target.name}"
    sources = [*sorted(SOURCES.glob("*.c")), *(sorted((SOURCES / "trace").glob("*.c")) if trace else ())]
    extra = _TRACED if trace else ()

    def make(work: Work) -> None:
        python = f"{prefix}/include/python3.13"
        flags = [*_FLAGS, *extra, f"-I{python}", f"-I{python}/internal"]
        for source in sources:
            made = work.out / f"snapshot-{source.stem}.o"
            run(["cc", "-c", *flags, source, "-o", made], log=work.log, env=compiler.env())

    inputs: list[Input] = [Path(__file__), SOURCES, prefix.name, compiler.identity, *extra]
    return cache.stage(name, inputs, make)


def take(work: Work, target: Target, linked: Path, files: Mapping[str, bytes], around: Around = _NOTHING) -> Path:
    """Run the linked program (``ddns`` and ``ddns.symbols`` in a folder) to its snapshot; return the folder it wrote.

    ``files``: what it reads: ``modules`` to import, ``hot`` numbers of allocations. The emulator is a whole path.
    """
    folder = work.tmp / "taking"
    folder.mkdir()
    folder.chmod(0o777)  # whoever runs it
    for name, content in {**files, "statics": _statics(Elf(linked / "ddns.symbols"), target)}.items():
        (folder / name).write_bytes(content)
    command = [*around.before, *target.emulator, str(linked / "ddns")]
    env = {"PATH": os.environ.get("PATH", ""), **around.env, "DORMOUSE_SNAPSHOT": "1"}
    done = subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
    )
    with work.log.open("ab") as log:
        log.write(done.stdout + done.stderr)
    if done.returncode or not (folder / "memory").exists():
        said = (done.stdout + done.stderr).decode(errors="replace").strip()[-1500:]
        raise FreezeError(f"the snapshot of {target.name} failed ({done.returncode}): {said}")
    return folder


def compose(linked: Path, taken: Path) -> bytes:
    """Return the new file from the linked program and what it wrote."""
    facts = {name: int(value, 16) for name, value in map(str.split, (taken / "facts").read_text().splitlines())}
    code = [line.split() for line in (taken / "code").read_text().splitlines()]
    read = tuple((int(at, 16), int(size)) for at, size in code)
    memory = Memory(facts["begin"], (taken / "memory").read_bytes(), read)
    return image(Elf(linked / "ddns"), memory)


def _statics(symbols: Elf, target: Target) -> bytes:
    known = symbols.symbols()
    missing = [name for name in _STATICS if name not in known and "no-asm" not in target.openssl]
    if missing:
        raise FreezeError(f"OpenSSL has no {missing[0]} any more (assumption O1 of build/snapshot/snapshot.h)")
    lines = [f"{known[name][0]:x} {known[name][1]}\n" for name in _STATICS if name in known]
    return "".join(lines).encode()

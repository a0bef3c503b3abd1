"""Makes dist/ddns-linux-TARGET for each target named (those of the image when none is); see build/README.md."""

import gzip
import hashlib
import sys
import time
from pathlib import Path

from freezer.cache import Cache, cache_folder
from freezer.compilers import compiler
from freezer.emulator import emulated
from freezer.errors import FreezeError
from freezer.host import host
from freezer.program import program
from freezer.recipe import ALL, REPO, named_targets, read_recipe, read_target
from freezer.tools import check_machine, lent_tools

_PIECE = 1 << 16
"""Written in one piece, the file would lie in the page cache in large units, and a process that maps a few pages of it
would seem to use all of them until the next start of the machine."""
USAGE = "usage: script/freeze [--all | TARGET…]"


def main(names: list[str]) -> int:
    """Build, deliver, report. 0: all there; 1: one line says what is missing; 2: wrong usage."""
    if names != [ALL] and any(name.startswith("-") for name in names):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        freeze(named_targets(names))
    except FreezeError as error:
        print(f"freeze: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def freeze(names: list[str]) -> None:
    """Build every target; nothing is delivered before it is whole."""
    targets = {name: read_target(name) for name in names}
    emulators = [target.emulator for target in targets.values() if target.snapshot]  # a snapshot runs the program once
    check_machine()
    recipe = read_recipe()
    cache = Cache(cache_folder())
    with cache.lock():
        tools = lent_tools(cache, emulators)
        made = host(cache, recipe, tools)
        for name, target in targets.items():
            began = time.monotonic()
            print(f"{name}:", flush=True)
            ready = emulated(target, tools.env()["PATH"]) if target.snapshot else target
            built = program(cache, recipe, ready, compiler(cache, recipe, ready, made, tools), made)
            result = deliver(built, name)
            print(f"  {report(result)}, {time.monotonic() - began:.0f} s", flush=True)


def deliver(built: Path, name: str) -> Path:
    """Put a finished file into dist/ in one step."""
    result = REPO / f"dist/ddns-linux-{name}"
    part = result.with_name(f".{result.name}.part")
    try:
        result.parent.mkdir(exist_ok=True)
        with built.open("rb") as source, part.open("wb") as copy:
            while piece := source.read(_PIECE):
                copy.write(piece)
        part.chmod(0o755)
        part.replace(result)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise FreezeError(f"{result} cannot be written: {error.strerror}") from None
    return result


def report(result: Path) -> str:
    """Return what the file is: its size, its size in a compressed image, its hash."""
    content = result.read_bytes()
    packed = len(gzip.compress(content, 9, mtime=0))
    digest = hashlib.sha256(content).hexdigest()
    return f"{result.relative_to(REPO)}  {len(content) / 1e6:.2f} MB, gzip {packed / 1e6:.2f} MB, sha256 {digest}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

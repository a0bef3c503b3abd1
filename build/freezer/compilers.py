"""The cross compiler of a target: Zig's clang behind the names that build systems call."""

import shlex
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Cache, Input, Work, digest
from freezer.host import Host
from freezer.recipe import BUILD, Recipe, Target
from freezer.run import run
from freezer.tools import Tools


class Compiler(NamedTuple):
    """A folder for the PATH, with ``cc``, ``clang`` and the tools for archives."""

    bin: Path
    tools: Tools
    zig_cache: Path
    identity: str
    """Everything about the compiler that may change its output; for the keys of stages."""

    def env(self, **extra: str) -> dict[str, str]:
        """Return the environment of a step that compiles for the target."""
        found = self.tools.env(**extra)
        found["PATH"] = f"{self.bin}:{found['PATH']}"
        return {**found, "ZIG_GLOBAL_CACHE_DIR": str(self.zig_cache), "ZIG_LOCAL_CACHE_DIR": str(self.zig_cache)}


_LINKS = """case " $* " in *" -c "* | *" -E "* | *" -S "*) ;; *" -o "*) set -- "$@" {runtime} ;; esac
"""
"""Before a command that links: it gets the runtime of the target, too."""


def compiler(cache: Cache, recipe: Recipe, target: Target, host: Host, tools: Tools) -> Compiler:
    """Write the wrappers of a target. They hold this cache's paths, so they are made anew every time."""
    folder = cache.root / "wrappers" / target.name
    folder.mkdir(parents=True, exist_ok=True)
    flags = [*recipe.nuitka["compile"]["flags"], *target.flags]
    words = shlex.join([*flags, f"-ffile-prefix-map={cache.root}=/dormouse"])
    zig = shlex.quote(str(host.zig))
    runtime, linked = _runtime(cache, target, host, tools, flags)
    scripts = {
        "cc": f'{linked}exec {zig} cc {shlex.join(target.zig)} "$@" {words}',
        "clang": f'{linked}exec {zig} cc {shlex.join(target.zig)} "$@" {words}',
        "plain": f'exec {zig} cc {shlex.join(target.zig)} "$@"',
        "ar": f'exec {zig} ar "$@"',
        "ranlib": f'exec {zig} ranlib "$@"',
        # Nuitka asks for it; a static program has no path of libraries that could be patched.
        "patchelf": "echo patchelf 0.18.0",
        # Nuitka asks whether its result is static. It always is (script/verify proves it); a bare Debian has no file.
        "file": 'echo "$1: statically linked"',
    }
    for name, line in scripts.items():
        script = folder / name
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)
    identity = f"{host.packages.name} {shlex.join([*target.zig, *flags])}{runtime}"
    return Compiler(folder, tools, cache.root / "zig", identity)


def _runtime(cache: Cache, target: Target, host: Host, tools: Tools, flags: list[str]) -> tuple[str, str]:
    """Return what the runtime adds to the compiler's identity, and to its command: nothing where there is none."""
    if not target.runtime:
        return "", ""
    source = BUILD / "runtime" / f"{target.runtime}.c"

    def make(work: Work) -> None:
        zig = cache.root / "zig"
        env = tools.env(ZIG_GLOBAL_CACHE_DIR=str(zig), ZIG_LOCAL_CACHE_DIR=str(zig))
        result = work.out / f"{target.runtime}.o"
        run([host.zig, "cc", *target.zig, *flags, "-c", source, "-o", result], log=work.log, env=env)

    inputs: list[Input] = [source, host.packages.name, *target.zig, *flags]
    made = cache.stage(f"runtime-{target.name}", inputs, make) / f"{target.runtime}.o"
    return f" {digest([source])}", _LINKS.format(runtime=shlex.quote(str(made)))

"""The cross compiler of a target: Zig's clang behind the names that build systems call."""

import shlex
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Cache
from freezer.host import Host
from freezer.recipe import Recipe, Target
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


def compiler(cache: Cache, recipe: Recipe, target: Target, host: Host, tools: Tools) -> Compiler:
    """Write the wrappers of a target. They hold this cache's paths, so they are made anew every time."""
    folder = cache.root / "wrappers" / target.name
    folder.mkdir(parents=True, exist_ok=True)
    flags = [*recipe.nuitka["compile"]["flags"], *target.flags]
    words = shlex.join([*flags, f"-ffile-prefix-map={cache.root}=/dormouse"])
    zig = shlex.quote(str(host.zig))
    scripts = {
        "cc": f'exec {zig} cc {shlex.join(target.zig)} "$@" {words}',
        "clang": f'exec {zig} cc {shlex.join(target.zig)} "$@" {words}',
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
    return Compiler(folder, tools, cache.root / "zig", f"{host.packages.name} {shlex.join([*target.zig, *flags])}")

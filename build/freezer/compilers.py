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
    flags = [*target.zig, *recipe.nuitka["compile"]["flags"], *target.flags]
    mapped = f"-ffile-prefix-map={cache.root}=/dormouse"
    compile_words = shlex.join([str(host.zig), "cc", *flags, mapped])
    scripts = {
        "cc": compile_words,
        "clang": compile_words,
        "ar": shlex.join([str(host.zig), "ar"]),
        "ranlib": shlex.join([str(host.zig), "ranlib"]),
    }
    for name, words in scripts.items():
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        script.chmod(0o755)
    identity = f"{host.packages.name} {shlex.join(flags)}"
    return Compiler(folder, tools, cache.root / "zig", identity)

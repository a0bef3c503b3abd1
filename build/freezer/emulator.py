"""The emulator for programs of other architectures: from this machine, or unpacked from its Debian archive."""

import shutil
from collections.abc import Sequence

from freezer.errors import FreezeError
from freezer.recipe import Target


def emulator(words: Sequence[str], path: str | None = None) -> list[str]:
    """Return the command before a program: a static qemu with its options, or nothing. FreezeError: there is none.

    ``path``: where to look for it, as in PATH, which is the usual one.
    """
    if not words:
        return []
    name, *options = words
    for candidate in (f"{name}-static", name):
        found = shutil.which(candidate, path=path)
        if found is not None and _static(found):
            return [found, *options]
    raise FreezeError(f"a static {name} is missing; install it (Debian: apt-get install qemu-user-static)")


def emulated(target: Target, path: str | None = None) -> Target:
    """Return the target with the whole path of its emulator. FreezeError: there is none."""
    return target._replace(emulator=tuple(emulator(target.emulator, path)))


def _static(path: str) -> bool:
    with open(path, "rb") as file:  # noqa: PTH123 -- only its head
        return b"/lib64/ld-linux" not in file.read(4096)

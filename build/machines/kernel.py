"""The kernel of a machine: from a package of Debian."""

from pathlib import Path
from typing import NamedTuple

from freezer.errors import FreezeError

from machines.archive import Archive
from machines.recipe import Machine


class Kernel(NamedTuple):
    """What qemu loads of it, and where its modules are."""

    image: Path
    dtb: Path | None
    modules: Path


def kernel(machine: Machine, archive: Archive, cache: Path) -> Kernel:
    """Return the kernel of a machine. FreezeError: it cannot be fetched."""
    tree = archive.unpacked(machine.package)
    dtb = one(tree, machine.dtb) if machine.dtb else None
    return Kernel(one(tree, "boot/vmlinu*"), dtb, tree)


def one(tree: Path, pattern: str) -> Path:
    """Return the one file of a folder that fits. FreezeError: there is none."""
    for path in sorted(tree.glob(pattern)):
        return path
    raise FreezeError(f"{tree.name} has no {pattern}")

"""The kernel of a machine and its busybox: packages of Debian, or built from Debian's sources where it has none."""

import shutil
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Cache, Work
from freezer.errors import FreezeError
from freezer.run import environment, jobs, run

from machines.archive import Archive
from machines.recipe import Build, Machine

_COMMON = Path(__file__).parent / "kernel.config"
_BUSYBOX = ("defconfig", "busybox")


class Kernel(NamedTuple):
    """What qemu loads of it, where its modules are, and a shell for it."""

    image: Path
    dtb: Path | None
    modules: Path
    busybox: bytes


def kernel(machine: Machine, cache: Cache) -> Kernel:
    """Return the kernel of a machine and its busybox. FreezeError: one cannot be fetched or built."""
    archive = Archive(cache.root, machine.suite, machine.arch)
    if machine.build is None:
        tree = archive.unpacked(machine.package)
        image = _one(tree, "boot/vmlinu*")
    else:
        tree = _built(machine, machine.build, archive, cache)
        image = _one(tree, Path(machine.build.image).name)
    dtb = _one(tree, Path(machine.dtb).name if machine.build else machine.dtb) if machine.dtb else None
    return Kernel(image, dtb, tree, _busybox(machine, archive, cache).read_bytes())


def _one(tree: Path, pattern: str) -> Path:
    for path in sorted(tree.glob(pattern)):
        return path
    raise FreezeError(f"{tree.name} has no {pattern}")


def _built(machine: Machine, wanted: Build, archive: Archive, cache: Cache) -> Path:
    """Return the folder with the kernel that was built, and nothing else."""
    config = _COMMON.read_text() + "".join(f"{line}\n" for line in wanted.config)

    def make(work: Work) -> None:
        _needs(wanted, "bc", "bison", "flex")
        [packed] = archive.unpacked(machine.package).glob("usr/src/linux-source-*.tar.xz")
        run(["tar", "-xJf", packed, "--strip-components=1", "-C", work.tmp], log=work.log)
        (work.tmp / "wanted.config").write_text(config)
        cross = ["make", f"ARCH={wanted.arch}", f"CROSS_COMPILE={wanted.cross}"]
        env = {**environment(), "KCONFIG_ALLCONFIG": "wanted.config"}
        run([*cross, "allnoconfig"], log=work.log, cwd=work.tmp, env=env)
        run([*cross, jobs(), *wanted.goals], log=work.log, cwd=work.tmp)
        for pattern in (wanted.image, machine.dtb):
            if pattern:
                shutil.copy(_one(work.tmp, pattern), work.out / Path(pattern).name)

    inputs = [config, machine.package, wanted.arch, wanted.cross, *wanted.goals, wanted.image, machine.dtb]
    return cache.stage(f"kernel-{machine.name}", inputs, make)


def _busybox(machine: Machine, archive: Archive, cache: Cache) -> Path:
    """Return a static busybox, Debian's if there is one for this architecture."""
    wanted = machine.build
    if wanted is None or not wanted.busybox:
        lender = Archive(cache.root, machine.suite, machine.busybox) if machine.busybox else archive
        return _one(lender.unpacked("busybox-static"), "**/bin/busybox")

    def make(work: Work) -> None:
        _needs(wanted)
        packed = _one(archive.source("busybox"), "busybox_*.orig.tar.*")
        run(["tar", "-xf", packed, "--strip-components=1", "-C", work.tmp], log=work.log)
        config, program = _BUSYBOX
        run(["make", config], log=work.log, cwd=work.tmp)
        with (work.tmp / ".config").open("a") as file:
            file.write("CONFIG_STATIC=y\n")
        run(["make", jobs(), f"CROSS_COMPILE={wanted.cross}", program], log=work.log, cwd=work.tmp)
        shutil.copy(work.tmp / program, work.out)

    return cache.stage(f"busybox-{wanted.arch}", [wanted.cross, *_BUSYBOX], make) / "busybox"


def _needs(wanted: Build, *more: str) -> None:
    """FreezeError: a tool that builds is missing."""
    tools = [
        (f"{wanted.cross}gcc", f"gcc-{wanted.cross.rstrip('-')} and its libc6-dev"),
        *((tool, tool) for tool in ("make", "gcc", *more)),
    ]
    for tool, package in tools:
        if shutil.which(tool) is None:
            raise FreezeError(f"{tool} is missing; install it (Debian: {package})")

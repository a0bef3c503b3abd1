"""The programs of this machine that the build starts: checked before anything long begins."""

import platform
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Cache, Work
from freezer.emulator import emulator
from freezer.errors import FreezeError
from freezer.run import environment, read, run

_SELF = Path(__file__)
_OLDEST_GCC = 12
_LENT = ("make", "patch", "perl")
"""Debian packages that a bare machine may lack; they are unpacked into the cache, not installed."""
_EMULATORS = ("qemu-user-static", "qemu-user")
"""The static emulators are in the former up to Debian 12, in the latter since."""


class Tools(NamedTuple):
    """Where borrowed programs are ("" when the machine has all of them)."""

    folder: str = ""

    def env(self, **extra: str) -> dict[str, str]:
        """Return the environment of a build step, the borrowed programs on the PATH."""
        found = environment(extra)
        if self.folder:
            found["PATH"] = f"{extra.get('PATH', found['PATH'])}:{self.folder}/usr/bin"
            versions = sorted(Path(self.folder).glob("usr/share/perl/*.*.*"))
            found["PERL5LIB"] = ":".join(str(path) for path in versions)
        return found


def check_machine() -> None:
    """FreezeError: the machine or one of its tools is not good enough, with the package that brings it."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise FreezeError(f"builds run on 64-bit x86 Linux, not on {sys.platform} {platform.machine()}")
    gcc = shutil.which("gcc")
    if gcc is None:
        raise FreezeError("gcc is missing; install it (Debian: apt-get install gcc libc6-dev)")
    version = read([gcc, "-dumpversion"]).strip()
    if int(re.match(r"\d+|", version)[0] or 0) < _OLDEST_GCC:  # type: ignore[index]  # matches the empty text too
        raise FreezeError(f"gcc {version} is too old; {_OLDEST_GCC} or newer is needed")
    if not Path("/usr/include/stdio.h").exists():
        raise FreezeError("gcc has no C library to compile for; install it (Debian: apt-get install libc6-dev)")


def lent_tools(cache: Cache, emulators: Iterable[Sequence[str]] = ()) -> Tools:
    """Return make, patch and perl, from this machine or unpacked from its Debian archive into the cache.

    ``emulators``: what else must be there, as in the targets.
    """
    missing = [name for name in _LENT if shutil.which(name) is None or (name == "perl" and not _whole_perl())]
    if not all(map(_has_emulator, emulators)):
        missing += _EMULATORS
    if not missing:
        return Tools()
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise FreezeError(f"missing: {', '.join(missing)}; install them")
    release = Path("/etc/os-release").read_text()

    def make(work: Work) -> None:
        _borrow(missing, work)

    return Tools(str(cache.stage("tools", [_SELF, release, *missing], make)))


def _has_emulator(words: Sequence[str]) -> bool:
    try:
        emulator(words)
    except FreezeError:
        return False
    return True


def _whole_perl() -> bool:
    """Tell perl from perl-base, which every Debian has and which lacks what Configure needs."""
    try:
        read(["perl", "-MFile::Compare", "-MIPC::Cmd", "-MPod::Usage", "-e", "1"])
    except FreezeError:
        return False
    return True


def _borrow(missing: list[str], work: Work) -> None:
    """Download and unpack the Debian packages, with lists of our own: apt's state is not touched."""
    lists = work.tmp / "lists"
    (lists / "partial").mkdir(parents=True)
    own = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={work.tmp}/cache", "-o", "APT::Sandbox::User="]
    (work.tmp / "cache/archives/partial").mkdir(parents=True)
    run(["apt-get", *own, "update"], log=work.log)
    names = [name for name in missing if name != "perl"]
    if "perl" in missing:
        shown = read(["apt-cache", *own, "depends", "perl"])
        names += sorted(set(re.findall(r"Depends: (perl-modules-[\d.]+|libperl[\d.]+(?:t64)?)$", shown, re.MULTILINE)))
    debs = work.tmp / "debs"
    debs.mkdir()
    run(["apt-get", *own, "download", *names], cwd=debs, log=work.log)
    for deb in sorted(debs.glob("*.deb")):
        run(["dpkg-deb", "-x", deb, work.out], log=work.log)

"""Packages of any architecture and suite of Debian, unpacked into the cache; this machine's own dpkg is left alone."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from freezer.archive import archive
from freezer.errors import FreezeError
from freezer.run import environment

_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
_CONFIGURATION = """APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "{folder}";
Dir::State::status "{folder}/status";
Dir::State::lists "{folder}/lists";
Dir::Cache "{folder}";
Dir::Cache::archives "{folder}/archives";
Dir::Etc "{folder}/etc";
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "-";
"""
_REAL = re.compile(r"^ *Depends: (linux-(?:image|source)-[\w.+~-]+)$", re.MULTILINE)
"""What a package without a version in its name stands for."""


class Archive:
    """One architecture of one suite. What lies in the cache is used as it is: delete it for a newer one."""

    def __init__(self, cache: Path, suite: str, arch: str) -> None:
        """Name the folder; nothing is fetched yet."""
        self._folder = cache / f"{suite}-{arch}"
        self._suite = suite
        self._arch = arch

    def unpacked(self, package: str) -> Path:
        """Return the folder with the files of a package. FreezeError: it cannot be fetched."""
        done = self._folder / "unpacked" / package
        if done.is_dir():
            return done
        self._ready()
        real = _REAL.search(self._apt("apt-cache", "depends", package))
        name = real[1] if real else package
        part = done.with_name(f"{package}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        self._apt("apt-get", "download", "-qq", name, folder=part)
        for deb in part.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(deb), str(part)])
            deb.unlink()
        part.rename(done)
        return done

    def source(self, package: str) -> Path:
        """Return the folder with the sources of a package, packed as they come. FreezeError: they cannot be fetched."""
        done = self._folder / "sources" / package
        if not done.is_dir():
            self._ready()
            part = done.with_name(f"{package}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            self._apt("apt-get", "source", "-qq", "--download-only", package, folder=part)
            part.rename(done)
        return done

    def _ready(self) -> None:
        """Fetch the index, once."""
        try:
            where = f"[signed-by={_KEYS}] {archive()} {self._suite} main\n"
        except LookupError as error:
            raise FreezeError(str(error)) from None
        index, sources = self._folder / "index", f"deb {where}deb-src {where}"
        if index.exists() and index.read_text() == sources:
            return
        for name in ("lists/partial", "archives/partial", "etc/apt.conf.d", "etc/preferences.d"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        (self._folder / "status").touch()
        (self._folder / "apt.conf").write_text(_CONFIGURATION.format(arch=self._arch, folder=self._folder))
        (self._folder / "sources.list").write_text(sources)
        self._apt("apt-get", "update", "-qq")
        index.write_text(sources)

    def _apt(self, *argv: str, folder: Path | None = None) -> str:
        return _run(argv, folder, APT_CONFIG=str(self._folder / "apt.conf"))


def _run(argv: Sequence[str], folder: Path | None = None, **extra: str) -> str:
    env = environment(extra)
    try:
        done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
    except OSError as error:
        raise FreezeError(f"cannot start {argv[0]}: {error.strerror}; this needs Debian's apt and dpkg") from None
    if done.returncode:
        raise FreezeError(f"{argv[0]} failed with {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout

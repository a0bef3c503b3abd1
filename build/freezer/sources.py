"""Unpacked sources: exactly the pinned archives, CPython's with Debian's security patches on top."""

import fnmatch
import io
import tarfile
from inspect import getsource
from pathlib import Path

from freezer.cache import Cache, Work
from freezer.fetch import fetch
from freezer.recipe import BUILD, Recipe
from freezer.run import run
from freezer.tools import Tools

_OWN = BUILD / "patches"
"""Our own changes, all behind ``#ifdef DORMOUSE_SMALL``: the host's CPython is as it always was."""


def unpacked(cache: Cache, recipe: Recipe, name: str) -> Path:
    """Return the folder with the sources of zlib or OpenSSL."""
    pin = recipe.pins[name]

    def make(work: Work) -> None:
        _unpack(fetch(cache, pin).read_bytes(), work.out)

    return cache.stage(f"{name}-source", [getsource(_unpack), pin.sha256], make)


def patched_cpython(cache: Cache, recipe: Recipe, tools: Tools) -> Path:
    """Return the folder with CPython's sources as Debian secures them."""
    pin, patches, wanted = recipe.pins["cpython"], recipe.pins["cpython-patches"], recipe.cpython["patches"]

    def make(work: Work) -> None:
        _unpack(fetch(cache, pin).read_bytes(), work.out)
        _unpack(fetch(cache, patches).read_bytes(), work.tmp, strip=2)
        series = (work.tmp / "series").read_text().split()
        for patch in series:
            if any(fnmatch.fnmatch(patch, pattern) for pattern in wanted):
                _patch(work, work.tmp / patch, tools)
        for own in sorted(_OWN.glob("*.patch")):
            _patch(work, own, tools)

    return cache.stage("cpython-source", [getsource(patched_cpython), pin.sha256, patches.sha256, *wanted, _OWN], make)


def _patch(work: Work, patch: Path, tools: Tools) -> None:
    argv: list[str | Path] = ["patch", "-p1", "--batch", "--forward", "--no-backup-if-mismatch", "-i", patch]
    run(argv, cwd=work.out, log=work.log, env=tools.env())


def _unpack(archive: bytes, folder: Path, strip: int = 1) -> None:
    """Unpack without the leading folders of every path."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extraction_filter = getattr(tarfile, "tar_filter", lambda member, _: member)  # bookworm's 3.11.2 has none
        for member in tar:
            member.name = "/".join(member.name.removeprefix("./").split("/")[strip:])
            if member.name:
                tar.extract(member, folder)

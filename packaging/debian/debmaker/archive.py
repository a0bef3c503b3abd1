"""The containers of a package: ar, tar, xz and gzip, the same bytes for the same content."""

import gzip
import io
import lzma
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_XZ = lzma.PRESET_DEFAULT | lzma.PRESET_EXTREME
"""Level 6: unpacking takes 9 MB of memory; level 9 would take 65, too much for small boards, and gain nothing."""


class Entry(NamedTuple):
    """One file of a package: its absolute path, its mode, its content."""

    path: str
    mode: int
    data: bytes


def ar(members: Iterable[tuple[str, bytes]], epoch: int) -> bytes:
    """Return an ar archive (deb(5)) of these names and contents, dated ``epoch``."""
    parts = [b"!<arch>\n"]
    for name, data in members:
        parts += [f"{name:<16}{epoch:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode(), data]
        if len(data) % 2:
            parts.append(b"\n")
    return b"".join(parts)


def members(data: bytes) -> dict[str, bytes]:
    """Return the contents of an ar archive by their names. ValueError: it is none."""
    if data[:8] != b"!<arch>\n":
        raise ValueError("not an ar archive")
    found, at = {}, 8
    while at < len(data):
        size = int(data[at + 48 : at + 58])
        found[data[at : at + 16].decode().strip()] = data[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    return found


def tar_xz(entries: Iterable[Entry], epoch: int) -> bytes:
    """Return what ``tar`` does, compressed."""
    return lzma.compress(tar(entries, epoch), preset=_XZ)


def tar(entries: Iterable[Entry], epoch: int) -> bytes:
    """Return a tar archive: every folder before what is in it, in order of names, all of it root's, dated ``epoch``."""
    files = {f".{entry.path}": entry for entry in entries}
    names = {"./", *files, *(f"./{folder}/" for name in files for folder in _folders(name))}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as file:
        for name in sorted(names):
            mode, data = (0o755, b"") if name.endswith("/") else files[name][1:]
            file.addfile(_info(name, mode, len(data), epoch), io.BytesIO(data))
    return raw.getvalue()


def flat_tar(members: Iterable[tuple[str, bytes]], epoch: int) -> bytes:
    """Return a tar archive of these names and contents, in this order and without folders, dated ``epoch``."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as file:
        for name, data in members:
            file.addfile(_info(name, 0o644, len(data), epoch), io.BytesIO(data))
    return raw.getvalue()


def _info(name: str, mode: int, size: int, epoch: int) -> tarfile.TarInfo:
    """Return what tar says of a file, or of a folder when its name ends in a slash; it is root's."""
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
    info.mode, info.size, info.mtime, info.uname, info.gname = mode, size, epoch, "root", "root"
    return info


def gz(data: bytes) -> bytes:
    """Return the data compressed like ``gzip -9n``: without name and time."""
    raw = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as file:
        file.write(data)
    return raw.getvalue()


def replaced(path: Path, data: bytes) -> Path:
    """Put the data at a path in one step; return the path."""
    whole = path.with_name(f".{path.name}")
    whole.write_bytes(data)
    return whole.replace(path)


def head(fields: Mapping[str, str], rest: str) -> Entry:
    """Return a control file: these fields, and then the lines that the repository has."""
    return Entry("/control", 0o644, ("".join(f"{name}: {value}\n" for name, value in fields.items()) + rest).encode())


def _folders(name: str) -> list[str]:
    return [str(folder) for folder in PurePosixPath(name).parents if str(folder) != "."]

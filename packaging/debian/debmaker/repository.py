"""An apt repository of the packages, as files that any web server can hand out (deb822 sources, suite stable)."""

import hashlib
import io
import lzma
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

from debmaker.archive import gz, members
from debmaker.deb import ARCHITECTURES
from debmaker.errors import PackageError
from debmaker.project import PACKAGE, epoch

VARIABLE = "DORMOUSE_APT_KEY"
"""Holds the private OpenPGP key, armoured and without a passphrase, while a release is made."""
KEYRING = "dormouse-archive-keyring.gpg"
_POOL = f"pool/main/{PACKAGE[0]}/{PACKAGE}"


def make(dist: Path) -> Path:
    """Make ``dist/apt`` anew from the packages in ``dist``; return its path. It is signed when there is a key.

    PackageError: there is no package, or gpg does not take the key.
    """
    debs = sorted(dist.glob(f"{PACKAGE}_*.deb"))
    if not debs:
        raise PackageError(f"{dist} has no {PACKAGE}_*.deb; make them by script/package deb")
    with tempfile.TemporaryDirectory(dir=dist, prefix=".apt-") as made:
        top = Path(made)
        top.chmod(0o755)
        (top / _POOL).mkdir(parents=True)
        for deb in debs:
            shutil.copyfile(deb, top / _POOL / deb.name)
        suite = top / "dists" / "stable"
        _write_indices(suite, [(deb, _stanza(deb)) for deb in debs])
        (suite / "Release").write_text(_release(suite), "utf-8")
        if (private := key()) is not None:
            _sign(suite, private, top / KEYRING)
        target = dist / "apt"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(top, target)
    return target


def key() -> str | None:
    """Return the private key, None when there is none."""
    return os.environ.get(VARIABLE) or None


def _stanza(deb: Path) -> str:
    """Return what the index says of a package: its own control file, and where to find which bytes."""
    data = deb.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(members(data)["control.tar.xz"]), mode="r:xz") as tar:
        file = tar.extractfile("./control")
        control = file.read().decode() if file else ""
    return (
        f"{control.rstrip()}\nFilename: {_POOL}/{deb.name}\nSize: {len(data)}\n"
        f"MD5sum: {hashlib.md5(data, usedforsecurity=False).hexdigest()}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
    )


def _write_indices(suite: Path, stanzas: list[tuple[Path, str]]) -> None:
    """Write the list of packages of every architecture, an empty one too: apt asks for that of its own machine."""
    for arch in ARCHITECTURES:
        folder = suite / "main" / f"binary-{arch}"
        folder.mkdir(parents=True)
        text = "\n".join(stanza for deb, stanza in stanzas if deb.stem.endswith(f"_{arch}")).encode()
        (folder / "Packages").write_bytes(text)
        (folder / "Packages.gz").write_bytes(gz(text))
        (folder / "Packages.xz").write_bytes(lzma.compress(text))


def _release(suite: Path) -> str:
    head = {
        "Origin": "Dormouse",
        "Label": "Dormouse",
        "Suite": "stable",
        "Codename": "stable",
        "Date": formatdate(epoch(), usegmt=True).replace("GMT", "UTC"),
        "Architectures": " ".join(ARCHITECTURES),
        "Components": "main",
        "Description": "Cloudflare dynamic DNS client",
    }
    lines = [f"{name}: {value}" for name, value in head.items()]
    return "\n".join((*lines, "SHA256:", *_sums(suite))) + "\n"


def _sums(suite: Path) -> Iterator[str]:
    for path in sorted(suite.glob("main/*/*")):
        data = path.read_bytes()
        yield f" {hashlib.sha256(data).hexdigest()} {len(data)} {path.relative_to(suite)}"


def _sign(suite: Path, private: str, keyring: Path) -> None:
    """Sign the list in both forms apt reads, and write the public half of the key for the users."""
    with tempfile.TemporaryDirectory(prefix="gpg-") as home:
        _gpg(home, "--import", given=private.encode())
        sign = ("--digest-algo", "SHA512", "--output")
        release = str(suite / "Release")
        _gpg(home, *sign, str(suite / "InRelease"), "--clearsign", release)
        _gpg(home, *sign, str(suite / "Release.gpg"), "--armor", "--detach-sign", release)
        _gpg(home, "--output", str(keyring), "--export")
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], capture_output=True, check=False)


def _gpg(home: str, *args: str, given: bytes = b"") -> None:
    try:
        done = subprocess.run(
            ["gpg", "--homedir", home, "--batch", "--yes", *args], input=given, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise PackageError("gpg is missing; install it (Debian: apt-get install gpg)") from None
    if done.returncode:
        raise PackageError(f"gpg does not sign with the key in {VARIABLE}: {done.stderr.decode(errors='replace')}")

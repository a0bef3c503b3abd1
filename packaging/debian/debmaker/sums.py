"""The checksums of a release and their signature, as install.sh wants them."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from debmaker.errors import PackageError
from debmaker.project import ROOT

VARIABLE = "DORMOUSE_RELEASE_KEY"
"""Holds the private key, as PEM, while a release is made."""
PACKAGING = ROOT / "packaging"
_BESIDE = ("install.sh", "systemd/ddns.service", "systemd/ddns.json")
_PATTERNS = (
    "ddns-linux-*",
    "*.deb",
    "*.ipk",
    "*.apk",
    "dormouse-*.tgz",
    "apt-repository.tar.gz",
    *(Path(name).name for name in _BESIDE),
)
_PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n", re.DOTALL)


def make(dist: Path) -> list[Path]:
    """Put install.sh and what it installs beside the programs in ``dist``, list and sign all; return what was written.

    Without a key there is no signature, and an old one is removed. PackageError: there is no program, or the key is not
    the one whose public half install.sh has.
    """
    if not list(dist.glob("ddns-linux-*")):
        raise PackageError(f"{dist} has no ddns-linux-ARCH; make them by script/freeze")
    for name in _BESIDE:
        shutil.copy(PACKAGING / name, dist)
    return write(dist)


def write(dist: Path) -> list[Path]:
    """List and sign what is there already, as ``make`` does; return what was written."""
    files = sorted({path for pattern in _PATTERNS for path in dist.glob(pattern)})
    listed, signature = dist / "SHA256SUMS", dist / "SHA256SUMS.sig"
    signature.unlink(missing_ok=True)
    listed.write_text("".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files))
    if (private := key()) is None:
        return [listed]
    public = _openssl(private, "pkey", "-in", "/dev/stdin", "-pubout")
    known = _PUBLIC.search((dist / "install.sh").read_text("utf-8"))
    if known is None or known[0] != public:
        raise PackageError(f"packaging/install.sh must have the public half of {VARIABLE}, which is:\n{public}")
    _openssl(private, "dgst", "-sha256", "-sign", "/dev/stdin", "-out", str(signature), str(listed))
    return [listed, signature]


def key() -> str | None:
    """Return the private key, None when there is none."""
    return os.environ.get(VARIABLE) or None


def _openssl(private: str, *args: str) -> str:
    try:
        done = subprocess.run(["openssl", *args], input=private, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PackageError("openssl is missing; install it") from None
    if done.returncode:
        raise PackageError(f"openssl does not take the key in {VARIABLE}: {done.stderr.strip()}")
    return done.stdout

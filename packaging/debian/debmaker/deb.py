"""One .deb: control.tar.xz, data.tar.xz, and the ar archive around them."""

import hashlib
from pathlib import Path

from debmaker import content
from debmaker.archive import Entry, ar, head, replaced, tar_xz
from debmaker.errors import PackageError
from debmaker.program import frozen
from debmaker.project import MAINTAINER, PACKAGE, ROOT, debian_version, epoch, homepage, version

ARCHITECTURES = ("amd64", "arm64", "armhf")
SCRIPTS = ("postinst", "prerm", "postrm")


def make(arch: str, dist: Path, revision: int = 1) -> Path:
    """Make the package of one architecture from ``ddns-linux-ARCH`` in ``dist``; return its path, also in ``dist``.

    ``revision`` counts packages of the same version of the program.

    PackageError: the architecture is none of ours, its file is missing, or is one for another machine.
    """
    if arch not in ARCHITECTURES:
        raise PackageError(f"{arch} is not an architecture of ours; they are {', '.join(ARCHITECTURES)}")
    program = frozen(dist / f"ddns-linux-{arch}", arch)
    when = epoch()
    package_version = debian_version(version(), revision)
    files = content.files(program, package_version, when)
    control = [
        _control(arch, package_version, files),
        Entry("/conffiles", 0o644, f"{content.CONFFILE}\n".encode()),
        Entry("/md5sums", 0o644, _md5sums(files).encode()),
        *(Entry(f"/{name}", 0o755, (ROOT / "packaging" / "debian" / name).read_bytes()) for name in SCRIPTS),
    ]
    members = (
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", tar_xz(control, when)),
        ("data.tar.xz", tar_xz(files, when)),
    )
    return replaced(dist / f"{PACKAGE}_{package_version}_{arch}.deb", ar(members, when))


def _control(arch: str, package_version: str, files: list[Entry]) -> Entry:
    text = (ROOT / "packaging" / "debian" / "control").read_text("utf-8")
    folders = {str(parent) for entry in files for parent in Path(entry.path).parents}
    size = sum(-(-len(entry.data) // 1024) for entry in files) + len(folders)
    fields = {
        "Package": PACKAGE,
        "Version": package_version,
        "Architecture": arch,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Homepage": homepage(),
    }
    return head(fields, text)


def _md5sums(files: list[Entry]) -> str:
    """Return what ``dpkg --verify`` compares with; a conffile is not among it."""
    return "".join(
        f"{hashlib.md5(entry.data, usedforsecurity=False).hexdigest()}  {entry.path[1:]}\n"
        for entry in sorted(files)
        if entry.path != content.CONFFILE
    )

"""One .ipk for opkg, the package manager of OpenWrt up to 24.10: a tar of control.tar.gz and data.tar.gz."""

from pathlib import Path

from debmaker.archive import Entry, flat_tar, gz, tar
from debmaker.deb import frozen
from debmaker.errors import PackageError
from debmaker.project import MAINTAINER, PACKAGE, ROOT, debian_version, epoch, homepage, version

ARCHITECTURES = {
    "x86_64": "amd64",
    **dict.fromkeys(("aarch64_cortex-a53", "aarch64_cortex-a72", "aarch64_cortex-a76", "aarch64_generic"), "arm64"),
    **dict.fromkeys(
        (
            "arm_arm1176jzf-s_vfp",
            "arm_cortex-a15_neon-vfpv4",
            "arm_cortex-a5_vfpv4",
            "arm_cortex-a7_neon-vfpv4",
            "arm_cortex-a7_vfpv4",
            "arm_cortex-a8_vfpv3",
            "arm_cortex-a9_neon",
            "arm_cortex-a9_vfpv3-d16",
        ),
        "armhf",
    ),
}
"""OpenWrt's name of each architecture (``opkg print-architecture``) that a program of ours runs on.

Such a name is ARCH, CPU_TYPE and CPU_SUBTYPE of ``target/linux/*/Makefile`` in OpenWrt's sources. These were compared
with lists that other projects keep of the package folders of 24.10 (2026-11-26). Of 32-bit ARM only those with ``vfp``
or ``neon`` are here: they have the floating-point unit that armhf needs, while ``arm_cortex-a7``, ``arm_cortex-a9``,
``arm_xscale`` and the like may have none.
"""
CONFFILE = "/etc/config/dormouse"
_FILES = {
    "/etc/init.d/dormouse": ("ddns.init", 0o755),
    CONFFILE: ("dormouse.config", 0o600),
    "/etc/hotplug.d/iface/95-dormouse": ("hotplug", 0o644),
    "/etc/uci-defaults/95-dormouse": ("uci-defaults", 0o644),
}
_KEEP = Entry(f"/lib/upgrade/keep.d/{PACKAGE}", 0o644, b"/etc/dormouse/\n")
"""What an upgrade of the firmware keeps, beside conffiles."""
_OURS = ROOT / "packaging" / "openwrt"


def make(names: list[str], dist: Path, revision: int = 1) -> list[Path]:
    """Make the packages of these architectures of OpenWrt from ``ddns-linux-ARCH`` in ``dist``; return their paths.

    They are in ``dist`` too. ``revision`` counts packages of the same version of the program.

    PackageError: a name is none of ours, the file of a program is missing, or is one for another machine.
    """
    for name in names:
        if name not in ARCHITECTURES:
            raise PackageError(f"{name} is not an architecture of ours; they are {', '.join(ARCHITECTURES)}")
    when = epoch()
    package_version = debian_version(version(), revision)
    paths = []
    for arch in dict.fromkeys(ARCHITECTURES[name] for name in names):
        files = tar(_files(frozen(dist / f"ddns-linux-{arch}", arch)), when)
        data = gz(files)
        for name in names:
            if ARCHITECTURES[name] == arch:
                control = gz(tar(_control(name, package_version, len(files)), when))
                path = dist / f"{PACKAGE}_{package_version}_{name}.ipk"
                whole = path.with_name(f".{path.name}")
                whole.write_bytes(_package(control, data, when))
                paths.append(whole.replace(path))
    return paths


def _package(control: bytes, data: bytes, when: int) -> bytes:
    """Return the outer archive, in the order in which OpenWrt's own ``ipkg-build`` writes it."""
    members = (("debian-binary", b"2.0\n"), ("data.tar.gz", data), ("control.tar.gz", control))
    return gz(flat_tar(members, when))


def _files(program: bytes) -> list[Entry]:
    ours = [Entry(path, mode, (_OURS / name).read_bytes()) for path, (name, mode) in _FILES.items()]
    return [Entry("/usr/bin/dormouse", 0o755, program), _KEEP, *ours]


def _control(name: str, package_version: str, size: int) -> list[Entry]:
    head = {
        "Package": PACKAGE,
        "Version": package_version,
        "Architecture": name,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "URL": homepage(),
    }
    text = "".join(f"{key}: {value}\n" for key, value in head.items()) + (_OURS / "control").read_text("utf-8")
    return [
        Entry("/control", 0o644, text.encode()),
        Entry("/conffiles", 0o644, f"{CONFFILE}\n".encode()),
        *(Entry(f"/{script}", 0o755, (_OURS / script).read_bytes()) for script in ("postinst", "prerm")),
    ]

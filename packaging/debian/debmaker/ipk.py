"""One .ipk for opkg, the package manager of OpenWrt up to 24.10: a tar of control.tar.gz and data.tar.gz."""

from collections.abc import Iterable

from debmaker.archive import Entry, flat_tar, gz, head, tar
from debmaker.project import MAINTAINER, homepage
from debmaker.routerpackage import RouterPackage

ARCHITECTURES = {
    "x86_64": "amd64-plain",
    **dict.fromkeys(
        ("aarch64_cortex-a53", "aarch64_cortex-a72", "aarch64_cortex-a76", "aarch64_generic"), "arm64-plain"
    ),
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
        "armhf-plain",
    ),
    **dict.fromkeys(("arm_arm926ej-s", "arm_cortex-a7", "arm_cortex-a9", "arm_xscale"), "armv5"),
    **dict.fromkeys(("i386_pentium-mmx", "i386_pentium4"), "386"),
    **dict.fromkeys(("mips_24kc", "mips_4kec"), "mips"),
    **dict.fromkeys(("mipsel_24kc", "mipsel_24kc_24kf", "mipsel_74kc"), "mipsel"),
    **dict.fromkeys(("riscv64_generic", "riscv64_riscv64"), "riscv64"),
}
"""OpenWrt's name of each architecture (``opkg print-architecture``), and the program of ours that runs on it.

Where there are two programs it is the plain one, which takes half the space and twice the memory: flash is short.

Such a name is ARCH, CPU_TYPE and CPU_SUBTYPE of ``target/linux/*/Makefile`` in OpenWrt's sources. These were compared
with lists that other projects keep of the package folders of 24.10 and 25.12 (2026-11-27). Of 32-bit ARM, those with
``vfp`` or ``neon`` have the floating-point unit that armhf needs; the others may have none. Not here, because none of
our programs runs there: ``mips_mips32`` and ``mipsel_mips32`` (the first release of MIPS32), ``arm_fa526`` (ARMv4),
64-bit MIPS, PowerPC, LoongArch, big-endian ARM.
"""


def packed(files: Iterable[Entry], when: int) -> tuple[bytes, int]:
    """Return data.tar.gz, and its size before compression: the same for every architecture that a program serves."""
    data = tar(files, when)
    return gz(data), len(data)


def build(package: RouterPackage, version: str, when: int, data: tuple[bytes, int]) -> bytes:
    """Return the package as a file, in the order in which OpenWrt's own ``ipkg-build`` writes it."""
    content, size = data
    control = gz(tar(_control(package, version, size), when))
    members = (("./debian-binary", b"2.0\n"), ("./data.tar.gz", content), ("./control.tar.gz", control))
    return gz(flat_tar(members, when))


def _control(package: RouterPackage, version: str, size: int) -> list[Entry]:
    fields = {
        "Package": package.name,
        "Version": version,
        "Architecture": package.arch,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "URL": homepage(),
    }
    conffiles = "".join(f"{path}\n" for path in package.conffiles)
    return [
        head(fields, package.control),
        *([Entry("/conffiles", 0o644, conffiles.encode())] if conffiles else []),
        *(Entry(f"/{name}", 0o755, body.encode()) for name, body in package.scripts.items()),
    ]

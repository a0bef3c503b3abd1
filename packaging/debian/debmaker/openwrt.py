"""The packages for OpenWrt: the program by architecture; for any, the page in LuCI and what fetches the program."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from debmaker import apk, ipk
from debmaker.archive import Entry, replaced
from debmaker.errors import PackageError
from debmaker.ipk import ARCHITECTURES
from debmaker.program import frozen
from debmaker.project import PACKAGE, ROOT, apk_version, debian_version, epoch, homepage, version
from debmaker.routerpackage import RouterPackage

ANY = "all"
"""OpenWrt's name for a package that every architecture takes."""
NAMES = [*ARCHITECTURES, ANY]
CONFFILE = "/etc/config/dormouse"
_OURS = ROOT / "packaging" / "openwrt"
_SERVICE = {
    "/etc/init.d/dormouse": ("ddns.init", 0o755),
    CONFFILE: ("dormouse.config", 0o600),
    "/etc/hotplug.d/iface/95-dormouse": ("hotplug", 0o644),
    "/etc/uci-defaults/95-dormouse": ("uci-defaults", 0o644),
}
_PAGE = {
    "/usr/share/luci/menu.d/luci-app-dormouse.json": "luci/menu.json",
    "/usr/share/rpcd/acl.d/luci-app-dormouse.json": "luci/acl.json",
    "/www/luci-static/resources/view/dormouse/instances.js": "luci/instances.js",
}
_PROGRAM = "/usr/bin/dormouse"
_SHARE = "/usr/share/dormouse"


def make(names: list[str], dist: Path, revision: int = 1) -> list[Path]:
    """Make the packages of these architectures of OpenWrt from ``ddns-linux-ARCH`` in ``dist``; return their paths.

    They are in ``dist`` too, an .ipk and an .apk of each. ``revision`` counts packages of one version of the program.

    PackageError: a name is none of ours, the file of a program is missing, or is one for another machine.
    """
    for name in names:
        if name not in NAMES:
            raise PackageError(f"{name} is not an architecture of ours; they are {', '.join(NAMES)}")
    when = epoch()
    return [path for group in _groups(names, dist) for path in _written(group, dist, revision, when)]


def _groups(names: list[str], dist: Path) -> Iterator[list[RouterPackage]]:
    """Give the packages, those together that have the same files."""
    for arch in dict.fromkeys(ARCHITECTURES[name] for name in names if name != ANY):
        files = (Entry(_PROGRAM, 0o755, frozen(dist / f"ddns-linux-{arch}", arch)), *_service(PACKAGE))
        yield [_with_service(PACKAGE, name, files) for name in names if ARCHITECTURES.get(name) == arch]
    if ANY in names:
        yield [_from_ram(dist)]
        yield [_page()]


def _written(group: list[RouterPackage], dist: Path, revision: int, when: int) -> Iterator[Path]:
    data = ipk.packed(group[0].files, when)
    for package in group:
        opkg, apks = debian_version(version(), revision), apk_version(version(), revision)
        stem = dist / package.name
        yield replaced(Path(f"{stem}_{opkg}_{package.arch}.ipk"), ipk.build(package, opkg, when, data))
        yield replaced(Path(f"{stem}_{apks}_{package.arch}.apk"), apk.build(package, apks, when))


def _service(name: str) -> tuple[Entry, ...]:
    """Return the files of the service, and of what an upgrade of the firmware keeps beside conffiles."""
    files = [Entry(path, mode, (_OURS / ours).read_bytes()) for path, (ours, mode) in _SERVICE.items()]
    return (*files, Entry(f"/lib/upgrade/keep.d/{name}", 0o644, b"/etc/dormouse/\n"))


def _with_service(name: str, arch: str, files: tuple[Entry, ...]) -> RouterPackage:
    scripts = {script: (_OURS / script).read_text("utf-8") for script in ("postinst", "prerm")}
    return RouterPackage(name, arch, _control(name), files, (CONFFILE,), scripts)


def _from_ram(dist: Path) -> RouterPackage:
    """Return the package that fetches the program at boot, and knows the sums of those that are in ``dist``."""
    name = "dormouse-ram"
    sums = ""
    for arch in dict.fromkeys(ARCHITECTURES.values()):
        if (dist / f"ddns-linux-{arch}").exists():
            data = frozen(dist / f"ddns-linux-{arch}", arch)
            sums += f"{hashlib.sha256(data).hexdigest()}  ddns-linux-{arch}\n"
    if not sums:
        raise PackageError(f"{dist} has no ddns-linux-ARCH whose sum {name} could have; make them by script/freeze")
    place = f"{homepage()}/releases/download/v{version()}\n"
    architectures = "".join(f"{openwrts} {ours}\n" for openwrts, ours in ARCHITECTURES.items())
    files = (
        Entry(_PROGRAM, 0o755, (_OURS / "dormouse-ram").read_bytes()),
        Entry(f"{_SHARE}/SHA256SUMS", 0o644, sums.encode()),
        Entry(f"{_SHARE}/architectures", 0o644, architectures.encode()),
        Entry(f"{_SHARE}/place", 0o644, place.encode()),
        *_service(name),
    )
    return _with_service(name, ANY, files)


def _page() -> RouterPackage:
    name = "luci-app-dormouse"
    files = tuple(Entry(path, 0o644, (_OURS / ours).read_bytes()) for path, ours in _PAGE.items())
    scripts = {"postinst": (_OURS / "luci" / "postinst").read_text("utf-8")}
    return RouterPackage(name, ANY, _control(name), files, (), scripts)


def _control(name: str) -> str:
    return (_OURS / f"{name}.control").read_text("utf-8")

"""One .apk for apk-tools 3, the package manager of OpenWrt after 24.10.

What is where in it is from apk-tools' src/apk_adb.h, apk_adb.c and app_mkpkg.c; what OpenWrt adds (scripts that set a
name and a root, the lists in /lib/apk/packages, ``noarch``) from its include/package-pack.mk and functions.sh. All were
read 2026-11-26.
"""

import hashlib
import struct
from collections.abc import Iterable
from pathlib import PurePosixPath

from debmaker.adb import PACKAGE, Adb, container
from debmaker.archive import Entry
from debmaker.project import MAINTAINER, homepage
from debmaker.routerpackage import RouterPackage

# The slots of each kind of object.
_DEP_NAME, _DEP_VERSION, _DEP_MATCH = 1, 2, 3
_CONFLICT = 16 | 7
"""What ``!name`` is: any version (lower, equal or higher), and not that."""
_NAME, _VERSION, _HASHES, _DESCRIPTION, _ARCH, _LICENSE, _ORIGIN, _MAINTAINER, _URL = range(1, 10)
_BUILD_TIME, _INSTALLED_SIZE, _DEPENDS, _PROVIDES = 11, 12, 15, 16
_ACL_MODE, _ACL_USER, _ACL_GROUP = 1, 2, 3
_FILE_NAME, _FILE_ACL, _FILE_SIZE, _FILE_TIME, _FILE_HASHES = 1, 2, 3, 4, 5
_FOLDER_NAME, _FOLDER_ACL, _FOLDER_FILES = 1, 2, 3
_POSTINST, _PREDEINST, _PREUPGRADE, _POSTUPGRADE = 3, 4, 6, 7
_INFO, _PATHS, _SCRIPTS = 1, 2, 3

_HASH_SIZE = 20
"""The package's own hash is the beginning of a SHA-256."""
_DISK_BLOCK = 4096
_SHEBANG = "#!/bin/sh\n"


def build(package: RouterPackage, version: str, when: int) -> bytes:
    """Return the package as a file; the same for the same content and date."""
    adb = Adb()
    folders = _folders([*package.files, *_lists(package)])
    own, place = adb.own(_HASH_SIZE)
    info = _info(adb, package, version, when) | {
        _HASHES: own,
        _INSTALLED_SIZE: adb.number(sum(_on_disk(item) for _, files in folders for item in files)),
    }
    root = adb.object(
        {
            _INFO: adb.object(info),
            _PATHS: adb.array(_folder(adb, name, files, when) for name, files in folders),
            _SCRIPTS: adb.object({slot: adb.blob(text.encode()) for slot, text in _scripts(package).items()}),
        }
    )
    content = adb.finished(root)
    content[place] = hashlib.sha256(content).digest()[:_HASH_SIZE]
    return container(PACKAGE, bytes(content), _data(folders))


def _info(adb: Adb, package: RouterPackage, version: str, when: int) -> dict[int, int]:
    fields = package.fields()
    texts = {
        _NAME: package.name,
        _VERSION: version,
        _DESCRIPTION: fields["Description"],
        _ARCH: "noarch" if package.arch == "all" else package.arch,
        _LICENSE: fields["License"],
        _ORIGIN: package.name,
        _MAINTAINER: MAINTAINER,
        _URL: homepage(),
    }
    provided = package.listed("Provides")
    needs: list[tuple[str, dict[int, int]]] = [(name, {}) for name in package.listed("Depends")]
    # What provides a name in a version is the only package that may have it: a conflict with it is said by that.
    needs += [
        (name, {_DEP_MATCH: adb.number(_CONFLICT)}) for name in package.listed("Conflicts") if name not in provided
    ]
    return {slot: adb.blob(text.encode()) for slot, text in texts.items()} | {
        _BUILD_TIME: adb.number(when),
        _DEPENDS: _dependencies(adb, needs),
        _PROVIDES: _dependencies(adb, [(name, {_DEP_VERSION: adb.blob(version.encode())}) for name in provided]),
    }


def _dependencies(adb: Adb, items: Iterable[tuple[str, dict[int, int]]]) -> int:
    return adb.array(adb.object({_DEP_NAME: adb.blob(name.encode()), **more}) for name, more in sorted(items))


def _scripts(package: RouterPackage) -> dict[int, str]:
    """Return the scripts by their slots. Before an upgrade opkg runs the old prerm, and apk the new pre-upgrade."""
    head = f'{_SHEBANG}export root="${{IPKG_INSTROOT}}" pkgname="{package.name}"\n'
    upgrade = head + "export PKG_UPGRADE=1\n"
    found: dict[int, str] = {}
    for name, slot, again in (("postinst", _POSTINST, _POSTUPGRADE), ("prerm", _PREDEINST, _PREUPGRADE)):
        if name in package.scripts:
            body = package.scripts[name].removeprefix(_SHEBANG)
            found |= {slot: head + body, again: upgrade + body}
    return found


def _lists(package: RouterPackage) -> list[Entry]:
    """Return what OpenWrt's own scripts read: the files, and the settings with their sums as they are shipped."""
    place = f"/lib/apk/packages/{package.name}"
    entries = [Entry(f"{place}.list", 0o644, "".join(f"{item.path}\n" for item in sorted(package.files)).encode())]
    if package.conffiles:
        sums = {item.path: hashlib.sha256(item.data).hexdigest() for item in package.files}
        static = "".join(f"{path} {sums[path]}\n" for path in package.conffiles)
        entries += [
            Entry(f"{place}.conffiles", 0o644, "".join(f"{path}\n" for path in package.conffiles).encode()),
            Entry(f"{place}.conffiles_static", 0o644, static.encode()),
        ]
    return entries


def _folders(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return every folder, the root as "", with what is in it, both in the order of their names' bytes."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        path = PurePosixPath(entry.path)
        for folder in path.parents:
            found.setdefault(str(folder).removeprefix("/"), [])
        found[str(path.parent).removeprefix("/")].append(entry)
    return [(name, sorted(found[name])) for name in sorted(found, key=str.encode)]


def _folder(adb: Adb, name: str, files: list[Entry], when: int) -> int:
    return adb.object(
        {
            _FOLDER_NAME: adb.blob(name.encode()),
            _FOLDER_ACL: _acl(adb, 0o755),
            _FOLDER_FILES: adb.array(_file(adb, item, when) for item in files),
        }
    )


def _file(adb: Adb, entry: Entry, when: int) -> int:
    return adb.object(
        {
            _FILE_NAME: adb.blob(PurePosixPath(entry.path).name.encode()),
            _FILE_ACL: _acl(adb, entry.mode),
            _FILE_SIZE: adb.number(len(entry.data)),
            _FILE_TIME: adb.number(when),
            _FILE_HASHES: adb.blob(hashlib.sha256(entry.data).digest()),
        }
    )


def _acl(adb: Adb, mode: int) -> int:
    return adb.object({_ACL_MODE: adb.number(mode), _ACL_USER: adb.blob(b"root"), _ACL_GROUP: adb.blob(b"root")})


def _data(folders: list[tuple[str, list[Entry]]]) -> Iterable[bytes]:
    """Return the content of each file that has one, after the numbers of its folder and of it in there, from 1 on."""
    for number, (_, files) in enumerate(folders, 1):
        for index, entry in enumerate(files, 1):
            if entry.data:
                yield struct.pack("<II", number, index) + entry.data


def _on_disk(entry: Entry) -> int:
    return -(-len(entry.data) // _DISK_BLOCK) * _DISK_BLOCK

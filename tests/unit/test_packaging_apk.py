"""The packages for apk-tools 3: read back by the format's description, and compared with those for opkg."""

import hashlib
import re
import struct
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.fakes.adb import ADB, DATA, Value, blocks, tree, unpacked
from tests.fakes.packaging import package, packages, stand_in

ROOT = Path(__file__).parents[2]
OURS = ROOT / "packaging" / "openwrt"
WHEN = 1700000000
sys.path.append(str(ROOT / "packaging" / "debian"))  # as make.py finds its modules

from debmaker import adb  # noqa: E402 -- see the line before
from debmaker.errors import PackageError  # noqa: E402 -- likewise
from debmaker.project import apk_version  # noqa: E402 -- likewise
from debmaker.routerpackage import RouterPackage  # noqa: E402 -- likewise

# Slots, as src/apk_adb.h of apk-tools numbers them.
NAME, VERSION, HASHES, DESCRIPTION, ARCH, LICENSE = 1, 2, 3, 4, 5, 6
BUILD_TIME, DEPENDS, PROVIDES = 11, 15, 16
POSTINST, PREDEINST, PREUPGRADE, POSTUPGRADE = 3, 4, 6, 7


class Read(NamedTuple):
    """A package that was read: what it says of itself, its folders and files with their modes, its scripts."""

    adb: bytes
    info: Value
    folders: dict[str, int]
    files: dict[str, tuple[int, bytes]]
    scripts: Value


def read(path: Path) -> Read:
    """Read a package, as apk does: each block of data must be that of the next file that has content."""
    schema, [(kind, content), *others] = blocks(unpacked(path.read_bytes()))
    assert (schema, kind) == (b"pckg", ADB)
    root = tree(content)
    folders: dict[str, int] = {}
    files: dict[str, tuple[int, bytes]] = {}
    for number, folder in enumerate(root[2].items(), 1):
        name = folder[1].text if number > 1 else ""
        folders[name] = mode(folder[2])
        inside = folder[3].items() if 3 in folder.slots else []
        for index, file in enumerate(inside, 1):
            data = b""
            if file[3].number:
                block, body = others.pop(0)
                assert (block, struct.unpack_from("<II", body)) == (DATA, (number, index))
                data = body[8:]
            assert (len(data), hashlib.sha256(data).digest()) == (file[3].number, file[5].content)
            assert file[4].number == WHEN
            files[f"{name}/{file[1].text}"] = (mode(file[2]), data)
        assert [file[1].text for file in inside] == sorted(file[1].text for file in inside)
    assert others == []
    assert list(folders) == sorted(folders)
    return Read(content, root[1], folders, files, root[3])


def mode(acl: Value) -> int:
    """Return the mode of a file or folder, which is root's."""
    assert (acl[2].text, acl[3].text) == ("root", "root")
    return acl[1].number


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make every package."""
    return packages(tmp_path_factory.mktemp("dist"), "openwrt")


def one(dist: Path, name: str, arch: str) -> Path:
    """Return the path of a package."""
    [path] = dist.glob(f"{name}_*_{arch}.apk")
    return path


def test_every_package_for_opkg_is_there_for_apk(made: Path) -> None:
    """With the architecture that apk compares, which for any is noarch."""
    ipks = {re.sub(r"-1_(.*)\.ipk", r"-r1_\1.apk", path.name) for path in made.glob("*.ipk")}
    apks = {path.name: path for path in made.glob("*.apk")}
    assert set(apks) == ipks
    for name, path in apks.items():
        info = read(path).info
        arch = name.split("_", 2)[2].removesuffix(".apk")
        assert info[ARCH].text == ("noarch" if arch == "all" else arch)
        assert name == f"{info[NAME].text}_{info[VERSION].text}_{arch}.apk"
        assert info[BUILD_TIME].number == WHEN


def test_what_is_in_the_program_s_package(made: Path) -> None:
    """The program and its service, and the lists that OpenWrt's scripts look for."""
    found = read(one(made, "dormouse-ddns", "aarch64_generic"))
    config = (OURS / "dormouse.config").read_bytes()
    lists = {name: data.decode() for name, (_, data) in found.files.items() if name.startswith("lib/apk/")}
    assert found.files["usr/bin/dormouse"] == (0o755, (made / "ddns-linux-arm64-plain").read_bytes())
    assert found.files["etc/config/dormouse"] == (0o600, config)
    assert found.files["etc/init.d/dormouse"] == (0o755, (OURS / "ddns.init").read_bytes())
    assert lists == {
        "lib/apk/packages/dormouse-ddns.conffiles": "/etc/config/dormouse\n",
        "lib/apk/packages/dormouse-ddns.conffiles_static": (
            f"/etc/config/dormouse {hashlib.sha256(config).hexdigest()}\n"
        ),
        "lib/apk/packages/dormouse-ddns.list": "".join(
            f"/{name}\n" for name in sorted(found.files) if not name.startswith("lib/apk/")
        ),
    }
    assert set(found.folders.values()) == {0o755}
    assert {"", "etc", "etc/hotplug.d/iface", "usr/bin"} <= set(found.folders)
    assert found.info[LICENSE].text == "MIT"
    assert "\n" not in found.info[DESCRIPTION].text


def test_the_package_has_its_own_hash(made: Path) -> None:
    """Of the whole description while the hash is zero: a byte that changes makes it another package."""
    found = read(one(made, "dormouse-ddns", "x86_64"))
    own = found.info[HASHES].content
    assert isinstance(own, bytes)
    assert found.adb.count(own) == 1
    assert hashlib.sha256(found.adb.replace(own, bytes(20))).digest()[:20] == own


def test_what_the_packages_need_and_provide(made: Path) -> None:
    """The program from memory stands in for the other one, so the page has one of them, and nobody has both."""
    page = read(one(made, "luci-app-dormouse", "all")).info
    ram = read(one(made, "dormouse-ram", "all")).info
    assert [item[1].text for item in page[DEPENDS].items()] == ["dormouse-ddns", "luci-base"]
    assert [(item[1].text, item[2].text) for item in ram[PROVIDES].items()] == [("dormouse-ddns", ram[VERSION].text)]
    assert DEPENDS not in ram.slots


def test_the_scripts_know_their_package(made: Path) -> None:
    """They are not named after it, as opkg does; and what opkg's old prerm does before an upgrade, pre-upgrade does."""
    scripts = read(one(made, "dormouse-ram", "all")).scripts
    head = '#!/bin/sh\nexport root="${IPKG_INSTROOT}" pkgname="dormouse-ram"\n'
    upgrade = head + "export PKG_UPGRADE=1\n"
    postinst, prerm = ((OURS / name).read_text("utf-8").removeprefix("#!/bin/sh\n") for name in ("postinst", "prerm"))
    assert scripts[POSTINST].text == head + postinst
    assert scripts[POSTUPGRADE].text == upgrade + postinst
    assert scripts[PREDEINST].text == head + prerm
    assert scripts[PREUPGRADE].text == upgrade + prerm


def test_two_runs_make_the_same_bytes(made: Path, tmp_path: Path) -> None:
    """In another folder too; another date makes other bytes."""
    stand_in(tmp_path, "amd64-plain")
    assert package(tmp_path, "openwrt", "x86_64").returncode == 0
    [ours] = tmp_path.glob("*.apk")
    first = ours.read_bytes()
    assert first == one(made, "dormouse-ddns", "x86_64").read_bytes()
    assert package(tmp_path, "openwrt", "x86_64", SOURCE_DATE_EPOCH="1700000001").returncode == 0
    assert ours.read_bytes() != first


def test_a_release_has_them(made: Path) -> None:
    """The workflow hands them on, and the list of checksums names them."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    assert text.index("script/package openwrt") < text.index("dist/*.apk") < text.index("script/package sums")
    assert package(made, "sums").returncode == 0
    listed = {line.split()[1] for line in (made / "SHA256SUMS").read_text().splitlines()}
    assert {path.name for path in made.glob("*.apk")} <= listed


@pytest.mark.parametrize(
    ("upstream", "wanted"),
    [
        ("1.2", "1.2-r1"),
        ("1.2rc1", "1.2_rc1-r1"),
        ("1.2a3", "1.2_alpha3-r1"),
        ("1.2b1", "1.2_beta1-r1"),
        ("1.2.dev4", "1.2_alpha0_pre4-r1"),
    ],
)
def test_a_version_is_one_of_apk(upstream: str, wanted: str) -> None:
    """What comes before a release has one of the suffixes that apk knows."""
    assert apk_version(upstream) == wanted


def test_values_of_every_size() -> None:
    """Each in the smallest form that holds it; what is equal is there once; nothing is an empty slot."""
    block = adb.Adb()
    numbers = [0, 7, 0x0FFFFFFF, 0x10000000, 0xFFFFFFFF, 1 << 32]
    texts = [b"a", b"b" * 255, b"c" * 256, b"d" * 65535, b"e" * 65536]
    twice = block.blob(b"a")
    root = block.object(
        {
            1: block.array(block.number(value) for value in numbers),
            2: block.array(block.blob(text) for text in texts),
            5: twice,
            6: block.blob(b""),
            7: block.array([]),
            8: block.object({}),
        }
    )
    found = tree(bytes(block.finished(root)))

    assert [item.content for item in found[1].items()] == numbers
    assert [item.kind for item in found[1].items()] == [1, 1, 1, 2, 2, 3]
    assert [item.content for item in found[2].items()] == texts
    assert [item.kind for item in found[2].items()] == [8, 8, 9, 9, 10]
    assert set(found.slots) == {1, 2, 5}
    assert twice == block.blob(b"a")


def test_what_does_not_fit_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no package with a wrong size in it."""
    monkeypatch.setattr(adb, "_PLACES", 16)
    block = adb.Adb()
    block.blob(b"x" * 64)
    with pytest.raises(ValueError, match="too much for an ADB block"):
        block.blob(b"y")
    monkeypatch.setattr(adb, "_BLOCK", 16)
    with pytest.raises(ValueError, match="too much for a block"):
        adb.container(adb.PACKAGE, bytes(64), [])


def test_a_control_file_that_is_none_is_refused() -> None:
    """Its line is named; a name in Conflicts that is not provided is a conflict for apk as well."""
    bad = RouterPackage("x", "all", "License: MIT\nnonsense\n", (), (), {})
    with pytest.raises(PackageError, match="x: 'nonsense' is no line of a control file"):
        bad.fields()
    good = bad._replace(control="Description: one\n two\nConflicts: a, b\n")
    assert good.fields() == {"Description": "one two", "Conflicts": "a, b"}
    assert (good.listed("Conflicts"), good.listed("Depends")) == (["a", "b"], [])

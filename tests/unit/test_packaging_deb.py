"""The Debian package: what is in it, that two runs make the same bytes, and what its scripts do."""

import gzip
import hashlib
import io
import json
import os
import re
import stat
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.fakes.packaging import package, packages, stand_in

ROOT = Path(__file__).parents[2]
SCRIPTS = ("postinst", "prerm", "postrm")


class Deb(NamedTuple):
    """A package that was read: what tar says of each file, and the contents."""

    members: dict[str, tarfile.TarInfo]
    contents: dict[str, bytes]


def members_of(data: bytes) -> dict[str, bytes]:
    """Return the members of an ar archive."""
    assert data[:8] == b"!<arch>\n"
    found, at = {}, 8
    while at < len(data):
        name, size = data[at : at + 16].decode().strip(), int(data[at + 48 : at + 58])
        assert data[at + 58 : at + 60] == b"`\n"
        found[name] = data[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    return found


def opened(data: bytes) -> Deb:
    """Read a compressed tar archive."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:xz") as tar:
        infos = {info.name.removeprefix("."): info for info in tar}
        files = {name: tar.extractfile(info) for name, info in infos.items() if info.isfile()}
        return Deb(infos, {name: file.read() for name, file in files.items() if file})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the package of every architecture."""
    return packages(tmp_path_factory.mktemp("dist"), "deb")


def deb_of(dist: Path, arch: str = "amd64") -> dict[str, bytes]:
    """Return the members of a package."""
    [path] = dist.glob(f"dormouse-ddns_*_{arch}.deb")
    return members_of(path.read_bytes())


@pytest.mark.parametrize("arch", ["amd64", "arm64", "armhf"])
def test_every_architecture_has_its_package(made: Path, arch: str) -> None:
    """With its own program, and the fields dpkg needs."""
    members = deb_of(made, arch)
    control = opened(members["control.tar.xz"]).contents["/control"].decode()

    assert list(members) == ["debian-binary", "control.tar.xz", "data.tar.xz"]
    assert members["debian-binary"] == b"2.0\n"
    fields = dict(re.findall(r"^([A-Z][\w-]+): (.+)$", control, re.MULTILINE))
    assert fields["Package"] == "dormouse-ddns"
    assert fields["Architecture"] == arch
    assert re.fullmatch(r"\d+\.\d+\.\d+(~\w+)?-1", fields["Version"])
    assert int(fields["Installed-Size"]) > 20
    program = (made / f"ddns-linux-{arch}").read_bytes()
    assert opened(members["data.tar.xz"]).contents["/usr/bin/ddns"] == program


def test_what_is_in_it_and_who_may_read_it(made: Path) -> None:
    """Everything is root's, nothing can be written by others, and the settings are not for everybody."""
    deb = opened(deb_of(made)["data.tar.xz"])
    modes = {name: stat.S_IMODE(info.mode) for name, info in deb.members.items() if info.isfile()}

    assert modes.pop("/usr/bin/ddns") == 0o755
    assert modes.pop("/etc/ddns/ddns.json") == 0o640
    assert set(modes.values()) == {0o644}
    assert {(info.uid, info.gid, info.uname, info.mtime) for info in deb.members.values()} == {
        (0, 0, "root", 1700000000)
    }
    assert {stat.S_IMODE(info.mode) for info in deb.members.values() if info.isdir()} == {0o755}
    assert set(modes) == {
        *(f"/usr/lib/systemd/system/ddns{rest}" for rest in (".service", "-once.service", "-once.timer")),
        *(f"/usr/share/doc/dormouse-ddns/{name}" for name in ("copyright", "README.Debian", "changelog.gz")),
        "/usr/share/doc/dormouse-ddns/changelog.Debian.gz",
        "/usr/share/man/man1/ddns.1.gz",
        "/usr/share/bash-completion/completions/ddns",
        "/usr/share/zsh/vendor-completions/_ddns",
        "/usr/share/fish/vendor_completions.d/ddns.fish",
        "/usr/share/lintian/overrides/dormouse-ddns",
    }
    assert json.loads(deb.contents["/etc/ddns/ddns.json"])["domains"]
    assert gzip.decompress(deb.contents["/usr/share/man/man1/ddns.1.gz"]).startswith(b".TH DDNS 1 ")
    assert b"dormouse-ddns (" in gzip.decompress(deb.contents["/usr/share/doc/dormouse-ddns/changelog.Debian.gz"])


def test_dpkg_can_check_what_it_installed(made: Path) -> None:
    """The sums are those of every file but the settings, which are a conffile."""
    members = deb_of(made)
    control, data = opened(members["control.tar.xz"]), opened(members["data.tar.xz"])
    lines = [line.split("  ") for line in control.contents["/md5sums"].decode().splitlines()]

    assert control.contents["/conffiles"] == b"/etc/ddns/ddns.json\n"
    assert {name: digest for digest, name in lines} == {
        name[1:]: hashlib.md5(content, usedforsecurity=False).hexdigest()
        for name, content in data.contents.items()
        if name != "/etc/ddns/ddns.json"
    }
    assert {control.members[f"/{name}"].mode for name in SCRIPTS} == {0o755}


def test_the_units_are_those_of_the_repository_with_the_paths_of_the_package(made: Path) -> None:
    """Nothing that protects is lost; the token is a credential, the settings are read through a group."""
    data = opened(deb_of(made)["data.tar.xz"])
    for name in ("ddns.service", "ddns-once.service"):
        unit = data.contents[f"/usr/lib/systemd/system/{name}"].decode()
        lines = unit.splitlines()
        ours = (ROOT / "packaging" / "systemd" / name).read_text("utf-8").partition("[Unit]")[2].splitlines()
        assert [line for line in ours if line.replace("/usr/local/bin", "/usr/bin") not in lines] == []
        assert "/usr/local" not in unit
        assert lines.index("[Unit]") < lines.index("ConditionFileNotEmpty=/etc/ddns/token") < lines.index("[Service]")
        service = unit.partition("[Service]")[2].partition("[Install]")[0]
        for line in ("SupplementaryGroups=dormouse", "StateDirectory=ddns", "LoadCredential=token:/etc/ddns/token"):
            assert f"\n{line}\n" in service
    assert b"OnUnitActiveSec=" in data.contents["/usr/lib/systemd/system/ddns-once.timer"]


def test_two_runs_make_the_same_bytes(made: Path, tmp_path: Path) -> None:
    """In another folder too; another date makes other bytes."""
    stand_in(tmp_path, "amd64")
    assert package(tmp_path, "deb", "amd64").returncode == 0
    [ours] = tmp_path.glob("*.deb")
    first = ours.read_bytes()
    assert first == (made / ours.name).read_bytes()
    assert package(tmp_path, "deb", "amd64", SOURCE_DATE_EPOCH="1700000001").returncode == 0
    assert ours.read_bytes() != first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ddns-linux-amd64", ours.name]


@pytest.mark.parametrize(
    ("make", "args", "says"),
    [
        ("", ("deb", "arm64"), "ddns-linux-arm64 is missing; make it by script/freeze arm64"),
        ("armhf", ("deb", "mips"), "mips is not an architecture of ours; they are amd64, arm64, armhf"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, make: str, args: tuple[str, ...], says: str) -> None:
    """In one line, with what to do."""
    if make:
        stand_in(tmp_path, make)
    done = package(tmp_path, *args)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("package: ")
    assert done.stderr.endswith(f"{says}\n")


def test_a_file_for_another_machine_is_not_packed(tmp_path: Path) -> None:
    """A script, another architecture, or another form of the same under the name of a frozen file."""
    stand_in(tmp_path, "arm64").rename(tmp_path / "ddns-linux-amd64")
    stand_in(tmp_path, "armv5").rename(tmp_path / "ddns-linux-armhf")
    (tmp_path / "ddns-linux-arm64").write_text("#!/bin/sh\n")
    for arch in ("amd64", "armhf", "arm64"):
        done = package(tmp_path, "deb", arch)
        assert done.returncode == 1
        assert f"ddns-linux-{arch} is not a program for {arch}" in done.stderr


def test_versions_sort_as_debian_sorts_them() -> None:
    """A version before the release has a tilde."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); from debmaker.project import debian_version as v; "
    code += "print(*map(v, sys.argv[2:]))"
    argv = [sys.executable, "-B", "-c", code, str(ROOT / "packaging" / "debian"), "0.2.0", "0.2.0rc1", "0.2.0.dev3"]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split() == [
        "0.2.0-1",
        "0.2.0~rc1-1",
        "0.2.0~dev3-1",
    ]


STUB = """#!/bin/sh
echo "${0##*/} $*" >>"$CALLS"
case $0 in
*/stat) echo root ;;
*statoverride | *getent) exit 1 ;;
esac
"""
TOOLS = ("getent", "addgroup", "chgrp", "stat", "dpkg-statoverride", "deb-systemd-helper", "deb-systemd-invoke")


def called(script: str, tmp_path: Path, *args: str) -> list[str]:
    """Run a maintainer script with stubs for every tool, its paths below a folder; return what it called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in (*TOOLS, "systemctl"):
        (tools / name).write_text(STUB)
        (tools / name).chmod(0o755)
    root = tmp_path / "root"
    for folder in ("run/systemd/system", "etc/ddns", "var/lib/private/ddns", "var/lib/ddns"):
        (root / folder).mkdir(parents=True)
    (root / "etc/ddns/ddns.json").write_text("{}")
    text = (ROOT / "packaging" / "debian" / script).read_text("utf-8")
    text = re.sub(r"(?<![\w/.])/(run|etc|var)/", rf"{root}/\1/", text)
    assert not re.search(r"[\s\"]/(run|etc|var)/", text)
    env = {"PATH": f"{tools}:{os.defpath}", "CALLS": str(tmp_path / "calls")}
    done = subprocess.run(["sh", "-c", text, script, *args], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    calls = tmp_path / "calls"
    return calls.read_text().replace(str(root), "").splitlines() if calls.exists() else []


def test_the_first_installation_makes_the_group_and_asks_for_a_start(tmp_path: Path) -> None:
    """The unit's own condition keeps it from starting without a token."""
    calls = called("postinst", tmp_path, "configure", "")
    assert "addgroup --quiet --system dormouse" in calls
    assert "chgrp dormouse /etc/ddns/ddns.json" in calls
    assert "deb-systemd-helper enable ddns.service" in calls
    assert calls[-2:] == ["systemctl --system daemon-reload", "deb-systemd-invoke start ddns.service"]


def test_an_upgrade_restarts(tmp_path: Path) -> None:
    """After the new files are there; before that nothing stops."""
    calls = called("postinst", tmp_path, "configure", "0.0.9-1")
    assert calls[-1] == "deb-systemd-invoke restart ddns.service"


def test_an_upgrade_does_not_stop_the_service_first(tmp_path: Path) -> None:
    """Only a removal does."""
    assert called("prerm", tmp_path, "upgrade", "0.2.0-1") == []


def test_a_removal_stops_and_keeps(tmp_path: Path) -> None:
    """The settings stay."""
    assert called("prerm", tmp_path, "remove") == [
        "deb-systemd-invoke stop ddns.service ddns-once.timer ddns-once.service"
    ]


@pytest.mark.parametrize("action", ["remove", "purge", "upgrade"])
def test_only_a_purge_takes_settings_and_state(tmp_path: Path, action: str) -> None:
    """And it takes all of them."""
    calls = called("postrm", tmp_path, action)
    kept = {"etc/ddns", "var/lib/ddns", "var/lib/private/ddns"}
    left = {name for name in kept if (tmp_path / "root" / name).exists()}
    assert left == (set() if action == "purge" else kept)
    assert ("deb-systemd-helper purge ddns.service ddns-once.timer" in calls) == (action == "purge")


def test_the_page_names_this_version() -> None:
    """What is pasted from it fetches a package that there is."""
    page = (ROOT / "docs" / "install-debian.md").read_text("utf-8")
    ours = re.search(r'__version__ = "(.+)"', (ROOT / "ddns" / "__init__.py").read_text("utf-8"))
    assert ours
    assert re.findall(r"^version=(.+)$", page, re.MULTILINE) == [ours[1]]


def test_a_release_has_what_was_tried() -> None:
    """The packages are made before they are tried, tried before they are published, and listed with everything else."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    order = ("script/package deb", "script/test-packages", "needs: [images, packages, clusters, pods, boards]")
    then = ("script/package apt-repository", "script/package sums", "gh release create")
    places = [text.index(words) for words in (*order, *then)]
    assert places == sorted(places)

"""The apt repository: every package is found, with the right bytes. Signing and apt itself: script/test-packages."""

import gzip
import hashlib
import lzma
import re
from pathlib import Path

import pytest

from tests.fakes.packaging import package, stand_in

ROOT = Path(__file__).parents[2]
ARCHITECTURES = ("amd64", "armhf")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make packages of two architectures and a repository of them."""
    folder = tmp_path_factory.mktemp("dist")
    for arch in ARCHITECTURES:
        stand_in(folder, arch)
    assert package(folder, "deb", *ARCHITECTURES).returncode == 0
    done = package(folder, "apt-repository")
    assert done.returncode == 0, done.stderr
    assert "warning: not signed, so apt will refuse it; DORMOUSE_APT_KEY has no key" in done.stderr
    return folder


def fields(text: str) -> dict[str, str]:
    """Return the fields of a stanza that have one line."""
    return dict(re.findall(r"^([\w-]+): (.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_package_is_in_its_list(dist: Path, arch: str) -> None:
    """Where it is, how long it is, and its checksum."""
    stanza = (dist / "apt/dists/stable/main" / f"binary-{arch}" / "Packages").read_text()
    found = fields(stanza)
    deb = dist / "apt" / found["Filename"]

    assert (found["Package"], found["Architecture"]) == ("dormouse-ddns", arch)
    assert deb.read_bytes() == (dist / deb.name).read_bytes()
    assert int(found["Size"]) == deb.stat().st_size
    assert found["SHA256"] == hashlib.sha256(deb.read_bytes()).hexdigest()
    assert stanza.count("Package: ") == 1


def test_the_release_file_lists_every_list(dist: Path) -> None:
    """In each form, and an empty one for an architecture without a package."""
    suite = dist / "apt/dists/stable"
    release = (suite / "Release").read_text()
    found = fields(release)
    listed = re.findall(r"^ ([0-9a-f]{64}) (\d+) (\S+)$", release, re.MULTILINE)

    assert (found["Suite"], found["Components"], found["Architectures"]) == ("stable", "main", "amd64 arm64 armhf")
    assert found["Date"] == "Tue, 14 Nov 2023 22:13:20 UTC"
    assert len(listed) == 9
    for digest, size, name in listed:
        data = (suite / name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (digest, int(size))
    folder = suite / "main" / "binary-amd64"
    plain = (folder / "Packages").read_bytes()
    assert gzip.decompress((folder / "Packages.gz").read_bytes()) == plain
    assert lzma.decompress((folder / "Packages.xz").read_bytes()) == plain
    assert (suite / "main/binary-arm64/Packages").read_bytes() == b""
    assert sorted(path.name for path in suite.iterdir()) == ["Release", "main"]


def test_it_is_made_anew_each_time(dist: Path) -> None:
    """What was there before, a signature of another list above all, is gone; the same packages give the same bytes."""
    before = {path: path.read_bytes() for path in (dist / "apt").rglob("*") if path.is_file()}
    (dist / "apt/dists/stable/InRelease").write_text("old")
    assert package(dist, "apt-repository").returncode == 0
    assert {path: path.read_bytes() for path in (dist / "apt").rglob("*") if path.is_file()} == before
    assert not list(dist.glob(".apt-*"))


def test_without_packages_it_says_how_to_make_them(tmp_path: Path) -> None:
    """And leaves nothing behind."""
    done = package(tmp_path, "apt-repository")
    assert done.returncode == 1
    assert done.stderr.endswith("has no dormouse-ddns_*.deb; make them by script/package deb\n")
    assert list(tmp_path.iterdir()) == []

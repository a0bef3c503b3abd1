"""The packages for OpenWrt, as far as they can be tried without a router."""

import shutil
import tempfile
from pathlib import Path

from debmaker import openwrt
from debmaker.project import PACKAGE, ROOT, version

from trial.report import SkipError, expect, run
from trial.roots import Making, Root, archive_of_debian

_ARCH = "x86_64"
_TOOLS = "cmake g++ make zlib1g-dev libzstd-dev dpkg-dev"
_BUILD = """cd /srv && apt-get source -qq libsolv >/dev/null && cd libsolv-*/
cmake -S . -B /srv/made -DENABLE_APK=1 -DENABLE_STATIC=1 -DDISABLE_SHARED=1 -DMULTI_SEMANTICS=1
make -C /srv/made -j2 apk2solv dumpsolv"""


def page() -> None:
    """Run the code of the page in LuCI with stand-ins for LuCI's modules. SkipError: there is no node."""
    if shutil.which("node") is None:
        raise SkipError("node is missing; install it (Debian: nodejs)")
    ours = ROOT / "packaging" / "openwrt" / "luci" / "instances.js"
    for title in run(["node", str(ROOT / "tests" / "fakes" / "luci.js"), str(ours)]).splitlines():
        expect(title, title)


def from_memory(making: Making, dist: Path, address: str) -> None:
    """Lay dormouse-ram into a root of busybox; let it fetch the program over HTTP from loopback, and become it."""
    with making() as root:
        _lay(root, _made(dist, "all", "dormouse-ram", ".ipk"))
        root.file("/var/run").mkdir(parents=True)
        root.file("/etc/dormouse").mkdir()
        root.file("/etc/openwrt_release").write_text(f"DISTRIB_ARCH='{_ARCH}'\n")
        dormouse = "/usr/bin/dormouse --version"
        root.file("/etc/dormouse/place").write_text("http://127.0.0.1:1\n")
        expect(
            "cannot be fetched for now" in root.sh(dormouse, code=1), "without a network it says so, and runs nothing"
        )
        root.file("/etc/dormouse/place").write_text(f"{address}\n")
        sums = root.file("/usr/share/dormouse/SHA256SUMS")
        right = sums.read_text()
        sums.write_text(f"{'0' * 64}  ddns-linux-amd64-plain\n")
        expect("so it is not run" in root.sh(dormouse, code=1), "a program with another sum is not run")
        expect(not root.file("/var/run/dormouse-ram/dormouse").exists(), "and not kept")
        sums.write_text(right)
        expect(version() in root.sh(dormouse), "the program is fetched, and says its version")
        root.file("/etc/dormouse/place").write_text("http://127.0.0.1:1\n")
        expect(version() in root.sh(dormouse), "and is there when it is wanted again")


def read_by_libsolv(making: Making, dist: Path) -> None:
    """Let libsolv, built from Debian's sources, read each .apk. TrialError: it reads something else."""
    with making() as root:
        source = f"{archive_of_debian()} trixie main\n"
        root.file("/etc/apt/sources.list").write_text(f"deb {source}deb-src {source}")
        shutil.copy("/etc/resolv.conf", root.file("/etc/resolv.conf"))
        root.sh(f"apt-get update -qq && apt-get install -qq -y --no-install-recommends {_TOOLS}")
        root.sh(f"set -e\n{_BUILD}")
        for arch, name, lines in (
            (_ARCH, PACKAGE, [f"solvable:arch: {_ARCH}", "solvable:license: MIT"]),
            ("all", "dormouse-ram", ["solvable:arch: noarch", f"  {PACKAGE} = "]),
            ("all", "luci-app-dormouse", ["solvable:requires:", f"  {PACKAGE}", "  luci-base"]),
        ):
            shutil.copy(_made(dist, arch, name, ".apk"), root.file("/srv/package.apk"))
            said = root.sh("cd /srv && made/tools/apk2solv package.apk >read && made/tools/dumpsolv read")
            wanted = [f"solvable:name: {name}", f"solvable:evr: {version()}", *lines]
            expect(not [line for line in wanted if line not in said], f"libsolv reads what {name} says of itself")


def _made(dist: Path, arch: str, name: str, form: str) -> Path:
    """Make the packages of an architecture; return the one of this name and form."""
    [path] = [path for path in openwrt.make([arch], dist) if path.name.startswith(f"{name}_") and path.suffix == form]
    return path


def _lay(root: Root, package: Path) -> None:
    """Put the files of an .ipk into a root."""
    with tempfile.TemporaryDirectory() as folder:
        run(["tar", "-xzf", str(package), "-C", folder])
        run(["tar", "-xzf", f"{folder}/data.tar.gz", "-C", str(root.path)])

"""What script/test-boards puts together before a machine starts: machines, modules, the archive it boots."""

import lzma
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAD = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from freezer.errors import FreezeError
from machines.initramfs import initramfs, modules
from machines.recipe import chosen, read_machines, without_machine
"""


def found(code: str, *args: str) -> str:
    """Return what a piece of the recipe prints."""
    argv = [sys.executable, "-B", "-c", HEAD + code, str(ROOT / "build"), *args]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def entries(archive: bytes) -> dict[str, tuple[str, bytes]]:
    """Return mode (octal) and content of each file of a cpio archive (newc), as its description has it."""
    at, read = 0, dict[str, tuple[str, bytes]]()
    while True:
        fields = [int(archive[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        assert archive[at : at + 6] == b"070701"
        name = archive[at + 110 : at + 109 + fields[11]].decode()
        if name == "TRAILER!!!":
            return read
        at += (110 + fields[11] + 3) // 4 * 4
        read[name] = (f"{fields[1]:o}", archive[at : at + fields[6]])
        at += (fields[6] + 3) // 4 * 4


def test_every_file_of_a_release_has_a_machine_and_every_machine_a_released_file() -> None:
    """Otherwise a release has a file that was never started on a kernel of its machine."""
    code = """
from freezer.recipe import released_targets
known = {target for machine in read_machines() for target in machine.targets}
print(without_machine(), sorted(known - set(released_targets())))
"""
    assert found(code) == "[] []"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["386"], "old-pc:386"),
        (["malta"], "malta:mipsel"),
        (["armv5"], "pi-zero:armv5 virt-armv7:armv5 versatile:armv5"),
        (["armv5", "pi-zero"], "pi-zero:armv5"),
        (["nothing", "armv5"], "there is no target or machine nothing; build/boards.toml has them all"),
        (["pc", "armv5"], "no file named is tried on a machine named: pc, armv5"),
    ],
)
def test_words_name_files_and_machines(words: list[str], says: str) -> None:
    """A target stands for all its machines, a machine for all its files, both for the pair."""
    code = """
try:
    print(*(f"{machine.name}:{target}" for machine, target in chosen(sys.argv[2:])))
except FreezeError as error:
    print(error)
"""
    assert found(code, *words) == says


def test_no_words_are_all() -> None:
    """Without words every machine is started with each of its files."""
    code = "print(len(chosen([])) == sum(len(machine.targets) for machine in read_machines()) > 10)"
    assert found(code) == "True"


def module(folder: Path, name: str, needs: str, end: str = "") -> None:
    """Write what looks like a module as far as the recipe reads it."""
    content = f"\0license=GPL\0depends={needs}\0name={name}\0".encode()
    (folder / f"{name}.ko{end}").write_bytes(lzma.compress(content) if end else content)


def order(folder: Path, *wanted: str) -> str:
    """Return the names of the modules in the order they are loaded in, or what is wrong."""
    code = """
try:
    print(*(each.split(b"name=")[1].rstrip(b"\\0").decode() for each in modules(Path(sys.argv[2]), sys.argv[3:])))
except FreezeError as error:
    print(error)
"""
    return found(code, str(folder), *wanted)


def test_modules_come_behind_what_they_need_packed_or_not(tmp_path: Path) -> None:
    """A module that is loaded before what it needs is refused by the kernel."""
    (tmp_path / "kernel").mkdir()
    module(tmp_path, "virtio", "")
    module(tmp_path, "virtio_net", "net-failover,virtio", ".xz")
    module(tmp_path / "kernel", "net-failover", "failover")
    module(tmp_path / "kernel", "failover", "", ".xz")
    assert order(tmp_path, "virtio_net") == "failover net-failover virtio virtio_net"
    assert order(tmp_path, "virtio", "virtio_net") == "virtio failover net-failover virtio_net"


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    """A module that is only needed by another is missed, too."""
    module(tmp_path, "usbnet", "mii")
    assert order(tmp_path, "usbnet") == "the kernel has no module mii"


def test_the_archive_holds_a_console_and_every_file(tmp_path: Path) -> None:
    """Without the console the machine says nothing; a file comes behind its folder."""
    code = (
        "Path(sys.argv[2]).write_bytes(initramfs(b'box', [b'one', b'three'], {'ddns': b'program', 'etc/hosts': b''}))"
    )
    found(code, str(tmp_path / "archive"))
    archive = (tmp_path / "archive").read_bytes()
    assert len(archive) % 512 == 0
    read = entries(archive)
    assert read["dev/console"] == ("20600", b"")
    assert read["etc"] == ("40755", b"")
    assert read["ddns"] == ("100755", b"program")
    assert read["etc/hosts"] == ("100755", b"")
    assert read["bin/busybox"] == ("100755", b"box")
    assert [name for name in read if name.startswith("modules/")] == ["modules/00.ko", "modules/01.ko"]
    assert list(read).index("etc") < list(read).index("etc/hosts")
    assert read["init"][1].startswith(b"#!/bin/busybox sh\n")

"""What a machine boots into: busybox, the modules its network needs, the program, and a shell on the console."""

import lzma
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from freezer.errors import FreezeError

READY = "@@ready@@"
DONE = "@@done@@"
INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
echo 1 >/proc/sys/kernel/printk
for module in /modules/*; do [ -f "$module" ] && insmod "$module"; done
stty -echo -onlcr
echo {READY}
while read -r line; do
    eval "$line"
    echo "{DONE}$?"
done
poweroff -f
"""
"""Runs each line that comes over the console, and says how it ended."""
_DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")


def modules(tree: Path, wanted: Sequence[str]) -> list[bytes]:
    """Return the modules of a kernel with those they need, each behind what it needs. FreezeError: one is missing."""
    files = {path.name.partition(".")[0].replace("-", "_"): path for path in sorted(tree.rglob("*.ko*"))}
    order: dict[str, bytes] = {}

    def add(name: str) -> None:
        if name in order:
            return
        if name not in files:
            raise FreezeError(f"the kernel has no module {name}")
        path = files[name]
        content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        needs = _DEPENDS.search(content)
        for each in needs[1].decode().split(",") if needs and needs[1] else ():
            add(each.replace("-", "_"))
        order[name] = content

    for name in wanted:
        add(name)
    return list(order.values())


def initramfs(busybox: bytes, kernel_modules: Sequence[bytes], files: dict[str, bytes]) -> bytes:
    """Return the archive that the kernel unpacks (cpio, "newc"); ``files`` are at the root of it, all executable."""
    folders = ("bin", "dev", "etc", "modules", "proc", "sys", "tmp")
    entries = [_entry(name, stat.S_IFDIR | 0o755, b"") for name in folders]
    entries.append(_entry("dev/console", stat.S_IFCHR | 0o600, b"", (5, 1)))
    named = {"init": INIT.encode(), "bin/busybox": busybox, **files}
    named |= {f"modules/{number:02}.ko": content for number, content in enumerate(kernel_modules)}
    entries += [_entry(name, stat.S_IFREG | 0o755, content) for name, content in named.items()]
    entries.append(_entry("TRAILER!!!", 0, b""))
    return b"".join(_padded(entries))


def _entry(name: str, mode: int, content: bytes, device: tuple[int, int] = (0, 0)) -> bytes:
    fields = (0, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name) + 1, 0)
    head = "070701" + "".join(f"{field:08X}" for field in fields) + name + "\0"
    return _aligned(head.encode()) + _aligned(content)


def _aligned(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)


def _padded(entries: Sequence[bytes]) -> Iterator[bytes]:
    yield from entries
    yield bytes(-sum(map(len, entries)) % 512)

"""The snapshot made once more, by others and elsewhere: it must be the one that is in the file, byte for byte."""

import os
import shutil
import tempfile
from pathlib import Path

from freezer.cache import Work, cache_folder
from freezer.emulator import emulated, emulator
from freezer.errors import FreezeError
from freezer.recipe import Target
from freezer.snapshot import Around, compose, take

_MASK = ("sh", "-c", 'umask 077; exec "$@"', "sh")
_WITHOUT_IPV6 = 'for each in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >"$each"; done; exec "$@"'
_CPUS = ("Opteron_G1", "max")
"""The first 64-bit x86, and one with everything that this QEMU knows."""
_DEAF = ("sh", "-c", 'trap "" HUP INT QUIT TERM USR1; exec "$@"', "sh")
_ENVIRONMENT = {
    "HOME": "/home/someone", "USER": "someone", "LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo",
    "PYTHONPATH": "/somewhere", "PYTHONHASHSEED": "7", "PYTHONUTF8": "0", "SSL_CERT_FILE": "/else", "TERM": "dumb",
    "CLOUDFLARE_API_TOKEN": "of the one who builds", "HTTPS_PROXY": "http://proxy:3128", "OPENSSL_ia32cap": "0",
}  # fmt: skip


def twice(binary: Path, target: Target) -> list[str]:
    """Check that environment, user, umask, clock, CPU, network and folder are not in it; return what is wrong."""
    made = _stage(binary)
    target = emulated(target)
    ways = {
        "without anything around": Around(),
        "with another environment": Around(env=_ENVIRONMENT),
        "under another umask": Around(_MASK),
        "with signals ignored": Around(_DEAF),
        "without a network": Around(_apart("--net")),
        "without IPv6": Around((*_apart("--net"), "sh", "-c", _WITHOUT_IPV6, "sh")),
        **{f"on the CPU {cpu}": Around(emulator(("qemu-x86_64", "-cpu", cpu))) for cpu in _CPUS if not target.emulator},
        "on a machine that has been up for longer": Around(_apart("--time", "--monotonic=86400", "--boottime=86400")),
        "as another user": Around(("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups") if _is_root() else ()),
    }
    return [line for title, way in ways.items() for line in _once(made, target, binary, title, way)]


def _once(made: Path, target: Target, binary: Path, title: str, around: Around) -> list[str]:
    with tempfile.TemporaryDirectory(prefix=f"ddns-{len(title)}-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        linked = folder / "linked"
        linked.mkdir()
        shutil.copy(made / "ddns.linked", linked / "ddns")
        shutil.copy(made / "ddns.symbols", linked)
        files = {each: (made / each).read_bytes() for each in ("modules", "hot")}
        taken = take(Work(folder, folder, folder / "log"), target, linked, files, around)
        same = compose(linked, taken) == binary.read_bytes()
    return [] if same else [f"made {title}, it is another file"]


def _apart(*namespaces: str) -> tuple[str, ...]:
    return ("unshare", *(() if _is_root() else ("-r",)), *namespaces)


def _is_root() -> bool:
    return os.geteuid() == 0


def _stage(binary: Path) -> Path:
    content = binary.read_bytes()
    for found in cache_folder().glob("stages/program-*/ddns.linked"):
        if (found.parent / "ddns").read_bytes() == content:
            return found.parent
    raise FreezeError(f"{binary} was not made with this cache; make it with script/freeze")

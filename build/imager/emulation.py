"""Programs of other machines, started by the kernel in qemu as if they were its own (binfmt_misc)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from imager.run import ImageError, run

_BINFMT = Path("/proc/sys/fs/binfmt_misc")


@contextmanager
def emulation(machines: Sequence[str], root: Path = Path("/")) -> Iterator[None]:
    """Have programs of these machines, by qemu's names, started in the qemu of a root that has qemu-user-static.

    What is registered already is used as it is; what is registered here is taken back at the end.
    ImageError: the root has no such emulator, or the kernel cannot do this.
    """
    if not (_BINFMT / "register").exists():
        run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(_BINFMT)])
    added: list[Path] = []
    try:
        for machine in machines:
            entry = _BINFMT / f"qemu-{machine}"
            if not entry.exists():
                # F: the kernel opens qemu now, so that it is found from inside of another root too.
                (_BINFMT / "register").write_text(_line(machine, root))
                added.append(entry)
        yield
    finally:
        for entry in added:
            entry.write_text("-1")


def _line(machine: str, root: Path) -> str:
    try:
        line = (root / f"usr/lib/binfmt.d/qemu-{machine}.conf").read_text()
    except FileNotFoundError:
        raise ImageError(f"{root} has no emulator for {machine}; install it (Debian: qemu-user-static)") from None
    return line.replace(":/usr/", f":{root.as_posix().rstrip('/')}/usr/")

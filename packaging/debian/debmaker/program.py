"""The frozen programs that packages are made of, and how those for different machines are told apart."""

import struct
from pathlib import Path
from typing import NamedTuple

from debmaker.errors import PackageError


class _Machine(NamedTuple):
    """What the head of an ELF file says: class, order of bytes, machine, and of its flags those in ``mask``."""

    bits: int
    order: int
    number: int
    mask: int = 0
    flags: int = 0


_LITTLE, _BIG = 1, 2
_ARM, _MIPS = 40, 8
_FLOAT, _SOFT, _HARD = 0x600, 0x200, 0x400
"""The flags of an ARM program that say where it has its numbers with a fraction (ELF for the Arm Architecture)."""
_MACHINES = {
    "amd64": _Machine(2, _LITTLE, 62),
    "arm64": _Machine(2, _LITTLE, 183),
    "armhf": _Machine(1, _LITTLE, _ARM, _FLOAT, _HARD),
    "armv5": _Machine(1, _LITTLE, _ARM, _FLOAT, _SOFT),
    "386": _Machine(1, _LITTLE, 3),
    "mips": _Machine(1, _BIG, _MIPS),
    "mipsel": _Machine(1, _LITTLE, _MIPS),
    "riscv64": _Machine(2, _LITTLE, 243),
}


def frozen(path: Path, arch: str) -> bytes:
    """Return the program at ``path``. PackageError: it is missing, or one for another machine than ``arch``."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise PackageError(f"{path} is missing; make it by script/freeze {arch}") from None
    if not _is_for(_MACHINES[arch.removesuffix("-plain")], data):
        raise PackageError(f"{path} is not a program for {arch}; make it anew by script/freeze {arch}")
    return data


def _is_for(machine: _Machine, data: bytes) -> bool:
    if len(data) < 64 or data[:4] != b"\x7fELF" or (data[4], data[5]) != (machine.bits, machine.order):
        return False
    form = f"{'<' if machine.order == _LITTLE else '>'}H{'16x' if machine.bits == 1 else '28x'}I"
    number, flags = struct.unpack_from(form, data, 18)
    return (number, flags & machine.mask) == (machine.number, machine.flags)

"""What can be read off the file itself."""

import re
import struct
from itertools import pairwise
from pathlib import Path

from freezer.elf import LOAD, Elf
from freezer.recipe import Target
from freezer.run import read

_INTERP, _DYNAMIC = 3, 2
_LARGEST_PAGE = {"AArch64": 65536}
"""Bytes; what a kernel may be built with (Linux, arch/arm64/Kconfig, 2026). All others: 4,096."""
_TRACES = (b"/root/", b"/home/", b"/work/", b"/.cache/", b"/tmp/dormouse")
"""Folders of a machine that builds."""


def faults(binary: Path, target: Target) -> list[str]:
    """Return what is wrong with the file, one line each."""
    content = binary.read_bytes()
    wrong = []
    kinds = segments(content)
    wrong += ["it asks for an interpreter"] * (_INTERP in kinds)
    wrong += ["it is linked dynamically"] * (_DYNAMIC in kinds)
    if target.order == "little":  # what ``Elf`` reads
        wrong += pages(binary, _LARGEST_PAGE.get(target.elf["machine"], 4096))
    if len(content) > target.budget:
        wrong.append(f"{len(content)} bytes are more than the budget of {target.budget}")
    said = read(["readelf", "-h", "-A", "-W", binary])
    wrong += [f"{key} is not {value}" for key, value in _wanted(target).items() if not _says(said, key, value)]
    for trace in _TRACES:
        found = re.search(re.escape(trace) + rb"[\w.-]{3,}/[ -~]*", content)
        if found is not None:
            wrong.append(f"it names a folder of the machine it was built on: {found[0][:80].decode()}")
    return wrong


def pages(binary: Path, size: int) -> list[str]:
    """Return what a kernel with pages of this size could not map as the file says."""
    loads = sorted((each for each in Elf(binary).segments if each.kind == LOAD), key=lambda each: each.address)
    wrong = [
        f"the segment at {each.address:#x} does not lie in the file as in memory, with pages of {size} bytes"
        for each in loads
        if each.align < size or (each.address - each.offset) % size
    ]
    return wrong + [
        f"the segments at {one.address:#x} and {other.address:#x} share a page of {size} bytes and not their rights"
        for one, other in pairwise(loads)
        if one.flags != other.flags and (one.end - 1) // size >= other.address // size
    ]


def segments(content: bytes) -> list[int]:
    """Return the types of the program headers."""
    wide = content[4] == 2
    order = "<" if content[5] == 1 else ">"
    offset = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", content, 32 if wide else 28)[0]
    size, count = struct.unpack_from(f"{order}HH", content, 54 if wide else 42)
    return [struct.unpack_from(f"{order}I", content, offset + i * size)[0] for i in range(count)]


def _wanted(target: Target) -> dict[str, str]:
    return {("Machine" if key == "machine" else key): value for key, value in target.elf.items()}


def _says(said: str, key: str, value: str) -> bool:
    return bool(re.search(rf"^\s*{re.escape(key)}:\s*{re.escape(value)}\s*$", said, re.MULTILINE))

"""The file that starts from a snapshot: the linked program's code, and the memory of the process that built it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from freezer.elf import LOAD, NULL, PHDR, TLS, WRITE, Elf, Segment
from freezer.errors import FreezeError

_WORTH = 32768
"""Bytes of code that nobody reads any more are left out of the file where they are at least so many in a row."""
_MOST = 60
"""Program headers that have room in one page."""


class Memory(NamedTuple):
    """What the process that built wrote: the writable memory from an address on."""

    begin: int
    content: bytes
    read: tuple[tuple[int, int], ...]
    """Address and size of each piece of bytecode that has become objects."""


def image(elf: Elf, memory: Memory) -> bytes:
    """Return the new file."""
    fixed = [each for each in elf.segments if each.kind == LOAD and not each.flags & WRITE]
    align = max(each.align for each in fixed)
    holes = _holes(fixed[0], memory.read, align)
    table = holes[0][0] if holes else 0
    if not table:
        raise FreezeError("there is no room for more program headers in the place of bytecode")
    holes[0] = (table + align, holes[0][1])
    out, pieces = bytearray(), [*_pieces(fixed[0], holes), *fixed[1:]]
    content = _cleared(elf, fixed[0], memory.read)
    loads = [_put(out, piece, content[piece.offset : piece.offset + piece.in_file]) for piece in pieces]
    loads.append(_put(out, *_writable(elf, memory)))
    segments = [*loads, *_others(elf, loads)]
    if len(segments) + 1 > _MOST:
        raise FreezeError(f"{len(segments)} program headers have no room")
    at = table - fixed[0].address
    size = (len(segments) + 1) * elf.header_size
    own = Segment(PHDR, 4, at, table, size, size, 8)
    out[at : at + size] = elf.packed([own, *segments])
    out[at + size : at + align] = bytes(align - size)
    asides = elf.asides()
    tail, sections = elf.section_table(asides, len(out))
    out += tail
    head = elf.head(at, len(segments) + 1, sections, len(asides) + 2)
    out[: len(head)] = head
    return bytes(out)


def _cleared(elf: Elf, code: Segment, read: Iterable[tuple[int, int]]) -> bytes:
    """Return the linked file with zeros in the place of what nobody reads any more: they compress well."""
    content = bytearray(elf.content)
    for begin, size in read:
        if code.address <= begin < begin + size <= code.end:
            at = code.offset + begin - code.address
            content[at : at + size] = bytes(size)
    return bytes(content)


def _holes(code: Segment, read: Iterable[tuple[int, int]], align: int) -> list[tuple[int, int]]:
    """Return the runs of whole pages (from, to) that nobody reads any more."""
    runs: list[list[int]] = []
    for begin, size in sorted(read):
        if not code.address <= begin < code.end:
            continue
        if runs and begin - runs[-1][1] < 16:  # between two modules lies at most a size
            runs[-1][1] = begin + size
        else:
            runs.append([begin, begin + size])
    pages = [((begin + align - 1) & -align, end & -align) for begin, end in runs]
    return [(begin, end) for begin, end in pages if end - begin >= max(_WORTH, 2 * align)]


def _pieces(code: Segment, holes: Sequence[tuple[int, int]]) -> list[Segment]:
    """Return a segment without its holes, as several."""
    pieces, at = [], code.address
    for begin, end in (*holes, (code.address + code.in_file, 0)):
        if begin > at:
            offset, size = code.offset + at - code.address, begin - at
            pieces.append(code._replace(offset=offset, address=at, in_file=size, in_memory=size))
        at = end
    return pieces


def _put(out: bytearray, segment: Segment, content: bytes) -> Segment:
    """Add a segment's content where a page of the file can be a page of memory; return the segment with its place."""
    out += bytes((segment.address - len(out)) % segment.align)
    placed = segment._replace(offset=len(out), in_file=len(content))
    out += content
    return placed


def _writable(elf: Elf, memory: Memory) -> tuple[Segment, bytes]:
    """Return the one writable segment, and its content without the zeros at its end."""
    old = next(each for each in elf.segments if each.kind == LOAD and each.flags & WRITE)
    if old.address != memory.begin:
        raise FreezeError("the memory that was written is not that of this program")
    return old._replace(in_memory=len(memory.content)), memory.content.rstrip(b"\0")


def _others(elf: Elf, loads: Sequence[Segment]) -> list[Segment]:
    """Return the segments that are not loaded, or part of one that is."""
    kept = [each for each in elf.segments if each.kind not in (LOAD, NULL, PHDR)]
    return [_moved(each, loads) if each.kind == TLS else each for each in kept]


def _moved(segment: Segment, loads: Sequence[Segment]) -> Segment:
    for load in loads:
        if load.address <= segment.address < load.end:
            return segment._replace(offset=load.offset + segment.address - load.address)
    return segment._replace(offset=0)

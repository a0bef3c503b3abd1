"""ELF files, as far as the snapshot needs them: segments, symbols, sections; 32 and 64 bits, little-endian."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from freezer.errors import FreezeError

LOAD, TLS, PHDR, NULL = 1, 7, 6, 0
WRITE = 2
_ALLOCATED, _SYMTAB, _NOBITS = 2, 2, 8


class Segment(NamedTuple):
    """A program header."""

    kind: int
    flags: int
    offset: int
    address: int
    in_file: int
    in_memory: int
    align: int

    @property
    def end(self) -> int:
        """The address behind it."""
        return self.address + self.in_memory


class Section(NamedTuple):
    """A section header."""

    name: str
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    raw: bytes


class Elf:
    """A file, read."""

    def __init__(self, path: Path) -> None:
        """FreezeError: it is no ELF file of a kind that we make."""
        self.content = path.read_bytes()
        if self.content[:4] != b"\x7fELF" or self.content[5] != 1:
            raise FreezeError(f"{path.name} is no little-endian ELF file")
        self.wide = self.content[4] == 2
        word = "Q" if self.wide else "I"
        at = 32 if self.wide else 28
        self.headers, self._sections = struct.unpack_from(f"<{word}{word}", self.content, at)
        sizes = struct.unpack_from("<6H", self.content, 52 if self.wide else 40)
        _, self.header_size, self.count, self._section_size, self._section_count, self._names = sizes

    @property
    def segments(self) -> list[Segment]:
        """The program headers, in their order."""
        return [self._segment(self.headers + i * self.header_size) for i in range(self.count)]

    def _segment(self, at: int) -> Segment:
        if self.wide:
            kind, flags, offset, address, _, in_file, in_memory, align = struct.unpack_from(
                "<IIQQQQQQ", self.content, at
            )
        else:
            kind, offset, address, _, in_file, in_memory, flags, align = struct.unpack_from("<8I", self.content, at)
        return Segment(kind, flags, offset, address, in_file, in_memory, align)

    @property
    def sections(self) -> list[Section]:
        """The section headers, in their order."""
        rows = [self._row(self._sections + i * self._section_size) for i in range(self._section_count)]
        names = rows[self._names] if rows else None
        return [self._section(row, names) for row in rows]

    def _row(self, at: int) -> tuple[int, ...]:
        form = "<IIQQQQIIQQ" if self.wide else "<10I"
        return struct.unpack_from(form, self.content, at)

    def _section(self, row: tuple[int, ...], names: tuple[int, ...] | None) -> Section:
        name, kind, flags, address, offset, size, link, _, _, _ = row
        text = "" if names is None else self.text(names[4] + name)
        raw = b"" if kind == _NOBITS else self.content[offset : offset + size]
        return Section(text, kind, flags, address, offset, size, link, raw)

    def text(self, at: int) -> str:
        """Return the text that ends with a zero."""
        return self.content[at : self.content.index(b"\0", at)].decode()

    def symbols(self) -> dict[str, tuple[int, int]]:
        """Return addresses and sizes by name; of several with one name the last."""
        found = {}
        sections = self.sections
        for table in sections:
            if table.kind != _SYMTAB:
                continue
            base = sections[table.link].offset
            for at in range(table.offset, table.offset + table.size, 24 if self.wide else 16):
                if self.wide:
                    name, _, _, _, value, size = struct.unpack_from("<IBBHQQ", self.content, at)
                else:
                    name, value, size, _, _, _ = struct.unpack_from("<IIIBBH", self.content, at)
                if name:
                    found[self.text(base + name)] = (value, size)
        return found

    def asides(self) -> list[Section]:
        """Return the sections that tell about the file and are not loaded: attributes of the CPU, the compiler."""
        kept = (".ARM.attributes", ".comment")
        return [each for each in self.sections if each.name in kept and not each.flags & _ALLOCATED]

    def packed(self, segments: Sequence[Segment]) -> bytes:
        """Return program headers as they stand in a file."""
        if self.wide:
            return b"".join(
                struct.pack(
                    "<IIQQQQQQ", s.kind, s.flags, s.offset, s.address, s.address, s.in_file, s.in_memory, s.align
                )
                for s in segments
            )
        return b"".join(
            struct.pack("<8I", s.kind, s.offset, s.address, s.address, s.in_file, s.in_memory, s.flags, s.align)
            for s in segments
        )

    def head(self, headers: int, count: int, sections: int, section_count: int) -> bytes:
        """Return the head of the file with other places of its tables; the last section holds their names."""
        made = bytearray(self.content[: 64 if self.wide else 52])
        struct.pack_into("<QQ" if self.wide else "<II", made, 32 if self.wide else 28, headers, sections)
        at = 52 if self.wide else 40
        row = 64 if self.wide else 40
        struct.pack_into("<6H", made, at, len(made), self.header_size, count, row, section_count, section_count - 1)
        return bytes(made)

    def section_table(self, sections: Sequence[Section], offset: int) -> tuple[bytes, int]:
        """Return sections that are not loaded, with their table behind them, and the place of that table."""
        names = b"\0" + b"".join(f"{each.name}\0".encode() for each in sections) + b".shstrtab\0"
        form = "<IIQQQQIIQQ" if self.wide else "<10I"
        body, rows, name = bytearray(), [struct.pack(form, *[0] * 10)], 1
        for each in (*sections, Section(".shstrtab", 3, 0, 0, 0, len(names), 0, names)):
            row = (name, each.kind, each.flags, 0, offset + len(body), len(each.raw), 0, 0, 1, 0)
            rows.append(struct.pack(form, *row))
            body += each.raw
            name += len(each.name) + 1
        body += bytes(-len(body) % 8)
        return bytes(body) + b"".join(rows), offset + len(body)

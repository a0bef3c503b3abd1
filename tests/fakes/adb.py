"""Reads what ``debmaker.adb`` writes, from the format's description alone: a tree of values, and the blocks of data."""

import struct
import zlib
from dataclasses import dataclass

ADB, DATA = 0, 2


@dataclass(frozen=True)
class Value:
    """A value that was read: a number, bytes, or its slots by their numbers."""

    kind: int
    content: int | bytes | dict[int, "Value"]

    def __getitem__(self, slot: int) -> "Value":
        """Return the value of a slot."""
        return self.slots[slot]

    @property
    def slots(self) -> dict[int, "Value"]:
        """Return the slots that are not empty, by their numbers."""
        assert isinstance(self.content, dict)
        return self.content

    def items(self) -> list["Value"]:
        """Return the values of an array."""
        assert sorted(self.slots) == list(range(1, len(self.slots) + 1))
        return [self.slots[slot] for slot in sorted(self.slots)]

    @property
    def text(self) -> str:
        """Return bytes as a text."""
        assert isinstance(self.content, bytes)
        return self.content.decode()

    @property
    def number(self) -> int:
        """Return a number."""
        assert isinstance(self.content, int)
        return self.content


def unpacked(data: bytes) -> bytes:
    """Return the content of a compressed file."""
    assert data[:4] == b"ADBd"
    pack = zlib.decompressobj(-zlib.MAX_WBITS)
    content = pack.decompress(data[4:])
    assert pack.eof
    assert pack.unused_data == b""
    return content


def blocks(content: bytes) -> tuple[bytes, list[tuple[int, bytes]]]:
    """Return the schema, and each block with its kind."""
    assert content[:4] == b"ADB."
    found, at = [], 8
    while at < len(content):
        [head] = struct.unpack_from("<I", content, at)
        size = head & 0x3FFFFFFF
        end = at + size + -size % 8
        assert end <= len(content)
        assert content[at + size : end].strip(b"\0") == b""
        found.append((head >> 30, content[at + 4 : at + size]))
        at = end
    return content[4:8], found


def tree(adb: bytes) -> Value:
    """Return the root of an ADB block."""
    assert adb[:4] == bytes(4)
    return _value(adb, *struct.unpack_from("<I", adb, 4))


def _value(adb: bytes, word: int) -> Value:
    kind, at = word >> 28, word & 0x0FFFFFFF
    if kind == 0x1:
        return Value(kind, at)
    if kind in (0x2, 0x3):
        assert at % (4 if kind == 0x2 else 8) == 0
        return Value(kind, struct.unpack_from("<I" if kind == 0x2 else "<Q", adb, at)[0])
    if kind in (0x8, 0x9, 0xA):
        form = {0x8: "<B", 0x9: "<H", 0xA: "<I"}[kind]
        start = at + struct.calcsize(form)
        end = start + int(struct.unpack_from(form, adb, at)[0])
        assert end <= len(adb)
        return Value(kind, adb[start:end])
    assert kind in (0xD, 0xE), hex(word)
    assert at % 4 == 0
    [count] = struct.unpack_from("<I", adb, at)
    slots = struct.unpack_from(f"<{count - 1}I", adb, at + 4)
    return Value(kind, {slot: _value(adb, inner) for slot, inner in enumerate(slots, 1) if inner})

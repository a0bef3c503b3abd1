"""The container of apk-tools 3, called ADB: values that point at each other, blocks, compression.

From apk-tools' own sources (doc/apk-v3.5.scd, src/adb.h, adb.c, adb_comp.c, extract_v3.c; read 2026-11-26). Every
number is little-endian. A value has 32 bits: its type in the upper four, and in the others a small number, or the place
of the rest in the ADB block. An object and an array are the count of their slots, with the count itself among them,
then the slots; an empty slot is 0. A block is 32 bits, its type in the upper two and its size (these included) in the
others, then the content, filled to 8 bytes.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping

PACKAGE = b"pckg"
_INT, _INT_32, _INT_64 = 0x10000000, 0x20000000, 0x30000000
_BLOB_8, _BLOB_16, _BLOB_32 = 0x80000000, 0x90000000, 0xA0000000
_ARRAY, _OBJECT = 0xD0000000, 0xE0000000
_ADB, _DATA = 0, 2
_PLACES = 0x0FFFFFFF
_BLOCK = 0x3FFFFFFF
_ALIGNED = 8


class Adb:
    """An ADB block that is being written. Equal values are stored once."""

    def __init__(self) -> None:
        """Begin with its head: two versions, both 0, and room for the root."""
        self._data = bytearray(8)
        self._places: dict[tuple[int, bytes], int] = {}

    def number(self, value: int) -> int:
        """Store a number that is not negative; return the value for it."""
        if value < _INT:
            return _INT | value
        return _INT_32 | self._put(struct.pack("<I", value), 4) if value < 1 << 32 else self._long(value)

    def blob(self, data: bytes) -> int:
        """Store bytes; return the value for them, which for no bytes is that of nothing."""
        if not data:
            return 0
        kind, form, size = _blob(data)
        return kind | self._put(struct.pack(form, len(data)) + data, size)

    def own(self, size: int) -> tuple[int, slice]:
        """Make room for up to 255 bytes that are known later; return the value for them, and where they belong."""
        at = len(self._data)
        self._data += bytes((size, *bytes(size)))
        return _BLOB_8 | at, slice(at + 1, at + 1 + size)

    def object(self, fields: Mapping[int, int]) -> int:
        """Store an object of these values by the numbers of their slots."""
        filled = {number: value for number, value in fields.items() if value}
        return self._slots(_OBJECT, [filled.get(number, 0) for number in range(1, max(filled, default=0) + 1)])

    def array(self, values: Iterable[int]) -> int:
        """Store an array of these values, which must be in the order that its kind wants."""
        return self._slots(_ARRAY, [value for value in values if value])

    def finished(self, root: int) -> bytearray:
        """Return the content of the block, with this value as its root."""
        self._data[4:8] = struct.pack("<I", root)
        return self._data

    def _long(self, value: int) -> int:
        return _INT_64 | self._put(struct.pack("<Q", value), 8)

    def _slots(self, kind: int, values: list[int]) -> int:
        if not values:
            return 0
        return kind | self._put(struct.pack(f"<{len(values) + 1}I", len(values) + 1, *values), 4)

    def _put(self, data: bytes, alignment: int) -> int:
        key = (alignment, data)
        if key not in self._places:
            self._data += bytes(-len(self._data) % alignment)
            if len(self._data) > _PLACES:
                raise ValueError("too much for an ADB block")
            self._places[key] = len(self._data)
            self._data += data
        return self._places[key]


def container(schema: bytes, adb: bytes, data: Iterable[bytes]) -> bytes:
    """Return the whole file, compressed: an ADB block of this schema, and blocks of data. It is not signed."""
    blocks = [_block(_ADB, adb), *(_block(_DATA, item) for item in data)]
    pack = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"ADBd" + pack.compress(b"".join((b"ADB.", schema, *blocks))) + pack.flush()


def _block(kind: int, content: bytes) -> bytes:
    size = 4 + len(content)
    if size > _BLOCK:
        raise ValueError("too much for a block")
    return struct.pack("<I", kind << 30 | size) + content + bytes(-size % _ALIGNED)


def _blob(data: bytes) -> tuple[int, str, int]:
    """Return the type for these bytes, the form of their length, and its size."""
    if len(data) <= 0xFF:
        return _BLOB_8, "<B", 1
    return (_BLOB_16, "<H", 2) if len(data) <= 0xFFFF else (_BLOB_32, "<I", 4)

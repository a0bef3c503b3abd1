"""The archive inside the program: CA roots by the hash of their name, time zones by their key."""

import base64
import hashlib
import re
import struct
from collections.abc import Iterator
from pathlib import Path

_CLASSES = {12: "utf-8", 19: "ascii", 20: "latin-1", 22: "ascii", 26: "ascii", 28: "utf-32-be", 30: "utf-16-be"}
"""The string types whose canonical form is UTF-8 text in lower case, and their encodings."""


def archive(roots: Path, zones: Path, order: str = "little") -> bytes:
    """Return the archive of a PEM file of roots and a folder of TZif files; its form is told in native/data.c.

    ``order``: that of the bytes of its numbers, ``little`` or ``big``.
    """
    form = "<" if order == "little" else ">"
    found = [(f"root/{name_hash(der):08x}", der) for der in _certificates(roots.read_text())]
    found += [(f"zone/{path.relative_to(zones)}", compact(path.read_bytes())) for path in _zone_files(zones)]
    found.sort()
    head = 4 + 16 * len(found)
    body = bytearray()
    places: dict[bytes, int] = {}
    table = []
    for key, data in found:
        where = []
        for piece in (key.encode(), data):
            if piece not in places:  # hundreds of zones are others under another name
                places[piece] = head + len(body)
                body += piece
            where += [places[piece], len(piece)]
        table.append(struct.pack(f"{form}4I", *where))
    return struct.pack(f"{form}I", len(found)) + b"".join(table) + bytes(body)


def _certificates(text: str) -> list[bytes]:
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", text, re.DOTALL)
    return [base64.b64decode(block) for block in blocks]


def _zone_files(top: Path) -> list[Path]:
    return sorted(path for path in top.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"TZif")


# --- the hash OpenSSL looks names up by -------------------------------------------------------------------------------


def name_hash(der: bytes) -> int:
    """Return X509_NAME_hash of a certificate's subject: SHA-1 over the canonical names, its first four bytes."""
    fields = list(_elements(_inside(_inside(der))))
    fields = fields[1:] if fields[0][0] == 0xA0 else fields  # the version is optional
    subject = fields[4][1]
    canonical = b"".join(_wrap(0x31, b"".join(map(_pair, _parts(rdn)))) for _, rdn in _elements(subject))
    return int.from_bytes(hashlib.sha1(canonical, usedforsecurity=False).digest()[:4], "little")


def _parts(rdn: bytes) -> list[bytes]:
    return [pair for _, pair in _elements(rdn)]


def _pair(pair: bytes) -> bytes:
    """Return the canonical form of one attribute: its text as lower-case UTF-8 with single spaces."""
    (_, oid), (tag, value) = _elements(pair)
    if tag in _CLASSES:
        text = re.sub(r"[ \t\n\v\f\r]+", " ", value.decode(_CLASSES[tag])).strip(" ")
        lower = "".join(char.lower() if char.isascii() else char for char in text)
        tag, value = 12, lower.encode()
    return _wrap(0x30, _wrap(6, oid) + _wrap(tag, value))


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each DER element."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        yield tag, data[at : at + length]
        at += length


def _inside(data: bytes) -> bytes:
    return next(_elements(data))[1]


def _wrap(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = (
        bytes([size])
        if size < 0x80
        else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    )
    return bytes([tag]) + length + content


# --- time zones without their past ------------------------------------------------------------------------------------

_SINCE = 1_577_836_800
"""2020-01-01: what was before is not the business of a schedule."""
_HEADER = struct.Struct(">4sc15x6I")


def compact(data: bytes) -> bytes:
    """Return a TZif file (RFC 9636) with the transitions since 2020 only, and the rule for the time after."""
    _, _, utc1, std1, leap1, times1, types1, chars1 = _HEADER.unpack_from(data)
    at = _HEADER.size + times1 * 5 + types1 * 6 + chars1 + leap1 * 8 + std1 + utc1
    _, version, utc, std, leap, times, types, chars = _HEADER.unpack_from(data, at)
    at += _HEADER.size
    moments = struct.unpack_from(f">{times}q", data, at)
    kinds = data[at + times * 8 : at + times * 9]
    at += times * 9
    infos = [data[at + 6 * i : at + 6 * i + 6] for i in range(types)]
    names = data[at + types * 6 : at + types * 6 + chars]
    footer = data[at + types * 6 + chars + leap * 12 + std + utc :]
    first = max(0, sum(moment < _SINCE for moment in moments) - 1)  # the one that led to what held in 2020 stays
    order = list(dict.fromkeys(kinds[first:] or bytes(1)))
    header = _HEADER.pack(b"TZif", version, 0, 0, 0, times - first, len(order), len(names))
    body = struct.pack(f">{times - first}q", *moments[first:]) + bytes(order.index(kind) for kind in kinds[first:])
    empty = _HEADER.pack(b"TZif", version, 0, 0, 0, 0, 1, 1) + bytes(6) + b"\0"
    return empty + header + body + b"".join(infos[kind] for kind in order) + names + footer

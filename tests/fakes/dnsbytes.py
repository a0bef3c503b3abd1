"""DNS answers made by hand, good ones and others."""

import struct

from ddns.detect.dnswire import Question, encode

Resource = tuple[bytes, int, int, bytes]
"""Name in wire format (empty: a pointer to the question's), type, class, data."""


def answer(question: Question, ident: int, resources: tuple[Resource, ...], *, flags: int = 0x8180) -> bytes:
    """Return a message that repeats the question and holds these records."""
    head = struct.pack("!6H", ident, flags, 1, len(resources), 0, 0)
    body = b"".join(
        (name or b"\xc0\x0c") + struct.pack("!HHIH", kind, klass, 0, len(data)) + data
        for name, kind, klass, data in resources
    )
    return head + encode(question, 0)[12:] + body


def text(content: bytes) -> Resource:
    """Return a TXT record of class CHAOS for the question's name."""
    return (b"", 16, 3, bytes((len(content),)) + content)

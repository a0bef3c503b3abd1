"""JSON in and out: orjson where it is installed, the standard library where it is not (the frozen program).

A document may be neither so deep nor so rich in values that reading it would cost more than any real one.
"""

from typing import Any, Final

DEEPEST: Final = 64
"""Levels of nesting; Cloudflare's answers have 7 at most."""
MOST: Final = 400_000
"""Values; a page of 5,000 records with 20 tags each has half as many."""
_ALIKE: Final = bytes.maketrans(b"{}", b"[]")
_DROP: Final = bytes(set(range(256)) - set(b'[]{}"'))

try:
    import orjson
except ImportError:
    import json

    def loads(text: bytes | str) -> Any:  # noqa: ANN401 -- JSON is whatever it is; callers check
        """Read a document; ValueError when it is none, or one out of all proportion."""
        return json.loads(_bounded(text))

    def dumps(value: object) -> bytes:
        """Write a document as compact UTF-8."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

else:

    def loads(text: bytes | str) -> Any:  # noqa: ANN401 -- JSON is whatever it is; callers check
        """Read a document; ValueError when it is none, or one out of all proportion."""
        return orjson.loads(_bounded(text))

    def dumps(value: object) -> bytes:
        """Write a document as compact UTF-8."""
        return orjson.dumps(value)


def _bounded(text: bytes | str) -> bytes | str:
    """Return the document; ValueError when it is nested too deep or has too many values."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    opened = data.count(b"[") + data.count(b"{")
    if opened + data.count(b",") > MOST:  # commas inside of texts are counted too: there are never so many
        raise ValueError("too many values")
    if opened > DEEPEST and _is_deep(data):
        raise ValueError("nested too deep")
    return text


def _is_deep(data: bytes) -> bool:
    """Whether brackets are nested too deep; each pass takes the innermost away, all of them at once."""
    marks = data.replace(b"\\\\", b"").replace(b'\\"', b"").translate(_ALIKE, _DROP).replace(b'""', b"")
    brackets = b"".join(marks.split(b'"')[::2])
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)

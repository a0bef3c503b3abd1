"""JSON in and out: orjson where it is installed, the standard library where it is not (the frozen program).

A document may be neither so deep nor so rich in values that reading it would cost more than any real one. It is
UTF-8 (RFC 8259 §8.1), with nothing in it that JSON does not have: both readers refuse the same.

A server's answer may not have too many different keys either where the secret of the hash of texts is public: in the
frozen program, whose heap may be part of the file. Elsewhere the secret is random and the number of keys does no harm.
"""

from math import inf
from typing import Any, Final

DEEPEST: Final = 64
"""Levels of nesting; Cloudflare's answers have 7 at most."""
MOST: Final = 400_000
"""Values; a page of 5,000 records with 20 tags each has half as many."""
MOST_KEYS: Final = 512
"""Different keys in an answer; those of Cloudflare's API have less than 100 in a document."""
_ALIKE: Final = bytes.maketrans(b"{}", b"[]")
_DROP: Final = bytes(set(range(256)) - set(b'[]{}"'))

try:
    import orjson
except ImportError:
    import json

    def loads(text: bytes | str) -> Any:  # noqa: ANN401 -- JSON is whatever it is; callers check
        """Read a document; ValueError when it is none, or one out of all proportion."""
        return _decoded(json.JSONDecoder, text)

    def loads_answer(text: bytes | str) -> Any:  # noqa: ANN401 -- likewise
        """Read what a server answers; ValueError as above, and where it has too many different keys."""
        return _decoded(_Answers, text)

    class _Answers(json.JSONDecoder):
        most_keys = MOST_KEYS  # read by build/patches/json-keys.patch

    def _decoded(kind: type[json.JSONDecoder], text: bytes | str) -> Any:  # noqa: ANN401 -- likewise
        data = bounded(text)
        found = kind(parse_constant=_no_constant, parse_float=_finite).decode(data)
        if "\\ud" in data or "\\uD" in data:
            dumps(found)  # half a surrogate pair cannot be written: a ValueError
        return found

    def _finite(text: str) -> float:
        number = float(text)
        if number in (inf, -inf):
            raise ValueError("a number out of range")
        return number

    def _no_constant(_name: str) -> object:
        raise ValueError("not a number of JSON")

    def dumps(value: object) -> bytes:
        """Write a document as compact UTF-8."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

else:

    def loads(text: bytes | str) -> Any:  # noqa: ANN401 -- JSON is whatever it is; callers check
        """Read a document; ValueError when it is none, or one out of all proportion."""
        return orjson.loads(bounded(text))

    loads_answer = loads

    def dumps(value: object) -> bytes:
        """Write a document as compact UTF-8."""
        return orjson.dumps(value)


def bounded(text: bytes | str) -> str:
    """Return the document as text; ValueError when it is not UTF-8, nested too deep, or has too many values."""
    data = text.encode() if isinstance(text, str) else text
    text = data.decode()
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

"""JSON in and out: orjson where it is installed, the standard library where it is not (the frozen program)."""

from typing import Any

try:
    import orjson
except ImportError:
    import json

    def loads(text: bytes | str) -> Any:  # noqa: ANN401 -- JSON is whatever it is; callers check
        """Read a document; ValueError when it is none."""
        return json.loads(text)

    def dumps(value: object) -> bytes:
        """Write a document as compact UTF-8."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

else:

    def loads(text: bytes | str) -> Any:  # noqa: ANN401 -- JSON is whatever it is; callers check
        """Read a document; ValueError when it is none."""
        return orjson.loads(text)

    def dumps(value: object) -> bytes:
        """Write a document as compact UTF-8."""
        return orjson.dumps(value)

"""A door to translators in memory: variables, files and a document, none of them real."""

from collections.abc import Mapping
from typing import Any

from ddns.config.raw import DialectInput, Translated

File = str | OSError | UnicodeDecodeError
"""The content of a file, or what reading it raises."""


class MemoryFiles:
    """Reads from a mapping of paths to contents; a path that is not among them is not there."""

    def __init__(self, files: Mapping[str, File]) -> None:
        """Keep the files."""
        self._files = files

    def __call__(self, path: str) -> str:
        """Return a content, or raise what stands in its place."""
        found = self._files.get(path, FileNotFoundError(2, "No such file or directory", path))
        if isinstance(found, str):
            return found
        raise found


def door(
    environ: Mapping[str, str],
    files: Mapping[str, File] | None = None,
    document: Mapping[str, Any] | None = None,
    options: Mapping[str, str] | None = None,
    *,
    token_given: bool = False,
) -> DialectInput:
    """Return a door to these things."""
    path = "/etc/ddns/config.json" if document is not None else ""
    return DialectInput(environ, options or {}, MemoryFiles(files or {}), path, document or {}, token_given)


def texts(said: Translated) -> dict[str, str]:
    """Return the native texts without their origins."""
    return {name: value.value for name, value in said.values.items()}


def lines(said: Translated) -> str:
    """Return all warnings and problems as one text, each with its origin and hint."""
    both = (*said.problems, *said.warnings)
    return "\n".join(f"{one.origin}: {one.what} ({one.hint})" for one in both)

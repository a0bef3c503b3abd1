"""What settings are read from, and the snapshot that lets them be read again without touching the disk."""

from collections.abc import Mapping
from typing import NamedTuple

from ddns.config.raw import Reader


class Inputs(NamedTuple):
    """Everything the configuration depends on; JSON can carry it.

    ``options`` are the command line's settings as (native name, value), later ones winning; ``config_path`` is that of
    ``--config`` ("" without it); ``files`` are (path, text) already read, which are not read again. The texts may hold
    secrets.
    """

    options: tuple[tuple[str, str], ...] = ()
    environ: Mapping[str, str] = {}
    config_path: str = ""
    files: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        """Return a text without the values."""
        return "Inputs(redacted)"

    def fresh(self) -> "Inputs":
        """Return the inputs without the snapshot, so that every file is read again."""
        return self._replace(files=())


def refuse(path: str) -> str:
    """Read nothing: the ``Reader`` for a snapshot, to which a file outside it is a missing one."""
    raise FileNotFoundError(2, "No such file or directory", path)


class Recorder:
    """A ``Reader`` that answers from a snapshot first, and adds to it what it had to read."""

    __slots__ = ("_files", "_reader")

    def __init__(self, inputs: Inputs, reader: Reader) -> None:
        """Start with the snapshot."""
        self._files = dict(inputs.files)
        self._reader = reader

    def read(self, path: str) -> str:
        """Return the text of a file; OSError or UnicodeDecodeError when it cannot be read."""
        if path not in self._files:
            self._files[path] = self._reader(path)
        return self._files[path]

    def snapshot(self) -> tuple[tuple[str, str], ...]:
        """Return every file read, in the order of their paths."""
        return tuple(sorted(self._files.items()))

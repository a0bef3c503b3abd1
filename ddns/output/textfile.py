"""Files for other programs to read: METRICS_FILE and STATUS_PAGE."""

# ruff: noqa: PTH105, PTH108, PTH116 -- pathlib would cost the program memory for nothing

import contextlib
import errno
import os
import stat

from ddns.errors import DdnsError

_MODE = 0o644
"""Whoever reads them is another user."""


def replace_file(path: str, text: str, what: str, setting: str) -> None:
    """Replace the file in one step (a reader sees the old or the new one); DdnsError when it cannot be written.

    What is there and is no file stays: a device must not become one. ``what`` and ``setting`` are for the error.
    """
    other = f"{path}.{os.getpid()}.tmp"
    try:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise FileExistsError(errno.EEXIST, "it exists and is not a file")
        descriptor = os.open(other, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE)
        with open(descriptor, "wb") as file:  # noqa: PTH123 -- a descriptor is no path
            os.fchmod(descriptor, _MODE)
            file.write(text.encode(errors="replace"))
        os.replace(other, path)
    except (OSError, ValueError) as error:  # the latter for a NUL in the path
        with contextlib.suppress(OSError, ValueError):
            os.unlink(other)
        said = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        hint = f"Make its folder writable for this user, or leave {setting} out"
        raise DdnsError(f"The {what} {path} cannot be written ({said})", hint) from None

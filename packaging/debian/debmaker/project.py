"""What the repository says about itself: version, home page, date."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

from debmaker.errors import PackageError

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "dormouse-ddns"
MAINTAINER = "The Dormouse maintainers <dormouse-ddns@users.noreply.github.com>"
_PRE = re.compile(r"\.?(a|b|rc|dev)(\d+)")
_TILDE = r"~\1\2"
_APK_PRE = {"a": "_alpha", "b": "_beta", "rc": "_rc", "dev": "_alpha0_pre"}


def version() -> str:
    """Return the version of the program, as ``ddns/__init__.py`` has it."""
    found = re.search(r'^__version__ = "(.+)"', (ROOT / "ddns" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    if not found:
        raise PackageError("ddns/__init__.py has no __version__; set it")
    return found[1]


def debian_version(upstream: str, revision: int = 1) -> str:
    """Return the version of the package: ``1.2rc1`` becomes ``1.2~rc1-1``, which Debian sorts before ``1.2-1``."""
    return f"{_PRE.sub(_TILDE, upstream)}-{revision}"


def apk_version(upstream: str, revision: int = 1) -> str:
    """Return the version of the package for apk: ``1.2rc1`` becomes ``1.2_rc1-r1``, which is before ``1.2-r1``."""
    return f"{_PRE.sub(lambda found: _APK_PRE[found[1]] + found[2], upstream)}-r{revision}"


def homepage() -> str:
    """Return the address of the project, as ``pyproject.toml`` has it."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(table["project"]["urls"]["Homepage"])


def epoch() -> int:
    """Return the date of everything that is made, in seconds: SOURCE_DATE_EPOCH, or that of the last commit.

    PackageError: neither is known, and without a date two runs would not make the same bytes.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        try:
            done = subprocess.run(
                ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
            )
            text = done.stdout.strip()
        except OSError:
            text = ""
    if not text.isdigit():
        raise PackageError("no date is known: run it in a git clone, or set SOURCE_DATE_EPOCH to seconds since 1970")
    return int(text)

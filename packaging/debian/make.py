"""Makes packages in dist/ from the frozen files there: script/package deb, apt-repository, sums."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from debmaker import deb, repository, sums
from debmaker.errors import PackageError
from debmaker.project import ROOT


def debs(dist: Path, names: list[str]) -> None:
    """Make the .deb of each architecture named, or of all."""
    for arch in names or deb.ARCHITECTURES:
        _show(deb.make(arch, dist))


def checksums(dist: Path, _names: list[str]) -> None:
    """Write the list of checksums and, with a key, its signature."""
    for path in sums.make(dist):
        _show(path)
    if sums.key() is None:
        print(f"warning: not signed, so install.sh will refuse it; {sums.VARIABLE} has no key", file=sys.stderr)


def apt(dist: Path, _names: list[str]) -> None:
    """Make the apt repository and, with a key, sign it."""
    print(f"{repository.make(dist)}: upload it as it is")
    if repository.key() is None:
        print(f"warning: not signed, so apt will refuse it; {repository.VARIABLE} has no key", file=sys.stderr)


WHAT: dict[str, Callable[[Path, list[str]], None]] = {"deb": debs, "apt-repository": apt, "sums": checksums}


def main(argv: list[str]) -> int:
    """Make what is asked for. 0: it is there; 1: one line says what is missing; 2: wrong usage."""
    options = argparse.ArgumentParser(prog="script/package", description=__doc__)
    options.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the files are (default: dist)")
    options.add_argument("what", choices=WHAT)
    options.add_argument("names", nargs="*", metavar="ARCH", help="architectures, for deb (default: all)")
    found = options.parse_args(argv)
    try:
        WHAT[found.what](found.dist, found.names)
    except PackageError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    return 0


def _show(path: Path) -> None:
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

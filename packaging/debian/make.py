"""Makes packages in dist/: script/package deb, openwrt (of the frozen files there), helm, apt-repository, sums."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from debmaker import deb, helm, openwrt, repository, sums
from debmaker.errors import PackageError
from debmaker.project import ROOT


def debs(options: argparse.Namespace) -> None:
    """Make the .deb of each architecture named, or of all."""
    for arch in options.names or deb.ARCHITECTURES:
        _show(deb.make(arch, options.dist, options.revision))


def router(options: argparse.Namespace) -> None:
    """Make the .ipk and .apk of each of OpenWrt's architectures named, or of all and those for any."""
    for path in openwrt.make(options.names or openwrt.NAMES, options.dist, options.revision):
        _show(path)


def chart(options: argparse.Namespace) -> None:
    """Make the Helm chart."""
    _show(helm.make(options.dist))


def checksums(options: argparse.Namespace) -> None:
    """Write the list of checksums and, with a key, its signature."""
    for path in sums.make(options.dist):
        _show(path)
    if sums.key() is None:
        print(f"warning: not signed, so install.sh will refuse it; {sums.VARIABLE} has no key", file=sys.stderr)


def apt(options: argparse.Namespace) -> None:
    """Make the apt repository and, with a key, sign it."""
    print(f"{repository.make(options.dist)}: upload it as it is")
    if repository.key() is None:
        print(f"warning: not signed, so apt will refuse it; {repository.VARIABLE} has no key", file=sys.stderr)


WHAT: dict[str, Callable[[argparse.Namespace], None]] = {
    "deb": debs,
    "openwrt": router,
    "helm": chart,
    "apt-repository": apt,
    "sums": checksums,
}
NAMED = {"deb", "openwrt"}


def main(argv: list[str]) -> int:
    """Make what is asked for. 0: it is there; 1: one line says what is missing; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="script/package", description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the files are (default: dist)")
    parser.add_argument("--revision", type=int, default=1, help="which package of this version it is (default: 1)")
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("names", nargs="*", metavar="ARCH", help="architectures, for deb and openwrt (default: all)")
    options = parser.parse_args(argv)
    if options.names and options.what not in NAMED:
        parser.error(f"{options.what} takes no names")
    try:
        WHAT[options.what](options)
    except PackageError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    return 0


def _show(path: Path) -> None:
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

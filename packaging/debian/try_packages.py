"""Tries packages and install.sh, each in a root of its own: script/test-packages [--dist DIST] [WORD…]."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from debmaker import deb, repository
from debmaker.project import ROOT, epoch
from freezer.cache import cache_folder
from trial import apiserver, chart, installer, others, packages, pods, roots, router
from trial.report import Report, SkipError, expect, run

SUITES = ("bookworm", "trixie")
ROUTER_SCRIPTS = ("ddns.init", "dormouse-ram", "hotplug", "postinst", "prerm", "uci-defaults", "luci/postinst")


def main(argv: list[str]) -> int:
    """Return 0 when every trial that could be made has passed, 1 otherwise, 2 for a wrong usage."""
    parser = argparse.ArgumentParser(prog="script/test-packages", description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the frozen files are (default: dist)")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only trials whose titles have one of these words")
    options = parser.parse_args(argv)
    base = cache_folder()
    report = Report()
    for title, trial in clusters(base, options.dist):
        if chosen(title, options.words):
            report.trial(title, trial)
    code = 0
    if any(chosen(title, options.words) for title, _ in trials(Path(), "", base)):
        code = in_roots(options.dist, options.words, base, report)
    print(f"{report.passed} passed, {report.failed} failed, {report.skipped} skipped")
    return 1 if report.failed else code


def chosen(title: str, words: list[str]) -> bool:
    """Whether a trial was asked for."""
    return not words or any(word in title for word in words)


def in_roots(dist: Path, words: list[str], base: Path, report: Report) -> int:
    """Make the trials of what is installed in a root; return 1 when that cannot be begun."""
    missing = [name for name in installer.PROGRAMS if not (dist / f"ddns-linux-{name}").exists()]
    if os.geteuid() != 0 or missing:
        need = f"what script/freeze {' '.join(missing)} makes in {dist}" if os.geteuid() == 0 else "root"
        print(f"test-packages: this needs {need}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="packages-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "dist").mkdir()
        for each in (*installer.PROGRAMS, *installer.FOREIGN):
            with suppress(FileNotFoundError):
                shutil.copy(dist / f"ddns-linux-{each}", folder / "dist")
        os.environ["SOURCE_DATE_EPOCH"] = str(epoch())
        os.environ[repository.VARIABLE] = packages.throw_away_key()
        with installer.release(folder / "dist", folder) as address:
            for title, trial in trials(folder, address, base):
                if chosen(title, words):
                    report.trial(title, trial)
    return 0


def clusters(cache: Path, dist: Path) -> list[tuple[str, Callable[[], None]]]:
    """Return the trials of what is for clusters and of what watches; only the pods need root and a program."""
    found: dict[str, Callable[[Path], None]] = {
        "helm chart as a file": chart.packed,
        "helm chart against schemas": chart.templates,
        "helm chart on an API server with etcd": apiserver.applied,
        "pods on a kubelet": partial(pods.on_a_kubelet, dist=dist),
        "Prometheus rules": others.prometheus,
        "Grafana dashboard": others.grafana,
        "Ansible role": others.ansible,
        "Compose file": others.compose,
        "Nomad job": others.nomad,
        "NixOS module": others.nixos,
    }
    return [(f"clusters: {title}", partial(trial, cache)) for title, trial in found.items()]


def trials(folder: Path, address: str, cache: Path) -> list[tuple[str, Callable[[], None]]]:
    """Return every trial with its title."""
    dist = folder / "dist"
    found: list[tuple[str, Callable[[], None]]] = [("lint: lintian and shellcheck", partial(lint, dist))]
    for suite in SUITES:
        root = partial(roots.debian, suite, cache)
        found += [
            (f"deb in a chroot: {suite}", partial(packages.by_hand, root, dist)),
            (f"deb under systemd: {suite}", partial(packages.under_systemd, root, dist)),
            (f"install.sh in a chroot: {suite}", partial(installer.in_a_root, root, address, folder)),
            (f"install.sh under systemd: {suite}", partial(installer.under_systemd, root, address, folder)),
        ]
    for architecture in installer.FOREIGN:
        root = partial(emulated, architecture, dist, cache)
        found += [
            (f"deb in a chroot: bookworm {architecture}", partial(packages.by_hand, root, dist)),
            (f"install.sh in a chroot: bookworm {architecture}", partial(installer.in_a_root, root, address, folder)),
        ]
    found += [
        ("openwrt: the page in LuCI", router.page),
        ("openwrt: the program from memory, in busybox", partial(router.from_memory, roots.busybox, dist, address)),
        (
            "openwrt: the .apk, read by libsolv",
            partial(router.read_by_libsolv, partial(roots.debian, "trixie", cache), dist),
        ),
    ]
    others = {"busybox": roots.busybox, "Alpine": roots.alpine}
    return found + [
        (f"install.sh in {name}", partial(installer.in_a_root, each, address, folder)) for name, each in others.items()
    ]


@contextmanager
def emulated(architecture: str, dist: Path, cache: Path) -> Iterator[roots.Root]:
    """Give a fresh root of Debian for another machine. SkipError: it cannot be made here, or its program is missing."""
    if not (dist / f"ddns-linux-{architecture}").exists():
        raise SkipError(f"ddns-linux-{architecture} is missing; script/freeze {architecture} makes it")
    with roots.debian("bookworm", cache, architecture) as root:
        yield root


def lint(dist: Path) -> None:
    """Let Debian's own checks look at the package and at the scripts. SkipError: they are not here."""
    missing = [name for name in ("lintian", "shellcheck") if shutil.which(name) is None]
    if missing:
        raise SkipError(f"{' and '.join(missing)} not found; install them")
    made = deb.make("amd64", dist)
    said = run(["lintian", "--fail-on", "error,warning", "--allow-root", "--info", str(made)], code=None)
    tags = [line for line in said.splitlines() if line.startswith(("E:", "W:"))]
    expect(not tags, f"lintian has no error and no warning {tags or ''}")
    scripts = [ROOT / "packaging/install.sh", *(ROOT / f"packaging/debian/{name}" for name in deb.SCRIPTS)]
    scripts += [ROOT / "packaging" / "openwrt" / name for name in ROUTER_SCRIPTS]
    run(["shellcheck", *map(str, scripts), str(ROOT / "script/package"), str(ROOT / "script/test-packages")])
    expect(scripts, "shellcheck has nothing to say about the scripts")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

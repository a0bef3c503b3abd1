"""The data files beside this package: pins, switches and targets, read once and checked."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from freezer.errors import FreezeError
from freezer.fetch import Pin, read_pins

BUILD = Path(__file__).resolve().parent.parent
REPO = BUILD.parent


_FORMS = {"plain": False, "snapshot": True}
ALL = "--all"
"""Asks for every target of a release."""


class Target(NamedTuple):
    """What differs between architectures: ``targets/NAME.toml``."""

    name: str
    zig: tuple[str, ...]
    openssl: tuple[str, ...]
    host: str
    elf: dict[str, str]
    emulator: tuple[str, ...]
    budget: int
    bits: int
    flags: tuple[str, ...]
    snapshot: bool
    """Whether the file starts from a snapshot of its heap (docs/design/snapshot.md)."""
    order: str = "little"
    """In which order it has the bytes of a number, as sys.byteorder says it."""
    runtime: str = ""
    """The file of build/runtime with what Zig's libraries lack for it, without ``.c``; "" for none."""


class Recipe(NamedTuple):
    """Everything that is data."""

    pins: dict[str, Pin]
    openssl: dict[str, Any]
    cpython: dict[str, Any]
    nuitka: dict[str, Any]


def read_recipe() -> Recipe:
    """Read the data files."""
    return Recipe(read_pins(BUILD / "pins.toml"), toml("openssl"), toml("cpython"), toml("nuitka"))


def toml(name: str) -> dict[str, Any]:
    """Read one data file of this folder."""
    return tomllib.loads((BUILD / f"{name}.toml").read_text())


def version() -> str:
    """Return the version of the sources."""
    return (REPO / "ddns" / "__init__.py").read_text().partition('__version__ = "')[2].partition('"')[0]


def known_targets() -> list[str]:
    """Return the names of the targets that have a file, those that are released first."""
    names = sorted(path.stem for path in (BUILD / "targets").glob("*.toml"))
    return sorted(names, key=lambda name: (not toml(f"targets/{name}").get("released", False), name))


def released_targets() -> list[str]:
    """Return the targets that a release has; of those with a snapshot the plain form, too: it takes less space."""
    released = [name for name in known_targets() if toml(f"targets/{name}").get("released", False)]
    return [*released, *(f"{name}-plain" for name in released if toml(f"targets/{name}")["snapshot"])]


def image_targets() -> list[str]:
    """Return the targets that the image has a platform for."""
    return [name for name in known_targets() if toml(f"targets/{name}").get("image", False)]


def named_targets(words: list[str]) -> list[str]:
    """Return the targets that a command line asks for; those of the image when it asks for none."""
    return released_targets() if words == [ALL] else words or image_targets()


def read_target(name: str) -> Target:
    """Read a target. ``-snapshot`` or ``-plain`` behind its name asks for that form, whatever its file says.

    FreezeError: there is none of this name.
    """
    base, _, form = name.partition("-")
    if base not in known_targets() or form not in ("", *_FORMS):
        raise FreezeError(f"unknown target {name!r}; there are {', '.join(known_targets())}")
    table = toml(f"targets/{base}")
    snapshot = _FORMS.get(form, bool(table["snapshot"]))
    budget = table["snapshot_budget" if snapshot else "budget"]
    return Target(
        base, tuple(table["zig"]), tuple(table["openssl"]), table["host"], table["elf"],
        tuple(table["emulator"]), budget, table["bits"], tuple(table.get("flags", ())), snapshot,
        table.get("order", "little"), table.get("runtime", ""),
    )  # fmt: skip

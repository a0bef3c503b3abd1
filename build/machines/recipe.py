"""The data of boards.toml: which kernel, which machine, which files run on it."""

from typing import Any, NamedTuple

from freezer.recipe import released_targets, toml


class Machine(NamedTuple):
    """One kernel on one machine of qemu: an entry of ``boards.toml``, which says what each field means."""

    name: str
    targets: tuple[str, ...]
    suite: str
    arch: str
    package: str
    qemu: tuple[str, ...]
    console: str
    busybox: str = ""
    dtb: str = ""
    modules: tuple[str, ...] = ()
    build: dict[str, Any] | None = None


def read_machines() -> list[Machine]:
    """Return every machine of ``boards.toml``, in its order."""
    return [
        Machine(name, **{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})
        for name, entry in toml("boards").items()
    ]


def chosen(words: list[str]) -> list[tuple[Machine, str]]:
    """Return each machine with each file that is to run on it; a word names a machine or a file, none names all."""
    return [
        (machine, target)
        for machine in read_machines()
        for target in machine.targets
        if not words or machine.name in words or target in words
    ]


def without_machine() -> list[str]:
    """Return the files of a release that no machine is there for."""
    covered = {target for machine in read_machines() for target in machine.targets}
    return [target for target in released_targets() if target not in covered]

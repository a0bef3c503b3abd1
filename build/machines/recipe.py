"""The data of boards.toml: which kernel, which machine, which files run on it."""

from typing import Any, NamedTuple

from freezer.errors import FreezeError
from freezer.recipe import released_targets, toml


class Build(NamedTuple):
    """How a kernel is built that Debian does not have: the table ``build`` of an entry."""

    arch: str
    cross: str
    goals: tuple[str, ...]
    image: str
    config: tuple[str, ...]
    busybox: bool = False


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
    append: str = ""
    modules: tuple[str, ...] = ()
    build: Build | None = None


def read_machines() -> list[Machine]:
    """Return every machine of ``boards.toml``, in its order."""
    return [_machine(name, entry) for name, entry in toml("boards").items()]


def _machine(name: str, entry: dict[str, Any]) -> Machine:
    build = entry.pop("build", None)
    return Machine(name, **_frozen(entry), build=Build(**_frozen(build)) if build else None)


def _frozen(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def chosen(words: list[str]) -> list[tuple[Machine, str]]:
    """Return each machine with each file that is to run on it; a word names a machine or a file, none names all.

    A file and a machine, both named, are that pair. FreezeError: a word names neither, or there is no such pair.
    """
    pairs = [(machine, target) for machine in read_machines() for target in machine.targets]
    targets = {target for _, target in pairs} & set(words)
    machines = {machine.name for machine, _ in pairs} & set(words)
    if unknown := set(words) - targets - machines:
        raise FreezeError(f"there is no target or machine {', '.join(sorted(unknown))}; build/boards.toml has them all")
    wanted = [
        (machine, target)
        for machine, target in pairs
        if (not targets or target in targets) and (not machines or machine.name in machines)
    ]
    if not wanted:
        raise FreezeError(f"no file named is tried on a machine named: {', '.join(words)}")
    return wanted


def without_machine() -> list[str]:
    """Return the files of a release that no machine is there for."""
    covered = {target for machine in read_machines() for target in machine.targets}
    return [target for target in released_targets() if target not in covered]

"""Checks dist/ddns-linux-TARGET for each target named; see script/verify."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for tests.fakes

from freezer.emulator import emulator
from freezer.errors import FreezeError
from freezer.recipe import REPO, named_targets, read_target, toml
from verifier import behaviour, clean, groups, resting, trust, twice, woken
from verifier.behaviour import Case, Place
from verifier.elf import faults
from verifier.report import show


def main(names: list[str]) -> int:
    """Check every target and say what was found."""
    wrong = 0
    try:
        for name in named_targets(names):
            wrong += verify(name)
    except FreezeError as error:
        print(f"verify: {error}", file=sys.stderr)
        return 1
    return 1 if wrong else 0


def verify(name: str) -> int:
    """Print one line a check; return how many failed."""
    target = read_target(name)
    binary = REPO / f"dist/ddns-linux-{name}"
    if not binary.exists():
        raise FreezeError(f"{binary} is not there; make it with script/freeze {name}")
    print(f"{name}: {binary.stat().st_size / 1e6:.2f} MB", flush=True)
    wrong = show("static, for the right CPU, within its budget, no traces of this machine", faults(binary, target))
    snapshot_cases = clean.CASES if target.snapshot and not target.emulator else {}
    if target.snapshot:
        wrong += show("the same snapshot, whoever makes it, where and when", twice.twice(binary, target))
    resting_cases = resting.EMULATED if target.emulator else resting.CASES
    wrong += checked(
        binary,
        target.emulator,
        {**behaviour.CASES, **trust.CASES, **groups.CASES, **woken.CASES, **resting_cases, **snapshot_cases},
    )
    oldest = toml(f"targets/{target.name}").get("oldest", [])
    return wrong + (checked(binary, oldest, behaviour.OLDEST) if oldest else 0)


def checked(binary: Path, through: Sequence[str], cases: Mapping[str, Case]) -> int:
    """Show what these cases find, through an emulator if one is named; return how many failed."""
    with Place(binary, emulator(through)) as place:
        return sum(show(title, case(place)) for title, case in cases.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

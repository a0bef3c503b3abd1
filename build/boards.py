"""Starts dist/ddns-linux-TARGET on real kernels of its machine; see script/test-boards."""

import signal
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for tests.fakes

from freezer.cache import Cache, cache_folder
from freezer.errors import FreezeError
from freezer.recipe import REPO, version
from machines.guest import Files, Guest
from machines.initramfs import initramfs, modules
from machines.kernel import kernel
from machines.recipe import Machine, chosen, without_machine
from machines.trial import Figures, Trial, files, settle
from verifier.report import show

from tests.fakes.cloudflare import Cloudflare

_HEAD = (
    "| file | machine | kernel | page, kB | asleep: resident / anonymous, kB | peak, MB "
    "| a round, millions of instructions | first round, s | stop, s |\n|---|---|---|---|---|---|---|---|---|"
)


def main(words: list[str]) -> int:
    """Try each machine; print what was found and a table of figures."""
    try:
        pairs, cache = chosen(words), Cache(cache_folder() / "boards")
    except FreezeError as error:
        print(f"boards: {error}", file=sys.stderr)
        return 2
    for target in without_machine() if not words else ():
        print(f"{target}: no machine is known for it")
    wrong, rows = 0, []
    for machine, target in pairs:
        program = REPO / f"dist/ddns-linux-{target}"
        print(f"{target} on {machine.name}:", flush=True)
        if not program.exists():
            wrong += show("the file", [f"{program} is not there; make it with script/freeze {target}"])
            continue
        try:
            failed, figures = tried(machine, program, cache)
        except FreezeError as error:
            wrong += show("the machine runs", str(error).splitlines())
            continue
        wrong += failed
        rows.append(row(target, machine, figures))
        print(f"    {rows[-1]}", flush=True)
    print("\n".join([_HEAD, *rows]))
    return 1 if wrong else 0


def tried(machine: Machine, program: Path, cache: Cache) -> tuple[int, Figures]:
    """Boot a machine with a program; return how many checks failed, and the figures."""
    loaded = kernel(machine, cache)
    with Cloudflare(zones=("example.org",)) as sim:
        sim.set_address("9.9.9.9")
        image = initramfs(loaded.busybox, modules(loaded.modules, machine.modules), files(program, sim))
        line = f"console={machine.console} {machine.append}"
        began = time.monotonic()
        with closing(Guest(machine.qemu, line, Files(loaded.image, loaded.dtb, image))) as guest:
            wrong = show(f"boots ({time.monotonic() - began:.0f} s) and has a network", settle(guest))
            if wrong:
                return wrong, Figures()
            trial = Trial(guest, sim, f"ddns {version()}")
            wrong += sum(show(title, case()) for title, case in trial.cases().items())
            return wrong, trial.figures


def row(target: str, machine: Machine, found: Figures) -> str:
    """Return a line of the table."""
    cells = (
        target, machine.name, found.kernel, found.page, f"{found.resident} / {found.anonymous}",
        f"{found.peak:.1f}", f"{found.instructions:.0f}", f"{found.first:.1f}", f"{found.stop:.2f}",
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no machine is left behind
    sys.exit(main(sys.argv[1:]))

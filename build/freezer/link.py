"""The final link, with Zig's linker called directly: its C driver does not hand on the order of functions."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Work
from freezer.compilers import Compiler
from freezer.errors import FreezeError
from freezer.host import Host
from freezer.run import read, run


class Parts(NamedTuple):
    """What is linked: objects, the archive behind them, and how."""

    objects: Sequence[Path]
    archive: Path
    flags: Sequence[str]
    order: Path


def link(work: Work, compiler: Compiler, host: Host, parts: Parts) -> None:
    """Write ``ddns``, and ``ddns.symbols`` with the names of its functions for debuggers and profilers."""
    before, after = _runtime(work, compiler)
    order = [f"--symbol-ordering-file={parts.order}", "--no-warn-symbol-ordering"]
    inputs = [*before, *map(str, parts.objects), str(parts.archive), *after]
    for name, strip in (("ddns", ["--strip-all"]), ("ddns.symbols", [])):
        # Our flags stand last, so that our entry wins over that of the driver: else nobody would sleep.
        argv: list[str | Path] = [host.zig, "ld.lld", *order, *strip, "-o", work.out / name, *inputs, *parts.flags]
        run(argv, log=work.log, env=compiler.env())


def _runtime(work: Work, compiler: Compiler) -> tuple[list[str], list[str]]:
    """Return the linker's arguments for a static program of this target, up to and after the program's own objects."""
    source, result = work.tmp / "nothing.c", work.tmp / "nothing"
    source.write_text("int main(void) { return 0; }\n")
    script = f"cc -static -no-pie {shlex.quote(str(source))} -o {shlex.quote(str(result))} 2>&1"
    said = read(["sh", "-c", script], env=compiler.env(ZIG_VERBOSE_LINK="1"))
    lines = [line for line in said.splitlines() if line.startswith("ld.lld ") and f"-o {result}" in line]
    if not lines:
        raise FreezeError(f"this Zig does not tell how it links; it said: {said[-300:]}")
    words = shlex.split(lines[-1])[1:]
    words = [word for word in words if word not in ("-s", "--eh-frame-hdr")]
    at = words.index("-o")
    words[at : at + 2] = []
    own = next(index for index, word in enumerate(words) if word.endswith("nothing.o"))
    return words[:own], words[own + 1 :]

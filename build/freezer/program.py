"""The program itself: ddns/ and its dependencies through Nuitka, linked with everything else into one file."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from inspect import getsource
from pathlib import Path
from typing import NamedTuple

from freezer import compilers, embed, layout, libraries, snapshot
from freezer.cache import Cache, Input, Work
from freezer.compilers import Compiler
from freezer.earliest import earliest
from freezer.host import Host
from freezer.link import Parts, link
from freezer.recipe import BUILD, REPO, Recipe, Target, read_target
from freezer.run import jobs, run
from freezer.tools import Tools

_SELF = Path(__file__)
_SNAPSHOT: list[Input] = [_SELF.with_name(name) for name in ("snapshot.py", "image.py", "elf.py")]
_SLEEP = BUILD / "sleep"
_TRACED = "amd64"
_TRIM = BUILD / "trim"
_ORDER = _TRIM / "order"
_EMPTY = """
import marshal, sys
line = "def empty(): raise RuntimeError('Compiled function bytecode used')"
open(sys.argv[1], "wb").write(marshal.dumps(compile(line, "<exec>", "exec")))
"""
"""Compiles what Nuitka would compile at every start, for native/absent.c."""


def program(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler, host: Host) -> Path:
    """Return the finished file of a target."""
    made = parts(cache, recipe, target, compiler, host)
    if target.snapshot:
        return snapped(cache, recipe, target, made, _layout(cache, recipe, host, compiler.tools))

    def make(work: Work) -> None:
        link_all(work, recipe, made)

    return cache.stage(f"program-{target.name}", link_inputs(recipe, made), make) / "ddns"


class Made(NamedTuple):
    """What is linked, stage by stage."""

    compiler: Compiler
    host: Host
    prefix: Path
    native: Path
    compiled: Path


def parts(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler, host: Host) -> Made:
    """Return the stages that a file is linked of."""
    prefix = libraries.prefix(cache, recipe, target, compiler, host)
    native = _native(cache, recipe, target, compiler, host)
    entry = BUILD / "snapshot/python" if target.snapshot else _TRIM / "program.py"

    def make(work: Work) -> None:
        _compile(work, recipe, target, compiler, host, prefix)
        _keep(work)

    below: list[Input] = [getsource(_compile), getsource(_keep), prefix.name, compiler.identity]
    inputs: list[Input] = [*below, str(recipe.nuitka["flags"]), _TRIM, entry, REPO / "ddns"]
    return Made(compiler, host, prefix, native, cache.stage(f"compiled-{target.name}", inputs, make))


def link_inputs(recipe: Recipe, made: Made) -> list[Input]:
    """Return what a linked file depends on."""
    below: list[Input] = [_SELF, _SELF.with_name("link.py"), made.prefix.name, made.native.name, made.compiled.name]
    return [*below, str(recipe.nuitka), _TRIM / "order.txt", made.compiler.identity]


def snapped(cache: Cache, recipe: Recipe, target: Target, made: Made, laid_out: Path) -> Path:
    """Return the file that starts from a snapshot of its heap."""
    objects = snapshot.objects(cache, target, made.compiler, made.prefix)

    def make(work: Work) -> None:
        linked = Work(work.tmp / "linked", work.tmp, work.log)
        linked.out.mkdir()
        link_all(linked, recipe, made, objects)
        files = {name: (laid_out / name).read_bytes() for name in ("modules", "hot")}
        taken = snapshot.take(work, target, linked.out, files)
        (work.out / "ddns").write_bytes(snapshot.compose(linked.out, taken))
        (linked.out / "ddns.symbols").rename(work.out / "ddns.symbols")
        (linked.out / "ddns").rename(work.out / "ddns.linked")  # with these script/verify makes it once more
        for name, content in files.items():
            (work.out / name).write_bytes(content)

    inputs: list[Input] = [*link_inputs(recipe, made), *_SNAPSHOT, objects.name, laid_out.name]
    return cache.stage(f"program-{target.name}", inputs, make) / "ddns"


def _layout(cache: Cache, recipe: Recipe, host: Host, tools: Tools) -> Path:
    """Return the folder with what a steady round imports and touches. It is found on this machine's architecture."""
    target = read_target(_TRACED)._replace(snapshot=True)
    made = parts(cache, recipe, target, compilers.compiler(cache, recipe, target, host, tools), host)
    objects = snapshot.objects(cache, target, made.compiler, made.prefix, trace=True)

    def make(work: Work) -> None:
        linked = Work(work.tmp / "linked", work.tmp, work.log)
        linked.out.mkdir()
        link_all(linked, recipe, made, objects, ("execve", "_exit"))

        def take(own: Work, files: Mapping[str, bytes]) -> Path:
            taken = snapshot.take(own, target, linked.out, files)
            (taken / "ddns").write_bytes(snapshot.compose(linked.out, taken))
            (taken / "ddns").chmod(0o755)
            return taken

        layout.layout(work, host, take)

    own: list[Input] = [_SELF.with_name("layout.py"), BUILD / "snapshot/trace"]
    return cache.stage("layout", [*link_inputs(recipe, made), *_SNAPSHOT, *own, objects.name], make)


def _native(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler, host: Host) -> Path:
    """Return the folder of our own C, compiled: the embedded data, and the sleeper that runs before libc."""
    ssl = libraries.openssl(cache, recipe, target, compiler)
    prefix = libraries.prefix(cache, recipe, target, compiler, host)
    data = host.packages / "data"
    day = f"-DEARLIEST={earliest((REPO / 'CHANGELOG.md').read_text(), data)}"

    def make(work: Work) -> None:
        archive = embed.archive(data / "certifi/cacert.pem", data / "tzdata/zoneinfo", target.order)
        (work.tmp / "archive.bin").write_bytes(archive)
        run([host.python, "-c", _EMPTY, work.tmp / "empty.bin"], log=work.log)
        headers = [f"-I{prefix}/include/python3.13", f"-I{ssl}/usr/include", f"--embed-dir={work.tmp}", day]
        env = compiler.env()
        for source in sorted((BUILD / "native").glob("*.c")):
            run(["cc", "-c", *headers, source, "-o", work.out / f"native-{source.stem}.o"], log=work.log, env=env)
        for folder in (_SLEEP, BUILD / "native/fast"):  # these have flags of their own
            own = (folder / "cflags").read_text().split()
            for source in sorted(folder.glob("*.c")):
                result = work.out / f"{folder.name}-{source.stem}.o"
                run(["plain", "-c", *own, source, "-o", result], log=work.log, env=env)

    below = [ssl.name, prefix.name, host.packages.name, compiler.identity]
    inputs: list[Input] = [_SELF, _SELF.with_name("embed.py"), *below, day, BUILD / "native", _SLEEP]
    return cache.stage(f"native-{target.name}", inputs, make)


def _compile(work: Work, recipe: Recipe, target: Target, compiler: Compiler, host: Host, prefix: Path) -> None:
    """Run Nuitka on a copy of the package."""
    shutil.copytree(REPO / "ddns", work.tmp / "ddns", ignore=shutil.ignore_patterns("__pycache__"))
    entry = sorted((BUILD / "snapshot/python").glob("*.py")) if target.snapshot else [_TRIM / "program.py"]
    for source in (*entry, *sorted((_TRIM / "extra").glob("*.py"))):
        shutil.copy(source, work.tmp)
    folders = [host.packages / "tools", host.packages / "program"]
    if target.order != sys.byteorder:
        folders.insert(0, _ORDER)
    env = compiler.env(
        CC="clang", LDFLAGS="-static -no-pie",
        PYTHONPATH=":".join(map(str, folders)), HOME=str(work.tmp),
        NUITKA_CACHE_DIR=str(work.tmp / "cache"), DORMOUSE_TRIM=str(_TRIM), PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    flags = [
        *recipe.nuitka["flags"],
        f"--user-plugin={_TRIM}/plugin.py",
        f"--jobs={jobs().removeprefix('-j')}",
        f"--nofollow-import-to={','.join(_words('unused.txt'))}",
    ]
    regexes: list[str | Path] = [_TRIM / "regexes.py", work.tmp, str(target.bits), target.order]
    run([prefix / "bin/python3.13", *regexes], log=work.log, env=env)
    run([prefix / "bin/python3.13", "-m", "nuitka", *flags, "program.py"], cwd=work.tmp, log=work.log, env=env)


def _keep(work: Work) -> None:
    """Keep what Nuitka compiled, in the order of its own link."""
    named = (work.tmp / "program.build/@link_input.txt").read_text().split()
    for index, name in enumerate(named):
        shutil.copy(work.tmp / "program.build" / name.strip('"'), work.out / f"{index:03}.o")


def link_all(
    work: Work, recipe: Recipe, made: Made, snapshot_objects: Path | None = None, further: Sequence[str] = ()
) -> None:
    """Link what Nuitka compiled once more, with our own C and in our order."""
    own = sorted(made.native.glob("*.o"))
    entry = ["--entry", "dormouse_start"] if any(path.name.startswith("sleep-") for path in own) else []
    wrapped = [*recipe.nuitka["link"]["wrapped"]]
    if snapshot_objects is not None:
        own += sorted(snapshot_objects.glob("*.o"))
        wrapped += recipe.nuitka["link"]["wrapped_for_snapshot"]
    wraps = [f"--wrap={name}" for name in (*wrapped, *further)]
    flags = [*recipe.nuitka["link"]["flags"], *wraps, *entry]
    library = made.prefix / "lib/libpython3.13.a"
    objects = [*sorted(made.compiled.glob("*.o")), *own]
    link(work, made.compiler, made.host, Parts(objects, library, flags, _TRIM / "order.txt"))


def _words(name: str) -> list[str]:
    """Read a list of modules: one a line, ``#`` begins a remark."""
    lines = (line.split("#")[0].strip() for line in (_TRIM / name).read_text().splitlines())
    return [line for line in lines if line]

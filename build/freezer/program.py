"""The program itself: ddns/ and its dependencies through Nuitka, linked with everything else into one file."""

import shutil
from pathlib import Path

from freezer import embed, libraries
from freezer.cache import Cache, Input, Work
from freezer.compilers import Compiler
from freezer.host import Host
from freezer.link import Parts, link
from freezer.recipe import BUILD, REPO, Recipe, Target
from freezer.run import jobs, run

_SELF = Path(__file__)
_SLEEP = BUILD / "sleep"
_TRIM = BUILD / "trim"
_EMPTY = """
import marshal, sys
line = "def empty(): raise RuntimeError('Compiled function bytecode used')"
open(sys.argv[1], "wb").write(marshal.dumps(compile(line, "<exec>", "exec")))
"""
"""Compiles what Nuitka would compile at every start, for native/absent.c."""


def program(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler, host: Host) -> Path:
    """Return the finished file of a target."""
    prefix = libraries.prefix(cache, recipe, target, compiler, host)
    native = _native(cache, recipe, target, compiler, host)

    def make(work: Work) -> None:
        _compile(work, recipe, target, compiler, host, prefix)
        _link(work, recipe, compiler, host, prefix, native)

    below: list[Input] = [_SELF, _SELF.with_name("link.py"), prefix.name, native.name, compiler.identity]
    inputs: list[Input] = [*below, str(recipe.nuitka), _TRIM, REPO / "ddns"]
    return cache.stage(f"program-{target.name}", inputs, make) / "ddns"


def _native(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler, host: Host) -> Path:
    """Return the folder of our own C, compiled: the embedded data, and the sleeper that runs before libc."""
    ssl = libraries.openssl(cache, recipe, target, compiler)
    prefix = libraries.prefix(cache, recipe, target, compiler, host)

    def make(work: Work) -> None:
        data = host.packages / "data"
        (work.tmp / "archive.bin").write_bytes(embed.archive(data / "certifi/cacert.pem", data / "tzdata/zoneinfo"))
        run([host.python, "-c", _EMPTY, work.tmp / "empty.bin"], log=work.log)
        headers = [f"-I{prefix}/include/python3.13", f"-I{ssl}/usr/include", f"--embed-dir={work.tmp}"]
        env = compiler.env()
        for source in sorted((BUILD / "native").glob("*.c")):
            run(["cc", "-c", *headers, source, "-o", work.out / f"native-{source.stem}.o"], log=work.log, env=env)
        for folder in (_SLEEP, BUILD / "native/fast"):  # these have flags of their own
            own = (folder / "cflags").read_text().split()
            for source in sorted(folder.glob("*.c")):
                result = work.out / f"{folder.name}-{source.stem}.o"
                run(["plain", "-c", *own, source, "-o", result], log=work.log, env=env)

    below = [ssl.name, prefix.name, host.packages.name, compiler.identity]
    inputs: list[Input] = [_SELF, _SELF.with_name("embed.py"), *below, BUILD / "native", _SLEEP]
    return cache.stage(f"native-{target.name}", inputs, make)


def _compile(work: Work, recipe: Recipe, target: Target, compiler: Compiler, host: Host, prefix: Path) -> None:
    """Run Nuitka on a copy of the package."""
    shutil.copytree(REPO / "ddns", work.tmp / "ddns", ignore=shutil.ignore_patterns("__pycache__"))
    for source in (_TRIM / "program.py", *sorted((_TRIM / "extra").glob("*.py"))):
        shutil.copy(source, work.tmp)
    env = compiler.env(
        CC="clang", LDFLAGS="-static -no-pie",
        PYTHONPATH=f"{host.packages}/tools:{host.packages}/program", HOME=str(work.tmp),
        NUITKA_CACHE_DIR=str(work.tmp / "cache"), DORMOUSE_TRIM=str(_TRIM), PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    flags = [
        *recipe.nuitka["flags"],
        f"--user-plugin={_TRIM}/plugin.py",
        f"--jobs={jobs().removeprefix('-j')}",
        f"--nofollow-import-to={','.join(_words('unused.txt'))}",
    ]
    run([prefix / "bin/python3.13", _TRIM / "regexes.py", work.tmp, str(target.bits)], log=work.log, env=env)
    run([prefix / "bin/python3.13", "-m", "nuitka", *flags, "program.py"], cwd=work.tmp, log=work.log, env=env)


def _link(work: Work, recipe: Recipe, compiler: Compiler, host: Host, prefix: Path, native: Path) -> None:
    """Link what Nuitka compiled once more, with our own C and in our order."""
    named = (work.tmp / "program.build/@link_input.txt").read_text().split()
    made = [work.tmp / "program.build" / name.strip('"') for name in named]
    own = sorted(native.glob("*.o"))
    entry = ["--entry", "dormouse_start"] if any(path.name.startswith("sleep-") for path in own) else []
    wraps = [f"--wrap={name}" for name in recipe.nuitka["link"]["wrapped"]]
    flags = [*recipe.nuitka["link"]["flags"], *wraps, *entry]
    library = prefix / "lib/libpython3.13.a"
    link(work, compiler, host, Parts([*made, *own], library, flags, _TRIM / "order.txt"))


def _words(name: str) -> list[str]:
    """Read a list of modules: one a line, ``#`` begins a remark."""
    lines = (line.split("#")[0].strip() for line in (_TRIM / name).read_text().splitlines())
    return [line for line in lines if line]

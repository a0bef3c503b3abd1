"""The static libraries of a target: zlib, OpenSSL and CPython, merged into the one archive that Nuitka links."""

import os
import shlex
from inspect import getsource
from pathlib import Path

from freezer.cache import Cache, Work
from freezer.compilers import Compiler
from freezer.host import Host
from freezer.recipe import Recipe, Target
from freezer.run import jobs, run
from freezer.sources import patched_cpython, unpacked

_PYTHON = "python3.13"
_ARCHIVES = (
    "usr/lib/libz.a",
    "usr/lib/libssl.a",
    "usr/lib/libcrypto.a",
)


_SILENT = """#!/bin/sh
case " $* " in *" -Wa,-v "* | " -v ") exit ;; esac
exec {cc} "$@"
"""
"""A compiler that does not say its version. OpenSSL's assembler asks for it, and leaves out what an unknown one may not
understand: AVX, AVX-512, ADX and SHA instructions, 1 MB of code. A round encrypts a few kB and is no slower without."""


def zlib(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler) -> Path:
    """Return zlib for a target."""
    source = unpacked(cache, recipe, "zlib")

    def make(work: Work) -> None:
        env = compiler.env(CC="cc", AR="ar", RANLIB="ranlib", CHOST=target.host)
        run([source / "configure", "--static", "--prefix=/usr"], cwd=work.tmp, log=work.log, env=env)
        run(["make", jobs(), "libz.a"], cwd=work.tmp, log=work.log, env=env)
        run(["make", "install", f"DESTDIR={work.out}"], cwd=work.tmp, log=work.log, env=env)

    return cache.stage(f"zlib-{target.name}", [getsource(zlib), source.name, compiler.identity, target.host], make)


def openssl(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler) -> Path:
    """Return OpenSSL for a target."""
    source, switches = unpacked(cache, recipe, "openssl"), [*target.openssl, *recipe.openssl["switches"]]

    def make(work: Work) -> None:
        env = compiler.env(CC="cc", AR="ar", RANLIB="ranlib")
        silent = work.tmp / "silent/cc"
        silent.parent.mkdir()
        silent.write_text(_SILENT.format(cc=shlex.quote(f"{compiler.bin}/cc")))
        silent.chmod(0o755)
        env["PATH"] = f"{silent.parent}:{env['PATH']}"
        configure = ["perl", source / "Configure", *switches, "--prefix=/usr", "--libdir=lib", "--openssldir=/etc/ssl"]
        run(configure, cwd=work.tmp, log=work.log, env=env)
        run(["make", jobs(), "build_libs"], cwd=work.tmp, log=work.log, env=env)
        run(["make", "install_dev", f"DESTDIR={work.out}"], cwd=work.tmp, log=work.log, env=env)

    return cache.stage(
        f"openssl-{target.name}", [getsource(openssl), _SILENT, source.name, compiler.identity, *switches], make
    )


def prefix(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler, host: Host) -> Path:
    """Return a copy of the host's prefix in which libpython and pyconfig.h are the target's."""
    library = _libpython(cache, recipe, target, compiler, host)

    def make(work: Work) -> None:
        run(["cp", "-a", f"{host.prefix}/usr/.", work.out], log=work.log)
        for old in work.out.rglob("libpython*.a"):
            old.unlink()
        (work.out / "lib/libpython3.13.a").write_bytes((library / "libpython3.13.a").read_bytes())
        (work.out / f"include/{_PYTHON}/pyconfig.h").write_bytes((library / "pyconfig.h").read_bytes())

    return cache.stage(f"prefix-{target.name}", [getsource(prefix), host.prefix.name, library.name], make)


def _libpython(cache: Cache, recipe: Recipe, target: Target, compiler: Compiler, host: Host) -> Path:
    tools = compiler.tools
    source, data = patched_cpython(cache, recipe, tools), recipe.cpython
    below = [zlib(cache, recipe, target, compiler), openssl(cache, recipe, target, compiler)]
    absent = sorted({*data["host_without"], *data["target"]["without"]})
    answers = {**{f"py_cv_module_{name}": "n/a" for name in absent}, **data["target"]["answers"]}
    switches = [*data["switches"], *data["target"]["switches"], f"--host={target.host}", "--build=x86_64-pc-linux-gnu"]

    def make(work: Work) -> None:
        site = work.tmp / "config.site"
        site.write_text("".join(f"{name}={value}\n" for name, value in answers.items()))
        env = compiler.env(
            CC="cc", AR="ar", RANLIB="ranlib", READELF="readelf", CONFIG_SITE=str(site), PKG_CONFIG="/bin/false",
            CPPFLAGS="-DDORMOUSE_SMALL",
            MODULE_BUILDTYPE="static", ZLIB_CFLAGS=f"-I{below[0]}/usr/include", ZLIB_LIBS=f"{below[0]}/usr/lib/libz.a",
        )  # fmt: skip
        paths = [f"--with-openssl={below[1]}/usr", f"--with-build-python={host.python}"]
        configure = os.path.relpath(source / "configure", work.tmp)  # relative: where it is becomes part of getpath.c
        run([configure, *switches, *paths], cwd=work.tmp, log=work.log, env=env)
        built = ["libpython3.13.a", "Modules/_hacl/libHacl_Hash_SHA2.a"]
        run(["make", jobs(), *built], cwd=work.tmp, log=work.log, env=env)
        (work.out / "pyconfig.h").write_bytes((work.tmp / "pyconfig.h").read_bytes())
        archives = [work.tmp / name for name in built]
        archives += [found for folder in below for name in _ARCHIVES if (found := folder / name).exists()]
        _merge(archives, work.out / "libpython3.13.a", work, env)

    inputs = [
        getsource(_libpython),
        source.name,
        host.prefix.name,
        compiler.identity,
        *(path.name for path in below),
        *switches,
    ]
    return cache.stage(f"libpython-{target.name}", [*inputs, str(answers)], make)


def _merge(archives: list[Path], result: Path, work: Work, env: dict[str, str]) -> None:
    """Make one archive of several: Nuitka links exactly one."""
    lines = [f"CREATE {result}", *(f"ADDLIB {path}" for path in archives), "SAVE", "END", ""]
    script = work.tmp / "merge.mri"
    script.write_text("\n".join(lines))
    run(["sh", "-c", f"ar -M <'{script}'"], log=work.log, env=env)

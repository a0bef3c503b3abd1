"""The CPython of this machine that Nuitka runs on, and the tools pip gives it. Nothing of it is in the result."""

from collections.abc import Mapping
from inspect import getsource
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Cache, Input, Work
from freezer.fetch import fetch
from freezer.recipe import BUILD, Recipe
from freezer.run import environment, jobs, run
from freezer.sources import patched_cpython, unpacked
from freezer.tools import Tools

_OPENSSL = ["no-shared", "no-dso", "no-engine", "no-legacy", "no-module", "no-apps", "no-docs", "no-tests", "no-asm"]


class Host(NamedTuple):
    """The finished tools: CPython's prefix, and the folder with Nuitka, Zig and the program's dependencies."""

    prefix: Path
    packages: Path

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.prefix / "usr/bin/python3.13"

    @property
    def zig(self) -> Path:
        """The C compiler for every target."""
        return self.packages / "tools/ziglang/zig"


def host(cache: Cache, recipe: Recipe, tools: Tools) -> Host:
    """Return the tools of this machine, building what is missing."""
    libraries = _libraries(cache, recipe, tools)
    source = patched_cpython(cache, recipe, tools)
    data = recipe.cpython

    def make(work: Work) -> None:
        _cpython(work, source, libraries, data, tools)

    inputs: list[Input] = [getsource(_cpython), source.name, libraries.name, *data["switches"], *data["host_without"]]
    prefix = cache.stage("host-cpython", inputs, make)
    return Host(prefix, _packages(cache, prefix))


def _libraries(cache: Cache, recipe: Recipe, tools: Tools) -> Path:
    """Return zlib, OpenSSL and libffi as static libraries for the host CPython."""
    zlib, openssl = unpacked(cache, recipe, "zlib"), unpacked(cache, recipe, "openssl")
    ffi = recipe.pins["libffi"]

    def make(work: Work) -> None:
        env = tools.env(CC="gcc", CFLAGS="-O1")
        for name in ("zlib", "openssl"):
            (work.tmp / name).mkdir()
        run([zlib / "configure", "--static", "--prefix=/usr"], cwd=work.tmp / "zlib", log=work.log, env=env)
        run(["make", jobs(), "libz.a"], cwd=work.tmp / "zlib", log=work.log, env=env)
        run(["make", "install", f"DESTDIR={work.out}"], cwd=work.tmp / "zlib", log=work.log, env=env)
        configure: list[str | Path] = [
            "perl",
            openssl / "Configure",
            "linux-x86_64",
            *_OPENSSL,
            "--prefix=/usr",
            "--libdir=lib",
        ]
        run([*configure, "--openssldir=/etc/ssl"], cwd=work.tmp / "openssl", log=work.log, env=env)
        run(["make", jobs(), "build_libs"], cwd=work.tmp / "openssl", log=work.log, env=env)
        run(["make", "install_dev", f"DESTDIR={work.out}"], cwd=work.tmp / "openssl", log=work.log, env=env)
        run(["dpkg-deb", "-x", fetch(cache, ffi), work.out], log=work.log, env=env)

    return cache.stage("host-libraries", [getsource(_libraries), zlib.name, openssl.name, ffi.sha256], make)


def _cpython(work: Work, source: Path, libraries: Path, data: Mapping[str, list[str]], tools: Tools) -> None:
    usr = libraries / "usr"
    site = work.tmp / "config.site"
    site.write_text("".join(f"py_cv_module_{name}=n/a\n" for name in data["host_without"]))
    env = tools.env(
        CC="gcc", CFLAGS="-g0", CONFIG_SITE=str(site), PKG_CONFIG="/bin/false", MODULE_BUILDTYPE="static",
        ZLIB_CFLAGS=f"-I{usr}/include", ZLIB_LIBS=f"{usr}/lib/libz.a",
        LIBFFI_CFLAGS=f"-I{usr}/include/x86_64-linux-gnu", LIBFFI_LIBS=f"{usr}/lib/x86_64-linux-gnu/libffi.a",
    )  # fmt: skip
    configure: list[str | Path] = [
        source / "configure",
        *data["switches"],
        f"--with-openssl={usr}",
        "--with-ensurepip=install",
    ]
    run(configure, cwd=work.tmp, log=work.log, env=env)
    run(["make", jobs()], cwd=work.tmp, log=work.log, env=env)
    run(["make", "install", f"DESTDIR={work.out}"], cwd=work.tmp, log=work.log, env=env)


def _packages(cache: Cache, prefix: Path) -> Path:
    """Return the folder with what requirements-*.txt name, installed by pip with their hashes checked."""
    wanted = {name: BUILD / f"requirements-{name}.txt" for name in ("setup", "tools", "program", "data")}

    def make(work: Work) -> None:
        pip: list[str | Path] = [
            prefix / "usr/bin/python3.13",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        options = ["--require-hashes", "--no-deps", "--no-compile", "--no-build-isolation", "--no-cache-dir"]
        env = environment({"PYTHONPATH": str(work.out / "setup"), "TMPDIR": str(work.tmp)})
        for name, file in wanted.items():
            run([*pip, *options, "--target", str(work.out / name), "-r", str(file)], log=work.log, env=env)

    return cache.stage("packages", [getsource(_packages), prefix.name, *wanted.values()], make)

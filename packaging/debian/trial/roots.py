"""Roots to try things in: Debian's by debootstrap (kept in the cache folder), one of busybox, one of Alpine."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from freezer.archive import archive
from imager.emulation import emulation
from imager.run import ImageError

from trial.report import SkipError, expect, run

ALPINE = "DORMOUSE_ALPINE"
"""Names an Alpine root: a folder, or the archive "minirootfs" of a release of Alpine."""
_INCLUDE = "adduser,ca-certificates,curl,init,openssl,systemd"
_ENTER = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'
_QUIET = ("DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")


class Root:
    """A folder that is a system's root, entered by chroot: nothing in it runs but what is started."""

    def __init__(self, path: Path, architecture: str = "amd64") -> None:
        """Take the folder as it is, with Debian's name of its architecture."""
        self.path = path
        self.architecture = architecture

    def argv(self, *argv: str) -> list[str]:
        """Return the command that runs another one in there. Its mounts end with it."""
        entered = ("unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, str(self.path))
        return [*entered, "env", "-i", *_QUIET, *argv]

    def run(self, *argv: str, code: int | None = 0) -> str:
        """Run a command in there and return what it printed. TrialError: it ended with another code."""
        return run(self.argv(*argv), code=code)

    def sh(self, text: str, code: int | None = 0) -> str:
        """Run a line of shell."""
        return self.run("sh", "-c", text, code=code)

    def file(self, name: str) -> Path:
        """Return the path of one of its files, seen from outside."""
        return self.path / name.removeprefix("/")


class Booted(Root):
    """A root in which systemd runs as the first process; commands run beside it."""

    def __init__(self, path: Path, leader: int) -> None:
        """Take the folder and the process number of its systemd."""
        super().__init__(path)
        self._leader = leader

    def argv(self, *argv: str) -> list[str]:
        """Return the command that runs another one in there."""
        return ["nsenter", "--target", str(self._leader), "--all", "env", "-i", *_QUIET, *argv]


@contextmanager
def debian(suite: str, cache: Path, architecture: str = "amd64") -> Iterator[Root]:
    """Give a fresh Debian root; one of another architecture runs in qemu. SkipError: it cannot be made here."""
    with ExitStack() as stack:
        if architecture in _MACHINES:
            try:
                stack.enter_context(emulation([_MACHINES[architecture]]))
            except (ImageError, OSError) as error:
                raise SkipError(f"programs of {architecture} cannot be started here: {error}") from None
        yield stack.enter_context(_debian(suite, cache, architecture))


_MACHINES = {"arm64": "aarch64", "armhf": "arm"}
"""Architectures of Debian that are not this machine's, by qemu's names."""


@contextmanager
def _debian(suite: str, cache: Path, architecture: str) -> Iterator[Root]:
    base = cache / "roots" / (suite if architecture == "amd64" else f"{suite}-{architecture}")
    if not base.exists():
        if shutil.which("debootstrap") is None:
            raise SkipError("debootstrap is missing; install it")
        base.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=base.parent) as made:
            root = Path(made, suite)
            how = [f"--arch={architecture}", "--variant=minbase", f"--include={_INCLUDE}"]
            run(["debootstrap", *how, suite, str(root), archive_of_debian()])
            for path in (root / "var" / "cache" / "apt" / "archives").glob("*.deb"):
                path.unlink()
            (root / "etc" / "apt" / "sources.list").write_text("")
            root.rename(base)
    with tempfile.TemporaryDirectory(prefix="root-", ignore_cleanup_errors=True) as folder:
        root = Path(folder, suite)
        run(["cp", "-a", str(base), str(root)])
        yield Root(root, architecture)


def archive_of_debian() -> str:
    """Return the address of Debian's archive. SkipError: this machine knows none."""
    try:
        return archive()
    except LookupError as error:
        raise SkipError(str(error)) from None


@contextmanager
def booted(root: Root) -> Iterator[Booted]:
    """Start systemd in a root, and end it. SkipError: no container can be started on this machine."""
    if shutil.which("systemd-nspawn") is None:
        raise SkipError("systemd-nspawn is missing; install it (Debian: systemd-container)")
    argv = ["systemd-nspawn", "--quiet", f"--directory={root.path}", "--register=no", "--keep-unit", "--boot"]
    env = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [*argv, "--console=pipe"], env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        ) as process,
    ):
        try:
            yield Booted(root.path, _leader(process))
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _leader(process: "subprocess.Popen[bytes]", seconds: float = 60) -> int:
    """Wait until the system runs; return the number of its first process."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        for leader in children.read_text().split():
            enter = ["nsenter", "--target", leader, "--all", "systemctl", "is-system-running"]
            if subprocess.run(enter, capture_output=True, text=True, check=False).stdout.strip() in _UP:
                return int(leader)
        time.sleep(0.5)
    raise SkipError("systemd-nspawn cannot start a system on this machine (it needs root and cgroups)")


_UP = ("running", "degraded")


@contextmanager
def busybox() -> Iterator[Root]:
    """Give a root that has busybox for everything, and openssl. SkipError: there is no static busybox here."""
    program = shutil.which("busybox")
    if program is None or "not a dynamic" not in run(["ldd", program], code=None):
        raise SkipError("there is no static busybox; install it (Debian: busybox-static)")
    with tempfile.TemporaryDirectory(prefix="root-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        for name in ("bin", "dev", "etc", "proc", "tmp", "root", "usr/bin"):
            (root / name).mkdir(parents=True)
        shutil.copy(program, root / "bin")
        for name in {*run([program, "--list"]).split()} - {"busybox"}:
            (root / "bin" / name).symlink_to("busybox")
        (root / "usr" / "bin" / "env").symlink_to("/bin/busybox")
        (root / "etc" / "inittab").write_text("::sysinit:/bin/true\n")
        _copy_openssl(root)
        yield Root(root)


def _copy_openssl(root: Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise SkipError("openssl is missing; install it")
    libraries = [word for word in run(["ldd", program]).split() if word.startswith("/")]
    for name in (program, *libraries):
        target = root / name.removeprefix("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, target)


@contextmanager
def alpine() -> Iterator[Root]:
    """Give a fresh Alpine root, of what DORMOUSE_ALPINE names. SkipError: it names nothing."""
    named = os.environ.get(ALPINE, "")
    if not named:
        raise SkipError(f"no Alpine root; name one in {ALPINE} (a folder, or the minirootfs archive of a release)")
    with tempfile.TemporaryDirectory(prefix="root-", ignore_cleanup_errors=True) as folder:
        root = Path(folder, "alpine")
        if Path(named).is_dir():
            run(["cp", "-a", named, str(root)])
        else:
            root.mkdir()
            run(["tar", "-C", str(root), "-xf", named])
        expect((root / "etc/alpine-release").exists(), f"{named} is an Alpine root")
        yield Root(root)


Making = Callable[[], AbstractContextManager[Root]]
"""What gives a fresh root."""

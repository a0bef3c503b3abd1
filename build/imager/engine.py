"""A container engine: the one that runs on this machine, or one of our own, unpacked from Debian and never installed.

Ours lives in a cache folder, listens on a socket there, has no bridge and changes no firewall: containers use the
host's network or none. Building several platforms at once and exporting an OCI archive need the engine of trixie
(26.1) with its containerd store; runc is the machine's own release's, as trixie's needs a newer C library.
"""

import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from freezer.archive import archive

from imager.emulation import emulation
from imager.run import ImageError, run

_TRIXIE = ("docker.io", "docker-cli", "containerd", "docker-buildx", "docker-compose")
_OWN_RELEASE = ("runc", "qemu-user-static")
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_EMULATED = ("aarch64", "arm")
_START_SECONDS = 60.0


@contextmanager
def engine(cache: Path) -> Iterator[dict[str, str]]:
    """Yield the environment in which ``docker`` and ``docker buildx`` work; what was started is ended again."""
    if _usable(dict(os.environ)):
        yield dict(os.environ)
        return
    if os.getuid() != 0 or platform.machine() != "x86_64" or shutil.which("dpkg-deb") is None:
        raise ImageError(
            "no container engine answers here, and one can only be brought up by root on 64-bit x86 Debian"
        )
    root = _unpacked(cache)
    env = _environment(cache, root)
    with emulation(_EMULATED, root), _daemon(cache, env):
        yield env


def _usable(env: dict[str, str]) -> bool:
    """Whether an engine answers and has buildx."""
    with suppress(ImageError):
        run(["docker", "version"], env, seconds=30)
        run(["docker", "buildx", "version"], env, seconds=30)
        return True
    return False


def _unpacked(cache: Path) -> Path:
    """Return the folder the engine is unpacked in; fetched by apt, which checks the archive's signature."""
    done = cache / "root"
    if done.is_dir():
        return done
    temporary = cache / "fetch"
    shutil.rmtree(temporary, ignore_errors=True)
    (temporary / "lists" / "partial").mkdir(parents=True)
    (temporary / "apt" / "archives" / "partial").mkdir(parents=True)
    source = temporary / "trixie.list"
    source.write_text(f"deb [signed-by={_KEYRING}] {archive()} trixie main\n")
    own = [
        *("-o", f"Dir::Etc::sourcelist={source}", "-o", "Dir::Etc::sourceparts=/nonexistent"),
        *("-o", f"Dir::State::lists={temporary}/lists", "-o", f"Dir::Cache={temporary}/apt"),
        *("-o", "Dir::State::status=/dev/null", "-o", "APT::Sandbox::User=root", "-qq"),
    ]
    here = os.getcwd()  # noqa: PTH109 -- apt-get download writes into the current folder
    os.chdir(temporary)
    try:
        run(["apt-get", *own, "update"])
        run(["apt-get", *own, "download", *_TRIXIE])
        run(["apt-get", "-qq", "update"])
        run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *_OWN_RELEASE])
    finally:
        os.chdir(here)
    for package in sorted(temporary.glob("*.deb")):
        run(["dpkg-deb", "-x", str(package), str(temporary / "root")])
    (temporary / "root").rename(done)
    shutil.rmtree(temporary, ignore_errors=True)
    return done


def _environment(cache: Path, root: Path) -> dict[str, str]:
    plugins = cache / "config" / "cli-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for name in ("docker-buildx", "docker-compose"):
        plugin = plugins / name
        plugin.unlink(missing_ok=True)
        plugin.symlink_to(root / "usr/libexec/docker/cli-plugins" / name)
    return {
        **os.environ,
        "DOCKER_HOST": f"unix://{cache}/run/docker.sock",
        "DOCKER_CONFIG": str(cache / "config"),
        "PATH": f"{root}/usr/sbin:{root}/usr/bin:{os.environ['PATH']}",
    }


@contextmanager
def _daemon(cache: Path, env: dict[str, str]) -> Iterator[None]:
    """Run our own engine."""
    if Path("/var/run/docker.pid").exists():
        raise ImageError("an engine runs here already, but this user cannot use it or it has no buildx")
    state = cache / "run"
    state.mkdir(parents=True, exist_ok=True)
    settings = {
        "features": {"containerd-snapshotter": True},
        "bridge": "none",
        "iptables": False,
        "ip6tables": False,
        "data-root": str(cache / "data"),
        "exec-root": str(state),
        "pidfile": str(state / "docker.pid"),
        "hosts": [env["DOCKER_HOST"]],
    }
    (cache / "daemon.json").write_text(json.dumps(settings))
    with (cache / "dockerd.log").open("wb") as log:
        daemon = subprocess.Popen(
            ["dockerd", "--config-file", str(cache / "daemon.json")],
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _answers(env, daemon, cache / "dockerd.log")
            yield
        finally:
            daemon.terminate()
            daemon.wait(60)


def _answers(env: dict[str, str], daemon: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while not _usable(env):
        if daemon.poll() is not None or time.monotonic() > end:
            last = log.read_text(errors="replace").splitlines()[-3:]
            raise ImageError("the engine does not come up:\n" + "\n".join(last))
        time.sleep(0.5)

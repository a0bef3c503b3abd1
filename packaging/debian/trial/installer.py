"""install.sh: over HTTP from loopback into Debian, Alpine and busybox roots, and under a real systemd."""

import functools
import http.server
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from debmaker import sums

from tests.fakes.cloudflare import Cloudflare
from trial.cloud import ADDRESS, CA, CONFIG, HOME, configure, environ, names_of, store_token
from trial.report import SkipError, expect, run
from trial.roots import Booted, Making, Root, booted
from trial.service import eventually

PROGRAMS = ("amd64", "amd64-plain")
"""Targets whose files are needed: what install.sh takes, and what a router takes."""
FOREIGN = ("arm64", "armhf")
"""Targets that are tried in roots of their own where their files are there."""
_SCRIPT = "/root/install.sh"
_PROGRAM = "/usr/local/bin/ddns"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name there
        """Print nothing."""


@contextmanager
def release(dist: Path, folder: Path) -> Iterator[str]:
    """Publish what is in ``dist`` as a release on loopback, signed by a key made for this run; give its address.

    install.sh in it has that key, as the one of a real release has the project's.
    """
    public = _key(folder / "key.pem")
    (folder / "other.pem").write_text(_key(folder / "other.key"))
    published = folder / "release"
    published.mkdir()
    for program in dist.glob("ddns-linux-*"):
        shutil.copy(program, published)
    for name in ("systemd/ddns.service", "systemd/ddns.json", "install.sh"):
        shutil.copy(sums.PACKAGING / name, published)
    script = published / "install.sh"
    script.write_text(
        re.sub(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n", public, script.read_text(), flags=re.DOTALL)
    )
    os.environ[sums.VARIABLE] = (folder / "key.pem").read_text()
    sums.write(published)
    handler = functools.partial(_Quiet, directory=str(published))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _key(path: Path) -> str:
    """Make a private key in a file; return its public half."""
    run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(path)])
    return run(["openssl", "pkey", "-in", str(path), "-pubout"])


def in_a_root(making: Making, address: str, folder: Path) -> None:
    """Install, run a round, upgrade, uninstall, purge in a root without systemd. TrialError: anything is wrong."""
    with making() as root:
        _in_a_root(root, address, folder)


def _in_a_root(root: Root, address: str, folder: Path) -> None:
    shutil.copy(folder / "release" / "install.sh", root.file(_SCRIPT))
    shutil.copy(folder / "other.pem", root.file("/root"))
    install = f"sh {_SCRIPT} --from {address}"
    if root.sh("command -v openssl", code=None).strip() == "":
        expect(
            "openssl is needed" in root.sh(install, code=1), "without openssl it says what to install, and does nothing"
        )
        raise SkipError("this root has no openssl; the rest was not tried")
    said = root.sh(f"{install} --key /root/other.pem", code=1)
    expect(
        "is not the project's" in said and not root.file(_PROGRAM).exists(),
        "a release signed by another key is refused",
    )
    said = root.sh(install)
    expect(_PROGRAM in said and "plan --config /etc/ddns/ddns.json" in said, "installed; it says what to do next")
    with Cloudflare(["example.org"]) as simulator:
        simulator.set_address(ADDRESS)
        configure(root, simulator, HOME)
        store_token(root, simulator)
        more = " ".join(f"{name}={value}" for name, value in environ(root, simulator).items())
        root.sh(f"env CLOUDFLARE_API_TOKEN_FILE=/etc/ddns/token {more} {_PROGRAM} run --once --config {CONFIG}")
        expect(names_of(simulator) == {HOME}, "the command line it names makes a round")
    said = root.sh(install)
    expect(HOME in root.file(CONFIG).read_text() and "was kept" in said, "again, as an upgrade: the settings are kept")
    root.sh(f"sh {_SCRIPT} --uninstall")
    expect(not root.file(_PROGRAM).exists() and root.file(CONFIG).exists(), "--uninstall keeps the settings")
    root.sh(f"sh {_SCRIPT} --uninstall --purge")
    expect(not root.file("/etc/ddns").exists(), "--purge takes them")


def under_systemd(making: Making, address: str, folder: Path) -> None:
    """Do the same where systemd runs: the unit starts, an upgrade restarts it, it is gone. TrialError: it is not."""
    with making() as plain, Cloudflare(["example.org"]) as simulator, booted(plain) as root:
        simulator.set_address(ADDRESS)
        shutil.copy(folder / "release" / "install.sh", root.file(_SCRIPT))
        said = root.sh(f"sh {_SCRIPT} --from {address}")
        expect("systemctl enable --now ddns" in said, "installed; it says what to do next")
        configure(root, simulator, HOME)
        store_token(root, simulator)
        drop_in = root.file("/etc/systemd/system/ddns.service.d/trial.conf")
        drop_in.parent.mkdir(parents=True)
        lines = [f"Environment={name}={value}\n" for name, value in environ(root, simulator).items()]
        drop_in.write_text("[Service]\n" + "".join(lines))
        root.run("systemctl", "daemon-reload")
        root.run("systemctl", "enable", "--now", "ddns")
        eventually(lambda: names_of(simulator) == {HOME}, "the unit starts, and its record is at Cloudflare")
        first = _process(root)
        expect("restarted" in root.sh(f"sh {_SCRIPT} --from {address}"), "an upgrade restarts it")
        expect(_process(root) not in {first, "0"}, "it is another process now")
        root.sh(f"sh {_SCRIPT} --uninstall --purge")
        gone = not any(root.file(name).exists() for name in (_PROGRAM, "/etc/ddns", "/etc/systemd/system/ddns.service"))
        expect(gone and _process(root) in {"0", ""}, "--uninstall --purge stops it and takes everything")
        root.file(CA).unlink()


def _process(root: Booted) -> str:
    return root.run("systemctl", "show", "-P", "MainPID", "ddns").strip()

"""Starts the image by other tools than ``docker run``: Docker Compose, with the file of packaging, and Podman."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from freezer.recipe import REPO

from imager.run import ImageError, run
from imager.trial import ADDRESS, HARDENED, MEMORY, NAME, STOP_SECONDS, expect, furnish, towards
from tests.fakes.cloudflare import Cloudflare

_COMPOSE = REPO / "packaging" / "compose" / "compose.yaml"
_RECORDS = [("home.example.org", "A", ADDRESS)]
_LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")
"""Podman would raise them, which a root without the right to do so is refused."""


def compose(image: str, env: dict[str, str]) -> bool:
    """Start, look at, stop and remove the service as packaging/compose has it; False: there is no Docker Compose.

    ImageError: anything does not come out as it should.
    """
    try:
        run(["docker", "compose", "version"], env, seconds=30)
    except ImageError:
        return False
    with _place() as (folder, simulator):
        service = {
            "image": image,
            "pull_policy": "never",
            "environment": towards(simulator),
            "volumes": ["./ca.pem:/run/ca.pem:ro"],
        }
        (folder / "trial.json").write_text(json.dumps({"services": {"ddns": service}}))
        files = ("--file", str(_COMPOSE), "--file", str(folder / "trial.json"))
        words = ["docker", "compose", "--project-name", NAME, "--project-directory", str(folder), *files]
        try:
            run([*words, "up", "--detach", "--wait", "--wait-timeout", "60"], env, seconds=120)
            _published(simulator, "compose")
            run([*words, "exec", "-T", "ddns", "/bin/ddns", "healthcheck"], env, seconds=60)
            before = time.monotonic()
            run([*words, "stop"], env, seconds=60)
            expect(time.monotonic() - before < STOP_SECONDS, "compose: a stop took too long")
            ended = json.loads(run([*words, "ps", "--all", "--format", "json"], env, seconds=60).splitlines()[0])
            expect(ended["ExitCode"] == 0, f"compose: it ended with {ended['ExitCode']} at a stop")
        finally:
            run([*words, "down", "--volumes"], env, seconds=60)
    return True


def podman(archive: Path) -> bool:
    """Load the archive into Podman and start it, read-only and without capabilities; False: there is no Podman.

    Images and containers are in a folder of their own, which goes away.
    ImageError: anything does not come out as it should.
    """
    if shutil.which("podman") is None:
        return False
    env = dict(os.environ)
    with _place() as (folder, simulator):
        store = ["--root", str(folder / "root"), "--runroot", str(folder / "run"), "--tmpdir", str(folder / "tmp")]
        # Podman's own crun refuses both versions of control groups side by side.
        runtime = ("--runtime=runc",) if shutil.which("runc") else ()
        own = ("--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--events-backend=file")
        words = ["podman", *store, *runtime, *own]
        image = run([*words, "pull", "--quiet", f"oci-archive:{archive}"], env, seconds=300).split()[-1]
        variables = {**towards(simulator), "CLOUDFLARE_API_TOKEN_FILE": "/run/token", "DOMAINS": "home.example.org"}
        options = [
            *("--name", NAME, "--memory", MEMORY["linux/amd64"], *HARDENED, "--user", "1000:1000", *_LIMITS),
            *(part for name, value in variables.items() for part in ("--env", f"{name}={value}")),
            *(part for name in ("ca.pem", "token") for part in ("--volume", f"{folder / name}:/run/{name}:ro")),
        ]
        try:
            run([*words, "run", "--detach", *options, image], env, seconds=60)
            _published(simulator, "podman")
            run([*words, "exec", NAME, "/bin/ddns", "healthcheck"], env, seconds=60)
            before = time.monotonic()
            run([*words, "stop", "--time", "10", NAME], env, seconds=60)
            expect(time.monotonic() - before < STOP_SECONDS, "podman: a stop took too long")
            code = run([*words, "inspect", "--format", "{{.State.ExitCode}}", NAME], env, seconds=60).strip()
            expect(code == "0", f"podman: it ended with {code} at a stop")
        finally:
            with suppress(ImageError):
                run([*words, "rm", "--force", NAME], env, seconds=60)
            run([*words, "rmi", "--all", "--force"], env, seconds=60)
    return True


@contextmanager
def _place() -> Iterator[tuple[Path, Cloudflare]]:
    """Give a folder with the token and the certificate of a simulator that runs as long."""
    with tempfile.TemporaryDirectory() as name, Cloudflare(["example.org"], tls=True) as simulator:
        folder = Path(name)
        folder.chmod(0o755)
        furnish(folder, simulator)
        yield folder, simulator


def _published(simulator: Cloudflare, tool: str) -> None:
    """Wait until the record is there."""
    end = time.monotonic() + 30
    while simulator.records("example.org") != _RECORDS:
        expect(time.monotonic() < end, f"{tool}: the record is not there")
        time.sleep(0.2)

"""Starts the image as a careful user would, a container per platform, and lets it work against the simulator."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from imager.run import ImageError, run
from tests.fakes.cloudflare import Cloudflare

NAME = "dormouse-trial"
HARDENED = (
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "host"),
    *("--pids-limit", "32"),
)
MEMORY = {"linux/amd64": "24m"}
"""What the program must live in, also while its health is asked for; an emulator needs more for itself."""
OLDEST = {"linux/arm/v6": "arm1176", "linux/arm/v7": "cortex-a7", "linux/arm64": "cortex-a53"}
"""The oldest CPU of each emulated platform (qemu's names); its default one knows more than they do."""
STOP_SECONDS = 2.0
ADDRESS = "9.9.9.9"


class Result(NamedTuple):
    """What a platform needed: seconds from SIGTERM to the end, and kB resident asleep (0: emulated, not readable)."""

    stop: float
    resident: int


def trial(platform: str, image: str, env: dict[str, str], folder: Path) -> Result:
    """Try one platform; ImageError when anything does not come out as it should."""
    with Cloudflare(["example.org"], tls=True) as simulator:
        furnish(folder, simulator)
        options = _options(platform, simulator, folder)
        _round(platform, image, env, options)
        _refusals(platform, image, env, options)
        expect(
            simulator.records("example.org") == [("home.example.org", "A", ADDRESS)],
            f"{platform}: the record is not there",
        )
        with _running(image, env, options):
            return _daemon(platform, env)


def furnish(folder: Path, simulator: Cloudflare) -> None:
    """Give the simulator an address; put its certificate and its token into a folder, readable for everybody."""
    simulator.set_address(ADDRESS, "")
    (folder / "ca.pem").write_bytes(Path(simulator.ca_file).read_bytes())
    (folder / "token").write_text(simulator.token)
    for name in ("ca.pem", "token"):
        (folder / name).chmod(0o644)


def towards(simulator: Cloudflare) -> dict[str, str]:
    """Return the variables with which a container finds the simulator, and trusts the certificate in /run/ca.pem."""
    return {
        "CLOUDFLARE_API_BASE_URL": simulator.base_url,
        "SSL_CERT_FILE": "/run/ca.pem",
        "IP4_PROVIDER": f"cloudflare.trace:{simulator.trace_url}",
        "IP6_PROVIDER": "none",
    }


def _options(platform: str, simulator: Cloudflare, folder: Path) -> list[str]:
    variables = {
        **towards(simulator),
        "CLOUDFLARE_API_TOKEN_FILE": "/run/token",
        "DOMAINS": "home.example.org",
        "UPDATE_CRON": "CRON_TZ=Europe/Berlin 0 4 1 1 *",
        **({"QEMU_CPU": OLDEST[platform]} if platform in OLDEST else {}),
    }
    mounts = [("ca.pem", "/run/ca.pem"), ("token", "/run/token")]
    return [
        *("--platform", platform, "--memory", MEMORY.get(platform, "256m"), *HARDENED),
        *(part for name, value in variables.items() for part in ("--env", f"{name}={value}")),
        *(part for name, inside in mounts for part in ("--volume", f"{folder / name}:{inside}:ro")),
    ]


def _round(platform: str, image: str, env: dict[str, str], options: list[str]) -> None:
    """Plan, do, and plan again, as any user."""
    for user, command, code in (
        ("1000:1000", ["plan"], 3),
        ("4711:4711", ["run", "--once"], 0),
        ("1000:1000", ["plan"], 0),
    ):
        said, ended = _start(image, env, [*options, "--user", user], command)
        expect(ended == code, f"{platform}: {' '.join(command)} ended with {ended} instead of {code}:\n{said}")


def _refusals(platform: str, image: str, env: dict[str, str], options: list[str]) -> None:
    """Meet a certificate nobody vouches for, with the roots that are inside (1), and bad settings (2)."""
    strange = [part if not part.startswith("SSL_CERT_FILE=") else "IGNORED=1" for part in options]
    said, ended = _start(image, env, strange, ["run", "--once"])
    expect(ended == 1, f"{platform}: a strange certificate gave {ended} instead of 1:\n{said}")
    said, ended = _start(image, env, [*options, "--env", "UPDATE_CRON=nonsense"], ["check"])
    expect(ended == 2, f"{platform}: a bad schedule gave {ended} instead of 2:\n{said}")


def _start(image: str, env: dict[str, str], options: list[str], command: list[str]) -> tuple[str, int]:
    """Run a container to its end; return what it said and its exit code."""
    run(["docker", "rm", "--force", NAME], env, seconds=60)
    run(["docker", "create", "--name", NAME, *options, image, *command], env, seconds=60)
    run(["docker", "start", NAME], env, seconds=60)
    code = int(run(["docker", "wait", NAME], env, seconds=120))
    said = run(["docker", "logs", NAME], env, seconds=60)
    run(["docker", "rm", "--force", NAME], env, seconds=60)
    return said, code


@contextmanager
def _running(image: str, env: dict[str, str], options: list[str]) -> Iterator[None]:
    run(["docker", "rm", "--force", NAME], env, seconds=60)
    run(["docker", "run", "--detach", "--name", NAME, *options, image], env, seconds=60)
    try:
        yield
    finally:
        run(["docker", "rm", "--force", NAME], env, seconds=60)


def _daemon(platform: str, env: dict[str, str]) -> Result:
    """Let it run until it rests, ask it for its health, weigh it, stop it."""
    end = time.monotonic() + 60
    while "Next round" not in (said := run(["docker", "logs", NAME], env, seconds=60)):
        expect(time.monotonic() < end, f"{platform}: no round within a minute:\n{said}")
        time.sleep(0.2)
    time.sleep(1)
    run(["docker", "exec", NAME, "/bin/ddns", "healthcheck"], env, seconds=60)
    pid = run(["docker", "inspect", "--format", "{{.State.Pid}}", NAME], env).strip()
    resident = _resident(pid) if platform == "linux/amd64" else 0
    before = time.monotonic()
    run(["docker", "stop", "--time", "10", NAME], env, seconds=60)
    stop = time.monotonic() - before
    code = run(["docker", "inspect", "--format", "{{.State.ExitCode}}", NAME], env).strip()
    said = run(["docker", "logs", NAME], env, seconds=60)
    expect(code == "0", f"{platform}: it ended with {code} at a stop:\n{said}")
    expect(stop < STOP_SECONDS, f"{platform}: a stop took {stop:.1f} s")
    return Result(stop, resident)


def _resident(pid: str) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Rss:")), 0)


def expect(there: bool, what: str) -> None:  # noqa: FBT001 -- reads as an assertion
    """Raise ImageError with this text unless the condition holds."""
    if not there:
        raise ImageError(what)

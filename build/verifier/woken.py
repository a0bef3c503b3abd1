"""What must be of the process that wakes, and not of the one that the snapshot was made in."""

import re
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from verifier.behaviour import DATA, SECONDS, Case, Place, Result, expect

_RANDOM = slice(11, 43)
"""Where a client's hello has its 32 random bytes (RFC 8446, 4.1.2), behind the heads of record and message."""
_DEV = 'mount --rbind /dev "$1/dev" && '
_PLACE = re.compile(r"unexpected OSError \(\w+ of (ddns[.\w]*), line (\d+)\)")


def randomness(place: Place) -> list[str]:
    """Check that two processes with the same PID (1) begin TLS with other random bytes and other keys."""
    first, second = _hello(place), _hello(place)
    wrong = ["no hello came"] * (min(len(first), len(second)) < _RANDOM.stop)
    wrong += ["two processes have the same random bytes"] * (first[_RANDOM] == second[_RANDOM])
    alike = sum(a == b for a, b in zip(first[_RANDOM.stop :], second[_RANDOM.stop :], strict=False))
    return wrong + [f"two hellos have {alike} bytes in common: the same keys"] * (alike > len(first) // 2)


def _hello(place: Place) -> bytes:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/client/v4"
        own = {"CLOUDFLARE_API_BASE_URL": url, "IP4_PROVIDER": "static:9.9.9.9", "UPDATE_TIMEOUT": "1s"}
        with place.started("run", "--once", **own) as child:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(60)
                found = connection.recv(65536)
            child.kill()
    return found


def arguments(place: Place) -> list[str]:
    """Check that a wrong argument of this process is named, and that without one there is none."""
    wrong = expect(place.run("--no-such-option-of-this-run"), 2, "--no-such-option-of-this-run")
    return wrong + expect(place.run("check"), 0)


def environment(place: Place) -> list[str]:
    """Check that a wrong setting of this process is named."""
    return expect(place.run("check", UPDATE_CRON="of this run"), 2, "of this run")


def time_zone(place: Place) -> list[str]:
    """Check that TZ is read by each process: one is known, one is not."""
    known = place.run("check", UPDATE_CRON="0 4 * * *", TZ="Asia/Tokyo")
    unknown = place.run("check", UPDATE_CRON="0 4 * * *", TZ="Mars/Olympus")
    return expect(known, 0, "Asia/Tokyo") + expect(unknown, 2, "Mars/Olympus")


def streams(place: Place) -> list[str]:
    """Check that closed streams do no harm, without a /dev/null too, and that what is open is used."""
    wrong = []
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        found = _through(place, f'exec "$@" {closed}', "check")
        wrong += [f"{closed}: {line}" for line in expect(found, 0)]
        wrong += [f"{closed}: it says nothing"] * (">&-" not in closed and "DOMAINS" not in found.out)
    (place.root / "dev").mkdir(exist_ok=True)
    found = _through(place, 'exec "$@" >/dev/full', "check", mounts=_DEV)
    return wrong + [f"/dev/full: killed by {-found.code}"] * (found.code < 0)


def umask(place: Place) -> list[str]:
    """Check that the rights of a new file are those that this process's mask leaves."""
    wrong = []
    for mask, rights in (("077", 0o600), ("277", 0o400)):
        path = place.data / f"state-{mask}"
        own = {"STATE_FILE": f"/data/{path.name}"}
        wrong += expect(_through(place, f'umask {mask} && exec "$@"', "run", "--once", mounts=DATA, **own), 0)
        found = path.stat().st_mode & 0o777 if path.exists() else 0
        wrong += [f"umask {mask}: the file has {found:o}"] * (found != rights)
        path.unlink(missing_ok=True)
    return wrong


def number(place: Place) -> list[str]:
    """Check that its number is 1, as its namespace says: a file is written beside, under a name with the number."""
    taken = place.data / "metrics.1.tmp"
    taken.mkdir()
    place.run("run", "--once", mounts=DATA, METRICS_FILE="/data/metrics")
    wrong = ["it wrote beside under another number"] * (place.data / "metrics").exists()
    taken.rmdir()
    place.run("run", "--once", mounts=DATA, METRICS_FILE="/data/metrics")
    wrong += ["it did not write"] * (not (place.data / "metrics").exists())
    (place.data / "metrics").unlink(missing_ok=True)
    return wrong


def six(place: Place) -> list[str]:
    """Check that a server with IPv6 only is reached: whether there is IPv6 is asked in this process."""
    if not _has_six():
        return []
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as door:
        door.settimeout(60)
        url = f"https://[::1]:{door.getsockname()[1]}/client/v4"
        own = {"CLOUDFLARE_API_BASE_URL": url, "IP4_PROVIDER": "static:9.9.9.9", "UPDATE_TIMEOUT": "1s"}
        with place.started("run", "--once", **own) as child:
            try:
                door.accept()[0].close()
            except TimeoutError:
                return ["nobody came over IPv6"]
            finally:
                child.kill()
    return []


def crash(place: Place) -> list[str]:
    """Check that an unexpected error (no file may be opened) names a module of ours and a line that it has."""
    said = _through(place, 'ulimit -n 4 && exec "$@"', "run", "--once").out
    found = _PLACE.search(said)
    if not found:
        return [f"no module and line: {said.strip()[-300:]}"]
    source = Path(__file__).parents[2] / f"{found[1].replace('.', '/')}.py"
    lines = source.read_text().splitlines() if source.exists() else []
    return [] if 0 < int(found[2]) <= len(lines) else [f"{found[0]} is nowhere in the sources"]


def _through(place: Place, script: str, *args: str, mounts: str = "", **extra: str) -> Result:
    """Run the program through a line of shell on its way in."""
    argv = place.argv(args, mounts)
    at = argv.index("-c") + 1
    before, rest = argv[at].rsplit("exec ", 1)
    argv[at] = f"{before}set -- {rest} && {script}"
    env = place.env(**extra)
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    return Result(done.returncode, done.stdout + done.stderr)


def _has_six() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


CASES: Mapping[str, Case] = {
    "two processes with one PID draw other randomness": randomness,
    "arguments are those of the process": arguments,
    "its environment, too": environment,
    "its time zone, too": time_zone,
    "its streams, too, open or closed": streams,
    "its umask, too": umask,
    "its number, too": number,
    "its IPv6, too": six,
    "an unexpected error names module and line": crash,
}

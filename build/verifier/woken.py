"""What must be of the process that wakes, and not of the one that the snapshot was made in."""

import socket
from collections.abc import Mapping

from verifier.behaviour import Case, Place, expect

_RANDOM = slice(11, 43)
"""Where a client's hello has its 32 random bytes (RFC 8446, 4.1.2), behind the heads of record and message."""


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


def settings(place: Place) -> list[str]:
    """Check that arguments and environment are its own: each is named where it is wrong."""
    wrong = expect(place.run("--no-such-option-of-this-run"), 2, "--no-such-option-of-this-run")
    return wrong + expect(place.run("check", UPDATE_CRON="of this run"), 2, "of this run")


CASES: Mapping[str, Case] = {
    "two processes with one PID draw other randomness": randomness,
    "arguments and environment are those of the process": settings,
}

"""Whom it believes: certificates, the roots inside, and the token."""

import re
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.cloudflare import EARLY_DAYS, Cloudflare, TlsFault
from verifier.behaviour import Case, Place, expect

_ROOTS = (b"ISRG Root X1", b"GTS Root R4", b"DigiCert Global Root G2", b"USERTrust RSA Certification Authority")
"""Of the authorities that Cloudflare's edge certificates come from, and of others much in use (2026)."""
_FEWEST = 100
"""Roots of a whole store; Mozilla's has about 120 to 150 (certifi, 2026)."""
_DATE = re.compile(rb"certificates: earliest\0\0(.{8})", re.DOTALL)
"""How native/certificates.c marks the earliest date that certificates are checked for."""
_DAY = 86_400
_ROOTS_SINCE = 1_792_281_600
"""2026-10-18, of the CA roots when this was written: the date of a later file is not before it."""


def strangers(place: Place) -> list[str]:
    """Check that another root, the roots inside, and an empty store refuse the simulator; nothing is sent."""
    before = len(place.sim.log)
    wrong = refused(place, SSL_CERT_FILE="/other.pem")
    wrong += refused(place, SSL_CERT_FILE="")
    wrong += refused(place, SSL_CERT_FILE="/empty.pem")
    return wrong + ["it sent a request"] * (len(place.sim.log) != before)


def refused(place: Place, **extra: str) -> list[str]:
    """Check that a round fails, in words about the certificates, without the token in them."""
    result = place.run("run", "--once", **{"IP4_PROVIDER": "static:9.9.9.9", **extra})
    wrong = [] if result.code in (1, 2) else [f"exit {result.code} instead of a failure"]
    wrong += ["it says nothing of certificates"] * ("certificate" not in result.out.lower())
    wrong += ["it says the token"] * (place.sim.token in result.out)
    return [*wrong, f"it said: {result.out.strip()[-400:]}"] if wrong else []


def faulty(place: Place) -> list[str]:
    """Check that a certificate expired, not valid yet or for another name is refused though its root is known."""
    return _faulty(place, "expired") + _faulty(place, "early") + _faulty(place, "wrong-name")


def _faulty(place: Place, fault: TlsFault) -> list[str]:
    with Cloudflare(zones=("example.org",), tls_fault=fault) as sim:
        (place.root / "faulty.pem").write_bytes(Path(sim.ca_file).read_bytes())
        wrong = refused(place, SSL_CERT_FILE="/faulty.pem", CLOUDFLARE_API_BASE_URL=sim.base_url)
        wrong += ["it sent a request"] * bool(sim.log)
    return [f"{fault or 'good'}: {line}" for line in wrong]


def unset(place: Place) -> list[str]:
    """Check what a clock behind the date in the file does: the date counts instead, and everything is verified as ever.

    No clock is touched. A copy of the file has a date to come, so that the clock of this machine is behind it.
    """
    content = (place.root / "ddns").read_bytes()
    found = _DATE.findall(content)
    if len(found) != 1:
        return [f"it has {len(found)} earliest dates"]
    [date] = struct.unpack("<q", found[0])
    wrong = [f"its earliest date is {date}"] * (not _ROOTS_SINCE <= date <= time.time() or bool(date % _DAY))
    with _behind(place, content):
        with Cloudflare(zones=("example.org",), tls_fault="early") as sim:
            (place.root / "early.pem").write_bytes(Path(sim.ca_file).read_bytes())
            own = {"IP4_PROVIDER": "static:9.9.9.9", "CLOUDFLARE_API_BASE_URL": sim.base_url}
            wrong += expect(place.run("run", "--once", SSL_CERT_FILE="/early.pem", **own), 0, "9.9.9.9")
            before = len(sim.log)
            wrong += refused(place, SSL_CERT_FILE="/other.pem", **own) + refused(place, SSL_CERT_FILE="", **own)
            wrong += ["it sent a request"] * (len(sim.log) != before)
        return wrong + _faulty(place, "") + _faulty(place, "wrong-name")


@contextmanager
def _behind(place: Place, content: bytes) -> Iterator[None]:
    """Let a copy run whose earliest date is that of certificates that are not valid yet."""
    date = struct.pack("<q", int(time.time()) + EARLY_DAYS * _DAY)
    copy = place.root / "later"
    copy.write_bytes(_DATE.sub(lambda found: found[0][:-8] + date, content))
    copy.chmod(0o755)
    before, place.command = place.command, [*place.command[:-1], "/later"]
    try:
        yield
    finally:
        place.command = before
        copy.unlink()


def inside(place: Place) -> list[str]:
    """Check that a whole store is in the file, with the roots that matter most."""
    content = (place.root / "ddns").read_bytes()
    count = len(set(re.findall(rb"root/[0-9a-f]{8}", content)))
    wrong = [f"it has only {count} roots"] * (count < _FEWEST)
    return wrong + [f"it lacks {name.decode()}" for name in _ROOTS if name not in content]


def token(place: Place) -> list[str]:
    """Check that a refused token is a failure that changes nothing and is not repeated to anybody."""
    before = place.sim.records("example.org")
    secret = "wrong-token-0123456789-wrong-token-0123456789"  # noqa: S105 -- invented
    result = place.run("run", "--once", CLOUDFLARE_API_TOKEN=secret, DOMAINS="new.example.org")
    wrong = expect(result, 1) + ["it says the token"] * (secret in result.out)
    return wrong + ["a record changed"] * (place.sim.records("example.org") != before)


CASES: dict[str, Case] = {
    "unknown roots, the roots inside and an empty store are refused, no token sent": strangers,
    "certificates expired, not valid yet or wrongly named are refused, no token sent": faulty,
    "an unset clock: certificates are checked for the date of the file, and checked all the same": unset,
    "CA roots are inside": inside,
    "a refused token changes nothing": token,
}

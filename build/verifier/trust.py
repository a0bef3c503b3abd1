"""Whom it believes: certificates, the roots inside, and the token."""

import re
from pathlib import Path
from typing import Literal

from tests.fakes.cloudflare import Cloudflare
from verifier.behaviour import Case, Place, expect

_ROOTS = (b"ISRG Root X1", b"GTS Root R4", b"DigiCert Global Root G2", b"USERTrust RSA Certification Authority")
"""Of the authorities that Cloudflare's edge certificates come from, and of others much in use (2026)."""
_FEWEST = 100
"""Roots of a whole store; Mozilla's has about 120 to 150 (certifi, 2026)."""


def strangers(place: Place) -> list[str]:
    """Check that another root, the roots inside, and an empty store refuse the simulator; nothing is sent."""
    before = len(place.sim.log)
    wrong = refused(place, SSL_CERT_FILE="/other.pem")
    wrong += refused(place, SSL_CERT_FILE="")
    wrong += refused(place, SSL_CERT_FILE="/empty.pem")
    return wrong + ["it sent a request"] * (len(place.sim.log) != before)


def refused(place: Place, **extra: str) -> list[str]:
    """Check that a round fails, in words about the certificates, without the token in them."""
    result = place.run("run", "--once", IP4_PROVIDER="static:9.9.9.9", **extra)
    wrong = [] if result.code in (1, 2) else [f"exit {result.code} instead of a failure"]
    wrong += ["it says nothing of certificates"] * ("certificate" not in result.out.lower())
    wrong += ["it says the token"] * (place.sim.token in result.out)
    return [*wrong, f"it said: {result.out.strip()[-400:]}"] if wrong else []


def faulty(place: Place) -> list[str]:
    """Check that an expired certificate, and one for another name, are refused though their root is known."""
    return _faulty(place, "expired") + _faulty(place, "wrong-name")


def _faulty(place: Place, fault: Literal["expired", "wrong-name"]) -> list[str]:
    with Cloudflare(zones=("example.org",), tls_fault=fault) as sim:
        (place.root / "faulty.pem").write_bytes(Path(sim.ca_file).read_bytes())
        wrong = refused(place, SSL_CERT_FILE="/faulty.pem", CLOUDFLARE_API_BASE_URL=sim.base_url)
        wrong += ["it sent a request"] * bool(sim.log)
    return [f"{fault}: {line}" for line in wrong]


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
    "expired and wrongly named certificates are refused, no token sent": faulty,
    "CA roots are inside": inside,
    "a refused token changes nothing": token,
}

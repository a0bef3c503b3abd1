"""What went wrong with a request, in plain words: never with a URL's path, query or password."""

import errno
import socket
import ssl
from http.client import HTTPException
from typing import Final, NamedTuple

from urllib3.exceptions import HTTPError

from ddns.net.proxies import ProxyRefused
from ddns.net.sockets import TooMuch, Unbound

FAILURES: Final = (OSError, HTTPError, HTTPException, ValueError)
"""All that sockets, TLS, http.client and urllib3 raise for what the network does (ssl.SSLError is an OSError)."""

PLAUSIBLE_SINCE: Final = 1_735_689_600
"""2025-01-01: a clock before it has not been set since boot (a Raspberry Pi has none that survives power off)."""

_NOT_YET_VALID, _EXPIRED = 9, 10
CERTIFICATE: Final = {  # X509_V_ERR_* of openssl/x509_vfy.h (3.5)
    _NOT_YET_VALID: ("is not valid yet", "check this machine's date"),
    _EXPIRED: ("has expired", "check this machine's date; if it is right, the server must renew its certificate"),
    62: ("is for another name", "something between this machine and the server may be answering in its place"),
    64: ("is for another address", "something between this machine and the server may be answering in its place"),
}
UNTRUSTED: Final = (
    "is not trusted by the CA roots of this machine",
    "install or update the ca-certificates package, or name a file of CA roots in SSL_CERT_FILE",
)
ERRNO: Final = {
    errno.ECONNREFUSED: "refused the connection",
    errno.EHOSTUNREACH: "cannot be reached: no route to it",
    errno.ENETUNREACH: "cannot be reached: no route to it",
    errno.EACCES: "cannot be reached: this machine's firewall forbids it",
    errno.EPERM: "cannot be reached: this machine's firewall forbids it",
    errno.EADDRNOTAVAIL: "cannot be reached: this machine has no address of that family",
}


class Trouble(NamedTuple):
    """A message, a hint (may be empty), and whether time ran out."""

    message: str
    hint: str = ""
    timeout: bool = False


def root_cause(error: BaseException) -> BaseException:
    """Return what lies under urllib3's wrapping."""
    while isinstance(error, HTTPError) and error.__cause__ is not None:
        error = error.__cause__
    return error


def is_dead(error: BaseException) -> bool:
    """Whether the error says that the other side has closed the connection."""
    cause = root_cause(error)
    if isinstance(cause, ssl.SSLError):  # Python 3.11 has a plain SSLError for what later ones call SSLEOFError
        return isinstance(cause, ssl.SSLEOFError) or getattr(cause, "reason", "") == "UNEXPECTED_EOF_WHILE_READING"
    return isinstance(cause, ConnectionError)


def explain(error: BaseException, place: str, family: int, now: float) -> Trouble:
    """Put an error into words. ``place`` is scheme and host, ``family`` that of the request, ``now`` UNIX seconds."""
    over = f" over IPv{family}" if family else ""
    cause = root_cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _certificate(cause, place, now)
    if isinstance(cause, socket.gaierror):
        return _lookup(cause, place, family)
    if isinstance(cause, Unbound):
        hint = "check the name of the interface; before Linux 5.7 this needs the capability CAP_NET_RAW"
        return Trouble(f"the interface {cause} cannot be used for it", hint)
    if isinstance(cause, ProxyRefused):
        status = f"HTTP status {cause}" if str(cause) else "its answer is not HTTP"
        return Trouble(f"the proxy did not open a way to {place} ({status})", "check HTTPS_PROXY")
    return Trouble(_sentence(cause, place) + over, timeout=isinstance(cause, TimeoutError))


def _sentence(cause: BaseException, place: str) -> str:
    if isinstance(cause, TimeoutError):
        return f"{place} did not answer in time"
    if isinstance(cause, TooMuch):
        return f"{place} sent a larger answer than allowed"
    if is_dead(cause) and not isinstance(cause, ConnectionRefusedError):
        return f"{place} closed the connection before the answer was whole"
    if isinstance(cause, ssl.SSLError):
        return f"{place} could not make a secure connection with us ({getattr(cause, 'reason', '') or 'TLS error'})"
    if isinstance(cause, OSError):
        return f"{place} {ERRNO.get(cause.errno or 0, f'could not be reached (error {cause.errno})')}"
    return f"{place} answered with something that is not HTTP, or was cut short"


def _certificate(error: ssl.SSLCertVerificationError, place: str, now: float) -> Trouble:
    what, hint = CERTIFICATE.get(error.verify_code, UNTRUSTED)
    if error.verify_code == _NOT_YET_VALID and now < PLAUSIBLE_SINCE:
        hint = "this machine's clock has not been set (it shows a year before 2025): let it get the time first (NTP)"
    return Trouble(f"the certificate of {place} {what}", hint)


def _lookup(error: socket.gaierror, place: str, family: int) -> Trouble:
    if error.errno in (socket.EAI_AGAIN, socket.EAI_FAIL):
        return Trouble(
            f"the name in {place} could not be looked up: no DNS server answered", "check this machine's DNS"
        )
    kind = f"IPv{family} address" if family else "address"
    return Trouble(f"the name in {place} has no {kind}")

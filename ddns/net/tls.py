"""Which certificates are trusted."""

import ssl
from collections.abc import Callable
from typing import NamedTuple

from ddns.net.sockets import TlsSocket


class Roots(NamedTuple):
    """Where the CA roots are: what the user names wins, then those inside the program, then the system's.

    ``file`` and ``folder`` are ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` ("" when not set). ``embedded`` puts the roots
    inside the frozen program into a context and returns True, or returns False when there are none.
    """

    file: str = ""
    folder: str = ""
    embedded: Callable[[ssl.SSLContext], bool] | None = None


def client_context(roots: Roots) -> ssl.SSLContext:
    """Return a context that verifies chain and name, TLS 1.2 or later. OSError (ssl.SSLError too): unreadable roots."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = TlsSocket
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # a connection cut off is not an answer that ended
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if roots.file or roots.folder:
        context.load_verify_locations(roots.file or None, roots.folder or None)
    elif roots.embedded is None or not roots.embedded(context):
        context.set_default_verify_paths()
    return context

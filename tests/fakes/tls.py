"""A certificate authority made at start, and server contexts signed by it."""

import datetime as dt
import hashlib
import ipaddress
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = dt.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _canonical(part: x509.NameAttribute[str | bytes]) -> bytes:
    """Return one part of a name in OpenSSL's canonical form: SET { SEQUENCE { OID, UTF8String in lower case } }."""
    value = str(part.value).lower().encode()
    text = b"\x0c" + bytes((len(value),)) + value
    pair = b"\x06\x03\x55\x04\x03" + text
    sequence = b"\x30" + bytes((len(pair),)) + pair
    return b"\x31" + bytes((len(sequence),)) + sequence


class Authority:
    """A CA with its root in ``pem``; ``server`` makes contexts whose certificates it signed."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        self._root = (
            x509.CertificateBuilder()
            .subject_name(_name("Test root"))
            .issuer_name(_name("Test root"))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 3650 * _DAY)
            .not_valid_after(now + 3650 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = self._root.public_bytes(serialization.Encoding.PEM)

    def subject_hash(self) -> int:
        """Return the hash OpenSSL names files in a folder of roots by (X509_NAME_hash: SHA-1 of the canonical name)."""
        name = b"".join(_canonical(part) for part in self._root.subject)
        return int.from_bytes(hashlib.sha1(name, usedforsecurity=False).digest()[:4], "little")

    def write(self, folder: Path) -> str:
        """Write the root into a folder and return the path, for SSL_CERT_FILE."""
        path = folder / "root.pem"
        path.write_bytes(self.pem)
        return str(path)

    def server(self, *names: str, start_days: int = -1, end_days: int = 30) -> ssl.SSLContext:
        """Return a server context for these names and addresses, valid between these days counted from now."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.server_pem(*names, start_days=start_days, end_days=end_days))
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def server_pem(self, *names: str, start_days: int = -1, end_days: int = 30) -> bytes:
        """Return certificate and key of a server, as ``server`` uses them."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(names[0]))
            .issuer_name(self._root.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + start_days * _DAY)
            .not_valid_after(now + end_days * _DAY)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return certificate.public_bytes(serialization.Encoding.PEM) + private

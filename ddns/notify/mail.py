"""Mail by SMTP, signed in and encrypted as the URL asks for."""

from contextlib import suppress
from typing import TYPE_CHECKING

from ddns.core.services.serviceurls import Url
from ddns.errors import DdnsError, NetError
from ddns.notify.delivery import SECONDS, headline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from smtplib import SMTP
    from ssl import SSLContext

_SMTPS = "465"
_SUBJECT = 200
"""The most characters of a title: a line of a mail has at most 998."""

_WORD = 10
"""Characters in an encoded word: at most 40 bytes, 56 in base64."""


_CLEAR = "PLAIN LOGIN CRAM-MD5"
"""How to sign in where nobody listens, the best first."""
_CHOSEN = {"plain": "PLAIN", "login": "LOGIN", "crammd5": "CRAM-MD5"}
_HINT = "Check the smtp URL in the settings"


class Mail:
    """``ports.Notifier`` on smtplib, which is imported with the first message.

    TLS is used wherever it is offered, unless the URL says ``starttls=no``. A password never travels in clear to
    another machine, whatever the URL says.
    """

    __slots__ = ("_tls", "_url")

    def __init__(self, url: Url, tls: "Callable[[], SSLContext] | None" = None) -> None:
        """Keep the URL; ``tls`` makes a new context with the trusted roots (None: those of the system)."""
        self._url = url
        self._tls = tls or _system

    def send(self, title: str, message: str, done: set[int] | None = None) -> str:
        """See the port. The parts are the recipients."""
        import smtplib  # noqa: PLC0415 -- mail is rare, and its modules are large

        arrived = set() if done is None else done
        left = {number: to for number, to in enumerate(_addresses(self._url)) if number not in arrived}
        mail = letter(self._url, title, message)
        try:
            refused = self._deliver(list(left.values()), mail)
        except smtplib.SMTPResponseException as error:
            said = f"The mail server refuses the message (status {error.smtp_code})"
            raise (NetError if error.smtp_code < 500 else DdnsError)(said, _HINT) from None
        except OSError as error:  # smtplib's own are among them
            kind = type(error).__name__
            hint = "Name its CA in SSL_CERT_FILE" if kind == "SSLCertVerificationError" else ""
            raise NetError(f"The mail server cannot be used ({kind})", hint) from None
        arrived |= {number for number, to in left.items() if to not in refused}
        if refused:
            said = f"The mail server refuses {len(refused)} of {len(left)} recipients"
            passing = any(code < 500 for code, _ in refused.values())  # a full mailbox, greylisting
            raise (NetError if passing else DdnsError)(said, _HINT)
        return "the mail server took it"

    def _deliver(self, to: list[str], mail: bytes) -> "Mapping[str, tuple[int, bytes]]":
        """Send to all these; return the recipients that were refused, with the status."""
        import smtplib  # noqa: PLC0415 -- as above

        link = self._connect()
        try:
            if self._url.user and self._url.param("auth").lower() != "none":
                self._sign_in(link)
            try:
                refused = link.sendmail(_sender(self._url), to, mail)
            except smtplib.SMTPRecipientsRefused as error:  # nobody got it: 421 ends it before all were asked
                refused = {each: error.recipients.get(each, (421, b"")) for each in to}
            with suppress(OSError):  # what was taken was taken, however the server says goodbye
                link.quit()
        finally:
            link.close()
        return refused

    def _connect(self) -> "SMTP":
        import smtplib  # noqa: PLC0415 -- as above

        url = self._url
        port, how = url.port or "25", url.param("encryption", default="auto").lower()
        host, name = url.host.strip("[]"), _client_name(url)
        if how == "implicittls" or (how == "auto" and port == _SMTPS):
            return smtplib.SMTP_SSL(host, int(port), name, timeout=SECONDS, context=self._context())
        link = smtplib.SMTP(host, int(port), name, timeout=SECONDS)
        try:
            self._encrypt(link, required=how == "explicittls" or url.flag("requirestarttls"))
        except BaseException:
            link.close()
            raise
        return link

    def _encrypt(self, link: "SMTP", *, required: bool) -> None:
        link.ehlo_or_helo_if_needed()
        unwanted = not self._url.flag("usestarttls", default=self._url.flag("starttls", default=True))
        if unwanted and not required:
            return
        if link.has_extn("starttls"):
            link.starttls(context=self._context())
            link.ehlo()
        elif required:
            raise DdnsError("The mail server offers no encryption, so nothing was sent", _HINT)

    def _sign_in(self, link: "SMTP") -> None:
        """Sign in as RFC 4954 says, in UTF-8; smtplib itself takes ASCII passwords only."""
        link.ehlo_or_helo_if_needed()
        chosen = _CHOSEN.get(self._url.param("auth").lower(), "")
        if chosen != "CRAM-MD5" and not _private(link):  # its answer to a challenge is of no use to a listener
            hint = "Use a port with TLS, or a relay on this machine; encryption=None and starttls=no send no password"
            raise DdnsError("The way to the mail server is not encrypted, so the password was not sent", hint)
        offered = link.esmtp_features.get("auth", "").upper().split()
        how = next((each for each in (chosen or _CLEAR).split(" ") if each in offered), "")
        if not how:
            raise DdnsError("The mail server offers no known way to sign in", "Leave out the password if it wants none")
        _SIGN[how](link, self._url.user.encode(errors="replace"), self._url.password.encode(errors="replace"))

    def _context(self) -> "SSLContext":
        """Return a context for mail: the one of the HTTP client has sockets and a protocol of its own."""
        import ssl  # noqa: PLC0415 -- as above

        context = self._tls()
        context.sslsocket_class = ssl.SSLSocket
        context.set_alpn_protocols([])
        return context


def _private(link: "SMTP") -> bool:
    """Whether nobody but this machine and the server can read what is said: TLS, or a server on loopback."""
    from ssl import SSLSocket  # noqa: PLC0415 -- as above

    if isinstance(link.sock, SSLSocket):
        return True
    peer = link.sock.getpeername()[0] if link.sock is not None else ""
    return peer == "::1" or peer.startswith("127.")


def _plain_text(link: "SMTP", user: bytes, password: bytes) -> None:
    """Sign in as RFC 4616 says."""
    _said(link, "AUTH PLAIN " + _base64(b"\0" + user + b"\0" + password), 235)


def _login(link: "SMTP", user: bytes, password: bytes) -> None:
    """Sign in by name, then password: the older form, without an RFC (draft-murchison-sasl-login)."""
    _said(link, "AUTH LOGIN", 334)
    _said(link, _base64(user), 334)
    _said(link, _base64(password), 235)


def _cram(link: "SMTP", user: bytes, password: bytes) -> None:
    """Sign in as RFC 2195 says: the password itself is not sent."""
    import hmac  # noqa: PLC0415 -- as above
    from base64 import decodebytes  # noqa: PLC0415 -- as above

    try:
        challenge = decodebytes(_said(link, "AUTH CRAM-MD5", 334))
    except ValueError:
        raise DdnsError("The mail server's challenge cannot be read", "Choose another auth in the smtp URL") from None
    _said(link, _base64(user + b" " + hmac.new(password, challenge, "md5").hexdigest().encode()), 235)


_SIGN = {"PLAIN": _plain_text, "LOGIN": _login, "CRAM-MD5": _cram}


def _said(link: "SMTP", line: str, wanted: int) -> bytes:
    """Say a line and return the answer, which must have this status."""
    import smtplib  # noqa: PLC0415 -- as above

    code, text = link.docmd(line)
    if code != wanted:
        raise smtplib.SMTPAuthenticationError(code, text)
    return text


def _base64(data: bytes) -> str:
    from base64 import b64encode  # noqa: PLC0415 -- as above

    return b64encode(data).decode("ascii")


def _client_name(url: Url) -> str:
    """Return the name this machine calls itself by: ``auto`` is the one it has."""
    name = url.param("clienthost", default="localhost")
    if name.lower() == "auto":
        from socket import gethostname  # noqa: PLC0415 -- as above

        name = gethostname()
    return _plain(name).replace(" ", "") or "localhost"


def _system() -> "SSLContext":
    import ssl  # noqa: PLC0415 -- as above

    return ssl.create_default_context()


def _addresses(url: Url) -> list[str]:
    """Return the recipients."""
    return [_address(part) for part in url.param("toaddresses", "to").split(",") if part.strip()]


def _sender(url: Url) -> str:
    return _address(url.param("fromaddress", "from"))


def _address(text: str) -> str:
    """Return an address; a plus that the query made a space is one again. DdnsError when mail cannot carry it."""
    address = text.strip(" ").replace(" ", "+")
    if address != _plain(address):
        raise DdnsError("An address in the smtp URL has characters that mail cannot carry", _HINT)
    return address


def letter(url: Url, title: str, message: str) -> bytes:
    """Return the mail: everything outside ASCII encoded, so that no line of it can be taken for anything else."""
    from base64 import encodebytes  # noqa: PLC0415 -- as above
    from email.utils import formatdate, make_msgid  # noqa: PLC0415 -- as above

    sender, name = _sender(url), url.param("fromname")
    headers = (
        f"From: {_word(name)} <{sender}>" if name else f"From: {sender}",
        f"To: {', '.join(_addresses(url))}",
        f"Subject: {_word(url.param('subject', default=headline(url, title)))}",
        f"Date: {formatdate()}",
        f"Message-ID: {make_msgid(domain='localhost')}",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: base64",
        "",
        encodebytes(message.encode(errors="replace")).decode("ascii"),
    )
    return "\r\n".join(headers).replace("\r\n", "\n").replace("\n", "\r\n").encode("ascii")


def _plain(text: str) -> str:
    """Return a text without what would break out of its header or line."""
    return "".join(char for char in text if char.isascii() and char.isprintable())


def _word(text: str) -> str:
    """Return a header's words; what is not plain ASCII as RFC 2047 writes it, in words of at most 75 characters."""
    if text.isascii() and text.isprintable():
        return text[:_SUBJECT]
    from base64 import b64encode  # noqa: PLC0415 -- as above

    pieces = (text[at : at + _WORD].encode(errors="replace") for at in range(0, min(len(text), _SUBJECT), _WORD))
    return "\r\n ".join(f"=?utf-8?b?{b64encode(piece).decode('ascii')}?=" for piece in pieces)

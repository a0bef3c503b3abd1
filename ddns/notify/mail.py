"""Mail by SMTP, signed in and encrypted as the URL asks for."""

from typing import TYPE_CHECKING

from ddns.core.urls import Url
from ddns.errors import DdnsError, NetError
from ddns.notify.kit import SECONDS, headline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from smtplib import SMTP
    from ssl import SSLContext

_SMTPS = "465"
_SUBJECT = 200
"""The most characters of a title: a line of a mail has at most 998."""

_WORD = 10
"""Characters in an encoded word: at most 40 bytes, 56 in base64."""


class Mail:
    """``ports.Notifier`` on smtplib, which is imported with the first message.

    Encryption is never given up silently: without ``encryption=None`` or ``starttls=no`` a password travels only
    through TLS.
    """

    __slots__ = ("_tls", "_url")

    def __init__(self, url: Url, tls: "Callable[[], SSLContext] | None" = None) -> None:
        """Keep the URL; ``tls`` makes a new context with the trusted roots (None: those of the system)."""
        self._url = url
        self._tls = tls or _system

    def send(self, title: str, message: str, done: set[int] | None = None) -> str:
        """See the port."""
        import smtplib  # noqa: PLC0415 -- mail is rare, and its modules are large

        arrived = set() if done is None else done
        sender, left = self._url.param("fromaddress", "from"), dict(enumerate(_addresses(self._url)))
        to = [address for number, address in left.items() if number not in arrived]
        try:
            with self._connect() as link:
                if self._url.user and self._url.param("auth").lower() != "none":
                    link.login(self._url.user, self._url.password)
                refused = link.sendmail(sender, to, letter(self._url, title, message))
        except smtplib.SMTPResponseException as error:
            said = f"The mail server refuses the message (status {error.smtp_code})"
            raise (NetError if error.smtp_code < 500 else DdnsError)(
                said, "Check the smtp URL in the settings"
            ) from None
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except (OSError, smtplib.SMTPException) as error:
            raise NetError(f"The mail server cannot be used ({type(error).__name__})") from None
        arrived |= {number for number, address in left.items() if address not in refused}
        if refused:
            raise _refusal(refused, len(to))
        return "the mail server took it"

    def _connect(self) -> "SMTP":
        import smtplib  # noqa: PLC0415 -- as above

        url = self._url
        port, how = url.port or "25", url.param("encryption", default="auto").lower()
        host = url.host.strip("[]")
        name = url.param("clienthost", default="localhost")
        if how == "implicittls" or (how == "auto" and port == _SMTPS):
            return smtplib.SMTP_SSL(host, int(port), name, timeout=SECONDS, context=self._context())
        link = smtplib.SMTP(host, int(port), name, timeout=SECONDS)
        try:
            self._encrypt(link, how)
        except BaseException:
            link.close()
            raise
        return link

    def _encrypt(self, link: "SMTP", how: str) -> None:
        link.ehlo_or_helo_if_needed()
        if how == "none" or not self._url.flag("usestarttls", default=self._url.flag("starttls", default=True)):
            return
        if link.has_extn("starttls"):
            link.starttls(context=self._context())
            link.ehlo()
        elif self._url.user or how == "explicittls" or self._url.flag("requirestarttls"):
            hint = "Use encryption=None in the smtp URL if the way to it is safe"
            raise DdnsError("The mail server offers no encryption, so nothing was sent", hint)

    def _context(self) -> "SSLContext":
        """Return a context for mail: the one of the HTTP client has sockets and a protocol of its own."""
        import ssl  # noqa: PLC0415 -- as above

        context = self._tls()
        context.sslsocket_class = ssl.SSLSocket
        context.set_alpn_protocols([])
        return context


def _refusal(refused: "Mapping[str, tuple[int, bytes]]", asked: int) -> DdnsError:
    """Return the error about recipients that were refused; a 4xx (a full mailbox, greylisting) is not for good."""
    said = f"The mail server refuses {len(refused)} of {asked} recipients"
    if any(code < 500 for code, _ in refused.values()):
        return NetError(said)
    return DdnsError(said, "Check the smtp URL in the settings")


def _system() -> "SSLContext":
    import ssl  # noqa: PLC0415 -- as above

    return ssl.create_default_context()


def _addresses(url: Url) -> list[str]:
    """Return the recipients; a plus that the query turned into a space is one again."""
    return [part.strip().replace(" ", "+") for part in url.param("toaddresses", "to").split(",") if part.strip()]


def letter(url: Url, title: str, message: str) -> bytes:
    """Return the mail: everything outside ASCII encoded, so that no line of it can be taken for anything else."""
    from base64 import encodebytes  # noqa: PLC0415 -- as above
    from email.utils import formatdate, make_msgid  # noqa: PLC0415 -- as above

    sender, name = _plain(url.param("fromaddress", "from")), url.param("fromname")
    headers = (
        f"From: {_word(name)} <{sender}>" if name else f"From: {sender}",
        f"To: {', '.join(map(_plain, _addresses(url)))}",
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


def _plain(address: str) -> str:
    """Return an address without what would break out of its header."""
    return "".join(char for char in address if char.isascii() and char.isprintable())


def _word(text: str) -> str:
    """Return a header's words; what is not plain ASCII as RFC 2047 writes it, in words of at most 75 characters."""
    if text.isascii() and text.isprintable():
        return text[:_SUBJECT]
    from base64 import b64encode  # noqa: PLC0415 -- as above

    pieces = (text[at : at + _WORD].encode(errors="replace") for at in range(0, min(len(text), _SUBJECT), _WORD))
    return "\r\n ".join(f"=?utf-8?b?{b64encode(piece).decode('ascii')}?=" for piece in pieces)

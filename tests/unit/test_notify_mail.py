"""Mail, against a server on loopback."""

import base64
import email
import email.policy
import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from ddns.core.services import parse_service
from ddns.errors import DdnsError, NetError
from ddns.net import Roots
from ddns.net.tls import client_context
from ddns.notify.mail import Mail
from ddns.notify.table import notifier
from tests.fakes.mailserver import MailServer, mail_server
from tests.fakes.notifykit import hub
from tests.fakes.tls import Authority

CA = Authority()


def trusting() -> ssl.SSLContext:
    """Return a client context that trusts the test authority."""
    return ssl.create_default_context(cadata=CA.pem.decode())


def mail(server: MailServer, query: str = "", login: str = "") -> Mail:
    """Return a service that sends to a server."""
    text = f"smtp://{login}127.0.0.1:{server.port}/?from=me@x.example&to=a@x.example,b+c@x.example{query}"
    return Mail(parse_service(text).url, trusting)


def read(server: MailServer) -> EmailMessage:
    """Return the mail that arrived."""
    found = email.message_from_bytes(server.mail, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_plain_mail() -> None:
    """Without a password and without encryption offered, the mail is sent as it is, to every recipient."""
    with mail_server() as server:
        mail(server).send("Dormouse: problem", "1.2.3.4 → 5.6.7.8\n.\nend")
        found = read(server)

    assert found["From"] == "me@x.example"
    assert found["To"] == "a@x.example, b+c@x.example"
    assert found["Subject"] == "Dormouse: problem"
    assert found["Date"]
    assert found["Message-ID"]
    assert found.get_content() == "1.2.3.4 → 5.6.7.8\n.\nend"
    assert "rcpt to:<b+c@x.example>" in server.lines
    assert not server.secured


def test_headers_hold_any_text_and_nothing_breaks_out() -> None:
    """Names and titles outside ASCII, long ones, and line ends in them are harmless."""
    with mail_server() as server:
        service = mail(server, "&fromname=M%C3%BCller%0D%0ABcc:%20x@y.example&subject=" + "%C3%A9" * 40)
        service.send("", "text")
        found = read(server)

    assert found["Subject"] == "é" * 40
    assert "Bcc" not in found
    assert max(map(len, server.mail.splitlines())) < 100


def test_starttls_then_login() -> None:
    """Where the server offers encryption the password travels inside it."""
    with mail_server(CA.server("127.0.0.1"), starttls=True) as server:
        mail(server, login="me:pass@").send("t", "m")

    signed = base64.b64encode(b"\0me\0pass").decode()
    assert server.secured
    assert server.lines.index("STARTTLS") < server.lines.index(f"AUTH PLAIN {signed}")
    assert read(server).get_content() == "m"


def test_implicit_tls() -> None:
    """TLS from the first byte."""
    with mail_server(CA.server("127.0.0.1"), implicit=True) as server:
        mail(server, "&encryption=ImplicitTLS").send("t", "m")

    assert server.secured
    assert read(server)["Subject"] == "t"


@pytest.mark.parametrize(
    ("login", "query"), [("me:pass@", ""), ("", "&encryption=ExplicitTLS"), ("", "&requirestarttls=yes")]
)
def test_nothing_is_sent_in_clear_that_should_not_be(login: str, query: str) -> None:
    """A server that offers no encryption gets neither password nor mail, unless that is wanted."""
    with mail_server() as server, pytest.raises(DdnsError, match="no encryption"):
        mail(server, query, login).send("t", "m")
    assert not [line for line in server.lines if line.lower().startswith(("auth", "mail"))]


@pytest.mark.parametrize("query", ["&encryption=None", "&usestarttls=no", "&starttls=no"])
def test_encryption_can_be_given_up(query: str) -> None:
    """The user may say that the way to the server is safe."""
    with mail_server(starttls=True) as server:
        mail(server, query, "me:pass@").send("t", "m")
    assert "STARTTLS" not in server.lines
    assert any(line.startswith("AUTH PLAIN") for line in server.lines)


def test_login_can_be_left_out() -> None:
    """``auth=None`` signs in nowhere."""
    with mail_server() as server:
        mail(server, "&auth=None&encryption=None", "me:pass@").send("t", "m")
    assert not any(line.startswith("AUTH") for line in server.lines)


@pytest.mark.parametrize(
    ("command", "reply", "later", "words"),
    [
        ("AUTH", "535 hushhush is wrong", False, "status 535"),
        ("DATA", "451 try later", True, "status 451"),
        ("MAIL", "550 no", False, "refuses"),
        ("greeting", "554 go away", False, "status 554"),
        ("RCPT", "550 no such user hushhush", False, "refuses 2 of 2 recipients"),
    ],
)
def test_refusals_are_told_without_secrets(command: str, reply: str, words: str, *, later: bool) -> None:
    """What the server refuses is told by its status; a 4xx may work another time."""
    with mail_server() as server:
        server.replies[command] = reply
        with pytest.raises(DdnsError, match=words) as caught:
            mail(server, "&encryption=None", "me:hushhush@").send("t", "m")

    assert isinstance(caught.value, NetError) == later
    assert "hushhush" not in caught.value.message


def test_a_recipient_refused_for_now_gets_the_mail_later_and_the_others_once() -> None:
    """Greylisting and full mailboxes are 4xx: only that recipient is asked again."""
    done: set[int] = set()
    with mail_server() as server:
        server.replies["rcpt to:<a@x.example>"] = "450 greylisted"
        with pytest.raises(NetError, match="refuses 1 of 2 recipients"):
            mail(server).send("t", "m", done)
        assert done == {1}
        server.replies.clear()
        server.lines.clear()
        mail(server).send("t", "m", done)

    assert done == {0, 1}
    assert [line for line in server.lines if line.startswith("rcpt")] == ["rcpt to:<a@x.example>"]


def test_one_refused_recipient_is_told() -> None:
    """The others got the mail, but somebody must know."""
    with mail_server() as server:
        server.replies["rcpt to:<a@x.example>"] = "550 no"
        with pytest.raises(DdnsError, match="refuses 1 of 2 recipients"):
            mail(server).send("t", "m")


def test_a_wrong_certificate_is_refused() -> None:
    """A server that cannot prove its name gets nothing."""
    with mail_server(Authority().server("127.0.0.1"), starttls=True) as server:
        with pytest.raises(NetError, match="SSLCertVerificationError"):
            mail(server, login="me:pass@").send("t", "m")
        assert not any(line.lower().startswith(("auth", "mail")) for line in server.lines)


def test_an_absent_server_is_a_net_error() -> None:
    """A refused connection may be another matter next time."""
    with mail_server() as server:
        service = mail(server)
    with pytest.raises(NetError, match="cannot be used"):
        service.send("t", "m")


def test_the_roots_of_the_http_client_serve_mail_too(tmp_path: Path) -> None:
    """The context the rest of the program trusts by is good for mail."""
    roots = Roots(CA.write(tmp_path))
    with mail_server(CA.server("127.0.0.1"), starttls=True) as server, hub() as http:
        url = f"smtp://u:p@127.0.0.1:{server.port}/?from=a@x.example&to=b@x.example"
        notifier(url, http, lambda: client_context(roots)).send("t", "m")

    assert read(server).get_content() == "m"


def test_the_table_makes_mail_services() -> None:
    """An smtp URL becomes a mail service, with the system's roots when no others are given."""
    with mail_server(CA.server("127.0.0.1"), starttls=True) as server, hub() as http:
        service = notifier(f"smtp://u:p@127.0.0.1:{server.port}/?from=a@x.example&to=b@x.example", http)
        with pytest.raises(NetError, match="SSLCertVerificationError"):
            service.send("t", "m")
    assert isinstance(service, Mail)

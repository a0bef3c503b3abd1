"""Mail, against a server on loopback."""

import base64
import email
import email.policy
import hmac
import socket
import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from ddns.core.services.forms import parse_service
from ddns.errors import DdnsError, NetError
from ddns.net import Roots
from ddns.net.tls import client_context
from ddns.notify.mail import Mail
from ddns.notify.servicetable import notifier
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


FAR = "[::ffff:127.0.0.1]"
"""An address that is not known to be of this machine."""


@pytest.mark.parametrize(
    "query", ["&encryption=ExplicitTLS", "&requirestarttls=yes", "&requirestarttls=yes&starttls=no"]
)
def test_encryption_can_be_demanded(query: str) -> None:
    """A server that offers none gets no mail then."""
    with mail_server() as server, pytest.raises(DdnsError, match="no encryption"):
        mail(server, query).send("t", "m")
    assert not [line for line in server.lines if line.lower().startswith(("auth", "mail"))]


@pytest.mark.parametrize("query", ["", "&encryption=None", "&usestarttls=no", "&starttls=no", "&auth=Login"])
def test_no_password_goes_to_another_machine_in_clear(query: str) -> None:
    """Whatever the URL says: without TLS it is sent over loopback only."""
    with mail_server() as server:
        url = f"smtp://me:pass@{FAR}:{server.port}/?from=me@x.example&to=a@x.example{query}"
        with pytest.raises(DdnsError, match="not encrypted"):
            Mail(parse_service(url).url, trusting).send("t", "m")
    assert not [line for line in server.lines if line.lower().startswith(("auth", "mail"))]


def test_a_relay_on_this_machine_needs_no_encryption() -> None:
    """Over loopback nobody listens."""
    with mail_server() as server:
        mail(server, login="me:pass@").send("t", "m")
    assert f"AUTH PLAIN {base64.b64encode(bytes([0]) + b'me' + bytes([0]) + b'pass').decode()}" in server.lines


@pytest.mark.parametrize("query", ["", "&encryption=None"])
def test_offered_encryption_is_used(query: str) -> None:
    """As in the notification library, encryption=None only means that the connection does not begin with it."""
    with mail_server(CA.server("127.0.0.1"), starttls=True) as server:
        mail(server, query).send("t", "m")
    assert server.secured


@pytest.mark.parametrize("query", ["&usestarttls=no", "&starttls=no"])
def test_offered_encryption_can_be_left_out(query: str) -> None:
    """The user may say that the certificate is of no use."""
    with mail_server(starttls=True) as server:
        mail(server, query, "me:pass@").send("t", "m")
    assert "STARTTLS" not in server.lines
    assert any(line.startswith("AUTH PLAIN") for line in server.lines)


WORD, NAME = "pä ß→".encode(), "mé".encode()
CHALLENGE = base64.b64encode(b"<1896.697170952@postoffice.reston.mci.net>").decode()


def encoded(data: bytes) -> str:
    """Return base64."""
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("offered", "query", "said"),
    [
        ("CRAM-MD5 LOGIN PLAIN", "", [f"AUTH PLAIN {encoded(bytes(1) + NAME + bytes(1) + WORD)}"]),
        ("CRAM-MD5 LOGIN", "", ["AUTH LOGIN", encoded(NAME), encoded(WORD)]),
        ("PLAIN LOGIN", "&auth=Login", ["AUTH LOGIN", encoded(NAME), encoded(WORD)]),
        (
            *("PLAIN CRAM-MD5", "&auth=CRAMMD5"),
            [
                "AUTH CRAM-MD5",
                encoded(NAME + b" " + hmac.new(WORD, base64.b64decode(CHALLENGE), "md5").hexdigest().encode()),
            ],
        ),
    ],
)
def test_signing_in_with_any_text(offered: str, query: str, said: list[str]) -> None:
    """Names and passwords are UTF-8 in every way to sign in, and the best that is offered is taken."""
    with mail_server() as server:
        server.auth = offered
        server.replies = {
            "AUTH LOGIN": "334 VXNlcm5hbWU6",
            encoded(NAME): "334 UGFzc3dvcmQ6",
            encoded(WORD): "235 in",
            "AUTH CRAM-MD5": f"334 {CHALLENGE}",
            said[-1]: "235 in",
        }
        mail(server, query, "m%C3%A9:p%C3%A4%20%C3%9F%E2%86%92@").send("t", "m")
        assert [line for line in server.lines if line in said] == said
        assert read(server).get_content() == "m"


def test_cram_md5_is_no_secret_on_the_way() -> None:
    """Where the user chose it, it is used without encryption too: the password itself is not sent."""
    with mail_server() as server:
        server.auth = "CRAM-MD5"
        server.replies = {"AUTH": f"334 {CHALLENGE}", "AUTH CRAM-MD5": f"334 {CHALLENGE}"}
        url = f"smtp://tim:tanstaaftanstaaf@{FAR}:{server.port}/?from=me@x.example&to=a@x.example&auth=CRAMMD5"
        answer = encoded(b"tim b913a602c7eda7a495b4e6e7334d3890")  # the example of RFC 2195
        server.replies[answer] = "235 in"
        Mail(parse_service(url).url, trusting).send("t", "m")
        assert answer in server.lines


@pytest.mark.parametrize(
    ("offered", "query", "reply", "words"),
    [
        ("GSSAPI", "", "", "no known way to sign in"),
        ("PLAIN", "&auth=Login", "", "no known way to sign in"),
        ("CRAM-MD5", "", "334 x", "challenge cannot be read"),
        ("CRAM-MD5", "", "535 hushhush", "status 535"),
    ],
)
def test_what_cannot_sign_in_says_so(offered: str, query: str, reply: str, words: str) -> None:
    """A server that wants something else, or makes no sense."""
    with mail_server() as server:
        server.auth = offered
        server.replies["AUTH"] = reply
        with pytest.raises(DdnsError, match=words) as caught:
            mail(server, query, "me:pass@").send("t", "m")
    assert not isinstance(caught.value, NetError)
    assert "hush" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "localhost"), ("&clienthost=auto", socket.gethostname()), ("&clienthost=x%0D%0Ay%20z", "xyz")],
)
def test_the_name_this_machine_gives_itself(name: str, said: str) -> None:
    """``auto`` is the machine's own; nothing breaks out of the line."""
    with mail_server() as server:
        mail(server, name).send("t", "m")
    assert server.lines[0].lower() == f"ehlo {said}".lower()


def test_a_plus_is_a_plus() -> None:
    """In a query it stands for a space, in an address of mail for itself."""
    with mail_server() as server:
        url = f"smtp://127.0.0.1:{server.port}/?from=me+ddns@x.example&to=+a+b@x.example, c%2Bd@x.example"
        Mail(parse_service(url).url).send("t", "m")
        assert read(server)["From"] == "me+ddns@x.example"
        assert read(server)["To"] == "a+b@x.example, c+d@x.example"
    assert [line for line in server.lines if line.startswith("rcpt")] == [
        *("rcpt to:<a+b@x.example>", "rcpt to:<c+d@x.example>")
    ]


@pytest.mark.parametrize("address", ["m%C3%BCller@x.example", "a@x.example%0D%0ADATA"])
def test_an_address_that_mail_cannot_carry(address: str) -> None:
    """It is refused before anything is sent, and not shown."""
    with pytest.raises(DdnsError, match="cannot carry") as caught:
        Mail(parse_service(f"smtp://127.0.0.1:9/?from=a@x.example&to={address}").url).send("t", "m")
    assert "x.example" not in caught.value.message


@pytest.mark.parametrize("goodbye", ["500 what", "221 bye"])
def test_what_was_taken_is_not_sent_again(goodbye: str) -> None:
    """Whatever the server says after it took the mail."""
    with mail_server() as server:
        server.replies["QUIT"] = goodbye
        assert "took" in mail(server).send("t", "m")


def test_a_server_that_ends_it_halfway_took_nothing() -> None:
    """421 among the recipients: those that had been accepted before it are asked again, too."""
    done: set[int] = set()
    with mail_server() as server:
        server.replies["rcpt to:<b+c@x.example>"] = "421 too busy"
        with pytest.raises(NetError, match="2 of 2"):
            mail(server).send("t", "m", done)
    assert done == set()


def test_login_can_be_left_out() -> None:
    """``auth=None`` signs in nowhere."""
    with mail_server() as server:
        mail(server, "&auth=None", "me:pass@").send("t", "m")
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
            mail(server, "", "me:hushhush@").send("t", "m")

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

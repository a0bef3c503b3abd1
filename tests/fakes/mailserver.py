"""A mail server on loopback that says what a script tells it to."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class MailServer:
    """Speaks just enough SMTP for one client at a time. ``replies`` replaces the answer to a command.

    ``lines`` are the commands as they arrived, ``mail`` the last message; ``secured`` says whether it came by TLS.
    """

    auth = "PLAIN"
    """How one may sign in."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, implicit: bool = False, starttls: bool = False) -> None:
        self.lines: list[str] = []
        self.mail = b""
        self.secured = False
        self.replies: dict[str, str] = {}
        self._tls, self._implicit, self._starttls = tls, implicit, starttls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and wait for the thread."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                link, _ = self._listener.accept()
                with suppress(OSError), link:
                    link.settimeout(5)
                    self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        if self._implicit:
            link = self._secure(link)
        link.sendall(self._reply("greeting", "220 ready"))
        self._converse(link, offer=self._starttls)

    def _converse(self, link: socket.socket, *, offer: bool) -> None:
        with link, link.makefile("rb") as reader:
            for raw in reader:
                line = raw.decode().rstrip()
                # Python 3.13 writes "rcpt to:", earlier ones "rcpt TO:"
                self.lines.append(line.replace("rcpt TO:", "rcpt to:"))
                word = line.partition(" ")[0].upper()
                reply = self._reply(word, self._usual(word, offer=offer))
                link.sendall(reply)
                if word == "QUIT":
                    return
                if reply.startswith(b"354"):
                    self.mail = _until_dot(iter(reader))
                    link.sendall(self._reply("done", "250 taken"))
                if word == "STARTTLS":
                    self._converse(self._secure(link), offer=False)
                    return

    def _usual(self, word: str, *, offer: bool) -> str:
        if word == "EHLO":
            return "250-here\r\n" + ("250-STARTTLS\r\n" if offer else "") + f"250 AUTH {self.auth}"
        return {"DATA": "354 go", "QUIT": "221 bye", "AUTH": "235 in", "STARTTLS": "220 go"}.get(word, "250 fine")

    def _secure(self, link: socket.socket) -> socket.socket:
        if self._tls is None:
            raise OSError("no certificate")
        self.secured = True
        return self._tls.wrap_socket(link, server_side=True)

    def _reply(self, word: str, usual: str) -> bytes:
        line = self.lines[-1] if self.lines else ""
        return f"{self.replies.get(line) or self.replies.get(word, usual)}\r\n".encode()


def _until_dot(lines: Iterator[bytes]) -> bytes:
    found = []
    for line in lines:
        if line == b".\r\n":
            break
        found.append(line)
    return b"".join(found)


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, starttls: bool = False
) -> Iterator[MailServer]:
    """Give a server and close it."""
    server = MailServer(tls, implicit=implicit, starttls=starttls)
    try:
        yield server
    finally:
        server.close()

"""A zone that is as it should be, over TLS on loopback: what a steady round of the traced program talks to.

It always says the same, so that a trace of the same program is the same on every machine.
Usage: server.py FOLDER PORTFILE
"""

import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

LATE = 0.03
"""Seconds that an answer takes at least."""
TRACE = """fl=1f1
h=localhost
ip=9.9.9.9
ts=1700000000.000
visit_scheme=https
uag=-
colo=FRA
http=http/1.1
loc=DE
tls=TLSv1.3
"""
ZONE = {
    "id": "0" * 32,
    "name": "example.org",
    "status": "active",
    "paused": False,
    "type": "full",
    "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
    "account": {"id": "1" * 32, "name": "Example"},
    "permissions": ["#dns_records:edit", "#dns_records:read", "#zone:read"],
    "plan": {"id": "2" * 32, "name": "Free Website", "price": 0, "currency": "USD", "legacy_id": "free"},
}


def record(number: int, name: str) -> dict[str, object]:
    """Return a record with every field that Cloudflare shows."""
    return {
        "id": f"{number:032}",
        "name": f"{name}.example.org",
        "type": "A",
        "content": "9.9.9.9",
        "proxiable": True,
        "proxied": False,
        "ttl": 1,
        "settings": {},
        "meta": {},
        "comment": None,
        "tags": [],
        "created_on": "2026-01-01T00:00:00.000000Z",
        "modified_on": "2026-01-01T00:00:00.000000Z",
    }


def listed(found: list[dict[str, object]], per_page: int) -> bytes:
    """Return a page of an answer."""
    info = {"page": 1, "per_page": per_page, "count": len(found), "total_count": len(found), "total_pages": 1}
    return json.dumps({"result": found, "result_info": info, "success": True, "errors": [], "messages": []}).encode()


class Answers(BaseHTTPRequestHandler):
    """Knows three questions, and adds a byte to a file at each of the first, which begins a round."""

    protocol_version = "HTTP/1.1"
    rounds: Path

    def do_GET(self) -> None:
        """Answer."""
        path = self.path.partition("?")[0]
        if path == "/cdn-cgi/trace":
            with self.rounds.open("ab") as rounds:
                rounds.write(b".")
            self.send("text/plain", TRACE.encode())
        elif path == "/client/v4/zones":
            self.send("application/json", listed([ZONE], 50))
        else:
            self.send("application/json", listed([record(1, "a"), record(2, "b")], 5000))

    def send(self, kind: str, body: bytes) -> None:
        """Send an answer with the headers that Cloudflare's have: late and at once; the program always waits."""
        self.send_response_only(200)
        for name, value in (
            ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Content-Type", kind), ("Content-Length", str(len(body))),
            ("Connection", "keep-alive"), ("CF-Ray", "8f00000000000000-FRA"), ("Server", "cloudflare"),
            ("Cache-Control", "no-store"), ("Set-Cookie", "__cf_bm=0; path=/; HttpOnly; Secure; SameSite=None"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.wfile, connection = BytesIO(), self.wfile
        self.end_headers()
        answer = self.wfile.getvalue() + body
        self.wfile = connection
        time.sleep(LATE)
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Says nothing of clients that leave, as a program does that is stopped or killed."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


def main(folder: Path, told: Path) -> None:
    """Serve until killed; the port is written into a file."""
    Answers.rounds = told.with_name("rounds")
    server = Server(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    told.with_suffix(".part").write_text(str(server.server_port))
    told.with_suffix(".part").rename(told)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

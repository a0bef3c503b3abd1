"""Address echoes of the simulated Cloudflare: trace, plain text, and DNS over HTTPS."""

import base64
import struct

from tests.fakes.cf_world import World
from tests.fakes.httpserver import Answer, Call

TEXT = {"Content-Type": "text/plain"}
WIRE = {"Content-Type": "application/dns-message"}
QUESTION = b"\x06whoami\x0acloudflare\x00\x00\x10\x00\x03"


def trace(world: World, call: Call) -> Answer:
    """Answer ``/cdn-cgi/trace`` with the address set for the family of the connection."""
    host = call.headers.get("host", "")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    agent = call.headers.get("user-agent", "")
    lines = (
        f"fl=650f12\nh={name}\nip={world.trace[call.family]}\nts=1767229200.123\nvisit_scheme=https\nuag={agent}\n"
        f"colo=FRA\nsliver=none\nhttp=http/1.1\nloc=DE\ntls=TLSv1.3\nsni=plaintext\n{world.trace_extra}rbi=off\nkex=X25519\n"
    )
    return Answer(200, lines.encode(), TEXT)


def plain(world: World, call: Call) -> Answer:
    """Answer nothing but the address and a line end, as many services do."""
    return Answer(200, f"{world.trace[call.family]}\n".encode(), TEXT)


def doh(world: World, call: Call) -> Answer:
    """Answer ``whoami.cloudflare`` TXT of class CH in wire format, by POST or GET; anything else is NXDOMAIN."""
    padded = call.one("dns") + "=" * (-len(call.one("dns")) % 4)
    query = call.body if call.method == "POST" else base64.urlsafe_b64decode(padded)
    if len(query) < 12 or (call.method == "POST" and call.headers.get("content-type") != "application/dns-message"):
        return Answer(400, b"", TEXT)
    ident, question = query[:2], query[12:]
    if question[: len(QUESTION)].lower() != QUESTION:
        return Answer(200, ident + struct.pack("!5H", 0x8183, 1, 0, 0, 0) + question, WIRE)
    text = world.trace[call.family].encode()
    reply = b"\xc0\x0c" + struct.pack("!HHIH", 16, 3, 0, len(text) + 1) + bytes((len(text),)) + text
    return Answer(200, ident + struct.pack("!5H", 0x8180, 1, 1, 0, 0) + QUESTION + reply, WIRE)


PATHS = {"/cdn-cgi/trace": trace, "/ip": plain, "/dns-query": doh}

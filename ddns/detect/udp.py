"""``dns.whoami`` and ``dns.opendns``: resolvers that answer with the address they were asked from, over plain UDP."""

import os
import socket
from ipaddress import ip_address
from typing import Final

from ddns.core.addresses.accept import Rules, Undetected, accept
from ddns.core.addresses.families import Family, Known
from ddns.detect.boundary import SLOW
from ddns.detect.dnswire import AAAA, IN, WHOAMI, A, Question, decode, encode, text_of
from ddns.ports import Clock

_TRIES: Final = 3
_AF: Final = {4: socket.AF_INET, 6: socket.AF_INET6}


def whoami(server: str, clock: Clock, rules: Rules, seconds: float) -> Known:
    """Ask a resolver of Cloudflare. Undetected when the answer is not this machine's address."""
    return Known((accept(text_of(_query(server, WHOAMI, clock, rules.family, seconds)), rules),))


def opendns(server: str, clock: Clock, rules: Rules, seconds: float) -> Known:
    """Ask a resolver of OpenDNS. Undetected when the answer is not this machine's address."""
    question = Question("myip.opendns.com", A if rules.family == 4 else AAAA, IN, recurse=True)
    answers = _query(server, question, clock, rules.family, seconds)
    if len(answers) != 1 or len(answers[0]) != (4 if rules.family == 4 else 16):
        raise Undetected("the DNS answer does not hold exactly one address")
    return Known((accept(str(ip_address(answers[0])), rules),))


def _query(server: str, question: Question, clock: Clock, family: Family, seconds: float) -> tuple[bytes, ...]:
    try:
        return _ask(server, question, clock, family, seconds)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a host or host:port"
        raise Undetected(f"the DNS server {server} cannot be asked ({reason})") from None


def _ask(server: str, question: Question, clock: Clock, family: Family, seconds: float) -> tuple[bytes, ...]:
    """Ask up to three times, as datagrams get lost. A connected socket hears the server's address and port only."""
    host, port = _server(server)
    address = socket.getaddrinfo(host.encode("ascii"), port, _AF[family], socket.SOCK_DGRAM)[0][4]
    end = clock.monotonic() + seconds
    with socket.socket(_AF[family], socket.SOCK_DGRAM) as sock:
        sock.connect(address)
        ident = int.from_bytes(os.urandom(2), "big")
        for left in range(_TRIES, 0, -1):
            sock.send(encode(question, ident))
            answer = _receive(sock, ident, clock, clock.monotonic() + (end - clock.monotonic()) / left)
            if answer:
                return decode(answer, ident, question)
    raise Undetected(f"the DNS server {host} did not answer in time", SLOW)


def _receive(sock: socket.socket, ident: int, clock: Clock, end: float) -> bytes:
    """Return the datagram with our ID, passing over others (late or forged ones); empty when none comes in time."""
    while (left := end - clock.monotonic()) > 0:
        sock.settimeout(left)
        try:
            answer = sock.recv(4096)
        except TimeoutError:
            break
        if answer[:2] == ident.to_bytes(2, "big"):
            return answer
    return b""


def _server(text: str) -> tuple[str, int]:
    """Take apart ``host``, ``host:port``, an IPv6 address or ``[address]:port``."""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, int(port.removeprefix(":") or 53)
    host, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    return host, int(port or 53)

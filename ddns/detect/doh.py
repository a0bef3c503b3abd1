"""``cloudflare.doh``: Cloudflare's resolver, asked over HTTPS (RFC 8484) who is asking."""

import os

from ddns.core.addresses.accept import Rules, Undetected, accept
from ddns.core.addresses.families import Known
from ddns.detect.dnswire import WHOAMI, decode, encode, text_of
from ddns.ports import Http, Request

_TYPE = "application/dns-message"


def ask(http: Http, url: str, rules: Rules, seconds: float) -> Known:
    """Ask. NetError or Undetected when the answer is not this machine's address."""
    ident = int.from_bytes(os.urandom(2), "big")
    headers = {"Content-Type": _TYPE, "Accept": _TYPE}
    body = encode(WHOAMI, ident)
    response = http.send(Request("POST", url, headers, body, rules.family, seconds, limit=4096))
    if response.status != 200:
        raise Undetected(f"Cloudflare's DNS over HTTPS answered HTTP {response.status}")
    return Known((accept(text_of(decode(response.body, ident, WHOAMI)), rules),))

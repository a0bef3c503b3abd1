"""Address ranges a record should not point to: Cloudflare's own, and those that are not on the Internet.

Kept as text and read on first use, so that a round that needs one family pays for that one only.
"""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from ddns.core.addresses.families import Address, Family

# https://www.cloudflare.com/ips-v4/ and /ips-v6/, also GET /ips of the API; as of 2026-08, unchanged since 2021-04.
_CLOUDFLARE = {
    4: """173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18
          190.93.240.0/20 188.114.96.0/20 197.234.240.0/22 198.41.128.0/17 162.158.0.0/15 104.16.0.0/13 104.24.0.0/14
          172.64.0.0/13 131.0.72.0/22""",
    6: """2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32 2405:8100::/32 2a06:98c0::/29
          2c0f:f248::/32""",
}

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), as of 2026-08: what is not globally
# reachable. 6to4 and Teredo are left out: old, but on the Internet. The first match gives the word.
_SPECIAL = {
    4: {
        "10.0.0.0/8": "private",
        "172.16.0.0/12": "private",
        "192.168.0.0/16": "private",
        "100.64.0.0/10": "shared by a provider's customers (carrier-grade NAT)",
        "192.0.2.0/24": "for documentation",
        "198.51.100.0/24": "for documentation",
        "203.0.113.0/24": "for documentation",
        "198.18.0.0/15": "for benchmarks",
        "192.0.0.0/24": "reserved",
        "192.88.99.0/24": "reserved",
        "0.0.0.0/8": "reserved",
        "240.0.0.0/4": "reserved",
    },
    6: {
        "fc00::/7": "private (unique local)",
        "fec0::/10": "private (site local)",
        "2001:db8::/32": "for documentation",
        "3fff::/20": "for documentation",
        "2001:2::/48": "for benchmarks",
        "2001:10::/28": "reserved",
        "2001:20::/28": "reserved",
        "::/3": "reserved",  # everything outside 2000::/3, the global unicast space (RFC 4291 §2.4)
        "4000::/2": "reserved",
        "8000::/1": "reserved",
    },
}

_Range = IPv4Network | IPv6Network


@cache
def _cloudflare(family: Family) -> tuple[_Range, ...]:
    return tuple(map(ip_network, _CLOUDFLARE[family].split()))


@cache
def _special(family: Family) -> tuple[tuple[_Range, str], ...]:
    return tuple((ip_network(text), word) for text, word in _SPECIAL[family].items())


def is_cloudflare(address: Address) -> bool:
    """Whether the address is Cloudflare's: it is then that of a proxy, of WARP or of a Worker, never this machine's."""
    return any(address in network for network in _cloudflare(address.version))


def special_kind(address: Address) -> str:
    """Return why nobody on the Internet reaches this address ("private", "for documentation" …), "" when they do."""
    return next((word for network, word in _special(address.version) if address in network), "")

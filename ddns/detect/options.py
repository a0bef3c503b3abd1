"""What detection needs to be told, as plain values."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from ddns.core.addresses.accept import Rules
from ddns.core.addresses.families import Family
from ddns.core.expressions.selectors import AddressFilter

T = TypeVar("T")


class Endpoints(NamedTuple):
    """Who is asked, as URLs or servers; pairs are for IPv4 and for IPv6.

    The defaults are the real ones; tests put servers of their own in their place.
    """

    trace: tuple[str, ...] = (  # favonia/cloudflare-ddns of 2026-08; the first is the API's host: one connection
        "https://api.cloudflare.com/cdn-cgi/trace",
        "https://www.cloudflare.com/cdn-cgi/trace",
        "https://connectivity.cloudflareclient.com/cdn-cgi/trace",
    )
    doh: str = "https://cloudflare-dns.com/dns-query"
    ipify: tuple[str, str] = ("https://api4.ipify.org", "https://api6.ipify.org")
    whoami: tuple[str, str] = ("1.1.1.1", "2606:4700:4700::1111")
    opendns: tuple[str, str] = ("208.67.222.222", "2620:119:35::35")


class Options(NamedTuple):
    """The settings that concern detection. ``timeout`` in seconds is for one source as a whole.

    ``filters`` are those of the settings, which the round applies; one source chooses by them. ``environ`` is what
    commands see (``ddns.shell`` takes our own secrets out).
    """

    timeout: float = 5.0
    prefix_lengths: tuple[int, int] = (32, 64)
    reject_private: bool = True
    reject_cloudflare: bool = True
    filters: tuple[AddressFilter | None, AddressFilter | None] = (None, None)
    environ: Mapping[str, str] = {}
    endpoints: Endpoints = Endpoints()

    def network_rules(self, family: Family) -> Rules:
        """Return the rules for addresses that somebody else named."""
        return self.chosen_rules(family)._replace(
            reject_private=self.reject_private, reject_cloudflare=self.reject_cloudflare
        )

    def chosen_rules(self, family: Family) -> Rules:
        """Return the rules for addresses the user chose (static, local, file)."""
        return Rules(family, pick(self.prefix_lengths, family))


def pick(pair: tuple[T, T], family: Family) -> T:
    """Return the value for a family from a pair of one for IPv4 and one for IPv6."""
    return pair[0 if family == 4 else 1]

"""Address hints in HTTPS and SVCB records."""

from ipaddress import ip_address

import pytest

from ddns.core.entries import Metadata
from ddns.core.planning.hints import hints, stale
from ddns.core.planning.plan import Abort, Intent, Update, Wanted
from ddns.core.records import Record

HOME = "home.example.org"


def record(content: str) -> Record:
    """Return an HTTPS record at a name of ours."""
    return Record("id", HOME, "HTTPS", content, Metadata())


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("1 . alpn=h2", []),
        ('1 . alpn="h3,h2" ipv4hint="192.0.2.1,192.0.2.2"', [("A", "192.0.2.1"), ("A", "192.0.2.2")]),
        ("1 . ipv6hint=2001:DB8:0::1 ipv4hint=192.0.2.1", [("AAAA", "2001:db8::1"), ("A", "192.0.2.1")]),
        ("1 . ipv4hint= ipv4hint=x", []),
    ],
)
def test_what_is_a_hint(content: str, found: list[tuple[str, str]]) -> None:
    """With quotation marks or without, several with commas, in any spelling of the address."""
    assert list(hints(content)) == found


@pytest.mark.parametrize(
    ("intent", "told"),
    [
        (Update((ip_address("192.0.2.1"),)), []),
        (Update((ip_address("192.0.2.1"), ip_address("192.0.2.9"))), []),
        (Update((ip_address("192.0.2.9"),)), ["192.0.2.1"]),
        (Abort("unknown"), []),
    ],
)
def test_which_hints_are_out_of_date(intent: Intent, told: list[str]) -> None:
    """Those that are not among the addresses that are wanted; nothing is said of an address that is not known."""
    found = list(stale([Wanted(HOME, "A", intent)], [record("1 . ipv4hint=192.0.2.1 ipv6hint=2001:db8::1")]))

    assert [problem.key for problem in found] == [f"hint.HTTPS.{HOME}"] * bool(told)
    assert all(text in problem.what for text, problem in zip(told, found, strict=True))

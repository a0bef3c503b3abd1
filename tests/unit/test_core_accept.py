"""Which addresses may be published, and what is said of the others."""

from ipaddress import ip_address, ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.accept import Rules, Undetected, accept, in_order
from ddns.core.addresses.families import Family, Found

NETWORK = {
    4: Rules(4, 32, reject_private=True, reject_cloudflare=True),
    6: Rules(6, 64, reject_private=True, reject_cloudflare=True),
}
CHOSEN = {4: Rules(4, 32), 6: Rules(6, 64)}


@pytest.mark.parametrize(
    ("text", "family", "found"),
    [
        ("8.8.8.8", 4, "8.8.8.8/32"),
        ("8.8.8.8/24", 4, "8.8.8.8/24"),
        ("2a00:1450::8", 6, "2a00:1450::8/64"),
        ("2A00:1450::8/128", 6, "2a00:1450::8/128"),
        ("::ffff:8.8.8.8", 4, "8.8.8.8/32"),
        ("::ffff:8.8.8.8/120", 4, "8.8.8.8/24"),
        ("1.1.1.1", 4, "1.1.1.1/32"),
        ("2002:808:808::1", 6, "2002:808:808::1/64"),
    ],
)
def test_addresses_of_the_internet_are_accepted(text: str, family: Family, found: str) -> None:
    """A bare address gets the default length; IPv4 written as IPv6 is unmapped, its length with it."""
    assert accept(text, NETWORK[family]) == ip_interface(found)


@pytest.mark.parametrize(
    ("text", "family", "words"),
    [
        ("2a00:1450::8", 4, "is not an IPv4 address"),
        ("8.8.8.8", 6, "is not an IPv6 address"),
        ("::ffff:8.8.8.8", 6, "an IPv4 address written as IPv6"),
        ("::ffff:8.8.8.8/95", 4, "too short"),
        ("0.0.0.0", 4, "the unspecified address"),  # noqa: S104 -- nothing is bound to it
        ("::", 6, "the unspecified address"),
        ("127.0.0.1", 4, "a loopback address"),
        ("::ffff:127.0.0.1", 4, "a loopback address"),
        ("::1", 6, "a loopback address"),
        ("169.254.1.1", 4, "a link-local address"),
        ("fe80::1", 6, "a link-local address"),
        ("2a00:1450::8%eth0", 6, "tied to one link by its zone"),
        ("224.0.0.1", 4, "a multicast address"),
        ("ff02::1", 6, "a multicast address"),
        ("255.255.255.255", 4, "the broadcast address"),
        ("8.8.8.8/33", 4, "not an IP address"),
        ("8.8.8.8/-1", 4, "not an IP address"),
        ("8.8.8.8/²", 4, "not an IP address"),
        ("8.8.8.8/255.255.255.0", 4, "not an IP address"),
        ("8.8.8.8/", 4, "not an IP address"),
        ("8.8.8.008", 4, "not an IP address"),
        ("8.8.8.8 ", 4, "not an IP address"),
        ("home.example.org", 4, "not an IP address"),
        ("", 4, "not an IP address"),
    ],
)
def test_what_no_record_can_use_is_refused_from_everybody(text: str, family: Family, words: str) -> None:
    """Wrong family, not unicast, or no address: refused even where the user wrote it."""
    with pytest.raises(Undetected) as caught:
        accept(text, CHOSEN[family])

    assert words in caught.value.message


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("10.1.2.3", "REJECT_PRIVATE_IPS"),
        ("172.31.0.1", "REJECT_PRIVATE_IPS"),
        ("192.168.1.1", "REJECT_PRIVATE_IPS"),
        ("100.127.0.1", "REJECT_PRIVATE_IPS"),
        ("192.0.2.1", "REJECT_PRIVATE_IPS"),
        ("198.51.100.1", "REJECT_PRIVATE_IPS"),
        ("203.0.113.1", "REJECT_PRIVATE_IPS"),
        ("198.19.0.1", "REJECT_PRIVATE_IPS"),
        ("192.0.0.8", "REJECT_PRIVATE_IPS"),
        ("240.0.0.1", "REJECT_PRIVATE_IPS"),
        ("0.1.2.3", "REJECT_PRIVATE_IPS"),
        ("fd00::1", "REJECT_PRIVATE_IPS"),
        ("fec0::1", "REJECT_PRIVATE_IPS"),
        ("2001:db8::1", "REJECT_PRIVATE_IPS"),
        ("3fff::1", "REJECT_PRIVATE_IPS"),
        ("2001:2::1", "REJECT_PRIVATE_IPS"),
        ("64:ff9b::808:808", "REJECT_PRIVATE_IPS"),
        ("4000::1", "REJECT_PRIVATE_IPS"),
        ("8000::1", "REJECT_PRIVATE_IPS"),
        ("104.27.255.255", "REJECT_CLOUDFLARE_IPS"),
        ("2606:4700:ffff::1", "REJECT_CLOUDFLARE_IPS"),
    ],
)
def test_network_sources_have_stricter_rules(text: str, setting: str) -> None:
    """What nobody reaches, and Cloudflare's own, is refused with the setting's name; the user may still choose it."""
    family: Family = 6 if ":" in text else 4
    with pytest.raises(Undetected) as caught:
        accept(text, NETWORK[family])

    assert f"{setting}=false" in caught.value.hint
    assert accept(text, CHOSEN[family]).ip == ip_address(text)


@given(st.text(), st.sampled_from([*NETWORK.values(), *CHOSEN.values()]))
def test_reading_never_raises_anything_else(text: str, rules: Rules) -> None:
    """Whatever the text, it is an address of the family or Undetected."""
    try:
        found = accept(text, rules)
    except Undetected:
        return
    assert found.version == rules.family


@given(st.lists(st.ip_addresses(v=4).map(lambda address: ip_interface(f"{address}/24")), min_size=1))
def test_order_is_by_address_without_duplicates(found: list[Found]) -> None:
    """The order a source gives its addresses in does not matter."""
    result = in_order([*reversed(found), *found], CHOSEN[4])

    assert set(result) == set(found)
    assert [int(each.ip) for each in result] == sorted({int(each.ip) for each in found})


def test_nothing_is_not_an_answer() -> None:
    """An empty list of addresses is Undetected, never a known-empty set."""
    with pytest.raises(Undetected, match="no IPv6 address"):
        in_order((), CHOSEN[6])

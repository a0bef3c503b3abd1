"""Host IDs."""

from ipaddress import IPv6Address, IPv6Interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.hostids import HostId, derive, parse_hostids, suspicious

FOUND = IPv6Interface("2001:db8:1:2:aaaa:bbbb:cccc:dddd/64")


def one(text: str) -> HostId:
    """Return the only host ID in a text."""
    (host,) = parse_hostids(text)
    return host


@pytest.mark.parametrize(
    ("host", "found", "wanted"),
    [
        ("preserve", "2001:db8::5/128", "2001:db8::5"),
        ("::1", "2001:db8:1:2:3:4:5:6/64", "2001:db8:1:2::1"),
        ("::1", "2001:db8::2/127", "2001:db8::3"),
        ("::", "2001:db8::2/128", "2001:db8::2"),
        ("::", "2001:db8::2/64", "2001:db8::"),
        ("::5:0:0:0:1", "2001:db8:1:2:3:4:5:6/56", "2001:db8:1:5::1"),
        ("mac(00:11:22:33:44:55)", "2001:db8:1:2:3:4:5:6/64", "2001:db8:1:2:211:22ff:fe33:4455"),
        ("mac ( 02:11:22:33:44:55 )", "2001:db8:1:2:3:4:5:6/64", "2001:db8:1:2:11:22ff:fe33:4455"),
        ("mac(02-11-22-33-44-55)", "2001:db8:1:2:3:4:5:6/64", "2001:db8:1:2:11:22ff:fe33:4455"),
    ],
)
def test_hosts_replace_the_host_part(host: str, found: str, wanted: str) -> None:
    """The prefix stays, the host's bits follow it; a MAC becomes a modified EUI-64 identifier."""
    assert derive(IPv6Interface(found), one(host)) == IPv6Address(wanted)


@pytest.mark.parametrize(
    ("host", "found", "words"),
    [
        ("::1", "2001:db8::2/128", ("::1", "2001:db8::2/128", "at most 127")),
        ("::1:0:0:0:0", "2001:db8::2/64", ("at most 63", "not 64")),
        ("mac(00:11:22:33:44:55)", "2001:db8::2/65", ("exactly 64", "65")),
        ("mac(00:11:22:33:44:55)", "2001:db8::2/56", ("exactly 64", "56", "::211:22ff:fe33:4455")),
    ],
)
def test_impossible_pairs_give_a_reason(host: str, found: str, words: tuple[str, ...]) -> None:
    """An impossible pair is told with the host, the address and the prefix length that would do."""
    reason = derive(IPv6Interface(found), one(host))

    assert isinstance(reason, str)
    assert all(word in reason for word in words)


def test_only_too_short_prefixes_suggest_a_literal() -> None:
    """A literal cannot mend a prefix that is too long, so none is offered."""
    reason = derive(IPv6Interface("2001:db8::2/65"), one("mac(00:11:22:33:44:55)"))

    assert isinstance(reason, str)
    assert "literal" not in reason


def test_sets_are_canonical() -> None:
    """Two spellings of one set are equal: order, case, separators, duplicates and a trailing comma do not count."""
    left = parse_hostids("[ mac(AA-BB-CC-00-11-22), 0:0::1, preserve, ::0001, ]")
    right = parse_hostids("[preserve,::1,mac(aa:bb:cc:00:11:22)]")

    assert left == right
    assert len(left) == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not a host ID"),
        ("[]", "empty"),
        ("[ ]", "empty"),
        ("[::1", "closing bracket"),
        ("[::1,,::2]", "extra commas"),
        ("[,::1]", "extra commas"),
        ("[,]", "empty"),
        ("Preserve", "not a host ID"),
        ("1.2.3.4", "not a host ID"),
        ("::ffff:1.2.3.4", "IPv4"),
        ("fe80::1%eth0", "zone"),
        ("::1/64", "prefix length"),
        ("mac()", "MAC"),
        ("mac(aa:bb:cc:dd:ee)", "MAC"),
        ("mac(aa:bb-cc:dd:ee:ff)", "MAC"),
        ("mac(aabb.ccdd.eeff)", "MAC"),
        ("mac(aa:bb:cc:dd:ee:fg)", "MAC"),
        ("mac(aa:bb:cc:dd:e:fff)", "MAC"),
        ("mac(aa:bb:cc:dd:ee:ff:00)", "MAC"),
    ],
)
def test_bad_host_ids_are_refused(text: str, word: str) -> None:
    """Every malformed host ID gives a message that names its fault."""
    with pytest.raises(ValueError, match=word):
        parse_hostids(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("mac(00:00:00:00:00:00)", "all-zero"),
        ("mac(ff:ff:ff:ff:ff:ff)", "broadcast"),
        ("mac(01:00:5e:00:00:01)", "multicast"),
    ],
)
def test_suspicious_addresses_are_pointed_at(text: str, word: str) -> None:
    """A MAC address that no device can have is worth a warning."""
    assert word in suspicious(one(text))


@pytest.mark.parametrize("text", ["mac(02:11:22:33:44:55)", "::1", "preserve", "::"])
def test_ordinary_hosts_are_not_suspicious(text: str) -> None:
    """Ordinary host IDs give no warning."""
    assert suspicious(one(text)) == ""


@given(st.integers(0, (1 << 128) - 1), st.integers(0, 128), st.integers(0, (1 << 128) - 1))
def test_literals_keep_prefix_and_host_bits(address: int, length: int, literal: int) -> None:
    """A literal is possible exactly when it fits beside the prefix, and then both parts are kept bit by bit."""
    found = IPv6Interface((address, length))
    got = derive(found, HostId("literal", "x", literal))
    host_mask = (1 << (128 - length)) - 1

    if literal & ~host_mask:
        assert isinstance(got, str)
    else:
        assert isinstance(got, IPv6Address)
        assert int(got) & host_mask == literal
        assert int(got) & ~host_mask == address & ~host_mask


@given(st.one_of(st.integers(0, (1 << 48) - 1).map(lambda mac: f"mac({mac.to_bytes(6, 'big').hex(':')})"), st.text()))
def test_texts_round_trip_or_are_refused(text: str) -> None:
    """What was read can be typed back; nothing but ValueError is ever raised."""
    try:
        hosts = parse_hostids(text)
    except ValueError:
        return
    assert parse_hostids("[" + ",".join(host.text for host in hosts) + "]") == hosts

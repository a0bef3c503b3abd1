"""Addresses and their events, from the real kernel in a network namespace of our own, and from made-up messages."""

import socket

import pytest

from ddns.host import netlink
from tests.fakes import netns

pytestmark = pytest.mark.netns


def texts() -> set[str]:
    """Return the addresses as text, without the interface."""
    found = {member[4:] for member in netlink.addresses()}
    return {socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw) for raw in found}


def test_only_usable_global_addresses_are_listed() -> None:
    """Both families are; link scope, loopback, and deprecated addresses are not."""

    def action() -> None:
        netns.add_link()
        netns.add_address("192.0.2.7")
        netns.add_address("169.254.3.4", scope=253)
        netns.add_address("2001:db8::7")
        netns.add_address("2001:db8::8", life=600, flags=netns.NODAD | netns.DEPRECATED)
        assert texts() == {"192.0.2.7", "2001:db8::7"}

    netns.inside(action)


def test_an_event_comes_with_each_change_and_draining_takes_it() -> None:
    """Adding and removing both make the socket readable; afterwards nothing is left."""

    def action() -> None:
        netns.add_link()
        with netlink.open_events() as events:
            assert not netlink.drain(events)
            netns.add_address("192.0.2.7")
            assert netlink.drain(events)
            assert not netlink.drain(events)
            netns.remove_address("192.0.2.7")
            assert netlink.drain(events)

    netns.inside(action)


def test_an_overflow_is_an_event_too() -> None:
    """When events did not fit into the socket's buffer, that is noticed as a change, and the socket works on."""

    def action() -> None:
        netns.add_link()
        with netlink.open_events() as events:
            events.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            for last in range(1, 100):
                netns.add_address(f"192.0.2.{last}")
            assert netlink.drain(events)
            assert not netlink.drain(events)

    netns.inside(action)


def test_a_broken_socket_is_told() -> None:
    """A socket that fails again and again raises, so that nobody polls it for ever."""
    here, there = socket.socketpair()
    there.close()
    here.close()

    with pytest.raises(OSError, match="descriptor"):
        netlink.drain(here)


def test_the_same_address_on_another_interface_is_another_member() -> None:
    """The interface is part of a member."""
    one, two = b"\1\0\0\0\xc0\0\2\1", b"\2\0\0\0\xc0\0\2\1"

    assert netlink.digest(frozenset({one})) != netlink.digest(frozenset({two}))


def test_the_digest_is_what_the_sleeper_computes() -> None:
    """These values are also those of the C part's own test; the sum wraps at 64 bits and the order plays no part."""
    four, six = b"\1\0\0\0\xc0\0\2\1", b"\2\0\0\0" + bytes(range(16))

    assert netlink.digest(frozenset()) == 0
    assert netlink.digest(frozenset({four})) == 0x4405B2E02D60F28E
    assert netlink.digest(frozenset({six})) == 0x4C306EA21CC244F7
    assert netlink.digest(frozenset({four, six})) == netlink.digest(frozenset({six, four}))
    assert netlink.digest(frozenset({four, six})) < 1 << 64


def test_last_bytes_that_change_places_are_noticed() -> None:
    """Two interfaces that swap their addresses make another set with another digest."""
    for low in range(64):
        one = frozenset({b"\1\0\0\0\xc0\0\2" + bytes([low]), b"\2\0\0\0\xc0\0\2" + bytes([low + 1])})
        two = frozenset({b"\1\0\0\0\xc0\0\2" + bytes([low + 1]), b"\2\0\0\0\xc0\0\2" + bytes([low])})
        assert netlink.digest(one) != netlink.digest(two)

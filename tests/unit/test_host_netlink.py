"""Addresses and their events, from the real kernel in a network namespace of our own, and from made-up messages."""

import socket
import struct

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


def message(kind: int, body: bytes = b"", *, flags: int = 0) -> bytes:
    """Make one netlink message."""
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body


def address(value: bytes, *, kind: int = 1, flags: int = 0, scope: int = 0) -> bytes:
    """Make the body of an address message for interface 7."""
    return struct.pack("=BBBBI", 2, 32, flags, scope, 7) + struct.pack("=HH", 4 + len(value), kind) + value


DONE = message(3)


def test_the_local_end_of_a_point_to_point_link_counts() -> None:
    """IFA_LOCAL wins over IFA_ADDRESS, which is the other end there; an address message without either is nothing."""
    both = address(b"\xc0\0\2\1") + struct.pack("=HH", 8, 2) + b"\xc0\0\2\2"
    neither = address(b"\xc0\0\2\1", kind=9)

    found = netlink.addresses(lambda: iter([message(20, both) + message(20, neither), DONE]))
    assert found == {struct.pack("=I", 7) + b"\xc0\0\2\2"}


@pytest.mark.parametrize("flags", [0x20, 0x40, 0x08])
def test_unusable_addresses_do_not_count(flags: int) -> None:
    """Deprecated, tentative and duplicate addresses are not in the set."""
    body = address(b"\xc0\0\2\1", flags=flags)
    assert netlink.addresses(lambda: iter([message(20, body) + DONE])) == frozenset()


def test_a_list_that_was_disturbed_is_read_again() -> None:
    """NLM_F_DUMP_INTR means that the addresses changed meanwhile; three such lists are an error."""
    answers = [[message(20, address(b"\1\1\1\1"), flags=0x10) + DONE], [message(20, address(b"\2\2\2\2")) + DONE]]
    assert netlink.addresses(lambda: iter(answers.pop(0))) == {struct.pack("=I", 7) + b"\2\2\2\2"}

    with pytest.raises(OSError, match="kept changing"):
        netlink.addresses(lambda: iter([message(3, flags=0x10)]))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([message(2)], "refused"),
        ([], "no end"),
        ([b"\1\0\0\0" + bytes(12)], "broken"),
        ([b"\xff\0\0\0" + bytes(12)], "broken"),
        ([bytes(5)], "no end"),
    ],
)
def test_garbage_is_an_error_not_an_empty_set(answer: list[bytes], reason: str) -> None:
    """An error message, a list without an end and broken lengths all say that nothing is known."""
    with pytest.raises(OSError, match=reason):
        netlink.addresses(lambda: iter(answer))


def test_a_broken_attribute_ends_its_message() -> None:
    """An attribute shorter than its own header, or longer than the rest, is not followed; a bare header is none."""
    for length in (1, 9):
        body = struct.pack("=BBBBI", 2, 32, 0, 0, 7) + struct.pack("=HH", length, 1) + b"\xc0\0\2\1"
        assert netlink.addresses([message(20, body) + message(20, b"1234") + DONE].__iter__) == frozenset()

"""The list of addresses of the kernel: read whole, or not at all."""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.host import netlink
from ddns.rtnetlink import Assigned, assigned


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
    assert found == {struct.pack("<I", 7) + b"\xc0\0\2\2"}


@pytest.mark.parametrize("flags", [0x20, 0x40, 0x08])
def test_unusable_addresses_do_not_count(flags: int) -> None:
    """Deprecated, tentative and duplicate addresses are not in the set."""
    body = address(b"\xc0\0\2\1", flags=flags)
    assert netlink.addresses(lambda: iter([message(20, body) + DONE])) == frozenset()


def test_a_list_that_was_disturbed_is_read_again() -> None:
    """NLM_F_DUMP_INTR means that the addresses changed meanwhile; three such lists are an error."""
    answers = [[message(20, address(b"\1\1\1\1"), flags=0x10) + DONE], [message(20, address(b"\2\2\2\2")) + DONE]]
    assert netlink.addresses(lambda: iter(answers.pop(0))) == {struct.pack("<I", 7) + b"\2\2\2\2"}

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


def test_flags_beyond_the_first_eight_are_an_attribute() -> None:
    """IFA_FLAGS has all of them; one of another size is passed over, and so is an attribute without any size."""
    wide = address(b"\xc0\0\2\1", flags=1) + struct.pack("=HHI", 8, 8, 0x101)
    odd = address(b"\xc0\0\2\2") + struct.pack("=HHH", 6, 8, 0x101) + bytes(2) + bytes(8)

    found = assigned(ask=lambda: iter([message(20, wide) + message(20, odd) + DONE]))
    one, two = b"\xc0\0\2\1", b"\xc0\0\2\2"
    assert found == [Assigned(socket.AF_INET, 32, 0x101, 0, 7, one), Assigned(socket.AF_INET, 32, 0, 0, 7, two)]


@given(st.binary(max_size=200))
def test_any_answer_is_read_or_an_error(answer: bytes) -> None:
    """Whatever comes, nothing but OSError is raised."""
    try:
        assigned(ask=lambda: iter([answer, DONE]))
    except OSError:
        return

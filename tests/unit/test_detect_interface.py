"""``local``, ``local.iface`` and ``local.iface.stable``, with the real kernel in a network namespace of our own."""

import socket
import struct
from ipaddress import ip_address, ip_interface
from typing import Self

import pytest

from ddns.core.addresses.accept import Rules, Undetected
from ddns.core.addresses.families import Detected, Family, Known, Unknown
from ddns.core.entries import Source
from ddns.core.expressions.selectors import parse_filter
from ddns.detect import Detectors, Options, interface, local
from ddns.detect.interface import Own, select
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots
from ddns.rtnetlink import DADFAILED, DEPRECATED, TEMPORARY, TENTATIVE
from tests.fakes import netns
from tests.fakes.netns import LINK


def detect(kind: str, argument: str, family: Family) -> Detected:
    """Ask a source of this machine."""
    clock = SystemClock()
    return Detectors(Http(Roots(), "x", clock), clock, Options()).detect(Source(kind, argument), family)


PRIVATE = "10.1.2.3 is private: nobody on the Internet reaches it"


def found(*texts: str) -> Known:
    """Return a detection."""
    return Known(tuple(map(ip_interface, texts)))


@pytest.mark.netns
def test_addresses_of_a_real_interface() -> None:
    """All of a family with the default length, private ones too; link-local ones do not count."""

    def action() -> None:
        netns.add_link()
        nothing = detect("local.iface", netns.LINK, 4)
        for each in ("10.1.2.3", "8.8.8.8", "fd00::7", "2a00:1450::7"):
            netns.add_address(each)
        netns.add_address("169.254.3.4", scope=253)
        netns.add_address("2a00:1450::6", life=600, flags=netns.NODAD | netns.DEPRECATED)

        assert nothing == Unknown(f"the interface {netns.LINK} has no IPv4 address (link-local ones do not count)")
        assert detect("local.iface", netns.LINK, 4) == found("8.8.8.8/32", "10.1.2.3/32")._replace(note=PRIVATE)
        assert detect("local.iface.stable", netns.LINK, 4) == found("8.8.8.8/32", "10.1.2.3/32")
        six = detect("local.iface", netns.LINK, 6)
        assert six == found("2a00:1450::6/64", "2a00:1450::7/64", "fd00::7/64")._replace(
            note="fd00::7 is private (unique local): nobody on the Internet reaches it"
        )
        assert detect("local.iface.stable", netns.LINK, 6) == found("2a00:1450::7/64")

    netns.inside(action)


@pytest.mark.netns
def test_a_unique_local_address_alone_is_not_the_one_to_rely_on() -> None:
    """Until the provider's prefix arrives nothing is known, unless private addresses are wanted."""

    def action() -> None:
        netns.add_link()
        netns.add_address("fd00::7")
        answer = detect("local.iface.stable", netns.LINK, 6)
        assert isinstance(answer, Unknown)
        assert "only the unique local address fd00::7" in answer.reason
        assert "REJECT_PRIVATE_IPS=false" in answer.hint
        rules = Rules(6, 64)
        assert interface.stable(netns.LINK, rules, unique_local=True) == found("fd00::7/64")
        netns.add_address("2a00:1450::7")
        assert detect("local.iface.stable", netns.LINK, 6) == found("2a00:1450::7/64")

    netns.inside(action)


@pytest.mark.netns
def test_the_first_address_of_a_real_interface() -> None:
    """In the kernel's order, not sorted; with a filter the first that it keeps, or any for the filter to refuse."""

    def action() -> None:
        netns.add_link()
        for each in ("10.1.2.3", "9.9.9.9", "8.8.8.8"):
            netns.add_address(each)

        def first(text: str) -> Detected:
            options = Options(filters=(parse_filter(text, 4), None))
            clock = SystemClock()
            return Detectors(Http(Roots(), "x", clock), clock, options).detect(Source("local.iface.first", LINK), 4)

        assert first("keep-all") == found("10.1.2.3/32")._replace(note=PRIVATE)
        assert first("!addr-in(10.0.0.0/8)") == found("9.9.9.9/32")
        assert first("addr-in(172.16.0.0/12)") == found("10.1.2.3/32")._replace(note=PRIVATE)

    netns.inside(action)


@pytest.mark.netns
def test_local_without_any_route() -> None:
    """In an empty namespace there is no way to the Internet, and the words say over which family."""

    def action() -> None:
        for family in (4, 6):
            with pytest.raises(Undetected, match=f"no way to the Internet over IPv{family}"):
                local.source_address(Rules(4 if family == 4 else 6, 32))

    netns.inside(action)


def add_default_route() -> None:
    """Send everything of IPv4 out of the test's interface (rtnetlink(7), RTM_NEWROUTE)."""
    out = struct.pack("=HHI", 8, 4, socket.if_nametoindex(netns.LINK))  # RTA_OIF
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 254, 4, 253, 1, 0) + out  # main table, scope link
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.bind((0, 0))
        link.send(struct.pack("=IHHII", 16 + len(body), 24, 0x405, 1, 0) + body)
        assert struct.unpack_from("=i", link.recv(65536), 16) == (0,)


@pytest.mark.netns
def test_local_is_the_address_packets_would_bear() -> None:
    """With a default route its interface's address is the answer, and no packet is sent."""

    def action() -> None:
        netns.add_link()
        netns.add_address("10.1.2.3")
        add_default_route()

        assert detect("local", "", 4) == found("10.1.2.3/32")._replace(note=PRIVATE)

    netns.inside(action)


def test_a_missing_interface_names_those_there_are() -> None:
    """A misspelt name: the hint lists the names this machine has."""
    detected = detect("local.iface", "nope0", 4)

    assert isinstance(detected, Unknown)
    assert detected.reason == "there is no interface nope0"
    assert "lo" in detected.hint


@pytest.mark.parametrize("name", ["a\0b", "no\nline", "x" * 300, "\udcff"])
def test_a_name_no_interface_can_have(name: str) -> None:
    """Unknown, and the reason is one line."""
    detected = detect("local.iface", name, 4)

    assert isinstance(detected, Unknown)
    assert detected.reason.startswith("there is no interface ")
    assert detected.reason.isprintable()


def test_no_list_of_interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where netlink is refused the hint cannot name any."""

    def refuse() -> list[tuple[int, str]]:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "if_nameindex", refuse)

    assert detect("local.iface", "nope0", 4) == Unknown("there is no interface nope0", "check its name")


def test_the_loopback_interface_has_nothing_to_publish() -> None:
    """127.0.0.1 is on it, but nobody can reach that."""
    assert isinstance(detect("local.iface", "lo", 4), Unknown)


def test_a_kernel_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rtnetlink is forbidden the interface's addresses are unknown, and it is not called missing."""

    def refuse(*_: object) -> socket.socket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(Undetected, match=r"addresses of lo cannot be listed \(Operation not permitted\)"):
        interface.addresses("lo", Rules(4, 32))


class Kernel:
    """Stands in for a netlink socket: gives out these datagrams one by one."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers

    def __call__(self, *_: object) -> Self:
        """Open the socket."""
        return self

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""

    def recv(self, _: int) -> bytes:
        return self.answers.pop(0)

    def settimeout(self, _: float) -> None:
        """Nothing to wait for."""

    bind = send = settimeout


def own(text: str, flags: int = 0x80) -> Own:
    """Return an address as the kernel lists it."""
    each = ip_interface(text)
    return Own(2, each.ip, each.network.prefixlen, flags)


@pytest.mark.parametrize(
    ("listed", "stable", "left"),
    [
        ([own("2a00::1/64", TENTATIVE), own("2a00::2/64", DADFAILED), own("fe80::1/64")], False, []),
        ([own("2a00::1/64", TEMPORARY), own("2a00::2/64", DEPRECATED)], False, ["2a00::1", "2a00::2"]),
        ([own("2a00::1/64", TEMPORARY), own("2a00::2/64", DEPRECATED)], True, []),
        ([own("2a00::1/128"), own("2a00::2/64"), own("2a00::3/64")], True, ["2a00::2"]),
        ([own("fd00::1/64"), own("2a00::1/128")], True, ["2a00::1"]),
        ([own("fd00::1/64")], True, ["fd00::1"]),
    ],
)
def test_which_ipv6_addresses_are_selected(listed: list[Own], left: list[str], *, stable: bool) -> None:
    """Unusable ones never; for ``stable`` the one to rely on: public before unique-local, then the shortest prefix."""
    assert [str(each.address) for each in select(listed, 6, stable=stable)] == left


def message(kind: int, body: bytes, flags: int = 2) -> bytes:
    """Return a netlink message."""
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body + bytes(-len(body) % 4)


def address_body(family: int, value: bytes) -> bytes:
    """Return the body of RTM_NEWADDR."""
    return struct.pack("=BBBBI", family, 24, 0, 0, 7) + struct.pack("=HH", 4 + len(value), 1) + value


def test_only_addresses_of_the_family_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is of another family is passed over; an address of odd length makes the whole list unusable."""
    four, end = ip_address("10.0.0.1"), message(3, bytes(4))
    kernel = Kernel([message(20, address_body(7, b"abcd")) + message(20, address_body(2, four.packed)), end])
    monkeypatch.setattr(socket, "socket", kernel)

    assert interface.listing(4) == [Own(7, four, 24, 0)]
    kernel.answers += [message(20, address_body(2, b"abcde")), end]
    with pytest.raises(OSError, match="cannot be read"):
        interface.listing(4)


def test_a_list_that_changed_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dump the kernel marks as interrupted may lack addresses: the next one counts, and three such are an error."""
    cut = message(20, b"", flags=0x12) + message(3, bytes(4))
    kernel = Kernel([cut, message(3, bytes(4))])
    monkeypatch.setattr(socket, "socket", kernel)

    assert interface.listing(4) == []
    kernel.answers += [cut, cut, cut]
    with pytest.raises(OSError, match="kept changing"):
        interface.listing(4)

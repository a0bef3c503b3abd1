"""``ddns status --web``: who may listen where, and what a browser is answered."""

import socket

import pytest

from ddns.app.sleeping import Found
from ddns.app.webstatus import Address, listen, parse_address, respond
from ddns.core.memory import LastRound, Memory
from ddns.errors import ConfigError, DdnsError

NOW = 10_000.0
MEMORY = Memory(NOW - 60, 1, last=LastRound(NOW - 60, 1.5, ok=True), published=(("A home.example.org", ("9.9.9.9",)),))


def states() -> tuple[Found, ...]:
    """Return one instance that is well."""
    return (Found(7, MEMORY, ours=True),)


def asked(text: str) -> bytes:
    """Return a request as a browser sends it."""
    return text.replace("\n", "\r\n").encode() + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1", "127.0.0.1", 8099),
        ("127.0.0.2:1", "127.0.0.2", 1),
        ("9000", "127.0.0.1", 9000),
        ("0", "127.0.0.1", 0),
        ("localhost", "127.0.0.1", 8099),
        ("LOCALHOST:80", "127.0.0.1", 80),
        ("::1", "::1", 8099),
        ("[::1]", "::1", 8099),
        ("[::1]:9000", "::1", 9000),
    ],
)
def test_a_loopback_address_is_taken(text: str, host: str, port: int) -> None:
    """With a port or without one; a number alone is a port."""
    assert parse_address(text) == (host, port)


@pytest.mark.parametrize(
    "text",
    ["", "192.168.1.0", "::", "192.168.1.2:80", "home.example.org", "127.0.0.1:x", "127.0.0.1:65536", "[::1", ":80"],
)
def test_any_other_address_is_refused(text: str) -> None:
    """With what to do instead."""
    with pytest.raises(ConfigError) as caught:
        parse_address(text)
    assert "loopback" in caught.value.problems[0].what
    assert "STATUS_PAGE" in caught.value.problems[0].hint


def test_an_address_as_it_stands_in_a_url() -> None:
    """IPv6 in brackets."""
    assert [str(Address("127.0.0.1", 80)), str(Address("::1", 80))] == ["127.0.0.1:80", "[::1]:80"]


def test_a_port_that_is_taken_is_named() -> None:
    """Another one can be chosen."""
    with listen(Address("127.0.0.1", 0)) as first:
        taken = Address(*first.getsockname())
        with pytest.raises(DdnsError, match=f"{taken} cannot be listened on"):
            listen(taken)


def test_a_listener_for_ipv6() -> None:
    """On its loopback address."""
    with listen(Address("::1", 0)) as listener:
        assert listener.family == socket.AF_INET6


@pytest.mark.parametrize("host", ["127.0.0.1:8099", "localhost", "localhost:8099", "[::1]:8099", "[::1]", "127.0.0.1"])
@pytest.mark.parametrize("path", ["/", "/?x=1", "/index.html"])
def test_a_browser_of_this_machine_sees_the_page(host: str, path: str) -> None:
    """Whatever it calls this machine."""
    status, text, head_only = respond(asked(f"GET {path} HTTP/1.1\nAccept: */*\nHOST: {host}"), states, NOW)
    assert (status, head_only) == (200, False)
    assert "home.example.org" in text


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET / HTTP/1.1\nHost: evil.example", 403),
        ("GET / HTTP/1.1\nHost: evil.example:8099", 403),
        ("GET / HTTP/1.1\nHost: 192.168.1.2", 403),
        ("GET / HTTP/1.1\nHost: [fe80::1]:80", 403),
        ("GET / HTTP/1.1\nHost:", 403),
        ("GET / HTTP/1.1", 400),
        ("GET / HTTP/1.1\nHost: localhost\nHost: localhost", 400),
        ("GET /", 400),
        ("GET / FTP/1.1\nHost: localhost", 400),
        ("", 400),
        ("\xff\xfe", 400),
        ("POST / HTTP/1.1\nHost: localhost", 405),
        ("GET /favicon.ico HTTP/1.1\nHost: localhost", 404),
        ("GET /../etc/passwd HTTP/1.1\nHost: localhost", 404),
    ],
)
def test_every_other_request_is_refused(head: str, status: int) -> None:
    """A name of somebody else that leads here, another page, what is no request."""
    code, text, _ = respond(asked(head), states, NOW)
    assert code == status
    assert "home.example.org" not in text


def test_only_the_head_is_given_to_whom_it_is_enough() -> None:
    """HEAD."""
    status, text, head_only = respond(asked("HEAD / HTTP/1.1\nHost: localhost"), states, NOW)
    assert (status, head_only) == (200, True)
    assert text


def test_without_an_instance_there_is_nothing_to_show() -> None:
    """503, until one runs."""
    assert respond(asked("GET / HTTP/1.1\nHost: localhost"), tuple, NOW)[0] == 503

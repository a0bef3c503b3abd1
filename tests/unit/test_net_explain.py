"""Errors in plain words."""

import contextlib
import errno
import socket
import ssl
from http.client import HTTPException, IncompleteRead

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from ddns.errors import NetError
from ddns.net.explain import explain, is_dead, root_cause
from ddns.net.urlparts import Origin, parse_target


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "https://h refused the connection over IPv6"),
        (OSError(errno.ENETUNREACH, "x"), "https://h cannot be reached: no route to it over IPv6"),
        (OSError(errno.EPERM, "x"), "https://h cannot be reached: this machine's firewall forbids it over IPv6"),
        (OSError(12345, "x"), "https://h could not be reached (error 12345) over IPv6"),
        (OSError("x"), "https://h could not be reached (error None) over IPv6"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "the name in https://h has no IPv6 address"),
        (
            socket.gaierror(socket.EAI_AGAIN, "x"),
            "the name in https://h could not be looked up: no DNS server answered",
        ),
        (ssl.SSLError(1, "odd"), "https://h could not make a secure connection with us (TLS error) over IPv6"),
        (HTTPException("x"), "https://h answered with something that is not HTTP, or was cut short over IPv6"),
    ],
)
def test_each_failure_has_words(error: Exception, words: str) -> None:
    """What happened, to which server, over which family."""
    assert explain(error, "https://h", 6, 2e9).message == words


def test_without_a_forced_family_none_is_named() -> None:
    """Any family: the words leave it out."""
    assert explain(socket.gaierror(socket.EAI_NONAME, "x"), "https://h", 0, 2e9).message.endswith("has no address")
    assert explain(TimeoutError(), "https://h", 0, 2e9).message == "https://h did not answer in time"


def test_wrapped_errors_are_unwrapped() -> None:
    """The cause urllib3 keeps is what counts; without one its own error does."""
    bare = ProtocolError("broken", IncompleteRead(b"", 1))
    timeout = ReadTimeoutError(None, None, "x")  # type: ignore[arg-type]  # as urllib3 itself raises it
    timeout.__cause__ = TimeoutError()

    assert explain(timeout, "https://h", 4, 2e9).timeout
    assert root_cause(bare) is bare
    assert is_dead(ConnectionResetError())
    assert not is_dead(TimeoutError())


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://h/", "http:///x", "http://[::1", "/path", "http://h:99999/", "http://h:x/"]
)
def test_what_is_no_url(url: str) -> None:
    """Anything but an absolute http or https URL is refused without repeating it."""
    with pytest.raises(NetError) as caught:
        parse_target(url)

    assert not caught.value.sent


def test_parts_of_a_url() -> None:
    """Scheme, host, port, path with query, and login; the origin shows the port only where it is unusual."""
    target = parse_target("HTTPS://u:p%20w@例え.jp/a?b#c")

    assert (target.origin, target.path, target.login) == (Origin("https", "xn--r8jz45g.jp", 443), "/a?b", "u:p w")
    assert str(target.origin) == "https://xn--r8jz45g.jp"
    assert str(parse_target("http://[::1]:8080").origin) == "http://[::1]:8080"
    assert parse_target("http://h").path == "/"


@given(st.text())
def test_reading_a_url_never_raises_anything_else(text: str) -> None:
    """Whatever the text, it is a target or a NetError."""
    for url in (text, f"http://{text}", f"https://h/{text}"):
        with contextlib.suppress(NetError):
            assert parse_target(url).origin.host

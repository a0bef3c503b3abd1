"""URLs taken apart and put together."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.services.serviceurls import Url, encode, parse_url, quote, unquote, unsafe_host, web_url


def test_every_part_is_found_and_decoded() -> None:
    """A URL is taken apart at the marks that separate its parts, and each part is decoded."""
    url = parse_url("Gotify+HTTP://us%40er:p%3Aw@Host.example:8080/a%2Fb//c/?k=1+2&K=%41&flag#f%20g")

    assert url.scheme == "gotify+http"
    assert (url.user, url.password, url.host, url.port) == ("us@er", "p:w", "Host.example", "8080")
    assert url.address == "Host.example:8080"
    assert url.path == ("a/b", "c")
    assert url.query == (("k", "1 2"), ("K", "A"), ("flag", ""))
    assert url.fragment == "f g"
    assert url.tail == "a%2Fb//c/?k=1+2&K=%41&flag"
    assert parse_url("a://b?x#y").tail == "?x"


@pytest.mark.parametrize(
    ("text", "user", "password", "host", "port"),
    [
        ("a://b", "", "", "b", ""),
        ("a://u@b", "u", "", "b", ""),
        ("a://:p@b", "", "p", "b", ""),
        ("a://u:p:q@b", "u", "p:q", "b", ""),
        ("a://u@x:p@b:1", "u@x", "p", "b", "1"),
        ("a://[::1]", "", "", "[::1]", ""),
        ("a://[::1]:80/x", "", "", "[::1]", "80"),
        ("a://", "", "", "", ""),
        ("a:///x", "", "", "", ""),
    ],
)
def test_authorities(text: str, user: str, password: str, host: str, port: str) -> None:
    """The login ends at the last @, the name in it at the first colon; IPv6 hosts keep their brackets."""
    url = parse_url(text)

    assert (url.user, url.password, url.host, url.port) == (user, password, host, port)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("secret", "scheme"),
        ("", "scheme"),
        ("se cret://x", "scheme"),
        ("a://secret\n", "line end"),
        ("a://sec\u2003ret", "invisible"),
        ("s_e://secret", "scheme"),
        ("a://secret:0", "port"),
        ("a://secret:65536", "port"),
        ("a://secret:x", "port"),
        ("a://secret:٣", "port"),
        ("a://[::1]secret:123456", "port"),
    ],
)
def test_faults_never_show_the_url(text: str, words: str) -> None:
    """What is wrong is said without any part of the URL, which may be a secret."""
    with pytest.raises(ValueError, match=words) as caught:
        parse_url(text)
    assert "secret" not in str(caught.value)


def test_nothing_is_shown_of_a_url() -> None:
    """The repr of a URL tells nothing."""
    assert repr(parse_url("a://secret")) == "Url(redacted)"


def test_parameters() -> None:
    """Parameters match in any case, the first of several counts, and yes and no have many spellings."""
    url = parse_url("a://b?Title=x&title=y&on=YES&off=no&empty=")

    assert url.param("title") == "x"
    assert url.param("missing", "title") == "x"
    assert url.param("missing", default="d") == "d"
    assert url.flag("on")
    assert not url.flag("off", default=True)
    assert url.flag("empty", default=True)
    assert not url.flag("missing")


@pytest.mark.parametrize(
    ("text", "plain"), [("%41", "A"), ("%zz", "%zz"), ("%4", "%4"), ("%", "%"), ("%C3%A9", "é"), ("%FF", "\ufffd")]
)
def test_unquote(text: str, plain: str) -> None:
    """Invalid escapes stay, invalid bytes become the replacement character."""
    assert unquote(text) == plain


@given(st.text())
def test_quoting_round_trips(text: str) -> None:
    """What is quoted is plain ASCII and reads back as it was."""
    assert quote(text).isascii()
    assert unquote(quote(text)) == text.encode(errors="replace").decode()


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=4))
def test_forms_are_read_by_others(pairs: list[tuple[str, str]]) -> None:
    """The standard library reads our forms as they were meant."""
    wanted = [(key.encode(errors="replace").decode(), value.encode(errors="replace").decode()) for key, value in pairs]

    assert parse_qsl(encode(pairs), keep_blank_values=True) == wanted


def test_web_addresses() -> None:
    """A web address has the host and port of the URL and the path and query asked for."""
    url = Url("x", host="h.example", port="81")
    found = urlsplit(web_url(url, ("a b", "c@d"), [("k", "é")], scheme="http"))

    assert found[:4] == ("http", "h.example:81", "/a%20b/c@d", "k=%C3%A9")
    assert web_url(url, ()) == "https://h.example:81/"


@pytest.mark.parametrize(
    ("host", "unsafe"),
    [("a.example", False), ("[::1]", False), ("", True), ("a/b", True), ("é", True), ("[a b]", True), ("a:b", True)],
)
def test_hosts(host: str, *, unsafe: bool) -> None:
    """A host with characters no host has could lead a request elsewhere."""
    assert unsafe_host(host) is unsafe


@given(st.text(alphabet="a:/@?#[]%+&=0. \n"))
def test_only_value_errors(text: str) -> None:
    """Whatever the text, it is a URL or a ValueError."""
    try:
        parse_url(f"a://{text}")
    except ValueError:
        return

"""Names in any spelling."""

import re

import pytest

from ddns.core.domains import Domain, parse_domain, parse_relative


@pytest.mark.parametrize(
    ("text", "ascii_name", "shown"),
    [
        ("Home.Example.ORG.", "home.example.org", "home.example.org"),
        ("..home.example.org", "home.example.org", "home.example.org"),
        (" home.example.org ", "home.example.org", "home.example.org"),
        ("日本。co。jp", "xn--wgv71a.co.jp", "日本.co.jp"),
        ("\uff41\uff0eexample\uff61org", "a.example.org", "a.example.org"),
        ("🐱.example.org", "xn--5o8h.example.org", "🐱.example.org"),
        ("*.例え.jp", "*.xn--r8jz45g.jp", "*.例え.jp"),
        ("straße.de", "xn--strae-oqa.de", "straße.de"),
        ("XN--STRAE-OQA.de", "xn--strae-oqa.de", "straße.de"),
        ("_x.example.org", "_x.example.org", "_x.example.org"),
        ("🩷.ws", "xn--1z9h.ws", "🩷.ws"),
        ("xn--1z9h.ws", "xn--1z9h.ws", "🩷.ws"),
        ("xn--3kc.example.org", "xn--3kc.example.org", "xn--3kc.example.org"),
        ("אב.example.org", "xn--4dbc.example.org", "אב.example.org"),
        ("r3---sn.example.org", "r3---sn.example.org", "r3---sn.example.org"),
        ("1.168.192.in-addr.arpa", "1.168.192.in-addr.arpa", "1.168.192.in-addr.arpa"),
    ],
)
def test_spellings_become_ascii(text: str, ascii_name: str, shown: str) -> None:
    """Upper case, dots of other scripts, emoji and punycode all end in the API's ASCII, and are shown as Unicode."""
    domain = parse_domain(text)

    assert domain == Domain(ascii_name)
    assert str(domain) == ascii_name
    assert domain.describe() == shown


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("。", "not a name"),
        ("com", "too few labels"),
        ("*", "too few labels"),
        ("*.com", "too few labels"),
        ("a..example.org", "two dots"),
        ("*.*.example.org", '"*"'),
        ("a*.example.org", '"*"'),
        ("-a.example.org", "begin or end"),
        ("a-.example.org", "begin or end"),
        ("a b.example.org", "space"),
        ("https://example.org", "URL"),
        ("user@example.org", "URL"),
        ("1.2.3.4", "IP address"),
        ("a!b.example.org", "'!'"),
        ("℀.example.org", "'/'"),
        ("xn--0.example.org", "broken punycode"),
        ("xn--a.example.org", "broken punycode"),
        ("xn--9999999999999.example.org", "broken punycode"),
        ("xn--bücher.de", "begins with xn--"),
        ("\ud800.example.org", "no name can have"),
        ("אa.example.org", "mixes characters"),
        ("\u0301a.example.org", "mixes characters"),
        ("a\u200db.example.org", "mixes characters"),
        (f"{'x' * 64}.example.org", "63 bytes"),
        (".".join(["x" * 60] * 5), "253 characters"),
        ("x" * 2000, "253 characters"),
    ],
)
def test_what_is_no_name_is_refused_with_a_sentence(text: str, what: str) -> None:
    """Every kind of malformed name has words of its own."""
    with pytest.raises(ValueError, match=re.escape(what)) as caught:
        parse_domain(text)

    assert len(str(caught.value)) < 300


def test_messages_hold_no_control_characters() -> None:
    """A name with an escape sequence cannot write to the terminal."""
    with pytest.raises(ValueError, match=r"x1b") as caught:
        parse_domain("a\x1b[31m.example.org")

    assert str(caught.value).isprintable()


def test_a_label_of_63_bytes_and_a_name_of_253_characters_are_fine() -> None:
    """The limits themselves are allowed."""
    name = ".".join(["x" * 63, "x" * 63, "x" * 63, "x" * 61])

    assert len(parse_domain(name).ascii) == 253


def test_punycode_that_maps_to_something_else_is_not_shown_as_unicode() -> None:
    """A foreign name that would not come back the same is shown as it is."""
    assert Domain("xn--0.example.org").describe() == "xn--0.example.org"
    assert Domain("xn--a-ecp.example.org").describe().startswith("xn--")


@pytest.mark.parametrize(
    ("name", "zones"),
    [
        ("a.b.example.org", ("a.b.example.org", "b.example.org", "example.org")),
        ("*.b.example.org", ("b.example.org", "example.org")),
        ("example.org", ("example.org",)),
        ("org", ()),
    ],
)
def test_zone_candidates(name: str, zones: tuple[str, ...]) -> None:
    """Longest first, without the bare TLD, and a wildcard begins above its star."""
    assert Domain(name).zones() == zones


@pytest.mark.parametrize(
    ("text", "ascii_name"),
    [("", "@"), ("@", "@"), (" WWW ", "www"), ("*", "*"), ("*.a", "*.a"), ("日本", "xn--wgv71a")],
)
def test_names_inside_a_zone(text: str, ascii_name: str) -> None:
    """Relative names may have one label; nothing and @ are the zone itself."""
    assert parse_relative(text) == Domain(ascii_name)

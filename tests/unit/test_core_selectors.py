"""PROXIED expressions and detection filters."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.families import Family
from ddns.core.domains import Domain, parse_domain
from ddns.core.expressions.selectors import AddressFilter, DomainExpression, parse_expression, parse_filter


def holds(text: str, name: str) -> bool:
    """Evaluate an expression for a name."""
    return parse_expression(text).expression.holds(parse_domain(name))


@pytest.mark.parametrize("text", ["1", "t", "T", "TRUE", "true", "True"])
def test_true_in_all_spellings(text: str) -> None:
    """Every true of Go's ParseBool is one."""
    assert holds(text, "a.example.org")


@pytest.mark.parametrize("text", ["0", "f", "F", "FALSE", "false", "False"])
def test_false_in_all_spellings(text: str) -> None:
    """Every false of Go's ParseBool is one."""
    assert not holds(text, "a.example.org")


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("is(a.example.org)", "a.example.org", True),
        ("is(A.Example.ORG.)", "a.example.org", True),
        ("is(a.example.org)", "b.a.example.org", False),
        ("is(x.org, a.example.org)", "a.example.org", True),
        ("is(*.example.org)", "*.example.org", True),
        ("is(*.example.org)", "a.example.org", False),
        ("is(日本。co。jp)", "日本.co.jp", True),
        ("sub(example.org)", "a.example.org", True),
        ("sub(example.org)", "*.example.org", True),
        ("sub(example.org)", "*.b.example.org", True),
        ("sub(example.org)", "example.org", False),
        ("sub(example.org)", "anexample.org", False),
        ("sub(org)", "example.org", True),
        ("sub(org)", "example.net", False),
        ("sub(.)", "example.net", True),
        ("sub(日本)", "例え.日本", True),
        ("is(a.org) || sub(b.org) && !is(c.b.org)", "c.b.org", False),
        ("is(a.org) || sub(b.org) && !is(c.b.org)", "d.b.org", True),
    ],
)
def test_conditions(text: str, name: str, *, wanted: bool) -> None:
    """``is`` is equality of names in any spelling; ``sub`` is what lies strictly below."""
    assert holds(text, name) is wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("is()", "is() in"),
        ("sub()", "always false"),
        ("is(localhost)", "two labels"),
        ("is(.)", "two labels"),
        ("is(*)", "two labels"),
        ("sub(*.example.org)", "write sub(example.org) for"),
        ("sub(*)", "write sub(.) for"),
        ("is(a.org b.org)", "missing commas"),
        ("is(a.org,,b.org)", "extra commas"),
        ("!is(a.org) || !is(b.org)", 'did you mean "&&"?'),
    ],
)
def test_odd_expressions_are_read_with_a_warning(text: str, words: str) -> None:
    """What probably is a mistake is told, and used as it stands."""
    assert any(words in line for line in parse_expression(text).warnings)


@pytest.mark.parametrize("text", ["true", "false", "is(a.org)", "sub(org)  && !is(a.org)", "is(a.org, b.org,)"])
def test_plain_expressions_have_no_warnings(text: str) -> None:
    """What is fine is not commented on."""
    assert parse_expression(text).warnings == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing"),
        ("yes", "true, false"),
        ("a.example.org", r"is\(a.example.org\)"),
        ("has(a.org)", "not a known condition"),
        ("is(a.org) & is(b.org)", '"&&"'),
        ("is(a..org)", "a..org"),
        ("keep-all", "true, false"),
        ("sub(a^b)", "no name can have"),
        ("is(@)", "full name"),
    ],
)
def test_bad_expressions_are_refused(text: str, words: str) -> None:
    """What cannot be understood is refused with its reason."""
    with pytest.raises(ValueError, match=words):
        parse_expression(text)


def test_expressions_survive_being_rebuilt_from_text() -> None:
    """A value made anew from the text behaves like the old one."""
    old = parse_expression(" sub(a.org) ").expression
    new = DomainExpression(*old)

    assert new == old
    assert new.text == "sub(a.org)"
    assert new.holds(Domain("b.a.org"))


@pytest.mark.parametrize(
    ("text", "address", "wanted"),
    [
        ("addr-in(10.0.0.0/8)", "10.1.2.3", True),
        ("addr-in(10.9.9.9/8)", "10.1.2.3", True),
        ("!addr-in(10.0.0.0/8)", "10.1.2.3", False),
        ("addr-in(10.0.0.0/8, 192.0.2.0/24)", "192.0.2.7", True),
        ("addr-in(10.0.0.0/8) && !addr-in(10.1.0.0/16) || addr-in(10.1.2.3/32)", "10.1.2.3", True),
        ("addr-in(10.0.0.0/8) && !addr-in(10.1.0.0/16) || addr-in(10.1.2.3/32)", "10.1.2.4", False),
        ("addr-in(2000::/3)", "2001:db8::1", True),
        ("addr-in(2000::/3)", "fd00::1", False),
        ("addr-in(::/0)", "fd00::1", True),
    ],
)
def test_filters(text: str, address: str, *, wanted: bool) -> None:
    """A filter keeps the addresses its expression holds for; only the address counts."""
    parsed = ip_address(address)
    found = parse_filter(text, 4 if parsed.version == 4 else 6)

    assert found is not None
    assert found.keeps(parsed) is wanted
    assert AddressFilter(*found).keeps(parsed) is wanted


@pytest.mark.parametrize("text", ["keep-all", "  keep-all "])
def test_keep_all_is_no_filter(text: str) -> None:
    """``keep-all`` is the absence of a filter."""
    assert parse_filter(text, 4) is None


@pytest.mark.parametrize(
    ("text", "family", "words"),
    [
        ("addr-in(1.2.3.4)", 4, "1.2.3.4/32"),
        ("addr-in(2001:db8::1)", 6, "2001:db8::1/128"),
        ("addr-in(2001:db8::/32)", 4, "for IPv4"),
        ("addr-in(10.0.0.0/8)", 6, "for IPv6"),
        ("addr-in(fe80::%eth0/64)", 6, "not an IPv6 range"),
        ("addr-in(10.0.0.0/33)", 4, "not an address range"),
        ("addr-in(10.0.0.0/255.0.0.0)", 4, "not an address range"),
        ("addr-in(10.0.0.0/٨)", 4, "not an address range"),
        ("addr-in(home)", 4, r"such as 10\.0\.0\.0/8"),
        ("addr-in()", 4, "names no range"),
        ("addr-in(10.0.0.0/8 11.0.0.0/8)", 4, "missing commas"),
        ("keep-all && addr-in(10.0.0.0/8)", 4, "alone"),
        ("true", 6, "2000::/3"),
        ("is(a.org)", 4, "not a known condition"),
        ("", 4, "missing"),
    ],
)
def test_bad_filters_are_refused(text: str, family: Family, words: str) -> None:
    """Every fault of a filter has a message that helps."""
    with pytest.raises(ValueError, match=words):
        parse_filter(text, family)


@given(st.text(alphabet="is(sub)adr-n.,!&|* \t01/:x", max_size=40))
def test_only_value_errors(text: str) -> None:
    """Whatever is read, the answer is a value or ValueError."""
    for read in (parse_expression, lambda text: parse_filter(text, 4), lambda text: parse_filter(text, 6)):
        try:
            read(text)
        except ValueError:
            continue


@given(st.ip_addresses(), st.integers(0, 32))
def test_negation_splits_addresses(address: IPv4Address | IPv6Address, length: int) -> None:
    """Every address is kept by exactly one of a filter and its negation."""
    family: Family = 4 if address.version == 4 else 6
    text = f"addr-in({address}/{length})"
    plain, negated = parse_filter(text, family), parse_filter(f"!{text}", family)

    assert plain is not None
    assert negated is not None
    assert plain.keeps(address)
    assert not negated.keeps(address)

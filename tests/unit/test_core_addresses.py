"""Families, and the filter over what was detected."""

from ipaddress import ip_interface

import pytest

from ddns.core.addresses import FAMILIES, Detected, Known, Unknown, apply_filter, family_name, record_type
from ddns.core.selectors import parse_filter


def known(*texts: str) -> Known:
    """Return a detection with a note."""
    return Known(tuple(map(ip_interface, texts)), "note")


def test_names_of_families() -> None:
    """A is IPv4, AAAA is IPv6."""
    assert [(record_type(family), family_name(family)) for family in FAMILIES] == [("A", "IPv4"), ("AAAA", "IPv6")]


@pytest.mark.parametrize("detected", [known("10.0.0.1/32"), Known(()), Unknown("no")])
def test_without_a_filter_nothing_changes(detected: Detected) -> None:
    """``keep-all`` is no filter."""
    assert apply_filter(detected, None) is detected


def test_a_filter_keeps_what_it_keeps() -> None:
    """Addresses outside are left out, whatever their prefix length; the note stays."""
    chosen = parse_filter("!addr-in(10.0.0.0/8)", 4)

    assert apply_filter(known("8.8.8.8/24", "10.0.0.1/32"), chosen) == known("8.8.8.8/24")


def test_a_filter_that_keeps_nothing_makes_the_addresses_unknown() -> None:
    """Unknown, never empty: an empty set would delete records."""
    result = apply_filter(known("8.8.8.8/32"), parse_filter("addr-in(10.0.0.0/8)", 4))

    assert isinstance(result, Unknown)
    assert "IP4_DETECTION_FILTER" in result.hint


@pytest.mark.parametrize("detected", [Known(()), Unknown("no")])
def test_empty_and_unknown_pass_a_filter(detected: Detected) -> None:
    """The known-empty set and the unknown hold nothing to filter."""
    assert apply_filter(detected, parse_filter("addr-in(10.0.0.0/8)", 4)) is detected

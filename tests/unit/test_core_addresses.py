"""Families and their names."""

from ddns.core.addresses.families import FAMILIES, family_name, record_type


def test_names_of_families() -> None:
    """A is IPv4, AAAA is IPv6."""
    assert [(record_type(family), family_name(family)) for family in FAMILIES] == [("A", "IPv4"), ("AAAA", "IPv6")]

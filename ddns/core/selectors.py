"""Boolean expressions: over domains (PROXIED) and over addresses (detection filters)."""

from typing import NamedTuple

from ddns.core.addresses import Address, Family
from ddns.core.domains import Domain


class AddressFilter(NamedTuple):
    """A detection filter as the user wrote it, checked."""

    text: str
    family: Family

    def keeps(self, address: Address) -> bool:
        """Whether the filter keeps an address of its family."""
        raise NotImplementedError(address)


def parse_filter(text: str, family: Family) -> AddressFilter | None:
    """Read a detection filter; None is ``keep-all``. ValueError says what is wrong, for people."""
    raise NotImplementedError(text, family)


class DomainExpression(NamedTuple):
    """A checked PROXIED expression. ``inclusive_sub``: ``sub(d)`` holds for ``d`` itself (timothymiller)."""

    text: str
    inclusive_sub: bool = False

    def holds(self, domain: Domain) -> bool:
        """Evaluate it for a domain."""
        raise NotImplementedError(domain)


class Parsed(NamedTuple):
    """A PROXIED expression and what the reader and the advisory linter have to say about it (each a sentence)."""

    expression: DomainExpression
    warnings: tuple[str, ...] = ()


def parse_expression(text: str, *, inclusive_sub: bool = False) -> Parsed:
    """Read a PROXIED expression. ValueError says what is wrong, for people."""
    raise NotImplementedError(text, inclusive_sub)

"""Boolean expressions as values: over domains (PROXIED) and over addresses (detection filters).

What reads and decides them is imported where there is more than a plain true, false or keep-all.
"""

from typing import NamedTuple

from ddns.core.addresses.families import Address, Family
from ddns.core.booleans import FALSE, TRUE
from ddns.core.domains import Domain


class AddressFilter(NamedTuple):
    """A detection filter as the user wrote it, checked."""

    text: str
    family: Family

    def keeps(self, address: Address) -> bool:
        """Whether the filter keeps an address of its family."""
        from ddns.core.expressions.exprs import decide  # noqa: PLC0415 -- most users have no filter
        from ddns.core.expressions.selecting import address_atom, filter_tree  # noqa: PLC0415 -- likewise

        return decide(filter_tree(self.text, self.family), lambda atom: address_atom(atom, address))


def parse_filter(text: str, family: Family) -> AddressFilter | None:
    """Read a detection filter; None is ``keep-all``. ValueError says what is wrong, for people."""
    body = text.strip()
    if body == "keep-all":
        return None
    from ddns.core.expressions.selecting import filter_tree  # noqa: PLC0415 -- most users have no filter

    filter_tree(body, family)
    return AddressFilter(body, family)


class DomainExpression(NamedTuple):
    """A checked PROXIED expression."""

    text: str

    def holds(self, domain: Domain) -> bool:
        """Evaluate it for a domain."""
        if self.text in TRUE or self.text in FALSE:
            return self.text in TRUE
        from ddns.core.expressions.exprs import decide  # noqa: PLC0415 -- most users write true or false
        from ddns.core.expressions.selecting import domain_atom, domain_tree  # noqa: PLC0415 -- likewise

        return decide(domain_tree(self.text)[0], lambda atom: domain_atom(atom, domain.ascii))


class Parsed(NamedTuple):
    """A PROXIED expression and what the reader and the advisory linter have to say about it (each a sentence)."""

    expression: DomainExpression
    warnings: tuple[str, ...] = ()


def parse_expression(text: str) -> Parsed:
    """Read a PROXIED expression. ValueError says what is wrong, for people."""
    body = text.strip()
    expression = DomainExpression(body)
    if body in TRUE or body in FALSE:
        return Parsed(expression)
    from ddns.core.expressions.lint import lint  # noqa: PLC0415 -- most users write true or false
    from ddns.core.expressions.selecting import domain_atom, domain_tree  # noqa: PLC0415 -- likewise

    node, warnings = domain_tree(body)
    return Parsed(expression, (*warnings, *lint(node, domain_atom)))

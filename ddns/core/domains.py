"""Names: internationalised, wildcard, with trailing dots; kept as the ASCII the API uses."""

from typing import NamedTuple


class Domain(NamedTuple):
    """A fully qualified name or wildcard. ``ascii``: lower case, no trailing dot, punycode labels (``*.xn--…``)."""

    ascii: str

    @property
    def wildcard(self) -> bool:
        """Whether this is a ``*.`` name."""
        return self.ascii.startswith("*.")

    def describe(self) -> str:
        """Return the name for people: Unicode where that maps back to the same ASCII."""
        raise NotImplementedError

    def zones(self) -> tuple[str, ...]:
        """Return the ASCII names of the zones it can be in, longest first, never a bare TLD."""
        raise NotImplementedError


def parse_domain(text: str) -> Domain:
    """Read a name in any spelling (IDN, emoji, upper case, ideographic dots); ValueError says what is wrong."""
    raise NotImplementedError(text)

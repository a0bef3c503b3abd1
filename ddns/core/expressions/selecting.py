"""Reading and deciding expressions over domains (PROXIED) and over addresses (detection filters)."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from ddns.core.addresses.families import Address, Family, family_name
from ddns.core.booleans import FALSE, TRUE
from ddns.core.domains import parse_relative
from ddns.core.expressions.exprs import Atom, Const, In, Is, Node, Reader, Sub, brief

_DOTS = ".。．｡"  # noqa: RUF001 -- the dots of UTS #46: ideographic, full-width and half-width ones are what is meant


def domain_atom(atom: Atom, name: str) -> bool:
    """Evaluate one condition for an ASCII name."""
    if isinstance(atom, Is):
        return name in atom.names
    if isinstance(atom, Sub):
        return any(not above or name.endswith(f".{above}") for above in atom.names)
    return isinstance(atom, Const) and atom.value


@lru_cache(maxsize=4)
def domain_tree(text: str) -> tuple[Node, tuple[str, ...]]:
    """Return the tree of a PROXIED expression, and remarks on it. ValueError says what is wrong, for people."""
    remarks: list[str] = []

    def call(name: str, words: tuple[str, ...]) -> Atom:
        if name not in {"is", "sub"}:
            raise ValueError(f"{name}() in {brief(text)} is not a known condition; there are is(…) and sub(…)")
        if not words:
            remarks.append(f"{name}() in {brief(text)} names no domain, so it is always false")
        if name == "is":
            return Is(tuple(_equal(word, remarks) for word in words))
        return Sub(tuple(above for word in words for above in _above(word, remarks)))

    reader = Reader(text, call, _boolean)
    node = reader.read()
    return node, (*reader.warnings, *remarks)


def _boolean(word: str) -> Atom:
    if word in TRUE or word in FALSE:
        return Const(word in TRUE)
    if "." in word:
        raise ValueError(
            f"{brief(word)} is not a condition; write is({word}) for this name, sub({word}) for those below"
        )
    raise ValueError(f"{brief(word)} is not a condition; write true, false, is(…) or sub(…)")


def _name(word: str) -> str:
    """Return the ASCII form of a name, also of one with a single label ("" for the root)."""
    bare = word.strip(_DOTS)
    if bare == "@":
        raise ValueError('"@" has no meaning in an expression; write the full name, such as example.org')
    return parse_relative(bare).ascii if bare else ""


def _equal(word: str, remarks: list[str]) -> str:
    name = _name(word)
    if "." not in name:
        remarks.append(f"is({word}) is never true: a name to be updated has at least two labels")
    return name


def _above(word: str, remarks: list[str]) -> tuple[str, ...]:
    name = _name(word)
    if not name.startswith("*"):
        return (name,)
    plain = name[2:] or "."
    remarks.append(
        f"sub({word}) is skipped, nothing is below a wildcard; write sub({plain}) for the names below {plain}"
    )
    return ()


def address_atom(atom: Atom, address: Address) -> bool:
    """Evaluate one condition for an address."""
    return isinstance(atom, In) and any(address in network for network in atom.networks)


@lru_cache(maxsize=4)
def filter_tree(text: str, family: Family) -> Node:
    """Return the tree of a detection filter. ValueError says what is wrong, for people."""

    def call(name: str, words: tuple[str, ...]) -> Atom:
        if name != "addr-in":
            raise ValueError(f"{name}() in {brief(text)} is not a known condition; there is addr-in(…)")
        if not words:
            raise ValueError(f"addr-in() in {brief(text)} names no range; write it as addr-in({_example(family)})")
        return In(tuple(_range(word, family) for word in words))

    def word(found: str) -> Atom:
        if found == "keep-all":
            raise ValueError(f'"keep-all" must stand alone, not inside {brief(text)}')
        raise ValueError(f"{brief(found)} is not a condition; write keep-all, or addr-in({_example(family)})")

    reader = Reader(text, call, word)
    node = reader.read()
    if reader.warnings:
        raise ValueError(reader.warnings[0])
    return node


def _example(family: Family) -> str:
    return "10.0.0.0/8" if family == 4 else "2000::/3"


def _range(word: str, family: Family) -> IPv4Network | IPv6Network:
    """Read a CIDR range; host bits are allowed and ignored."""
    if "/" not in word:
        raise ValueError(_bare(word, family))
    base, _, length = word.partition("/")
    try:
        network = ip_network((base, int(length if length.isdecimal() and length.isascii() else "x")), strict=False)
    except ValueError:
        raise ValueError(f"{brief(word)} is not an address range; write one such as {_example(family)}") from None
    if network.version != family or "%" in word:
        raise ValueError(
            f"{brief(word)} is not an {family_name(family)} range, and this filter is for {family_name(family)}"
        )
    return network


def _bare(word: str, family: Family) -> str:
    try:
        address = ip_address(word)
    except ValueError:
        return f"{brief(word)} is not an address range; write one such as {_example(family)}"
    return f"{brief(word)} is an address, not a range; write {word}/{address.max_prefixlen} for this one address"

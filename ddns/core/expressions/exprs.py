"""Boolean expressions as trees: ``!`` over ``&&`` over ``||``, parentheses, and calls such as ``is(a, b)``.

The reader knows nothing of domains or addresses: whoever calls it says what a word or a call means.
"""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

MAX_DEPTH = 50
"""How deep ``!`` and parentheses may nest: far beyond need, far below what a stack can hold."""

_SHOWN = 48
_SPECIAL = "(),!&|"
_TWICE = {"&": "&&", "|": "||"}


class Const(NamedTuple):
    """A constant."""

    value: bool


class Is(NamedTuple):
    """The domain is one of these ASCII names."""

    names: tuple[str, ...]


class Sub(NamedTuple):
    """The domain is below one of these ASCII names ("" is the root)."""

    names: tuple[str, ...]


class In(NamedTuple):
    """The address is in one of these ranges."""

    networks: tuple[IPv4Network | IPv6Network, ...]


class Not(NamedTuple):
    """The opposite."""

    term: "Node"


class And(NamedTuple):
    """All of two or more terms."""

    terms: tuple["Node", ...]


class Or(NamedTuple):
    """Any of two or more terms."""

    terms: tuple["Node", ...]


Atom = Const | Is | Sub | In
Node = Atom | Not | And | Or
Call = Callable[[str, tuple[str, ...]], Atom]
Word = Callable[[str], Atom]


def decide(node: Node, atom: Callable[[Atom], bool]) -> bool:
    """Evaluate a tree, given what its atoms are."""
    if isinstance(node, Not):
        return not decide(node.term, atom)
    if isinstance(node, And):
        return all(decide(term, atom) for term in node.terms)
    if isinstance(node, Or):
        return any(decide(term, atom) for term in node.terms)
    return atom(node)


def show(node: Node) -> str:
    """Return a tree as the text a user may type."""
    if isinstance(node, Not):
        return f"!{_wrapped(node.term, And, Or)}"
    if isinstance(node, And):
        return " && ".join(_wrapped(term, And, Or) for term in node.terms)
    if isinstance(node, Or):
        return " || ".join(_wrapped(term, Or) for term in node.terms)
    return _show_atom(node)


def _show_atom(atom: Atom) -> str:
    if isinstance(atom, Const):
        return "true" if atom.value else "false"
    if isinstance(atom, Is):
        return f"is({', '.join(atom.names)})"
    if isinstance(atom, Sub):
        return f"sub({', '.join(name or '.' for name in atom.names)})"
    return f"addr-in({', '.join(map(str, atom.networks))})"


def _wrapped(node: Node, *weaker: type) -> str:
    return f"({show(node)})" if isinstance(node, weaker) else show(node)


def brief(text: str) -> str:
    """Quote at most 48 characters of what the user wrote."""
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'


def tokens(text: str) -> list[str]:
    """Split a text into operators, brackets, commas and words; ValueError for a single ``&`` or ``|``."""
    found: list[str] = []
    at = 0
    while at < len(text):
        start, char = at, text[at]
        at += 1
        if char in _TWICE:
            if text[at : at + 1] != char:
                raise ValueError(f'use "{_TWICE[char]}" instead of "{char}" in {brief(text)}')
            at += 1
        elif char not in _SPECIAL and not char.isspace():
            while at < len(text) and text[at] not in _SPECIAL and not text[at].isspace():
                at += 1
        if not char.isspace():
            found.append(text[start:at])
    return found


class Reader:
    """A recursive-descent reader; ``warnings`` fills with remarks on commas that are left out or too many."""

    __slots__ = ("_at", "_call", "_depth", "_text", "_tokens", "_word", "warnings")

    def __init__(self, text: str, call: Call, word: Word) -> None:
        """Prepare to read; ``call`` and ``word`` make the atoms and raise ValueError for what they do not know."""
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._call = call
        self._word = word
        self.warnings: list[str] = []

    def read(self) -> Node:
        """Return the whole text as a tree; ValueError says what is wrong."""
        node = self._any()
        if self._peek():
            raise ValueError(f"unexpected {brief(self._peek())} in {brief(self._text)}; {self._advice()}")
        return node

    def _advice(self) -> str:
        if self._peek() == ")":
            return "there is a closing parenthesis too many"
        return 'join two conditions by "&&" or "||"'

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._at += 1
        return True

    def _any(self) -> Node:
        terms = [self._all()]
        while self._take("||"):
            terms.append(self._all())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _all(self) -> Node:
        terms = [self._one()]
        while self._take("&&"):
            terms.append(self._one())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError(f'{brief(self._text)} nests "!" and parentheses more than {MAX_DEPTH} deep')
        node = self._inner()
        self._depth -= 1
        return node

    def _inner(self) -> Node:
        if self._take("!"):
            return Not(self._one())
        if self._take("("):
            node = self._any()
            self._close()
            return node
        word = self._peek()
        if not word:
            raise ValueError(f"a condition is missing at the end of {brief(self._text)}")
        if word[0] in _SPECIAL:
            raise ValueError(f"a condition is missing before {brief(word)} in {brief(self._text)}")
        self._at += 1
        return self._call(word, self._arguments(word)) if self._take("(") else self._word(word)

    def _close(self) -> None:
        if not self._take(")"):
            raise ValueError(f"a closing parenthesis is missing in {brief(self._text)}")

    def _arguments(self, name: str) -> tuple[str, ...]:
        """Read ``a, b)``, forgiving commas that are left out or too many, with a warning."""
        words: list[str] = []
        commas = 1  # as if one stood before the first word
        extra = missing = False
        while self._peek() not in {")", ""}:
            if self._take(","):
                extra |= commas > 0
                commas += 1
                continue
            word = self._peek()
            if word[0] in _SPECIAL:
                raise ValueError(f"{brief(word)} cannot stand among the arguments of {name}() in {brief(self._text)}")
            self._at += 1
            missing |= commas == 0
            commas = 0
            words.append(word)
        self._close()
        if extra:
            self.warnings.append(f"{name}(…) in {brief(self._text)} contains extra commas; please remove them")
        if missing:
            self.warnings.append(
                f"{name}(…) in {brief(self._text)} is missing commas; please put them between the names"
            )
        return tuple(words)

"""Advice on PROXIED expressions that mean something else than they seem to. Advice only: nothing is refused.

Whether an expression is always true is decided, not guessed: which conditions hold for a name depends only on
whether it is a name mentioned in the expression, and on the closest mentioned name above it. So the mentioned names
and one fresh name below each (and one below none) stand for all names there are.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from operator import and_, or_

from ddns.core.expressions.exprs import And, Atom, Const, Is, Node, Not, Or, Sub, show

_FRESH = "\0.\0"  # labels no name can have, so no mentioned name is this one or above it
_MOST = 200
"""How many conditions and names are looked at: the work grows with the square."""

_SHOWN = 80

Holds = Callable[[Atom, str], bool]


def lint(node: Node, holds: Holds) -> tuple[str, ...]:
    """Return what is odd about an expression, each a sentence; ``holds`` evaluates an atom for an ASCII name."""
    atoms = list(_atoms(node))
    names = sorted({name for atom in atoms for name in _mentioned(atom)})
    if len(names) + len(atoms) > _MOST:
        return tuple(_double_negation(node))
    samples = witnesses(names)
    everything = (1 << len(samples)) - 1

    def mask(inner: Node) -> int:
        """Return the names an expression holds for, as a set of bits."""
        if isinstance(inner, Not):
            return everything ^ mask(inner.term)
        if isinstance(inner, And):
            return reduce(and_, map(mask, inner.terms))
        if isinstance(inner, Or):
            return reduce(or_, map(mask, inner.terms))
        return sum(1 << index for index, name in enumerate(samples) if holds(inner, name))

    remarks = [*_double_negation(node), *_exclusions(node)]
    whole = mask(node)
    if isinstance(node, Const) or whole not in {0, everything}:
        return (*remarks, *_redundant(node, mask))
    return (*remarks, f"{_brief(node)} is always {'true' if whole else 'false'}")


def witnesses(names: list[str]) -> list[str]:
    """Return names that stand for all: for any name there is one here of which the same conditions hold."""
    above = [name for name in names if name and not name.startswith("*")]
    return [_FRESH, *(name for name in names if "." in name), *(f"{_FRESH}.{name}" for name in above)]


def _atoms(node: Node) -> Iterator[Atom]:
    if isinstance(node, Not):
        yield from _atoms(node.term)
    elif isinstance(node, And | Or):
        for term in node.terms:
            yield from _atoms(term)
    else:
        yield node


def _mentioned(atom: Atom) -> tuple[str, ...]:
    return atom.names if isinstance(atom, Is | Sub) else ()


def _double_negation(node: Node) -> Iterator[str]:
    """R1: the negation of a negation or of a constant can be written without."""
    if isinstance(node, Not):
        if isinstance(node.term, Not):
            yield f"{_brief(node)} negates a negation; write {_brief(node.term.term)}"
        elif isinstance(node.term, Const):
            yield f"{_brief(node)} negates a constant; write {show(Const(not node.term.value))}"
        yield from _double_negation(node.term)
    elif isinstance(node, And | Or):
        for term in node.terms:
            yield from _double_negation(term)


def _exclusions(node: Node) -> Iterator[str]:
    """R2: a branch of ``||`` that only excludes names holds for nearly every other name."""
    if isinstance(node, Or):
        for term in node.terms:
            if _excludes(term):
                yield (
                    f"{_brief(term)} in {_brief(node)} is true for every name but those it excludes, "
                    'whatever the other conditions say; did you mean "&&"?'
                )
    for inner in _children(node):
        yield from _exclusions(inner)


def _excludes(node: Node) -> bool:
    if isinstance(node, And):
        return all(map(_excludes, node.terms))
    return isinstance(node, Not) and isinstance(node.term, Is | Sub) and bool(node.term.names)


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Not):
        return (node.term,)
    return node.terms if isinstance(node, And | Or) else ()


def _redundant(node: Node, mask: Callable[[Node], int]) -> Iterator[str]:
    """R4: a term without which its ``&&`` or ``||`` holds for exactly the same names."""
    if isinstance(node, And | Or):
        join = and_ if isinstance(node, And) else or_
        kept = [(term, mask(term)) for term in node.terms]
        for term in reversed(node.terms):
            others = list(kept)
            others.remove((term, mask(term)))
            if others and reduce(join, (bits for _, bits in others)) == reduce(join, (bits for _, bits in kept)):
                kept = others
                yield f"{_brief(term)} in {_brief(node)} makes no difference; it can be left out"
    for inner in _children(node):
        yield from _redundant(inner, mask)


def _brief(node: Node) -> str:
    text = show(node)
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'

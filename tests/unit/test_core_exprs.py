"""Trees of boolean expressions and their reader."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.expressions.exprs import (
    MAX_DEPTH,
    And,
    Atom,
    Const,
    In,
    Is,
    Node,
    Not,
    Or,
    Reader,
    Sub,
    decide,
    show,
    tokens,
)


def call(name: str, words: tuple[str, ...]) -> Atom:
    """Make every call a condition on its name and arguments."""
    return Is((name, *words))


def word(text: str) -> Atom:
    """Make every word a constant: ``true`` or not."""
    return Const(text == "true")


def read(text: str) -> Node:
    """Read a text with the atoms above."""
    return Reader(text, call, word).read()


A, B, C = Is(("a",)), Is(("b",)), Is(("c",))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a()", A),
        ("a() || b() && c()", Or((A, And((B, C))))),
        ("(a() || b()) && c()", And((Or((A, B)), C))),
        ("!a() && b()", And((Not(A), B))),
        ("!(a() && b())", Not(And((A, B)))),
        ("!!a()", Not(Not(A))),
        ("a()||b()||c()", Or((A, B, C))),
        (" a ( ) \t&&\n b ( ) ", And((A, B))),
        ("((true))", Const(True)),
    ],
)
def test_precedence(text: str, tree: Node) -> None:
    """``!`` binds tighter than ``&&``, that tighter than ``||``; white space means nothing."""
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing at the end"),
        ("a() &&", "missing at the end"),
        ("!", "missing at the end"),
        ("|| a()", 'missing before "||"'),
        ("()", 'missing before "\\)"'),
        ("(a()", "closing parenthesis is missing"),
        ("a(x", "closing parenthesis is missing"),
        ("a())", "parenthesis too many"),
        ("a() b()", 'join two conditions by "&&" or "||"'),
        ("a() & b()", 'use "&&" instead of "&"'),
        ("a() | b()", r'use "\|\|" instead of "\|"'),
        ("a(x && y)", "cannot stand among the arguments of a"),
        ("a(b(x))", "cannot stand among the arguments"),
        (", a()", 'missing before ","'),
    ],
)
def test_faults_are_named(text: str, words: str) -> None:
    """Each fault has its own message, with what the user wrote."""
    with pytest.raises(ValueError, match=words):
        read(text)


def test_long_texts_are_shown_in_part() -> None:
    """A message never repeats more than 48 characters of the text."""
    with pytest.raises(ValueError, match="…") as caught:
        read("a() && " * 100)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("text", "tree", "warnings"),
    [
        ("a(x, y)", Is(("a", "x", "y")), []),
        ("a(x, y,)", Is(("a", "x", "y")), []),
        ("a(,x)", Is(("a", "x")), ["extra"]),
        ("a(x,,y)", Is(("a", "x", "y")), ["extra"]),
        ("a(,)", Is(("a",)), ["extra"]),
        ("a(x y)", Is(("a", "x", "y")), ["missing"]),
        ("a(,x y)", Is(("a", "x", "y")), ["extra", "missing"]),
    ],
)
def test_commas_are_forgiven(text: str, tree: Node, warnings: list[str]) -> None:
    """Commas too many or left out are worth a warning, not an error; one trailing comma is fine."""
    reader = Reader(text, call, word)

    assert reader.read() == tree
    assert [kind for kind in ("extra", "missing") if any(kind in line for line in reader.warnings)] == warnings
    assert len(reader.warnings) == len(warnings)


@pytest.mark.parametrize("text", ["!" * 100_000 + "a()", "(" * 100_000 + "a()" + ")" * 100_000])
def test_hostile_nesting_is_refused(text: str) -> None:
    """Nesting far beyond sense is a message, not a crash."""
    with pytest.raises(ValueError, match="deep"):
        read(text)


def test_sensible_nesting_and_any_length_are_read() -> None:
    """The limit is on nesting only, and is a generous one."""
    depth = MAX_DEPTH - 1

    assert decide(read("(" * depth + "true" + ")" * depth), lambda atom: atom == Const(True))
    assert decide(read(" || ".join(["false"] * 5000 + ["true"])), lambda atom: atom == Const(True))


def nodes(atoms: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Return trees over some atoms, of the shapes the reader makes."""

    def grow(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        many = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(inner.map(Not), many.map(And), many.map(Or))

    return st.recursive(atoms, grow, max_leaves=8)


@given(nodes(st.sampled_from([A, B, Const(True), Const(False), Is(("a", "x", "y"))])))
def test_trees_round_trip(tree: Node) -> None:
    """What is shown reads back as the same tree."""

    def is_only(name: str, words: tuple[str, ...]) -> Atom:
        return Is(words) if name == "is" else Const(False)

    assert Reader(show(tree), is_only, word).read() == tree


@pytest.mark.parametrize(
    ("atom", "text"),
    [
        (Const(True), "true"),
        (Const(False), "false"),
        (Is(("a.org", "b.org")), "is(a.org, b.org)"),
        (Sub(("", "b.org")), "sub(., b.org)"),
        (In((ip_network("10.0.0.0/8"), ip_network("1.2.3.4/32"))), "addr-in(10.0.0.0/8, 1.2.3.4/32)"),
    ],
)
def test_atoms_are_shown_as_they_are_typed(atom: Atom, text: str) -> None:
    """Every condition has a spelling."""
    assert show(atom) == text


@given(st.text(alphabet="ab(),!&| \n.", max_size=40))
def test_only_value_errors(text: str) -> None:
    """Whatever the text, the reader returns a tree or raises ValueError; no character but space is lost."""
    try:
        assert "".join(tokens(text)) == "".join(text.split())
        read(text)
    except ValueError:
        return


@given(nodes(st.sampled_from([A, B, C])), st.sets(st.sampled_from([A, B, C])))
def test_evaluation_is_that_of_python(tree: Node, true: set[Node]) -> None:
    """A tree means what the same text means to Python."""
    text = show(tree).replace("||", " or ").replace("&&", " and ").replace("!", " not ")
    for atom, name in ((A, "is(a)"), (B, "is(b)"), (C, "is(c)")):
        text = text.replace(name, str(atom in true))

    assert decide(tree, lambda atom: atom in true) == eval(text)  # noqa: S307 -- our own text, made just above

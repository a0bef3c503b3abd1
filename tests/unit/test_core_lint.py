"""Advice on PROXIED expressions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddns.core.expressions.exprs import And, Const, Is, Node, Not, Or, Sub, decide
from ddns.core.expressions.lint import lint, witnesses
from ddns.core.expressions.selecting import domain_atom

LABELS = ("a", "b", "*")
NAMES = ("", "a", "a.a", "b.a", "*.a", "*.b.a", "a.b.a", "b.b")
DOMAINS = [
    *(f"{x}.{y}" for x in (*LABELS, "c") for y in ("a", "b", "c")),
    *(f"{x}.{y}.{z}" for x in (*LABELS, "c") for y in ("a", "b", "c") for z in ("a", "b", "c")),
    *(f"{x}.{y}.b.a" for x in (*LABELS, "c") for y in ("a", "b", "c")),
]


def is_(*names: str) -> Node:
    """Return an ``is`` condition."""
    return Is(names)


def advice(node: Node) -> tuple[str, ...]:
    """Return what the linter says."""
    return lint(node, domain_atom)


A, B = is_("a.org"), is_("b.org")


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (Not(Not(A)), "negates a negation"),
        (And((B, Not(Not(A)))), "negates a negation"),
        (Not(Const(True)), "write false"),
        (Not(Const(False)), "write true"),
        (Or((Not(A), Not(B))), 'did you mean "&&"?'),
        (Or((A, And((Not(A), Not(B))))), 'did you mean "&&"?'),
        (Not(Or((Not(A), Sub(("b.org",))))), 'did you mean "&&"?'),
        (Or((Not(A), Not(B))), "always true"),
        (Or((A, Not(A))), "always true"),
        (And((A, B)), "always false"),
        (And((A, Not(A))), "always false"),
        (Sub(("",)), "always true"),
        (Or((A, A)), "makes no difference"),
        (Or((Is(("x.org",)), Sub(("org",)))), "makes no difference"),
        (And((A, Const(True))), "makes no difference"),
        (And((Sub(("org",)), Or((A, A)))), "makes no difference"),
        (And((A, Sub(("org",)))), "makes no difference"),
    ],
)
def test_oddities_are_named(node: Node, words: str) -> None:
    """Each of the four rules speaks up."""
    assert any(words in line for line in advice(node))


@pytest.mark.parametrize(
    "node",
    [
        A,
        Const(True),
        Const(False),
        Not(A),
        Or((A, B)),
        And((Not(A), Not(B))),
        And((Sub(("org",)), Not(A))),
        Or((And((Sub(("org",)), Not(A))), Sub(("net",)))),
        Or((Is(("org.org",)), Sub(("org.org",)))),
    ],
)
def test_sound_expressions_get_no_advice(node: Node) -> None:
    """What people mean to write is not commented on."""
    assert advice(node) == ()


def test_a_redundant_pair_is_told_once() -> None:
    """Of two equal terms only one can be left out, so only one is named."""
    assert len(advice(Or((A, A, B)))) == 1


def test_huge_expressions_get_only_the_cheap_advice() -> None:
    """Beyond a few hundred names only the shape is looked at."""
    many = Or(tuple(is_(f"{number}.org") for number in range(300)))

    assert advice(Or((many, many))) == ()
    assert advice(Not(Not(many)))


def test_long_expressions_are_shown_in_part() -> None:
    """A remark stays readable however long the expression is."""
    many = Or(tuple(is_(f"{number}.example.org") for number in range(20)))

    assert all(len(line) < 250 for line in advice(Not(Not(many))))


def trees() -> st.SearchStrategy[Node]:
    """Return expressions over few names, so that they meet."""
    names = st.lists(st.sampled_from(NAMES), max_size=3).map(tuple)
    atoms: st.SearchStrategy[Node] = st.one_of(
        names.map(Is), st.builds(Sub, names.map(lambda found: tuple(n for n in found if "*" not in n)))
    )

    def grow(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        many = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(inner.map(Not), many.map(And), many.map(Or))

    return st.recursive(atoms, grow, max_leaves=6)


def truth(node: Node) -> set[bool]:
    """Return the values an expression has over many names."""
    return {decide(node, lambda atom, name=name: domain_atom(atom, name)) for name in DOMAINS}  # type: ignore[misc]


@settings(max_examples=300)
@given(trees())
def test_always_means_always(node: Node) -> None:
    """The linter calls an expression constant exactly when it has the same value for every name."""
    said = {"always true" in line for line in advice(node) if " is always " in line}

    assert said == (truth(node) if len(truth(node)) == 1 else set())


LITERALS = st.sampled_from([*map(is_, NAMES[3:]), *(Sub((name,)) for name in ("", "a", "b.a", "b.b"))])


@settings(max_examples=300)
@given(st.lists(LITERALS | LITERALS.map(Not), min_size=2, max_size=4), st.booleans())
def test_redundant_terms_make_no_difference(terms: list[Node], either: bool) -> None:  # noqa: FBT001 -- hypothesis
    """A term is called redundant exactly when the expression without one of them means the same."""
    join = Or if either else And
    node = join(tuple(terms))
    rests = [join((*terms[:index], *terms[index + 1 :])) for index in range(len(terms))]

    def values(inner: Node) -> list[bool]:
        return [decide(inner, lambda atom, name=name: domain_atom(atom, name)) for name in DOMAINS]  # type: ignore[misc]

    if len(truth(node)) == 2:
        said = any("makes no difference" in line for line in advice(node))
        assert said == any(values(rest) == values(node) for rest in rests)


def test_witnesses_cover_names_and_what_is_below() -> None:
    """There is one name for each mentioned name, one below each that can have names below, and one elsewhere."""
    found = witnesses(["", "org", "a.org", "*.a.org"])

    assert {"a.org", "*.a.org"} < set(found)
    assert "org" not in found
    assert len(found) == 5

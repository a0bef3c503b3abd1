"""Which comments are ours: regular expressions of RE2, matched in time linear in the comment.

The language is RE2's (see ``regexsyntax``), not that of Python's ``re``: the replaced systems use RE2, and ``re`` can
take exponential time on a comment somebody else wrote. All matches are followed at once, each state at most once per
character (Thompson's construction), so the work for a character is bounded by the size of the expression.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ddns.core.expressions.regexchars import Ranges, inside
from ddns.core.expressions.regexsyntax import Alt, Cat, Chars, Edge, Rep, Tree, read_tree

MAX_PIECES = 2000
"""The largest expression, its counted repetitions written out; a piece becomes at most three states."""


class Step(NamedTuple):
    """One state. ``ranges``: take such a character and go on to ``targets``; else go there freely (at ``edge``).

    A state without targets is the match.
    """

    targets: tuple[int, ...]
    ranges: Ranges | None = None
    edge: str = ""


Program = tuple[Step, ...]


@lru_cache(maxsize=4)
def compiled(text: str) -> Program:
    """Return the states of an expression; ValueError says what is refused, why, and what to write instead."""
    builder = _Builder()
    builder.add(read_tree(text))
    return (*builder.steps, Step(()))


class _Builder:
    """Writes trees out as states, each going on to the next unless it says otherwise."""

    __slots__ = ("_work", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._work = 0

    def add(self, tree: Tree) -> None:
        """Append the states of a tree; ValueError when they become too many."""
        self._work += 1  # counts what adds no state too: (){1000} inside itself
        if self._work > MAX_PIECES:
            raise ValueError(f"the expression is too large: its repetitions come to more than {MAX_PIECES} pieces")
        if isinstance(tree, Chars):
            self._append(ranges=tree.ranges)
        elif isinstance(tree, Edge):
            self._append(edge=tree.kind)
        elif isinstance(tree, Cat):
            for item in tree.items:
                self.add(item)
        elif isinstance(tree, Alt):
            self._either(tree)
        else:
            self._repeat(tree)

    def _append(self, ranges: Ranges | None = None, edge: str = "") -> int:
        """Append a state that goes on to the next one; return its number."""
        self.steps.append(Step((len(self.steps) + 1,), ranges, edge))
        return len(self.steps) - 1

    def _aim(self, at: int, *targets: int) -> None:
        self.steps[at] = self.steps[at]._replace(targets=targets)

    def _either(self, tree: Alt) -> None:
        fork = self._append()
        starts, ends = [], []
        for item in tree.items:
            starts.append(len(self.steps))
            self.add(item)
            ends.append(self._append())
        self._aim(fork, *starts)
        for end in ends:
            self._aim(end, len(self.steps))

    def _repeat(self, tree: Rep) -> None:
        for _ in range(tree.low):
            self.add(tree.item)
        forks = []
        for _ in range(1 if tree.high is None else tree.high - tree.low):
            forks.append(self._append())
            self.add(tree.item)
        if tree.high is None:
            self._aim(self._append(), forks[0])
        for fork in forks:
            self._aim(fork, fork + 1, len(self.steps))


def search(program: Program, text: str) -> bool:
    """Whether the text contains a match of the program."""
    waiting: list[int] = []
    for at in range(len(text) + 1):
        states = _reach(program, (0, *waiting), text, at)
        if len(program) - 1 in states:
            return True
        code = ord(text[at]) if at < len(text) else -1
        waiting = [target for state in states for target in _advance(program[state], code)]
    return False


def _advance(step: Step, code: int) -> tuple[int, ...]:
    return step.targets if step.ranges is not None and inside(step.ranges, code) else ()


def _reach(program: Program, starts: Iterable[int], text: str, at: int) -> set[int]:
    """Return the states that can be reached without taking a character."""
    seen: set[int] = set()
    stack = list(starts)
    while stack:
        state = stack.pop()
        if state in seen:
            continue
        seen.add(state)
        step = program[state]
        if step.ranges is None and (not step.edge or _at_edge(step.edge, text, at)):
            stack.extend(step.targets)
    return seen


def _at_edge(kind: str, text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    if kind in "A^":
        return not before or (kind == "^" and before == "\n")
    if kind in "z$":
        return not after or (kind == "$" and after == "\n")
    return (_is_word(before) != _is_word(after)) == (kind == "b")


def _is_word(char: str) -> bool:
    """Whether this is a letter, digit or underscore of ASCII: a boundary is between one and none, as in RE2."""
    return char.isascii() and char.replace("_", "x").isalnum()

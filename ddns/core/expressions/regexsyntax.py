r"""Regular expressions as RE2 writes them, read into trees; what RE2 does not have is refused.

The syntax is that of RE2 (https://github.com/google/re2/wiki/Syntax, 2026-08) as Go reads it, which the replaced
systems use. Left out, each with a message: Unicode classes, ``\C``, octal escapes, and case folding outside ASCII.
"""

from typing import NamedTuple

from ddns.core.expressions.regexchars import Cursor, Ranges, complement, explicit

MAX_DEPTH = 50
"""How deep groups may nest."""

MAX_REPEAT = 1000
"""The most a counted repetition may ask for: RE2's own limit."""

_ANY: Ranges = complement(())
_ANY_BUT_NEWLINE: Ranges = complement(((10, 10),))
_FLAGS = "imsU"
_REFUSED_GROUPS = {
    "=": "a lookahead (?=…) is refused",
    "!": "a lookahead (?!…) is refused",
    "<=": "a lookbehind (?<=…) is refused",
    "<!": "a lookbehind (?<!…) is refused",
    ">": "an atomic group (?>…) is refused; write (?:…), nothing here can run for ever",
    "(": "a condition (?(…)…) is refused; write the two cases as (?:…|…)",
    "P=": "a backreference (?P=…) is refused",
    "P>": "a recursion (?P>…) is refused",
    "#": "a comment (?#…) is refused; leave it out",
    "|": "a branch reset (?|…) is refused; write (?:…)",
}


class Chars(NamedTuple):
    """One character in these ranges of code points."""

    ranges: Ranges


class Edge(NamedTuple):
    """A place: ``^`` ``$`` begin and end of a line, ``A`` ``z`` of the text, ``b`` ``B`` (no) word boundary."""

    kind: str


class Cat(NamedTuple):
    """One after the other; nothing at all when empty."""

    items: tuple["Tree", ...]


class Alt(NamedTuple):
    """Any of two or more."""

    items: tuple["Tree", ...]


class Rep(NamedTuple):
    """From ``low`` to ``high`` times (None: without end)."""

    item: "Tree"
    low: int
    high: int | None


Tree = Chars | Edge | Cat | Alt | Rep


def read_tree(text: str) -> Tree:
    """Read an expression; ValueError says what is refused and what to write instead."""
    reader = _Reader(text)
    tree = reader.branches()
    if reader.cursor.peek():
        raise ValueError("there is a closing parenthesis too many; write \\) for a parenthesis")
    return tree


class _Reader:
    """Reads branches of pieces; flags hold until the end of the group they stand in."""

    __slots__ = ("_depth", "_flags", "_names", "cursor")

    def __init__(self, text: str) -> None:
        self.cursor = Cursor(text)
        self._flags = ""
        self._depth = 0
        self._names: set[str] = set()

    def branches(self) -> Tree:
        """Read up to the end of the group or the text."""
        found: list[list[Tree]] = [[]]
        while self.cursor.peek() not in {"", ")"}:
            if self.cursor.take("|"):
                found.append([])
                continue
            pieces = self._pieces()
            if pieces:
                found[-1] += (*pieces[:-1], self._repeated(pieces[-1]))
        items = tuple(branch[0] if len(branch) == 1 else Cat(tuple(branch)) for branch in found)
        return items[0] if len(items) == 1 else Alt(items)

    @property
    def _fold(self) -> bool:
        return "i" in self._flags

    def _pieces(self) -> list[Tree]:
        r"""Read one piece (or the characters of ``\Q…\E``, or none when only flags were set)."""
        ranges = self.cursor.perl(fold=self._fold)
        if ranges is not None:
            return [Chars(ranges)]
        if self.cursor.take("\\Q"):
            return self._quoted()
        if self._count() is not None or self.cursor.peek() in {"*", "+", "?"}:
            raise ValueError(
                f"nothing stands before {self.cursor.peek()} to repeat; write \\{self.cursor.peek()} for itself"
            )
        char = self.cursor.next()
        if char == "(":
            return self._group()
        return [self._single(char)]

    def _single(self, char: str) -> Tree:
        if char == "[":
            return Chars(self.cursor.class_(fold=self._fold))
        if char == ".":
            return Chars(_ANY if "s" in self._flags else _ANY_BUT_NEWLINE)
        if char in "^$":
            return Edge(char if "m" in self._flags else {"^": "A", "$": "z"}[char])
        if char != "\\":
            return self._literal(ord(char))
        if self.cursor.peek() and self.cursor.peek() in "AzbB":
            return Edge(self.cursor.next())
        return self._literal(self.cursor.escaped())

    def _literal(self, code: int) -> Chars:
        return Chars(explicit(code, code, fold=self._fold))

    def _quoted(self) -> list[Tree]:
        start, end = self.cursor.at, self.cursor.text.find("\\E", self.cursor.at)
        text = self.cursor.text[start : end if end >= 0 else None]
        self.cursor.at += len(text)
        self.cursor.take("\\E")
        return [self._literal(ord(char)) for char in text]

    def _group(self) -> list[Tree]:
        before = self._flags
        if self.cursor.take("?") and not self._named():
            self._read_flags()
            if self.cursor.take(")"):
                return []
            if not self.cursor.take(":"):
                raise ValueError(f"(?{self.cursor.peek()} begins no known group; write (?:…)")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError(f"groups nest more than {MAX_DEPTH} deep")
        tree = self.branches()
        if not self.cursor.take(")"):
            raise ValueError("a closing parenthesis is missing; write \\( for a parenthesis")
        self._depth -= 1
        self._flags = before
        return [tree]

    def _named(self) -> bool:
        """Take ``P<name>`` or ``<name>`` if that is next; ValueError for the groups RE2 does not have."""
        for mark, message in _REFUSED_GROUPS.items():
            if self.cursor.take(mark):
                raise ValueError(message)
        if not (self.cursor.take("P<") or self.cursor.take("<")):
            return False
        name = self.cursor.until(">", "(?P<")
        if not (name.isascii() and name.replace("_", "x").isalnum()):
            raise ValueError(f"a group cannot be named {name!r}; use letters, digits and _")
        if name in self._names:
            raise ValueError(f"two groups are named {name}")
        self._names.add(name)
        return True

    def _read_flags(self) -> None:
        """Take flags such as ``i-s`` in front of ``)`` or ``:``."""
        remove = False
        while self.cursor.peek() not in {")", ":", ""}:
            flag = self.cursor.next()
            if flag == "-" and not remove:
                remove = True
            elif flag not in _FLAGS:
                raise ValueError(f"the flag {flag} in (?…) is refused; there are i, m, s and U")
            else:
                self._flags = self._flags.replace(flag, "") + ("" if remove else flag)

    def _repeated(self, piece: Tree) -> Tree:
        bounds = self._bounds()
        if bounds is None:
            return piece
        self.cursor.take("?")  # the shortest match is a match as well
        if self.cursor.peek() == "+":
            raise ValueError("a possessive repetition such as *+ is refused; write *, nothing here can run for ever")
        if self._bounds() is not None:
            raise ValueError("a repetition of a repetition is refused; write (?:…) around the inner one")
        return Rep(piece, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        """Take a repetition, or nothing."""
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        mark = self.cursor.peek()
        if mark in simple:
            self.cursor.at += 1
            return simple[mark]
        count = self._count()
        if count is None:
            return None
        self.cursor.at = self.cursor.text.index("}", self.cursor.at) + 1
        return count

    def _count(self) -> tuple[int, int | None] | None:
        """Return the bounds of ``{n}``, ``{n,}`` or ``{n,m}`` without taking it; any other brace is a character."""
        inner, closed, _ = self.cursor.text[self.cursor.at + 1 : self.cursor.at + 24].partition("}")
        low, comma, high = inner.partition(",")
        if self.cursor.peek() != "{" or not closed or not _number(low) or (high and not _number(high)):
            return None
        least = int(low)
        most = int(high) if high else None if comma else least
        if least > MAX_REPEAT or (most or 0) > MAX_REPEAT:
            raise ValueError(f"{{{inner}}} repeats more than {MAX_REPEAT} times")
        if most is not None and most < least:
            raise ValueError(f"{{{inner}}} is backwards: the larger number comes last")
        return least, most


def _number(text: str) -> bool:
    """Whether this is a number to RE2, to which ``{01}`` and ``{00}`` are plain characters."""
    return text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0"))

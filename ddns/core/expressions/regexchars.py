"""Single characters of regular expressions: escapes, classes, ranges of code points, and case folding."""

TOP = 0x10FFFF
_ESCAPES = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_SHORTEST_CODE, _LONGEST_CODE = 2, 8
_LAST_ASCII = 0x7F
_FOLDS_OUTSIDE_ASCII = {"k": 0x212A, "s": 0x17F}  # the Kelvin sign and the long s: Unicode's simple case folding

Ranges = tuple[tuple[int, int], ...]
_DIGIT: Ranges = ((48, 57),)
_LOWER: Ranges = ((97, 122),)
_UPPER: Ranges = ((65, 90),)
_WORD: Ranges = (*_DIGIT, *_UPPER, (95, 95), *_LOWER)
_PERL = {"d": _DIGIT, "s": ((9, 10), (12, 13), (32, 32)), "w": _WORD}
_POSIX: dict[str, Ranges] = {
    "alnum": (*_DIGIT, *_UPPER, *_LOWER),
    "alpha": (*_UPPER, *_LOWER),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": _LOWER,
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": (*_DIGIT, (65, 70), (97, 102)),
}


def inside(ranges: Ranges, code: int) -> bool:
    """Whether a code point is in one of the ranges (bounds included)."""
    return any(low <= code <= high for low, high in ranges)


def complement(ranges: Ranges) -> Ranges:
    """Return all code points outside the ranges."""
    found: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    if start <= TOP:
        found.append((start, TOP))
    return tuple(found)


def folded(ranges: Ranges) -> Ranges:
    """Return ranges of ASCII with every letter in all of its cases."""
    extra: list[int] = []
    for small in range(97, 123):
        cases = [small, small - 32]
        if any(inside(ranges, code) for code in cases):
            extra += cases
            extra += [code for letter, code in _FOLDS_OUTSIDE_ASCII.items() if ord(letter) == small]
    return (*ranges, *((code, code) for code in extra))


def explicit(low: int, high: int, *, fold: bool) -> Ranges:
    """Return a range the user wrote out; ValueError when its case cannot be folded as RE2 does."""
    if not fold:
        return ((low, high),)
    if high > _LAST_ASCII:
        raise ValueError("(?i) knows ASCII letters only here; write both cases of the others, such as [Éé]")
    return folded(((low, high),))


class Cursor:
    """A place in the text, and how the characters there are read."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        """Begin at the beginning."""
        self.text = text
        self.at = 0

    def peek(self, width: int = 1) -> str:
        """Return the next characters without taking them."""
        return self.text[self.at : self.at + width]

    def take(self, token: str) -> bool:
        """Take this token if it is next."""
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def until(self, token: str, what: str) -> str:
        """Take everything up to a token, and the token itself; ValueError when it never comes."""
        end = self.text.find(token, self.at)
        if end < 0:
            raise ValueError(f"{what} is not closed")
        found = self.text[self.at : end]
        self.at = end + len(token)
        return found

    def next(self) -> str:
        """Take one character ("" at the end)."""
        char = self.peek()
        self.at += 1
        return char

    def perl(self, *, fold: bool) -> Ranges | None:
        r"""Take ``\d`` or its kin (ASCII, as in RE2), or nothing."""
        letter = self.peek(2)[1:]
        ranges = _PERL.get(letter.lower()) if self.peek() == "\\" else None
        if ranges is None:
            return None
        self.at += 2
        return _group(ranges, fold=fold, negated=letter.isupper())

    def escaped(self) -> int:
        """Take the rest of an escape and return the character it stands for; the backslash is taken already."""
        char = self.next()
        if char == "x":
            return self._hexadecimal()
        if char in _ESCAPES:
            return _ESCAPES[char]
        if not char or char.isalnum() or ord(char) > _LAST_ASCII:
            raise ValueError(_refusal(char))
        return ord(char)

    def _hexadecimal(self) -> int:
        braces = self.take("{")
        digits = self.until("}", "\\x{") if braces else self.next() + self.next()
        usable = digits.isascii() and digits.isalnum() and (braces or len(digits) == _SHORTEST_CODE)
        try:
            code = int(digits if usable and len(digits) <= _LONGEST_CODE else "-", 16)
        except ValueError:
            raise ValueError("\\x needs two hexadecimal digits, or some in braces: \\x41, \\x{1F600}") from None
        if code > TOP:
            raise ValueError(f"\\x{{{digits}}} is beyond the last character, which is \\x{{10FFFF}}")
        return code

    def class_(self, *, fold: bool) -> Ranges:
        """Take ``[…]``, of which the opening bracket is taken."""
        negated = self.take("^")
        ranges = list(self._class_item(fold=fold))
        while not self.take("]"):
            ranges.extend(self._class_item(fold=fold))
        return complement(tuple(ranges)) if negated else tuple(ranges)

    def _class_item(self, *, fold: bool) -> Ranges:
        if self.take("[:"):
            name = self.until(":]", "[:")
            ranges = _POSIX.get(name.removeprefix("^"))
            if ranges is None:
                raise ValueError(
                    f"[:{name}:] is not a known class; there are [:alpha:], [:digit:], [:alnum:], [:space:] …"
                )
            return _group(ranges, fold=fold, negated=name.startswith("^"))
        perl = self.perl(fold=fold)
        if perl is not None:
            return perl
        low = self._class_char()
        if self.peek() != "-" or self.peek(2) in {"-]", "-"}:
            return explicit(low, low, fold=fold)
        self.at += 1
        high = self._class_char()
        if high < low:
            raise ValueError(f"the range {chr(low)}-{chr(high)} in [ ] is backwards")
        return explicit(low, high, fold=fold)

    def _class_char(self) -> int:
        char = self.next()
        if not char:
            raise ValueError("[ is not closed; write \\[ for a bracket")
        return self.escaped() if char == "\\" else ord(char)


def _group(ranges: Ranges, *, fold: bool, negated: bool) -> Ranges:
    ranges = folded(ranges) if fold else ranges
    return complement(ranges) if negated else ranges


def _refusal(char: str) -> str:
    """Return why an escape is refused, and what to write instead."""
    if not char:
        return "a backslash at the end escapes nothing; write \\\\ for a backslash"
    if char in "0123456789":
        return f"\\{char} is refused: there are no backreferences, and a character's code is written \\x41"
    if char in "pP":
        return f"\\{char} is refused: what is in a Unicode class differs between versions; write the characters in [ ]"
    if char == "Z":
        return "\\Z is refused: it means different things in different languages; write \\z or $ for the end"
    if char == "C":
        return "\\C is refused: it matches half a character; write (?s:.) for any character"
    return f"\\{char} has no meaning here; write {char} for the character itself"

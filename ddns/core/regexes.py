"""Which comments are ours: regular expressions in the part of RE2 that Python's re reads alike and in bounded time."""

from typing import NamedTuple


class CommentRegex(NamedTuple):
    """An unanchored regular expression over comments; the empty one matches everything."""

    text: str

    def matches(self, comment: str) -> bool:
        """Whether a comment contains a match."""
        raise NotImplementedError(comment)


def parse_regex(text: str) -> CommentRegex:
    """Check an expression; ValueError says what is refused and why (differs from RE2, or could run for ever)."""
    raise NotImplementedError(text)

"""Which comments are ours: an expression as a value. Without one nothing of the matcher is imported."""

from typing import NamedTuple


class CommentRegex(NamedTuple):
    """An unanchored RE2 expression over comments; the empty one matches everything."""

    text: str

    def matches(self, comment: str) -> bool:
        """Whether a comment contains a match."""
        if not self.text:
            return True
        from ddns.core.expressions.regexmatch import compiled, search  # noqa: PLC0415 -- most users have no expression

        return search(compiled(self.text), comment)


def parse_regex(text: str) -> CommentRegex:
    """Check an expression; ValueError says what is refused, why, and what to write instead."""
    if text:
        from ddns.core.expressions.regexmatch import compiled  # noqa: PLC0415 -- most users have no expression

        compiled(text)
    return CommentRegex(text)

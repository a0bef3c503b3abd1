r"""Texts inside texts: splitting outside quotes and brackets, quoting and unquoting.

A ``"`` opens a quoted part, in which ``\"`` and ``\\`` stand for ``"`` and ``\``.
Brackets are ``()``, ``[]`` and ``{}``.
"""

_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = frozenset(_OPEN.values())


def _after_quote(text: str, start: int) -> int:
    """Return the position after the quoted part that begins at ``start``; ValueError when it has no end."""
    at = start + 1
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            return at + 1
        at += 1
    raise ValueError('a quotation mark (") is never closed')


def split_outside(text: str, separator: str) -> list[str]:
    """Split at every ``separator`` (one character) outside quotes and brackets; the parts are trimmed.

    ValueError when a quote or bracket is not closed, or closed without being opened.
    """
    parts: list[str] = []
    waiting: list[str] = []
    start = at = 0
    while at < len(text):
        mark = text[at]
        if mark == '"':
            at = _after_quote(text, at)
            continue
        if mark in _OPEN:
            waiting.append(_OPEN[mark])
        elif mark in _CLOSE and (not waiting or waiting.pop() != mark):
            raise ValueError(f'a "{mark}" has no partner')
        elif mark == separator and not waiting:
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    if waiting:
        raise ValueError(f'a "{waiting[-1]}" is missing at the end')
    return [*parts, text[start:].strip()]


def quote(text: str) -> str:
    """Return the text in quotation marks, as ``unquote`` reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquote(text: str) -> str:
    """Return what is inside the quotation marks around a whole text; a text without them stays as it is.

    ValueError when something follows the closing mark.
    """
    if not text.startswith('"'):
        return text
    if _after_quote(text, 0) != len(text):
        raise ValueError("something follows the closing quotation mark of a quoted value")
    inside: list[str] = []
    marks = iter(text[1:-1])
    inside.extend(next(marks) if mark == "\\" else mark for mark in marks)
    return "".join(inside)

"""Did you mean: the known word nearest to a misspelt one."""

from collections.abc import Iterable


def distance(first: str, second: str, limit: int) -> int:
    """Return how many insertions, deletions, replacements or swaps of neighbours part two words.

    Anything above ``limit`` (0 or more) is returned as ``limit + 1``.
    """
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for at, mark in enumerate(first, 1):
        older, before, row = before, row, [at]
        for to, other in enumerate(second, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (mark != other))
            if at > 1 and to > 1 and mark == second[to - 2] and first[at - 2] == other:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or "" when none is near.

    A third of the word's letters may differ, at most 3; case and the choice of ``-`` or ``_`` do not count.
    """
    wanted = _plain(word)
    limit = min(3, max(1, len(wanted) // 3))
    best, found = limit + 1, ""
    letters = set(wanted)
    for candidate in known:
        plain = _plain(candidate)
        if len(letters ^ set(plain)) > 2 * limit:  # each change parts at most two letters
            continue
        away = distance(wanted, plain, limit)
        if away < best:
            best, found = away, candidate
    return found


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?``, or ""."""
    found = nearest(word, known)
    return f"did you mean {found}?" if found else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "_").strip("_")

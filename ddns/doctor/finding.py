"""One thing the doctor has to say."""

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """``good`` needs nothing, ``remark`` may be of interest, ``bad`` must be mended.

    ``what`` is a sentence, ``why`` says why it matters, ``remedy`` what to do; either of the last two may be empty.
    """

    level: Literal["good", "remark", "bad"]
    what: str
    why: str = ""
    remedy: str = ""

    def sentence(self) -> str:
        """Return all of it as sentences."""
        parts = (_capital(part) for part in self[1:] if part)
        return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)


def _capital(sentence: str) -> str:
    """Return a sentence with a capital, unless it begins with a name such as ``example.org``."""
    return sentence if "." in sentence.partition(" ")[0] else sentence[:1].upper() + sentence[1:]

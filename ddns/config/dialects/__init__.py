"""The languages of the tools we replace, each translated into native settings at the door.

A module is ``NAME.py`` with ``translate(door: DialectInput) -> Translated`` (see ``ddns.config.raw``). It is imported
only when its language is spoken, by the branches of ``translator``: imports are spelt out because the frozen program
cannot find a module by name.
"""

from typing import Literal

from ddns.config.raw import Translate

Dialect = Literal["oznu", "timothymiller_env", "timothymiller_file"]


def translator(dialect: Dialect) -> Translate:
    """Return the function that translates one dialect."""
    if dialect == "oznu":
        from ddns.config.dialects.oznu import translate as oznu  # noqa: PLC0415 -- only where it is spoken

        return oznu
    if dialect == "timothymiller_env":
        from ddns.config.dialects.timothymiller_env import translate as environment  # noqa: PLC0415 -- likewise

        return environment
    from ddns.config.dialects.timothymiller_file import translate as document  # noqa: PLC0415 -- likewise

    return document

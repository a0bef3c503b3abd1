"""What can go wrong for reasons the person at the keyboard can change."""


class FreezeError(Exception):
    """One line that says what happened and what to do; the entry prints it and exits with 1."""

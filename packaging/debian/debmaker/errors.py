"""What can go wrong for the person who makes packages."""


class PackageError(Exception):
    """Nothing was made; the text says why, and what to do."""

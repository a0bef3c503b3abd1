"""Data inside the frozen program: CA roots and time zones. A package install has none and uses the system's.

``load_roots`` puts the roots into a context and returns True, or returns False when there are none; a root is read only
when a chain of certificates names it, so that they cost a round nothing. ``zone`` returns the TZif data of an IANA time
zone (2020 and later), or None.
"""

from ssl import SSLContext

try:
    from _ddns_data import load_roots, zone  # type: ignore[import-not-found]  # build/native/data.c, frozen in
except ImportError:

    def load_roots(context: SSLContext) -> bool:
        """Put the embedded CA roots into a context; False when there are none."""
        del context
        return False

    def zone(key: str) -> bytes | None:
        """Return the TZif data of an IANA time zone; None when there is none inside."""
        del key
        return None


__all__ = ["load_roots", "zone"]

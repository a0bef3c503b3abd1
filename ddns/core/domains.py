"""Names: internationalised, wildcard, with trailing dots; kept as the ASCII the API uses.

The mapping is UTS #46, non-transitional (``ß`` stays ``ß``), and punycode is made label by label, because IDNA 2008
as such refuses emoji. Limits are those of RFC 1035 §2.3.4: a label has at most 63 bytes, a name at most 253 characters.
"""

from typing import NamedTuple

_LABEL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_PREFIX = "xn--"
_MAX_LABEL = 63
_MAX_NAME = 253
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})  # a label with one of these must follow RFC 5893 §2, others need not
_MAX_INPUT = 1000  # characters; anything longer cannot map to a name and need not be looked at


class Domain(NamedTuple):
    """A fully qualified name or wildcard. ``ascii``: lower case, no trailing dot, punycode labels (``*.xn--…``)."""

    ascii: str

    def __str__(self) -> str:
        """Return the ASCII name, which the user may type back."""
        return self.ascii

    def describe(self) -> str:
        """Return the name for people: Unicode where that maps back to the same ASCII."""
        if _PREFIX not in self.ascii:
            return self.ascii
        try:
            shown = ".".join(map(_to_unicode, self.ascii.split(".")))
            back = ".".join(map(_to_ascii, _map(shown).split(".")))
        except ValueError:
            return self.ascii
        return shown if back == self.ascii else self.ascii

    def zones(self) -> tuple[str, ...]:
        """Return the ASCII names of the zones it can be in, longest first, never a bare TLD."""
        labels = self.ascii.removeprefix("*.").split(".")
        return tuple(".".join(labels[start:]) for start in range(len(labels) - 1))


def parse_domain(text: str) -> Domain:
    """Read a name in any spelling (IDN, emoji, upper case, ideographic dots); ValueError says what is wrong."""
    labels = _labels(text)
    if len(labels) < (3 if labels[0] == "*" else 2):
        raise ValueError(f'"{_short(text)}" has too few labels: write the full name, such as home.example.org')
    if all(label.isdigit() for label in labels):
        raise ValueError(f'"{_short(text)}" looks like an IP address, not a name')
    return Domain(".".join(labels))


def parse_relative(text: str) -> Domain:
    """Read a name inside a zone that is known by its id only: ``@`` (or nothing) is the zone itself.

    ValueError says what is wrong. The result is as ``parse_domain``'s, but may have one label, or be ``@``.
    """
    if text.strip() in {"", "@"}:
        return Domain("@")
    return Domain(".".join(_labels(text)))


def _labels(text: str) -> list[str]:
    """Return the checked ASCII labels, at least one."""
    name = _trim_dots(_map(_outer(text)))
    if not name:
        raise ValueError(f'"{_short(text)}" is not a name' if text.strip() else "the name is empty")
    labels = []
    for position, label in enumerate(name.split(".")):
        labels.append("*" if label == "*" and position == 0 else _checked(label, text))
    if len(".".join(labels)) > _MAX_NAME:
        raise ValueError(f'"{_short(text)}" is longer than {_MAX_NAME} characters, the most a name can have')
    return labels


def _outer(text: str) -> str:
    """Return the trimmed text, or say what else it seems to be."""
    text = text.strip()
    if len(text) > _MAX_INPUT:
        raise ValueError(f'"{_short(text)}" is longer than {_MAX_NAME} characters, the most a name can have')
    if any(mark in text for mark in "/:@?#"):
        hint = "write only the name, such as home.example.org"
        raise ValueError(f'"{_short(text)}" looks like a URL or an address, not a name; {hint}')
    if any(mark.isspace() for mark in text):
        raise ValueError(f'"{_short(text)}" has a space inside; separate names by commas')
    return text


def _trim_dots(name: str) -> str:
    """Remove leading dots and the trailing one(s) of a fully qualified name."""
    return name.strip(".")


def _map(text: str) -> str:
    """Apply the UTS #46 mapping; ValueError when a character has no place in a name."""
    if text.isascii():
        return text.lower()
    import idna  # noqa: PLC0415 -- its tables cost memory, and most names are plain ASCII

    try:
        return idna.uts46_remap(text, std3_rules=False)
    except idna.IDNAError:
        wrong = "".join(_unmappable(text)) or text
        raise ValueError(f'"{_short(text)}" has a character no name can have: {ascii(wrong)[1:-1]}') from None


def _unmappable(text: str) -> list[str]:
    """Return the characters the mapping refuses."""
    import idna  # noqa: PLC0415 -- see _map

    found = []
    for character in text:
        try:
            idna.uts46_remap(character, std3_rules=False)
        except idna.IDNAError:
            found.append(character)
    return found


def _checked(label: str, text: str) -> str:
    """Return a mapped label as ASCII, or say what is wrong with it."""
    shown = f'"{_short(text)}"'
    if not label:
        raise ValueError(f"{shown} has two dots in a row")
    if "*" in label:
        raise ValueError(f'{shown} has a "*" where none can be; it can only be the whole first label (*.example.org)')
    if label.startswith("-") or label.endswith("-"):
        raise ValueError(f'{shown} has the label "{label}", and no label can begin or end with "-"')
    wrong = [mark for mark in label if mark.isascii() and mark not in _LABEL_CHARACTERS]
    if wrong:
        raise ValueError(f"{shown} has the character {wrong[0]!a}, which no name can have")
    try:
        encoded = _to_ascii(label)
    except ValueError as error:
        raise ValueError(f'{shown} has the label "{ascii(label)[1:-1]}", which {error}') from None
    if len(encoded) > _MAX_LABEL:
        raise ValueError(f"{shown} has a label longer than {_MAX_LABEL} bytes: {_short(encoded)}")
    return encoded


def _to_ascii(label: str) -> str:
    """Encode a mapped label; the ValueError ends a sentence that began with "the label …, which"."""
    if label.isascii():
        if label.startswith(_PREFIX):
            _to_unicode(label)
        return label
    from unicodedata import bidirectional  # noqa: PLC0415 -- see _map

    import idna  # noqa: PLC0415 -- see _map

    if label.startswith(_PREFIX):
        raise ValueError("begins with xn--, so it can only hold ASCII characters")
    try:
        idna.check_initial_combiner(label)
        if any(bidirectional(mark) in _RIGHT_TO_LEFT for mark in label):  # else it refuses characters it does not know
            idna.check_bidi(label)
        joiners = all(idna.valid_contextj(label, at) for at, mark in enumerate(label) if mark in "\u200c\u200d")
    except (idna.IDNAError, ValueError):
        joiners = False
    if not joiners:
        raise ValueError("mixes characters in a way no name can (writing directions, joiners or combining marks)")
    return _PREFIX + label.encode("punycode").decode("ascii")


def _to_unicode(label: str) -> str:
    """Decode a punycode label (others stay), when what it says would be encoded the same way.

    Characters that the tables here do not know yet are let through: Cloudflare's may be newer.
    """
    if not label.startswith(_PREFIX):
        return label
    from unicodedata import category  # noqa: PLC0415 -- see _map

    try:
        plain = label.removeprefix(_PREFIX).encode("ascii").decode("punycode")
        good = not plain.isascii() and "." not in plain and _PREFIX + plain.encode("punycode").decode() == label
        if good and not any(category(mark) == "Cn" for mark in plain):
            good = _map(plain) == plain and _to_ascii(plain) == label
    except (ValueError, OverflowError):
        good, plain = False, ""
    if not good:
        raise ValueError("is broken punycode")
    return plain


def _short(text: str) -> str:
    """Return a text short and printable enough for a message."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return shown if len(shown) <= 80 else f"{shown[:60]}…"

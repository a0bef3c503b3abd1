"""Reading single values. Each ValueError ends a sentence that began with the setting's name: ``TTL must be …``."""

import re
from collections.abc import Sequence

from ddns.config.values.scan import split_outside, unquote
from ddns.config.values.suggest import did_you_mean
from ddns.core.booleans import FALSE, TRUE

_MEANT = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}
_TAG = re.compile(r"[A-Za-z0-9_-]{1,32}:.{0,100}", re.DOTALL)
_FREE_COMMENT = 100  # characters on the Free plan, 500 on paid ones (Cloudflare documentation, 2026-04)
_LONGEST_COMMENT = 500
_MOST_TAGS = 20  # a record (Cloudflare documentation, 2026-04); none on the Free plan
_AUTOMATIC_TTL = 1
_LEAST_TTL, _PLAIN_TTL, _MOST_TTL = 30, 60, 86400  # below 60 only on the Enterprise plan


def parse_bool(text: str) -> bool:
    """Read a boolean as Go spells them."""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    meant = _MEANT.get(text.lower(), text.lower() if text.lower() in TRUE | FALSE else "")
    hint = f"; did you mean {meant}?" if meant else ""
    raise ValueError(f"must be true or false, not {short(text)}{hint}")


def parse_integer(text: str, least: int, most: int) -> int:
    """Read a decimal integer between two limits."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text) or not least <= int(text) <= most:
        raise ValueError(f"must be a number from {least} to {most}, not {short(text)}")
    return int(text)


def parse_ttl(text: str) -> int:
    """Read a TTL: 1 (automatic) or 30 to 86400 seconds."""
    if not re.fullmatch(r"\+?[0-9]{1,18}", text):
        raise ValueError(f"must be 1 (automatic) or seconds from {_LEAST_TTL} to {_MOST_TTL}, not {short(text)}")
    ttl = int(text)
    if ttl != _AUTOMATIC_TTL and not _LEAST_TTL <= ttl <= _MOST_TTL:
        raise ValueError(f"must be 1 (automatic) or seconds from {_LEAST_TTL} to {_MOST_TTL}, not {ttl}")
    return ttl


def ttl_warning(ttl: int) -> str:
    """Return what the reader has to say about an allowed TTL, or ""."""
    if _AUTOMATIC_TTL < ttl < _PLAIN_TTL:
        return f"is {ttl}: Cloudflare takes less than {_PLAIN_TTL} seconds only on the Enterprise plan"
    return ""


def parse_comment(text: str) -> str:
    """Check the comment of a record."""
    if "\n" in text or "\r" in text:
        raise ValueError("must be a single line")
    if len(text) > _LONGEST_COMMENT:
        raise ValueError(f"has {len(text)} characters; Cloudflare takes at most {_LONGEST_COMMENT}")
    return text


def comment_warning(comment: str) -> str:
    """Return what the reader has to say about an allowed comment, or ""."""
    if len(comment) > _FREE_COMMENT:
        return f"has {len(comment)} characters: Cloudflare takes more than {_FREE_COMMENT} only on paid plans"
    return ""


def parse_tags(text: str) -> tuple[str, ...]:
    """Read ``name:value, name:value``, in brackets or not; duplicates are left out."""
    inside = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    tags = tuple(dict.fromkeys(words(inside)))
    for tag in tags:
        if not _TAG.fullmatch(tag) or not tag.isprintable():
            raise ValueError(f"has the tag {short(tag)}; a tag is name:value, the name of letters, digits, _ and -")
    if len(tags) > _MOST_TAGS:
        raise ValueError(f"has {len(tags)} tags; Cloudflare takes at most {_MOST_TAGS} a record")
    return tags


def words(text: str) -> list[str]:
    """Split a comma list, without empty items; items may stand in quotation marks."""
    return [unquote(item) for item in split_outside(text, ",") if item]


def parse_flags(text: str, known: Sequence[str]) -> frozenset[str]:
    """Read a comma list of known words."""
    found = {word.lower() for word in words(text)}
    for word in sorted(found - set(known)):
        hint = did_you_mean(word, known)
        raise ValueError(f"knows {', '.join(known)}, but not {short(word)}{'; ' if hint else ''}{hint}")
    return frozenset(found)


def parse_choice(text: str, known: Sequence[str]) -> str:
    """Read one of a few words; their case does not matter."""
    word = text.lower()
    if word not in known:
        hint = did_you_mean(word, known)
        raise ValueError(f"must be {' or '.join(known)}, not {short(text)}{'; ' if hint else ''}{hint}")
    return word


def parse_path(text: str) -> str:
    """Check that a path is absolute; "" is none."""
    if text and (not text.startswith("/") or "\0" in text):
        raise ValueError(f"must be an absolute path, beginning with /; did you mean /{text.removeprefix('./')[:200]}?")
    return text


def short(text: str) -> str:
    """Return a text in quotation marks, short and printable enough for a message."""
    text = text if text.isprintable() else ascii(text)[1:-1]
    return f'"{text}"' if len(text) <= 80 else f'"{text[:60]}…"'

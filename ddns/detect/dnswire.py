"""As much of the DNS message format (RFC 1035 §4) as asking one question takes. Pure."""

from typing import Final, NamedTuple

from ddns.core.addresses.accept import Undetected

A, TXT, AAAA = 1, 16, 28
IN, CHAOS = 1, 3
_RESPONSE, _TRUNCATED, _RECURSE, _RCODE = 0x8000, 0x0200, 0x0100, 0x000F
_HEADER: Final = 12
_LABEL: Final = 63
_RCODES: Final = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


class Question(NamedTuple):
    """One question: an ASCII name without final dot, type and class; ``recurse`` asks for recursion."""

    name: str
    type: int
    klass: int
    recurse: bool = False


WHOAMI = Question("whoami.cloudflare", TXT, CHAOS)
"""Answered by Cloudflare's resolvers with the asker's address as text."""


def encode(question: Question, ident: int) -> bytes:
    """Return the query message with this 16-bit ID."""
    flags = _RECURSE if question.recurse else 0
    head = b"".join(part.to_bytes(2, "big") for part in (ident, flags, 1, 0, 0, 0))
    labels = b"".join(bytes((len(label),)) + label.encode("ascii") for label in question.name.split("."))
    return head + labels + b"\0" + question.type.to_bytes(2, "big") + question.klass.to_bytes(2, "big")


def decode(message: bytes, ident: int, question: Question) -> tuple[bytes, ...]:
    """Return the data of every answer to the question. Undetected when the message is no whole, good answer to it."""
    try:
        return _decode(message, ident, question)
    except IndexError:
        raise Undetected("the DNS answer is cut short or not DNS at all") from None


def text_of(answers: tuple[bytes, ...]) -> str:
    """Return the one text that TXT answers hold; Undetected: none, several, an empty or a cut one."""
    texts: list[bytes] = []
    for data in answers:
        at = 0
        while at < len(data):
            end = at + 1 + data[at]
            if end > len(data):
                raise Undetected("the text in the DNS answer is cut short")
            texts.append(data[at + 1 : end])
            at = end
    if len(texts) != 1 or not texts[0]:
        raise Undetected("the DNS answer does not hold exactly one text")
    return texts[0].decode("ascii", "replace")


def _decode(message: bytes, ident: int, question: Question) -> tuple[bytes, ...]:
    flags = _number(message, 2)
    if _number(message, 0) != ident or not flags & _RESPONSE:
        raise Undetected("the DNS answer is not for our question")
    if flags & _TRUNCATED:
        raise Undetected("the DNS answer is cut short")
    if flags & _RCODE:
        code = flags & _RCODE
        raise Undetected(f"the DNS server answered {_RCODES.get(code, f'code {code}')}")
    at = _HEADER
    for _ in range(_number(message, 4)):
        at = _name(message, at)[1] + 4
    found = []
    for _ in range(_number(message, 6)):
        name, at = _name(message, at)
        kind, klass, size = _number(message, at), _number(message, at + 2), _number(message, at + 8)
        at += 10 + size
        if at > len(message):
            raise IndexError
        if (name, kind, klass) == (question.name.lower(), question.type, question.klass):
            found.append(message[at - size : at])
    return tuple(found)


def _number(message: bytes, at: int) -> int:
    return message[at] << 8 | message[at + 1]


def _name(message: bytes, at: int) -> tuple[str, int]:
    """Return the name at an offset, in lower case, and the offset behind it. Pointers must lead back, so this ends."""
    labels: list[str] = []
    after = -1
    bound = at
    while size := message[at]:
        if size >= 0xC0:  # a pointer
            after = at + 2 if after < 0 else after
            at = _number(message, at) & 0x3FFF
            if at >= bound:
                raise IndexError
            bound = at
        elif size > _LABEL:
            raise IndexError
        else:
            labels.append(message[at + 1 : at + 1 + size].decode("ascii", "replace").lower())
            at += 1 + size
    return ".".join(labels), at + 1 if after < 0 else after

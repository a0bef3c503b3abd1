"""One question to the API as a value, and the two ways to say that its answer is of no use."""

from typing import Any, NamedTuple

from ddns.errors import ApiError, Unavailable, Unconfirmed

SMALL = 1 << 20
"""Bytes of body accepted where an answer is short."""
LARGE = 1 << 24
"""Bytes of body accepted for a page of 5,000 records (about 600 bytes each)."""


class Ask(NamedTuple):
    """A request below the base URL. ``path`` is quoted and has its query.

    ``aim`` completes the sentence "Cloudflare was asked to …" in messages. ``writes`` says that it must not happen
    twice. ``limit`` is the most bytes of body accepted. ``bulk``: it begins a bulk operation, of which an account may
    have one at a time, so that a 429 may be no rate limit: see ``errors.Busy``.
    """

    method: str
    path: str
    aim: str
    body: bytes = b""
    writes: bool = False
    limit: int = SMALL
    bulk: bool = False


class Answer(NamedTuple):
    """What a success brought: ``result`` is whatever JSON it is, ``info`` the page information (may be empty)."""

    result: Any
    info: dict[str, Any]


def unusable(ask: Ask, reason: str, hint: str = "", *, status: int = 0, code: int = 0) -> ApiError:
    """Return the error of an answer that never came or cannot be read: Unconfirmed for a write, else Unavailable."""
    if ask.writes:
        message = f"could not confirm the request to {ask.aim}: {reason}"
        return Unconfirmed(message, hint or "it is read again before anything is written", status=status, code=code)
    return Unavailable(f"could not {ask.aim}: {reason}", hint, status=status, code=code)


def rows(ask: Ask, answer: Answer) -> list[dict[str, Any]]:
    """Return a result that must be a list of objects."""
    if not isinstance(answer.result, list) or not all(isinstance(row, dict) for row in answer.result):
        raise unusable(ask, "its answer has no list of results")
    return answer.result


def row(ask: Ask, answer: Answer) -> dict[str, Any]:
    """Return a result that must be an object."""
    if not isinstance(answer.result, dict):
        raise unusable(ask, "its answer has no result")
    return answer.result


def text(ask: Ask, source: dict[str, Any], key: str) -> str:
    """Return a field that must be a text and not empty."""
    value = source.get(key)
    if not isinstance(value, str) or not value:
        raise unusable(ask, f'its answer has something without "{key}"')
    return value

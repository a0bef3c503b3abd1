"""Errors as parts of sentences: why something was not done, and what the user can do about it. Pure."""

from ddns.errors import ApiError, AuthError, Refused


def reason(error: ApiError) -> str:
    """Return an API error as the end of a sentence."""
    return error.message.rstrip(".")


def as_sentence(hint: str) -> str:
    """Return a hint as the beginning of a sentence."""
    return hint[:1].upper() + hint[1:]


def advice(error: ApiError, *, cleanup: bool) -> str:
    """Return what the user can do about an API error, as a sentence of its own."""
    if error.hint:
        return as_sentence(error.hint)
    if isinstance(error, AuthError):
        return "Check the token and its permissions"
    if cleanup:
        return "Delete what is left in the Cloudflare dashboard, or start and stop the program again"
    if isinstance(error, Refused):
        return "Look at it in the Cloudflare dashboard; it is tried again in the next round"
    return "It is tried again in the next round; if this lasts, see what ddns doctor says"

"""From an HTTP response to a result, or to the error that says what is known about the request."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ddns import jsonio
from ddns.cloudflare.ask import Answer, Ask, unusable
from ddns.core.memory import LONGEST_BLOCK
from ddns.errors import ApiError, Busy, RateLimited, Refused
from ddns.ports import Response

if TYPE_CHECKING:
    from ddns.cloudflare.refusals import FirstError

_THROTTLED: Final = 971  # "Please wait and consider throttling your request speed" (seen in public issues, 2025)
BLOCK: Final = 300.0
"""Seconds for which Cloudflare blocks all calls after too many (documentation, 2026-04)."""
LONGEST: Final = LONGEST_BLOCK
"""Seconds that a Retry-After is believed at most."""


def read(ask: Ask, response: Response, hide: str) -> Answer:
    """Return the result of a success; otherwise raise what the status says first, and the code second.

    ``hide`` is the secret, which must not stand in a message even if Cloudflare wrote it.
    """
    status = response.status
    document = _document(response)
    reply = _reply(status, document, hide)
    if status == 429:
        raise _limited(ask, response.headers, reply)
    if status == 408 or status // 100 not in {2, 4}:
        detail = f": {reply.text}" if reply and reply.code else ""
        raise unusable(ask, f"Cloudflare answered {status}{detail}{_ray(response)}", _waiting(status), status=status)
    if document is None:
        raise _foreign(ask, response)
    if reply is not None and (status >= 400 or document.get("success") is False):
        from ddns.cloudflare.refusals import refusal  # noqa: PLC0415 -- a steady round is refused nothing

        raise refusal(ask, status, reply)
    if document.get("success") is not True:
        raise unusable(ask, f"its answer does not say whether it was done{_ray(response)}", status=status)
    if document.get("result") is None:
        raise unusable(ask, f"its answer has no result{_ray(response)}", status=status)
    info = document.get("result_info")
    return Answer(document["result"], info if isinstance(info, dict) else {})


def _reply(status: int, document: Mapping[str, Any] | None, hide: str) -> "FirstError | None":
    """Return the first error of an answer; None for a success, and where the answer is not in the form of the API."""
    if document is None or (status < 400 and document.get("success") is True):
        return None
    from ddns.cloudflare.refusals import first_error  # noqa: PLC0415 -- a steady round has none

    return first_error(document.get("errors"), hide)


def _document(response: Response) -> dict[str, Any] | None:
    """Return the body if it is a JSON object, whatever its Content-Type claims."""
    if response.body.lstrip()[:1] != b"{":
        return None
    try:
        document = jsonio.loads_answer(response.body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _foreign(ask: Ask, response: Response) -> ApiError:
    """Return the error of a 2xx or 4xx in a shape that is not the API's: the edge, or something in between, spoke."""
    where = f"its answer (HTTP {response.status}) is not in the form of the API{_ray(response)}"
    if response.status < 300:
        return unusable(ask, where, status=response.status)
    hint = "check CLOUDFLARE_API_BASE_URL, and whether a proxy or firewall answers in Cloudflare's place"
    return Refused(f"Cloudflare refused to {ask.aim}: {where}", hint, status=response.status)


def _limited(ask: Ask, headers: Mapping[str, str], reply: "FirstError | None") -> ApiError:
    if ask.bulk and _is_pending(headers, reply):
        hint = "something else changes this account's lists; the next round tries again"
        return Busy(f"Cloudflare refused to {ask.aim}: another change of lists is pending", hint, status=429)
    seconds = seconds_of(headers.get("retry-after", ""))
    message = f"Cloudflare asks us to wait for {seconds:.0f} s, so it was not asked to {ask.aim}"
    detail = f": {reply.text}" if reply and reply.code else ""
    hint = "nothing was changed; the interval of updates may be too short, or other programs use this token's limit up"
    return RateLimited(message + detail, hint, retry_after=seconds, code=reply.code if reply else 0)


def _is_pending(headers: Mapping[str, str], reply: "FirstError | None") -> bool:
    """Whether a 429 speaks of a pending bulk operation (its exact form is not documented) and not of a rate limit."""
    if reply is None or _THROTTLED in reply.codes:
        return False
    return "retry-after" not in headers or any(word in reply.text.lower() for word in ("pending", "operation"))


def seconds_of(text: str) -> float:
    """Return a Retry-After in seconds, at least 1; what is no number means the usual block."""
    return min(max(float(text), 1.0), LONGEST) if text.isascii() and text.isdigit() else BLOCK


def _ray(response: Response) -> str:
    """Return Cloudflare's name for this request, which its support asks for."""
    ray = response.headers.get("cf-ray", "")
    return f" (CF-Ray {ray})" if len(ray) <= 40 and ray.isascii() and ray.replace("-", "").isalnum() else ""


def _waiting(status: int) -> str:
    return "" if status < 500 else "this is a fault on Cloudflare's side; the next round tries again"

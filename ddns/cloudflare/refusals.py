"""What a definite no of Cloudflare means: the class of error, and what the user can do about it.

Code numbers are reused across Cloudflare's backends, so the HTTP status decides first, then the code. Where no other
source is named, codes and texts are those quoted in public issue threads up to 2026-11.
"""

from typing import Final, NamedTuple

from ddns.cloudflare.ask import Ask
from ddns.errors import ApiError, AuthError, Exists, Gone, Refused

AUTH: Final = frozenset({10000, 9109, 9106, 9103, 6003, 6111})
EXISTS: Final = frozenset({81057, 81058})
GONE: Final = frozenset({81044, 7003})
_MALFORMED: Final = frozenset({6003, 6111, 9106})
_FREE_TLD: Final = 1038  # comes with 403, but no other token would help
_GENERIC: Final = frozenset({1004, 6003})  # "DNS Validation Error", "Invalid request headers": the chain says more

_LOCATION: Final = "Cannot use the access token from location"
DNS: Final = (
    'check that the token is valid, not expired, and has the "Edit" permission of "Zone - DNS" for this zone '
    "(Cloudflare says the same of a wrong token and of one that may not do this)"
)
LOCATION_HINT: Final = (
    "the token's Client IP Address Filtering does not allow this machine's address: remove the filter, "
    "because an address that changes would lock the updater out again"
)
MALFORMED_HINT: Final = (
    "the token is not in the form of a Cloudflare token: copy it again, whole, without quotes and blanks"
)
PERMISSIONS: Final = {
    "/rules/lists": '"Edit" permission of "Account - Account Filter Lists"',
    "/gateway/": 'permission "Zero Trust - Edit"',
    "/access/": 'permission "Access: Organizations, Identity Providers, and Groups - Edit"',
    "/load_balancers/": 'permission "Load Balancing: Monitors and Pools - Edit"',
}
"""Which permission a path needs, as the dashboard names it (Cloudflare's API schema and documentation, 2026-08)."""
HINTS: Final = {
    81053: "an A, AAAA or CNAME record of this name is in the way: remove it, or remove the name from the settings",
    81054: "a CNAME record of this name is in the way: remove it, or remove the name from the settings",
    81045: "the zone has as many records as its plan allows: remove some, or upgrade the plan",
    9021: "set TTL to 1 (automatic) or to a number of seconds from 60 to 86400",
    9004: "this record cannot be proxied: set PROXIED=false for it",
    9041: "an address that is private or reserved cannot be proxied: set PROXIED=false for this name",
    9300: "tags are not available on the Free plan: remove RECORD_TAGS, and tags= from the entries",
    9313: "shorten the comment: 100 characters on the Free plan, 500 on others",
    1038: "Cloudflare's API does not change zones under .cf, .ga, .gq, .ml and .tk",
    7003: "check the zone ID or account ID in the settings",
    10031: "a rule still uses this list: remove the rule first",
    9207: "this should not happen: please report it",
}


class FirstError(NamedTuple):
    """The first error of an answer: its code (0: none), and its text with those of its chain."""

    code: int
    text: str
    codes: frozenset[int]


def first_error(errors: object, hide: str) -> FirstError:
    """Read the ``errors`` of an envelope; ``hide`` is the secret, should it stand there."""
    first = _objects(errors)[:1]
    chain = _objects(first[0].get("error_chain")) if first else []
    codes = [code for each in (*first, *chain) if isinstance(code := each.get("code"), int)]
    texts = [clean(str(each.get("message", "")), hide) for each in (*first, *chain)]
    code = codes[1] if len(codes) > 1 and codes[0] in _GENERIC else codes[0] if codes else 0
    return FirstError(code, ": ".join(each for each in texts if each) or "no reason given", frozenset(codes))


def _objects(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def clean(text: str, hide: str) -> str:
    """Return a text of Cloudflare fit for one line of a log: printable, at most 200 characters, without the secret."""
    text = text.replace(hide, "(redacted)") if hide else text
    return "".join(mark if mark.isprintable() else " " for mark in text)[:200].strip()


def refusal(ask: Ask, status: int, reply: FirstError) -> ApiError:
    """Return the error of a definite no: any 4xx but 408 and 429, or ``success: false``."""
    code = reply.code
    shown = f"{reply.text} ({code})" if code else f"{reply.text} (HTTP {status})"
    if code in EXISTS:
        return Exists(f"Cloudflare refused to {ask.aim}: {shown}", status=status, code=code)
    if code != _FREE_TLD and (status in {401, 403} or reply.codes & AUTH):
        message = f"Cloudflare refused our credentials when asked to {ask.aim}: {shown}"
        return AuthError(message, _auth_hint(ask, reply), status=status, code=code)
    kind = Gone if status == 404 or reply.codes & GONE else Refused
    return kind(f"Cloudflare refused to {ask.aim}: {shown}", HINTS.get(code, ""), status=status, code=code)


def _auth_hint(ask: Ask, reply: FirstError) -> str:
    if _LOCATION in reply.text:
        return LOCATION_HINT
    if reply.codes & _MALFORMED:
        return MALFORMED_HINT
    for part, permission in PERMISSIONS.items():
        if part in ask.path:
            return f"check the account ID, and that the token is valid, not expired, and has the {permission} there"
    return DNS

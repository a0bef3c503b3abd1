"""What a service says about a fault, when it is one of the texts known to us. Imported after a failure only.

Nothing a server wrote is ever shown: it may hold the URL it was asked at, a password in any encoding, a token made for
this session. What is shown is our own copy of a text that services document, where the answer has exactly that text.
"""

from collections.abc import Iterator

from ddns import jsonio
from ddns.ports import Response

_DEEPEST = 4

# Slack's incoming webhooks and chat.postMessage; Matrix client-server API v1.11; Zulip; Google; Pushbullet; Mattermost;
# ntfy; Gotify (their API references, 2026-08)
_CODES = (
    "account_inactive action_prohibited channel_is_archived channel_not_found invalid_auth invalid_payload "
    "invalid_token is_archived missing_scope msg_too_long no_active_hooks no_permission no_service no_service_id "
    "no_team no_text not_authed not_in_channel posting_to_general_channel_denied ratelimited restricted_action "
    "team_disabled token_expired token_revoked user_not_found M_FORBIDDEN M_GUEST_ACCESS_FORBIDDEN M_LIMIT_EXCEEDED "
    "M_MISSING_TOKEN M_NOT_FOUND M_TOO_LARGE M_UNKNOWN_TOKEN M_USER_DEACTIVATED M_USER_LOCKED BAD_REQUEST "
    "INVALID_API_KEY RATE_LIMIT_HIT REALM_DEACTIVATED STREAM_DOES_NOT_EXIST USER_DEACTIVATED INVALID_ARGUMENT "
    "NOT_FOUND PERMISSION_DENIED RESOURCE_EXHAUSTED UNAUTHENTICATED invalid_access_token pushbullet_pro_required "
    "web.incoming_webhook.channel.app_error web.incoming_webhook.disabled.app_error "
    "web.incoming_webhook.invalid.app_error Forbidden Unauthorized forbidden unauthorized"
)
# Telegram Bot API 9; Discord API v10; Pushover; IFTTT; Opsgenie; Lark; PagerDuty (likewise)
_SENTENCES = (
    *("Not Found", "Bad Request: chat not found", "Bad Request: message thread not found"),
    *("Bad Request: group chat was upgraded to a supergroup chat", "Forbidden: user is deactivated"),
    *("Bad Request: not enough rights to send text messages to the chat", "Forbidden: bot was blocked by the user"),
    *("Forbidden: bot was kicked from the group chat", "Forbidden: bot was kicked from the supergroup chat"),
    *("Forbidden: bot is not a member of the channel chat", "Forbidden: bot can't initiate conversation with a user"),
    *("Unknown Webhook", "Unknown Channel", "Invalid Webhook Token", "401: Unauthorized"),
    *("application token is invalid", "application token is invalid, see https://pushover.net/api"),
    "user identifier is not a valid user, group, or subscribed user key, see https://pushover.net/api",
    *("You sent an invalid key.", "Could not authenticate"),
    *("param invalid: incoming webhook access token invalid", "Key Words Not Found", "Ip Not Allowed"),
    "sign match fail or timestamp is not within one hour from current time",
    "Length of 'routing_key' is incorrect (should be 32 characters)",
)
KNOWN = frozenset((*_CODES.split(" "), *_SENTENCES))


def known_words(response: Response) -> str:
    """Return the first text of an answer, plain or anywhere in its JSON, that is one of ``KNOWN``; else nothing."""
    try:
        found = jsonio.loads_answer(response.body)
    except ValueError:
        found = response.body.decode(errors="replace").strip()
    return next((text for text in _texts(found, _DEEPEST) if text in KNOWN), "")


def _texts(value: object, levels: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and levels:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, levels - 1)

"""Which permissions a configuration needs, as Cloudflare's dashboard names them, and the link to its form."""

from ddns.core.planning.intents import places
from ddns.core.settings import UpdateSettings

_FORM = "https://dash.cloudflare.com/profile/api-tokens"
"""The form for a new token takes permissions in its address (Cloudflare documentation, 2026); of the keys of
permissions only ``zone_dns`` is confirmed, so the others are told in words."""
_DNS_EDIT = "%5B%7B%22key%22%3A%22zone_dns%22%2C%22type%22%3A%22edit%22%7D%5D"
_NONE = "%5B%5D"
_OF_PLACES = {
    "LIST": "Account - Account Filter Lists - Edit",
    "GATEWAY_LIST": "Account - Zero Trust - Edit",
    "LOCATION": "Account - Zero Trust - Edit",
    "GROUP": "Account - Access: Organizations, Identity Providers, and Groups - Edit",
    "ORIGIN": "Account - Load Balancing: Monitors and Pools - Edit",
}


def permissions(update: UpdateSettings) -> tuple[str, ...]:
    """Return the permissions a token needs for exactly what is configured."""
    dns = ("Zone - DNS - Edit",) if update.entries or update.spf else ()
    return (*dns, *dict.fromkeys(_OF_PLACES[place.type] for place in places(update)))


def token_link(update: UpdateSettings) -> str:
    """Return the address of the dashboard's form for a new token, with what can be prefilled."""
    keys = _DNS_EDIT if update.entries or update.spf else _NONE
    return f"{_FORM}?permissionGroupKeys={keys}&accountId=*&zoneId=all&name=Dormouse"

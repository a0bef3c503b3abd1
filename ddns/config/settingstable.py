"""Every setting in one table: options, JSON keys, the schema, the help and ``ddns check`` derive from it.

The names, defaults and limits of the first block of each group are favonia's (v1.17.0 and its HEAD of 2026-08-07); the
others are our own. A default is a text the user could write.
"""

from typing import Literal, NamedTuple

from ddns.core.settings import DEFAULT_BASE_URL

Kind = Literal[
    "text",
    "path",
    "secret",
    "bool",
    "integer",
    "duration",
    "choice",
    "flag list",
    "list",
    "entries",
    "source",
    "lines",
    "places",
]
Group = Literal["access", "names", "sources", "schedule", "records", "WAF lists", "places", "reports", "output", "old"]


class Setting(NamedTuple):
    """One setting: its environment name, what kind of text it takes, its default, and one sentence about it.

    ``secret`` values are never shown. ``choices`` are the words of a ``choice`` or a ``flag list``. ``limits`` are the
    least and the greatest ``integer``.
    """

    name: str
    group: Group
    kind: Kind
    default: str
    meaning: str
    secret: bool = False
    choices: tuple[str, ...] = ()
    limits: tuple[int, int] = (0, 0)

    @property
    def option(self) -> str:
        """Return the command-line option: ``--ip4-domains``."""
        return "--" + self.name.lower().replace("_", "-")

    @property
    def key(self) -> str:
        """Return the key in the JSON file: ``ip4_domains``."""
        return self.name.lower()


GROUPS: dict[Group, str] = {
    "access": "Access to Cloudflare",
    "names": "Names and lists",
    "sources": "Address sources",
    "schedule": "Schedule",
    "records": "Records",
    "WAF lists": "WAF lists",
    "places": "Other places",
    "reports": "Reports",
    "output": "Output",
    "old": "Old names",
}
"""The title of each group, in the order in which they are shown."""
FIELD_NAMES = ("proxied", "ttl", "comment", "tags")

SETTINGS: tuple[Setting, ...] = (
    Setting("CLOUDFLARE_API_TOKEN", "access", "secret", "", "the API token", secret=True),
    Setting("CLOUDFLARE_API_TOKEN_FILE", "access", "path", "", "an absolute path to a file with the API token"),
    Setting("CF_API_TOKEN", "old", "secret", "", "old name of CLOUDFLARE_API_TOKEN", secret=True),
    Setting("CF_API_TOKEN_FILE", "old", "path", "", "old name of CLOUDFLARE_API_TOKEN_FILE"),
    Setting(
        *(
            "CLOUDFLARE_ZONE_TOKENS",
            "access",
            "lines",
            "",
            "tokens for single zones, as zone-id=token or zone-id=/file",
        ),
        secret=True,
    ),
    Setting("CLOUDFLARE_EMAIL", "access", "text", "", "makes the token a legacy global key of this account"),
    Setting("CLOUDFLARE_API_BASE_URL", "access", "text", DEFAULT_BASE_URL, "where the API is"),
    Setting("DOMAINS", "names", "entries", "", "names that get A and AAAA records"),
    Setting("IP4_DOMAINS", "names", "entries", "", "names that get A records, beside those of DOMAINS"),
    Setting("IP6_DOMAINS", "names", "entries", "", "names that get AAAA records, beside those of DOMAINS"),
    Setting("WAF_LISTS", "names", "places", "", "IP lists for WAF rules, as account-id/list-name"),
    Setting("IP4_PROVIDER", "sources", "source", "cloudflare.trace", "where the IPv4 address comes from"),
    Setting("IP6_PROVIDER", "sources", "source", "cloudflare.trace", "where the IPv6 address comes from"),
    Setting("IP4_POLICY", "old", "source", "", "old name of IP4_PROVIDER"),
    Setting("IP6_POLICY", "old", "source", "", "old name of IP6_PROVIDER"),
    Setting(
        *("IP4_DEFAULT_PREFIX_LEN", "sources", "integer", "32", "prefix length of a bare IPv4 address"), limits=(8, 32)
    ),
    Setting(
        *("IP6_DEFAULT_PREFIX_LEN", "sources", "integer", "64", "prefix length of a bare IPv6 address"),
        limits=(12, 128),
    ),
    Setting("IP4_DETECTION_FILTER", "sources", "text", "keep-all", "which detected IPv4 addresses are kept"),
    Setting("IP6_DETECTION_FILTER", "sources", "text", "keep-all", "which detected IPv6 addresses are kept"),
    Setting("DETECTION_TIMEOUT", "sources", "duration", "5s", "how long finding the address of a family may take"),
    Setting("REJECT_CLOUDFLARE_IPS", "sources", "bool", "true", "refuse Cloudflare's addresses from network sources"),
    Setting("REJECT_PRIVATE_IPS", "sources", "bool", "true", "refuse private addresses from network sources"),
    Setting("UPDATE_CRON", "schedule", "text", "@every 5m", "when rounds run: @once, @every 5m, or a cron expression"),
    Setting("UPDATE_ON_START", "schedule", "bool", "true", "run a round at once when the program starts"),
    Setting("BOOT_WAIT", "schedule", "duration", "0s", "how long to wait for a default route and a set clock"),
    Setting("DELETE_ON_STOP", "schedule", "bool", "false", "delete the managed records when the program stops"),
    Setting("TZ", "schedule", "text", "Local", "the time zone of UPDATE_CRON: Area/City, a path, or the machine's"),
    Setting("WATCH", "schedule", "bool", "true", "also run a round when the kernel reports a changed address"),
    Setting("UPDATE_TIMEOUT", "schedule", "duration", "30s", "how long the requests for one zone or list may take"),
    Setting("CACHE_EXPIRATION", "schedule", "duration", "0s", "how long the last reading of the records is trusted"),
    Setting("STATE_FILE", "schedule", "path", "", "a file that keeps what is known across restarts"),
    Setting("TTL", "records", "integer", "1", "TTL of new records in seconds, 1 for automatic", limits=(1, 86400)),
    Setting("PROXIED", "records", "text", "false", "whether new records are proxied: true, false, or an expression"),
    Setting("RECORD_COMMENT", "records", "text", "", "comment of new records"),
    Setting("RECORD_TAGS", "records", "list", "", "tags of new records, as name:value"),
    Setting(
        *("ENFORCE", "records", "flag list", "", "which fields are declared state, repaired on existing records"),
        choices=FIELD_NAMES,
    ),
    Setting("MANAGED_RECORDS_COMMENT_REGEX", "records", "text", "", "only records with a matching comment are ours"),
    Setting(
        *("POLICY", "records", "choice", "sync", "sync, or upsert-only, which never deletes a record"),
        choices=("sync", "upsert-only"),
    ),
    Setting("WAF_LIST_DESCRIPTION", "WAF lists", "text", "", "description of a list that has to be created"),
    Setting("WAF_LIST_ITEM_COMMENT", "WAF lists", "text", "", "comment of new list items"),
    Setting("MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX", "WAF lists", "text", "", "only items with a matching one are ours"),
    Setting("GATEWAY_LOCATIONS", "places", "places", "", "Zero Trust DNS locations, as account-id/location"),
    Setting("GATEWAY_LISTS", "places", "places", "", "Zero Trust lists of type IP, as account-id/list"),
    Setting("GATEWAY_LIST_DESCRIPTION", "places", "text", "", "description of a Gateway list that has to be created"),
    Setting("GATEWAY_LIST_ITEM_DESCRIPTION", "places", "text", "", "description of new items of Gateway lists"),
    Setting(
        *("MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX", "places", "text"),
        *("", "only items with a matching one are ours"),
    ),
    Setting("ACCESS_GROUPS", "places", "places", "", "Access groups, as account-id/group or zone:zone-id/group"),
    Setting("LOAD_BALANCER_ORIGINS", "places", "places", "", "origins of pools, as account-id/pool/origin"),
    Setting("SPF_DOMAINS", "places", "places", "", "names whose SPF record names this machine's addresses"),
    Setting("HEALTHCHECKS", "reports", "text", "", "ping URL of Healthchecks", secret=True),
    Setting("UPTIMEKUMA", "reports", "text", "", "push URL of Uptime Kuma", secret=True),
    Setting("SHOUTRRR", "reports", "lines", "", "URLs of notification services, one a line", secret=True),
    Setting("SHOUTRRR_FILE", "reports", "path", "", "an absolute path to a file with such URLs"),
    Setting("ON_CHANGE", "reports", "text", "", "a command that is run after a change", secret=True),
    Setting("METRICS_FILE", "reports", "path", "", "a Prometheus textfile, replaced after each round"),
    Setting("STATUS_PAGE", "reports", "path", "", "a page for the browser, replaced after each round"),
    Setting("EMOJI", "output", "bool", "true", "begin lines with an emoji"),
    Setting("QUIET", "output", "bool", "false", "only changes and problems"),
    Setting("LOG_FORMAT", "output", "choice", "text", "text, or json (an object a line)", choices=("text", "json")),
    Setting(
        *("LOG_ROUNDS", "output", "choice", "changes", "which rounds are told: changes (those with news), or all"),
        choices=("changes", "all"),
    ),
    Setting("LOG_TIMESTAMPS", "output", "bool", "false", "begin lines of text with the time"),
    Setting(
        *("DDNS_DIALECT", "output", "choice", "auto", "the language of the settings"),
        choices=("auto", "native", "timothymiller", "oznu"),
    ),
    Setting("CF_ACCOUNT_ID", "old", "text", "", "ignored: the account is known from the zone"),
    Setting("PUID", "old", "text", "", "ignored: run the program as the user you want"),
    Setting("PGID", "old", "text", "", "ignored: run the program as the user you want"),
)

BY_NAME: dict[str, Setting] = {setting.name: setting for setting in SETTINGS}
TOKEN_NAMES = ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN_FILE", "CF_API_TOKEN", "CF_API_TOKEN_FILE")
PLACE_NAMES = tuple(setting.name for setting in SETTINGS if setting.group == setting.kind == "places")
LIST_NAMES = ("DOMAINS", "IP4_DOMAINS", "IP6_DOMAINS", "WAF_LISTS")

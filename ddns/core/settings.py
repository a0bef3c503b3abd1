"""The settings of the whole program as immutable values, with every default in one place.

A default equals some value the user could write. Adapters are named by value (kind and argument), never by class.
Durations are seconds as float; ``UPDATE_CRON`` and friends keep the text the user wrote beside what was read from it.
"""

from typing import Literal, NamedTuple

from ddns.core.entries import Entry, ListRef, Source
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.expressions.selectors import AddressFilter
from ddns.core.places import ListRules, Place, SpfEntry
from ddns.core.schedule.schedule import Every, Schedule

DEFAULT_BASE_URL = "https://api.cloudflare.com/client/v4"


class Credential(NamedTuple):
    """How requests are signed: a token, or (``email`` set) the legacy global key. Its repr shows nothing.

    ``reread`` names a file whose content replaces the secret at the start of each round (oznu's API_KEY_FILE).
    """

    secret: str
    email: str = ""
    reread: str = ""

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return "Credential(redacted)"


class Access(NamedTuple):
    """Where the API is and how we sign in. ``zones`` are credentials for single zones, by zone ID."""

    credential: Credential
    base_url: str = DEFAULT_BASE_URL
    zones: tuple[tuple[str, Credential], ...] = ()

    def signing(self, path: str) -> Credential:
        """Return who signs a request with this path below the base URL."""
        kind, _, rest = path.removeprefix("/").partition("?")[0].partition("/")
        zone_id = rest.partition("/")[0] if kind == "zones" else ""
        return dict(self.zones).get(zone_id, self.credential)


class WafSettings(NamedTuple):
    """Everything about WAF lists. ``sources`` are those of IPv4 and IPv6; None is out of scope."""

    lists: tuple[ListRef, ...] = ()
    sources: tuple[Source | None, Source | None] = (None, None)
    description: str = ""
    item_comment: str = ""
    owned: CommentRegex = CommentRegex("")

    @property
    def rules(self) -> ListRules:
        """Return what the planner of a list needs to know."""
        return ListRules(self.description, self.item_comment, self.owned)


class UpdateSettings(NamedTuple):
    """What a round does."""

    entries: tuple[Entry, ...] = ()
    waf: WafSettings = WafSettings()
    places: tuple[Place, ...] = ()
    """Every place that is neither a record nor a WAF list."""
    gateway_lists: ListRules = ListRules()
    spf: tuple[SpfEntry, ...] = ()
    owned: CommentRegex = CommentRegex("")
    """MANAGED_RECORDS_COMMENT_REGEX: which records are ours."""
    policy: Literal["sync", "upsert-only"] = "sync"
    prefix_lengths: tuple[int, int] = (32, 64)
    filters: tuple[AddressFilter | None, AddressFilter | None] = (None, None)
    reject_cloudflare: bool = True
    reject_private: bool = True
    detection_timeout: float = 5.0
    update_timeout: float = 30.0
    cache_expiration: float = 0.0


class Lifecycle(NamedTuple):
    """When rounds run. ``schedule`` None is ``@once``; ``boot_wait`` is in seconds, 0 for no wait."""

    schedule: Schedule | None = Every(300.0, "@every 5m")
    update_on_start: bool = True
    delete_on_stop: bool = False
    watch: bool = True
    state_file: str = ""
    boot_wait: float = 0.0


class Reporting(NamedTuple):
    """Who is told. URLs are secrets: never print them."""

    healthchecks: str = ""
    uptimekuma: str = ""
    services: tuple[str, ...] = ()
    on_change: str = ""
    metrics_file: str = ""
    status_page: str = ""

    def __repr__(self) -> str:
        """Return a text without the URLs."""
        return "Reporting(redacted)"


class Output(NamedTuple):
    """How the log looks."""

    emoji: bool = True
    quiet: bool = False
    json: bool = False
    timestamps: bool = False
    rounds: Literal["changes", "all"] = "changes"
    """Which rounds are told in full: the first and those that bring news, or every one."""


class Settings(NamedTuple):
    """All of it."""

    access: Access
    update: UpdateSettings = UpdateSettings()
    lifecycle: Lifecycle = Lifecycle()
    reporting: Reporting = Reporting()
    output: Output = Output()

"""What the simulated Cloudflare knows: accounts, zones, records, lists, tokens; and how it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network
from time import monotonic
from typing import Any

Json = dict[str, Any]
ALL = frozenset(
    f"{what}.{right}" for what in ("zone", "dns", "lists", "trust", "groups", "pools") for right in ("read", "edit")
) - {"zone.edit"}
PLANS = {  # records in a batch, characters of a comment, tags of a record, lists of an account
    "free": (200, 100, 0, 1),
    "pro": (3500, 500, 20, 10),
    "business": (3500, 500, 20, 10),
    "enterprise": (3500, 500, 20, 1000),
}


class Refusal(Exception):
    """The server says no: HTTP status, code, text, and the error chain."""

    def __init__(self, status: int, code: int, text: str, chain: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(text)
        self.status, self.code, self.text, self.chain = status, code, text, chain


def invalid(code: int, text: str) -> Refusal:
    """Return the refusal of a record that does not validate."""
    return Refusal(400, 1004, "DNS Validation Error", [(code, text)])


def digest(text: str) -> str:
    """Return the 32 hexadecimal digits of an id: the same for the same text, in every run."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def now() -> str:
    """Return the time as the API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class Token:
    """A credential. ``zones`` None: all of them. ``refused_from``: the address its IP filter refuses."""

    permissions: frozenset[str] = ALL
    zones: frozenset[str] | None = None
    status: str = "active"
    kind: str = "user"
    refused_from: str = ""

    def sees(self, zone: "ZoneState") -> bool:
        """Whether a zone is in scope."""
        return self.zones is None or zone.id in self.zones or zone.name in self.zones


@dataclass
class ListState:
    """A rules list with its items by id. ``referenced_by`` counts the rules that use it."""

    id: str
    name: str
    kind: str = "ip"
    description: str = ""
    items: dict[str, Json] = field(default_factory=dict)
    referenced_by: int = 0
    created: str = field(default_factory=now)

    def show(self) -> Json:
        """Return it in the shape of the API."""
        shown = {"id": self.id, "name": self.name, "kind": self.kind, "num_items": len(self.items)}
        shown |= {
            "num_referencing_filters": self.referenced_by,
            "created_on": self.created,
            "modified_on": self.created,
        }
        return shown | ({"description": self.description} if self.description else {})


@dataclass
class Operation:
    """A bulk operation, applied when it has been looked at ``polls`` times or ``due`` (monotonic) is past."""

    id: str
    list_id: str
    change: Mapping[str, Json]
    polls: int
    due: float
    error: str = ""
    finished: str = ""

    def step(self, target: ListState | None) -> None:
        """Look at it once more; apply it when it is due."""
        self.polls -= 1
        if self.finished or (self.polls >= 0 and monotonic() < self.due):
            return
        self.finished = now()
        if target is not None and not self.error:
            target.items.clear()
            target.items.update(self.change)


@dataclass
class Account:
    """An account with its lists and bulk operations, newest last."""

    id: str
    name: str = "home"
    plan: str = "free"
    lists: dict[str, ListState] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    locations: dict[str, Json] = field(default_factory=dict)
    gateway_lists: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)
    pools: dict[str, Json] = field(default_factory=dict)


@dataclass
class ZoneState:
    """A zone with its records (in the shape of the API) by id. ``name`` may be Unicode, as the API shows it."""

    id: str
    name: str
    account: Account
    status: str = "active"
    type: str = "full"
    quota: int = 100_000
    records: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)

    @property
    def ascii(self) -> str:
        """Return the name as records of this zone end."""
        return ascii_name(self.name)

    @property
    def limits(self) -> tuple[int, int, int, int]:
        """Return the limits of the plan: batch, comment, tags, lists."""
        return PLANS[self.account.plan]

    def show(self) -> Json:
        """Return it in the shape of the API."""
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "paused": False,
            "type": self.type,
            "development_mode": 0,
            "name_servers": ["amy.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            "original_name_servers": None,
            "original_registrar": None,
            "original_dnshost": None,
            "created_on": "2026-01-01T05:20:00.12345Z",
            "modified_on": "2026-01-01T05:20:00.12345Z",
            "activated_on": "2026-01-01T05:20:00.12345Z",
            "meta": {"step": 2, "custom_certificate_quota": 0, "page_rule_quota": 3, "phishing_detected": False},
            "owner": {"id": digest("owner"), "type": "user", "email": "me@example.org"},
            "account": {"id": self.account.id, "name": self.account.name},
            "permissions": ["#dns_records:edit", "#dns_records:read", "#zone:read"],
            "plan": {"id": digest(self.account.plan), "name": f"{self.account.plan.title()} Website"},
        }


@dataclass
class World:
    """Everything. ``tokens`` by secret, ``keys`` by e-mail address; knobs below."""

    accounts: dict[str, Account] = field(default_factory=dict)
    zones: dict[str, ZoneState] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    trace: dict[int, str] = field(default_factory=lambda: {4: "81.2.69.142", 6: "2a02:6b8::feed:ff"})
    trace_extra: str = "warp=off\ngateway=off\n"
    quota: int = 1200
    window: float = 300.0
    bulk_polls: int = 0
    bulk_seconds: float = 30.0
    bulk_error: str = ""
    max_page: int = 5_000_000
    page_cap: int = 0
    """The most records the server puts on a page, whatever was asked for (0: as many as were)."""
    page_info: bool = True
    """Whether lists of zones and records say how many rows and pages there are."""
    lookup: str = "both"
    """Which spelling of a Unicode zone the ``name`` filter finds: unicode, ascii or both."""
    taken: set[str] = field(default_factory=set)
    """Networks that Gateway locations of other accounts hold."""
    serial: int = 0

    def new_id(self, what: str) -> str:
        """Return an id nobody has."""
        self.serial += 1
        return digest(f"{what} {self.serial}")

    def zone(self, zone_id: str) -> ZoneState | None:
        """Return a zone by id."""
        return self.zones.get(zone_id)

    def list_named(self, account: str, name: str) -> ListState | None:
        """Return a list by name."""
        return next((each for each in self.accounts[account].lists.values() if each.name == name), None)


def ascii_name(name: str) -> str:
    """Return a name in lower case, without trailing dot, in Punycode."""
    labels = name.strip().rstrip(".").lower().replace("。", ".").split(".")
    return ".".join(part if part.isascii() else "xn--" + part.encode("punycode").decode("ascii") for part in labels)


def networks(items: Mapping[str, Json]) -> set[str]:
    """Return the ranges of a list as text."""
    return {str(item["ip"]) for item in items.values()}


Range = IPv4Network | IPv6Network

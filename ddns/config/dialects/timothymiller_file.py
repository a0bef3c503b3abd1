"""The ``config.json`` of timothymiller/cloudflare-ddns (v2.2.0), as native settings.

It names zones by id and records by their name inside the zone. It is used whole: what it says, and what that program
did not read from the environment beside it, is not read from there. The table: ``docs/migrate-timothymiller.md``.
"""

import re
from typing import NamedTuple

from ddns.config.access.zonetokens import ZoneToken
from ddns.config.dialects.notebook import Notebook
from ddns.config.dialects.timothymiller_json import Node
from ddns.config.dialects.timothymiller_sources import is_true, put_services, put_source, put_timeouts
from ddns.config.raw import DialectInput, Translated
from ddns.config.values.spell import spell_part
from ddns.core.booleans import FALSE, TRUE

_TOP = ("cloudflare", "a", "aaaa", "purgeUnknownRecords", "ttl", "ip4_provider", "ip6_provider", "load_balancer")
_ZONE = ("authentication", "zone_id", "subdomains", "proxied")
_PLACEHOLDERS = frozenset({"", "api_token_here", "api_key_here", "your_email_here", "your_zone_id_here"})
_DEFAULT_TTL = 300
_LEAST = 30
"""The least TTL that is not automatic, and the least number of seconds between rounds."""
_IGNORED = (
    *("TTL", "PROXIED", "UPDATE_CRON", "UPDATE_ON_START", "DELETE_ON_STOP", "POLICY"),
    *("IP4_POLICY", "IP6_POLICY"),
)
_ZONE_ID = re.compile("[0-9a-f]{32}")
_BREAKS_ENTRY = frozenset(' \t\r\n,{}[]()"')


class _Login(NamedTuple):
    """How one zone is signed in to; ``email`` is set for a global key."""

    secret: str
    email: str
    zone_id: str
    zone: Node


def translate(door: DialectInput) -> Translated:
    """Return the native settings that mean what this file means to that program."""
    book = Notebook(door)
    top = Node(book, "", door.document)
    top.only(_TOP)
    said = [key.upper() for key in ("ip4_provider", "ip6_provider") if top.child(key).value is not None]
    for value in filter(None, map(book.take, (*_IGNORED, *said))):
        book.warn(value, f"is ignored: {door.path} is used whole", f"remove {value.name}, or use it as an option")
    book.claim("DELETE_ON_FAILURE")  # with a file their program did not read it either
    _zones(book, top.child("cloudflare"))
    _source(book, top, "a", "ip4_provider")
    _source(book, top, "aaaa", "ip6_provider")
    if top.child("a").value is False and top.child("aaaa").value is False:
        book.problem(top.child("a").raw(), "and aaaa are both false, so nothing is to be done", "let one be true")
    _deletions(book, top.child("purgeUnknownRecords"))
    _ttl(book, top.child("ttl"))
    put_services(book)
    put_timeouts(book)
    _booleans(book)
    _origins(book, top.child("load_balancer"), top.child("cloudflare"))
    if not door.token_given:
        book.stand_in("-", "CLOUDFLARE_API_TOKEN")
    book.stand_in("a.invalid", "DOMAINS")
    return book.translated()


def _booleans(book: Notebook) -> None:
    """Translate those beside the file that may be written for that program; a native spelling stays native."""
    for name in ("REJECT_CLOUDFLARE_IPS", "EMOJI", "QUIET"):
        value = book.door.value(name)
        if value and value.value not in TRUE | FALSE:
            book.claim(name)
            book.put(name, "true" if is_true(book, value) else "false", value)


def _origins(book: Notebook, balancer: Node, cloudflare: Node) -> None:
    """Translate origins of load balancers. There they had no effect, so what is not usable only gets a warning."""
    listed = balancer.value if isinstance(balancer.value, list) else [balancer.value] if balancer.value else []
    zones = cloudflare.value if isinstance(cloudflare.value, list) else []
    account = next((f"zone:{zone['zone_id']}" for zone in zones if isinstance(zone, dict) and zone.get("zone_id")), "")
    entries = []
    for one in listed:
        parts = [one.get(key) for key in ("pool_id", "origin")] if isinstance(one, dict) else [None]
        texts = [part for part in parts if isinstance(part, str) and part and not part.startswith("your_")]
        if len(texts) == len(parts) and account:
            entries.append("/".join((account, *map(spell_part, texts))))
        else:
            book.warn(balancer.raw(), "has an element without pool_id and origin, which has no effect", "remove it")
    if entries:
        book.put("LOAD_BALANCER_ORIGINS", ", ".join(entries), balancer.raw())
        book.warn(balancer.raw(), "has an effect now: these origins follow the IPv4 address", "remove what is unwanted")


def _zones(book: Notebook, cloudflare: Node) -> None:
    """Translate the zones: their names as entries, and how to sign in."""
    entries: list[str] = []
    logins: list[_Login] = []
    for zone in cloudflare.items():
        if zone.only(_ZONE):
            logins += filter(None, [_login(zone)])
            entries += _entries(zone)
    if cloudflare.value == []:
        cloudflare.problem("names no zone", "each element is a zone: authentication, zone_id and subdomains")
    if entries:
        book.put("DOMAINS", ", ".join(entries), cloudflare.raw())
    _sign_in(book, logins)


def _sign_in(book: Notebook, logins: list[_Login]) -> None:
    """Translate who signs: the first login is the general one; a zone with another has its own."""
    if not logins:
        return
    first = logins[0]
    source = first.zone.child("authentication").raw()
    book.put("CLOUDFLARE_API_TOKEN", first.secret, source)
    if first.email:
        book.put("CLOUDFLARE_EMAIL", first.email, source)
    own: dict[str, _Login] = {}
    for login in logins:
        known = own.setdefault(login.zone_id, login)
        if known[:2] != login[:2]:
            what = f"differs from that of {known.zone.name}, the same zone, and is not used"
            book.warn(login.zone.child("authentication").raw(), what, "keep one of them")
    others = [one for one in own.values() if one[:2] != first[:2] and _ZONE_ID.fullmatch(one.zone_id)]
    if others:
        items = (str(ZoneToken(login.zone_id, login.secret, login.email)) for login in others)
        book.put("CLOUDFLARE_ZONE_TOKENS", "\n".join(items), others[0].zone.child("authentication").raw())


def _login(zone: Node) -> _Login | None:
    """Return how to sign in for a zone; None when there is no way, or none is needed."""
    node = zone.child("authentication")
    if node.book.door.token_given or not node.only(("api_token", "api_key")):
        return None
    zone_id = _zone_id(zone)
    token, pair = node.child("api_token").text(), node.child("api_key")
    if token not in _PLACEHOLDERS:
        return _Login(token, "", zone_id, zone)
    if pair.value is not None and not pair.only(("api_key", "account_email")):
        return None
    key, email = pair.child("api_key").text(), pair.child("account_email").text()
    if key not in _PLACEHOLDERS and email not in _PLACEHOLDERS:
        return _Login(key, email, zone_id, zone)
    node.problem("has no api_token, nor an api_key with its account_email", "set api_token to an API token")
    return None


def _zone_id(zone: Node) -> str:
    return zone.child("zone_id").text().lower()


def _entries(zone: Node) -> list[str]:
    """Return the native entries of one zone."""
    identity, proxied, subdomains = zone.child("zone_id"), zone.child("proxied").flag(), zone.child("subdomains")
    zone_id = _zone_id(zone)
    if not _ZONE_ID.fullmatch(zone_id):
        what = "is missing" if zone_id in _PLACEHOLDERS else "is not a zone ID (32 characters of 0-9 and a-f)"
        identity.problem(what, "copy the Zone ID from the overview page of the zone in the dashboard")
    entries: list[str] = []
    for subdomain in subdomains.items():
        name, own = _subdomain(subdomain)
        status = proxied if own is None else own
        field = "" if status is None else f", proxied={'true' if status else 'false'}"
        if name is not None and zone_id:
            entries.append(f"{name}{{zone={zone_id}{field}}}")
    if subdomains.value == []:
        subdomains.problem("names nothing", 'use "@" for the name of the zone itself')
    return entries


def _subdomain(node: Node) -> tuple[str | None, bool | None]:
    """Return the name inside the zone (None: it is unusable), and its own proxy status."""
    own = None
    name = node
    if isinstance(node.value, dict):
        node.only(("name", "proxied"))
        name, own = node.child("name"), node.child("proxied").flag()
        if name.value is None:
            name.problem("is missing", 'use "@" for the name of the zone itself')
            return None, own
    elif not isinstance(node.value, str):
        node.problem("must be a name, or an object with name and proxied")
        return None, None
    text = name.text().lower()
    if _BREAKS_ENTRY & set(text):
        name.problem("is not a name", "each name is an element of its own")
        return None, own
    return text or "@", own


def _source(book: Notebook, top: Node, key: str, provider: str) -> None:
    """Translate whether a family is wanted, and where its address comes from."""
    wanted, source = top.child(key), top.child(provider)
    name = provider.upper()
    text = source.text()
    if wanted.flag() is False:
        book.put(name, "none", wanted.raw())
    elif isinstance(source.value, str):
        put_source(book, name, source.raw(text or "none"), single=True)


def _deletions(book: Notebook, purge: Node) -> None:
    if purge.flag():
        book.put("POLICY", "sync", purge.raw())
        what = "only outdated records at your own names are deleted, and none while the address is not known"
        book.note("purgeUnknownRecords", what)
    else:
        book.put("POLICY", "upsert-only", purge.raw())


def _ttl(book: Notebook, ttl: Node) -> None:
    """Translate the TTL, which is also the time between two rounds."""
    seconds = ttl.number(_DEFAULT_TTL)
    book.put("TTL", str(seconds) if seconds >= _LEAST else "1", ttl.raw())
    book.note("ttl", "is for new records: an existing record keeps its own")
    if book.door.options.get("REPEAT") != "true":
        book.put("UPDATE_CRON", "@once", ttl.raw()._replace(name="without --repeat"))
        book.note(
            "UPDATE_CRON",
            "one round, as without --repeat",
            "ddns migrate --repeat gives the interval of a program that runs on",
        )
        return
    book.put("UPDATE_CRON", f"@every {max(seconds, _LEAST)}s", ttl.raw())
    if seconds < _LEAST:
        what = f"is {seconds}: the TTL is automatic, and a round runs every {_LEAST} seconds"
        book.warn(ttl.raw(), what, "300 is the usual value")

"""The variables of oznu/cloudflare-ddns (its last commit, 3 December 2021), as native settings.

It knew one record of one type in one zone, and never deleted anything but that record on stop. Two names hold lists
here (SUBDOMAIN and its file); what it took for an address without looking at it, and its empty variables that counted
as set, are left behind. ``docs/migrate-oznu.md`` has the whole table.
"""

import re

from ddns.config.dialects.notebook import Notebook
from ddns.config.raw import DialectInput, RawValue, Translated
from ddns.config.settingstable import TOKEN_NAMES
from ddns.config.values.parsers import short

_IMPLIED = RawValue("", "default", "DDNS_DIALECT=oznu")
_UNREADABLE = RawValue("", "default", "a file that is there and cannot be read; said already")
_MEANT_YES = frozenset({"true", "1", "yes", "on", "t", "y"})
_DNS_SERVER = "1.1.1.1"
_IP4_PAGE = "url.via4:https://ipinfo.io/ip"
_IP6_PAGE = "url.via6:https://ifconfig.co/ip"
_IP6_SERVER = "2606:4700:4700::1111"


def translate(door: DialectInput) -> Translated:
    """Return the native settings that mean what these variables mean; it reads the files they name."""
    book = Notebook(door)
    _access(book)
    kind = _record_type(book)
    _names(book, kind)
    _source(book, kind)
    _proxied(book)
    _stop(book)
    _schedule(book)
    book.claim("PUID", "PGID")  # people set them although nothing ever read them
    book.stand_in("-", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN_FILE")
    book.stand_in("a.invalid", f"IP{kind}_DOMAINS")
    return book.translated()


def _file(book: Notebook, name: str) -> RawValue | None:
    """Return the content of the file that a variable names: None when there is none, or _UNREADABLE."""
    path = book.take(name)
    if path is None:
        return None
    try:
        return path._replace(value=book.door.read(path.value).strip())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None  # there, too, a path that is no file was passed over
    except (OSError, ValueError):  # a text that is not UTF-8, a path with a zero byte
        book.problem(path, "names a file that cannot be read", "make it readable for the user who runs ddns")
        return _UNREADABLE


def _access(book: Notebook) -> None:
    path, key = book.door.value("API_KEY_FILE"), book.take("API_KEY")
    content = _file(book, "API_KEY_FILE")
    if path and content:
        key = path
        if content is not _UNREADABLE:
            book.put("CLOUDFLARE_API_TOKEN_FILE", path.value, path)
    elif key:
        book.put("CLOUDFLARE_API_TOKEN", key.value, key)
    for native in filter(None, map(book.take, TOKEN_NAMES)):
        book.warn(native, "is ignored: in this dialect API_KEY says how to sign in", f"remove {native.name}")
    if key is None:
        hint = "set API_KEY to an API token with the permission Zone - DNS - Edit"
        missing = "names no file, and API_KEY is not set" if path else "is not set"
        book.problem(path or book.missing("API_KEY"), missing, hint)
    if email := book.take("EMAIL"):
        book.put("CLOUDFLARE_EMAIL", email.value, email)
    _either(book, "CF_API", "CLOUDFLARE_API_BASE_URL")


def _either(book: Notebook, theirs: str, native: str) -> None:
    """Give a setting its native name; set under both names with two values it is a problem."""
    mine, value = book.door.value(native), book.take(theirs)
    if value is None:
        return
    text = " ".join(value.value.split())
    if mine and mine.value != text:
        book.problem(value, f"differs from {native}, which means the same", f"remove {native}")
    book.put(native, text, value)


def _record_type(book: Notebook) -> str:
    """Return ``4`` or ``6``, the number in the native names."""
    kind = book.take("RRTYPE")
    if kind is None or kind.value == "A":
        return "4"
    if kind.value != "AAAA":
        book.problem(kind, f"must be A or AAAA, not {short(kind.value)}", "A is for IPv4, AAAA for IPv6")
    return "6"


def _names(book: Notebook, kind: str) -> None:
    for native in filter(None, map(book.take, ("DOMAINS", "IP4_DOMAINS", "IP6_DOMAINS"))):
        book.warn(native, "is ignored: in this dialect ZONE and SUBDOMAIN say which names", f"remove {native.name}")
    zone = _file(book, "ZONE_FILE")
    plain = book.take("ZONE")
    zone = plain if zone is None else zone
    subdomain = _file(book, "SUBDOMAIN_FILE")
    plain = book.take("SUBDOMAIN")
    subdomain = plain if subdomain is None else subdomain
    if _UNREADABLE in {zone, subdomain}:
        return
    if zone is None or not zone.value:
        _no_zone(book, zone)
    elif len(zone.value.replace(",", " ").split()) > 1:
        book.problem(zone, "names more than one zone", "for several zones use the native DOMAINS, with full names")
    else:
        _entries(book, kind, zone, subdomain)


def _entries(book: Notebook, kind: str, zone: RawValue, subdomain: RawValue | None) -> None:
    apex = zone.value.strip(".")
    listed = subdomain.value.replace(",", " ").split() if subdomain else []
    names = [apex if label == "@" else f"{label}.{apex}" for label in listed or ["@"]]
    if subdomain:
        _doubled(book, subdomain, listed, apex)
    book.put(f"IP{kind}_DOMAINS", ", ".join(names), subdomain or zone)


def _no_zone(book: Notebook, zone: RawValue | None) -> None:
    if zone:
        book.problem(zone, "names an empty file", "write the name of the zone into it, such as example.org")
    elif not book.given("WAF_LISTS"):
        book.problem(book.missing("ZONE"), "is not set", "set ZONE to the name of the zone, such as example.org")


def _doubled(book: Notebook, subdomain: RawValue, listed: list[str], apex: str) -> None:
    """Warn of a full name where a name inside the zone belongs."""
    for label in listed:
        if label.rstrip(".").lower().endswith("." + apex.lower()) or label.lower() == apex.lower():
            full = f"{label}.{apex}"
            book.warn(subdomain, f"gives the name {full}", "write only the part before the zone, or @ for the zone")


def _source(book: Notebook, kind: str) -> None:
    command, interface = book.take("CUSTOM_LOOKUP_CMD"), book.take("INTERFACE")
    server = book.take("DNS_SERVER")
    name = f"IP{kind}_PROVIDER"
    if server and kind == "6":
        book.warn(server, "has no effect on AAAA records", f"set {name} to choose where the address comes from")
        server = None
    if server and not re.fullmatch(r"[0-9A-Za-z.:_-]+", server.value):
        book.problem(server, "must be one address or host name", "1.1.1.1 is the default")
    chosen = command or interface or server
    native = book.given(name)
    if native and chosen:
        book.problem(chosen, f"and {native.origin} both say where the address comes from", "keep only one of them")
    elif command:
        book.put(name, f"cmd:{command.value}", command)
        book.imply("REJECT_PRIVATE_IPS", "false", command)  # whoever writes a command has chosen what it says
        book.note("CUSTOM_LOOKUP_CMD", "The command's answer must be an address; anything else changes nothing")
    elif interface:
        book.put(name, f"local.iface.{'stable' if kind == '6' else 'first'}:{interface.value}", interface)
        if kind == "6":
            book.note("INTERFACE", "temporary, deprecated and tentative addresses are passed over")
    elif not native:
        book.put(name, _lookups(server, kind), server or _IMPLIED)
        book.note("DNS_SERVER", f"DNS answers travel in clear; without {name} the address would be asked over HTTPS")


def _lookups(server: RawValue | None, kind: str) -> str:
    if kind == "6":
        return f"first(dns.whoami:{_IP6_SERVER}, {_IP6_PAGE})"
    return f"first(dns.whoami:{server.value if server else _DNS_SERVER}, dns.opendns, {_IP4_PAGE})"


def _proxied(book: Notebook) -> None:
    proxied = book.take("PROXIED")
    if proxied is None:
        book.note("PROXIED", "not set: existing records keep their proxy status")
    elif (text := proxied.value.lower()) in {"true", "false"}:
        book.put("PROXIED", text, proxied)
        book.imply("ENFORCE", "proxied", proxied)
        book.note("PROXIED", "the proxy status is repaired in both directions, in every round")
    else:
        what = f"is {short(proxied.value)}, neither true nor false, and counts as not set"
        book.warn(proxied, what, "existing records keep their proxy status, new ones are not proxied")


def _stop(book: Notebook) -> None:
    stop = book.take("DELETE_ON_STOP")
    deletes = stop is not None and stop.value == "true"
    if stop:
        book.put("DELETE_ON_STOP", "true" if deletes else "false", stop)
        if not deletes and stop.value.lower() in _MEANT_YES:
            book.warn(stop, f"is {short(stop.value)}, which does not switch it on", "only true does, in lower case")
    if deletes:
        what = "every owned record of this type at the names is deleted on stop, not only the first one"
        book.note("DELETE_ON_STOP", what, "MANAGED_RECORDS_COMMENT_REGEX says which records are owned")
    else:
        book.imply("POLICY", "upsert-only", _IMPLIED)
        book.note("POLICY", "nothing is ever deleted: other records at the names stay as they are")


def _schedule(book: Notebook) -> None:
    _either(book, "CRON", "UPDATE_CRON")
    if not book.door.value("CRON"):
        book.imply("UPDATE_CRON", "*/5 * * * *", _IMPLIED)

"""What no single setting can tell: settings that contradict each other, and those that have no effect."""

from collections.abc import Iterable
from ipaddress import IPv6Interface

from ddns.config.build import Built
from ddns.config.notes import Notes
from ddns.config.settingstable import BY_NAME, PLACE_NAMES
from ddns.core.addresses.families import FAMILIES, Family, family_name, record_type
from ddns.core.addresses.hostids import derive
from ddns.core.entries import Source
from ddns.core.planning.intents import places, sources
from ddns.core.settings import Settings
from ddns.errors import ConfigProblem

_NAMES = ("DOMAINS", "IP4_DOMAINS", "IP6_DOMAINS")


def check(notes: Notes, built: Built) -> None:
    """Note everything that is wrong between settings. Advice is given only where nothing is wrong."""
    settings = built.settings
    _nothing_to_do(notes, built)
    _lifecycle(notes, settings)
    _comments(notes, settings)
    _hostids(notes, settings)
    if not notes.problems:
        _unused_sources(notes, settings)
        _unused_lists(notes, built)
        _unused_settings(notes, settings)
        _unused_tokens(notes, settings)
        _ownership(notes, settings)


def _sources(settings: Settings) -> set[Source | None]:
    """Return every source that somebody asks for; None is in it where a family is out of scope."""
    return {source for pair in sources(settings.update) for source in pair}


def _nothing_to_do(notes: Notes, built: Built) -> None:
    update = built.settings.update
    if not update.entries and not update.spf and not places(update):
        if built.names.complete and not any(notes.text(name) for name in (*_NAMES, "WAF_LISTS", *PLACE_NAMES)):
            what = "Nothing was specified in DOMAINS, IP4_DOMAINS, IP6_DOMAINS, or WAF_LISTS"
            notes.problems.append(ConfigProblem("", what, "name what to keep up to date"))
        elif not notes.problems:
            notes.problem("DOMAINS", "lists nothing", "name what to keep up to date")
    elif not notes.problems and _sources(built.settings) <= {None}:
        what = 'Nothing to update because every source in use is "none" (IP4_PROVIDER, IP6_PROVIDER)'
        notes.problems.append(ConfigProblem(notes.place("IP4_PROVIDER"), what, "give one of them a source"))


def _lifecycle(notes: Notes, settings: Settings) -> None:
    life = settings.lifecycle
    if life.schedule is not None:
        return
    if not life.update_on_start:
        notes.problem("UPDATE_ON_START", "is false, which is incompatible with UPDATE_CRON=@once", "remove one of them")
    clearing = {None, Source("static.empty")}
    if life.delete_on_stop and not _sources(settings) <= clearing:
        what = "would delete every record right after UPDATE_CRON=@once has written it"
        notes.problem("DELETE_ON_STOP", what, "remove one of them")


def _comments(notes: Notes, settings: Settings) -> None:
    """Check that what we write is ours when we look at it next time."""
    update = settings.update
    comments = {entry.fallback.comment: entry for entry in update.entries}
    for comment, entry in comments.items():
        if not update.owned.matches(comment):
            own = f"comment of {entry.domain.describe()}"
            where = "RECORD_COMMENT" if comment == notes.text("RECORD_COMMENT") else own
            what = f'{where}="{comment}" does not match MANAGED_RECORDS_COMMENT_REGEX="{update.owned.text}"'
            notes.problems.append(ConfigProblem(notes.place("MANAGED_RECORDS_COMMENT_REGEX"), what, "make them match"))
    used = {place.type for place in places(update)}
    for type_, rules, name, regex in (
        ("LIST", update.waf.rules, "WAF_LIST_ITEM_COMMENT", "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX"),
        (
            *("GATEWAY_LIST", update.gateway_lists, "GATEWAY_LIST_ITEM_DESCRIPTION"),
            "MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX",
        ),
    ):
        if type_ in used and not rules.owned.matches(rules.item_comment):
            what = f'{name}="{rules.item_comment}" does not match {regex}="{rules.owned.text}"'
            notes.problems.append(ConfigProblem(notes.place(regex), what, "make them match"))


def _hostids(notes: Notes, settings: Settings) -> None:
    """Check host IDs against addresses that are known already."""
    length = settings.update.prefix_lengths[1]
    for entry in settings.update.entries:
        for address in _static_addresses(entry.source(6)):
            found = IPv6Interface(address if "/" in address else f"{address}/{length}")
            for host in entry.hostids:
                reason = derive(found, host)
                if isinstance(reason, str):
                    what = f"{reason} (for {entry.domain.describe()})"
                    notes.problems.append(ConfigProblem(notes.place("IP6_PROVIDER"), what, "change one of them"))


def _static_addresses(source: Source | None) -> Iterable[str]:
    return source.argument.split(",") if source is not None and source.kind == "static" else ()


def _unused_sources(notes: Notes, settings: Settings) -> None:
    """Warn of what was set for a family that is not in use."""
    for family in FAMILIES:
        if _uses(settings, family):
            continue
        provider = f"IP{family}_PROVIDER"
        if notes.given(provider) and notes.text(provider) != "none":
            what = f"is ignored, because no domains, lists or other places use {family_name(family)}"
            notes.warn(provider, what, "remove it, or list a name that uses it")
        for name in (f"IP{family}_DEFAULT_PREFIX_LEN", f"IP{family}_DETECTION_FILTER"):
            if notes.given(name):
                notes.warn(name, f"has no effect, because {family_name(family)} is not in use", "remove it")
    if _sources(settings) <= {None, Source("static.empty")}:
        what = "is static.empty, so all that will ever happen is that managed records and items are cleared"
        notes.warn("IP4_PROVIDER", what, "use another source to publish an address")


def _uses(settings: Settings, family: Family) -> bool:
    at = FAMILIES.index(family)
    return any(pair[at] is not None for pair in sources(settings.update))


def _unused_lists(notes: Notes, built: Built) -> None:
    """Warn of names that stand in a list of a family that is switched off."""
    entries = built.settings.update.entries
    for family in FAMILIES:
        name = f"IP{family}_DOMAINS"
        idle = [entry for entry in entries if entry.source(family) is None]
        listed = {one.key for one in built.names.named if one.families == {family}}
        wasted = [entry for entry in idle if (entry.domain.ascii, entry.zone_id) in listed]
        if wasted:
            names = ", ".join(entry.domain.describe() for entry in wasted)
            kind = record_type(family)
            hint = f"set IP{family}_PROVIDER, or remove them"
            notes.warn(name, f"lists {names}, whose {kind} records have no source", hint)
    hosts = [entry.domain.describe() for entry in entries if entry.hostids and entry.source(6) is None]
    if hosts:
        origin = notes.place("IP6_PROVIDER")
        what = f"The field hostid6 of {', '.join(hosts)} has no effect, because there is no IPv6 source"
        notes.warnings.append(ConfigProblem(origin, what, "set IP6_PROVIDER, or remove the field"))


def _unused_settings(notes: Notes, settings: Settings) -> None:
    """Warn of settings for records without a name, and for lists without a list."""
    records = ("TTL", "PROXIED", "RECORD_COMMENT", "RECORD_TAGS", "ENFORCE", "MANAGED_RECORDS_COMMENT_REGEX")
    gateway = [name for name in BY_NAME if "GATEWAY_LIST_" in name]
    lists = ("WAF_LIST_DESCRIPTION", "WAF_LIST_ITEM_COMMENT", "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX")
    for names, used, missing in (
        (records, settings.update.entries, "no domain is listed"),
        (lists, settings.update.waf.lists, "WAF_LISTS is empty"),
        (gateway, [one for one in settings.update.places if one.type == "GATEWAY_LIST"], "GATEWAY_LISTS is empty"),
    ):
        for name in names:
            if not used and notes.given(name) and not (name == "PROXIED" and notes.text(name) == "false"):
                notes.warn(name, f"has no effect, because {missing}", "remove it")


def _unused_tokens(notes: Notes, settings: Settings) -> None:
    """Warn of a token for a zone that no entry names by its ID: names alone are looked up with the general token."""
    named = {entry.zone_id for entry in settings.update.entries}
    for zone_id, _ in settings.access.zones:
        if zone_id not in named:
            what = f"has a token for the zone {zone_id}, which no entry names"
            notes.warn("CLOUDFLARE_ZONE_TOKENS", what, f"add {{zone={zone_id}}} to the entries of that zone")


def _ownership(notes: Notes, settings: Settings) -> None:
    """Warn when one side is told apart by comments and the other has a comment but no rule."""
    update = settings.update
    if not update.entries or not update.waf.lists:
        return
    records, items = update.owned.text, update.waf.owned.text
    if records and not items and update.waf.item_comment:
        name, other = "WAF_LIST_ITEM_COMMENT", "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX"
    elif items and not records and notes.text("RECORD_COMMENT"):
        name, other = "RECORD_COMMENT", "MANAGED_RECORDS_COMMENT_REGEX"
    else:
        return
    what = f"is set, but {other} is not, so everything counts as ours there, whatever its comment"
    notes.warn(name, what, f"set {other} if other programs write there too")

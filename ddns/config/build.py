"""From texts with origins to Settings; every problem is noted on the way, none is raised."""

from typing import NamedTuple

from ddns.config.access.token import read_token
from ddns.config.entries.domainentries import Defaults, Named, finish
from ddns.config.entries.lists import Names, read_names, read_waf_lists
from ddns.config.entries.shown import OLD_SOURCES
from ddns.config.notes import Notes
from ddns.config.raw import Reader
from ddns.config.reporters import read_output, read_reporting
from ddns.config.settingstable import BY_NAME, LIST_NAMES, PLACE_NAMES
from ddns.config.values.parsers import (
    comment_warning,
    parse_bool,
    parse_choice,
    parse_comment,
    parse_flags,
    parse_integer,
    parse_path,
    parse_tags,
    parse_ttl,
    ttl_warning,
)
from ddns.config.values.sources import parse_source
from ddns.config.values.urlvalues import base_url
from ddns.core.addresses.families import Family
from ddns.core.entries import FIELDS, Entry, Field, Metadata, Source
from ddns.core.expressions.regexes import CommentRegex, parse_regex
from ddns.core.expressions.selectors import AddressFilter, DomainExpression, parse_expression, parse_filter
from ddns.core.places import ListRules
from ddns.core.schedule.schedule import Cron, Schedule, Zones, check_zone, parse_duration, parse_schedule
from ddns.core.settings import DEFAULT_BASE_URL, Access, Credential, Lifecycle, Settings, UpdateSettings, WafSettings

_NOT_PROXIED = DomainExpression("false")


class Built(NamedTuple):
    """The settings, and what the cross checks need beside them."""

    settings: Settings
    names: Names


def build(notes: Notes, read: Reader, zones: Zones) -> Built:
    """Read every setting. With problems noted, the result is for reports only."""
    credential = read_token(notes, read)
    base = notes.parse("CLOUDFLARE_API_BASE_URL", base_url, DEFAULT_BASE_URL)
    access = Access(credential, base, _zone_tokens(notes, read))
    sources = _provider(notes, 4), _provider(notes, 6)
    names = read_names(notes)
    waf = _waf(notes, sources)
    entries = _entries(notes, names.named, sources)
    update = _update(notes)._replace(entries=entries, waf=waf, gateway_lists=_gateway_lists(notes))
    if any(map(notes.given, PLACE_NAMES)):
        from ddns.config.entries.placeentries import read_places, read_spf  # noqa: PLC0415 -- most users have no such places

        update = update._replace(places=read_places(notes, sources), spf=read_spf(notes, sources))
    reporting = read_reporting(notes, read)
    settings = Settings(access, update, _lifecycle(notes, zones), reporting, read_output(notes))
    for name in ("CF_ACCOUNT_ID", "PUID", "PGID"):
        if notes.given(name):
            notes.warn(name, f"has no effect ({BY_NAME[name].meaning.removeprefix('ignored: ')})", "remove it")
    return Built(settings, names)


def _zone_tokens(notes: Notes, read: Reader) -> tuple[tuple[str, Credential], ...]:
    if not notes.given("CLOUDFLARE_ZONE_TOKENS"):
        return ()
    from ddns.config.access.zonetokens import read_zone_tokens  # noqa: PLC0415 -- most users have one token

    return read_zone_tokens(notes, read)


def _provider(notes: Notes, family: Family) -> Source | None:
    """Read IPx_PROVIDER, or its old name IPx_POLICY."""
    name, old = f"IP{family}_PROVIDER", f"IP{family}_POLICY"
    if notes.given(old):
        if notes.given(name):
            notes.problem(old, f"is the old name of {name}, and both are set", f"remove {old}")
        else:
            notes.warn(old, f"is an old name of {name}", "rename it")
            name = old
    parsed = notes.parse(
        name, lambda text: parse_source(OLD_SOURCES.get(text, text) if name == old else text, family), None
    )
    for warning in parsed.warnings if parsed else ():
        notes.warn(name, warning)
    return parsed.source if parsed else None


def _waf(notes: Notes, sources: tuple[Source | None, Source | None]) -> WafSettings:
    """Read everything about WAF lists."""
    lists = read_waf_lists(notes, sources)
    return WafSettings(
        lists,
        sources if lists else (None, None),
        notes.text("WAF_LIST_DESCRIPTION"),
        notes.text("WAF_LIST_ITEM_COMMENT"),
        _regex(notes, "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX"),
    )


def _gateway_lists(notes: Notes) -> ListRules:
    """Read what holds for all Gateway lists."""
    return ListRules(
        notes.text("GATEWAY_LIST_DESCRIPTION"),
        notes.text("GATEWAY_LIST_ITEM_DESCRIPTION"),
        _regex(notes, "MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX"),
    )


def _regex(notes: Notes, name: str) -> CommentRegex:
    try:
        return parse_regex(notes.text(name))
    except ValueError as error:
        notes.problem(name, f"cannot be used: {error}")
        return CommentRegex("")


def _entries(notes: Notes, named: tuple[Named, ...], sources: tuple[Source | None, Source | None]) -> tuple[Entry, ...]:
    """Fill the defaults into every entry."""
    ttl = notes.parse("TTL", parse_ttl, 1)
    comment = notes.parse("RECORD_COMMENT", parse_comment, "")
    for name, warning in (("TTL", ttl_warning(ttl)), ("RECORD_COMMENT", comment_warning(comment))):
        if warning:
            notes.warn(name, warning)
    metadata = Metadata(ttl, comment=comment, tags=notes.parse("RECORD_TAGS", parse_tags, ()))
    words = notes.parse("ENFORCE", lambda text: parse_flags(text, FIELDS), frozenset[str]())
    enforce: frozenset[Field] = frozenset(field for field in FIELDS if field in words)
    expression = _expression(notes, named)
    defaults = {flag: Defaults(sources, metadata._replace(proxied=flag), enforce) for flag in (False, True)}
    return tuple(finish(one, defaults[expression.holds(one.domain)]) for one in named)


def _expression(notes: Notes, named: tuple[Named, ...]) -> DomainExpression:
    """Read PROXIED, which needs whole names: one that is relative to a zone's id must say for itself.

    Without any domain it is not read, as by favonia; ``checks`` says that it has no effect.
    """
    text = notes.text("PROXIED")
    if not any(map(notes.given, LIST_NAMES[:3])):
        return _NOT_PROXIED
    try:
        parsed = parse_expression(text)
    except ValueError as error:
        notes.problem("PROXIED", f"cannot be used: {error}")
        return _NOT_PROXIED
    if not named:
        return _NOT_PROXIED
    for warning in parsed.warnings:
        notes.warn("PROXIED", f"should be looked at: {warning}")
    relative = [one.domain.ascii for one in named if one.zone_id and one.fields.proxied is None]
    if relative and "(" in text:
        what = f"tests whole names, and that of {relative[0]} (in a zone known by its ID) is not known here"
        notes.problem("PROXIED", what, "write proxied=true or proxied=false on that entry")
    return parsed.expression


def _update(notes: Notes) -> UpdateSettings:
    """Read how a round works."""
    return UpdateSettings(
        owned=_regex(notes, "MANAGED_RECORDS_COMMENT_REGEX"),
        policy="upsert-only" if _choice(notes, "POLICY") == "upsert-only" else "sync",
        prefix_lengths=(
            _prefix_length(notes, "IP4_DEFAULT_PREFIX_LEN"),
            _prefix_length(notes, "IP6_DEFAULT_PREFIX_LEN"),
        ),
        filters=(_filter(notes, 4), _filter(notes, 6)),
        reject_cloudflare=notes.parse("REJECT_CLOUDFLARE_IPS", parse_bool, fallback=True),
        reject_private=notes.parse("REJECT_PRIVATE_IPS", parse_bool, fallback=True),
        detection_timeout=notes.parse("DETECTION_TIMEOUT", _timeout, 5.0),
        update_timeout=notes.parse("UPDATE_TIMEOUT", _timeout, 30.0),
        cache_expiration=notes.parse("CACHE_EXPIRATION", _duration, 0.0),
    )


def _choice(notes: Notes, name: str) -> str:
    setting = BY_NAME[name]
    return notes.parse(name, lambda text: parse_choice(text, setting.choices), setting.default)


def _prefix_length(notes: Notes, name: str) -> int:
    setting = BY_NAME[name]
    return notes.parse(name, lambda text: parse_integer(text, *setting.limits), int(setting.default))


def _filter(notes: Notes, family: Family) -> AddressFilter | None:
    name = f"IP{family}_DETECTION_FILTER"
    try:
        return parse_filter(notes.text(name), family)
    except ValueError as error:
        notes.problem(name, f"cannot be used: {error}")
        return None


def _duration(text: str) -> float:
    """Read a duration, with words that go on from the name of its setting."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ValueError(f"cannot be used: {error}") from None


def _timeout(text: str) -> float:
    seconds = _duration(text)
    if not seconds:
        raise ValueError("must be longer than zero, or nothing could ever be done in time; write one such as 30s")
    return seconds


def _lifecycle(notes: Notes, zones: Zones) -> Lifecycle:
    """Read when rounds run."""
    return Lifecycle(
        _schedule(notes, zones),
        notes.parse("UPDATE_ON_START", parse_bool, fallback=True),
        notes.parse("DELETE_ON_STOP", parse_bool, fallback=False),
        notes.parse("WATCH", parse_bool, fallback=True),
        notes.parse("STATE_FILE", parse_path, ""),
        notes.parse("BOOT_WAIT", _duration, 0.0),
    )


def _schedule(notes: Notes, zones: Zones) -> Schedule | None:
    """Read UPDATE_CRON in the zone of TZ."""
    zone = notes.text("TZ")
    try:
        schedule = parse_schedule(notes.text("UPDATE_CRON"), zone, zones)
    except ValueError as error:
        notes.problem("UPDATE_CRON", f"cannot be used: {error}")
        if notes.given("TZ"):
            _check_zone(notes, zone, zones)
        return Lifecycle().schedule
    if notes.text("UPDATE_CRON").lower() in {"@disabled", "@nevermore"}:
        notes.warn("UPDATE_CRON", f"has the old word {notes.text('UPDATE_CRON')}", "write @once")
    if isinstance(schedule, Cron) and schedule.never:
        notes.warn(
            "UPDATE_CRON", "names a day that never comes, so there is no next round", "name another day or month"
        )
    if isinstance(schedule, Cron) and zone and schedule.zone == zone:
        _check_zone(notes, zone, zones)
    return schedule


def _check_zone(notes: Notes, zone: str, zones: Zones) -> None:
    try:
        check_zone(zone, zones)
    except ValueError as error:
        notes.problem("TZ", f"cannot be used: {error}")

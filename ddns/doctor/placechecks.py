"""Lists and other places: there, readable, writable."""

from collections.abc import Iterator, Sequence

from ddns.cloudflare.probes import Probes
from ddns.core.places import LIST_TYPES, NOUNS, Place
from ddns.core.planning.intents import PlaceGoals, places
from ddns.core.planning.objects.kinds import KINDS
from ddns.core.planning.plan import Preserve
from ddns.core.settings import UpdateSettings
from ddns.doctor.finding import Finding
from ddns.errors import ApiError
from ddns.round.addresslist import list_carriers
from ddns.round.carrier import Job, Tools, key_of_place
from ddns.round.findings import AnyCarrier
from ddns.round.object import object_carriers

_SELECTORS = {"GATEWAY_LIST": "“IP list”", "GROUP": "“Rule group”"}
"""By which kind of rule an Access policy takes a place (Cloudflare documentation, 2026)."""
_LIST_PATHS = {"LIST": "/accounts/{}/rules/lists", "GATEWAY_LIST": "/accounts/{}/gateway/lists"}


def examine_places(update: UpdateSettings, tools: Tools, probes: Probes) -> Iterator[Finding]:
    """Return what is found of every place."""
    job = Job(update, tools)
    wanted = [PlaceGoals(place, (Preserve(), Preserve())) for place in places(update)]
    asked: dict[tuple[str, str], str] = {}
    lists = [goals for goals in wanted if goals.place.type in LIST_TYPES]
    objects = [goals for goals in wanted if goals.place.type not in LIST_TYPES]
    for goals, listed in zip(lists, list_carriers(job, lists), strict=True):
        yield from _places([goals.place], listed, probes, asked)
    for carrier in object_carriers(job, objects):
        within = [goals.place for goals in objects if key_of_place(goals) in carrier.active]
        yield from _places(within, carrier, probes, asked)


def _places(
    within: Sequence[Place], carrier: AnyCarrier, probes: Probes, asked: dict[tuple[str, str], str]
) -> Iterator[Finding]:
    """Return what is found of the places in one carrier; whether an account's places may be written is asked once."""
    noun = NOUNS[within[0].type]
    try:
        observed = carrier.read()
    except ApiError as error:
        for place in within:
            yield Finding("bad", f"The {noun} {place}: {error.message}", "It is not kept up to date", error.hint)
        return
    failed = carrier.plan(observed).failed
    for item in failed:
        yield Finding("bad", item.problem.what, "It is not kept up to date", item.problem.remedy)
    key = (within[0].type, within[0].scope)
    if key not in asked:
        asked[key] = _right(within[0], probes)
    missing = within[0].type in LIST_TYPES and observed.existing is None
    for place in within:
        if all(item.key != (str(place), place.type) for item in failed):
            yield from _found(place, asked[key], missing=missing)


def _found(place: Place, right: str, *, missing: bool) -> Iterator[Finding]:
    """Return what is to be said of a place that can be kept up to date, if it may be written."""
    named = f"{NOUNS[place.type]} {place}"
    if right == "yes":
        what = "will be created, and may be written" if missing else "is found, and may be read and written"
        yield Finding("good", f"The {named} {what}")
        if place.type in _SELECTORS:
            remedy = f"Add a rule of the kind {_SELECTORS[place.type]} to such a policy, where that is wanted"
            yield Finding("remark", f"Policies of Access applications can use the {named}", "", remedy)
    elif right == "no":
        remedy = "Give the token the permission to edit it"
        yield Finding("bad", f"The {named} may be read but not written", "It is not kept up to date", remedy)
    else:
        yield Finding("remark", f"Whether the {named} may be written is unknown")


def _right(place: Place, probes: Probes) -> str:
    """Ask whether places of a kind may be written, by a write to one that cannot exist."""
    if place.type in LIST_TYPES:
        method = "PUT" if place.type == "LIST" else "PATCH"
        return probes.may_write(method, _LIST_PATHS[place.type].format(place.scope), NOUNS[place.type], b"{}").right
    kind = KINDS[place.type]
    if place.scope.startswith("zone:") and not kind.zoned:
        return "unknown"
    body = b'{"origins":[]}' if kind.partial else b'{"name":"-","include":[{"everyone":{}}],"networks":[]}'
    return probes.may_write("PATCH" if kind.partial else "PUT", kind.path(place.scope), kind.noun, body).right

"""Lists and other places: there, readable, writable."""

from collections.abc import Iterator

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

_LIST_PATHS = {"LIST": "/accounts/{}/rules/lists", "GATEWAY_LIST": "/accounts/{}/gateway/lists"}


def examine_places(update: UpdateSettings, tools: Tools, probes: Probes) -> Iterator[Finding]:
    """Return what is found of every place."""
    job = Job(update, tools)
    wanted = [PlaceGoals(place, (Preserve(), Preserve())) for place in places(update)]
    asked: dict[tuple[str, str], str] = {}
    lists = [goals for goals in wanted if goals.place.type in LIST_TYPES]
    objects = [goals for goals in wanted if goals.place.type not in LIST_TYPES]
    for goals, listed in zip(lists, list_carriers(job, lists), strict=True):
        yield from _place(goals.place, listed, probes, asked)
    for carrier in object_carriers(job, objects):
        first = next(goals for goals in objects if key_of_place(goals) in carrier.active)
        yield from _place(first.place, carrier, probes, asked)


def _place(place: Place, carrier: AnyCarrier, probes: Probes, asked: dict[tuple[str, str], str]) -> Iterator[Finding]:
    """Return what is found of one place; whether an account's places may be written is asked once."""
    noun = NOUNS[place.type]
    try:
        observed = carrier.read()
    except ApiError as error:
        yield Finding("bad", f"The {noun} {carrier.name}: {error.message}", "It is not kept up to date", error.hint)
        return
    plan = carrier.plan(observed)
    for item in plan.failed:
        yield Finding("bad", item.problem.what, "It is not kept up to date", item.problem.remedy)
    key = (place.type, place.scope)
    if key not in asked:
        asked[key] = _right(place, probes)
    if asked[key] == "yes":
        missing = place.type in LIST_TYPES and observed.existing is None
        what = "will be created, and may be written" if missing else "is found, and may be read and written"
        yield Finding("good", f"The {noun} {carrier.name} {what}")
    elif asked[key] == "no":
        what = f"The {noun} {carrier.name} may be read but not written"
        yield Finding("bad", what, "It is not kept up to date", "Give the token the permission to edit it")
    else:
        yield Finding("remark", f"Whether the {noun} {carrier.name} may be written is unknown")


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

"""One object that is read and written as a whole: a Gateway location, an Access group, a load balancer pool."""

from collections.abc import Iterable, Iterator, Sequence

from ddns.core.planning.intents import PlaceGoals
from ddns.core.planning.objects.kind import Body, Kind
from ddns.core.planning.objects.kinds import KINDS
from ddns.core.planning.objects.objectplan import filled, held, key_of, plan_object, rest
from ddns.core.planning.plan import CarrierPlan, Change
from ddns.core.planning.plan import key_of as step_key
from ddns.errors import ApiError, Problem, Refused, Unconfirmed
from ddns.ports import ObjectApi
from ddns.round.carrier import Batch, Carrier, Contents, Job, Unit


class Scopes:
    """All objects of a kind in an account or zone, read once until something is written there."""

    def __init__(self, api: ObjectApi) -> None:
        """Nothing is read yet."""
        self.api = api
        self._found: dict[tuple[str, str], tuple[Body, ...] | ApiError] = {}
        self._claimed: dict[tuple[str, str], str] = {}

    def objects(self, kind: Kind, scope: str) -> tuple[Body, ...]:
        """Return the objects; a failure is that of all that are wanted there."""
        found = self._found.get((kind.type, scope))
        if found is None:
            try:
                found = self.api.objects(kind, scope)
            except ApiError as error:
                found = error
            self._found[kind.type, scope] = found
        if isinstance(found, ApiError):
            raise found
        return found

    def forget(self, kind: Kind, scope: str) -> None:
        """Ask anew the next time: something is written."""
        self._found.pop((kind.type, scope), None)

    def claim(self, kind: Kind, id_: str, name: str) -> None:
        """Refused when this object is looked after under another name already: the two would undo each other."""
        first = self._claimed.setdefault((kind.type, id_), name)
        if first != name:
            raise Refused(f"it is the same as {first}", "Name it once")


def object_carriers(job: Job, wanted: Sequence[PlaceGoals]) -> Iterator["ObjectCarrier"]:
    """Return a carrier for each object. A cleaning has none: what protects is never emptied."""
    if job.cleanup:
        return
    scopes = Scopes(job.tools.objects())
    groups: dict[tuple[str, str, str], list[PlaceGoals]] = {}
    for goals in wanted:
        groups.setdefault((goals.place.type, goals.place.scope, goals.place.name), []).append(goals)
    for (type_, _, _), group in groups.items():
        yield ObjectCarrier(scopes, KINDS[type_], group)


class ObjectCarrier(Carrier[Body]):
    """See ``carrier.Carrier``. ``wanted`` are the places in one object, which all have the same scope and name."""

    def __init__(self, scopes: Scopes, kind: Kind, wanted: Sequence[PlaceGoals]) -> None:
        """Nothing is read yet."""
        place = wanted[0].place
        self.kind = kind.noun
        self.name = f"{place.scope}/{place.name}"
        self.key = f"{place.type.lower()}.{self.name}"
        self.active = tuple(key_of(goals) for goals in wanted)
        self._scopes = scopes
        self._kind = kind
        self._wanted = tuple(wanted)
        self._place = place

    def read(self) -> Body:
        """See ``carrier.Carrier``. Refused where there is no such object, or more than one: none is ever created."""
        name = self._place.name
        every = self._scopes.objects(self._kind, self._place.scope)
        found = [body for body in every if name == body["id"]] or [body for body in every if name == body["name"]]
        if not found:
            hint = f"Check the name, or use its ID; it is not created. The token needs the permission {self.permission}"
            raise Refused(f"there is no {self.kind} called {name}", hint)
        if len(found) > 1:
            ids = ", ".join(sorted(str(body["id"]) for body in found))
            raise Refused(f"there are {len(found)} of this name ({ids})", "Use the ID of the right one")
        self._scopes.claim(self._kind, found[0]["id"], self.name)
        return found[0]

    @property
    def permission(self) -> str:
        """Return the permission it needs, as the dashboard names it."""
        return self._kind.permission

    def plan(self, observed: Body) -> CarrierPlan:
        """See ``carrier.Carrier``."""
        return plan_object(self._kind, self._wanted, observed)

    def batches(self, changes: Sequence[Change], observed: Body) -> Iterable[Batch]:
        """See ``carrier.Carrier``: one request for all; when that is refused, place by place."""
        del observed
        units = [Unit(key, tuple(step for step in changes if step_key(step) == key)) for key in self.active]
        batch = [unit for unit in units if unit.steps]
        return [batch] if batch else []

    def write(self, observed: Body, steps: Sequence[Change]) -> Body:
        """See ``carrier.Carrier``. Unconfirmed also when the answer does not show what was sent."""
        self._scopes.forget(self._kind, self._place.scope)
        concerned = [goals for goals in self._wanted if any(step_key(step) == key_of(goals) for step in steps)]
        body, sent = observed, observed
        for goals in concerned:
            sent = self._kind.changed(goals.place, body, filled(self._kind, goals, body, steps))
            body = {**body, **sent}
        try:
            answer = self._scopes.api.put(self._kind, self._place.scope, observed["id"], sent)
        except Refused as error:
            if type(error) is Refused and not error.hint and self._kind.hint:
                raise Refused(error.message, self._kind.hint, status=error.status, code=error.code) from None
            raise
        if any(held(self._kind, goals, answer) != held(self._kind, goals, body) for goals in concerned):
            raise Unconfirmed(f"the {self.kind} {self.name} was written, but the answer shows other addresses")
        return answer

    def contents(self, observed: Body) -> Contents:
        """See ``carrier.Carrier``."""
        return {key_of(goals): held(self._kind, goals, observed) for goals in self._wanted}

    def remarks(self, before: Body, after: Body) -> Iterable[Problem]:
        """See ``carrier.Carrier``: tell when anything that is not ours is not as it was read."""
        places = [goals.place for goals in self._wanted]
        if rest(self._kind, places, before) == rest(self._kind, places, after):
            return ()
        what = f"Something else in the {self.kind} {self.name} changed while its addresses were written"
        remedy = "Look at it in the Cloudflare dashboard; another program may have written at the same time"
        return (Problem(f"changed.{self._kind.type}.{self.name}", what, "", remedy),)

"""The items of one list of addresses: read whole, then added to and removed from."""

from collections.abc import Iterable, Iterator, Sequence

from ddns.core.places import NOUNS, ListRules, PlaceType
from ddns.core.planning.intents import PlaceGoals
from ddns.core.planning.listplan import Listed, held, plan_list, plan_removal, wholly_ours, without_removals
from ddns.core.planning.plan import AddItem, CarrierPlan, Change, DeleteList, RemoveItem
from ddns.core.records import AddressList, ListItem, NewItem
from ddns.errors import ApiError, Gone, Refused, Unconfirmed
from ddns.ports import ListApi
from ddns.round.carrier import Batch, Carrier, Contents, Job, Unit, key_of_place


class Accounts:
    """The lists of every account, asked for once a round; a failure is that of all lists of the account."""

    def __init__(self, api: ListApi) -> None:
        """Nothing is read yet."""
        self.api = api
        self._found: dict[str, tuple[AddressList, ...] | ApiError] = {}

    def lists(self, account: str) -> tuple[AddressList, ...]:
        """Return the lists of an account."""
        found = self._found.get(account)
        if found is None:
            try:
                found = self.api.lists(account)
            except ApiError as error:
                found = error
            self._found[account] = found
        if isinstance(found, ApiError):
            raise found
        return found

    def forget(self, account: str) -> None:
        """Ask anew the next time: something was written."""
        self._found.pop(account, None)


def list_carriers(job: Job, wanted: Sequence[PlaceGoals]) -> Iterator["ListCarrier"]:
    """Return a carrier for each list, all of an account and kind sharing what is read of it."""
    accounts: dict[PlaceType, Accounts] = {}
    rules = {"LIST": job.settings.waf.rules, "GATEWAY_LIST": job.settings.gateway_lists}
    for goals in wanted:
        type_ = goals.place.type
        if type_ not in accounts:
            accounts[type_] = Accounts(job.tools.lists(type_))
        yield ListCarrier(accounts[type_], rules[type_], goals, job)


class ListCarrier(Carrier[Listed]):
    """See ``carrier.Carrier``. The cleaning removes what is ours, and a WAF list itself where all of it is ours."""

    def __init__(self, accounts: Accounts, rules: ListRules, wanted: PlaceGoals, job: Job) -> None:
        """Nothing is read yet."""
        whole = job.cleanup and wanted.place.type == "LIST"
        self.kind = NOUNS[wanted.place.type]
        self.name = str(wanted.place)
        self.key = f"{wanted.place.type.lower().replace('_', '-')}.{wanted.place}"
        self.active = (key_of_place(wanted),)
        self._accounts = accounts
        self._api = accounts.api
        self._rules = rules
        self._wanted = wanted
        self.settles = self._api.delta  # a bulk operation may be pending still
        self._plan = plan_removal if whole else plan_list
        self._removes = job.settings.policy != "upsert-only"

    def read(self) -> Listed:
        """See ``carrier.Carrier``."""
        place = self._wanted.place
        every = self._accounts.lists(place.scope)
        found = [item for item in every if item.name == place.name] or [item for item in every if item.id == place.name]
        if len(found) > 1:
            ids = ", ".join(sorted(item.id for item in found))
            raise Refused(f"there are {len(found)} lists of this name ({ids})", "Rename or delete one of them")
        if not found and _is_id(place.name):
            raise Refused(f"there is no {self.kind} with the ID {place.name}", "Check the ID, or use the name")
        return Listed(found[0], self._api.items(place.scope, found[0].id)) if found else Listed(None)

    def plan(self, observed: Listed) -> CarrierPlan:
        """See ``carrier.Carrier``."""
        plan = self._plan(self._wanted, self._rules, observed)
        return plan if self._removes else without_removals(plan)

    def batches(self, changes: Sequence[Change], observed: Listed) -> Iterable[Batch]:
        """See ``carrier.Carrier``: one request where that touches only our items, else additions before removals."""
        adds = [step for step in changes if isinstance(step, AddItem)]
        others = [step for step in changes if not isinstance(step, AddItem)]
        together = self._api.delta or (observed.existing is not None and wholly_ours(self._wanted, self._rules))
        cuts: list[Sequence[Change]] = [changes] if together else [adds, others]
        return [[Unit(self.active[0], tuple(cut))] for cut in cuts if cut]

    def write(self, observed: Listed, steps: Sequence[Change]) -> Listed:
        """See ``carrier.Carrier``. A missing list is created now; one that a rule uses is emptied, not deleted."""
        self._accounts.forget(self._wanted.place.scope)
        account = self._wanted.place.scope
        existing = observed.existing or self._api.create_list(account, self._wanted.place.name, self._rules.description)
        new = [NewItem(step.network, step.comment) for step in steps if isinstance(step, AddItem)]
        gone = {step.item for step in steps if isinstance(step, RemoveItem)}
        for step in steps:
            if isinstance(step, DeleteList):
                if self._deleted(existing):
                    return Listed(None)
                gone.update(step.items)
        kept = tuple(item for item in observed.items if item not in gone)
        if new or gone:
            self._api.exchange(account, existing.id, new, [item for item in observed.items if item in gone], kept)
            if self._api.delta:
                return self._confirmed(existing, new, gone)
        return Listed(existing, (*kept, *(ListItem("", item.network, item.comment) for item in new)))

    def _confirmed(self, existing: AddressList, new: Iterable[NewItem], gone: Iterable[ListItem]) -> Listed:
        """Read what an exchange has done, because its answer does not show any item."""
        try:
            items = self._api.items(self._wanted.place.scope, existing.id)
        except ApiError as error:
            why = f"{self.kind} {self.name} was written, but could not be read again: {error.message}"
            raise Unconfirmed(why, error.hint, status=error.status, code=error.code) from None
        networks, ids = {item.network for item in items}, {item.id for item in items}
        if any(item.network not in networks for item in new) or any(item.id in ids for item in gone):
            raise Unconfirmed(f"{self.kind} {self.name} was written, but does not hold what was sent")
        return Listed(existing, items)

    def _deleted(self, existing: AddressList) -> bool:
        """Delete the list itself; False when it may only be emptied."""
        try:
            self._api.delete_list(self._wanted.place.scope, existing.id)
        except Gone:
            return True
        except Refused:
            return False
        return True

    def contents(self, observed: Listed) -> Contents:
        """See ``carrier.Carrier``."""
        return {self.active[0]: held(self._wanted, self._rules, observed)}


def _is_id(name: str) -> bool:
    """Whether a name is the ID of a Gateway list (a UUID), under which none is created."""
    return [*map(len, name.split("-"))] == [8, 4, 4, 4, 12] and not set(name) - set("0123456789abcdef-")

"""Objects that are read and written as one JSON document: ``ports.ObjectApi`` over HTTP."""

from typing import Any, Final

from ddns import jsonio
from ddns.cloudflare.ask import LARGE, Ask, row, text
from ddns.cloudflare.paging import Pages, collect, single
from ddns.cloudflare.transport import Transport
from ddns.cloudflare.zonequeries import segment, zone_by_id
from ddns.core.planning.objects.kind import Body, Kind
from ddns.errors import Unavailable

_SIZE: Final = 100
_PAGES: Final = 10  # an account has at most 300 groups (documentation, 2026)


class CloudflareObjects:
    """See ``ports.ObjectApi``. Made by ``Cloudflare.objects``."""

    def __init__(self, transport: Transport) -> None:
        """Nothing is sent yet."""
        self._transport = transport
        self._accounts: dict[str, str] = {}

    def objects(self, kind: Kind, scope: str) -> tuple[Body, ...]:
        """See ``ports.ObjectApi``."""
        path, aim = kind.path(self._scope(kind, scope)), f"read every {kind.noun}"
        if not kind.paged:
            ask = Ask("GET", path, aim, limit=LARGE)
            return tuple(_named(ask, each) for each in single(self._transport, ask))

        def question(page: int) -> Ask:
            return Ask("GET", f"{path}?page={page}&per_page={_SIZE}", aim, limit=LARGE)

        found = collect(self._transport, Pages(question, _SIZE, _PAGES, _named), self._transport.deadline())
        if found is None:
            raise Unavailable(f"could not {aim}: there are too many")
        return tuple(found)

    def put(self, kind: Kind, scope: str, id_: str, body: Body) -> Body:
        """See ``ports.ObjectApi``."""
        path = f"{kind.path(self._scope(kind, scope))}/{segment(id_, kind.noun)}"
        method = "PATCH" if kind.partial else "PUT"
        ask = Ask(method, path, f"change a {kind.noun}", jsonio.dumps(dict(body)), writes=True, limit=LARGE)
        return row(ask, self._transport.ask(ask, self._transport.deadline()))

    def _scope(self, kind: Kind, scope: str) -> str:
        """Return an account ID, or ``zone:ID``, quoted for a path; the account of a zone costs a request, once."""
        name, colon, zone_id = scope.partition(":")
        if not colon:
            return segment(scope, "account")
        if kind.zoned:
            return f"{name}:{segment(zone_id, 'zone')}"
        if scope not in self._accounts:
            self._accounts[scope] = zone_by_id(self._transport, zone_id).account_id
        return segment(self._accounts[scope], "account")


def _named(ask: Ask, each: dict[str, Any]) -> Body:
    """Return an object; an answer with one that has no ID or name is no reading."""
    text(ask, each, "id")
    text(ask, each, "name")
    return each

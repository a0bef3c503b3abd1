"""Rules lists of kind ``ip``: ``ports.ListApi`` over HTTP, with the bulk operations their writes begin."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import quote

from ddns import jsonio
from ddns.cloudflare.ask import LARGE, Answer, Ask, row, rows, text, unusable
from ddns.cloudflare.paging import single
from ddns.cloudflare.refusals import clean
from ddns.cloudflare.transport import Transport
from ddns.cloudflare.zonequeries import segment
from ddns.core.records import AddressList, ListItem, NewItem
from ddns.errors import ApiError, Busy, Refused

_SIZE: Final = 500  # items on a page: the most the API gives (its schema, 2026-08)
_PAGES: Final = 2000  # 1,000,000 items: twice what an Enterprise account can have (documentation, 2026-03)


class CloudflareLists:
    """See ``ports.ListApi``. Made by ``Cloudflare.waf``."""

    __slots__ = ("_transport",)
    delta = False

    def __init__(self, transport: Transport) -> None:
        """Nothing is sent yet."""
        self._transport = transport

    def lists(self, account: str) -> tuple[AddressList, ...]:
        """See ``ports.ListApi``."""
        ask = Ask("GET", _path(account), "read the WAF lists")
        found = single(self._transport, ask)  # they come on one page (the API's schema, 2026-08)
        return tuple(_list(ask, each) for each in found if each.get("kind") == "ip")

    def items(self, account: str, list_id: str) -> tuple[ListItem, ...]:
        """See ``ports.ListApi``. An item that is not an address or range: Refused."""
        deadline = self._transport.deadline()
        found: dict[str, ListItem] = {}
        path = f"{_path(account, list_id)}/items?per_page={_SIZE}"
        ask = Ask("GET", path, "read the items of a WAF list", limit=LARGE)
        seen = {""}
        while True:
            answer = self._transport.ask(ask, deadline)
            part = rows(ask, answer)
            found.update((item.id, item) for item in (_item(ask, each) for each in part))
            cursor = _after(answer.info)
            if not cursor and len(part) >= _SIZE and "cursors" not in answer.info:
                raise unusable(ask, "its answer does not say whether a full page is the last one")
            if not cursor:
                return tuple(found.values())
            if cursor in seen or len(seen) > _PAGES:
                raise unusable(ask, "its pages have no end")
            seen.add(cursor)
            ask = ask._replace(path=f"{path}&cursor={quote(cursor, safe='')}")

    def create_list(self, account: str, name: str, description: str) -> AddressList:
        """See ``ports.ListApi``."""
        sent = {"name": name, "kind": "ip"} | ({"description": description} if description else {})
        ask = Ask("POST", _path(account), f"create the WAF list {name}", jsonio.dumps(sent), writes=True)
        return _list(ask, row(ask, self._transport.ask(ask, self._transport.deadline())))

    def exchange(
        self, account: str, list_id: str, items: Sequence[NewItem], gone: Sequence[ListItem], kept: Sequence[ListItem]
    ) -> None:
        """See ``ports.ListApi``. Unconfirmed when the operation was begun, and its end was not seen.

        Both at once are a replacement of the whole list: what others add meanwhile would be lost.
        """
        if items and gone:
            whole = [*(NewItem(item.network, item.comment) for item in kept), *items]
            self._change("PUT", account, list_id, [_sent(item) for item in whole], _aim("put in place", whole))
        elif items:
            self._change("POST", account, list_id, [_sent(item) for item in items], _aim("add", items))
        else:
            sent = {"items": [{"id": item.id} for item in gone]}
            self._change("DELETE", account, list_id, sent, _aim("remove", gone))

    def delete_list(self, account: str, list_id: str) -> None:
        """See ``ports.ListApi``."""
        ask = Ask("DELETE", _path(account, list_id), "delete a WAF list", writes=True)
        self._transport.ask(ask, self._transport.deadline())

    def _change(self, method: str, account: str, list_id: str, sent: object, aim: str) -> None:
        """Begin a bulk operation, as soon as no other one is pending, and wait for its end."""
        ask = Ask(method, f"{_path(account, list_id)}/items", aim, jsonio.dumps(sent), writes=True, bulk=True)
        deadline = self._transport.deadline()
        begun = row(ask, self._begin(ask, deadline))
        self._finish(ask, account, text(ask, begun, "operation_id"), deadline)

    def _begin(self, ask: Ask, deadline: float) -> Answer:
        pauses = _pauses()
        while True:
            try:
                return self._transport.ask(ask, deadline)
            except Busy:
                if not self._rest(next(pauses), deadline):
                    raise

    def _finish(self, ask: Ask, account: str, operation: str, deadline: float) -> None:
        """Look at the operation until it has ended; Unconfirmed unless it ended well."""
        path = f"{_path(account)}/bulk_operations/{segment(operation, 'operation')}"
        look = Ask("GET", path, f"say how far it is with the request to {ask.aim}")
        pauses = _pauses()
        while self._rest(next(pauses), deadline):
            try:
                answer = row(look, self._transport.ask(look, deadline))
            except ApiError as error:
                raise unusable(ask, error.message, error.hint, status=error.status, code=error.code) from None
            if answer.get("status") == "completed":
                return
            if answer.get("status") == "failed":
                raise unusable(ask, f"it failed: {clean(str(answer.get('error') or 'no reason given'), '')}")
        raise unusable(ask, "it had not ended in time")

    def _rest(self, seconds: float, deadline: float) -> bool:
        """Wait, unless that would be past the deadline."""
        if self._transport.clock.monotonic() + seconds >= deadline:
            return False
        self._transport.clock.sleep(seconds)
        return True


def _pauses() -> Iterator[float]:
    """Give 1, 1, 2, 2, 4, 4, … seconds, for ever: the pace Cloudflare's own Go library waits at (v0, 2025)."""
    pause = 1.0
    while True:
        yield from (pause, pause)
        pause *= 2


def _path(account: str, list_id: str | None = None) -> str:
    path = f"/accounts/{segment(account, 'account')}/rules/lists"
    return path if list_id is None else f"{path}/{segment(list_id, 'list')}"


def _aim(verb: str, items: Sequence[object]) -> str:
    return f"{verb} {len(items)} item{'' if len(items) == 1 else 's'} of a WAF list"


def _after(info: dict[str, Any]) -> str:
    cursors = info.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else ""
    return after if isinstance(after, str) else ""


def _list(ask: Ask, each: dict[str, Any]) -> AddressList:
    words = each.get("description")
    return AddressList(text(ask, each, "id"), text(ask, each, "name"), words if isinstance(words, str) else "")


def _item(ask: Ask, each: dict[str, Any]) -> ListItem:
    comment, ip = each.get("comment"), each.get("ip")
    try:
        network = ip_network(ip if isinstance(ip, str) else "", strict=False)
    except ValueError:
        hint = "a list of addresses must hold nothing else: remove the item, or use another list"
        raise Refused(f"could not {ask.aim}: it has an item that is not an address or range", hint) from None
    return ListItem(text(ask, each, "id"), network, comment if isinstance(comment, str) else "")


def _sent(item: NewItem) -> dict[str, str]:
    """Return an item as the API takes it; a range of one address is written as that address."""
    single = item.network.prefixlen == item.network.max_prefixlen
    ip = str(item.network.network_address) if single else str(item.network)
    return {"ip": ip} | ({"comment": item.comment} if item.comment else {})

"""Zero Trust lists of type IP: ``ports.ListApi`` over HTTP. One request adds and removes; the items have no IDs.

Facts: Cloudflare's published API schema (2026-08-14) and its SDK of 2026.
"""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any, Final

from ddns import jsonio
from ddns.cloudflare.ask import LARGE, Ask, row, text, unusable
from ddns.cloudflare.paging import Pages, collect, single
from ddns.cloudflare.transport import Transport
from ddns.cloudflare.zonequeries import segment
from ddns.core.records import AddressList, ListItem, NewItem
from ddns.errors import Exists, Refused

_SIZE: Final = 1000  # a list has at most 1,000 items, 5,000 on Enterprise (documentation, 2026)
_PAGES: Final = 50


class GatewayLists:
    """See ``ports.ListApi``. Made by ``Cloudflare.gateway_lists``."""

    delta = True

    def __init__(self, transport: Transport) -> None:
        """Nothing is sent yet."""
        self._transport = transport

    def lists(self, account: str) -> tuple[AddressList, ...]:
        """See ``ports.ListApi``."""
        ask = Ask("GET", f"{_path(account)}?type=IP", "read the Gateway lists")
        found = single(self._transport, ask)
        return tuple(_list(ask, each) for each in found if each.get("type") == "IP")

    def items(self, account: str, list_id: str) -> tuple[ListItem, ...]:
        """See ``ports.ListApi``. An item that is not an address or range: Refused."""

        def question(page: int) -> Ask:
            path = f"{_path(account, list_id)}/items?page={page}&per_page={_SIZE}"
            return Ask("GET", path, "read the items of a Gateway list", limit=LARGE)

        pages = Pages(question, _SIZE, _PAGES, _item, key="value")
        found = collect(self._transport, pages, self._transport.deadline())
        if found is None:
            raise unusable(question(1), "its answer has no end")
        return tuple(found)

    def create_list(self, account: str, name: str, description: str) -> AddressList:
        """See ``ports.ListApi``."""
        sent = {"name": name, "type": "IP"} | ({"description": description} if description else {})
        ask = Ask("POST", _path(account), f"create the Gateway list {name}", jsonio.dumps(sent), writes=True)
        return _list(ask, row(ask, self._transport.ask(ask, self._transport.deadline())))

    def exchange(
        self, account: str, list_id: str, items: Sequence[NewItem], gone: Sequence[ListItem], kept: Sequence[ListItem]
    ) -> None:
        """See ``ports.ListApi``: what is kept is not sent.

        Exists when it is refused: an item may be there already, or be gone, because somebody else wrote meanwhile. The
        code for that is not documented, so every such refusal is one to read again after.
        """
        del kept
        count = len(items) + len(gone)
        sent: dict[str, Any] = {"append": [_sent(item) for item in items]} if items else {}
        sent |= {"remove": [item.id for item in gone]} if gone else {}
        aim = f"change {count} item{'' if count == 1 else 's'} of a Gateway list"
        ask = Ask("PATCH", _path(account, list_id), aim, jsonio.dumps(sent), writes=True)
        try:
            self._transport.ask(ask, self._transport.deadline())
        except Refused as error:
            if type(error) is not Refused:
                raise
            raise Exists(error.message, error.hint, status=error.status, code=error.code) from None

    def delete_list(self, account: str, list_id: str) -> None:
        """See ``ports.ListApi``: never done, because a policy points at its ID."""
        del account, list_id
        raise Refused("a Gateway list is never deleted")


def _path(account: str, list_id: str | None = None) -> str:
    path = f"/accounts/{segment(account, 'account')}/gateway/lists"
    return path if list_id is None else f"{path}/{segment(list_id, 'list')}"


def _list(ask: Ask, each: dict[str, Any]) -> AddressList:
    words = each.get("description")
    return AddressList(text(ask, each, "id"), text(ask, each, "name"), words if isinstance(words, str) else "")


def _item(ask: Ask, each: dict[str, Any]) -> ListItem:
    """Return an item; its value, as it is spelled there, is its identity."""
    value, words = text(ask, each, "value"), each.get("description")
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        hint = "a list of addresses must hold nothing else: remove the item, or use another list"
        raise Refused(f"could not {ask.aim}: it has an item that is not an address or range", hint) from None
    return ListItem(value, network, words if isinstance(words, str) else "")


def _sent(item: NewItem) -> dict[str, str]:
    single = item.network.prefixlen == item.network.max_prefixlen
    value = str(item.network.network_address) if single else str(item.network)
    return {"value": value} | ({"description": item.comment} if item.comment else {})

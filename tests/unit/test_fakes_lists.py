"""The simulator's rules lists behave as Cloudflare's do."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.asking import Got, ask
from tests.fakes.cloudflare import Cloudflare


@pytest.fixture
def sim() -> Iterator[Cloudflare]:
    """Serve without TLS."""
    with Cloudflare(tls=False) as sim:
        yield sim


def path(sim: Cloudflare, rest: str = "") -> str:
    """Return a path below the lists."""
    return f"/accounts/{sim.account.id}/rules/lists{rest}"


def send(sim: Cloudflare, method: str, list_id: str, body: object) -> Got:
    """Change items and look at the operation once."""
    got = ask(sim, method, path(sim, f"/{list_id}/items"), body)
    if got.status == 200:
        ask(sim, "GET", path(sim, f"/bulk_operations/{got.result['operation_id']}"))
    return got


@pytest.mark.parametrize(
    "fields",
    [{"name": "Home"}, {"name": "x" * 51}, {"name": 7}, {"kind": "dns"}, {"description": "x" * 501}, {"name": "taken"}],
)
def test_a_list_has_rules(sim: Cloudflare, fields: dict[str, Any]) -> None:
    """Lower-case names of up to 50 characters, one of four kinds, descriptions up to 500, no name twice."""
    sim.add_list("taken")
    sim.account.plan = "pro"

    assert ask(sim, "POST", path(sim), {"name": "home", "kind": "ip"} | fields).status == 400
    assert ask(sim, "POST", path(sim), []).status == 400


def test_a_free_account_has_one_list(sim: Cloudflare) -> None:
    """The second one is refused; its description can be changed."""
    made = ask(sim, "POST", path(sim), {"name": "home", "kind": "ip", "description": "mine"}).result
    assert (made["num_items"], made["description"]) == (0, "mine")
    assert ask(sim, "POST", path(sim), {"name": "more", "kind": "ip"}).status == 400

    assert "description" not in ask(sim, "PUT", path(sim, f"/{made['id']}"), {"description": ""}).result
    assert ask(sim, "PUT", path(sim, f"/{made['id']}"), {"description": "x"}).result["description"] == "x"
    assert ask(sim, "GET", path(sim, f"/{made['id']}")).result["name"] == "home"
    assert ask(sim, "DELETE", path(sim, f"/{made['id']}")).result == {"id": made["id"]}
    assert ask(sim, "GET", path(sim, f"/{made['id']}")).status == 404


@pytest.mark.parametrize(
    ("ip", "echo"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8::1/128", "2001:db8::1/128"),
        ("2000::/12", "2000::/12"),
        ("0.0.0.0/7", ""),
        ("2000::/11", ""),
        ("192.0.2.1/24", ""),
        ("home", ""),
    ],
)
def test_an_item_is_an_address_or_a_range_of_some_size(sim: Cloudflare, ip: str, echo: str) -> None:
    """Lower case; IPv4 from /8, IPv6 from /12; host bits are refused."""
    home = sim.add_list("home")
    assert send(sim, "POST", home.id, [{"ip": ip}]).status == (200 if echo else 400)

    items = ask(sim, "GET", path(sim, f"/{home.id}/items")).result
    assert [item["ip"] for item in items] == ([echo] if echo else [])
    for item in items:
        assert ask(sim, "GET", path(sim, f"/{home.id}/items/{item['id']}")).result == item


def test_bad_changes_of_items_are_refused(sim: Cloudflare) -> None:
    """Bodies of another form, items that are not there, more than the plan holds."""
    home = sim.add_list("home", [("192.0.2.1", "")])
    bodies: list[object] = [{}, [7], [{"ip": 7}]]
    removals: list[object] = [[], {"items": []}, {"items": [{"id": 7}]}]
    for body in bodies:
        assert send(sim, "PUT", home.id, body).status == 400
    for removal in removals:
        assert send(sim, "DELETE", home.id, removal).status == 400
    assert send(sim, "DELETE", home.id, {"items": [{"id": "nothing"}]}).status == 404
    assert ask(sim, "GET", path(sim, f"/{home.id}/items/nothing")).status == 404
    assert ask(sim, "GET", path(sim, f"/{home.id}/items?per_page=501")).status == 400
    assert ask(sim, "GET", path(sim, "/bulk_operations/nothing")).status == 404
    many = [{"ip": f"10.{number // 256}.{number % 256}.1"} for number in range(10_001)]
    assert send(sim, "POST", home.id, many).status == 400


def test_one_bulk_operation_at_a_time(sim: Cloudflare) -> None:
    """A second one is refused with 429 while the first is pending; being looked at or refused brings it nearer."""
    home = sim.add_list("home")
    sim.world.bulk_polls = 2
    begun = ask(sim, "POST", path(sim, f"/{home.id}/items"), [{"ip": "192.0.2.1"}]).result["operation_id"]
    look = path(sim, f"/bulk_operations/{begun}")

    assert ask(sim, "POST", path(sim, f"/{home.id}/items"), [{"ip": "192.0.2.2"}]).status == 429
    assert ask(sim, "GET", look).result == {"id": begun, "status": "pending"}
    assert home.items == {}
    done = ask(sim, "GET", look).result
    assert (done["status"], len(home.items)) == ("completed", 1)
    assert ask(sim, "GET", look).result == done


def test_an_operation_ends_in_time_without_being_looked_at(sim: Cloudflare) -> None:
    """A client that went away blocks nobody for ever; a failed one changes nothing."""
    home = sim.add_list("home")
    sim.world.bulk_polls, sim.world.bulk_seconds, sim.world.bulk_error = 99, 0.0, "no"
    begun = ask(sim, "POST", path(sim, f"/{home.id}/items"), [{"ip": "192.0.2.1"}]).result["operation_id"]
    failed = ask(sim, "GET", path(sim, f"/bulk_operations/{begun}")).result

    assert (failed["status"], failed["error"]) == ("failed", "no")
    assert home.items == {}


def test_items_are_searched_and_paged(sim: Cloudflare) -> None:
    """By prefix of the address, with cursors that lead through all pages."""
    home = sim.add_list("home", [(f"192.0.2.{number}", "") for number in range(5)] + [("2001:db8::1", "")])
    first = ask(sim, "GET", path(sim, f"/{home.id}/items?per_page=4")).json
    rest = ask(
        sim, "GET", path(sim, f"/{home.id}/items?per_page=4&cursor={first['result_info']['cursors']['after']}")
    ).json

    assert len(first["result"]) == 4
    assert len(rest["result"]) == 2
    assert "result_info" not in rest
    assert len(ask(sim, "GET", path(sim, f"/{home.id}/items?search=2001")).result) == 1

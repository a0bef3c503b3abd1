"""WAF lists, as a user sees them: creation, items, other people's items, and an API that does one thing at a time."""

import pytest

from tests.e2e.program import FOUR, Program, eventually, stop
from tests.fakes.cf_world import ALL, ListState, Operation, Token
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault, broken, too_many

RANGE6 = "2620:fe::/64"


@pytest.fixture
def waf(ddns: Program) -> Program:
    """Return the program with one list, no name at all, and both families."""
    trace = f"cloudflare.trace:{ddns.sim.trace_url}"
    ddns.env |= {"WAF_LISTS": f"{ddns.sim.account.id}/home", "IP4_PROVIDER": trace, "IP6_PROVIDER": trace}
    return ddns


def ranges(made: ListState) -> set[str]:
    """Return the ranges of a list."""
    return {item["ip"] for item in made.items.values()}


def the_list(sim: Cloudflare) -> ListState:
    """Return the only list."""
    (found,) = sim.account.lists.values()
    return found


def test_a_missing_list_is_created_without_any_dns_name(waf: Program, sim: Cloudflare) -> None:
    """With its description and the comment of its items; then nothing is to be done."""
    env = {"WAF_LIST_DESCRIPTION": "where I live", "WAF_LIST_ITEM_COMMENT": "ddns"}
    first = waf.run("run", "--once", **env)

    made = the_list(sim)
    assert (first.code, made.name, made.kind, made.description) == (0, "home", "ip", "where I live")
    assert ranges(made) == {FOUR, RANGE6}
    assert {item["comment"] for item in made.items.values()} == {"ddns"}
    assert not sim.requests(path="/zones")

    writes = len(sim.requests("POST"))
    assert waf.run("run", "--once", **env).code == 0
    assert len(sim.requests("POST")) == writes


def test_the_plan_says_so_before(waf: Program, sim: Cloudflare) -> None:
    """Exit 3, and nothing is created."""
    result = waf.run("plan")

    assert (result.code, sim.account.lists) == (3, {})
    assert FOUR in result.out
    assert RANGE6 in result.out


def test_prefix_lengths_of_bare_addresses(waf: Program, sim: Cloudflare) -> None:
    """The whole range is masked, as wide as the settings say."""
    assert waf.run("run", "--once", IP4_DEFAULT_PREFIX_LEN="24", IP6_DEFAULT_PREFIX_LEN="56").code == 0
    assert ranges(the_list(sim)) == {"9.9.9.0/24", "2620:fe::/56"}


@pytest.mark.parametrize(("name", "value"), [("IP4_DEFAULT_PREFIX_LEN", "7"), ("IP6_DEFAULT_PREFIX_LEN", "11")])
def test_wider_ranges_than_a_list_takes_are_refused_offline(waf: Program, name: str, value: str) -> None:
    """Exit 2 without a request."""
    result = waf.run("run", **{name: value})

    assert (result.code, waf.sim.log) == (2, [])
    assert name in result.out


def test_a_changed_address_replaces_a_list_that_is_wholly_ours_in_one_call(waf: Program, sim: Cloudflare) -> None:
    """The items keep their comment; there is no moment without coverage."""
    made = sim.add_list("home", [("9.9.9.1", "mine"), ("2620:fe:0:1::/64", "mine")])

    assert waf.run("run", "--once").code == 0
    assert ranges(made) == {FOUR, RANGE6}
    assert {item["comment"] for item in made.items.values()} == {"mine"}
    assert len(sim.requests("PUT", "/items")) == 1
    assert not sim.requests("POST", "/items") + sim.requests("DELETE", "/items")


def test_other_peoples_items_stay(waf: Program, sim: Cloudflare) -> None:
    """Items whose comment does not match are not ours; additions come before removals."""
    made = sim.add_list("home", [("9.9.9.1", "ddns"), ("9.9.9.2", "office"), ("9.9.9.3", "")])
    env = {"WAF_LIST_ITEM_COMMENT": "ddns", "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "^ddns$", "IP6_PROVIDER": "none"}

    assert waf.run("run", "--once", **env).code == 0
    assert ranges(made) == {FOUR, "9.9.9.2", "9.9.9.3"}
    assert [call.method for call in sim.requests(path="/items$") if call.method != "GET"] == ["POST", "DELETE"]


def test_a_wider_range_covers_already(waf: Program, sim: Cloudflare) -> None:
    """It is kept and nothing is added; a narrower one is no cover."""
    made = sim.add_list("home", [("9.9.0.0/16", ""), ("2620:fe::/48", "")])
    assert waf.run("run", "--once").code == 0
    assert ranges(made) == {"9.9.0.0/16", "2620:fe::/48"}
    assert not sim.requests("POST") + sim.requests("PUT")

    made.items.clear()
    sim.account.lists.clear()
    narrow = sim.add_list("home", [("2620:fe::9/128", "")])
    assert waf.run("run", "--once", IP4_PROVIDER="none").code == 0
    assert ranges(narrow) == {RANGE6}


def test_items_of_an_unknown_family_stay(waf: Program, sim: Cloudflare) -> None:
    """The other family is brought up to date, and the exit code is 1."""
    made = sim.add_list("home", [("9.9.9.1", ""), ("2620:fe:0:1::/64", "")])

    assert waf.run("run", "--once", IP6_PROVIDER="debug.unavailable").code == 1
    assert ranges(made) == {FOUR, "2620:fe:0:1::/64"}
    assert waf.run("run", "--once", IP4_PROVIDER="debug.unavailable", IP6_PROVIDER="debug.unavailable").code == 1
    assert ranges(made) == {FOUR, "2620:fe:0:1::/64"}


def test_items_of_a_family_out_of_scope_stay(waf: Program, sim: Cloudflare) -> None:
    """None leaves them alone; static.empty clears them."""
    made = sim.add_list("home", [("9.9.9.1", ""), ("2620:fe:0:1::/64", "")])

    assert waf.run("run", "--once", IP6_PROVIDER="none").code == 0
    assert ranges(made) == {FOUR, "2620:fe:0:1::/64"}
    assert waf.run("run", "--once", IP6_PROVIDER="static.empty").code == 0
    assert ranges(made) == {FOUR}


def test_more_items_than_a_page(waf: Program, sim: Cloudflare) -> None:
    """All pages are read by cursor, so an address on the last one is found there."""
    many = [(f"10.0.{number // 256}.{number % 256}", "other") for number in range(1100)]
    made = sim.add_list("home", [*many, (FOUR, "ddns")])
    env = {"WAF_LIST_ITEM_COMMENT": "ddns", "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "^ddns$", "IP6_PROVIDER": "none"}

    assert waf.run("run", "--once", **env).code == 0
    assert len(made.items) == 1101
    assert len(sim.requests("GET", "/items")) == 3
    assert not sim.requests("POST")


def test_another_pending_operation_is_waited_for(waf: Program, sim: Cloudflare) -> None:
    """The account's one bulk operation is somebody else's for now: 429, which is no rate limit here."""
    made = sim.add_list("home", [("9.9.9.1", "")])
    sim.account.operations.append(Operation("other", "nowhere", {}, polls=1, due=float("inf")))
    result = waf.run("run", "--once", IP6_PROVIDER="none")

    assert (result.code, ranges(made)) == (0, {FOUR})
    assert "rate limit is used up" not in result.out


def test_an_operation_that_takes_its_time(waf: Program, sim: Cloudflare) -> None:
    """It is looked at until it has ended."""
    sim.world.bulk_polls = 1
    made = sim.add_list("home", [("9.9.9.1", "")])

    assert waf.run("run", "--once").code == 0
    assert ranges(made) == {FOUR, RANGE6}


def test_an_operation_that_fails_is_a_failure(waf: Program, sim: Cloudflare) -> None:
    """Nothing is claimed: could not confirm, exit 1."""
    sim.world.bulk_error = "internal error"
    made = sim.add_list("home", [("9.9.9.1", "")])
    result = waf.run("run", "--once", IP6_PROVIDER="none")

    assert (result.code, ranges(made)) == (1, {"9.9.9.1"})
    assert "ould not confirm" in result.out


def test_a_rate_limit_is_obeyed(waf: Program, sim: Cloudflare) -> None:
    """Nothing is written, and the reason is told."""
    made = sim.add_list("home", [("9.9.9.1", "")])
    sim.fault(too_many(600, path="/rules/lists", times=0))
    result = waf.run("run", "--once")

    assert (result.code, ranges(made)) == (1, {"9.9.9.1"})
    assert "rate limit is used up" in result.out


@pytest.mark.parametrize(
    "fault",
    [
        broken(502, path="/rules/lists", times=0),
        broken(502, path="/items", times=0),
        Fault("truncate", path="/items", times=0),
        Fault("answer", path="/rules/lists", times=0, body='{"success":true,"result":null}'),
        Fault("answer", path="/items", times=0, body='{"success":true,"result":[{"id":"x"}]}'),
    ],
)
def test_a_failed_reading_is_never_an_empty_list(waf: Program, sim: Cloudflare, fault: Fault) -> None:
    """No second list, no item added or removed."""
    made = sim.add_list("home", [("9.9.9.1", "")])
    sim.fault(fault)

    assert waf.run("run", "--once", UPDATE_TIMEOUT="4s").code == 1
    assert (ranges(made), len(sim.account.lists)) == ({"9.9.9.1"}, 1)
    assert not sim.requests("POST") + sim.requests("PUT") + sim.requests("DELETE")


def test_a_token_without_the_permission_is_told_which_one(waf: Program, sim: Cloudflare) -> None:
    """The names of the zone are kept up to date all the same."""
    sim.world.tokens[sim.token] = Token(permissions=ALL - {"lists.read", "lists.edit"})
    result = waf.run("run", "--once", IP4_DOMAINS="home.example.org")

    assert (result.code, sim.records("example.org")) == (1, [("home.example.org", "A", FOUR)])
    assert "Account Filter Lists" in result.out


def test_the_plan_allows_one_list_only(waf: Program, sim: Cloudflare) -> None:
    """The refusal is told with the name, and the other list stays."""
    other = sim.add_list("other", [("9.9.9.1", "")])
    result = waf.run("run", "--once")

    assert (result.code, ranges(other)) == (1, {"9.9.9.1"})
    assert "home" in result.out
    assert "quota" in result.out


def test_lists_of_another_kind_are_invisible(waf: Program, sim: Cloudflare) -> None:
    """A list of the same name that holds no addresses is not ours to read."""
    sim.account.plan = "pro"
    sim.add_list("home", [("https://example.org", "")], kind="redirect")

    assert waf.run("run", "--once").code == 1
    assert not sim.requests("GET", "/items")


@pytest.mark.parametrize(("used", "left"), [(0, None), (2, set())])
def test_delete_on_stop(waf: Program, sim: Cloudflare, used: int, left: set[str] | None) -> None:
    """A list that is wholly ours is deleted; one a rule uses is emptied instead."""
    sim.add_list("home", used=used)
    child = waf.start(DELETE_ON_STOP="true")
    eventually(lambda: ranges(the_list(sim)) == {FOUR, RANGE6})
    out = stop_slowly(child)

    found = [ranges(made) for made in sim.account.lists.values()]
    assert found == ([] if left is None else [left]), out


def stop_slowly(child: object) -> str:
    """Stop it; a bulk operation may take its second, but not the grace time of a container."""
    import subprocess  # noqa: PLC0415 -- only here

    assert isinstance(child, subprocess.Popen)
    child.terminate()
    out, _ = child.communicate(timeout=9)
    assert child.returncode == 0, out
    return str(out)


def test_delete_on_stop_keeps_other_peoples_items(waf: Program, sim: Cloudflare) -> None:
    """Only ours go, and the list stays."""
    made = sim.add_list("home", [("9.9.9.2", "office")])
    env = {"WAF_LIST_ITEM_COMMENT": "ddns", "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "^ddns$"}
    child = waf.start(DELETE_ON_STOP="true", **env)
    eventually(lambda: len(made.items) == 3)
    stop_slowly(child)

    assert ranges(made) == {"9.9.9.2"}


def test_without_delete_on_stop_the_list_stays(waf: Program, sim: Cloudflare) -> None:
    """A stop is prompt and changes nothing."""
    child = waf.start()
    eventually(lambda: bool(sim.account.lists) and len(the_list(sim).items) == 2)
    stop(child)

    assert ranges(the_list(sim)) == {FOUR, RANGE6}


@pytest.mark.parametrize(
    ("env", "fragments"),
    [
        ({"WAF_LISTS": "home"}, ["WAF_LISTS", "account"]),
        ({"WAF_LISTS": "abc/Home-List"}, ["WAF_LISTS"]),
        ({"MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "^ddns$"}, ["WAF_LIST_ITEM_COMMENT", "does not match"]),
        ({"MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX": "(a+"}, ["MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX"]),
        ({"IP4_PROVIDER": "none", "IP6_PROVIDER": "none"}, ["none"]),
    ],
)
def test_bad_input(waf: Program, env: dict[str, str], fragments: list[str]) -> None:
    """Exit 2 and nobody is asked."""
    result = waf.run("run", **env)

    assert (result.code, waf.sim.log) == (2, [])
    assert all(fragment in result.out for fragment in fragments), result.out


def test_two_accounts_fail_alone(waf: Program, sim: Cloudflare) -> None:
    """A list in an account that does not answer does not stop the other."""
    other = sim.add_account("work")
    sim.fault(broken(500, path=other.id, times=0))
    both = f"{other.id}/home, {sim.account.id}/home"

    assert waf.run("run", "--once", WAF_LISTS=both, UPDATE_TIMEOUT="5s").code == 1
    assert ranges(the_list(sim)) == {FOUR, RANGE6}

"""Objects in a round: found by name or ID, written once, read again after a lost answer, and never guessed."""

from functools import partial
from typing import Any

import pytest

from ddns.core.entries import ListRef, Source
from ddns.core.memory import Memory
from ddns.core.places import Place
from ddns.core.records import ListItem
from ddns.core.reports.roundreport import Result, RoundReport
from ddns.core.settings import UpdateSettings
from ddns.errors import AuthError, Exists, Refused, Unavailable, Unconfirmed
from ddns.round.pipe import run_cleanup, run_round
from tests.fakes.places import group, location, pool, rule
from tests.fakes.roundkit import V4, V6, Kit

HOME = Place("LOCATION", "acc", "Home", (V4, None))
TEAM = Place("GROUP", "acc", "Home", (V4, V6))
ONE = Place("ORIGIN", "acc", "web", (V4, None), part="one")
TWO = Place("ORIGIN", "acc", "web", (None, V6), part="two")
LOST = Unconfirmed("the answer was lost")


class Bench:
    """A kit with some places, both families known."""

    def __init__(self, *places: Place) -> None:
        self.kit = Kit()
        self.api = self.kit.objects
        self.kit.know("192.0.2.9/32", "2001:db8:1::1/64")
        self.settings = UpdateSettings(places=places)
        self.memory = Memory()

    def round(self, *, dry_run: bool = False) -> RoundReport:
        report, self.memory = run_round(self.settings, self.memory, self.kit.tools(), dry_run=dry_run)
        return report

    def networks(self) -> list[str]:
        """Return the source networks of the one location."""
        return [row["network"] for row in self.api.found["LOCATION", "acc"][0]["networks"]]


def only(report: RoundReport) -> Result:
    """Return the one result."""
    (result,) = report.results
    return result


def test_a_location_follows_the_address_and_is_then_left() -> None:
    """One reading a round; one write after a change, told from old to new and remembered."""
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))

    first, second = only(bench.round()), only(bench.round())

    assert (first.key, first.status) == (("acc/Home", "LOCATION"), "changed")
    assert (first.old, first.new) == (("192.0.2.1/32",), ("192.0.2.9/32",))
    assert second.status == "unchanged"
    assert [name for name, _ in bench.api.script.calls] == ["objects", "put", "objects"]
    assert bench.memory.published == (("LOCATION acc/Home", ("192.0.2.9/32",)),)


def test_a_dry_run_and_a_cleaning_write_nothing() -> None:
    """A cleaning does not even look: what protects is never emptied."""
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    report = bench.round(dry_run=True)

    assert report.plan is not None
    assert report.plan.pending
    assert [carrier.kind for carrier in report.plan.carriers] == ["Gateway location"]
    bench.api.script.calls.clear()
    cleaned, _ = run_cleanup(bench.settings, Memory(), bench.kit.tools())
    assert (cleaned.ok, cleaned.results, bench.api.script.calls) == (True, (), [])
    assert bench.networks() == ["192.0.2.1/32"]


def test_without_an_address_nothing_is_read() -> None:
    """The place is preserved, and the problem of the source names it."""
    bench = Bench(HOME)
    bench.kit.know()

    report = bench.round()

    assert only(report).status == "preserved"
    assert "acc/Home" in report.problems[0].kept
    assert bench.api.script.calls == []


@pytest.mark.parametrize(
    ("bodies", "why"),
    [
        ([], "there is no Gateway location called Home"),
        ([location(name="home")], "there is no Gateway location called Home"),
        ([location(id_="b"), location(id_="a")], "there are 2 of this name (a, b)"),
    ],
)
def test_a_place_that_cannot_be_found_is_a_problem_of_its_own(bodies: list[dict[str, Any]], why: str) -> None:
    """It is neither created nor guessed, and another place goes on."""
    bench = Bench(HOME, TEAM)
    for body in bodies:
        bench.api.seed("LOCATION", "acc", body)
    bench.api.seed("GROUP", "acc", group(rule("192.0.2.1/32")))

    report = bench.round()

    assert {item.type: item.status for item in report.results} == {"LOCATION": "failed", "GROUP": "changed"}
    (problem,) = report.problems
    assert problem.key == "location.acc/Home"
    assert why in problem.what


def test_an_id_wins_over_a_name() -> None:
    """Two places that turn out to be one object are not both written."""
    bench = Bench(HOME._replace(name="loc1"), HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32", name="loc2"))
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32", id_="loc2", name="loc1"))
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32", id_="loc3"))
    assert bench.round().ok
    assert [body["networks"][0]["network"] for body in bench.api.found["LOCATION", "acc"]] == [
        *("192.0.2.9/32", "192.0.2.1/32", "192.0.2.9/32"),
    ]

    bench = Bench(HOME._replace(name="loc1"), HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    report = bench.round()
    assert "it is the same as acc/loc1" in report.problems[0].what


def test_an_account_that_cannot_be_read_fails_its_places_once() -> None:
    """One request, a problem each, with the permission that is missing."""
    bench = Bench(HOME, HOME._replace(name="Other"))
    bench.api.script.fail("objects", AuthError("the token is refused", "give it Zero Trust - Edit"))

    report = bench.round()

    assert [item.status for item in report.results] == ["failed", "failed"]
    assert len(bench.api.script.calls) == 1
    assert report.problems[0].remedy == "Give it Zero Trust - Edit"


def test_two_origins_of_a_pool_are_one_write() -> None:
    """IPv4 in one, IPv6 in the other; a source with two addresses changes nothing."""
    bench = Bench(ONE, TWO)
    bench.api.seed("ORIGIN", "acc", pool(("one", "192.0.2.1"), ("two", "2001:db8::2"), ("three", "www.example.org")))

    report = bench.round()

    assert [(item.name, item.status) for item in report.results] == [
        ("acc/web/one", "changed"),
        ("acc/web/two", "changed"),
    ]
    found = bench.api.found["ORIGIN", "acc"][0]["origins"]
    assert [origin["address"] for origin in found] == ["192.0.2.9", "2001:db8:1::1", "www.example.org"]
    assert len(bench.api.sent) == 1
    bench.kit.know("192.0.2.9/32", "192.0.2.8/32", "2001:db8:1::1/64")
    again = bench.round()
    assert [item.status for item in again.results] == ["preserved", "unchanged"]
    assert not bench.round().warnings
    assert [problem.what for problem in again.problems] == [
        "The origin acc/web/one cannot be kept at the IPv4 address: an origin has one address, and the source named 2"
    ]


def test_two_origins_that_change_together_are_no_second_writer() -> None:
    """What we wrote ourselves is not told as somebody else's; what somebody else wrote is."""
    bench = Bench(ONE, TWO)
    bench.api.seed("ORIGIN", "acc", pool(("one", "192.0.2.1"), ("two", "2001:db8::2"), ("three", "192.0.2.3")))
    assert bench.round().warnings == ()

    bench.kit.know("192.0.2.7/32", "2001:db8:1::7/64")
    bench.api.meddle = lambda body: body["origins"][2].update(address="192.0.2.33")
    assert [warning.key for warning in bench.round().warnings] == ["changed.ORIGIN.acc/web"]


@pytest.mark.parametrize("odd", ["host", "nobody"])
def test_an_origin_that_must_be_left_alone_does_not_end_the_round(odd: str) -> None:
    """It is a problem of its own, whichever of the pool's origins is named first."""
    bench = Bench(ONE._replace(part=odd), ONE)
    bench.api.seed("ORIGIN", "acc", pool(("host", "www.example.org"), ("one", "192.0.2.1")))

    report = bench.round()

    assert sorted((item.name, item.status) for item in report.results) == [
        (f"acc/web/{odd}", "failed"),
        ("acc/web/one", "changed"),
    ]
    assert report.warnings == ()


def test_a_range_that_a_location_does_not_take_is_told() -> None:
    """It is not silently left out: IPv4 networks of locations are /24 or smaller."""
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    bench.kit.know("192.0.2.9/23")

    report = bench.round()

    assert [problem.key for problem in report.problems] == ["location.acc/Home"]
    assert "wider than the /24" in report.problems[0].what
    assert bench.networks() == ["192.0.2.1/32"]


def test_a_refused_origin_does_not_keep_the_other_back() -> None:
    """The company of a culprit is written alone."""
    bench = Bench(ONE, TWO)
    bench.api.seed("ORIGIN", "acc", pool(("one", "192.0.2.1"), ("two", "2001:db8::2")))
    bench.api.script.fail("put", Refused("no", status=400), times=2)

    report = bench.round()

    assert [item.status for item in report.results] == ["failed", "changed"]
    assert report.problems[0].key == "origin.acc/web/one"
    assert "Host header" in report.problems[0].remedy


def test_a_lost_answer_is_read_again() -> None:
    """It had happened: nothing is sent twice; it had not: once more; twice lost: not confirmed."""
    for after, puts in ((True, 1), (False, 2)):
        bench = Bench(HOME)
        bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
        bench.api.script.fail("put", LOST, after=after)
        assert only(bench.round()).status == "changed"
        assert bench.api.script.count("put") == puts
        assert bench.networks() == ["192.0.2.9/32"]
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    bench.api.script.fail("put", LOST, times=0)
    report = bench.round()
    assert only(report).status == "unconfirmed"
    assert report.problems[0].what.startswith("Could not confirm the update of the Gateway location acc/Home")


def test_a_taken_address_keeps_the_old_one_and_says_whose_fault_it_may_be() -> None:
    """The hint is Cloudflare's own where it has one."""
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    bench.api.script.fail("put", Refused("the source IP is taken", status=400))

    report = bench.round()

    assert bench.networks() == ["192.0.2.1/32"]
    assert "CGNAT" in report.problems[0].remedy
    bench.api.script.fail("put", Refused("no", "do that", status=400))
    assert bench.round().problems[0].remedy == "Do that"
    assert only(bench.round()).status == "changed"


def test_a_second_writer_is_told_of() -> None:
    """Something else changed meanwhile: our networks are right, and there is a warning."""
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    bench.api.meddle = lambda body: body.update(ecs_support=False)

    report = bench.round()

    assert only(report).status == "changed"
    assert [warning.key for warning in report.warnings] == ["changed.LOCATION.acc/Home"]


def test_a_block_of_ipv6_that_a_write_clears_is_told_of() -> None:
    """Whether a PUT clears it is not documented; new IDs of networks are no change."""
    ids = iter("abcdef")

    def answered(body: dict[str, Any]) -> None:
        body["endpoints"]["ipv6"]["networks"][0]["id"] = next(ids)

    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32", dns_destination_ipv6_block_id="block"))
    bench.api.meddle = answered
    assert bench.round().warnings == ()

    bench.kit.know("192.0.2.8/32")
    bench.api.meddle = lambda body: body.update(dns_destination_ipv6_block_id=None)
    assert [warning.key for warning in bench.round().warnings] == ["changed.LOCATION.acc/Home"]


def test_an_answer_with_other_addresses_is_no_success() -> None:
    """It is read again, and written again; in the end it is not confirmed."""
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    bench.api.meddle = lambda body: body.update(networks=[{"network": "192.0.2.77/32"}])

    assert only(bench.round()).status == "unconfirmed"
    assert bench.api.script.count("put") == 3


def test_a_reading_that_fails_keeps_everything() -> None:
    """Unavailable: told, nothing written."""
    bench = Bench(HOME)
    bench.api.seed("LOCATION", "acc", location("192.0.2.1/32"))
    bench.api.script.fail("objects", Unavailable("no way"))

    report = bench.round()

    assert only(report).status == "failed"
    assert report.problems[0].kept == "It stays as it is; nothing was removed"


def test_a_gateway_list_is_made_filled_and_changed_in_one_request() -> None:
    """Also when other people's items are in it; a cleaning removes ours, and never the list."""
    kit = Kit()
    kit.know("192.0.2.9/32", "2001:db8:1::1/64")
    place = Place("GATEWAY_LIST", "acc", "Home addresses", (V4, V6))
    settings = UpdateSettings(places=(place,))
    assert run_round(settings, Memory(), kit.tools())[0].results[0].status == "changed"
    kit.know("192.0.2.8/32", "2001:db8:1::1/64")
    assert run_round(settings, Memory(), kit.tools())[0].ok
    assert kit.gateway.faults.calls == {"lists": 2, "create_list": 1, "add": 1, "items": 3, "replace": 1}

    run_cleanup(settings, Memory(), kit.tools())

    assert kit.gateway.names("acc") == ["Home addresses"]
    assert kit.gateway.of("acc").held[next(iter(kit.gateway.of("acc").found))] == []


def gateway() -> tuple[Kit, UpdateSettings]:
    """Return a kit with a Zero Trust list that has an old item of ours, and the settings for it."""
    kit = Kit()
    kit.know("192.0.2.9/32")
    kit.gateway.put(ListRef("acc", "home"), ("192.0.2.1/32", ""))
    return kit, UpdateSettings(places=(Place("GATEWAY_LIST", "acc", "home", (V4, None)),))


def test_a_gateway_list_that_somebody_else_wrote_meanwhile_is_read_again() -> None:
    """An item that is there already, or gone, refuses the change; after another reading the rest of it is done."""
    kit, settings = gateway()
    kit.gateway.faults.before["replace"] = [Exists("duplicate item", status=400)]

    report = run_round(settings, Memory(), kit.tools())[0]

    assert report.ok
    assert kit.gateway.texts(ListRef("acc", "home")) == ["192.0.2.9/32"]

    kit, settings = gateway()
    kit.gateway.faults.before["replace"] = [Exists("no", status=400), Exists("no", status=400)]
    assert only(run_round(settings, Memory(), kit.tools())[0]).status == "failed"


def test_a_gateway_list_is_read_after_a_change() -> None:
    """Its answer shows no item: what is not there is not told as done, nor is what cannot be seen."""
    kit, settings = gateway()
    kit.gateway.faults.before["items"] = [None, Unavailable("no way"), Unavailable("no way")]
    assert only(run_round(settings, Memory(), kit.tools())[0]).status == "unconfirmed"

    for lost, back in ((True, False), (True, True), (False, True)):
        kit, settings = gateway()
        ((key, before),) = [*kit.gateway.of("acc").held.items()]

        def undo(held: dict[str, list[ListItem]], key: str, old: list[ListItem], keep: int) -> None:
            held[key] = [*old, *(item for item in held[key] * keep if item not in old)]

        undone = partial(undo, kit.gateway.of("acc").held, key, before * back, int(not lost))
        kit.gateway.faults.after |= dict.fromkeys(("replace", "add", "remove"), [undone] * 3)
        assert only(run_round(settings, Memory(), kit.tools())[0]).status == "unconfirmed"


def test_a_gateway_list_is_not_made_under_an_id() -> None:
    """An ID that is not there is a mistake."""
    kit = Kit()
    kit.know("192.0.2.9/32")
    place = Place("GATEWAY_LIST", "acc", "0f1e2d3c-0000-4000-8000-0123456789ab", (V4, None))

    report, _ = run_round(UpdateSettings(places=(place,)), Memory(), kit.tools())

    assert "there is no Gateway list with the ID" in report.problems[0].what
    assert kit.gateway.names("acc") == []


def test_sources_of_places_are_asked_too() -> None:
    """Each once, and only those of their own."""
    bench = Bench(HOME._replace(sources=(Source("local"), None)))
    bench.round()

    assert bench.kit.sources.asked == [(Source("local"), 4)]

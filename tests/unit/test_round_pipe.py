"""One round, from sources to records: what is asked, written, reported and remembered."""

from ipaddress import IPv6Address

import pytest

from ddns.core.addresses.families import Known, Unknown
from ddns.core.addresses.hostids import HostId
from ddns.core.domains import Domain
from ddns.core.entries import Entry, ListRef, Metadata, Source
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.expressions.selectors import parse_filter
from ddns.core.memory import Memory
from ddns.core.places import SpfEntry
from ddns.core.reports.roundreport import RoundReport
from ddns.core.settings import UpdateSettings, WafSettings
from ddns.errors import AuthError, Gone, Interrupted, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.round.pipe import run_cleanup, run_round
from tests.fakes.roundkit import V4, V6, Kit, entry

BOTH = UpdateSettings((entry("home.example.org", six=V6),))
FOUR = UpdateSettings((entry("home.example.org"),))
LOST = Unconfirmed("the answer was lost")


def told(report: RoundReport) -> dict[str, str]:
    """Return the statuses by type and name."""
    return {f"{item.type} {item.name}": item.status for item in report.records}


def keys(report: RoundReport) -> list[str]:
    """Return the keys of the problems."""
    return [problem.key for problem in report.problems]


def test_a_first_round_creates_and_a_second_keeps() -> None:
    """Missing records are created in one batch; the next round reads once and writes nothing."""
    kit = Kit()
    kit.know("192.0.2.1")
    settings = UpdateSettings((entry("home.example.org"), entry("example.org")))

    report, memory = run_round(settings, Memory(), kit.tools())
    again, _ = run_round(settings, memory, kit.tools())

    assert report.ok
    assert [(item.name, item.status, item.old, item.new) for item in report.records] == [
        ("example.org", "changed", (), ("192.0.2.1",)),
        ("home.example.org", "changed", (), ("192.0.2.1",)),
    ]
    assert again.ok
    assert not again.changed
    assert len(kit.dns.batches) == 1
    assert kit.dns.faults.calls == {"list_zones": 1, "records": 2, "batch": 1}


def test_an_address_change_is_told_from_old_to_new() -> None:
    """The report holds what was there and what is there now."""
    kit = Kit()
    kit.know("192.0.2.2")
    kit.dns.put(kit.zones[0], "home.example.org", "192.0.2.1")

    report, memory = run_round(FOUR, Memory(), kit.tools())

    (result,) = report.records
    assert (result.old, result.new, result.zone) == (("192.0.2.1",), ("192.0.2.2",), kit.zones[0])
    assert memory.published == (("A home.example.org", ("192.0.2.2",)),)


def test_each_source_is_asked_once_a_family() -> None:
    """IPv4 comes before IPv6, and equal sources are one."""
    kit = Kit()
    kit.know("192.0.2.1", "2001:db8::1/64")
    settings = UpdateSettings((entry("a.example.org", six=V6), entry("b.example.org", six=V6)))

    run_round(settings, Memory(), kit.tools())

    assert kit.sources.asked == [(V4, 4), (V6, 6)]


def test_a_family_that_fails_does_not_stop_the_other() -> None:
    """No IPv6 address: AAAA records are preserved and told as a problem, A records are updated."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.put(kit.zones[0], "home.example.org", "2001:db8::9")

    report, memory = run_round(BOTH, Memory(), kit.tools())

    assert told(report) == {"A home.example.org": "changed", "AAAA home.example.org": "preserved"}
    assert keys(report) == ["detect.6"]
    assert "AAAA records of home.example.org" in report.problems[0].kept
    assert kit.dns.texts(kit.zones[0], "home.example.org", "AAAA") == ["2001:db8::9"]
    assert kit.dns.questions == ["example.org:home.example.org/A"]
    assert dict(memory.published) == {"A home.example.org": ("192.0.2.1",)}


def test_without_any_address_nothing_is_asked_of_cloudflare() -> None:
    """A zone whose names are all unknown is neither looked for nor read."""
    kit = Kit()
    kit.know()

    report, memory = run_round(BOTH, Memory(published=(("A home.example.org", ("192.0.2.9",)),)), kit.tools())

    assert kit.dns.faults.calls == {}
    assert [item.old for item in report.records] == [("192.0.2.9",), ()]
    assert dict(memory.published) == {"A home.example.org": ("192.0.2.9",)}


def test_two_sources_of_a_family_have_problems_of_their_own() -> None:
    """Where a family has several sources, the key of the problem names the source; WAF items are named too."""
    kit = Kit()
    other = Source("file", "/etc/address")
    waf = WafSettings((ListRef("acc", "home"),), (other, None))

    report, _ = run_round(FOUR._replace(waf=waf), Memory(), kit.tools())

    assert keys(report) == ["detect.4.static:four", "detect.4.file:/etc/address"]
    assert report.problems[1].kept == "Kept as they are: the IPv4 items of acc/home"


def test_a_filter_that_drops_everything_is_no_known_empty_set() -> None:
    """Filtered-out addresses are unknown: nothing is deleted."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.put(kit.zones[0], "home.example.org", "192.0.2.9")
    settings = FOUR._replace(filters=(parse_filter("addr-in(10.0.0.0/8)", 4), None))

    report, _ = run_round(settings, Memory(), kit.tools())

    assert told(report) == {"A home.example.org": "preserved"}
    assert kit.dns.texts(kit.zones[0], "home.example.org") == ["192.0.2.9"]


def test_a_known_empty_set_clears() -> None:
    """static.empty deletes our records of the name and type."""
    kit = Kit()
    kit.sources.answers = {(V4, 4): Known(())}
    kit.dns.put(kit.zones[0], "home.example.org", "192.0.2.9")

    report, memory = run_round(FOUR, Memory(), kit.tools())

    assert [(item.old, item.new) for item in report.records] == [(("192.0.2.9",), ())]
    assert dict(memory.published) == {"A home.example.org": ()}


def test_an_impossible_host_id_blocks_its_names_only() -> None:
    """One name's host ID does not fit the prefix: its AAAA records stay, another name's are updated."""
    kit = Kit()
    kit.know("2001:db8::1/80")
    mac = HostId("mac", "mac(02:00:00:00:00:01)", 0x020000000001)
    settings = UpdateSettings(
        (entry("a.example.org", four=None, six=V6, hostids=(mac,)), entry("b.example.org", four=None, six=V6))
    )

    report, _ = run_round(settings, Memory(), kit.tools())

    assert told(report) == {"AAAA a.example.org": "preserved", "AAAA b.example.org": "changed"}
    assert keys(report) == ["hostid.a.example.org"]


def test_host_ids_make_the_addresses() -> None:
    """A literal host ID is put into the detected prefix."""
    kit = Kit()
    kit.know("2001:db8::1/64")
    literal = HostId("literal", "::5", int(IPv6Address("::5")))

    run_round(UpdateSettings((entry("a.example.org", four=None, six=V6, hostids=(literal,)),)), Memory(), kit.tools())

    assert kit.dns.texts(kit.zones[0], "a.example.org", "AAAA") == ["2001:db8::5"]


def test_a_dry_run_writes_nothing() -> None:
    """The plan is in the report; Cloudflare and what is published stay as they were."""
    kit = Kit()
    kit.know("192.0.2.1", "2001:db8::1/64")
    kit.dns.put(kit.zones[0], "home.example.org", "192.0.2.1")

    report, memory = run_round(BOTH, Memory(), kit.tools(), dry_run=True)

    assert report.plan is not None
    assert report.plan.pending
    assert told(report) == {"A home.example.org": "unchanged"}
    assert not report.changed
    assert kit.dns.batches == []
    assert memory.published == ()


def test_a_zone_that_cannot_be_read_does_not_stop_the_next() -> None:
    """The names of that zone fail and keep their records; the other zone is looked after."""
    kit = Kit("a.test", "b.test")
    kit.know("192.0.2.1")
    kit.dns.faults.before["records"] = [AuthError("the token is refused", "check it")]
    settings = UpdateSettings((entry("x.a.test"), entry("x.b.test"), entry("y.b.test")))

    report, _ = run_round(settings, Memory(), kit.tools())

    assert told(report) == {"A x.a.test": "failed", "A x.b.test": "changed", "A y.b.test": "changed"}
    assert keys(report) == ["zone.a.test"]
    assert "x.a.test" in report.problems[0].what
    assert kit.dns.questions == ["b.test:/A"]


def test_a_rate_limit_ends_the_round_and_blocks_the_next() -> None:
    """Nothing more is sent until the time is over; then all goes on by itself."""
    kit = Kit("a.test", "b.test")
    kit.know("192.0.2.1")
    kit.dns.faults.before["records"] = [RateLimited("slow down", retry_after=100)]
    waf = WafSettings((ListRef("acc", "home"),), (V4, None))
    settings = UpdateSettings((entry("x.a.test"), entry("x.b.test")), waf)

    report, memory = run_round(settings, Memory(), kit.tools())
    sent = kit.dns.faults.calls.total()
    kit.clock.now += 50
    second, memory = run_round(settings, memory, kit.tools())

    assert set(told(report).values()) == {"failed"}
    assert keys(report) == keys(second) == ["cloudflare.rate-limit"]
    assert "for 50 s, so acc/home, x.a.test and x.b.test" in second.problems[0].what
    assert kit.dns.faults.calls.total() == sent
    assert kit.waf.faults.calls == {}
    kit.clock.now += 51
    third, memory = run_round(settings, memory, kit.tools())
    assert third.ok
    assert memory.blocked_until == 0


def limited(kit: Kit, read: int) -> None:
    """Let the request after so many readings be one too many."""
    kit.dns.faults.before["records"] = [*[None] * read, RateLimited("slow down", retry_after=100)]
    kit.dns.questions.clear()
    kit.clock.now += 101


def test_the_round_after_a_rate_limit_begins_with_what_was_left() -> None:
    """So the last zones get their turn however small the limit is; a plan keeps the order of the names."""
    kit = Kit(*(f"{letter}.test" for letter in "abc"))
    kit.know("192.0.2.1")
    settings = UpdateSettings(tuple(entry(zone.name) for zone in kit.zones))
    memory = Memory()
    for read, asked in ((2, "ab"), (1, "c"), (2, "ab"), (9, "cab")):
        limited(kit, read)
        report, memory = run_round(settings, memory, kit.tools())
        assert kit.dns.questions == [f"{letter}.test:{letter}.test/A" for letter in asked]
        assert report.ok == (read == 9)
    assert memory.resume == ""

    kept = memory._replace(resume="zone.b.test")
    kit.dns.questions.clear()
    assert run_round(settings, kept, kit.tools(), dry_run=True)[1].resume == "zone.b.test"
    assert run_cleanup(settings, kept, kit.tools())[1].resume == "zone.b.test"
    assert [question[:1] for question in kit.dns.questions] == ["a", "b", "c"] * 2


def test_a_zone_that_is_always_refused_for_its_rate_keeps_no_other_waiting() -> None:
    """What a round began with and could not finish comes last in the next one; where it is alone it is itself next."""
    kit = Kit("a.test", "b.test")
    kit.know("192.0.2.1")
    settings = UpdateSettings((entry("a.test"), entry("b.test")))

    limited(kit, 0)
    _, memory = run_round(settings, Memory(), kit.tools())
    assert memory.resume == "zone.b.test"
    limited(kit, 1)
    _, memory = run_round(settings, memory, kit.tools())
    assert kit.dns.contents(kit.zones[1], "A", "b.test") == ("192.0.2.1",)

    limited(kit, 0)
    alone = UpdateSettings((entry("a.test"),))
    _, memory = run_round(alone, memory, kit.tools())
    assert memory.resume == "zone.a.test"
    kit.clock.now += 101
    assert run_round(alone, memory, kit.tools())[1].resume == ""


def test_a_search_for_zones_that_meets_a_rate_limit_goes_on_as_soon_as_it_may() -> None:
    """There is something to resume with, so that the daemon does not wait for the schedule."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.faults.before["list_zones"] = [RateLimited("slow down", retry_after=100)]

    _, memory = run_round(FOUR, Memory(), kit.tools())
    assert memory.resume
    kit.clock.now += 101
    report, memory = run_round(FOUR, memory, kit.tools())
    assert (report.ok, memory.resume, memory.blocked_until) == (True, "", 0.0)


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_spf_record_is_read_again_before_it_is_written(dry_run: bool) -> None:  # noqa: FBT001 -- a case
    """CACHE_EXPIRATION does not bring back a text that somebody has changed since."""
    kit = Kit()
    kit.know("192.0.2.1")
    record = kit.dns.put(kit.zones[0], "example.org", '"v=spf1 ip4:192.0.2.9 -all"', type_="TXT")
    settings = UpdateSettings(spf=(SpfEntry(Domain("example.org"), (V4, None)),), cache_expiration=3600.0)
    _, memory = run_round(settings, Memory(), kit.tools())
    kit.dns.questions.clear()
    _, memory = run_round(settings, memory, kit.tools())
    assert kit.dns.questions == []
    held = kit.dns.found[kit.zones[0].id]
    held[:] = [record._replace(content='"v=spf1 ip4:192.0.2.1 mx -all"')]

    kit.know("192.0.2.2")
    report, _ = run_round(settings, memory, kit.tools(), dry_run=dry_run)

    assert len(kit.dns.questions) == 1
    expected = '"v=spf1 ip4:192.0.2.1 mx -all"' if dry_run else '"v=spf1 ip4:192.0.2.2 mx -all"'
    assert [item.content for item in held] == [expected]
    assert report.ok


def test_a_round_goes_on_after_a_stop_and_after_a_blocked_round() -> None:
    """The place is kept while nothing can be asked, and a process that is started again goes on from it."""
    kit = Kit("a.test", "b.test")
    kit.know("192.0.2.1")
    settings = UpdateSettings((entry("a.test"), entry("b.test")))
    kit.dns.faults.after["batch"] = [lambda: setattr(kit, "stop", True)]

    report, memory = run_round(settings, Memory(), kit.tools())
    assert (report.interrupted, memory.resume) == (True, "zone.b.test")
    assert run_round(settings, memory, kit.tools())[1].resume == "zone.b.test"  # the stop comes before any zone
    blocked = memory._replace(blocked_until=kit.clock.now + 10)
    kit.stop = False
    assert run_round(settings, blocked, kit.tools())[1].resume == "zone.b.test"


def test_a_block_from_before_the_clock_was_set_back_is_not_believed() -> None:
    """No block lasts longer than an hour: one that seems to belongs to another time."""
    kit = Kit()
    kit.know("192.0.2.1")

    blocked, memory = run_round(FOUR, Memory(blocked_until=kit.clock.now + 3600), kit.tools())
    assert keys(blocked) == ["cloudflare.rate-limit"]
    kit.clock.now -= 1
    report, memory = run_round(FOUR, memory, kit.tools())
    assert report.ok
    assert memory.blocked_until == 0


def test_a_rate_limit_while_writing_is_told_with_the_names() -> None:
    """A batch refused for its rate changed nothing; its names are named."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.faults.before["batch"] = [RateLimited("slow down", retry_after=10)]

    report, memory = run_round(FOUR, Memory(), kit.tools())

    assert told(report) == {"A home.example.org": "failed"}
    assert "A home.example.org (none → 192.0.2.1)" in report.problems[0].what
    assert memory.blocked_until == kit.clock.now + 10


def test_a_rate_limit_while_zones_are_looked_for_fails_all_names() -> None:
    """No zone is known then, so no name is looked after."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.faults.before["list_zones"] = [RateLimited("slow down", retry_after=10)]

    report, _ = run_round(FOUR, Memory(), kit.tools())

    assert (told(report), keys(report)) == ({"A home.example.org": "failed"}, ["cloudflare.rate-limit"])


def test_a_lost_answer_is_reported_as_not_confirmed() -> None:
    """Lost every time: unconfirmed, with the wanted contents, and nothing is believed of it afterwards."""
    kit = Kit()
    kit.know("192.0.2.2")
    kit.dns.put(kit.zones[0], "home.example.org", "192.0.2.1")
    kit.dns.faults.before["batch"] = [LOST, LOST, LOST]

    report, memory = run_round(FOUR, Memory(), kit.tools())

    (result,) = report.records
    assert (result.status, result.old, result.new) == ("unconfirmed", ("192.0.2.1",), ("192.0.2.2",))
    assert keys(report) == ["unconfirmed.example.org"]
    assert "Could not confirm" in report.problems[0].what
    assert memory.published == ()


def test_a_clearing_in_doubt_is_reported_as_such() -> None:
    """The wanted contents of a clearing are none."""
    kit = Kit()
    kit.sources.answers = {(V4, 4): Known(())}
    kit.dns.put(kit.zones[0], "home.example.org", "192.0.2.1")
    kit.dns.faults.before["batch"] = [LOST, LOST, LOST]

    report, _ = run_round(FOUR, Memory(published=(("A home.example.org", ("192.0.2.1",)),)), kit.tools())

    assert report.records[0].new == ()
    assert "(192.0.2.1 → none)" in report.problems[0].what


def test_a_refusal_is_told_with_name_contents_and_hint() -> None:
    """The culprit is named with old and new, what was kept and what to do; the other name is written."""
    kit = Kit()
    kit.know("192.0.2.2")
    kit.dns.put(kit.zones[0], "a.example.org", "192.0.2.1")
    no = Refused("A CNAME record with that host already exists", "remove it", status=400, code=81054)
    kit.dns.refuse = lambda step: no if getattr(step, "record", None) else None
    settings = UpdateSettings((entry("a.example.org"), entry("b.example.org")))

    report, _ = run_round(settings, Memory(), kit.tools())

    assert told(report) == {"A a.example.org": "failed", "A b.example.org": "changed"}
    (problem,) = report.problems
    assert problem.key == "record.A.a.example.org"
    assert "a.example.org (192.0.2.1 → 192.0.2.2)" in problem.what
    assert "192.0.2.1" in problem.kept
    assert problem.remedy == "Remove it"


@pytest.mark.parametrize(
    ("error", "remedy"),
    [(AuthError("no"), "Check the token"), (Unavailable("no"), "It is tried"), (Unavailable("no", "wait"), "Wait")],
)
def test_an_error_while_writing_names_the_zone(error: Exception, remedy: str) -> None:
    """Nothing was changed; the zone, its names and the way out are told."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.faults.before["batch"] = [error]

    report, _ = run_round(FOUR, Memory(), kit.tools())

    assert keys(report) == ["zone.example.org"]
    assert report.problems[0].remedy.startswith(remedy)


@pytest.mark.parametrize("method", ["records", "batch"])
@pytest.mark.parametrize("error", [Gone("no such zone"), AuthError("Authentication error", status=403)])
def test_a_zone_that_is_gone_or_forbidden_is_looked_up_again(error: Exception, method: str) -> None:
    """The remembered zone does not exist or is not ours any more: it is forgotten, and asked for in the next round."""
    kit = Kit()
    kit.know("192.0.2.1")
    _, memory = run_round(FOUR, Memory(), kit.tools())
    kit.know("192.0.2.2")
    kit.dns.faults.before[method] = [error]
    if method == "batch" and isinstance(error, Gone):  # read again at once, in vain
        kit.dns.faults.before["records"] = [None, error]

    _, memory = run_round(FOUR, memory, kit.tools())

    assert memory.zones == ()
    assert run_round(FOUR, memory, kit.tools())[0].ok
    assert kit.dns.faults.calls["list_zones"] == 2


def test_an_owned_record_that_is_no_address_is_a_problem() -> None:
    """The planner's refusals are told, in a real and in a dry round."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.put(kit.zones[0], "home.example.org", "junk", type_="A")

    for dry in (False, True):
        report, _ = run_round(FOUR, Memory(), kit.tools(), dry_run=dry)
        assert (told(report), keys(report)) == ({"A home.example.org": "failed"}, ["record.A.home.example.org"])


def test_entries_that_are_one_name_and_disagree_change_nothing() -> None:
    """A relative entry turns out to be a name that another entry wants otherwise."""
    kit = Kit()
    kit.know("192.0.2.1")
    twin = entry("home", fallback=Metadata(ttl=300), zone_id="z-example.org")
    settings = UpdateSettings((entry("home.example.org", six=V6), twin))

    report, _ = run_round(settings, Memory(), kit.tools())

    assert told(report)["A home.example.org"] == "preserved"
    assert "record.A.home.example.org" in keys(report)
    assert kit.dns.batches == []


def test_a_stop_while_detecting_is_no_failure() -> None:
    """What a stop broke off is neither a problem nor a failed name."""
    kit = Kit()
    kit.sources.hook = lambda: setattr(kit, "stop", True)

    report, memory = run_round(BOTH, Memory(published=(("A x", ("192.0.2.1",)),)), kit.tools())

    assert report.interrupted
    assert (report.problems, report.records) == ((), ())
    assert memory.published == (("A x", ("192.0.2.1",)),)


def test_a_stop_while_reading_is_no_failure() -> None:
    """A reading that broke because of the stop is not reported."""
    kit = Kit()
    kit.know("192.0.2.1")

    def cut() -> None:
        kit.stop = True
        raise Unavailable("broken off")

    kit.dns.faults.before["records"] = [cut]

    report, _ = run_round(FOUR, Memory(), kit.tools())

    assert report.interrupted
    assert report.problems == ()


def test_a_stop_between_batches_tells_only_what_was_done() -> None:
    """Names that were not reached are not mentioned."""
    kit = Kit(limit=1)
    kit.know("192.0.2.1")
    kit.dns.faults.after["batch"] = [lambda: setattr(kit, "stop", True)]

    report, _ = run_round(UpdateSettings((entry("a.example.org"), entry("b.example.org"))), Memory(), kit.tools())

    assert (report.interrupted, told(report), report.problems) == (True, {"A a.example.org": "changed"}, ())


def test_a_stop_in_a_write_leaves_doubt_without_a_problem() -> None:
    """The broken-off write is unconfirmed, but no failure."""
    kit = Kit()
    kit.know("192.0.2.1")
    kit.dns.faults.before["batch"] = [Interrupted()]

    report, _ = run_round(FOUR, Memory(), kit.tools())

    assert (told(report), report.problems) == ({"A home.example.org": "unconfirmed"}, ())
    assert report.interrupted
    assert ["Could not confirm the update of A home.example.org" in item.what for item in report.warnings] == [True]


def test_the_cleaning_deletes_what_is_ours_without_detecting() -> None:
    """Every name in scope is cleared; a family out of scope and records of others stay."""
    kit = Kit()
    zone = kit.zones[0]
    kit.dns.put(zone, "home.example.org", "192.0.2.1", Metadata(comment="ours"))
    kit.dns.put(zone, "home.example.org", "192.0.2.2", Metadata(comment="theirs"))
    kit.dns.put(zone, "home.example.org", "2001:db8::1", Metadata(comment="ours"))

    report, _ = run_cleanup(FOUR._replace(owned=CommentRegex("ours")), Memory(), kit.tools())

    assert kit.sources.asked == []
    assert [(item.status, item.new, item.cleanup) for item in report.records] == [("changed", (), True)]
    assert kit.dns.texts(zone, "home.example.org") == ["192.0.2.2"]
    assert kit.dns.texts(zone, "home.example.org", "AAAA") == ["2001:db8::1"]


def test_a_cleaning_that_fails_promises_no_next_round() -> None:
    """There is none: what is left is for the user to delete."""
    kit = Kit()
    kit.dns.faults.before["records"] = [Unavailable("no way")]

    report, _ = run_cleanup(FOUR, Memory(), kit.tools())
    assert report.problems[0].remedy.startswith("Delete what is left")


def test_the_cleaning_is_forbidden_under_upsert_only() -> None:
    """Nothing is asked, and a warning says why."""
    kit = Kit()

    report, memory = run_cleanup(FOUR._replace(policy="upsert-only"), Memory(), kit.tools())

    assert report.ok
    assert [warning.key for warning in report.warnings] == ["cleanup.policy"]
    assert kit.dns.faults.calls == {}
    assert memory == Memory()


def test_names_no_longer_wanted_are_forgotten() -> None:
    """What is published is only known of the names of this round."""
    kit = Kit()
    kit.know("192.0.2.1")

    _, memory = run_round(FOUR, Memory(published=(("A old.example.org", ("192.0.2.9",)),)), kit.tools())

    assert [key for key, _ in memory.published] == ["A home.example.org"]


def test_a_relative_entry_is_called_by_its_zone_id_while_the_zone_is_unknown() -> None:
    """Without an address the zone is not looked for, so the name is told as it was written."""
    kit = Kit()
    kit.sources.answers = {(V4, 4): Unknown("no route")}
    relative: Entry = entry("home", zone_id="zone-id")

    report, _ = run_round(UpdateSettings((relative,)), Memory(), kit.tools())

    assert [item.name for item in report.records] == ["home (zone zone-id)"]


def test_a_name_in_no_zone_fails_alone() -> None:
    """It is told with the way out; its unknown family is preserved, the other name is written."""
    kit = Kit()
    kit.know("192.0.2.1")
    settings = UpdateSettings((entry("home.example.org"), entry("x.other.test", six=V6)))

    report, _ = run_round(settings, Memory(), kit.tools())

    assert told(report) == {
        "A home.example.org": "changed",
        "A x.other.test": "failed",
        "AAAA x.other.test": "preserved",
    }
    assert keys(report) == ["detect.6", "zone.other.test"]


def test_entries_that_are_one_name_and_agree_are_one() -> None:
    """Said twice is no contradiction, and an unknown address is not reported as one."""
    kit = Kit()
    kit.know("192.0.2.1")
    twin = entry("home", six=V6, zone_id="z-example.org")

    report, _ = run_round(UpdateSettings((entry("home.example.org", six=V6), twin)), Memory(), kit.tools())

    assert told(report) == {"A home.example.org": "changed", "AAAA home.example.org": "preserved"}
    assert keys(report) == ["detect.6"]


def test_a_stop_while_zones_are_looked_for_is_no_failure() -> None:
    """A listing that broke because of the stop is not reported."""
    kit = Kit()
    kit.know("192.0.2.1")

    def cut() -> None:
        kit.stop = True
        raise Unavailable("broken off")

    kit.dns.faults.before["list_zones"] = [cut]

    report, _ = run_round(FOUR, Memory(), kit.tools())

    assert (report.interrupted, report.problems, report.results) == (True, (), ())

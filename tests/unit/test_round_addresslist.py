"""WAF lists in a round: what is written under every kind of answer, and what is told."""

from collections.abc import Callable

import pytest

from ddns.core.entries import ListRef
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.memory import Memory
from ddns.core.planning.recordplan import Policy
from ddns.core.reports.roundreport import Result, RoundReport
from ddns.core.settings import UpdateSettings, WafSettings
from ddns.errors import AuthError, Busy, Exists, Gone, Interrupted, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.round.pipe import run_cleanup, run_round
from tests.fakes.roundkit import V4, V6, Kit

REF = ListRef("acc", "home")
OTHER = ListRef("acc", "other")
LOST = Unconfirmed("the answer was lost")


class Bench:
    """A kit with one list and both families known."""

    def __init__(self, *refs: ListRef, owned: str = "", policy: Policy = "sync") -> None:
        self.kit = Kit()
        self.waf = self.kit.waf
        self.kit.know("192.0.2.1/32", "2001:db8::1/64")
        lists = WafSettings(refs or (REF,), (V4, V6), "mine", "ours", CommentRegex(owned))
        self.settings = UpdateSettings(waf=lists, policy=policy, update_timeout=0.0)
        self.memory = Memory()

    def round(self, *, dry_run: bool = False) -> RoundReport:
        report, self.memory = run_round(self.settings, self.memory, self.kit.tools(), dry_run=dry_run)
        return report

    def clean(self) -> RoundReport:
        return run_cleanup(self.settings, self.memory, self.kit.tools())[0]

    def cut(self, error: BaseException) -> Callable[[], None]:
        """Return a fault that is a stop in the middle of a request."""

        def stop() -> None:
            self.kit.stop = True
            raise error

        return stop


WANTED = ["192.0.2.1/32", "2001:db8::/64"]


def only(report: RoundReport) -> Result:
    """Return the one list's result."""
    (result,) = report.places
    return result


def test_a_missing_list_is_created_filled_and_then_left() -> None:
    """Also without any DNS name; the second round reads only."""
    bench = Bench()

    first, second = only(bench.round()), only(bench.round())

    assert (first.status, first.added) == ("changed", ("192.0.2.1/32", "2001:db8::/64"))
    assert second.status == "unchanged"
    assert bench.waf.texts(REF) == WANTED
    assert bench.waf.faults.calls == {"lists": 2, "create_list": 1, "add": 1, "items": 1}


def test_a_list_with_other_peoples_items_grows_before_it_shrinks() -> None:
    """Ours are exchanged, theirs stay."""
    bench = Bench(owned="ours")
    bench.waf.put(REF, ("192.0.2.9/32", "ours"), ("198.51.100.0/24", "theirs"))

    result = only(bench.round())

    assert result.removed == ("192.0.2.9/32",)
    assert bench.waf.texts(REF) == ["192.0.2.1/32", "198.51.100.0/24", "2001:db8::/64"]
    assert [name for name in bench.waf.faults.calls if name in {"add", "remove", "replace"}] == ["add", "remove"]


def test_a_list_that_is_wholly_ours_is_replaced_in_one_call() -> None:
    """What is kept keeps its comment."""
    bench = Bench()
    bench.waf.put(REF, ("192.0.2.1/32", "kept"), ("192.0.2.9/32", "ours"))

    bench.round()

    assert bench.waf.faults.calls == {"lists": 1, "items": 1, "replace": 1}
    assert bench.waf.rows(REF) == [("192.0.2.1/32", "kept"), ("2001:db8::/64", "ours")]


def test_an_unknown_family_leaves_its_items() -> None:
    """And when nothing is known, the lists are not even read."""
    bench = Bench()
    bench.waf.put(REF, ("2001:db8:9::/64", "ours"))
    bench.kit.know("192.0.2.1")
    bench.round()
    assert bench.waf.texts(REF) == ["192.0.2.1/32", "2001:db8:9::/64"]

    bench.kit.know()
    bench.waf.faults.calls.clear()
    result = only(bench.round())
    assert (result.status, result.reason) == ("preserved", "no route")
    assert bench.waf.faults.calls == {}


def test_a_dry_run_reads_only() -> None:
    """The plan holds the list; a satisfied one is told as unchanged."""
    bench = Bench()

    report = bench.round(dry_run=True)

    assert report.plan is not None
    assert report.plan.pending
    assert report.places == ()
    assert bench.waf.names("acc") == []
    bench.round()
    assert only(bench.round(dry_run=True)).status == "unchanged"


def test_an_account_that_cannot_be_read_fails_its_lists_once() -> None:
    """Both lists are told, one request is sent, another account goes on."""
    bench = Bench(REF, OTHER, ListRef("acc2", "home"))
    bench.waf.faults.before["lists"] = [AuthError("the token is refused", "grant Account Filter Lists - Edit")]

    report = bench.round()

    assert [item.status for item in report.places] == ["failed", "failed", "changed"]
    assert [problem.key for problem in report.problems] == ["list.acc/home", "list.acc/other"]
    assert report.problems[0].remedy == "Grant Account Filter Lists - Edit"
    assert bench.waf.faults.calls["lists"] == 2


def test_two_lists_of_one_name_are_an_anomaly() -> None:
    """Nothing is guessed."""
    bench = Bench()
    bench.waf.put(REF)
    bench.waf.put(REF)

    report = bench.round()

    assert only(report).status == "failed"
    assert "there are 2 lists of this name (" in report.problems[0].what


def test_a_rate_limit_ends_the_round() -> None:
    """The lists after it are held back and named."""
    bench = Bench(REF, OTHER)
    bench.waf.faults.before["add"] = [RateLimited("slow down", retry_after=60)]

    report = bench.round()

    assert [item.status for item in report.places] == ["failed", "failed"]
    assert [problem.key for problem in report.problems] == ["cloudflare.rate-limit"]
    assert "acc/home and acc/other" in report.problems[0].what
    assert bench.memory.blocked_until == bench.kit.clock.now + 60


def test_a_rate_limit_while_reading_holds_the_list() -> None:
    """Nothing is known of it then."""
    bench = Bench()
    bench.waf.faults.before["lists"] = [RateLimited("slow down", retry_after=60)]

    assert only(bench.round()).reason == "Cloudflare asks us to wait"


def test_a_lost_answer_is_read_again() -> None:
    """It had happened: done, nothing sent twice; it had not: once more."""
    arrived, lost = Bench(), Bench()
    arrived.waf.faults.after["add"] = [LOST]
    lost.waf.faults.before["add"] = [LOST]

    assert only(arrived.round()).status == only(lost.round()).status == "changed"
    assert (arrived.waf.faults.calls["add"], lost.waf.faults.calls["add"]) == (1, 2)
    assert arrived.waf.texts(REF) == lost.waf.texts(REF) == WANTED


def test_a_lost_creation_finds_the_list() -> None:
    """The list is there already when we look again; it is filled, not made twice."""
    bench = Bench()
    bench.waf.faults.after["create_list"] = [LOST]

    assert only(bench.round()).status == "changed"
    assert bench.waf.names("acc") == ["home"]
    assert bench.waf.texts(REF) == WANTED


def test_twice_lost_is_not_confirmed() -> None:
    """The message says so, and what may be there."""
    bench = Bench()
    bench.waf.faults.before["add"] = [LOST, LOST]

    report = bench.round()

    assert only(report).status == "unconfirmed"
    assert report.problems[0].what.startswith("Could not confirm the update of the WAF list acc/home")


@pytest.mark.parametrize(
    "later", [Busy("another change of lists is pending"), RateLimited("slow", retry_after=9), AuthError("no")]
)
def test_after_our_own_lost_operation_nothing_is_claimed(later: Exception) -> None:
    """What is pending may be ours: the old items that were read prove nothing, and another error settles nothing."""
    bench = Bench()
    bench.waf.faults.before["add"] = [LOST, later]

    report = bench.round()

    assert only(report).status == "unconfirmed"
    assert not [problem for problem in report.problems if "stay as they are" in problem.kept]
    assert "list.acc/home" in {problem.key for problem in report.problems}


@pytest.mark.parametrize("later", [None, Refused("too many items")])
def test_what_is_settled_later_is_no_doubt(later: Exception | None) -> None:
    """A write that is done, or refused for its own sake: nothing of ours was pending any more."""
    bench = Bench()
    bench.waf.faults.before["add"] = [LOST, later]

    assert only(bench.round()).status == ("failed" if later else "changed")


def test_a_pending_change_may_be_an_earlier_one_of_ours() -> None:
    """Refused as busy in the first try of a round: no word of items that stay as they are."""
    bench = Bench()
    bench.waf.faults.before["add"] = [Busy("another change of lists is pending")]

    report = bench.round()

    assert only(report).status == "failed"
    assert "may still change its items" in report.problems[0].kept


def test_upsert_only_keeps_stale_items_and_names_them() -> None:
    """Also where the list is wholly ours: what is missing is added, nothing is removed or replaced."""
    bench = Bench(policy="upsert-only")
    bench.waf.put(REF, ("192.0.2.9/32", "ours"))

    report = bench.round()

    assert only(report).removed == ()
    assert bench.waf.texts(REF) == ["192.0.2.1/32", "192.0.2.9/32", "2001:db8::/64"]
    assert [name for name in bench.waf.faults.calls if name in {"add", "remove", "replace"}] == ["add"]
    (warning,) = [item for item in report.warnings if item.key.startswith("outdated.")]
    assert "Outdated items of the list acc/home remain: 192.0.2.9/32 (ID: " in warning.what
    assert only(bench.round()).status == "unchanged"


@pytest.mark.parametrize(("error", "status"), [(LOST, "unconfirmed"), (Exists("there"), "failed")])
def test_without_a_second_reading_nothing_is_claimed(error: Exception, status: str) -> None:
    """The reading that should settle it failed."""
    bench = Bench()
    bench.waf.faults.before["add"] = [error]
    bench.waf.faults.before["lists"] = [None, Unavailable("no way")]

    assert only(bench.round()).status == status


def test_a_lasting_surprise_is_a_failure() -> None:
    """Planned again once, and gone again: told, not repeated for ever."""
    bench = Bench()
    bench.waf.faults.before["add"] = [Gone("no list"), Gone("no list")]

    assert only(bench.round()).status == "failed"
    assert bench.waf.faults.calls["add"] == 2


def test_a_refused_removal_keeps_what_was_added() -> None:
    """What was surely added is told, nothing is said to be removed."""
    bench = Bench(owned="ours")
    bench.waf.put(REF, ("192.0.2.9/32", "ours"))
    bench.waf.faults.before["remove"] = [Refused("no")]

    report = bench.round()

    result = only(report)
    assert (result.status, result.added, result.removed) == ("failed", ("192.0.2.1/32", "2001:db8::/64"), ())
    assert "what was added stays" in report.problems[0].kept


@pytest.mark.parametrize("error", [LOST, Interrupted(), Unavailable("broken off")])
def test_a_stop_in_a_write_is_no_failure(error: BaseException) -> None:
    """No problem is told; only a lost answer leaves a doubt."""
    bench = Bench()
    bench.waf.faults.before["add"] = [bench.cut(error)]

    report = bench.round()

    assert report.interrupted
    assert report.problems == ()
    assert [item.status for item in report.places] == ([] if isinstance(error, Unavailable) else ["unconfirmed"])


def test_a_stop_in_the_second_reading_leaves_doubt() -> None:
    """The settling reading was broken off."""
    bench = Bench()
    bench.waf.faults.before["add"] = [LOST]
    bench.waf.faults.before["lists"] = [None, Interrupted()]

    report = bench.round()

    assert (report.interrupted, only(report).status) == (True, "unconfirmed")


def test_the_cleaning_deletes_the_list() -> None:
    """A list that is wholly ours goes; a missing one needs nothing."""
    bench = Bench()
    bench.round()

    assert [item.cleanup for item in bench.clean().places] == [True]
    assert bench.waf.names("acc") == []
    assert only(bench.clean()).status == "unchanged"


def test_a_list_in_use_is_emptied_instead() -> None:
    """A rule refers to it, so it may not be deleted."""
    bench = Bench()
    bench.round()
    bench.waf.faults.before["delete_list"] = [Refused("the list is in use")]

    assert only(bench.clean()).status == "changed"
    assert bench.waf.texts(REF) == []
    assert bench.waf.names("acc") == ["home"]


def test_a_list_deleted_by_others_is_done() -> None:
    """Gone is what was wanted, and so is a lost answer after which the list is not there."""
    gone, lost = Bench(), Bench()
    for bench in (gone, lost):
        bench.round()
    gone.waf.faults.before["delete_list"] = [Gone("no list")]
    lost.waf.faults.after["delete_list"] = [LOST]

    assert only(gone.clean()).status == only(lost.clean()).status == "changed"


def test_the_cleaning_leaves_other_peoples_items() -> None:
    """With an ownership expression only our items go."""
    bench = Bench(owned="ours")
    bench.waf.put(REF, ("192.0.2.9/32", "ours"), ("198.51.100.0/24", "theirs"))

    bench.clean()

    assert bench.waf.texts(REF) == ["198.51.100.0/24"]


def test_an_empty_list_in_use_needs_nothing() -> None:
    """It may not be deleted, and there is nothing to remove from it."""
    bench = Bench()
    bench.waf.put(REF)
    bench.waf.faults.before["delete_list"] = [Refused("the list is in use")]

    assert bench.clean().ok
    assert bench.waf.names("acc") == ["home"]


def test_a_list_without_sources_is_not_mentioned() -> None:
    """Both families are out of scope."""
    bench = Bench()
    bench.settings = bench.settings._replace(waf=bench.settings.waf._replace(sources=(None, None)))

    assert bench.round().results == ()

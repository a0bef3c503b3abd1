"""How zones are found: with few requests, and never the wrong one."""

from ddns.core.entries import Entry, Source
from ddns.core.memory import Memory
from ddns.core.planning.intents import EntryGoals
from ddns.core.planning.plan import Clear, Preserve
from ddns.core.planning.resolve import digest
from ddns.core.records import Zone
from ddns.core.settings import UpdateSettings
from ddns.errors import AuthError, Refused, Unavailable
from ddns.round.carrier import Job
from ddns.round.findings import Findings
from ddns.round.locate import listed, locate, remember
from ddns.round.problems import problems
from ddns.round.summary import warnings
from tests.fakes.roundkit import Kit, entry

DAY = 24 * 3600.0


class Bench:
    """A kit and the memory that goes from one search to the next."""

    def __init__(self, *names: str) -> None:
        self.kit = Kit(*names)
        self.memory = Memory()
        self.warnings: list[str] = []
        self.problems: list[str] = []

    def find(self, *entries: Entry) -> dict[str, str]:
        """Return the zone IDs by absolute name; lost entries have the key of their problem."""
        job = Job(UpdateSettings(entries), self.kit.tools())
        wanted = tuple(EntryGoals(one, (Clear(), Preserve())) for one in entries)
        located = locate(job, wanted, self.memory)
        self.memory = remember(self.memory, wanted, located, self.kit.clock.now)
        found = Findings(0.0, 0.0, located=located)
        self.warnings = [warning.key for warning in warnings(found)]
        self.problems = [f"{one.key}: {one.what} / {one.remedy}" for one in problems(job, found, (), 0.0)]
        places = {entry.name: entry.zone.id for entry in located.entries}
        return places | {goals.entry.domain.ascii: cause.key for goals, cause in located.missing}

    @property
    def calls(self) -> dict[str, int]:
        return dict(self.kit.dns.faults.calls)


def test_twenty_names_of_two_zones_cost_one_listing() -> None:
    """One request finds the zones of all names, and the next rounds need none for a day."""
    bench = Bench("a.test", "b.test", "unused.test")
    entries = [entry(f"n{number}.{zone}") for number in range(10) for zone in ("a.test", "b.test")]

    found = bench.find(*entries)
    bench.kit.clock.now += DAY - 1
    again = bench.find(*entries)

    assert found == again
    assert set(found.values()) == {"z-a.test", "z-b.test"}
    assert bench.calls == {"list_zones": 1}
    assert [item.zone.name for item in bench.memory.zones] == ["a.test", "b.test"]


def test_zones_are_forgotten_after_a_day() -> None:
    """Then they are listed again; hits do not prolong the time."""
    bench = Bench()
    bench.find(entry("home.example.org"))
    bench.kit.clock.now += DAY - 1
    bench.find(entry("home.example.org"))
    bench.kit.clock.now += 2
    bench.find(entry("home.example.org"))

    assert bench.calls == {"list_zones": 2}


def test_a_new_name_is_never_taken_for_one_of_a_remembered_parent() -> None:
    """With other names the zones are listed again: a longer zone may exist that was not needed before."""
    bench = Bench("example.org", "sub.example.org")
    bench.find(entry("home.example.org"))

    assert bench.find(entry("home.example.org"), entry("a.sub.example.org"))["a.sub.example.org"] == "z-sub.example.org"


def test_a_clock_that_went_back_is_not_trusted() -> None:
    """A zone seen in the future is looked up again."""
    bench = Bench()
    bench.find(entry("home.example.org"))
    bench.kit.clock.now -= 10
    bench.find(entry("home.example.org"))

    assert bench.calls == {"list_zones": 2}


def test_the_longest_suffix_wins_and_wildcards_are_in_their_parents_zone() -> None:
    """A zone inside a zone takes its names, its own included."""
    bench = Bench("example.org", "sub.example.org")

    assert bench.find(entry("a.sub.example.org"), entry("sub.example.org"), entry("*.sub.example.org")) == {
        "a.sub.example.org": "z-sub.example.org",
        "sub.example.org": "z-sub.example.org",
        "*.sub.example.org": "z-sub.example.org",
    }


def test_too_many_zones_are_walked_suffix_by_suffix() -> None:
    """Each candidate is asked once, longest first, and never the bare top-level domain."""
    bench = Bench()
    bench.kit.dns.listing = False

    bench.find(entry("a.b.example.org"), entry("c.b.example.org"), entry("x.y.test"))

    assert bench.kit.dns.questions == [
        *("a.b.example.org", "b.example.org", "example.org", "c.b.example.org"),
        *("x.y.test", "y.test"),
    ]
    assert bench.calls["list_zones"] == 1


def test_many_names_are_worth_listing_many_zones() -> None:
    """As long as the pages are no more requests than the names that would be asked for, up to 100 pages."""
    bench = Bench(*(f"z{number}.test" for number in range(400)))

    bench.find(*(entry(f"n{number}.z{number}.test") for number in range(8)))
    assert bench.calls == {"list_zones": 1}
    bench.find(*(entry(f"n.z{number}.test") for number in range(7)), entry("*.n.z0.test"))
    assert bench.calls == {"list_zones": 2, "find_zones": 14}
    assert listed([entry(f"n{number}.test") for number in range(101)]) == 5000
    assert listed([entry(f"n{number}", zone_id="z") for number in range(101)]) == 200


def test_a_refused_listing_means_to_ask_by_name() -> None:
    """Callers of more than 500 accounts may not list; they may ask."""
    bench = Bench()
    bench.kit.dns.faults.before["list_zones"] = [Refused("too many accounts", status=400)]

    assert bench.find(entry("home.example.org")) == {"home.example.org": "z-example.org"}


def test_a_name_in_no_zone_is_told_and_the_others_go_on() -> None:
    """The problem names the names and says what to look at; the zones found are remembered all the same."""
    bench = Bench()

    found = bench.find(entry("home.example.org"), entry("a.other.test"), entry("b.other.test"))

    assert found["home.example.org"] == "z-example.org"
    (problem,) = bench.problems
    assert problem.startswith("zone.other.test: The zone of a.other.test and b.other.test could not be used")
    assert "token" in problem
    assert bench.memory.zones


def test_a_failed_listing_fails_the_names_that_need_it() -> None:
    """Nothing is guessed, nothing remembered; a zone given by ID goes on."""
    bench = Bench()
    bench.kit.dns.faults.before["list_zones"] = [AuthError("the token is refused", "check it")]

    found = bench.find(entry("home.example.org"), entry("other.example.org"), entry("@", zone_id="z-example.org"))

    assert found == {"home.example.org": "zones", "other.example.org": "zones", "example.org": "z-example.org"}
    assert bench.problems == [
        "zones: The zone of home.example.org and other.example.org could not be used: the token is refused / Check it"
    ]
    assert bench.memory.zones == ()
    assert bench.calls["list_zones"] == 1


def test_a_failed_question_is_not_asked_again() -> None:
    """Names that need the same candidate share its failure, and the walk does not go on to a parent."""
    bench = Bench()
    bench.kit.dns.listing = False
    bench.kit.dns.faults.before["find_zones"] = [None, Unavailable("no way")]

    found = bench.find(entry("a.sub.example.org"), entry("sub.example.org"))

    assert found == {"a.sub.example.org": "zone.sub.example.org", "sub.example.org": "zone.sub.example.org"}
    assert bench.memory.zones == ()


def test_two_zones_of_one_name_are_an_anomaly() -> None:
    """Nothing is guessed, neither from the listing nor from a question by name."""
    bench = Bench()
    bench.kit.dns.zones.append(Zone("twin", "example.org"))

    for listing in (True, False):
        bench.kit.dns.listing = listing
        assert bench.find(entry("home.example.org")) == {"home.example.org": "zone.example.org"}
        assert "there are 2 zones called example.org (twin, z-example.org)" in bench.problems[0]


def test_deleted_zones_do_not_count_and_inactive_ones_are_remarked_on() -> None:
    """The walk goes on past a deleted zone; a pending one is used with a warning."""
    bench = Bench()
    bench.kit.dns.zones = [Zone("d", "sub.example.org", "deleted"), Zone("p", "example.org", "pending")]

    assert bench.find(entry("a.sub.example.org")) == {"a.sub.example.org": "p"}
    assert bench.warnings == ["zone-status.example.org.pending"]


def test_names_relative_to_a_zone_id() -> None:
    """The zone's name is asked once by ID, then remembered; @ is the zone itself."""
    bench = Bench()
    entries = (entry("@", zone_id="z-example.org"), entry("home", zone_id="z-example.org"))

    first, again = bench.find(*entries), bench.find(*entries)

    assert first == again == {"example.org": "z-example.org", "home.example.org": "z-example.org"}
    assert bench.calls == {"zone": 1}


def test_zone_ids_that_cannot_be_used() -> None:
    """A missing zone and a deleted one are told by ID; an error fails the names."""
    bench = Bench()
    bench.kit.dns.zones = [Zone("d", "gone.test", "deleted"), Zone("x", "x.test")]
    bench.kit.dns.faults.before["zone"] = [None, None, Unavailable("no way")]
    entries = [entry("home", zone_id=key) for key in ("missing", "d")] + [entry("www", zone_id="x")]

    assert bench.find(*entries) == {"home": "zone.d", "www": "zone.x"}
    assert [problem.split(":")[0] for problem in bench.problems] == ["zone.missing", "zone.d", "zone.x"]


def test_the_digest_changes_with_the_names() -> None:
    """The same names in any order have the same digest; another name or zone ID another one."""
    one, other = entry("a.test"), entry("b.test", four=Source("local"))

    assert digest([one, other]) == digest([other, one])
    assert len({digest(items) for items in ([one], [other], [one, other], [entry("a.test", zone_id="z")])}) == 4

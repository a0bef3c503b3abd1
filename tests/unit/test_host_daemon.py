"""The loop: what wakes it, when the next round is due, and how it ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import pytest

from ddns.core.memory import Memory
from ddns.core.reports.roundreport import RoundReport
from ddns.core.schedule.schedule import Cron, Every, Schedule, Zones, system_zones
from ddns.core.settings import Lifecycle
from ddns.errors import Interrupted, Problem
from ddns.host.daemon import Daemon, Event
from ddns.ports import Wake

T = TypeVar("T")
START = 1_000_000.0
STOP = Wake("stop", 15)
BAD = RoundReport(0.0, 0.0, problems=(Problem("k", "bad"),))
GOOD = RoundReport(0.0, 0.0)


class FakeClock:
    """A clock that is only moved by hand."""

    def __init__(self) -> None:
        """Begin at the start."""
        self.now = START

    def time(self) -> float:
        """Return what it was set to."""
        return self.now

    def monotonic(self) -> float:
        """Return the start."""
        return START

    def sleep(self, seconds: float) -> None:
        """Never needed here."""
        raise NotImplementedError(seconds)


class FakeWaiter:
    """Runs jobs at once; ``interrupts`` counts the jobs that a stop cuts short."""

    def __init__(self, interrupts: int = 0) -> None:
        """Keep how many jobs are cut short."""
        self.interrupts = interrupts

    def wait(self, until: float | None, *, watch: bool) -> Wake:
        """Return the remembered stop."""
        assert (until, watch) == (START, False)
        return STOP

    def run(self, job: Callable[[], T], on_stop: Callable[[], None], seconds: float | None = None) -> T:
        """Run it, or cut it short, by a stop or because the time it is given is over."""
        if seconds == 0.0:
            on_stop()
            raise TimeoutError
        if self.interrupts:
            self.interrupts -= 1
            on_stop()
            raise Interrupted
        return job()


class FakeProgram:
    """Plays the reports it was given and notes what it was told."""

    def __init__(self, life: Lifecycle, reports: list[RoundReport | Exception], wakes: list[Wake]) -> None:
        """Keep the script."""
        self.lifecycle = life
        self.reports = reports
        self.wakes = wakes
        self.told: list[Event] = []
        self.rests: list[float] = []
        self.unwatched: list[float] = []
        self.aborts = 0
        self.reloads = 0
        self.patience = 7.0

    def round(self, memory: Memory) -> tuple[RoundReport, Memory]:
        """Play the next report."""
        report = self.reports.pop(0)
        if isinstance(report, Exception):
            raise report
        return report, memory

    def cleanup(self, memory: Memory) -> tuple[RoundReport, Memory]:
        """Play the next report, as a round does."""
        return self.round(memory)

    def cleanup_seconds(self) -> float:
        """Return the time given to the test."""
        return self.patience

    def abort(self) -> None:
        """Count."""
        self.aborts += 1

    def reload(self) -> bool:
        """Count."""
        self.reloads += 1
        return True

    def tell(self, event: Event, memory: Memory) -> Memory:
        """Note it."""
        self.told.append(event)
        return memory

    def rest(self, memory: Memory, until: float, *, watch: bool) -> Wake:
        """Play the next wake."""
        assert not watch or memory.next_round == until
        (self.rests if watch else self.unwatched).append(until)
        return self.wakes.pop(0)

    @property
    def moments(self) -> list[str]:
        """Return what was told, in order."""
        return [event.moment for event in self.told]


def play(
    program: FakeProgram, waiter: FakeWaiter | None = None, *, once: bool = False, wake: Wake | None = None
) -> int:
    """Run the loop to its end."""
    return Daemon(program, waiter or FakeWaiter(), FakeClock(), once=once).run(Memory(), wake)


def test_once_does_one_round_and_ends_with_its_result() -> None:
    """@once and --once: exit 0 after a good round, 1 after a bad one; nobody waits."""
    good = FakeProgram(Lifecycle(schedule=None), [GOOD], [])
    bad = FakeProgram(Lifecycle(), [BAD], [])

    assert (play(good), play(bad, once=True)) == (0, 1)
    assert good.moments == bad.moments == ["start", "round", "end"]


def test_rounds_follow_the_schedule_until_a_stop() -> None:
    """After each round the program rests until the next one is due; a stop ends it with 0, whatever the rounds were."""
    program = FakeProgram(Lifecycle(), [GOOD, BAD], [Wake("time"), STOP])

    assert play(program) == 0
    assert program.rests == [START + 300, START + 300]
    assert program.moments == ["start", "round", "waiting", "round", "waiting", "signal", "end"]
    assert program.told[-2].signal == 15


def test_no_round_on_start_when_it_is_not_wanted() -> None:
    """UPDATE_ON_START=false rests first."""
    program = FakeProgram(Lifecycle(update_on_start=False), [], [STOP])

    assert play(program) == 0
    assert program.moments == ["start", "waiting", "signal", "end"]


def test_an_extra_round_keeps_the_old_appointment() -> None:
    """A round started by an address event or SIGUSR1 does not move the scheduled one, unless that is past."""
    for wake, before, expected in (
        (Wake("address"), START + 120, START + 120),
        (Wake("now"), START + 120, START + 120),
        (Wake("now"), START - 1, START + 300),
        (Wake("now"), START + 7200, START + 300),  # the clock was set back
        (Wake("time"), START + 7200, START + 300),
        (Wake("reload"), START + 120, START + 300),
    ):
        program = FakeProgram(Lifecycle(), [GOOD], [STOP])
        daemon = Daemon(program, FakeWaiter(), FakeClock(), once=False)

        daemon.run(Memory(next_round=before), wake)
        assert program.rests == [expected]


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (Memory(resume="zone.b.test", blocked_until=START + 90), START + 91),
        (Memory(resume="zone.b.test", blocked_until=START + 600), START + 300),
        (Memory(resume="zone.b.test"), START + 300),
        (Memory(blocked_until=START + 90), START + 300),
    ],
)
def test_what_a_rate_limit_left_over_does_not_wait_for_the_schedule(memory: Memory, expected: float) -> None:
    """The round with the rest begins as soon as requests are allowed again; a round without a rest changes nothing."""
    program = FakeProgram(Lifecycle(), [GOOD], [STOP])

    Daemon(program, FakeWaiter(), FakeClock(), once=False).run(memory, Wake("time"))
    assert program.rests == [expected]


@pytest.mark.parametrize("schedule", [Every(300.0, ""), Cron("*/5 * * * *", "", "")])
@pytest.mark.parametrize("step", [-3 * 10**7, -7200, -30, 30, 7200])
def test_a_clock_that_is_set_in_the_middle_of_a_round_postpones_nothing(schedule: Schedule, step: int) -> None:
    """What was reckoned on the old clock counts no longer than the schedule says on the new one."""

    class Stepping(FakeProgram):
        """Sets the clock while it does its round."""

        def round(self, memory: Memory) -> tuple[RoundReport, Memory]:
            """Step."""
            clock.now += step
            return super().round(memory)

    clock = FakeClock()
    program = Stepping(Lifecycle(schedule=schedule), [GOOD], [STOP])
    Daemon(program, FakeWaiter(), clock, once=False).run(Memory(), None)
    assert program.rests[0] <= clock.now + 300


def test_a_next_round_from_the_state_file_is_that_of_another_life() -> None:
    """After a restart the interval begins with the first round."""
    program = FakeProgram(Lifecycle(), [GOOD], [STOP])

    Daemon(program, FakeWaiter(), FakeClock(), once=False).run(Memory(next_round=START + 5), None)
    assert program.rests == [START + 300]


class Flapping(FakeProgram):
    """The address changes ``apart`` seconds after each round, until ``seconds`` have passed."""

    def __init__(self, seconds: float, apart: float) -> None:
        """Begin at the start; ``rounds`` are the seconds of its rounds from there."""
        super().__init__(Lifecycle(schedule=Every(3600.0, "")), [], [])
        self.clock = FakeClock()
        self.seconds = seconds
        self.apart = apart
        self.rounds: list[float] = []

    def round(self, memory: Memory) -> tuple[RoundReport, Memory]:
        """Note it."""
        self.rounds.append(self.clock.now - START)
        return GOOD, memory

    def rest(self, memory: Memory, until: float, *, watch: bool) -> Wake:
        """Wait for the next change, or for the end of a wait in which changes do not count."""
        self.wakes = [Wake("time")]
        if watch:
            self.clock.now += self.apart
            self.wakes = [STOP if self.clock.now > START + self.seconds else Wake("address")]
        else:
            self.clock.now = until
        return super().rest(memory, until, watch=watch)

    def flap(self, memory: Memory) -> list[float]:
        """Begin with a change; return when the rounds were."""
        Daemon(self, FakeWaiter(), self.clock, once=False).run(memory, Wake("address"))
        return self.rounds


def test_a_flapping_address_starts_few_rounds() -> None:
    """Three at once, then one every thirty seconds; each wait is told, and the appointment stays."""
    program = Flapping(300, 1)
    rounds = program.flap(Memory(next_round=START + 3600))

    assert rounds[:4] == [0, 1, 2, 30]
    assert {later - earlier for earlier, later in pairwise(rounds[3:])} == {30}
    assert program.moments.count("flapping") == len(rounds) - 3
    assert set(program.rests) == {START + 3600}


def test_rare_changes_are_never_held_up() -> None:
    """One a minute starts a round each time; a debt from before the clock was set back is cut to thirty seconds."""
    program = Flapping(300, 60)

    assert program.flap(Memory()) == [0, 60, 120, 180, 240, 300]
    assert program.unwatched == []
    assert Flapping(60, 60).flap(Memory(calm_at=START + 10**7))[0] == 30


def test_the_wait_for_quiet_ends_at_the_next_scheduled_round() -> None:
    """A round that is due is not held up by what would have started one."""
    assert Flapping(0, 1).flap(Memory(calm_at=START + 90, next_round=START + 20)) == [20]


def test_a_stop_or_reload_ends_the_wait_for_quiet() -> None:
    """Signals count as in any other wait."""
    program = FakeProgram(Lifecycle(), [GOOD], [Wake("reload"), STOP])

    Daemon(program, FakeWaiter(), FakeClock(), once=False).run(Memory(calm_at=START + 90), Wake("address"))
    assert program.moments == ["flapping", "reload", "round", "waiting", "signal", "end"]


def test_reload_is_followed_by_a_round() -> None:
    """SIGHUP reads the configuration again and looks at once."""
    program = FakeProgram(Lifecycle(), [GOOD], [STOP])

    assert play(program, wake=Wake("reload")) == 0
    assert program.reloads == 1
    assert program.moments[:2] == ["reload", "round"]


def test_a_stop_in_the_middle_of_a_round_is_no_failure() -> None:
    """Requests are broken off, nothing is told of the round, and the end is clean."""
    program = FakeProgram(Lifecycle(), [], [])

    assert play(program, FakeWaiter(interrupts=1)) == 0
    assert program.aborts == 1
    assert program.moments == ["start", "signal", "end"]


def test_a_round_that_noticed_the_stop_itself_ends_the_same_way() -> None:
    """An interrupted report is told for what was done, and the end follows."""
    program = FakeProgram(Lifecycle(), [GOOD._replace(interrupted=True)], [])

    assert play(program) == 0
    assert program.moments == ["start", "round", "signal", "end"]


def test_delete_on_stop_cleans_before_the_end() -> None:
    """DELETE_ON_STOP: the cleaning comes after the signal and is told; a second stop cuts it short."""
    program = FakeProgram(Lifecycle(delete_on_stop=True), [GOOD, GOOD], [STOP])
    assert play(program) == 0
    assert program.moments == ["start", "round", "waiting", "signal", "cleanup", "end"]

    impatient = FakeProgram(Lifecycle(delete_on_stop=True), [], [])
    assert play(impatient, FakeWaiter(interrupts=2)) == 0
    assert impatient.moments == ["start", "signal", "end"]


def test_a_cleaning_without_end_is_told() -> None:
    """What nothing could break is left behind: the report says what that means, and the end is reached."""
    program = FakeProgram(Lifecycle(delete_on_stop=True), [GOOD], [STOP])
    program.patience = 0.0

    assert play(program) == 0
    assert program.moments == ["start", "round", "waiting", "signal", "cleanup", "end"]
    (problem,) = next(event.report for event in program.told if event.moment == "cleanup" and event.report).problems
    assert problem.what == "DELETE_ON_STOP did not end in time"
    assert program.aborts == 1


def test_a_crash_of_a_round_does_not_end_the_years() -> None:
    """An unexpected exception is a failed round that names kind and place but not its text; the loop goes on."""
    program = FakeProgram(Lifecycle(delete_on_stop=True), [KeyError("s3cret"), KeyError("s3cret")], [STOP])

    assert play(program) == 0
    reports = [event.report for event in program.told if event.report]
    assert [report.ok for report in reports] == [False, False]
    what = reports[0].problems[0].what
    assert "KeyError" in what
    assert "s3cret" not in what


def test_a_schedule_without_a_next_time_ends_with_a_failure() -> None:
    """The 30th of February never comes: one round (none with UPDATE_ON_START=false), then exit 1."""

    class Never(Cron):
        """A cron expression that never matches."""

        def next_after(self, moment: datetime, zones: Zones = system_zones) -> None:
            """Never."""
            assert zones is system_zones
            assert moment == datetime.fromtimestamp(START, UTC)

    never = Never("0 0 30 2 *", "", "0 0 30 2 *")
    program = FakeProgram(Lifecycle(schedule=never), [GOOD], [])
    waiting = FakeProgram(Lifecycle(schedule=never, update_on_start=False, delete_on_stop=True), [GOOD], [])

    assert (play(program), play(waiting)) == (1, 1)
    assert program.moments == ["start", "round", "no_schedule", "end"]
    assert waiting.moments == ["start", "no_schedule", "cleanup", "end"]


def test_the_interval_is_counted_from_the_start_of_the_round() -> None:
    """@every 5m means five minutes from start to start."""
    moment = datetime.fromtimestamp(START, UTC)

    assert Every(300.0, "@every 5m").next_after(moment) == moment + timedelta(seconds=300)

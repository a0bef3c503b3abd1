"""The sleeper for real: from execve to the start of the program behind it, natively and emulated; and under sanitizers.

``script/test-sleep`` brings what is needed: a C compiler, and for other machines zig (``DORMOUSE_ZIG``, a command) and
qemu's user emulation. A machine whose tools are missing is skipped, unless ``SLEEP_ALL`` is set. With ``SLEEP_IMAGE``
there are only those that the image has.
"""

# ruff: noqa: S101 -- assert is what tests do

import functools
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddns.app.sleeping import environment
from ddns.config import Inputs
from ddns.host import netlink
from ddns.host.statusfd import Board

HERE = Path(__file__).parent
SLEEP = HERE.parent
ROOT = SLEEP.parents[1]
SOURCES = [SLEEP / "dormouse.c", SLEEP / "health.c"]
CFLAGS = (SLEEP / "cflags").read_text().split()
EVERY = {path.stem: tomllib.loads(path.read_text()) for path in sorted((SLEEP.parent / "targets").glob("*.toml"))}
TARGETS = {name: table for name, table in EVERY.items() if "image" in table or not os.environ.get("SLEEP_IMAGE")}
MACHINES = ["native", *TARGETS]
LONG = "20"
NAMESPACE = ["unshare", "-n" if os.getuid() == 0 else "-Urn"]


def cannot(reason: str) -> None:
    """Skip, or fail where everything must be tested."""
    if os.environ.get("SLEEP_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


@functools.cache
def commands(machine: str) -> tuple[list[str], list[str]]:
    """Return the compiler and the emulator of a machine."""
    if machine == "native":
        compiler = shutil.which("gcc")
        if compiler is None:
            cannot("no gcc")
        return [compiler or "", "-O2"], []
    zig = os.environ.get("DORMOUSE_ZIG", "").split()
    if not zig:
        cannot("no zig")
    target = TARGETS[machine]
    emulator = list(target["emulator"])
    if emulator:
        found = shutil.which(f"{emulator[0]}-static") or shutil.which(emulator[0])
        if found is None:
            cannot(f"no {emulator[0]}")
        emulator[0] = found or ""
    return [*zig, "cc", *target["zig"]], emulator


@functools.cache
def build(machine: str, folder: Path) -> list[str]:
    """Compile the stub with the sleeper in front of it; return the command that runs it."""
    compiler, emulator = commands(machine)
    objects = []
    for source in SOURCES:
        objects.append(str(folder / f"{machine}-{source.stem}.o"))
        subprocess.run([*compiler, *CFLAGS, "-Werror", "-c", str(source), "-o", objects[-1]], check=True)
    stub = folder / f"stub-{machine}"
    runtime = TARGETS.get(machine, {}).get("runtime", "")
    sources = [str(HERE / "stub.c"), *([str(SLEEP.parent / "runtime" / f"{runtime}.c")] if runtime else [])]
    link = ["-static", "-Wl,--gc-sections", "-Wl,-e,dormouse_start", "-o", str(stub)]
    subprocess.run([*compiler, *sources, *objects, *link], check=True)
    return [*emulator, str(stub)]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where things are built."""
    return tmp_path_factory.mktemp("sleep")


@pytest.fixture(params=MACHINES)
def stub(request: pytest.FixtureRequest, folder: Path) -> list[str]:
    """Return the command of the stub for each machine."""
    return build(str(request.param), folder)


@pytest.fixture
def native(folder: Path) -> list[str]:
    """Return the command of the stub for this machine."""
    return build("native", folder)


def go(how: str, seconds: str, stub: list[str], *, around: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start a process that goes to sleep."""
    command = [*around, sys.executable, str(HERE / "driver.py"), how, seconds, *stub]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})


def asleep(pid: int) -> None:
    """Wait until the process sleeps: it has another name than Python, and the kernel says that it waits in a poll."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        status = Path(f"/proc/{pid}/stat").read_text()
        name = status.partition("(")[2].partition(")")[0]
        if name.startswith("stub-") and ") S " in status:
            time.sleep(0.3)  # an emulator is slow to reach the poll
            return
        time.sleep(0.02)
    pytest.fail("it did not fall asleep")


def facts(process: subprocess.Popen[str]) -> dict[str, str]:
    """Wait for the end and return what the stub said."""
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    return dict(line.split("=", 1) for line in out.splitlines())


def test_time_wakes_and_everything_is_handed_over(stub: list[str]) -> None:
    """It wakes when it is time; PID, name, arguments, environment and state are as they were."""
    before = time.time()
    process = go("deaf", "1.5", [*stub, "--domains=a.example"])
    found = facts(process)

    assert 1.5 <= time.time() - before < 30
    assert found["answer"] == "t"
    assert found["pid"] == str(process.pid)
    assert found["name"] == Path(stub[-1]).name[:15]
    assert (found["arguments"], found["home"], found["state"]) == ("2 --domains=a.example", "kept", "the state")
    assert "pending" not in found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_each_signal_wakes_and_is_still_pending(stub: list[str], number: signal.Signals) -> None:
    """Signals are left to the program, so none is lost whatever happens on the way."""
    how, theirs = "watch", int(number)
    if number == signal.SIGUSR1 and Path(stub[-1]).name.startswith("stub-mips"):  # another number there
        how, theirs = "raw=1?-:BOOT:REAL:000000000000c003:0000000000000000:PID:00000009", 16
    process = go(how, LONG, stub)
    asleep(process.pid)
    process.send_signal(number)

    found = facts(process)
    assert (found["answer"], found["pending"]) == ("s", str(theirs))


def test_a_changed_address_wakes_and_a_refreshed_one_does_not(stub: list[str]) -> None:
    """The lifetimes a router refreshes all day wake nobody; a new address does, within a second."""
    process = go("watch", LONG, stub, around=(*NAMESPACE, sys.executable, "-c", IN_NAMESPACE))
    asleep(process.pid)
    change(process.pid, "refresh", "192.0.2.6")
    time.sleep(1)
    asleep(process.pid)
    before = time.monotonic()
    change(process.pid, "add", "2001:db8::7")

    assert facts(process)["answer"] == "a"
    assert time.monotonic() - before < 15


IN_NAMESPACE = """
import os, sys
from tests.fakes import netns
netns.add_link()
netns.add_address("192.0.2.6", life=600)
os.execv(sys.argv[1], sys.argv[1:])
"""


def change(pid: int, what: str, address: str) -> None:
    """Change the addresses in the network namespace of a process."""
    enter = ["nsenter", "-t", str(pid), *(["-n"] if os.getuid() == 0 else ["-U", "-n", "--preserve-credentials"])]
    act = {"add": "add_address(a)", "refresh": "add_address(a, life=900)"}[what]
    program = f"import sys; from tests.fakes import netns; a = sys.argv[1]; netns.{act}"
    subprocess.run([*enter, sys.executable, "-c", program, address], check=True, cwd=ROOT)


def test_addresses_that_changed_before_the_sleep_wake(native: list[str]) -> None:
    """What happened between the round and the sleep is noticed at its start: the number of the set is another."""
    value = "1?w:BOOT:REAL:0000000000004203:0123456789abcdef:PID:00000009"
    assert facts(go("raw=" + value, LONG, native))["answer"] == "a"


NEVER = "3fffffffffffffff.00000000"


@pytest.mark.parametrize("times", [f"BOOT:{NEVER}", f"{NEVER}:REAL"])
def test_either_clock_wakes(stub: list[str], times: str) -> None:
    """A wall clock set back by years does not postpone the wake, one set forward makes it come at once."""
    value = f"1?-:{times}:0000000000004203:0000000000000000:PID:00000009"
    assert facts(go("raw=" + value, "2", stub))["answer"] == "t"


def test_a_time_in_the_past_is_now(native: list[str]) -> None:
    """An overdue round starts at once."""
    past = "0000000000000001.00000000"
    value = f"1?-:{past}:{past}:0000000000004203:0000000000000000:PID:00000009"
    assert facts(go("raw=" + value, LONG, native))["answer"] == "t"


def test_for_ever_ends_with_a_signal_only(native: list[str]) -> None:
    """A wait without an end sets no timer."""
    never = "f" * 16 + ".00000000"
    process = go(f"raw=1?-:{never}:{never}:0000000000004203:0000000000000000:PID:00000009", "0", native)
    asleep(process.pid)
    process.send_signal(signal.SIGTERM)
    assert facts(process)["answer"] == "s"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "garbage",
        "1?",
        "x" * 5000,
        "2?-:BOOT:REAL:0000000000004203:0000000000000000:PID:00000009",
        "1?-:BOOT:REAL:0000000000004203:0000000000000000:00000001:00000009",
        "1?-:BOOT:REAL:0000000000004203:0000000000000000:PID:00000009 ",
    ],
)
def test_what_is_not_meant_for_us_starts_the_program_at_once(stub: list[str], value: str) -> None:
    """Garbage, another version, and what was inherited from another process: no sleep, and nothing is written."""
    before = time.monotonic()
    found = facts(go("raw=" + value, LONG, stub))

    assert found["answer"] == (value[1:2] or "-")
    assert time.monotonic() - before < 15


def test_a_huge_environment_is_no_obstacle(native: list[str]) -> None:
    """The variable is found among a megabyte of others."""
    many = {f"FILLER_{n}": "x" * 10_000 for n in range(100)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in many.items():
            patch.setenv(name, value)
        assert facts(go("watch", "0.5", native))["answer"] == "t"


def test_stopped_and_continued_it_sleeps_on(stub: list[str]) -> None:
    """SIGSTOP and SIGCONT do not end the sleep, and the time that passed meanwhile counts."""
    before = time.time()
    process = go("watch", "3", stub)
    asleep(process.pid)
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    process.send_signal(signal.SIGCONT)
    asleep(process.pid)

    assert facts(process)["answer"] == "t"
    assert time.time() - before >= 3


def test_as_pid_1_signals_wake_too(native: list[str]) -> None:
    """The kernel protects PID 1 from signals it does not handle; those it blocks are kept for it."""
    around = ("unshare", "-p", "-f") if os.getuid() == 0 else ("unshare", "-Urpf")
    process = go("deaf", LONG, native, around=around)
    (child,) = wait_for_children(process.pid)
    asleep(child)
    os.kill(child, signal.SIGTERM)

    found = facts(process)
    assert (found["answer"], found["pid"], found["pending"]) == ("s", "1", "15")


def test_as_pid_1_a_stop_before_python_is_up_is_kept(native: list[str]) -> None:
    """Stopped in the first moment of its life: the signal waits until somebody listens. Others start as ever."""
    flags = ["-p", "-f"] if os.getuid() == 0 else ["-Urpf"]
    environ = {**os.environ, "STUB_WAIT": "1", "STUB_MARK": "x"}
    command = ["unshare", *flags, *native]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        (child,) = wait_for_children(process.pid)
        asleep(child)
        os.kill(child, signal.SIGTERM)
        assert facts(process)["pending"] == "15"
    with subprocess.Popen(native, stdout=subprocess.PIPE, text=True, env=environ) as process:
        asleep(process.pid)
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == -signal.SIGTERM


def wait_for_children(pid: int) -> Iterator[int]:
    """Return the children of a process once it has some."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    while not (found := path.read_text().split()):
        time.sleep(0.02)
    return map(int, found)


def test_asleep_it_weighs_next_to_nothing(folder: Path) -> None:
    """At most 48 kB are resident, 16 kB of them its own: a page of code, one of data, the stack with the variables.

    What the kernel maps around a page that is touched, 64 kB or 2 MB, is given back.
    """
    for machine in ("amd64", "native"):
        process = go("watch", LONG, build(machine, folder))
        asleep(process.pid)
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()  # VmRSS of status is only roughly right
        process.kill()
        process.communicate()
        status = {line.split()[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
        assert status["Rss:"] <= 48
        assert status["Anonymous:"] <= 16


@pytest.mark.parametrize("machine", MACHINES)
def test_it_is_one_page_of_code_and_nothing_else(machine: str, folder: Path) -> None:
    """A string, a variable or a second page would bring further pages into the process that sleeps or checks."""
    build(machine, folder)
    for part in ("dormouse", "health"):
        sections = subprocess.run(
            ["readelf", "-SW", str(folder / f"{machine}-{part}.o")], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.partition("]")[2].split() for line in sections.splitlines()]
        loaded = {row[0]: int(row[4], 16) for row in rows if len(row) == 10 and "A" in row[6] and int(row[4], 16)}
        assert loaded.pop(".text") <= 4096
        assert {name for name in loaded if not name.startswith((".ARM.", ".MIPS.", ".reginfo"))} == set()


@pytest.mark.parametrize("machine", MACHINES)
def test_a_file_that_is_gone_keeps_its_path(machine: str, folder: Path) -> None:
    """After an upgrade on disk the program wakes as itself: its own path resolves, no other missing one."""
    compiler, emulator = commands(machine)
    if emulator:
        pytest.skip("an emulator has its own idea of /proc/self/exe")
    program = folder / f"replaced-{machine}"
    sources = [str(HERE / "replaced.c"), str(SLEEP / "replaced.c")]
    subprocess.run([*compiler, "-Wall", "-Werror", *sources, "-Wl,--wrap=realpath", "-o", str(program)], check=True)
    for more in ([], ["gone"]):
        said = subprocess.run([str(program), *more], capture_output=True, text=True, check=True).stdout
        assert said == f"{program} 0 /\n"


@pytest.fixture(scope="session")
def hosted(folder: Path) -> str:
    """Compile the logic with the sanitizers, on a kernel of our own."""
    compiler, _ = commands("native")
    program = str(folder / "hosted")
    parts = [source for source in sorted(SLEEP.glob("parts/*.c")) if source.stem != "entry"]
    logic = [str(source) for source in (*parts, SLEEP / "health.c")]
    sanitize = ["-g", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run([compiler[0], *sanitize, "-o", program, str(HERE / "hosted.c"), *logic], check=True)
    return program


def test_the_logic_under_sanitizers(hosted: str) -> None:
    """Every answer, every refused call, every byte of the variable: no finding, no descriptor left open."""
    done = subprocess.run([hosted], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("all checks passed\n", 0), done.stderr


def answers(count: int) -> Iterator[bytes]:
    """Make up answers of the kernel: sound ones, and ones with a few bytes changed or cut off."""
    chance = random.Random(20261123)  # noqa: S311 -- made-up data
    for _ in range(count):
        data = b""
        for _ in range(chance.randrange(5)):
            body = struct.pack("=BBBBI", 2, 32, chance.choice([0, 0, 0x80, 0x20, 0x40]), chance.choice([0, 0, 253]), 7)
            for _ in range(chance.randrange(4)):
                value = chance.randbytes(chance.choice([4, 16, 16, 0, 3]))
                body += struct.pack("=HH", 4 + len(value), chance.choice([1, 2, 3, 8])) + value + bytes(-len(value) % 4)
            data += struct.pack("=IHHII", 16 + len(body), 20, chance.choice([2, 2, 2, 0x12]), 1, 0) + body
        data += struct.pack("=IHHII", 16, chance.choice([3, 3, 3, 2, 20]), 2, 1, 0)
        raw = bytearray(data)
        for _ in range(chance.choice([0, 0, 0, 1, 3])):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        yield bytes(raw[: chance.choice([len(raw), len(raw), chance.randrange(len(raw) + 1)])])


def expected(data: bytes) -> str:
    """Return what Python makes of one answer, in the words of ``hosted list``."""
    try:
        return f"1 {netlink.digest(netlink.addresses(lambda: iter([data]))):016x}"
    except OSError as error:
        reasons = {"no end": "0", "kept changing": "2", "refused": "3", "broken": "3"}
        return next(state for words, state in reasons.items() if words in str(error))


def test_the_same_answers_are_understood_as_in_python(hosted: str) -> None:
    """Whatever the kernel says, both halves agree whether it is a whole list, and on the number of its set."""
    cases = list(answers(4000))
    data = b"".join(struct.pack("=I", len(case)) + case for case in cases)
    done = subprocess.run([hosted, "list"], input=data, capture_output=True, check=True)

    outcomes = [line if line[0] == "1" else line[0] for line in done.stdout.decode().splitlines()]
    assert outcomes == [expected(case) for case in cases]
    assert {outcome[0] for outcome in outcomes} == {"0", "1", "2", "3"}


OURS = {"DOMAINS": "home.example.org", "EMPTY": "", "TERM": "xterm", "BYTES": "caf\udce9 \N{CAT FACE}"}
LONG_WELL = 1 << 62


@pytest.fixture
def board() -> Iterator[Board]:
    """Return what shows a state in this very process."""
    made = Board()
    yield made
    made.close()


def shown(until: int = LONG_WELL, line: str = "well", env: dict[str, str] = OURS) -> bytes:
    """Return a state as an instance with this environment shows it."""
    return f'{{"health":"1g:{until:016x}:{environment(Inputs((), env))}:{line}","memory":""}}'.encode()


def answer(command: list[str], env: dict[str, str] = OURS, *arguments: str) -> str:
    """Return what ``healthcheck`` prints; "Python" where that is left to the program."""
    out = subprocess.run([*command, *(arguments or ("healthcheck",))], env=env, capture_output=True, check=True).stdout
    return "Python" if b"answer=-" in out else out.decode()


def test_a_healthy_instance_answers_before_the_program_starts(stub: list[str], board: Board) -> None:
    """One with the same variables, in any order; those of a terminal and of the sleep do not count."""
    board.publish(shown(line="\N{CAT FACE} healthy"))
    assert answer(stub) == "\N{CAT FACE} healthy\n"
    others = {"TERM": "dumb", "DDNS_SLEEP": "1", **dict(reversed([pair for pair in OURS.items() if pair[0] != "TERM"]))}
    assert answer(stub, others) == "\N{CAT FACE} healthy\n"


def test_everything_else_is_left_to_the_program(native: list[str], board: Board) -> None:
    """Nothing shown, another environment, an overdue round, options, another form."""
    assert answer(native) == "Python"
    for state in (
        shown(int(time.time()) - 2),
        shown(env={**OURS, "DOMAINS": "nas.example.org"}),
        shown(env={}),
        shown(line='a\\"b'),
        shown().replace(b"1g", b"2g"),
        shown().replace(b"1g", b"1n"),
        shown().replace(b"g:4", b"g:G"),
        shown()[:60].replace(b'"', b"'"),
        b"",
        b'{"health":"","memory":""}',
    ):
        board.publish(state)
        assert answer(native) == "Python", state
    board.publish(shown())
    assert answer(native) == "well\n"
    for arguments in (("healthcheck", "--json"), ("health",), ("healthchecks",), ("help",)):
        assert answer(native, OURS, *arguments) == "Python"


def test_the_first_instance_with_the_environment_is_meant(native: list[str], board: Board) -> None:
    """As in Python: when it is not well, another one behind it makes no yes."""
    board.publish(shown().replace(b"1g", b"1n"))
    second = subprocess.Popen(
        [sys.executable, "-c", SHOWING, shown().decode()], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert second.stdout is not None
    assert second.stdout.readline() == "shown\n"
    assert answer(native) == ("Python" if os.getpid() < second.pid else "well\n")
    board.publish(shown(env={}))
    assert answer(native) == "well\n"
    second.kill()
    second.communicate()


SHOWING = """
import sys, time
from ddns.host.statusfd import Board
board = Board()
board.publish(sys.argv[1].encode())
print("shown", flush=True)
time.sleep(60)
"""


def test_states_of_any_form_are_read_without_a_fault(hosted: str, board: Board) -> None:
    """Cut off, and with bytes changed: under the sanitizers nothing is found, and only a sound one is a yes."""
    chance = random.Random(20261126)  # noqa: S311 -- made-up data
    whole = shown(line="well" * 20)
    for _ in range(100):
        state = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for _ in range(chance.choice([0, 0, 1, 3]) if state else 0):
            state[chance.randrange(len(state))] = chance.randrange(256)
        board.publish(bytes(state))
        done = subprocess.run([hosted, "health"], env=OURS, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout in {b"Python\n", bytes(state[48:]).split(b'"')[0] + b"\n"}

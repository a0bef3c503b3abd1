"""The commands in this process: what the black-box tests cannot reach."""

import io
import json
import os
import signal
import threading
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from ddns import cli
from ddns.app.process import read_file
from ddns.app.sleeping import carried
from ddns.config import Inputs, load
from ddns.core.memory import Memory
from ddns.host.statusfd import Board
from tests.fakes import netns
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault

HOME = "home.example.org"


@pytest.fixture
def sim() -> Iterator[Cloudflare]:
    """Serve a Cloudflare."""
    with Cloudflare(zones=("example.org",)) as server:
        server.set_address("9.9.9.9", "2620:fe::9")
        yield server


class Shell:
    """Runs a command line in this process."""

    def __init__(self, sim: Cloudflare) -> None:
        """Set up the environment for that Cloudflare."""
        self.env = {
            "CLOUDFLARE_API_TOKEN": sim.token,
            "CLOUDFLARE_API_BASE_URL": sim.base_url,
            "SSL_CERT_FILE": sim.ca_file,
            "IP4_PROVIDER": f"cloudflare.trace:{sim.trace_url}",
            "IP6_PROVIDER": "none",
            "DOMAINS": HOME,
            "EMOJI": "false",
        }
        self.out = io.StringIO()

    def run(self, *args: str, **env: str) -> int:
        """Return the exit code; the output is added to ``out``."""
        merged = {name: value for name, value in {**self.env, **env}.items() if value}
        return cli.main(args, merged, self.out)


@pytest.fixture
def shell(sim: Cloudflare) -> Shell:
    """Return a shell."""
    return Shell(sim)


def later(action: "threading.Timer") -> None:
    """Start a timer whose thread does not outlive the tests."""
    action.daemon = True
    action.start()


def test_plan_round_plan(shell: Shell, sim: Cloudflare) -> None:
    """3, 0, 0; a plan that could not be made is 1."""
    assert shell.run("plan") == 3
    assert shell.run("--once") == 0
    assert shell.run("plan") == 0
    sim.fault(Fault("answer", path="dns_records", times=0, status=403, body="{}"))
    assert shell.run("plan") == 1


def test_a_clock_that_is_wrong_and_an_api_out_of_reach(shell: Shell, sim: Cloudflare) -> None:
    """The doctor compares the clocks, and says what cannot be reached."""
    headers = {"Date": "Thu, 01 Jan 1970 00:00:10 GMT"}
    sim.fault(Fault("answer", path="/ips", headers=headers, body="{}"))
    assert shell.run("doctor") == 1
    assert "ahead" in shell.out.getvalue()

    sim.fault(Fault("answer", path="/ips", headers={"Date": formatdate(usegmt=True)}, body="{}"))
    assert shell.run("doctor", IP4_PROVIDER="static.empty") == 0
    assert "clock is right" in shell.out.getvalue()
    sim.fault(Fault("answer", path="/ips", headers={"Date": "soon"}, body="{}"))
    assert shell.run("doctor", IP4_PROVIDER="static.empty") == 0
    sim.fault(Fault("answer", path="/ips", headers={"Date": ""}, body="{}"))
    assert shell.run("doctor", IP4_PROVIDER="static.empty") == 0
    assert shell.run("doctor", IP4_PROVIDER="static.empty") == 0
    assert "known to be empty" in shell.out.getvalue()

    sim.fault(Fault("reset", times=0))
    assert shell.run("doctor", IP4_PROVIDER="debug.unavailable", UPDATE_TIMEOUT="2s") == 1


def test_the_doctor_repeats_the_remarks_on_the_configuration(shell: Shell) -> None:
    """Warnings of the configuration are part of what a doctor says; likewise of check and plan."""
    for command in ("doctor", "check", "plan"):
        shell.run(command, PUID="1000")
    assert shell.out.getvalue().count("PUID") >= 3


def test_migrate_prints_native_words(shell: Shell) -> None:
    """The output names the domains and not the token."""
    assert shell.run("migrate") == 0
    assert HOME in shell.out.getvalue()
    assert shell.env["CLOUDFLARE_API_TOKEN"] not in shell.out.getvalue()


def test_errors_before_there_are_settings_have_the_form_asked_for(shell: Shell) -> None:
    """LOG_FORMAT=json and EMOJI hold for problems of the command line too."""
    assert shell.run("--nonsense", LOG_FORMAT="json") == 2
    assert shell.run("check", "--json", TTL="x") == 2
    assert [json.loads(line)["level"] for line in shell.out.getvalue().splitlines()] == ["error", "error"]


def test_nobody_is_running(shell: Shell) -> None:
    """Status and healthcheck of nothing: exit 1, as text and as JSON."""
    assert shell.run("status") == 1
    assert shell.run("healthcheck", DOMAINS="") in {0, 1}  # without names, any instance on this machine is meant
    for command in ("status", "healthcheck"):
        shell.out.truncate(0)
        shell.out.seek(0)
        assert shell.run(command, "--json") == 1
        facts = json.loads(shell.out.getvalue())
        facts.pop("instances", None)  # those of others on this machine
        assert facts == {"healthy": False, "running": False}


def test_quiet_and_json(shell: Shell) -> None:
    """A quiet single round prints the change alone, and nothing when there is none."""
    assert shell.run("--once", QUIET="true", LOG_FORMAT="json") == 0
    events = [json.loads(line)["event"] for line in shell.out.getvalue().splitlines()]
    assert events == ["created"]
    shell.out.truncate(0)
    assert shell.run("--once", QUIET="true", LOG_FORMAT="json") == 0
    assert shell.out.getvalue().strip("\0") == ""


def test_a_schedule_that_never_comes(shell: Shell) -> None:
    """One round, a clear problem, exit 1."""
    assert shell.run("run", UPDATE_CRON="0 0 30 2 *") == 1
    assert "never matches" in shell.out.getvalue()


def test_a_token_file_that_vanished_keeps_the_token(shell: Shell, sim: Cloudflare, tmp_path: os.PathLike[str]) -> None:
    """The token read before stays in use, with a warning; reload with a vanished file keeps all as it was."""
    path = os.path.join(tmp_path, "token")  # noqa: PTH118 -- as the program sees it
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 -- likewise
        file.write(sim.token)

    def vanish() -> None:
        os.unlink(path)  # noqa: PTH108 -- likewise
        os.kill(os.getpid(), signal.SIGUSR1)
        later(threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGHUP)))
        later(threading.Timer(2.0, os.kill, (os.getpid(), signal.SIGTERM)))

    later(threading.Timer(1.0, vanish))
    assert shell.run("run", CLOUDFLARE_API_TOKEN="", CLOUDFLARE_API_TOKEN_FILE=path) == 0
    out = shell.out.getvalue()
    assert "stays in use" in out
    assert "old one stays" in out
    assert out.count("up to date") >= 2


def test_a_slow_monitor_delays_neither_the_next_round_nor_the_end(shell: Shell, sim: Cloudflare) -> None:
    """While a report is still on its way a signal starts the next round, and a stop ends the program."""
    sim.fault(Fault("delay", path="/slow", times=0, seconds=4.0))
    later(threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGUSR1)))
    later(threading.Timer(2.0, os.kill, (os.getpid(), signal.SIGTERM)))

    assert shell.run("run", HEALTHCHECKS=f"{sim.origin}/slow") == 0
    assert len(sim.requests("GET", "dns_records")) == 2
    assert "too long" in shell.out.getvalue()


def test_the_logger_writes_messages_into_the_log(shell: Shell) -> None:
    """``logger://`` tells what a notification service is told; QUIET does not silence it, and no news is none."""
    assert shell.run("run", "--once", SHOUTRRR="logger://", QUIET="true") == 0
    assert f"Dormouse: addresses updated: Set A records for {HOME} to 9.9.9.9.\n" in shell.out.getvalue()

    shell.out.truncate(shell.out.seek(0))
    assert shell.run("run", "--once", SHOUTRRR="logger://") == 0
    assert not any(line.startswith("Dormouse: ") for line in shell.out.getvalue().splitlines())


def test_the_reports_of_a_quick_round_are_waited_for(shell: Shell, sim: Cloudflare) -> None:
    """The program rests when everything is delivered."""
    sim.fault(Fault("delay", path="/slow/start", seconds=0.6))
    later(threading.Timer(2.0, os.kill, (os.getpid(), signal.SIGTERM)))

    assert shell.run("run", HEALTHCHECKS=f"{sim.origin}/slow") == 0
    assert len(sim.requests("POST", "/slow/start")) == 1


def came_back(sim: Cloudflare, env: dict[str, str], how: str, memory: Memory | None = None) -> tuple[Board, str]:
    """Return the memory and the variable of a process that comes back from hibernation."""
    board = Board()
    ready = load(Inputs((), env), read_file)
    assert ready.settings.access.base_url == sim.base_url
    board.publish(carried(ready, memory or Memory(rounds=5, next_round=1.0)))
    os.set_inheritable(board.fd, True)
    never = "f" * 16 + ".00000000"
    return board, f"1{how}-:{never}:{never}:{0:016x}:{0:016x}:{os.getpid():08x}:{board.fd:08x}"


@pytest.mark.parametrize(("how", "said"), [("t", ""), ("s", ""), ("?", "waiting in Python instead")])
def test_back_from_hibernation(shell: Shell, sim: Cloudflare, how: str, said: str) -> None:
    """The next round follows without the words of a start; where nobody slept, that is said once."""
    board, variable = came_back(sim, shell.env, how)
    later(threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)))

    assert shell.run("run", DDNS_SLEEP=variable) == 0
    out = shell.out.getvalue()
    assert "Dormouse" not in out
    assert HOME in out
    assert said in out
    board.fd = -1  # the sleeper has closed it


def test_what_was_not_delivered_comes_back_from_hibernation(shell: Shell, sim: Cloudflare) -> None:
    """A message that failed before the program hibernated is sent after it woke, even if it only woke to stop."""
    shell.env["SHOUTRRR"] = f"generic+{sim.origin}/hook"
    text = '{"to":0,"title":"Earlier","message":"m"}'
    board, variable = came_back(sim, shell.env, "s", Memory(rounds=5, undelivered=(text,)))
    later(threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)))

    assert shell.run("run", DDNS_SLEEP=variable) == 0
    assert b"Earlier" in sim.requests("POST", "/hook")[0].body
    board.fd = -1  # the sleeper has closed it


def test_a_configuration_that_came_back_broken_is_a_fresh_start(shell: Shell, sim: Cloudflare) -> None:
    """It cannot be, as it was good before; should it be, the program says what is wrong."""
    board, variable = came_back(sim, shell.env, "t")

    assert shell.run("run", DDNS_SLEEP=variable, DOMAINS="a..b") == 2
    assert "a..b" in shell.out.getvalue()
    board.close()


@pytest.mark.netns
def test_check_says_when_a_local_address_is_private(shell: Shell) -> None:
    """Only the kernel is asked; a source that has nothing is no news here."""

    def action() -> None:
        netns.add_link()
        netns.add_address("10.1.2.3")
        source = f"local.iface:{netns.LINK}"
        assert shell.run("check", IP4_PROVIDER=source, IP6_PROVIDER=source, DOMAINS="a.b{ip4=static:9.9.9.9}, c.d") == 0

    netns.inside(action)
    remarks = [line for line in shell.out.getvalue().splitlines() if "nobody on the Internet" in line]
    assert len(remarks) == 1
    assert "local.iface" in remarks[0]
    assert "10.1.2.3 is private" in remarks[0]

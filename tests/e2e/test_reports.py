"""Monitors and notification services hear of rounds; a dead one hurts nobody; no secret shows."""

import base64
import hmac
import json
import os
import re
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from tests.e2e.program import FOUR, Program, eventually, stop
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.mailserver import mail_server

HOME = "home.example.org"


class Heard(NamedTuple):
    """One request a service got, and what was answered."""

    path: str
    body: str
    status: int = 200


class Listener:
    """A service on loopback that writes down what it hears and answers as Healthchecks does.

    ``statuses`` are answered first.
    """

    def __init__(self) -> None:
        """Serve at once."""
        heard: list[Heard] = []
        statuses: list[int] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                status = statuses.pop(0) if statuses else 200
                heard.append(Heard(self.path, body, status))
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.heard = heard
        self.statuses = statuses
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.hook = f"generic+{self.url}/hook-s3cret?$kind=test"

    def titles(self) -> list[str]:
        """Return the titles of the notifications taken so far, without the program's name."""
        hooks = (item for item in self.heard if item.path.startswith("/hook") and item.status == 200)
        return [json.loads(item.body)["title"].removeprefix("Dormouse").lstrip(": ") for item in hooks]

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Serve a monitor and a notification service."""
    server = Listener()
    yield server
    server.close()


def test_a_round_is_reported(ddns: Program, listener: Listener) -> None:
    """Start, success with the change; the notification has old → new."""
    generic = listener.url.replace("http://", "generic+http://") + "/hook-s3cret"
    result = ddns.run("run", "--once", DOMAINS=HOME, HEALTHCHECKS=f"{listener.url}/s3cret-uuid", SHOUTRRR=generic)

    assert result.code == 0
    assert "s3cret" not in result.out
    pings = [(item.path, item.body) for item in listener.heard if "uuid" in item.path]
    assert [path for path, _ in pings] == ["/s3cret-uuid/start", "/s3cret-uuid"]
    assert FOUR in pings[1][1]
    assert any(FOUR in item.body for item in listener.heard if "hook" in item.path)


@pytest.mark.parametrize(
    "env", [{"UPDATE_CRON": "@once", "IP4_PROVIDER": "debug.unavailable"}, {"UPDATE_CRON": "0 0 30 2 *"}]
)
def test_a_failure_that_ends_the_program_stays_the_last_ping(
    ddns: Program, listener: Listener, env: dict[str, str]
) -> None:
    """A failed ``@once``, and a schedule without a next round: the ping of an exit would count as a success."""
    result = ddns.run("run", DOMAINS=HOME, HEALTHCHECKS=f"{listener.url}/check", **env)

    assert result.code == 1
    assert [item.path for item in listener.heard][-1] == "/check/fail"


def test_a_misspelt_option_is_told(ddns: Program, listener: Listener) -> None:
    """Monitors hear that the program could not start, as with any bad setting; a plan is not told."""
    for verb in ("plan", "run"):
        assert ddns.run(verb, "--domian", HOME, DOMAINS=HOME, HEALTHCHECKS=f"{listener.url}/check").code == 2

    assert [item.path for item in listener.heard] == ["/check/start", "/check/fail"]


def test_a_stop_is_told(ddns: Program, listener: Listener) -> None:
    """Start, success, and the exit after SIGTERM."""
    child = ddns.start("run", DOMAINS=HOME, HEALTHCHECKS=f"{listener.url}/check")
    eventually(lambda: "/check" in [item.path for item in listener.heard])
    stop(child)

    assert [item.path for item in listener.heard] == ["/check/start", "/check", "/check/0"]


def test_the_log_as_a_notification_service(ddns: Program) -> None:
    """``logger://`` puts the message into the log, and a test answers with it."""
    result = ddns.run("run", "--once", DOMAINS=HOME, SHOUTRRR="logger://")
    assert result.code == 0
    assert f"Dormouse: addresses updated: Set A records for {HOME} to {FOUR}." in result.lines

    result = ddns.run("notify", "--test", DOMAINS=HOME, SHOUTRRR="logger://")
    assert result.code == 0
    assert result.lines[0].startswith("Notification service 1 (logger): delivered (Dormouse")


def test_what_stands_in_a_line_with_a_url_is_told_without_it(ddns: Program) -> None:
    """Text after a URL is an error; everything that is wrong is said at once, and nothing of a URL."""
    services = "discord://s3cret@1 s3cret\ndiscord://s3cret@1,slack://s3cret/b/c\nteams+https://h.example/s3cret"
    result = ddns.run("check", DOMAINS=HOME, SHOUTRRR=services)

    assert result.code == 2
    assert "s3cret" not in result.out
    for words in ("more than a URL in line 1", "several URLs in line 2", "cannot be used in line 3"):
        assert words in result.out


def test_a_message_through_a_signal_server(ddns: Program, listener: Listener) -> None:
    """Every recipient gets the change; numbers and token stay out of the log."""
    place = listener.url.replace("http://", "signal://")
    url = f"{place}/+12025550100/+12025550101/group.s3cret?disabletls=yes&token=s3cret"
    result = ddns.run("run", "--once", DOMAINS=HOME, SHOUTRRR=url)

    assert result.code == 0
    assert not any(part in result.out for part in ("s3cret", "2025550"))
    assert [item.path for item in listener.heard] == ["/v2/send"] * 2
    sent = [json.loads(item.body) for item in listener.heard]
    assert [item["recipients"] for item in sent] == [["+12025550101"], ["group.s3cret"]]
    assert all(item["number"] == "+12025550100" and FOUR in item["message"] for item in sent)


def test_a_failed_round_is_reported_as_failed(ddns: Program, listener: Listener) -> None:
    """No address: the monitor hears of the failure."""
    result = ddns.run("run", "--once", DOMAINS=HOME, IP4_PROVIDER="debug.unavailable", HEALTHCHECKS=f"{listener.url}/u")

    assert result.code == 1
    assert "/u/fail" in [item.path for item in listener.heard]


def test_a_bad_configuration_is_reported(ddns: Program, listener: Listener) -> None:
    """A monitor that is itself well configured hears of a bad configuration: start, then fail."""
    result = ddns.run("run", DOMAINS="a..b", HEALTHCHECKS=f"{listener.url}/u")

    assert result.code == 2
    assert [item.path for item in listener.heard] == ["/u/start", "/u/fail"]


def test_what_was_not_delivered_arrives_later_in_order(ddns: Program, listener: Listener) -> None:
    """Two refusals for now cost no message, whether the program hibernates between its rounds or not."""
    listener.statuses[:] = [503, 503]
    child = ddns.start(DOMAINS=HOME, SHOUTRRR=listener.hook, UPDATE_CRON="@every 1s")
    eventually(lambda: len(listener.titles()) >= 2, 20)
    out = stop(child)

    assert listener.titles() == ["started", "addresses updated", "stopped"]
    assert "status 503" in out
    assert "It is sent again with the next round" in out
    assert "s3cret" not in out


def test_what_was_not_delivered_survives_a_reload(ddns: Program, listener: Listener) -> None:
    """Settings that are read again bring new connections, and no message is forgotten with the old ones."""
    listener.statuses[:] = [503] * 99
    child = ddns.start(DOMAINS=HOME, SHOUTRRR=listener.hook, UPDATE_CRON="@every 1h")
    eventually(lambda: bool(listener.heard))
    child.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    listener.statuses.clear()
    child.send_signal(signal.SIGHUP)
    eventually(lambda: len(listener.titles()) >= 2)
    stop(child)

    assert listener.titles() == ["started", "addresses updated", "stopped"]


@pytest.mark.parametrize(("state", "promise"), [("state", "at the next start"), ("", "The message is lost")])
def test_only_a_state_file_promises_another_time(ddns: Program, listener: Listener, state: str, promise: str) -> None:
    """After ``--once`` the next run sends what could not be delivered, if the state is kept."""
    path = str(ddns.folder / state) if state else ""
    listener.statuses[:] = [503] * 9
    first = ddns.run("run", "--once", DOMAINS=HOME, SHOUTRRR=listener.hook, STATE_FILE=path)
    listener.statuses.clear()
    again = ddns.run("run", "--once", DOMAINS=HOME, SHOUTRRR=listener.hook, STATE_FILE=path)

    assert first.out.count("status 503") == 1
    assert promise in first.out
    assert "next round" not in first.out
    assert "503" not in again.out
    assert listener.titles() == (["addresses updated"] if state else [])


def test_a_dead_service_fails_nothing(ddns: Program, sim: Cloudflare) -> None:
    """The round is done and well; that the monitor does not answer is a remark without its URL."""
    result = ddns.run("run", "--once", DOMAINS=HOME, HEALTHCHECKS="http://127.0.0.1:9/s3cret")

    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", FOUR)])
    assert "s3cret" not in result.out
    assert json.dumps("refused") in json.dumps(result.out) or "refused" in result.out


def test_every_service_and_monitor_can_be_tried(ddns: Program, listener: Listener, sim: Cloudflare) -> None:
    """One message to each, what each answered, and no secret; nothing is asked of Cloudflare."""
    listener.statuses[:] = [200, 200, 404]
    bad = listener.hook.replace("hook", "other")
    with mail_server() as server:
        server.auth = "CRAM-MD5"
        server.replies = {"AUTH": "334 PDE+", "QUIT": "221 bye"}
        mail = f"smtp://me:p%C3%A4ss@127.0.0.1:{server.port}/?from=a@x.example&to=b@x.example"
        answer = base64.b64encode(b"me " + hmac.new("päss".encode(), b"<1>", "md5").hexdigest().encode()).decode()
        server.replies[answer] = "235 in"
        result = ddns.run(
            *("notify", "--test"),
            DOMAINS=HOME,
            QUIET="true",
            HEALTHCHECKS=f"{listener.url}/s3cret-uuid",
            SHOUTRRR=f"{listener.hook}\n{bad}\n{mail}",
        )

    assert result.code == 1
    assert result.lines[0].startswith("Healthchecks: delivered")
    assert result.lines[1] == "Notification service 1 (generic): delivered (status 200)"
    assert result.lines[2].startswith(
        "Notification service 2 (generic): The web hook did not take the message (status 404)"
    )
    assert result.lines[3] == "Notification service 3 (smtp): delivered (the mail server took it)"
    assert [item.path.partition("?")[0] for item in listener.heard] == [
        "/s3cret-uuid/log",
        "/hook-s3cret",
        "/other-s3cret",
    ]
    assert "s3cret" not in result.out
    assert sim.requests() == []


def test_trying_nobody_is_no_success(ddns: Program, listener: Listener) -> None:
    """Whoever asks wants to know that messages arrive; and when all do, the exit is 0."""
    nobody = ddns.run("notify", "--test", DOMAINS=HOME)
    good = ddns.run("notify", "--test", "--json", DOMAINS=HOME, SHOUTRRR=listener.hook)

    assert (nobody.code, "No service to notify" in nobody.out) == (1, True)
    assert (good.code, json.loads(good.out)["delivered"]) == (0, True)
    assert listener.titles() == ["test"]
    assert ddns.run("notify", "--test", DOMAINS="a..b").code == 2


def test_on_change_runs_after_a_change_and_only_then(ddns: Program) -> None:
    """The command gets the facts, and not our secrets; its failure is a remark that does not repeat it."""
    command = 'echo "$DDNS_TYPE $DDNS_NAME [$DDNS_OLD] $DDNS_NEW $CLOUDFLARE_API_TOKEN" >>seen; exit 3 # s3cret'
    first = ddns.run("run", "--once", DOMAINS=HOME, ON_CHANGE=command)
    again = ddns.run("run", "--once", DOMAINS=HOME, ON_CHANGE=command)

    assert (first.code, again.code) == (0, 0)
    assert (ddns.folder / "seen").read_text() == f"A {HOME} [] {FOUR} \n"
    assert "exit code 3" in first.out
    assert "s3cret" not in first.out


def test_a_slow_command_delays_nothing(ddns: Program, sim: Cloudflare, listener: Listener) -> None:
    """The round is told while the command runs, and the next round does not wait for it."""
    child = ddns.start(DOMAINS=HOME, ON_CHANGE="sleep 20", HEALTHCHECKS=f"{listener.url}/u", UPDATE_CRON="@every 1s")
    eventually(lambda: "/u" in [item.path for item in listener.heard], 10)
    eventually(lambda: len(sim.requests("GET", "dns_records")) >= 3, 10)

    assert "was ended, because the program stops" in stop(child)


def test_a_stop_ends_the_command_of_a_change(ddns: Program) -> None:
    """The command is ended with the program, and what the round did is still told."""
    child = ddns.start(DOMAINS=HOME, ON_CHANGE="touch begun; sleep 60")
    while not (ddns.folder / "begun").exists():
        assert child.poll() is None
        time.sleep(0.02)
    began = time.monotonic()
    child.terminate()
    out, _ = child.communicate(timeout=15)

    assert (child.returncode, time.monotonic() - began < 2) == (0, True)
    assert f"(none) → {FOUR}" in out


def test_the_status_page_shows_what_is_published(ddns: Program, sim: Cloudflare) -> None:
    """After a single round, and in a program that goes on, with the next round; no secret is in it."""
    path = ddns.folder / "index.html"
    assert ddns.run("run", "--once", DOMAINS=HOME, STATUS_PAGE=str(path)).code == 0
    page = path.read_text("utf-8")
    assert f"A {HOME}" in page
    assert FOUR in page
    assert sim.token not in page
    path.unlink()

    child = ddns.start(DOMAINS=HOME, STATUS_PAGE=str(path))
    eventually(path.exists)
    stop(child)
    assert "The next one is due at" in path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_status_page_that_cannot_be_written_fails_no_round(ddns: Program) -> None:
    """It is told, with the remedy, and doctor says it before."""
    env = {"DOMAINS": HOME, "STATUS_PAGE": str(ddns.folder / "none" / "index.html")}
    result = ddns.run("run", "--once", **env)

    assert result.code == 0
    assert "cannot be written" in result.out
    assert "or leave STATUS_PAGE out" in result.out
    assert "STATUS_PAGE" in ddns.run("doctor", **env).out


def test_the_metrics_are_those_of_the_last_round(ddns: Program) -> None:
    """A Prometheus textfile after each round."""
    path = ddns.folder / "ddns.prom"
    assert ddns.run("run", "--once", DOMAINS=HOME, METRICS_FILE=str(path)).code == 0

    assert "dormouse_round_success 1\n" in path.read_text()


def test_a_reload_does_not_lose_the_command_that_runs(ddns: Program) -> None:
    """It goes on, and is still ended with the program; later changes are told to the new command only."""
    child = ddns.start(DOMAINS=HOME, ON_CHANGE="echo $$ >>begun; exec sleep 60")
    eventually(lambda: (ddns.folder / "begun").exists() and (ddns.folder / "begun").read_text() != "")
    child.send_signal(signal.SIGHUP)
    pid = int((ddns.folder / "begun").read_text())
    time.sleep(1.0)
    os.kill(pid, 0)

    assert "was ended, because the program stops" in stop(child)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_browser_of_this_machine_sees_the_status_page(ddns: Program, sim: Cloudflare) -> None:
    """``status --web`` shows it until Ctrl-C, as it is at each request; silent and hasty clients hold up nobody."""
    child = ddns.start(DOMAINS=HOME)
    eventually(lambda: ddns.healthy(DOMAINS=HOME))
    web = ddns.start("status", "--web", "0", DOMAINS=HOME)
    assert web.stdout is not None
    url = re.findall(r"http://127\.0\.0\.1:[0-9]+/", web.stdout.readline())[0]
    at = ("127.0.0.1", int(url.split(":")[2].rstrip("/")))
    with socket.create_connection(at):  # says nothing
        socket.create_connection(at).close()  # goes at once
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- loopback
            text, headers = answer.read().decode(), answer.headers
        head = urllib.request.Request(url, method="HEAD")  # noqa: S310 -- likewise
        with urllib.request.urlopen(head, timeout=10) as answer:  # noqa: S310 -- likewise
            assert answer.read() == b""
    assert f"A {HOME}" in text
    assert sim.token not in text
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    stop(child)
    with pytest.raises(urllib.error.HTTPError, match="503"):
        urllib.request.urlopen(url, timeout=10)  # noqa: S310 -- likewise
    web.send_signal(signal.SIGINT)
    web.communicate(timeout=10)
    assert web.returncode == 0


def test_the_status_page_is_for_this_machine_only(ddns: Program) -> None:
    """An address that others reach is refused, and so are combinations without sense."""
    for arguments in (("--web", "192.0.2.1"), ("--web=192.168.1.2:80",), ("--web", "--json")):
        result = ddns.run("status", *arguments)
        assert result.code == 2, result.out
    assert ddns.run("run", "--web", DOMAINS=HOME).code == 2

"""Healthchecks and Uptime Kuma against a recording server."""

import pytest

from ddns.core.reports.messages import Kind
from ddns.errors import DdnsError, NetError
from ddns.notify.healthchecks import Healthchecks
from ddns.notify.uptimekuma import UptimeKuma
from ddns.ports import Request, Response
from tests.fakes.httpserver import Answer
from tests.fakes.notifykit import Script, hub

HC = "https://hc.example/hushhush/"
KUMA = "https://kuma.example/api/push/hushhush?status=up&msg=OK&ping="


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("start", "/hushhush/start"),
        ("ok", "/hushhush"),
        ("fail", "/hushhush/fail"),
        ("log", "/hushhush/log"),
        ("exit", "/hushhush/0"),
    ],
)
def test_healthchecks_pings(kind: Kind, path: str) -> None:
    """Each kind of ping has its own address; the message is the body."""
    with hub(Answer(200, b"OK\n")) as found:
        Healthchecks(HC, found).ping(kind, "é")

        (call,) = found.calls
        assert (call.method, call.target, call.body.decode()) == ("POST", path, "é")


def test_a_round_without_news_still_pings() -> None:
    """An empty message is sent, except as a log, which would say nothing."""
    with hub(Answer(200, b"OK")) as found:
        Healthchecks(HC, found).ping("ok", "")
        Healthchecks(HC, found).ping("log", "")

        assert [call.body for call in found.calls] == [b""]


@pytest.mark.parametrize("body", [b"OK (not found)", b"OK (rate limited)", b"", b"<html>"])
def test_only_ok_is_ok(body: bytes) -> None:
    """A ping that counts for nothing is a failure, although its status is 200."""
    with hub(Answer(200, body)) as found, pytest.raises(DdnsError, match="did not count") as caught:
        Healthchecks(HC, found).ping("ok", "")
    assert "hushhush" not in caught.value.message


@pytest.mark.parametrize("status", [201, 404, 500])
def test_other_statuses_are_failures(status: int) -> None:
    """Nothing but status 200 will do."""
    with hub(Answer(status, b"OK")) as found, pytest.raises(DdnsError) as caught:
        Healthchecks(HC, found).ping("ok", "")
    assert "hushhush" not in caught.value.message


def test_long_messages_are_cut() -> None:
    """A body stays below the ten thousand bytes that are shown."""
    with hub(Answer(200, b"OK")) as found:
        Healthchecks(HC, found).ping("fail", "é" * 9000)

        assert 9000 < len(found.calls[0].body) <= 10_000


@pytest.mark.parametrize(("sent", "attempts"), [(False, 2), (True, 1)])
def test_pings_that_surely_got_lost_are_repeated_once(*, sent: bool, attempts: int) -> None:
    """A connection that failed before anything was written is tried again; anything else is not."""

    def fail(_: Request) -> Response:
        raise NetError("no route", sent=sent)

    script = Script(fail)
    with pytest.raises(NetError, match="no route"):
        Healthchecks(HC, script).ping("ok", "")
    assert len(script.requests) == attempts


@pytest.mark.parametrize(
    ("kind", "message", "query"),
    [
        ("ok", "Set a to b", "msg=OK&ping=&status=up"),
        ("fail", "a b", "msg=a%20b&ping=&status=down"),
        ("fail", "", "msg=Failing&ping=&status=down"),
    ],
)
def test_kuma_goes_up_and_down(kind: Kind, message: str, query: str) -> None:
    """Up always says OK, down says why; the URL's own query is not used."""
    with hub(Answer(200, b'{"ok":true}')) as found:
        UptimeKuma(KUMA, found).ping(kind, message)

        (call,) = found.calls
        assert (call.method, call.target) == ("GET", f"/api/push/hushhush?{query}")


def test_the_kinds_of_ping_a_monitor_has() -> None:
    """Uptime Kuma has no address for start, log and exit, so ``Fanout`` gives it none."""
    with hub() as found:
        assert UptimeKuma(KUMA, found).kinds == {"ok", "fail"}
        assert Healthchecks(HC, found).kinds == {"start", "ok", "fail", "log", "exit"}


@pytest.mark.parametrize("body", [b'{"ok":false,"msg":"monitor not found"}', b"{}", b"<html>"])
def test_kuma_must_say_ok(body: bytes) -> None:
    """An answer that is not ok is a failure, and tells nothing of the URL."""
    with hub(Answer(200, body)) as found, pytest.raises(DdnsError) as caught:
        UptimeKuma(KUMA, found).ping("ok", "")
    assert "hushhush" not in caught.value.message


def test_kuma_messages_are_cut() -> None:
    """A message in a URL stays short."""
    with hub(Answer(200, b'{"ok":true}')) as found:
        UptimeKuma(KUMA, found).ping("fail", "x" * 9000)

        assert len(found.calls[0].target) < 1000

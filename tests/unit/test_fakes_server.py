"""The simulator's server: faults, families, TLS, echoes, the control endpoint, and the program."""

import http.client
import io
import socket
import ssl
import struct
import threading
import time
from contextlib import redirect_stdout
from pathlib import Path

import orjson
import pytest

from tests.fakes.asking import ask
from tests.fakes.cf_program import main
from tests.fakes.cloudflare import Cloudflare, TlsFault
from tests.fakes.faults import Fault, broken, refused, too_many


@pytest.mark.parametrize("kind", ["reset", "reset-after", "truncate"])
def test_a_connection_breaks_before_or_after(kind: str) -> None:
    """The client sees a broken connection; only ``reset`` comes before the request is applied."""
    with Cloudflare() as sim:
        sim.fault(Fault(kind, "POST"))  # type: ignore[arg-type]  # the three of the test's parameters
        zone = sim.zone("example.org").id
        with pytest.raises((OSError, http.client.HTTPException)):
            ask(sim, "POST", f"/zones/{zone}/dns_records", {"type": "A", "name": "x", "content": "192.0.2.1"})

        assert len(sim.records("example.org")) == (0 if kind == "reset" else 1)
        assert len(sim.requests("POST")) == 1
        assert ask(sim, "GET", "/zones").status == 200


def test_answers_can_be_scripted() -> None:
    """Instead of the answer, before or after applying: status, headers, body, or a lot of it."""
    with Cloudflare(tls=False) as sim:
        sim.fault(too_many(9), broken(503, path="zones"), refused(1, "no"), Fault("huge", size=99))
        assert ask(sim, "GET", "/zones").headers["retry-after"] == "9"
        sim.faults.clear()
        sim.fault(broken(503, path="zones", applied=True), Fault("huge", path="ips", size=99, times=0))
        assert ask(sim, "GET", "/zones").headers["cf-ray"]
        assert ask(sim, "GET", "/ips").body == b" " * 99
        assert ask(sim, "GET", "/ips").body == b" " * 99
        sim.fault(refused(7, "no"))
        assert ask(sim, "GET", "/zones").json["success"] is False


def test_a_fault_hits_the_requests_it_means() -> None:
    """By method, by path, the nth one and so many after it."""
    with Cloudflare(tls=False) as sim:
        sim.fault(broken(500, method="GET", path=r"zones\?name=x", times=2)._replace(nth=2))
        statuses = [ask(sim, "GET", "/zones?name=x").status for _ in range(4)]

        assert statuses == [200, 500, 500, 200]
        assert ask(sim, "GET", "/zones?name=y").status == 200


@pytest.mark.parametrize("kind", ["delay", "delay-after", "slow"])
def test_a_slow_answer_comes_and_a_close_cuts_it_short(kind: str) -> None:
    """Slow answers are whole in the end; closing the simulator does not wait for them."""
    with Cloudflare(tls=False) as sim:
        sim.fault(Fault(kind, path="ips", seconds=0.001))  # type: ignore[arg-type]  # the three of the test's parameters
        assert "etag" in ask(sim, "GET", "/ips").result

        sim.fault(Fault(kind, path="ips", seconds=60))  # type: ignore[arg-type]  # likewise
        caught: list[Exception] = []
        thread = threading.Thread(target=lambda: _swallow(sim, caught))
        thread.start()
        while len(sim.requests("GET", "ips")) < 2:
            time.sleep(0.001)
        began = time.monotonic()
    thread.join(10)
    assert caught
    assert time.monotonic() - began < 10


def _swallow(sim: Cloudflare, caught: list[Exception]) -> None:
    try:
        ask(sim, "GET", "/ips")
    except (OSError, http.client.HTTPException) as error:
        caught.append(error)


def test_connections_are_kept_counted_and_hung_up() -> None:
    """Several requests share a connection until one side ends it; family and number are in the log."""
    with Cloudflare(tls=False) as sim:
        connection = http.client.HTTPConnection("127.0.0.1", sim.port)
        for headers in ({}, {"Connection": "close"}):
            connection.request("GET", "/ip", headers={"User-Agent": "x", **headers})
            assert connection.getresponse().read() == b"81.2.69.142\n"
        connection.request("GET", "/ip", headers={"User-Agent": "x"})
        connection.getresponse().read()
        sim.server.hang_up()
        assert connection.sock.recv(1) == b""
        connection.close()

        assert [(call.family, call.connection) for call in sim.log] == [(4, 1), (4, 1), (4, 2)]
        assert sim.server.opened == [4, 4]


def test_both_families_share_a_port() -> None:
    """Each family has its own address in the trace; the port is the same."""
    with Cloudflare() as sim:
        sim.set_address("81.2.69.1", "2a02:6b8::1")
        context = ssl.create_default_context(cafile=sim.ca_file)
        found = {}
        for host in ("127.0.0.1", "::1")[: len(sim.server.families)]:
            connection = http.client.HTTPSConnection(host, sim.port, context=context)
            connection.request("GET", "/cdn-cgi/trace", headers={"User-Agent": "x"})
            lines = dict(line.split("=", 1) for line in connection.getresponse().read().decode().splitlines())
            connection.close()
            found[lines["h"]] = lines["ip"]
            assert (lines["warp"], lines["uag"]) == ("off", "x")
    expected = {"127.0.0.1": "81.2.69.1", "[::1]": "2a02:6b8::1"}
    assert found == dict(list(expected.items())[: len(found)])


def test_a_host_without_port_is_told_whole() -> None:
    """``h`` is the host as asked."""
    with Cloudflare(tls=False) as sim:
        assert b"\nh=cloudflare.com\n" in ask(sim, "GET", "//cdn-cgi/trace", headers={"Host": "cloudflare.com"}).body


def test_dns_over_https_says_who_asks() -> None:
    """The whoami question of class CH, by POST and GET; other names do not exist; rubbish is refused."""
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06whoami\x0acloudflare\x00\x00\x10\x00\x03"
    wire = {"Content-Type": "application/dns-message"}
    with Cloudflare(tls=False) as sim:
        post = ask(sim, "POST", "//dns-query", query, wire).body
        get = ask(sim, "GET", "//dns-query?dns=EjQBAAABAAAAAAAABndob2FtaQpjbG91ZGZsYXJlAAAQAAM").body
        assert post == get
        assert post.endswith(b"\x0b81.2.69.142")
        assert struct.unpack("!6H", post[:12]) == (0x1234, 0x8180, 1, 1, 0, 0)
        other = ask(sim, "POST", "//dns-query", query.replace(b"whoami", b"whoyou"), wire).body
        assert other[3] & 15 == 3
        assert ask(sim, "POST", "//dns-query", query).status == 400
        assert ask(sim, "GET", "//dns-query?dns=").status == 400


@pytest.mark.parametrize("fault", ["expired", "early", "wrong-name", "stranger"])
def test_bad_certificates_are_bad(fault: TlsFault) -> None:
    """A client that checks refuses each of them; the server goes on."""
    with Cloudflare(tls_fault=fault) as sim:
        with pytest.raises(ssl.SSLCertVerificationError):
            ask(sim, "GET", "/zones")
        assert sim.log == []


def test_rubbish_does_not_stop_the_server() -> None:
    """Bytes that are no HTTP, and connections that say nothing, end; the next one is served."""
    with Cloudflare(tls=False) as sim:
        for rubbish in (b"rubbish\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b""):
            with socket.create_connection(("127.0.0.1", sim.port)) as sock:
                sock.sendall(rubbish)
                sock.shutdown(socket.SHUT_WR)
                assert sock.recv(1) == b""
        assert ask(sim, "GET", "/zones").status == 200


def test_a_port_in_use_is_an_error() -> None:
    """A port asked for by number must be free."""
    with Cloudflare(tls=False) as sim, pytest.raises(OSError, match=r"[Aa]ddress already in use"):
        Cloudflare(tls=False, port=sim.port)


def test_the_control_endpoint_drives_everything() -> None:
    """Seed, trace, faults, state and log, without credentials and without being logged."""
    with Cloudflare(tls=False) as sim:
        record = {"type": "A", "name": "home", "content": "192.0.2.1"}
        seed = {"zones": {"example.org": [record], "example.net": []}, "lists": {"home": ["192.0.2.0/24"]}}
        assert ask(sim, "POST", "//_sim/seed", seed).status == 200
        ask(sim, "POST", "//_sim/trace", {"4": "81.2.69.9"})
        ask(sim, "POST", "//_sim/fault", {"kind": "answer", "status": 418})
        assert ask(sim, "GET", "/zones").status == 418

        assert [call["path"] for call in ask(sim, "GET", "//_sim/log").json] == ["/client/v4/zones"]
        state = ask(sim, "GET", "//_sim/state").json
        assert [each["content"] for each in state["zones"]["example.org"]] == ["192.0.2.1"]
        assert state["lists"] == {"home": ["192.0.2.0/24"]}
        assert (state["trace"]["4"], state["requests"]) == ("81.2.69.9", 1)
        ask(sim, "POST", "//_sim/forget")
        assert sim.log == []
        for path, body in (("//_sim/nothing", {}), ("//_sim/fault", {"oops": 1}), ("//_sim/seed", b"{")):
            assert ask(sim, "POST", path, body).status == 400


def test_the_program_serves_until_it_is_stopped(tmp_path: Path) -> None:
    """It prints its base URL and token, writes its root certificate, and takes a seed."""
    stop, printed = threading.Event(), io.StringIO()
    seed = tmp_path / "seed.json"
    seed.write_bytes(orjson.dumps({"zones": {"example.org": []}}))
    argv = [
        "--ca-file",
        str(tmp_path / "ca.pem"),
        "--seed",
        str(seed),
        "--token",
        "invented",
        "--address4",
        "81.2.69.3",
    ]
    with redirect_stdout(printed):
        thread = threading.Thread(target=main, args=(argv, stop))
        thread.start()
        while "token" not in printed.getvalue():
            time.sleep(0.001)
        url = printed.getvalue().splitlines()[0]
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        connection = http.client.HTTPSConnection("localhost", int(url.split(":")[2].split("/")[0]), context=context)
        connection.request("GET", "/client/v4/zones", headers={"Authorization": "Bearer invented", "User-Agent": "x"})
        assert orjson.loads(connection.getresponse().read())["result"][0]["name"] == "example.org"
        connection.close()
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_a_seed_that_cloudflare_would_refuse_is_refused(tmp_path: Path) -> None:
    """One line says why."""
    seed = tmp_path / "seed.json"
    seed.write_bytes(orjson.dumps({"zones": {"example.org": [{"type": "A", "name": "x", "content": "x"}]}}))

    with pytest.raises(SystemExit, match="valid IPv4 address"):
        main(["--http", "--seed", str(seed)], threading.Event())

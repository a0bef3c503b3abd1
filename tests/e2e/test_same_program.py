"""The frozen program is the same program: hostile inputs have the same output, exit code and effects on both.

Run with ``python -m ddns`` alone the table shows that none of them is an unexpected error; with DDNS_COMMAND each is
run on the sources as well and must be equal.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from ddns.config.settingstable import SETTINGS
from tests.e2e.program import COMMAND, FOUR, SIX, Program, plain
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault

SOURCES = [sys.executable, "-m", "ddns"]
ONCE = ("run", "--once")
TEXTS = {
    "escape": "\x1b[31mred",
    "mark": "\u202egro",
    "lines": "one\ntwo\r\nthree",
    "latin": os.fsdecode(b"caf\xe9"),
    "digits": "9" * 5000,
    "open": '{[("',
    "emoji": "\U0001f431.ws",
    "percent": "%00%zz$CF_DDNS_X",
    "dash": "-",
    "commas": ",,,",
}
"""What no setting expects."""
ALONE = ("DOMAINS", "IP4_PROVIDER", "PROXIED", "UPDATE_CRON", "TZ", "RECORD_COMMENT", "WAF_LISTS", "SHOUTRRR", "TTL")
BYTES = {
    "nul": b"\0\0\0\0{}",
    "nul after": b"{}\0",
    "utf-16": "{}".encode("utf-16"),
    "utf-32": "{}".encode("utf-32"),
    "mark": b"\xef\xbb\xbf{}",
    "latin": b'{"domains": "caf\xe9"}',
    "empty": b"",
    "blank": b" \n",
    "list": b"[]",
    "null": b"null",
    "deep": b"[" * 5000,
    "deep objects": b'{"a":' * 5000,
    "half pair": b'{"record_comment": "\\ud800", "domains": ["a.example.org"]}',
    "not a number": b'{"ttl": NaN}',
    "huge": b'{"ttl": 1' + b"0" * 5000 + b"}",
    "float": b'{"ttl": 1e999}',
    "comma": b'{"ttl": 1,}',
    "twice": b'{"ttl": 1, "ttl": 1}',
    "html": b"<html>503</html>",
    "wrong types": b'{"success": "true", "result": {"id": 7}, "errors": null, "result_info": []}',
    "strange": b'{"success": true, "result": [null, 7, {"id": "\\u0000", "name": ["x"]}], "errors": [], "version": []}',
}
"""What no file and no answer should hold."""
ADDRESSES = {
    "nul": b"ip=\x009.9.9.9\n",
    "utf-16": "ip=9.9.9.9\n".encode("utf-16"),
    "latin": b"ip=9.9.9.9\xe9\n",
    "digits": "ip=\u0669.9.9.9\n".encode(),
    "zeros": b"ip=09.9.9.9\n",
    "zone": b"ip=fe80::1%eth0\n",
    "none": b"",
}


class Ending(NamedTuple):
    """What a run did: exit code, printed lines, records, and the requests it made."""

    code: int
    out: list[str]
    records: list[tuple[str, str, str]]
    requests: list[str]


def ending(command: list[str], folder: Path, args: tuple[str, ...], env: Mapping[str, str], *faults: Fault) -> Ending:
    """Run one of the programs against a Cloudflare of its own."""
    with Cloudflare(zones=("example.org", "example.net")) as sim:
        sim.set_address(FOUR, SIX)
        for fault in faults:
            sim.fault(fault)
        program = Program(sim, folder)
        program.command = command
        try:
            result = program.run(*args, **{"UPDATE_TIMEOUT": "2s", **env})
        finally:
            program.close()
        requests = sorted({plain(f"{call.method} {call.target}") for call in sim.log})
        return Ending(result.code, plain(result.out).splitlines(), sim.records("example.org"), requests)


def same(folder: Path, args: tuple[str, ...], env: Mapping[str, str], *faults: Fault) -> Ending:
    """Run the program under test, and the sources where that is another; both must end alike, and as expected."""
    found = ending(COMMAND, folder, args, env, *faults)
    told = "\n".join(found.out)
    assert "unexpected" not in told, told
    assert "Traceback" not in told, told
    assert all(line.isprintable() for line in found.out), found.out
    if COMMAND != SOURCES:
        assert found == ending(SOURCES, folder, args, env, *faults)
    return found


def every_text() -> Iterator[tuple[str, str]]:
    """Return each text for all settings at once, and for three of some alone."""
    for number, text in enumerate(TEXTS):
        yield from ((name, text) for name in ("all", *(ALONE + ALONE)[number : number + 3]))


@pytest.mark.parametrize(("name", "text"), list(every_text()))
def test_settings(tmp_path: Path, name: str, text: str) -> None:
    """A text where it has no business: the same messages, one line each."""
    names = [one.name for one in SETTINGS] if name == "all" else [name]
    env = {"DOMAINS": "a.example.org"} | dict.fromkeys(names, TEXTS[text])
    env["UPDATE_TIMEOUT"] = "2s"
    assert same(tmp_path, ("check",), env).code in {0, 2}


@pytest.mark.parametrize("kind", BYTES)
def test_configuration_files(tmp_path: Path, kind: str) -> None:
    """A file that is not one: exit 2, and the file is named."""
    path = tmp_path / "c.json"
    path.write_bytes(BYTES[kind])
    found = same(tmp_path, ("check", "--config", str(path)), {})
    assert found.code == 2


@pytest.mark.parametrize("kind", BYTES)
def test_secret_files(tmp_path: Path, kind: str) -> None:
    """A token or a list of services that is neither."""
    path = tmp_path / "secret"
    path.write_bytes(BYTES[kind])
    env = {"DOMAINS": "a.example.org", "CLOUDFLARE_API_TOKEN": "", "CLOUDFLARE_API_TOKEN_FILE": str(path)}
    assert same(tmp_path, ("check",), env).code == (0 if kind == "null" else 2)
    same(tmp_path, ("check",), {"DOMAINS": "a.example.org", "SHOUTRRR_FILE": str(path)})


@pytest.mark.parametrize("kind", BYTES)
def test_state_files(tmp_path: Path, kind: str) -> None:
    """A state file that nobody wrote changes nothing about the round, and is left as it is."""
    path = tmp_path / "state"
    path.write_bytes(BYTES[kind])
    found = same(tmp_path, ONCE, {"DOMAINS": "a.example.org", "STATE_FILE": str(path)})
    assert found.records == [("a.example.org", "A", FOUR)]


@pytest.mark.parametrize("place", ["/zones\\?", "dns_records\\?", "dns_records/batch"])
@pytest.mark.parametrize("kind", BYTES)
def test_answers(tmp_path: Path, kind: str, place: str) -> None:
    """An answer of the API that is none: never an unexpected error, and no second record."""
    fault = Fault("answer", path=place, times=0, headers={"Content-Type": "application/json"}, body=BYTES[kind] or b" ")
    found = same(tmp_path, ONCE, {"DOMAINS": "a.example.org"}, fault)
    assert found.code == 1
    assert found.records == []


@pytest.mark.parametrize("kind", ADDRESSES)
def test_addresses(tmp_path: Path, kind: str) -> None:
    """What a source answers instead of an address is unknown."""
    fault = Fault("answer", path="/cdn-cgi/trace", times=0, body=ADDRESSES[kind] or b" ")
    found = same(tmp_path, ONCE, {"DOMAINS": "a.example.org"}, fault)
    assert (found.code, found.records) == (1, [])


@pytest.mark.parametrize(
    "args",
    [
        ("--",),
        ("-",),
        ("chekc",),
        ("check", "plan"),
        ("--ttl",),
        ("--nonsense=\x1b[31m",),
        ("--config",),
        ("--config", "/nowhere/\x07"),
        ("help", "nothing"),
        ("check", os.fsdecode(b"--comment=\xe9")),
    ],
)
def test_arguments(tmp_path: Path, args: tuple[str, ...]) -> None:
    """A command line nobody can mean."""
    assert same(tmp_path, args, {"DOMAINS": "a.example.org"}).code in {0, 2}


def test_json_output_is_the_same(tmp_path: Path) -> None:
    """One object a line, of the same keys."""
    found = same(tmp_path, (*ONCE, "--json"), {"DOMAINS": "a.example.org"})
    assert all(json.loads(line)["event"] for line in found.out)

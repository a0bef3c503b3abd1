"""The published schema: what the simulator answers and what the program sends is checked against it."""

import json
from collections.abc import Iterator

import pytest
import urllib3

from tests.fakes.cf_schema import against_schema, complaints
from tests.fakes.cloudflare import Cloudflare

ZONE = "0" * 32
RECORDS = f"/zones/{ZONE}/dns_records"


@pytest.fixture
def sim() -> Iterator[Cloudflare]:
    """Serve a zone without TLS."""
    with Cloudflare(tls=False) as server:
        yield server


def answer(*records: dict[str, object], **fields: object) -> bytes:
    """Return a listing."""
    page = {"count": len(records), "page": 1, "per_page": 100, "total_count": len(records)}
    return json.dumps(
        {"success": True, "errors": [], "messages": [], "result": records, "result_info": page, **fields}
    ).encode()


def test_a_sound_exchange_has_no_complaint(sim: Cloudflare) -> None:
    """What the simulator keeps is what the API would show."""
    sim.add_record("example.org", "A", "home.example.org", "192.0.2.1", comment=None)
    record = sim.record("example.org", "home.example.org")

    assert complaints("GET", RECORDS, b"", 200, answer(record)) == []
    assert complaints("GET", "/nowhere", b"", 200, b"?") == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "not JSON"),
        (answer(success="yes"), "success"),
        (answer({"id": ZONE, "name": "a.example.org", "type": "A", "content": "192.0.2.1", "ttl": "auto"}), "result"),
    ],
)
def test_a_wrong_answer_is_named(body: bytes, words: str) -> None:
    """Each complaint says which request, and where in the answer."""
    (found, *_) = complaints("GET", RECORDS, b"", 200, body)

    assert found.startswith(f"GET {RECORDS} (200): ")
    assert words in found


def test_a_wrong_request_is_named() -> None:
    """Only where it succeeded: what is refused may be anything."""
    done = json.dumps({"success": True, "errors": [], "messages": [], "result": {}}).encode()
    found = complaints("POST", f"{RECORDS}/batch", b'{"deletes": [{"id": 7}]}', 200, done)

    assert [each for each in found if "sent: deletes" in each]
    refused = complaints("POST", f"{RECORDS}/batch", b'{"deletes": [{"id": 7}]}', 400, done)
    assert not [each for each in refused if "sent" in each]


def test_everything_a_simulator_has_answered_is_checked(sim: Cloudflare) -> None:
    """A listing of zones, and a refusal, which has its form, too."""
    for token in (sim.token, "wrong" * 8):
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "test"}
        urllib3.request("GET", f"{sim.base_url}/zones?page=1", headers=headers)

    assert [answer.status for _, answer in sim.answered] == [200, 403]
    assert against_schema(sim) == []

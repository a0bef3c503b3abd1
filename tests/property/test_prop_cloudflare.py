"""Whatever comes back from the API, the adapter says what is known: a whole result, or an ApiError."""

from ipaddress import IPv4Address
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from ddns.cloudflare.ask import Answer, Ask
from ddns.cloudflare.dnsrecords import list_records
from ddns.cloudflare.envelope import read
from ddns.cloudflare.paging import Pages, collect
from ddns.cloudflare.transport import Transport
from ddns.core.entries import Metadata
from ddns.core.planning.plan import Create, Delete, Patch
from ddns.core.records import ADDRESSES, Zone
from ddns.core.settings import Access, Credential
from ddns.errors import ApiError, Exists, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.ports import Request, Response
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.memory import Change, MemoryDns
from tests.fakes.scripted import SECRET, good, raw
from tests.fakes.ticking import TickingClock
from tests.fakes.wired import wired

READ = Ask("GET", "/zones", "list the zones")
WRITE = READ._replace(method="POST", body=b"{}", writes=True)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ERRORS = st.lists(st.fixed_dictionaries({"code": st.integers(0, 99999) | JSON, "message": st.text() | JSON}))
ENVELOPES = st.fixed_dictionaries(
    {}, optional={"success": st.booleans() | JSON, "errors": ERRORS | JSON, "result": JSON}
)
BODIES = st.binary(max_size=50) | JSON.map(orjson.dumps) | ENVELOPES.map(orjson.dumps)
ROWS = st.fixed_dictionaries(
    {"id": st.text(max_size=2) | JSON, "type": st.sampled_from(["A", "AAAA", "TXT"]) | JSON},
    optional={
        **dict.fromkeys(("ttl", "proxied", "comment", "tags", "meta"), JSON),
        **dict.fromkeys(("name", "content"), st.text() | JSON),
    },
)


class AlwaysHttp:
    """Gives one answer for ever."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer

    def send(self, request: Request) -> Response:
        """See the port."""
        del request
        return self.answer

    def drop_idle(self) -> None:
        """See the port."""

    def abort(self) -> None:
        """See the port."""


@given(st.integers(100, 999), BODIES, st.sampled_from([READ, WRITE]))
def test_an_answer_is_a_success_or_an_api_error(status: int, body: bytes, ask: Ask) -> None:
    """A success only for 2xx with ``success: true``; a refusal only when something said no; else nothing is known."""
    result = outcome(status, body, ask)
    if isinstance(result, RateLimited):
        assert status == 429
        assert result.retry_after > 0
    elif isinstance(result, Unavailable | Unconfirmed):
        assert isinstance(result, Unconfirmed) == ask.writes
    elif isinstance(result, ApiError):
        assert 400 <= status < 500 or orjson.loads(body)["success"] is False
        assert "\n" not in result.message
    else:
        assert 200 <= status < 300
        assert orjson.loads(body)["success"] is True
        assert result.result is not None


def outcome(status: int, body: bytes, ask: Ask) -> Answer | ApiError:
    """Return what an answer becomes."""
    try:
        return read(ask, raw(body, status), SECRET)
    except ApiError as error:
        return error


@given(
    st.lists(ROWS, max_size=3), st.dictionaries(st.sampled_from(["count", "total_count", "total_pages", "page"]), JSON)
)
def test_any_rows_are_records_or_an_error(rows: list[dict[str, Any]], info: dict[str, Any]) -> None:
    """A reading that raises nothing else and never loops, with no row of a wanted type lost."""
    http = AlwaysHttp(good(rows, info))
    transport = Transport(http, Access(Credential(SECRET)), TickingClock(), 30.0)
    try:
        found = list_records(transport, Zone("z", "example.org"), frozenset(), ADDRESSES)
    except ApiError:
        return
    assert {each.id for each in found} == {row["id"] for row in rows if row["type"] in {"A", "AAAA"}} - lost_twins(rows)


def lost_twins(rows: list[dict[str, Any]]) -> set[str]:
    """Return ids that a later row of another type uses too: the same id twice is one record, the last told."""
    last = {row["id"]: row["type"] for row in rows if isinstance(row["id"], str)}
    return {key for key, kind in last.items() if kind not in {"A", "AAAA"}}


@given(st.integers(0, 30), st.integers(1, 7), st.integers(1, 7), st.booleans())
def test_pages_of_any_size_give_every_row_once(total: int, size: int, served: int, told: bool) -> None:  # noqa: FBT001 -- drawn
    """Whatever the server makes of the size asked for, all rows are read, as long as it tells its numbers."""
    served = served if told else size
    rows = [{"id": str(number)} for number in range(total)]

    class Paged(AlwaysHttp):
        def send(self, request: Request) -> Response:
            page = int(request.url.rpartition("=")[2])
            part = rows[(page - 1) * served : page * served]
            info = {"total_count": total, "total_pages": -(-total // served), "count": len(part)} if told else {}
            return good(part, info)

    transport = Transport(Paged(good([])), Access(Credential(SECRET)), TickingClock(), 30.0)
    pages = Pages(lambda page: Ask("GET", f"/x?page={page}", "read x"), size, 100, lambda _, row: row)
    assert collect(transport, pages, transport.deadline()) == rows


STEPS = st.lists(
    st.tuples(st.sampled_from(["create", "patch", "delete"]), st.integers(0, 2), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, max_size=3))
def test_memory_and_simulator_agree(batches: list[list[tuple[str, int, int]]]) -> None:
    """Any batches end in the same records, and fail alike."""
    zone = Zone("1" * 32, "example.org")
    memory = MemoryDns([zone])
    with Simulator(tls=False) as sim, wired(sim) as api:
        (real,) = api.find_zones("example.org")
        for batch in batches:
            ends = [apply(memory, zone, batch), apply(api, real, batch)]
            assert ends[0] == ends[1]


def apply(api: Any, zone: Zone, drawn: list[tuple[str, int, int]]) -> tuple[object, list[tuple[str, str]]]:  # noqa: ANN401 -- any
    """Apply a batch; return how it ended and what is there."""
    records = sorted(api.records(zone), key=lambda record: (record.name, record.content))
    steps: list[Change] = []
    for kind, name, address in drawn:
        content = str(IPv4Address(0xC0000200 + address))
        if kind == "create":
            steps.append(Create(f"n{name}.example.org", "A", content, Metadata(), ""))
        elif records:
            record = records[name % len(records)]
            steps.append(
                Delete(record, "") if kind == "delete" else Patch(record, content, record.meta, frozenset(), "")
            )
    end: object = None
    try:
        api.batch(zone, steps)
    except Refused as error:
        end = Exists if isinstance(error, Exists) else Refused
    return end, sorted((record.name, record.content) for record in api.records(zone))

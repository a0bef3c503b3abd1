"""Records as the API tells them, and batches as it is told them."""

from typing import Any

import orjson
import pytest

from ddns.cloudflare.dnsrecords import list_records, send_batch
from ddns.core.entries import Metadata
from ddns.core.planning.plan import Create, Delete, Patch, RecordChange, Rewrite
from ddns.core.records import ADDRESSES, Record, Zone
from ddns.errors import ApiError, AuthError, Gone, RateLimited, Refused, Unavailable, Unconfirmed
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.faults import Fault, answer, broken, refused, too_many
from tests.fakes.scripted import good, scripted
from tests.fakes.wired import wired

ZONE = Zone("z", "example.org")
ROW: dict[str, Any] = {"id": "1", "name": "home.example.org", "type": "A", "content": "192.0.2.1"}
NEW = Create("home.example.org", "A", "192.0.2.1", Metadata(), "")
OLD = Record("1", "home.example.org", "A", "192.0.2.1", Metadata(300, proxied=True, comment="x"))


def listed(*rows: dict[str, Any], name: str = "", type_: str = "") -> tuple[Record, ...]:
    """Return what is read from these rows."""
    transport, _, _ = scripted(*[good(list(rows))] * 3)
    return list_records(transport, ZONE, frozenset({name} - {""}), frozenset({type_} - {""}) or ADDRESSES)


def sent(*steps: RecordChange) -> dict[str, Any]:
    """Return the body of a batch."""
    lists = ("deletes", Delete), ("patches", Patch | Rewrite), ("posts", Create)
    told = {key: [ROW for step in steps if isinstance(step, kind)] for key, kind in lists}
    transport, http, _ = scripted(good(told))
    send_batch(transport, ZONE, steps)
    body: dict[str, Any] = orjson.loads(http.sent[0].body)
    return body


def test_a_record_has_defaults_for_what_is_not_told() -> None:
    """Only id, name, type and content must be there; null comments and tags are empty."""
    assert listed(ROW) == (Record("1", "home.example.org", "A", "192.0.2.1", Metadata()),)
    assert listed({**ROW, "comment": None, "tags": None, "meta": None, "ttl": 300.0})[0].meta == Metadata(300)


def test_every_field_is_read() -> None:
    """Names without case or a dot at the end, addresses in canonical spelling, the mark of the system's own."""
    row = ROW | {"name": "Home.Example.org.", "type": "AAAA", "content": "2001:DB8:0:0::1", "ttl": 60, "proxied": True}
    row |= {"comment": "c", "tags": ["a:b"], "meta": {"read_only": True}}

    meta = Metadata(60, proxied=True, comment="c", tags=("a:b",))
    assert listed(row) == (Record("1", "home.example.org", "AAAA", "2001:db8::1", meta, read_only=True),)


@pytest.mark.parametrize(("type_", "content"), [("A", "localhost"), ("A", "2001:db8::1"), ("AAAA", "192.0.2.1")])
def test_content_that_is_no_address_of_its_type_is_kept(type_: str, content: str) -> None:
    """It is told as it stands there: the planner decides, nothing is hidden."""
    assert listed(ROW | {"type": type_, "content": content})[0].content == content


def test_other_records_are_left_out() -> None:
    """Other types, and names or types that were not asked for, are not told."""
    text = ROW | {"id": "2", "type": "TXT"}
    six = ROW | {"id": "3", "type": "AAAA", "content": "::1"}
    other = ROW | {"id": "4", "name": "other.example.org"}

    assert [each.id for each in listed(ROW, text, six, other)] == ["1", "3", "4"]
    assert [each.id for each in listed(ROW, text, six, other, name="home.example.org", type_="A")] == ["1"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"content": None},
        {"ttl": "1"},
        {"ttl": 1.5},
        {"proxied": 1},
        {"comment": 7},
        {"tags": "x"},
        {"tags": [7]},
    ],
)
def test_a_record_of_another_shape_fails_the_reading(change: dict[str, Any]) -> None:
    """A half-read record could be deleted or doubled, so the whole reading fails."""
    with pytest.raises(Unavailable):
        listed(ROW | change)


def test_the_question_names_what_is_asked_for() -> None:
    """One page is large; name and type go along, quoted."""
    transport, http, _ = scripted(good([]), good([]))
    list_records(transport, ZONE, frozenset(), ADDRESSES)
    list_records(transport, ZONE, frozenset({"*.example.org"}), frozenset({"AAAA"}))

    urls = [request.url.partition("/client/v4")[2] for request in http.sent]
    assert urls == [
        "/zones/z/dns_records?page=1&per_page=1000",
        "/zones/z/dns_records?page=1&per_page=1000&name=%2A.example.org&type=AAAA",
    ]


def test_a_list_without_end_is_an_error() -> None:
    """More pages than any zone can have are not read."""
    transport, _, _ = scripted(good([ROW], {"total_count": 10_000_000}))
    with pytest.raises(Unavailable, match="no end"):
        list_records(transport, ZONE, frozenset(), ADDRESSES)


def test_a_batch_says_only_what_is_needed() -> None:
    """Creations with their fields, patches with what changes, deletions by id; nothing that is empty."""
    assert sent(NEW) == {
        "posts": [{"type": "A", "name": "home.example.org", "content": "192.0.2.1", "ttl": 1, "proxied": False}]
    }
    full = NEW._replace(meta=Metadata(300, proxied=True, comment="c", tags=("a:b",)))
    assert sent(full)["posts"][0] | {"type": ""} == {
        "type": "", "name": "home.example.org", "content": "192.0.2.1",
        "ttl": 1, "proxied": True, "comment": "c", "tags": ["a:b"],
    }  # fmt: skip
    assert sent(Delete(OLD, "")) == {"deletes": [{"id": "1"}]}
    assert sent(Patch(OLD, "192.0.2.2", Metadata(), frozenset(), "")) == {
        "patches": [{"id": "1", "content": "192.0.2.2"}]
    }
    cleared = Patch(OLD, "192.0.2.1", Metadata(tags=("a:b",)), frozenset({"comment", "tags"}), "")
    assert sent(cleared) == {"patches": [{"id": "1", "comment": "", "tags": ["a:b"]}]}


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"posts": None},
        {"posts": []},
        {"posts": [{}], "patches": [{}]},
        {"patches": [{}]},
        {"posts": [7]},
        {"posts": 7},
    ],
)
def test_a_success_that_does_not_show_the_changes_is_not_believed(result: dict[str, Any]) -> None:
    """What a batch answers must be as many records as were sent, or it is read again."""
    transport, _, _ = scripted(good(result))
    with pytest.raises(Unconfirmed, match="could not confirm"):
        send_batch(transport, ZONE, [NEW])


@pytest.mark.parametrize(
    ("steps", "aim"),
    [
        ([NEW], "create A home.example.org = 192.0.2.1"),
        ([Delete(OLD, "")], "delete A home.example.org"),
        ([Patch(OLD, "192.0.2.2", Metadata(), frozenset(), "")], "update A home.example.org"),
        ([NEW, Delete(OLD, "")], "make 2 changes in zone example.org"),
    ],
)
def test_an_error_names_what_was_tried(steps: list[Create | Patch | Delete], aim: str) -> None:
    """One step is named with its record, more than one with the zone."""
    transport, _, _ = scripted(good([]))
    with pytest.raises(Unconfirmed, match=aim):
        send_batch(transport, ZONE, steps)


def test_a_zone_without_id_is_not_asked() -> None:
    """An empty ID would make another path."""
    transport, http, _ = scripted()
    with pytest.raises(Gone):
        send_batch(transport, Zone("", "example.org"), [NEW])
    with pytest.raises(Gone):
        list_records(transport, Zone("", "example.org"), frozenset(), ADDRESSES)
    assert http.sent == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("reset", times=0), Unavailable),
        (Fault("truncate", times=3), Unavailable),
        (Fault("huge", size=20_000_000, times=3), Unavailable),
        (answer("{'no': json}", times=3), Unavailable),
        (answer('{"success":true,"result":{"id":"x"},"errors":[],"messages":[]}'), Unavailable),
        (broken(520, times=3), Unavailable),
        (too_many(60), RateLimited),
        (refused(10000, "Authentication error"), AuthError),
        (refused(7003, "Could not route", 404), Gone),
    ],
)
def test_a_reading_that_goes_wrong_is_an_error_never_empty(fault: Fault, kind: type[ApiError]) -> None:
    """Whatever happens on the way, over TLS and the real client: no answer is no records known."""
    with Simulator() as sim, wired(sim) as api:
        sim.add_record("example.org", "A", "home.example.org", "192.0.2.1")
        (zone,) = api.find_zones("example.org")
        sim.fault(fault._replace(path="dns_records"))

        with pytest.raises(kind):
            api.records(zone)


@pytest.mark.parametrize(
    ("fault", "kind", "applied"),
    [
        (Fault("reset"), Unconfirmed, False),
        (Fault("reset-after"), Unconfirmed, True),
        (Fault("truncate"), Unconfirmed, True),
        (broken(502), Unconfirmed, False),
        (broken(524, applied=True), Unconfirmed, True),
        (answer("<html>", 200), Unconfirmed, False),
        (too_many(None), RateLimited, False),
        (refused(81053, "in the way", 400), Refused, False),
    ],
)
def test_a_batch_that_goes_wrong_is_sent_once(fault: Fault, kind: type[ApiError], *, applied: bool) -> None:
    """Whatever happens on the way, over TLS and the real client: one request, and an error that is true."""
    with Simulator() as sim, wired(sim) as api:
        (zone,) = api.find_zones("example.org")
        sim.fault(fault._replace(path="batch"))

        with pytest.raises(kind):
            api.batch(zone, [NEW])
        assert len(sim.requests("POST")) == 1
        assert len(sim.records("example.org")) == applied


def test_records_of_other_types_are_told_when_asked_for() -> None:
    """All types, or some; content that is missing is empty, and only addresses must have one."""
    rows = [
        ROW,
        ROW | {"id": "2", "type": "CNAME", "content": "x.test"},
        ROW | {"id": "3", "type": "TXT", "content": None},
    ]
    transport, _, _ = scripted(good(rows), good(rows))

    every = list_records(transport, ZONE, frozenset(), frozenset())
    some = list_records(transport, ZONE, frozenset({"home.example.org", "x.example.org"}), frozenset({"TXT", "A"}))

    assert [(each.type, each.content) for each in every] == [("A", "192.0.2.1"), ("CNAME", "x.test"), ("TXT", "")]
    assert [each.id for each in some] == ["1", "3"]
    assert list_records(scripted(good(rows))[0], ZONE, frozenset({"a", "b"}), ADDRESSES) == ()


def test_an_spf_record_gets_its_text_only() -> None:
    """Nothing else of it is sent."""
    step = Rewrite(("example.org", "SPF"), Record("1", "example.org", "TXT", '"old"'), '"new"', (), ())

    assert sent(step) == {"patches": [{"id": "1", "content": '"new"'}]}

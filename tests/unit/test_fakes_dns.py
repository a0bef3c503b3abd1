"""The simulator's zones and records behave as Cloudflare's do."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.asking import Got, ask
from tests.fakes.cloudflare import Cloudflare

GLOBAL = "81.2.69.142"


@pytest.fixture
def sim() -> Iterator[Cloudflare]:
    """Serve example.org without TLS."""
    with Cloudflare(tls=False) as sim:
        yield sim


def records(sim: Cloudflare) -> str:
    """Return the path of the records of example.org."""
    return f"/zones/{sim.zone('example.org').id}/dns_records"


def post(sim: Cloudflare, **fields: object) -> Got:
    """Create an A record of home.example.org, with these fields instead."""
    sent = {"type": "A", "name": "home.example.org", "content": GLOBAL} | fields
    return ask(sim, "POST", records(sim), sent)


def test_a_record_is_echoed_in_cloudflares_form(sim: Cloudflare) -> None:
    """Names as full lower-case ASCII, addresses in canonical spelling, no comment as null, TTL 1 when proxied."""
    made = post(sim, type="AAAA", name="Büro.Example.ORG.", content="2A02:06B8::0:1", ttl=300, proxied=True).result
    del made["id"], made["created_on"], made["modified_on"]
    assert made == {
        "name": "xn--bro-hoa.example.org", "type": "AAAA", "content": "2a02:6b8::1", "proxiable": True, "proxied": True,
        "ttl": 1, "settings": {}, "meta": {}, "comment": None, "tags": [],
    }  # fmt: skip
    assert post(sim, name="@").result["name"] == "example.org"
    assert post(sim, name="example.net").result["name"] == "example.net.example.org"
    assert post(sim, name="c", comment="x").result["comment_modified_on"]


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"type": "B"}, [400, 1004, 9002]),
        ({"name": ""}, [400, 1004, 9000]),
        ({"name": "a..b"}, [400, 1004, 9000]),
        ({"content": ""}, [400, 1004, 9020]),
        ({"content": "::1"}, [400, 1004, 9005]),
        ({"type": "AAAA"}, [400, 1004, 9005]),
        ({"ttl": 59}, [400, 1004, 9021]),
        ({"ttl": 86401}, [400, 1004, 9021]),
        ({"ttl": True}, [400, 9207]),
        ({"proxied": "yes"}, [400, 9207]),
        ({"type": "TXT", "proxied": True}, [400, 1004, 9004]),
        ({"content": "192.168.1.1", "proxied": True}, [400, 1004, 9041]),
        ({"comment": "x" * 101}, [400, 9313]),
        ({"comment": "a\nb"}, [400, 9312]),
        ({"tags": ["a:b"]}, [400, 1004, 9300]),
        ({"tags": "a:b"}, [400, 9207]),
    ],
)
def test_fields_are_validated(sim: Cloudflare, fields: dict[str, Any], codes: list[int]) -> None:
    """Each field that is wrong has its refusal, and nothing is created."""
    assert post(sim, **fields).codes == codes
    assert sim.records("example.org") == []


def test_paid_plans_may_do_more(sim: Cloudflare) -> None:
    """Longer comments and tags from Pro on, a TTL of 30 with Enterprise; tags have a form all the same."""
    sim.account.plan = "enterprise"

    assert post(sim, comment="x" * 500, tags=["b:c", "a:b"], ttl=30).result["tags"] == ["a:b", "b:c"]
    assert post(sim, name="x", tags=["a b"]).codes == [400, 1004, 9301]


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'"x"'])
def test_a_body_that_is_no_object_is_refused(sim: Cloudflare, body: bytes) -> None:
    """9207, alone and in a batch."""
    assert ask(sim, "POST", records(sim), body).codes == [400, 9207]
    assert ask(sim, "POST", records(sim) + "/batch", body).codes == [400, 9207]
    assert ask(sim, "POST", records(sim) + "/batch", {"posts": {"a": 1}}).codes == [400, 9207]
    assert ask(sim, "POST", records(sim) + "/batch", {"posts": [7]}).codes == [400, 9207]


def test_records_get_in_each_others_way(sim: Cloudflare) -> None:
    """Identical records, and a CNAME beside addresses, are refused; several addresses are fine."""
    assert post(sim).status == 200
    assert post(sim).codes == [400, 81058]
    assert post(sim, content="81.2.69.143").status == 200
    assert post(sim, type="CNAME", content="x.example.net").codes == [400, 81053]
    assert post(sim, type="CNAME", name="www", content="x.example.net").status == 200
    assert post(sim, name="www").codes == [400, 81054]
    sim.zone("example.org").quota = 3
    assert post(sim, name="more").codes == [400, 81045]


def test_patch_merges_and_put_resets(sim: Cloudflare) -> None:
    """PATCH keeps what is not sent; PUT returns it to its default."""
    made = post(sim, ttl=300, comment="mine").result["id"]
    patched = ask(sim, "PATCH", f"{records(sim)}/{made}", {"content": "81.2.69.143"}).result
    assert (patched["ttl"], patched["comment"], patched["content"]) == (300, "mine", "81.2.69.143")

    put = ask(sim, "PUT", f"{records(sim)}/{made}", {"type": "A", "name": "home", "content": GLOBAL}).result
    assert (put["ttl"], put["comment"], put["content"]) == (1, None, GLOBAL)
    assert "comment_modified_on" not in put
    assert ask(sim, "GET", f"{records(sim)}/{made}").result["id"] == made
    assert ask(sim, "DELETE", f"{records(sim)}/{made}", {}).json == {"result": {"id": made}}
    for method, body in (("GET", None), ("PATCH", {}), ("PUT", {}), ("DELETE", {})):
        assert ask(sim, method, f"{records(sim)}/{made}", body).codes == [404, 81044]


def test_managed_records_cannot_be_changed(sim: Cloudflare) -> None:
    """``meta.read_only`` is told, and edits are refused."""
    made = sim.add_record("example.org", "A", "mail.example.org", GLOBAL, read_only=True)

    assert ask(sim, "GET", f"{records(sim)}/{made}").result["meta"] == {"read_only": True}
    assert ask(sim, "DELETE", f"{records(sim)}/{made}").codes == [400, 1046]
    assert ask(sim, "PATCH", f"{records(sim)}/{made}", {"content": "81.2.69.1"}).codes == [400, 1046]


def test_a_batch_runs_in_its_order_as_one_transaction(sim: Cloudflare) -> None:
    """Deletes come first whatever the order of keys; any refusal undoes all, and only the first is told."""
    old = post(sim).result["id"]
    cname = {"type": "CNAME", "name": "home", "content": "x.example.net"}
    swapped = ask(sim, "POST", records(sim) + "/batch", {"posts": [cname], "deletes": [{"id": old}]}).result
    assert [len(swapped[key]) for key in ("deletes", "patches", "puts", "posts")] == [1, 0, 0, 1]

    before = sim.records("example.org")
    bad = {"type": "A", "name": "b", "content": GLOBAL}
    both = {"posts": [bad, bad, {"type": "B"}], "deletes": [{"id": swapped["posts"][0]["id"]}]}
    assert ask(sim, "POST", records(sim) + "/batch", both).codes == [400, 81058]
    assert sim.records("example.org") == before

    put = {"id": swapped["posts"][0]["id"], "type": "TXT", "name": "home", "content": "x"}
    ask(sim, "POST", records(sim) + "/batch", {"puts": [put]})
    assert sim.records("example.org") == [("home.example.org", "TXT", "x")]


def test_a_batch_has_a_limit_by_plan(sim: Cloudflare) -> None:
    """200 on Free, more on others."""
    posts = [{"type": "A", "name": f"n{number}", "content": GLOBAL} for number in range(201)]

    assert ask(sim, "POST", records(sim) + "/batch", {"posts": posts}).codes == [400, 1004]
    sim.account.plan = "pro"
    assert ask(sim, "POST", records(sim) + "/batch", {"posts": posts}).status == 200


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=HOME.example.org", ["home", "home"]),
        ("name.exact=home.example.org&type=AAAA", ["home"]),
        ("name.startswith=h&name.endswith=.org", ["home", "home"]),
        ("name.contains=ww", ["www"]),
        ("content.startswith=81.", ["home"]),
        ("comment.present", ["home"]),
        ("comment.absent", ["www", "home"]),
        ("comment.exact=MINE", ["home"]),
        ("tag=a:b", ["www"]),
        ("proxied=true", ["www"]),
        ("match=any&type=CNAME&comment=mine", ["home", "www"]),
        ("order=name&direction=desc", ["www", "home", "home"]),
        ("unknown=1&type.exact=A", ["home", "home", "www"]),
        ("per_page=1&page=2", ["home"]),
    ],
)
def test_listing_knows_cloudflares_filters(sim: Cloudflare, query: str, names: list[str]) -> None:
    """Text filters know no case; order, direction and pages are as asked for."""
    sim.account.plan = "pro"
    post(sim, comment="mine")
    post(sim, type="AAAA", content="2a02:6b8::1")
    post(sim, type="CNAME", name="www", content="example.net", proxied=True, tags=["A:B"])

    found = ask(sim, "GET", f"{records(sim)}?{query}").result
    assert sorted(each["name"].partition(".")[0] for each in found) == sorted(names)


@pytest.mark.parametrize("query", ["per_page=0", "page=0", "per_page=x", "order=age", "shadowed_by_name=x"])
def test_listing_refuses_what_cloudflare_does(sim: Cloudflare, query: str) -> None:
    """Pages out of bounds and unknown orders."""
    assert ask(sim, "GET", f"{records(sim)}?{query}").status == 400


def test_pages_tell_how_many_there_are(sim: Cloudflare) -> None:
    """The page information of records, and the 5 to 50 of zones."""
    for number in range(5):
        post(sim, name=f"n{number}")
    info = ask(sim, "GET", f"{records(sim)}?per_page=2&page=3").json["result_info"]
    assert info == {"page": 3, "per_page": 2, "count": 1, "total_count": 5, "total_pages": 3}

    assert ask(sim, "GET", "/zones?per_page=4").status == 400
    assert ask(sim, "GET", "/zones?per_page=51").status == 400
    assert ask(sim, "GET", "/zones").json["result_info"]["per_page"] == 20


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=example.org", ["example.org"]),
        ("name=例え.jp", ["例え.jp"]),
        ("name=xn--r8jz45g.jp", ["例え.jp"]),
        ("name=org", []),
        ("name=ends_with:.org", ["example.org"]),
        ("name=contains:xam", ["example.org"]),
        ("name=not_equal:example.org", ["例え.jp"]),
        ("name=starts_with_case_sensitive:e", ["example.org"]),
        ("status=pending", ["例え.jp"]),
        ("account.name=home&match=any&name=nobody", ["example.org", "例え.jp"]),
        ("account.id=0", []),
        ("type=internal", []),
    ],
)
def test_zones_are_found_as_cloudflare_finds_them(sim: Cloudflare, query: str, names: list[str]) -> None:
    """By name and operators, status, account; internal ones only when asked for."""
    sim.add_zone("例え.jp", status="pending")
    sim.add_zone("intern.example").type = "internal"
    names = ["intern.example"] if "internal" in query else names

    path = "".join(each if each.isascii() else "".join(f"%{byte:02X}" for byte in each.encode()) for each in query)
    assert sorted(zone["name"] for zone in ask(sim, "GET", f"/zones?{path}").result) == sorted(names)

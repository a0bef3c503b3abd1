"""Requests are signed, repeated only where that is safe, and paced."""

import pytest

from ddns.cloudflare.ask import LARGE, Ask
from ddns.cloudflare.pacing import LONGEST_PAUSE
from ddns.cloudflare.transport import Transport
from ddns.core.settings import Access, Credential
from ddns.errors import AuthError, NetError, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.ports import Response
from tests.fakes.scripted import SECRET, ScriptedHttp, bad, good, raw, scripted
from tests.fakes.ticking import TickingClock

READ = Ask("GET", "/zones", "list the zones")
WRITE = Ask("POST", "/zones/z/dns_records/batch", "make 2 changes in zone example.org", b"{}", writes=True, limit=LARGE)


def test_a_request_carries_the_token_and_nothing_else() -> None:
    """The bearer token is in its header; method, URL, body, limit and the time left are handed on; no redirect."""
    transport, http, _ = scripted(good({}), good([]))
    transport.ask(WRITE, transport.deadline())
    transport.ask(READ, transport.deadline())

    write, read = http.sent
    assert write.headers["Authorization"] == f"Bearer {SECRET}"
    assert write.headers["Content-Type"] == "application/json"
    assert (write.method, write.body, write.limit, write.seconds, write.redirects) == ("POST", b"{}", LARGE, 30.0, 0)
    assert write.url == "https://api.cloudflare.com/client/v4/zones/z/dns_records/batch"
    assert "Content-Type" not in read.headers
    assert transport.requests == 2


def test_the_global_key_is_sent_with_its_email() -> None:
    """An e-mail address makes the legacy pair of headers, and no Authorization."""
    http = ScriptedHttp(good([]))
    access = Access(Credential(SECRET, "me@example.org"), "https://api.cloudflare.com/client/v4/")
    transport = Transport(http, access, TickingClock(), 30.0)
    transport.ask(READ, transport.deadline())

    assert http.sent[0].headers["X-Auth-Email"] == "me@example.org"
    assert http.sent[0].headers["X-Auth-Key"] == SECRET
    assert "Authorization" not in http.sent[0].headers
    assert http.sent[0].url == "https://api.cloudflare.com/client/v4/zones"


@pytest.mark.parametrize(
    "base",
    [
        "http://api.cloudflare.com/client/v4",
        "http://192.0.2.1",
        "ftp://localhost",
        "http://",
        "",
        "http://evil.example\\@localhost",
    ],
)
def test_the_token_never_travels_in_clear(base: str) -> None:
    """Without TLS nothing is sent to another machine."""
    http = ScriptedHttp()
    transport = Transport(http, Access(Credential(SECRET), base), TickingClock(), 30.0)

    with pytest.raises(Refused, match="never sent without TLS"):
        transport.ask(READ, transport.deadline())
    assert http.sent == []


@pytest.mark.parametrize(
    "base", ["http://localhost:8080/v4", "http://127.0.0.1:1", "http://[::1]:1", "https://example.org"]
)
def test_loopback_needs_no_tls(base: str) -> None:
    """On this machine http will do."""
    http = ScriptedHttp(good([]))
    transport = Transport(http, Access(Credential(SECRET), base), TickingClock(), 30.0)
    transport.ask(READ, transport.deadline())

    assert http.sent[0].url == base + "/zones"


@pytest.mark.parametrize("fault", [NetError("gone"), raw(b"", 502), raw(b"garbage"), NetError("dns", sent=False)])
def test_a_reading_is_tried_three_times(fault: Response | NetError) -> None:
    """What changes nothing is asked again after half a second and one and a half, each try leaving time."""
    transport, http, clock = scripted(fault, fault, good([7]))

    assert transport.ask(READ, transport.deadline()).result == [7]
    assert clock.naps == [0.5, 1.5]
    assert [request.seconds for request in http.sent] == [15.0, 14.75, 28.0]


def test_a_reading_that_fails_three_times_fails() -> None:
    """After the third try the error is raised, with what the network said."""
    transport, http, _ = scripted(*[NetError("the connection was refused", "check the router")] * 3)

    with pytest.raises(Unavailable, match="list the zones: the connection was refused") as caught:
        transport.ask(READ, transport.deadline())
    assert caught.value.hint == "check the router"
    assert len(http.sent) == 3


def test_a_write_is_never_repeated_blindly() -> None:
    """An answer that was lost, or a fault of the server: the write may have happened, and is not sent again."""
    for fault in (NetError("reset"), raw(b"", 503), raw(b"{"), raw(b"", 302)):
        transport, http, _ = scripted(fault)

        with pytest.raises(Unconfirmed):
            transport.ask(WRITE, transport.deadline())
        assert len(http.sent) == 1


def test_a_write_that_never_left_is_tried_again() -> None:
    """As long as no byte was sent, even a write may be repeated; then it is known not to have happened."""
    never = NetError("no route", "check the cable", sent=False)
    transport, http, _ = scripted(never, good({}))
    transport.ask(WRITE, transport.deadline())
    assert len(http.sent) == 2

    transport, http, _ = scripted(never, never, never)
    with pytest.raises(Unavailable, match=r"could not make 2 changes in zone example\.org: no route"):
        transport.ask(WRITE, transport.deadline())


def test_a_definite_no_is_not_asked_again() -> None:
    """A refusal is the answer, for readings too."""
    transport, http, clock = scripted(bad(403, 9109))

    with pytest.raises(AuthError):
        transport.ask(READ, transport.deadline())
    assert (len(http.sent), clock.naps) == (1, [])


def test_the_deadline_ends_the_tries() -> None:
    """No pause begins that would end after the deadline, and no request after it."""
    transport, http, clock = scripted(NetError("slow"), NetError("slow"), timeout=1.5)
    with pytest.raises(Unavailable, match="slow"):
        transport.ask(READ, transport.deadline())
    assert (len(http.sent), clock.naps) == (2, [0.5])

    transport, http, clock = scripted()
    deadline = transport.deadline()
    clock.now += 30.0
    with pytest.raises(Unavailable, match="no time left"):
        transport.ask(WRITE, deadline)
    assert http.sent == []


def test_a_block_is_remembered() -> None:
    """After a 429 nothing is sent until its time is over, whatever is asked."""
    transport, http, clock = scripted(bad(429, 971, headers={"retry-after": "60"}), good([]))
    with pytest.raises(RateLimited):
        transport.ask(READ, transport.deadline())
    clock.now += 20.0
    with pytest.raises(RateLimited, match="for another 40 s, so it was not asked to make 2 changes") as caught:
        transport.ask(WRITE, transport.deadline())
    assert caught.value.retry_after == 40.0
    assert len(http.sent) == 1
    assert transport.pace.blocked_until == clock.time() + 40.0

    clock.now += 41.0
    transport.ask(READ, transport.deadline())
    assert len(http.sent) == 2


def test_a_short_block_is_waited_out() -> None:
    """A 429 is a definite no: once its time is over the same is asked again, a write too, inside the deadline."""
    transport, http, clock = scripted(
        bad(429, 971, headers={"retry-after": "9"}), bad(429, 971, headers={"retry-after": "5"}), good([7])
    )
    assert transport.ask(WRITE, transport.deadline()).result == [7]
    assert clock.naps == [9.0, 5.0]

    transport, http, clock = scripted(*[bad(429, 971, headers={"retry-after": "12"})] * 3)
    with pytest.raises(RateLimited):
        transport.ask(READ, transport.deadline())
    assert (clock.naps, len(http.sent)) == ([12.0, 12.0], 3)


def test_a_block_far_away_is_a_clock_set_back() -> None:
    """A block from a memory that lies hours ahead is not believed."""
    transport, http, clock = scripted(good([]))
    transport.pace.blocked_until = clock.time() + 86400

    transport.ask(READ, transport.deadline())
    assert len(http.sent) == 1


def test_few_requests_left_are_spread_over_the_time_left() -> None:
    """Near the limit we slow down, so that the block does not come; with plenty left nothing waits."""
    plenty, few = '"default";r=500;t=30', '"burst";r=900;t=9, "default";r=9;t=20'
    transport, _, clock = scripted(
        good([], headers={"ratelimit": plenty}), good([], headers={"ratelimit": few}), good([]), good([])
    )
    for _ in range(3):
        transport.ask(READ, transport.deadline())
    assert clock.naps == [2.0]

    clock.now += 100.0
    transport.ask(READ, transport.deadline())
    assert clock.naps == [2.0]


def test_a_pause_is_bounded() -> None:
    """A long window makes no pause longer than five seconds, or than half of the time that is left."""
    headers = {"ratelimit": '"default";r=1;t=300'}
    transport, _, clock = scripted(good([], headers=headers), good([]))
    transport.ask(READ, transport.deadline())
    transport.ask(READ, transport.deadline())
    assert clock.naps == [LONGEST_PAUSE]

    transport, _, clock = scripted(good([], headers=headers), good([]), timeout=4.0)
    transport.ask(READ, transport.deadline())
    transport.ask(READ, transport.deadline())
    assert clock.naps == [2.0]


def test_no_request_left_waits_for_the_next_window() -> None:
    """With none left we wait if that fits into the deadline; otherwise nothing is sent, and the block is known."""
    transport, http, clock = scripted(
        good([], headers={"ratelimit": '"default";r=0;t=12'}), good([], headers={"ratelimit": '"default";r=0;t=99'})
    )
    transport.ask(READ, transport.deadline())
    transport.ask(READ, transport.deadline())
    assert clock.naps == [12.0]

    with pytest.raises(RateLimited) as caught:
        transport.ask(WRITE, transport.deadline())
    assert caught.value.retry_after == 99.0
    assert transport.pace.blocked_until == clock.time() + 99.0
    assert len(http.sent) == 2


def test_in_a_hurry_every_part_gets_its_share() -> None:
    """All calls together end inside the time given; what one part does not use is left to those after it."""
    transport, _, clock = scripted()
    begun = clock.monotonic()
    transport.share(3)
    assert transport.deadline() == begun + 30.0  # nobody is in a hurry yet

    transport.hurry(6.0)
    assert transport.deadline() == begun + 6.0
    transport.share(100)
    assert transport.deadline() == begun + 1.0  # less than a second is enough for nothing
    transport.share(3)
    assert transport.deadline() == begun + 2.0
    clock.sleep(1.0)
    transport.share(2)
    assert transport.deadline() == begun + 1.0 + 2.5
    clock.sleep(9.0)
    transport.share(1)
    with pytest.raises(Unavailable, match="no time left") as caught:
        transport.ask(READ, transport.deadline())
    assert caught.value.hint == ""


def test_a_token_that_was_just_made_is_given_a_moment() -> None:
    """Its first requests may be refused for lack of access to the feature; any other refusal is final at once."""
    new = bad(401, 10000, "This account does not have access to this feature")
    transport, http, _ = scripted(new, bad(403, 10000, "No access to this feature"), good({}))
    transport.ask(WRITE, transport.deadline())
    assert len(http.sent) == 3

    transport, http, _ = scripted(*[new] * 4)
    with pytest.raises(AuthError, match="access to this feature"):
        transport.ask(READ, transport.deadline())
    assert len(http.sent) == 3

    transport, http, _ = scripted(bad(403, 10000, "Authentication error"), good({}))
    with pytest.raises(AuthError):
        transport.ask(READ, transport.deadline())
    assert len(http.sent) == 1

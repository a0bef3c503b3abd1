"""Answers become results or the right error."""

import pytest

from ddns.cloudflare.ask import Ask, row, rows, text
from ddns.cloudflare.envelope import BLOCK, LONGEST, read
from ddns.errors import ApiError, AuthError, Busy, Exists, Gone, RateLimited, Refused, Unavailable, Unconfirmed
from ddns.ports import Response
from tests.fakes.scripted import SECRET, bad, good, raw

READ = Ask("GET", "/zones", "list the zones")
WRITE = Ask("POST", "/zones/z/dns_records/batch", "create A x.example.org = 192.0.2.1", b"{}", writes=True)
BULK = Ask("POST", "/accounts/a/rules/lists/l/items", "add 1 item of a WAF list", b"[]", writes=True, bulk=True)


def error_of(ask: Ask, response: Response) -> ApiError:
    """Return the error an answer becomes."""
    with pytest.raises(ApiError) as caught:
        read(ask, response, SECRET)
    return caught.value


def test_a_success_gives_result_and_page_information() -> None:
    """What a success brought is handed on, with its page information or none."""
    assert read(READ, good([1], {"count": 1}), SECRET) == ([1], {"count": 1})
    assert read(READ, good({}), SECRET) == ({}, {})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 81057, Exists),
        (400, 81058, Exists),
        (404, 81044, Gone),
        (400, 81044, Gone),
        (400, 7003, Gone),
        (404, 0, Gone),
        (401, 10000, AuthError),
        (403, 9109, AuthError),
        (403, 12345, AuthError),
        (400, 9106, AuthError),
        (400, 6003, AuthError),
        (200, 10000, AuthError),
        (403, 1038, Refused),
        (400, 81053, Refused),
        (400, 81054, Refused),
        (400, 81045, Refused),
        (409, 0, Refused),
        (200, 999, Refused),
    ],
)
def test_a_definite_no_has_its_class(status: int, code: int, kind: type[ApiError]) -> None:
    """Status first, then code; ``success: false`` is a no even with 200; a write refused is known not to be done."""
    for ask in (READ, WRITE):
        error = error_of(ask, bad(status, code, "because"))

        assert type(error) is kind
        assert (error.status, error.code) == (status, code)
        assert ask.aim in error.message
        assert "because" in error.message


@pytest.mark.parametrize(
    "response",
    [
        raw(b"<html>503</html>", 503, {"cf-ray": "8f00-FRA"}),
        bad(500, 1000),
        bad(408, 0),
        raw(b"", 302, {"location": "https://elsewhere.invalid/"}),
        raw(b"", 204),
        raw(b"<html>captive portal</html>"),
        raw(b'{"success":tr'),
        raw(b"[]"),
        raw(b'{"result":{"id":"x"}}'),
        raw(b'{"success":"yes","result":[]}'),
        raw(b'{"success":true,"errors":[]}'),
        raw(b'{"success":true,"result":null}'),
    ],
)
def test_no_usable_answer_leaves_a_write_unconfirmed(response: Response) -> None:
    """Whatever cannot be read as yes or no: a reading failed, and a write may have happened."""
    assert type(error_of(READ, response)) is Unavailable
    unconfirmed = error_of(WRITE, response)
    assert type(unconfirmed) is Unconfirmed
    assert unconfirmed.message.startswith("could not confirm the request to create A x.example.org")


def test_a_fault_of_cloudflare_keeps_its_ray_and_its_words() -> None:
    """The CF-Ray, which Cloudflare's support asks for, and the text of a 5xx stand in the message."""
    assert "(CF-Ray 8f00-FRA)" in error_of(READ, raw(b"oops", 503, {"cf-ray": "8f00-FRA"})).message
    assert "CF-Ray" not in error_of(READ, raw(b"oops", 503, {"cf-ray": "\x1b[31m"})).message
    assert "internal error" in error_of(READ, bad(500, 1234, "internal error")).message
    assert "Cloudflare's side" in error_of(READ, bad(500, 1234)).hint


def test_a_refusal_of_the_edge_is_no_fault_of_the_token() -> None:
    """Plain text with 403 comes from the edge or something in between, so the token is not blamed."""
    error = error_of(WRITE, raw(b"error code: 1010", 403, {"cf-ray": "8f00"}))

    assert type(error) is Refused
    assert "not in the form of the API" in error.message
    assert "CLOUDFLARE_API_BASE_URL" in error.hint


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": "9" * 12}, LONGEST),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, BLOCK),
        ({"retry-after": "\u00b2"}, BLOCK),
        ({}, BLOCK),
    ],
)
def test_too_many_requests_say_how_long_to_wait(header: dict[str, str], seconds: float) -> None:
    """Retry-After is obeyed within reason; without a number the documented block of five minutes counts."""
    error = error_of(WRITE, raw(b"slow down", 429, header))

    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds
    assert f"{seconds:.0f} s" in error.message


def test_too_many_requests_repeat_what_cloudflare_says() -> None:
    """Code and text of a 429 are kept."""
    error = error_of(READ, bad(429, 971, "Please wait"))

    assert error.code == 971
    assert error.message.endswith(": Please wait")


def test_a_pending_bulk_operation_is_not_a_rate_limit() -> None:
    """429 to a change of a list means waiting for another operation, unless it clearly is the limiter's."""
    assert type(error_of(BULK, bad(429, 10021, "There is a pending bulk operation"))) is Busy
    assert type(error_of(BULK, raw(b'{"errors":[{"message":"pending operation"}]}', 429, {"retry-after": "3"}))) is Busy
    assert type(error_of(BULK, bad(429, 0, "busy"))) is Busy
    assert type(error_of(BULK, bad(429, 971))) is RateLimited
    assert type(error_of(BULK, raw(b"<html>", 429))) is RateLimited
    assert type(error_of(BULK, raw(b'{"errors":[]}', 429, {"retry-after": "3"}))) is RateLimited
    assert type(error_of(WRITE, bad(429, 10021, "There is a pending bulk operation"))) is RateLimited


def test_the_chain_says_what_is_wrong_with_a_record() -> None:
    """Of a general code the chain's first one counts, and all texts are shown."""
    chain = {9021: "TTL must be between 60 and 86400 seconds, or 1 for Automatic."}
    error = error_of(WRITE, bad(400, 1004, "DNS Validation Error", chain))

    assert error.code == 9021
    assert "DNS Validation Error: TTL must be" in error.message
    assert "TTL" in error.hint


@pytest.mark.parametrize(
    ("ask", "response", "hint"),
    [
        (READ, bad(403, 9109, "Cannot use the access token from location: 192.0.2.1"), "Client IP Address Filtering"),
        (READ, bad(400, 6003, "Invalid request headers", {6111: "Invalid format"}), "copy it again"),
        (BULK, bad(400, 9106, "Authentication failed (status: 400)"), "copy it again"),
        (READ, bad(403, 10000, "Authentication error"), '"Zone - DNS"'),
        (BULK, bad(401, 10000, "Authentication error"), '"Account - Account Filter Lists"'),
        (WRITE, bad(400, 81054), "CNAME"),
        (WRITE, bad(400, 12), ""),
    ],
)
def test_the_hint_says_what_to_do(ask: Ask, response: Response, hint: str) -> None:
    """Each refusal a user can mend comes with the way to mend it."""
    error = error_of(ask, response)

    assert hint in error.hint
    assert bool(hint) == bool(error.hint)


def test_what_cloudflare_says_is_made_fit_for_a_log() -> None:
    """The secret, control characters and novels do not reach the log; strange shapes are no crash."""
    error = error_of(READ, bad(400, 5, f"token {SECRET}\x1b[31m\n" + "x" * 999))
    assert SECRET not in error.message
    assert "token (redacted) [31m" in error.message
    assert len(error.message) < 400

    for errors in (b"null", b"[]", b"[7]", b'[{"code":"x","error_chain":7}]'):
        strange = error_of(READ, raw(b'{"success":false,"errors":' + errors + b"}", 400))
        assert "no reason given (HTTP 400)" in strange.message
        assert strange.code == 0


def test_results_of_another_shape_are_no_results() -> None:
    """A list where an object is due, an object where a list is due, a field that is missing: no usable answer."""
    with pytest.raises(Unavailable):
        rows(READ, read(READ, good({}), SECRET))
    with pytest.raises(Unavailable):
        rows(READ, read(READ, good([7]), SECRET))
    with pytest.raises(Unconfirmed):
        row(WRITE, read(WRITE, good([]), SECRET))
    for fields in ({}, {"id": 7}, {"id": ""}):
        with pytest.raises(Unavailable, match='without "id"'):
            text(READ, fields, "id")
    assert text(READ, {"id": "7"}, "id") == "7"

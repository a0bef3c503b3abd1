"""DNS messages: what is asked, and which answers count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.accept import Undetected
from ddns.detect.dnswire import WHOAMI, A, Question, decode, encode, text_of
from tests.fakes.dnsbytes import answer, text

ASKED = Question("myip.opendns.com", A, 1, recurse=True)


def test_a_query_is_the_bytes_of_the_standard() -> None:
    """Header, one question, nothing else; recursion only where it is wanted."""
    name = b"\x06whoami\x0acloudflare\x00"

    assert encode(WHOAMI, 0xABCD) == b"\xab\xcd\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" + name + b"\x00\x10\x00\x03"
    assert encode(ASKED, 1)[2:4] == b"\x01\x00"


@pytest.mark.parametrize("question", [WHOAMI, ASKED])
@pytest.mark.parametrize("pointer", [True, False])
def test_a_good_answer_is_read(question: Question, *, pointer: bool) -> None:
    """The name may be compressed or in other case; records for other questions are passed over."""
    other = (b"\x05other\x00", question.type, question.klass, b"no")
    alias = (b"", 5, question.klass, b"\x01x\x00")
    name = b"" if pointer else encode(question, 0)[12:-4].upper()
    message = answer(question, 7, (other, alias, (name, question.type, question.klass, b"data")))

    assert decode(message, 7, question) == (b"data",)


@pytest.mark.parametrize(
    ("flags", "ident", "words"),
    [
        (0x8180, 8, "not for our question"),
        (0x0180, 7, "not for our question"),
        (0x8380, 7, "cut short"),
        (0x8183, 7, "NXDOMAIN"),
        (0x8185, 7, "REFUSED"),
        (0x818B, 7, "code 11"),
    ],
)
def test_flags_and_number_are_checked(flags: int, ident: int, words: str) -> None:
    """Another ID, a question in place of an answer, a truncated one, an error of the server."""
    with pytest.raises(Undetected, match=words):
        decode(answer(WHOAMI, ident, (text(b"8.8.8.8"),), flags=flags), 7, WHOAMI)


def test_every_cut_is_noticed() -> None:
    """An answer without its last bytes is no answer, wherever it is cut."""
    whole = answer(WHOAMI, 7, (text(b"8.8.8.8"),))
    for length in range(len(whole)):
        with pytest.raises(Undetected):
            decode(whole[:length], 7, WHOAMI)


@pytest.mark.parametrize("name", [b"\xc0\x0c\x00", b"\xc0\xff", b"\x01a\xc0\x0d"])
def test_names_cannot_lead_round_in_circles(name: bytes) -> None:
    """A pointer may only lead back."""
    header = b"\x00\x07\x81\x80\x00\x00\x00\x01\x00\x00\x00\x00"
    with pytest.raises(Undetected, match="cut short or not DNS"):
        decode(header + name + bytes(10), 7, WHOAMI)


@pytest.mark.parametrize("answers", [(), (b"",), (b"\x00",), (b"\x01a\x01b",), (b"\x01a", b"\x01b"), (b"\x00\x01a",)])
def test_texts_that_are_not_exactly_one(answers: tuple[bytes, ...]) -> None:
    """None, an empty one or several texts name no address."""
    with pytest.raises(Undetected, match="exactly one text"):
        text_of(answers)


@pytest.mark.parametrize("data", [b"\x0b2001:db8::", b"\x01", b"\x078.8.8.8\x05"])
def test_a_text_that_is_shorter_than_it_says(data: bytes) -> None:
    """Half an address is none: 2001:db8:: for 2001:db8::1."""
    with pytest.raises(Undetected, match="cut short"):
        text_of((data,))


def test_a_label_longer_than_dns_allows() -> None:
    """Lengths from 64 to 191 mean something else, or nothing (RFC 1035 4.1.4)."""
    name = b"\x80" + b"a" * 128 + b"\x00"
    with pytest.raises(Undetected, match="not DNS"):
        decode(answer(WHOAMI, 7, ((name, 16, 3, b"\x018"), text(b"8.8.8.8"))), 7, WHOAMI)


def test_one_text() -> None:
    """One string in one record; bytes outside ASCII do no harm."""
    assert text_of((b"\x078.8.8.8",)) == "8.8.8.8"
    assert text_of((b"\x02\xff1",)).endswith("1")


@given(data=st.binary(max_size=80), headed=st.booleans())
def test_any_bytes_are_undetected_or_an_answer(data: bytes, *, headed: bool) -> None:
    """Whatever comes, nothing but Undetected is raised."""
    message = b"\x00\x07\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + data if headed else data
    try:
        text_of(decode(message, 7, WHOAMI))
    except Undetected:
        return

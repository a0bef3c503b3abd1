"""STATUS_PAGE: the state as a page."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.memory import Lasting, LastRound, Log, Memory, Move
from ddns.output.statuspage import page

AT = 1_790_000_000.0
VOID = {"meta", "!doctype"}
WELL = Memory(
    started=AT - 90_000,
    rounds=300,
    published=(("A home.example.org", ("192.0.2.1",)), ("LIST abc/home", ())),
    last=LastRound(AT - 60, 0.2, ok=True),
    next_round=AT + 240,
    log=Log(
        detected=("Detected the IPv4 address 192.0.2.1 (cloudflare.trace)",),
        history=(
            (AT - 60, Move("A", "home.example.org", ("192.0.2.9",), ("192.0.2.1",))),
            (AT - 7000, Move("A", "home.example.org", (), ("192.0.2.9",))),
        ),
    ),
)
ILL = WELL._replace(
    last=LastRound(AT - 60, 0.2, ok=False, problems=("Could not read the records of home.example.org. <b>Wait</b>.",)),
    failing=(("zone.example.org", AT - 7260),),
    log=WELL.log._replace(lasting=(Lasting("zone.example.org", AT - 7260, 25),)),
)


class Reader(HTMLParser):
    """Checks that every element is closed in its turn, and collects the text of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See ``HTMLParser``."""
        self.seen.append(tag)
        names = [name for name, _ in attrs]
        assert not [name for name in names if name.startswith("on") or name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See ``HTMLParser``."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """See ``HTMLParser``."""
        self.words += "" if "style" in self.open else data


def test_a_page_of_a_program_that_is_well() -> None:
    """What is published and since when, the changes, the addresses, the next round."""
    found = Reader(page(WELL, AT, "1.2.3"))

    for words in (
        "Dormouse: all is well",
        "A home.example.org192.0.2.12026-09-21 14:12 UTC",
        "WAF list abc/home(none)before the start",
        "The next one is due at 2026-09-21 14:17 UTC",
        "Version 1.2.3 has been running since",
        "Detected the IPv4 address 192.0.2.1",
        "192.0.2.9192.0.2.1",
    ):
        assert words in found.words
    assert "Problems" not in found.words


def test_a_page_of_a_program_with_problems() -> None:
    """Each problem with its remedy, and since when; nothing that was quoted becomes markup."""
    found = Reader(page(ILL, AT, "1.2.3"))

    assert "Dormouse: there are problems" in found.words
    assert "Could not read the records of home.example.org. <b>Wait</b>." in found.words
    assert "Updating example.org has been failing for 2 h 1 min" in found.words
    assert "25 times" in found.words
    assert "b" not in found.seen


def test_a_page_before_the_first_round() -> None:
    """There is nothing to show yet, and the page says so."""
    found = Reader(page(Memory(started=AT), AT, "1"))

    assert "Nothing has been published yet" in found.words
    assert "Nothing was changed so far" in found.words


@pytest.mark.parametrize("memory", [WELL, ILL])
def test_people_and_readers_of_screens_find_their_way(memory: Memory) -> None:
    """A language, a title, one heading of the first level, headers for every column; no script and no other file."""
    text = page(memory, AT, "1")
    found = Reader(text)

    assert '<html lang="en">' in text
    assert found.seen.count("h1") == found.seen.count("title") == found.seen.count("main") == 1
    assert text.count("<th ") == text.count('<th scope="col">')
    assert "script" not in found.seen
    assert "prefers-color-scheme:dark" in text


@given(st.text(max_size=40))
def test_any_text_is_only_text(text: str) -> None:
    """Names, contents and problems come from elsewhere."""
    log = Log(history=((AT, Move("A", text, (text,), (text,))),), detected=(text,))
    last = LastRound(AT, 0.1, ok=False, lines=(), problems=(text,))
    Reader(page(Memory(published=((f"A {text}", (text,)),), last=last, log=log), AT, text))

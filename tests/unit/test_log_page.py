"""docs/log.md: the whole logs of three days, each made by a real program of rounds on a simulated clock."""

from pathlib import Path

import pytest

from ddns.core.addresses.families import Unknown
from ddns.core.entries import Source
from ddns.core.memory import Memory
from ddns.core.settings import UpdateSettings
from ddns.detect.boundary import SLOW
from ddns.output.life import moment, waiting
from ddns.output.roundlog import round_log
from ddns.output.wording import round_lines
from ddns.round.pipe import run_round
from ddns.state import decode, encode
from tests.fakes.roundkit import Kit, entry

PAGE = Path(__file__).parents[2] / "docs" / "log.md"
MIDNIGHT = 1_780_272_000.0
"""2026-06-01 00:00 UTC."""
NAMES = ("home.example.org", "nas.example.org", "vpn.example.org", "www.example.org")
BREAKS, MENDS, EVERY = 3 * 60 + 10, 5 * 60 + 15, 5
TRACE = Source("cloudflare.trace")


def day(*, breaks: bool, mends: bool) -> list[tuple[str, str]]:
    """Return the log of a day as clock times and lines. The memory goes through hibernation after every round."""
    kit, memory = Kit("example.org"), Memory()
    for name in NAMES:
        kit.dns.put(kit.zones[0], name, "203.0.113.7")
    settings = UpdateSettings(tuple(entry(name, four=TRACE) for name in NAMES))
    told = []
    for minute in range(0, 24 * 60 + EVERY, EVERY):
        now = kit.clock.now = MIDNIGHT + minute * 60
        kit.know("203.0.113.9" if mends and minute >= MENDS else "203.0.113.7", v4=TRACE)
        if breaks and minute >= BREAKS and not (mends and minute >= MENDS):
            kit.sources.answers[TRACE, 4] = Unknown("https://1.1.1.1 did not answer in time", SLOW)
        report, memory = run_round(settings, memory, kit.tools())
        lines, log = round_log(report, round_lines(report, memory.said), memory.log)
        kept = decode(encode(memory._replace(log=log)))
        assert kept is not None
        memory = kept
        until = now + EVERY * 60
        ending = (waiting(EVERY * 60, until),) if memory.log.news else ()
        told += [(moment(now)[11:16], line.text) for line in (*lines, *ending)]
    return told


def table(title: str) -> list[tuple[str, str]]:
    """Return the rows of the table below a heading of the page."""
    part = PAGE.read_text("utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][1:]
    return [(clock, text.strip("`")) for clock, text in rows]


@pytest.mark.parametrize(
    ("title", "breaks", "mends"),
    [
        ("A steady program", False, False),
        ("A program that fails all day", True, False),
        ("A program that recovers", True, True),
    ],
)
def test_the_page_shows_the_whole_log_of_the_day(title: str, *, breaks: bool, mends: bool) -> None:
    """Every line of 289 rounds, and no other."""
    rows = day(breaks=breaks, mends=mends)
    wanted = "\n".join(f"| {clock} | `{text}` |" for clock, text in rows)

    assert table(title) == rows, f"put this into docs/log.md:\n{wanted}"

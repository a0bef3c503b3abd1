"""WATCH: a real address on a real (dummy) interface starts a round, in a network namespace of our own."""

import subprocess
import time
from collections.abc import Callable

from tests.e2e.program import COMMAND, Program, eventually, stop
from tests.fakes.netns import LINK, add_address, add_link, inside, remove_address


def started(ddns: Program, watch: str) -> "tuple[subprocess.Popen[str], Callable[[str], int]]":
    """Start the program with an hour between its rounds; return it, and how often a text has been printed so far."""
    log = ddns.folder / "log"
    with log.open("w") as out:
        env = {"DOMAINS": "home.example.org", "IP4_PROVIDER": f"local.iface:{LINK}", "UPDATE_CRON": "@every 1h"}
        env |= {"WATCH": watch, "UPDATE_TIMEOUT": "1s"}
        child = subprocess.Popen(COMMAND, env=ddns.environ(env), cwd=ddns.folder, stdout=out, stderr=out, text=True)
    return child, lambda text: log.read_text().count(text)


def test_an_address_event_starts_a_round(ddns: Program) -> None:
    """Added: seen within seconds, not in an hour. Taken away: unknown, and nothing is changed for that."""

    def check() -> None:
        add_link()
        child, printed = started(ddns, "true")
        eventually(lambda: printed("Next round") == 1)
        time.sleep(0.3)
        add_address("9.9.9.7")
        eventually(lambda: printed("Detected the IPv4 address 9.9.9.7") == 1, 5.0)
        eventually(lambda: printed("Next round") == 2)
        time.sleep(0.3)
        remove_address("9.9.9.7")
        eventually(lambda: printed(f"interface {LINK} has no IPv4 address") == 2, 5.0)
        stop(child)

    inside(check)


def test_a_flapping_address_does_not_start_a_round_each_time(ddns: Program) -> None:
    """The fourth change in a row waits for quiet, and says so."""

    def check() -> None:
        add_link()
        child, printed = started(ddns, "true")

        def change(number: int) -> None:
            eventually(lambda: printed("Next round") == number)
            time.sleep(0.3)
            add_address(f"9.9.9.{number}")

        for number in (1, 2, 3, 4):
            change(number)
        eventually(lambda: printed("The addresses keep changing") == 1)
        stop(child)
        assert printed("Detected") == 3

    inside(check)


def test_without_watching_the_schedule_counts(ddns: Program) -> None:
    """WATCH=false: an address event starts nothing."""

    def check() -> None:
        add_link()
        child, printed = started(ddns, "false")
        eventually(lambda: printed("Next round") == 1)
        time.sleep(0.3)
        add_address("9.9.9.7")
        time.sleep(1.5)
        stop(child)
        assert printed("Detected") == 0

    inside(check)

"""What every black-box test gets: a Cloudflare on loopback, and the program."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import FOUR, SIX, Program
from tests.fakes.cf_schema import against_schema
from tests.fakes.cloudflare import Cloudflare

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and the program would keep it so


@pytest.fixture
def sim() -> Iterator[Cloudflare]:
    """Serve a Cloudflare with two zones over TLS; the machine's addresses are 9.9.9.9 and 2620:fe::9."""
    with Cloudflare(zones=("example.org", "example.net")) as server:
        server.set_address(FOUR, SIX)
        yield server
        assert against_schema(server) == []


@pytest.fixture
def ddns(sim: Cloudflare, tmp_path: Path) -> Iterator[Program]:
    """Return the program, set up for that Cloudflare."""
    program = Program(sim, tmp_path)
    yield program
    program.close()

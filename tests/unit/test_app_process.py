"""What the process hands in at the door."""

import io

import pytest

from ddns.app.process import Process, inputs
from ddns.config.inputs.argv import Command


@pytest.mark.parametrize(("pid", "options"), [(1, (("TTL", "60"), ("REPEAT", "true"))), (4711, (("TTL", "60"),))])
def test_the_first_process_of_a_container_repeats(pid: int, options: tuple[tuple[str, str], ...]) -> None:
    """As the entry point of timothymiller's image said, which its users had no reason to say again."""
    process = Process((), {}, io.StringIO(), pid)

    assert inputs(process, Command(options=(("TTL", "60"),))).options == options

"""The metrics file."""

import os
import re
import stat
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from ddns.core.addresses.families import Known, Unknown
from ddns.core.entries import Source
from ddns.core.memory import Memory
from ddns.core.reports.roundreport import Detection, Result, RoundReport
from ddns.errors import DdnsError, Problem
from ddns.output.metrics import render
from ddns.output.textfile import replace_file

METRICS = ("metrics file", "METRICS_FILE")

TRACE = Source("cloudflare.trace")
KNOWN = Known((IPv4Interface("2.2.2.2/32"),))
FULL = RoundReport(
    *(1_800_000_000.25, 1.5),
    detections=(Detection(4, TRACE, KNOWN), Detection(6, TRACE, Unknown("no")), Detection(6, Source("ipify"), KNOWN)),
    results=(
        Result("a.example.org", "A", "changed", (), ("2.2.2.2", "2.2.2.3")),
        Result('o"d\\d\n', "AAAA", "failed", ("::1",), ("::2",)),
        Result("acc/l", "LIST", "unchanged"),
        Result("acc/m", "LIST", "failed"),
        Result("acc/h", "LOCATION", "unchanged"),
        Result("acc/g", "GROUP", "failed"),
    ),
    problems=(Problem("detect.6", "No"),),
    requests=7,
)
MEMORY = Memory(rounds=3, failing=(("detect.6", 1_700_000_000.0),), undelivered=("{}",))


def samples(report: RoundReport, memory: Memory = MEMORY) -> dict[str, str]:
    """Return name and labels with their values."""
    text = render(report, memory, "1.2.3")
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_every_fact_of_a_round_is_there() -> None:
    """Success, time, detections, records, lists and lasting problems, under stable names."""
    assert samples(FULL) == {
        'dormouse_info{version="1.2.3"}': "1",
        "dormouse_round_success": "0",
        "dormouse_round_timestamp_seconds": "1800000000.25",
        "dormouse_round_duration_seconds": "1.5",
        "dormouse_round_changed": "1",
        "dormouse_round_api_requests": "7",
        "dormouse_rounds_total": "3",
        "dormouse_undelivered_reports": "1",
        'dormouse_detected{family="4"}': "1",
        'dormouse_detected{family="6"}': "0",
        'dormouse_record_ok{name="a.example.org",type="A"}': "1",
        'dormouse_record_ok{name="o\\"d\\\\d\\n",type="AAAA"}': "0",
        'dormouse_record_info{name="a.example.org",type="A",content="2.2.2.2"}': "1",
        'dormouse_record_info{name="a.example.org",type="A",content="2.2.2.3"}': "1",
        'dormouse_list_ok{list="acc/l"}': "1",
        'dormouse_list_ok{list="acc/m"}': "0",
        'dormouse_place_ok{place="acc/g",type="GROUP"}': "0",
        'dormouse_place_ok{place="acc/h",type="LOCATION"}': "1",
        'dormouse_failing_since_timestamp_seconds{key="detect.6"}': "1700000000",
    }


def test_what_is_not_there_is_left_out() -> None:
    """A metric without samples has no header either."""
    text = render(RoundReport(0.0, 0.0), Memory(), "1")

    assert "dormouse_round_success 1\n" in text
    assert "detected" not in text
    assert "failing" not in text


def test_the_format_is_that_of_prometheus() -> None:
    """Every metric is described once, before its samples, and every line ends."""
    text = render(FULL, MEMORY, "1")
    described: list[str] = []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            described.append(line.split()[2])
            assert line.split()[3] in {"gauge", "counter"}
        elif not line.startswith("# HELP "):
            assert re.fullmatch(r"[a-z_]+(\{.*\})? [0-9.e+]+", line)
            assert line.partition("{")[0].partition(" ")[0] == described[-1]

    assert text.endswith("\n")
    assert len(set(described)) == len(described)


def test_the_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """The old file gives way to the new one, readable for all, and nothing else is left behind."""
    path = tmp_path / "ddns.prom"
    path.write_text("old")
    path.chmod(0o600)
    replace_file(str(path), "new é\n", *METRICS)

    assert path.read_text("utf-8") == "new é\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The reason and the remedy are told; nothing is left behind."""
    with pytest.raises(DdnsError, match="No such file") as caught:
        replace_file(str(tmp_path / "none" / "ddns.prom"), "x", *METRICS)
    assert "METRICS_FILE" in caught.value.hint

    (tmp_path / "folder").mkdir()
    with pytest.raises(DdnsError, match="cannot be written"):
        replace_file(str(tmp_path / "folder"), "x", *METRICS)
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


def test_what_is_no_file_stays(tmp_path: Path) -> None:
    """A device or pipe of that name is not replaced, and a path that no system takes is told like any other."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (str(pipe), f"{tmp_path}/a\0b"):
        with pytest.raises(DdnsError, match="cannot be written"):
            replace_file(path, "x", *METRICS)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]

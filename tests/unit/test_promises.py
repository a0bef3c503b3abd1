"""The table of promises is true: every test it names exists, and every promise has one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "promises.md").read_text("utf-8")


def test_every_test_named_exists() -> None:
    """A test that is renamed or removed takes its line along."""
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", TABLE)

    assert named
    assert [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text("utf-8")] == []


def test_every_promise_has_tests() -> None:
    """Nine promises, each with more than one test."""
    rows = [line for line in TABLE.splitlines() if line.startswith("| **")]

    assert [row[4] for row in rows] == list("123456789")
    assert all(row.count("::") > 1 for row in rows)

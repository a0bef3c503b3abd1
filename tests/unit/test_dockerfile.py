"""What freezing reads of this clone is in the image's build, before freezing begins there: no engine is asked."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "Dockerfile.multiarch").read_text("utf-8").replace("\\\n", " ").splitlines()
CONTEXT = (ROOT / "Dockerfile.multiarch.dockerignore").read_text("utf-8").splitlines()


def read_by_freezing() -> set[str]:
    """Return what is named below the clone's folder in the code of the freezer: files and folders at the top."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "build" / "freezer").glob("*.py"))
    pattern = r"REPO / [\"']([^\"'/]+)"
    return set(re.findall(pattern, text))


def copied_before(command: str) -> set[str]:
    """Return what the stage that runs this command has copied until then."""
    copied: set[str] = set()
    for line in LINES:
        if line.startswith("FROM"):
            copied = set()
        elif line.startswith("COPY"):
            copied |= set(line.split()[1:-1])
        elif line.startswith("RUN") and command in line:
            return copied
    raise AssertionError(command)


def test_the_freezer_reads_something() -> None:
    """The search below finds what is known to be read."""
    assert {"ddns", "CHANGELOG.md"} <= read_by_freezing()


@pytest.mark.parametrize("name", sorted(read_by_freezing() | {"build", "script", "pyproject.toml"}))
def test_freezing_in_the_image_finds(name: str) -> None:
    """It is copied before the step that freezes, and let into the build at all."""
    assert name in copied_before("script/freeze")
    assert f"!{name}" in CONTEXT

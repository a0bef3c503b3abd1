"""The date that the frozen program checks certificates for when the clock is behind."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from freezer.earliest import earliest
from freezer.errors import FreezeError
try:
    print(earliest(sys.argv[2], Path(sys.argv[3])))
except FreezeError as error:
    print(error)
"""


def found(folder: Path, changelog: str, certifi: str = "certifi-2026.1.4.dist-info") -> str:
    """Return what the build finds."""
    for name in (certifi, "certifi", "tzdata-2026.6.dist-info"):
        (folder / name).mkdir()
    argv = [sys.executable, "-B", "-c", CODE, str(ROOT / "build"), changelog, str(folder)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("changelog", "says"),
    [
        ("## Unreleased\n\n* Since (2026-03-01)\n\n## 0.1.0\n", "1767484800"),
        ("## Unreleased\n\n## 0.2.0 (2026-02-01)\n\n## 0.1.0 (2025-12-31)\n", "1769904000"),
        ("## 0.2.0 (2025-12-01)\n", "1767484800"),
    ],
)
def test_it_is_the_later_of_release_and_roots(tmp_path: Path, changelog: str, says: str) -> None:
    """Midnight UTC of 2026-01-04 and of 2026-02-01; a date in a remark is none."""
    assert found(tmp_path, changelog) == says


def test_a_day_to_come_is_refused(tmp_path: Path) -> None:
    """Certificates that are valid today could count as expired."""
    assert "2999-01-01" in found(tmp_path, "## 9.0.0 (2999-01-01)\n")


def test_another_kind_of_version_is_refused(tmp_path: Path) -> None:
    """It may be no date."""
    assert "certifi" in found(tmp_path, "", "certifi-7.dist-info")


def test_every_release_after_the_first_has_its_date() -> None:
    """As the build reads it."""
    heads = [line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## ")]
    undated = [line for line in heads if not re.fullmatch(r"## \d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", line)]
    assert [line for line in undated if line != "## Unreleased"] == ["## 0.1.0"]

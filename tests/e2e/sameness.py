"""Compares what two programs printed in the same tests (``python -m tests.e2e.sameness ONE OTHER``): exit 1 if unlike.

Each file is what DDNS_RECORD collected. Runs of a test that only one of the two has done are left out: a test may be
for one program only.
"""

import difflib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

Runs = dict[str, list[dict[str, object]]]


def read(path: str) -> Runs:
    """Return the runs of each test, in the order in which they ended."""
    runs: Runs = {}
    for line in Path(path).read_text("utf-8").splitlines():
        run = json.loads(line)
        runs.setdefault(run.pop("test"), []).append(run)
    return runs


def differences(one: Runs, other: Runs) -> Iterator[str]:
    """Return a text for each test in which the two are unlike."""
    for test in sorted(one.keys() & other.keys()):
        if one[test] != other[test]:
            first, second = (json.dumps(runs, indent=1).splitlines() for runs in (one[test], other[test]))
            yield "\n".join([test, *difflib.unified_diff(first, second, lineterm="", n=2)])


def main(paths: list[str]) -> int:
    """Print every difference and the number of tests that were compared."""
    one, other = map(read, paths)
    found = list(differences(one, other))
    print(*found, sep="\n\n")  # noqa: T201 -- a script
    print(f"{len(one.keys() & other.keys())} tests compared, {len(found)} unlike")  # noqa: T201 -- likewise
    return 1 if found or not one.keys() & other.keys() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

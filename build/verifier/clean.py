"""What a file with a snapshot promises of memory: its heap is read, and hardly written."""

from verifier.behaviour import Case, Place
from verifier.resting import Running, weight

_LIMITS = {"Anonymous": 4500}
"""kB of its own in rounds, as docs/design/snapshot.md says; the heap of the file is 9,000 more."""


def clean(place: Place) -> list[str]:
    """Check that rounds leave the pages of the heap to the file: nobody counts or frees its objects (assumption C2)."""
    with Running(place, UPDATE_CRON="@every 1s", DDNS_HIBERNATE="false") as program:
        wrong = ["no third round"] * (not program.after(3))
        wrong += weight(program.pid, _LIMITS)
        return wrong + program.stop()


CASES: dict[str, Case] = {"rounds leave the heap of the file alone": clean}

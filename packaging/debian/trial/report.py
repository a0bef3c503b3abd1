"""What was tried, and how it came out."""

import subprocess
from collections.abc import Callable, Sequence


class TrialError(Exception):
    """Something is not as it must be; the text says what."""


class SkipError(Exception):
    """Something cannot be tried on this machine; the text says why."""


class Report:
    """Counts the trials and prints each of their steps."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.passed = self.failed = self.skipped = 0

    def trial(self, title: str, run: Callable[[], None]) -> None:
        """Run a trial; a failure ends it, and the next one is tried all the same."""
        print(f"── {title}", flush=True)
        try:
            run()
        except TrialError as error:
            self.failed += 1
            print(f"   FAILED: {error}", flush=True)
        except SkipError as error:
            self.skipped += 1
            print(f"   skipped: {error}", flush=True)
        else:
            self.passed += 1


def expect(holds: object, text: str) -> None:
    """Print what holds. TrialError: it does not."""
    if not holds:
        raise TrialError(f"not so: {text}")
    print(f"   {text}", flush=True)


def run(argv: Sequence[str], *, code: int | None = 0, seconds: float = 900) -> str:
    """Run a program and return what it printed. TrialError: it ended with another code (None: any will do)."""
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise TrialError(f"{argv[0]} is missing; install it") from None
    said = done.stdout.decode(errors="replace")
    if code is not None and done.returncode != code:
        raise TrialError(f"{' '.join(argv[-6:])} ended with {done.returncode} instead of {code}:\n{said[-3000:]}")
    return said

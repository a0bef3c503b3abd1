"""Starting programs, with one clear line when one fails."""

import subprocess
from collections.abc import Mapping, Sequence


class ImageError(Exception):
    """The image could not be built or is not as it must be; the message says what to do."""


def run(command: Sequence[str], env: Mapping[str, str] | None = None, *, seconds: float = 3600) -> str:
    """Run a program and return what it printed. ImageError with the end of its output when it fails."""
    try:
        done = subprocess.run(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=seconds
        )
    except FileNotFoundError:
        raise ImageError(f"{command[0]} is missing; install it") from None
    except subprocess.TimeoutExpired:
        raise ImageError(f"{' '.join(command[:4])} … took more than {seconds:.0f} s") from None
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-15:])
        raise ImageError(f"{' '.join(command[:6])} … ended with {done.returncode}:\n{end}")
    return done.stdout

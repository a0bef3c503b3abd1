"""Starting other programs: their output goes to a log, and a failure shows the end of it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from freezer.errors import FreezeError

_TAIL = 15
_PASSED = (
    "PATH", "HOME", "USER", "LANG", "TMPDIR",
    "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_DEFAULT_TIMEOUT",
)  # fmt: skip
"""What a build step may see of the caller's environment: nothing here reaches the bytes of the result."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a clean environment: the same on every machine, apart from where things are."""
    kept = {name: os.environ[name] for name in _PASSED if name in os.environ}
    fixed = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "SOURCE_DATE_EPOCH": "1", "PYTHONHASHSEED": "0"}
    return {**kept, **fixed, **(extra or {})}


def run(
    argv: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a step at low priority. FreezeError: it failed, with the end of its log."""
    words = [str(word) for word in argv]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        out.write(f"\n$ {' '.join(words)}\n".encode())
        out.flush()
        try:
            done = subprocess.run(
                ["nice", *words], cwd=cwd, env=dict(env or environment()), stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        except OSError as error:
            raise FreezeError(f"cannot start {words[0]}: {error.strerror}") from None
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-_TAIL:]
        shown = "\n".join(f"    {line}" for line in tail)
        raise FreezeError(f"{Path(words[0]).name} failed with {done.returncode}; the end of {log}:\n{shown}")


def read(argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> str:
    """Return what a short command prints. FreezeError: it failed or is missing."""
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(
            words, env=dict(env or environment()), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise FreezeError(f"cannot start {words[0]}: {error.strerror}") from None
    if done.returncode:
        raise FreezeError(f"{words[0]} failed with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout


def jobs() -> str:
    """Return the option that lets make use the machine."""
    return f"-j{os.cpu_count() or 1}"

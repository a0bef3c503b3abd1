"""Which configuration file is read, and in which language it is written."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ddns.config.inputs.inputs import Inputs
from ddns.config.inputs.jsonfile import parse_document
from ddns.config.raw import Reader
from ddns.config.settingstable import LIST_NAMES
from ddns.errors import ConfigProblem

OZNU_NAMES = ("API_KEY", "API_KEY_FILE", "ZONE", "ZONE_FILE")
_FILE = "config.json"
_VARIABLE = re.compile(r"\$(?:\{(CF_DDNS_\w+)\}|(CF_DDNS_\w+))", re.ASCII)


class Found(NamedTuple):
    """A configuration file: its path and top-level object; ``foreign`` is one of timothymiller."""

    path: str = ""
    document: Mapping[str, Any] = {}
    foreign: bool = False
    problem: ConfigProblem | None = None


def given(inputs: Inputs, name: str) -> bool:
    """Whether the environment or the command line sets a name to more than blanks."""
    return bool(inputs.environ.get(name, "").strip()) or any(
        key == name and text.strip() for key, text in inputs.options
    )


def find(inputs: Inputs, read: Reader, *, foreign: bool) -> Found:
    """Read ``--config``, else ``CONFIG_PATH/config.json``, else ``./config.json`` when nothing else names a domain.

    ``foreign`` allows a timothymiller file (which has a ``cloudflare`` array).
    """
    named = any(given(inputs, name) for name in (*LIST_NAMES, "ZONE", "ZONE_FILE"))
    folder = inputs.environ.get("CONFIG_PATH", "").strip()
    if inputs.config_path:
        return _read(inputs.config_path, inputs.environ, read, foreign=foreign, needed="--config")
    if folder:
        path = f"{folder.rstrip('/')}/{_FILE}"
        return _read(path, inputs.environ, read, foreign=foreign, needed="" if named else "CONFIG_PATH")
    if named:
        return Found()
    return _read(f"./{_FILE}", inputs.environ, read, foreign=foreign, needed="")


def _read(path: str, environ: Mapping[str, str], read: Reader, *, foreign: bool, needed: str) -> Found:
    """Read one file; a missing one is a problem only when it is ``needed`` (by whom, for the message)."""
    try:
        text = read(path)
    except (FileNotFoundError, NotADirectoryError):
        if not needed:
            return Found()
        what = f"There is no file {path}, which {needed} asks for"
        return Found(
            path,
            problem=ConfigProblem("environment" if needed == "CONFIG_PATH" else "command line", what, "check the path"),
        )
    except UnicodeDecodeError:
        return Found(
            path, problem=ConfigProblem(f"file {path}", f"{path} is not a text file", "it must be JSON in UTF-8")
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it cannot be opened"
        what = f"{path} cannot be read: {why}"
        return Found(path, problem=ConfigProblem(f"file {path}", what, "check its permissions"))
    return _understood(path, text, environ, foreign=foreign)


def _understood(path: str, text: str, environ: Mapping[str, str], *, foreign: bool) -> Found:
    """Return what a file says, or why it cannot be used."""
    missing = sorted({match[1] or match[2] for match in _VARIABLE.finditer(text)} - environ.keys())
    document: Mapping[str, Any] = {}
    what = hint = ""
    try:
        document = parse_document(substitute(text, environ))
    except ValueError as error:
        what, _, hint = str(error).partition("; ")
    theirs = foreign and isinstance(document.get("cloudflare"), list)
    if missing and not theirs:  # the dialect knows which of them it reads
        what = f"needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not set"
        hint = "set what is missing in the environment"
    if what:
        return Found(path, problem=ConfigProblem(f"file {path}", f"{path} {what}", hint))
    return Found(path, document, theirs)


def substitute(text: str, environ: Mapping[str, str]) -> str:
    """Put the values of ``$CF_DDNS_X`` and ``${CF_DDNS_X}`` in their place, as JSON strings have them.

    A variable that is not set stays as it is written.
    """
    if "CF_DDNS_" not in text:
        return text
    from ddns.jsonio import dumps  # noqa: PLC0415 -- only files with variables need it

    def value(match: re.Match[str]) -> str:
        known = environ.get(match[1] or match[2])
        return match[0] if known is None else dumps(known).decode()[1:-1]

    return _VARIABLE.sub(value, text)

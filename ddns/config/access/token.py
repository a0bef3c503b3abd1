"""Which token signs our requests: at most four places may name it, and they must agree. None is ever shown."""

import re

from ddns.config.notes import Notes
from ddns.config.raw import Reader
from ddns.config.settingstable import TOKEN_NAMES
from ddns.core.settings import Credential

_BEARER = re.compile(r"[-A-Za-z0-9._~+/]+=*")  # the token68 form of RFC 6750 §2.1
_PLACEHOLDER = "YOUR-CLOUDFLARE-API-TOKEN"
_SETTINGS = ("CLOUDFLARE_API_TOKEN=", "CF_API_TOKEN=", "API_KEY=")


def read_token(notes: Notes, read: Reader) -> Credential:
    """Return how requests are signed; a credential without secret stands for problems that were noted.

    A token from a file names that file in ``reread``: it is read again before each round, so that a changed secret
    needs no restart.
    """
    found: list[tuple[str, str]] = []
    given = [name for name in TOKEN_NAMES if notes.given(name)]
    for name in given:
        if name.startswith("CF_"):
            notes.warn(name, "is an old name", f"rename it to CLOUDFLARE_{name.removeprefix('CF_')}")
        text = _from_file(notes, name, read) if name.endswith("_FILE") else notes.text(name)
        fault = check_token(text) if text else ""
        if fault:
            notes.problem(name, fault)
        elif text:
            found.append((name, text))
    if not given:
        notes.problem("CLOUDFLARE_API_TOKEN", "is missing", "set it, or CLOUDFLARE_API_TOKEN_FILE")
    for name, text in found[1:]:
        if text != found[0][1]:
            notes.problem(name, f"holds another token than {found[0][0]}", "remove one, or make them the same")
    files = [notes.text(name) for name, _ in found if name.endswith("_FILE")]
    return Credential(found[0][1] if found else "", notes.text("CLOUDFLARE_EMAIL"), files[0] if files else "")


def check_token(token: str) -> str:
    """Return what is wrong with a token (as the end of a sentence, without the token), or ""."""
    if token == _PLACEHOLDER:
        return "still holds the placeholder of the instructions; put your token there"
    if token.startswith(_SETTINGS):
        return f"holds a line beginning with {token.partition('=')[0]}=; give the token alone"
    if len(token) > 1 and token[0] == token[-1] and token[0] in "\"'":
        return "has quotation marks around the token; remove them"
    if not _BEARER.fullmatch(token):
        return "holds a character that no token has (such as a space or a line break); copy the token again"
    return ""


def _from_file(notes: Notes, name: str, read: Reader) -> str:
    """Return the trimmed content of a secret file; "" after noting a problem."""
    text = read_file(notes, name, read)
    if text is not None and not text:
        notes.problem(name, f"names an empty file ({notes.text(name)})", "write the secret into it")
    return text or ""


def read_file(notes: Notes, name: str, read: Reader) -> str | None:
    """Return the trimmed content of the file a setting names; None after noting a problem."""
    path = notes.text(name)
    if not path.startswith("/"):
        hint = "write the whole path; the secret itself belongs into the file"  # which may be what was written here
        notes.problem(name, "must be an absolute path, beginning with /", hint)
        return None
    try:
        return read(path).strip()
    except UnicodeDecodeError:
        notes.problem(name, f"names a file that is not text ({path})", "check the path")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it cannot be opened"
        notes.problem(name, f"names a file that cannot be read ({path}: {why})", "check the path and its permissions")
    return None

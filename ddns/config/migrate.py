"""``ddns migrate``: the configuration that was read, whatever its language, as a native file and as native variables.

No secret is printed: the token becomes a reference to a file, and what else may hold a secret is named with the place
where its value stands now.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ddns.config.fields import RawEntry, take_apart
from ddns.config.load import Loaded
from ddns.config.parsers import parse_bool, parse_flags, parse_tags, words
from ddns.config.raw import RawValue
from ddns.config.sources import parse_source
from ddns.config.table import BY_NAME, SETTINGS, TOKEN_NAMES, Setting
from ddns.config.zonetokens import NAME as ZONE_TOKENS
from ddns.config.zonetokens import ZoneToken, parse_items
from ddns.core.entries import FIELDS, Source
from ddns.errors import ConfigProblem

TOKEN_FILE = "/run/secrets/cloudflare-api-token"  # noqa: S105 -- a path
"""Where the migrated configuration expects a token that was not in a file before."""
_OLD_NAMES = {"IP4_POLICY": "IP4_PROVIDER", "IP6_POLICY": "IP6_PROVIDER"}
_OLD_SOURCES = {"cloudflare": "cloudflare.trace", "unmanaged": "none"}
"""Words that only ``IP4_POLICY`` and ``IP6_POLICY`` know (favonia, until 1.5.0)."""
_COMMAND = "CUSTOM_LOOKUP_CMD"

Json = str | int | bool | list[str] | list["str | dict[str, str | int | bool]"]


class Migration(NamedTuple):
    """A native configuration. ``document`` is the file, ``environment`` says the same in variables.

    ``withheld`` are settings whose value may hold a secret; each stands in neither of the two. ``steps`` is what
    somebody has to do by hand, ``differences`` what means something else or is safer now.
    """

    document: Mapping[str, Json]
    environment: Mapping[str, str]
    withheld: tuple[str, ...]
    steps: tuple[str, ...]
    differences: tuple[str, ...]


def migrated(loaded: Loaded) -> str:
    """Return the native configuration as a text for people, with what differs from the language it came from."""
    found = migration(loaded)
    lines = [
        "# The same configuration in the native language. Secrets are not printed.",
        *_block("To do by hand:", found.steps),
        *("", "# As a file, config.json:", json.dumps(found.document, indent=2, ensure_ascii=False)),
        *("", "# Or, instead of the file, as environment variables:"),
        *(f"{name}={text}" for name, text in found.environment.items()),
        *_block("What is different or safer now:", found.differences),
        *_block("Worth a look:", map(_sentence, loaded.warnings)),
    ]
    return "\n".join(lines)


def _block(title: str, lines: Iterable[str]) -> list[str]:
    """Return comment lines under a title, or nothing."""
    listed = [f"# - {line}" for line in lines]
    return ["", f"# {title}", *listed] if listed else []


def migration(loaded: Loaded) -> Migration:
    """Return the native configuration as values."""
    values = dict(_renamed(loaded.raw))
    steps = [_token_step(values), *_zone_steps(values)]
    document: dict[str, Json] = {}
    environment: dict[str, str] = {}
    withheld: list[str] = []
    for setting in SETTINGS:
        value = values.get(setting.name)
        if value is None:
            continue
        if (setting.secret and setting.name != ZONE_TOKENS) or _may_hold_secret(setting, value.value):
            withheld.append(setting.name)
            steps.append(_by_hand(setting, value))
            continue
        document[setting.key] = _json(setting, value.value)
        environment[setting.name] = _variable(setting, value.value)
    notes = loaded.notes or tuple(_favonia(loaded.raw))
    steps.append("take away every other variable and file that held settings, DDNS_DIALECT too")
    differences = tuple(f"{note.origin}: {_sentence(note)}" for note in notes)
    return Migration(document, environment, tuple(withheld), tuple(filter(None, steps)), differences)


def _renamed(raw: Mapping[str, RawValue]) -> Iterable[tuple[str, RawValue]]:
    """Return the settings under their present names; the token is a file, the choice of a language is gone."""
    for name, value in raw.items():
        if name in _OLD_NAMES:
            yield _OLD_NAMES[name], value._replace(value=_OLD_SOURCES.get(value.value, value.value))
        elif BY_NAME[name].group != "old" and name not in {*TOKEN_NAMES, ZONE_TOKENS, "DDNS_DIALECT"}:
            yield name, value
    files = [raw[name] for name in TOKEN_NAMES if name.endswith("_FILE") and name in raw]
    tokens = [raw[name] for name in TOKEN_NAMES if name in raw]
    known = files[0].value if files else TOKEN_FILE
    yield "CLOUDFLARE_API_TOKEN_FILE", (files or tokens)[0]._replace(value=known)
    if ZONE_TOKENS in raw:
        items = (str(_filed(item)) for item in parse_items(raw[ZONE_TOKENS].value) if item)
        yield ZONE_TOKENS, raw[ZONE_TOKENS]._replace(value="\n".join(items))


def _token_step(values: Mapping[str, RawValue]) -> str:
    """Return what to do with a token that was not in a file."""
    token = values["CLOUDFLARE_API_TOKEN_FILE"]
    if token.value != TOKEN_FILE or token.name.upper().endswith("_FILE"):
        return ""
    return f"put the secret of {token.origin}, and nothing else, into the file {TOKEN_FILE} (or any other path)"


def _filed(item: ZoneToken) -> ZoneToken:
    """Return an item that names a file instead of the secret."""
    return item if item.secret.startswith("/") else item._replace(secret=f"{TOKEN_FILE}-{item.zone_id}")


def _zone_steps(values: Mapping[str, RawValue]) -> Iterable[str]:
    """Return what to do with the tokens of single zones that were not in a file before."""
    tokens = values.get(ZONE_TOKENS)
    for item in parse_items(tokens.value) if tokens else ():
        if item and item.secret == f"{TOKEN_FILE}-{item.zone_id}":
            yield f"put the secret of the zone {item.zone_id}, and nothing else, into the file {item.secret}"


def _by_hand(setting: Setting, value: RawValue) -> str:
    """Return how to carry over a value that is not printed."""
    if value.name == setting.name and value.where == "environment":
        return f"keep the variable {setting.name} as it is: it may hold a secret, so it is not printed"
    before = "cmd: and " if value.name == _COMMAND else ""
    return f"set the variable {setting.name} to {before}the value of {value.origin}; it may hold a secret"


def _may_hold_secret(setting: Setting, text: str) -> bool:
    """Whether a source in a setting may hold a secret: a command, or a URL with a login or a query."""
    if setting.kind == "source":
        return _secret_source(parse_source(text, 4 if setting.name.startswith("IP4") else 6).source)
    if setting.kind != "entries":
        return False
    fields = [field for entry in take_apart(text).entries for field in entry.fields]
    return any(
        _secret_source(parse_source(text, 4 if key == "ip4" else 6).source) for key, text in fields if key[:2] == "ip"
    )


def _secret_source(source: Source | None) -> bool:
    if source is None:
        return False
    if source.kind == "cmd":
        return True
    if "://" in source.argument:
        return any(mark in source.argument for mark in "@?#")
    return any(map(_secret_source, source.parts))


def _json(setting: Setting, text: str) -> Json:
    """Return a native text as the JSON that reads the same."""
    if setting.kind == "entries":
        return [_json_entry(entry) for entry in take_apart(text).entries]
    if setting.kind in {"list", "lines", "flag list"}:
        return _json_list(setting, text)
    if setting.kind == "bool" or (setting.name == "PROXIED" and text in {"true", "false"}):
        return parse_bool(text)
    return int(text) if setting.kind == "integer" else text


def _json_list(setting: Setting, text: str) -> list[str]:
    if setting.name == "RECORD_TAGS":
        return list(parse_tags(text))
    if setting.kind == "flag list":
        return sorted(parse_flags(text, FIELDS))
    return text.splitlines() if setting.kind == "lines" else words(text)


def _json_entry(entry: RawEntry) -> "str | dict[str, str | int | bool]":
    if not entry.fields:
        return entry.name
    found: dict[str, str | int | bool] = {"name": entry.name}
    for key, text in entry.fields:
        if key in {"proxied", "enforce"}:
            found[key] = parse_bool(text)
        else:
            found[key] = int(text) if key == "ttl" else text
    return found


def _variable(setting: Setting, text: str) -> str:
    """Return a native text on one line."""
    if setting.kind == "entries":
        return ", ".join(map(str, take_apart(text).entries))
    if setting.kind == "lines":
        return ", ".join(text.split())
    return " ".join(text.split()) if "\n" in text else text


def _favonia(raw: Mapping[str, RawValue]) -> Iterable[ConfigProblem]:
    """Return what a configuration in native words should be told, which may have been written for favonia's program."""
    cache = raw.get("CACHE_EXPIRATION")
    if cache is None:
        yield ConfigProblem("CACHE_EXPIRATION", "the records are read every round; favonia trusted them for 6h")
    elif cache.value.strip("0") in {"", "s", "m", "h"}:
        yield ConfigProblem("CACHE_EXPIRATION", "0 reads the records every round; to favonia it meant for ever")
    for name in ("IP4_PROVIDER", "IP6_PROVIDER"):
        if name in raw and "url" in raw[name].value:
            yield ConfigProblem(name, "private and Cloudflare's own addresses are rejected from every network source")
    if raw.get("UPDATE_CRON", RawValue("", "default", "")).value == "@once":
        yield ConfigProblem("UPDATE_CRON", "a failed @once round exits with 1; favonia's exits with 0")


def _sentence(problem: ConfigProblem) -> str:
    return f"{problem.what} ({problem.hint})" if problem.hint else problem.what

"""``ddns migrate``: the configuration that was read, whatever its language, as a native file and as native variables.

No secret is printed: what may hold one is named with the place where its value stands now.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ddns.config.access.zonetokens import NAME as ZONE_TOKENS
from ddns.config.access.zonetokens import parse_items
from ddns.config.entries.placeentries import take_apart as take_places
from ddns.config.entries.shown import OLD_SOURCES
from ddns.config.load import Loaded
from ddns.config.raw import RawValue
from ddns.config.settingstable import BY_NAME, SETTINGS, TOKEN_NAMES, Setting
from ddns.config.values.fields import RawEntry, take_apart
from ddns.config.values.parsers import parse_bool, parse_flags, parse_tags
from ddns.config.values.scan import split_outside
from ddns.config.values.sources import parse_source
from ddns.core.entries import FIELDS, Source
from ddns.errors import ConfigProblem

_TOKEN = "CLOUDFLARE_API_TOKEN"  # noqa: S105 -- a name
_OLD_NAMES = {"IP4_POLICY": "IP4_PROVIDER", "IP6_POLICY": "IP6_PROVIDER"}
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
        "# The same configuration in native settings, as a file and as variables: use one of the two.",
        "# Secrets are not printed.",
        *_block("To do by hand, with either:", found.steps),
        *("", "# 1. As a file, for ddns --config FILE (ddns migrate --json prints nothing else):"),
        *(document_text(found), "", "# 2. As environment variables, a line each as in an env file:"),
        *(f"{name}={text}" for name, text in found.environment.items()),
        *_block("What is different or safer now:", found.differences),
        *_block("Worth a look:", map(_sentence, loaded.warnings)),
    ]
    return "\n".join(lines)


def document_text(found: Migration) -> str:
    """Return the native file as JSON."""
    return json.dumps(found.document, indent=2, ensure_ascii=False)


def _block(title: str, lines: Iterable[str]) -> list[str]:
    """Return comment lines under a title, or nothing."""
    listed = [f"# - {line}" for line in lines]
    return ["", f"# {title}", *listed] if listed else []


def migration(loaded: Loaded) -> Migration:
    """Return the native configuration as values."""
    values = dict(_renamed(loaded.raw))
    steps: list[str] = []
    document: dict[str, Json] = {}
    environment: dict[str, str] = {}
    withheld: list[str] = []
    for setting in SETTINGS:
        value = values.get(setting.name)
        if value is None:
            continue
        if _may_hold_secret(setting, value.value):
            withheld.append(setting.name)
            steps.append(_by_hand(setting, value, loaded.inputs.environ.get(setting.name, "").strip()))
            continue
        document[setting.key] = _json(setting, value.value)
        environment[setting.name] = _variable(setting, value.value)
    notes = loaded.notes or tuple(_favonia(loaded.raw))
    steps.append("take away every other variable and file that held settings, DDNS_DIALECT too")
    differences = tuple(f"{note.origin}: {_sentence(note)}" for note in notes)
    return Migration(document, environment, tuple(withheld), tuple(steps), differences)


def _renamed(raw: Mapping[str, RawValue]) -> Iterable[tuple[str, RawValue]]:
    """Return the settings under their present names; the choice of a language is gone."""
    for name, value in raw.items():
        if name in _OLD_NAMES:
            yield _OLD_NAMES[name], value._replace(value=OLD_SOURCES.get(value.value, value.value))
        elif BY_NAME[name].group != "old" and name not in {*TOKEN_NAMES, "DDNS_DIALECT"}:
            yield name, value
    given = [name for name in TOKEN_NAMES if name in raw]
    files = [name for name in given if name.endswith("_FILE")]
    yield (f"{_TOKEN}_FILE", raw[files[0]]) if files else (_TOKEN, raw[given[0]])


def _by_hand(setting: Setting, value: RawValue, written: str) -> str:
    """Return how to carry over a value that is not printed. ``written``: what its variable holds."""
    if value.name == setting.name and value.where == "environment":
        if value.value != written:
            return f"change the variable {setting.name} as told below; it may hold a secret, so it is not printed"
        return f"keep the variable {setting.name} as it is: it may hold a secret, so it is not printed"
    if setting.name == _TOKEN:
        return f"set {_TOKEN} to the secret of {value.origin}, or put it into a file that {_TOKEN}_FILE names"
    if setting.name == ZONE_TOKENS:
        items = ", ".join(item.hidden("SECRET") for item in parse_items(value.value) if item)
        return f"set the variable {ZONE_TOKENS} to {items}, with the secret of each zone in its place ({value.origin})"
    before = "cmd: and " if value.name == _COMMAND else ""
    return f"set the variable {setting.name} to {before}the value of {value.origin}; it may hold a secret"


def _may_hold_secret(setting: Setting, text: str) -> bool:
    """Whether it is a secret, or has a source that may hold one: a command, or a URL with a login or a query."""
    if setting.name == ZONE_TOKENS:
        return any(item and not item.secret.startswith("/") for item in parse_items(text))
    if setting.secret:
        return True
    if setting.kind == "source":
        return _secret_source(parse_source(text, 4 if setting.name.startswith("IP4") else 6).source)
    if setting.kind not in {"entries", "places"}:
        return False
    if setting.kind == "places":
        fields = [field for place in take_places(text) for field in place.fields.items()]
    else:
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
    if setting.kind in {"list", "flag list", "places"} or setting.name == ZONE_TOKENS:
        return _json_list(setting, text)
    if setting.kind == "bool" or (setting.name == "PROXIED" and text in {"true", "false"}):
        return parse_bool(text)
    return int(text) if setting.kind == "integer" else text


def _json_list(setting: Setting, text: str) -> list[str]:
    if setting.name == "RECORD_TAGS":
        return list(parse_tags(text))
    if setting.kind == "flag list":
        return sorted(parse_flags(text, FIELDS))
    if setting.name == ZONE_TOKENS:
        return [str(item) for item in parse_items(text) if item]
    return [item for item in split_outside(text.replace("\n", ","), ",") if item]


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
    if setting.name == ZONE_TOKENS or setting.kind == "places":
        return ", ".join(_json_list(setting, text))
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

"""The native file: JSON with the settings' names in lower case, turned into the texts the environment would hold."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ddns.config.raw import RawSettings, RawValue
from ddns.config.settingstable import BY_NAME, SETTINGS, Setting
from ddns.config.values.fields import FIELDS
from ddns.config.values.parsers import short
from ddns.config.values.spell import entry_text, spell_item, spell_list
from ddns.config.values.suggest import did_you_mean
from ddns.errors import ConfigProblem
from ddns.jsonio import bounded

_WORDS = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
_SCHEMA_KEY = "$schema"
_MOST_STRANGE = 20  # unknown keys that are told one by one; to look for what each may mean takes a millisecond


class Document(NamedTuple):
    """What a file says, and what is wrong with it."""

    values: dict[str, RawValue]
    problems: tuple[ConfigProblem, ...] = ()


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def parse_document(text: str) -> dict[str, Any]:
    """Read a file's top-level object. ValueError says where the text stops being JSON, or which key stands twice."""
    import json  # noqa: PLC0415 -- unlike orjson it can say of a key that it stands twice; only read where a file is

    try:
        document = json.loads(
            bounded(text.removeprefix("\ufeff")), object_pairs_hook=_no_twice, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"is not valid JSON at {_fault(error.doc, error.pos, error.msg)}") from None
    except _TwiceError:
        raise
    except ValueError as error:
        raise ValueError(f"is not usable: {error}") from None
    if not isinstance(document, dict):
        raise ValueError(f"must be an object ({{…}}), not {_WORDS.get(type(document), 'null')}")  # noqa: TRY004 -- a ValueError for the reader, as the others
    return document


def _fault(text: str, position: int, message: str) -> str:
    """Return where a document stops being JSON, and why; a comma too many is found whichever Python looked."""
    before, after = text[: position + 1].rstrip(" \n\r\t]}"), text[position:].lstrip(" \n\r\t,")
    if before.endswith(",") and after.startswith(("]", "}")):
        position, message = len(before) - 1, "a comma before a closing bracket; remove the comma"
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}: {message}"


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(f"has the key {short(key)} twice; keep one")
        found[key] = value
    return found


def _no_constant(name: str) -> float:
    raise _TwiceError(f"is not valid JSON: it holds {name}, which is not a number of JSON")


def read_native(document: Mapping[str, Any], path: str) -> Document:
    """Turn a native document into settings; problems name the key and what was expected."""
    values: RawSettings = {}
    problems: list[ConfigProblem] = []
    origin, strange = f"file {path}", 0
    for key, value in document.items():
        if key == _SCHEMA_KEY or value is None:
            continue
        setting = BY_NAME.get(key.upper())
        if setting is None or key != setting.key:
            strange += 1
            if strange > _MOST_STRANGE:
                continue
            hint = did_you_mean(key, [one.key for one in SETTINGS]) or "the keys are the settings' names in lower case"
            problems.append(ConfigProblem(origin, f"{short(key)} is not a setting", hint))
            continue
        try:
            text = _text(setting, value).strip()
        except ValueError as error:
            what, _, hint = str(error).partition("; ")
            problems.append(ConfigProblem(origin, f"{key} {what}", hint))
            continue
        if text:
            values[setting.name] = RawValue(text, "file", key, path)
    if strange > _MOST_STRANGE:
        problems.append(ConfigProblem(origin, f"{strange - _MOST_STRANGE} more keys are not settings"))
    return Document(values, tuple(problems))


def _text(setting: Setting, value: Any) -> str:  # noqa: ANN401 -- JSON is whatever it is; checked here
    """Return the text a setting would have in the environment."""
    if isinstance(value, str):
        return value
    if setting.kind == "entries":
        return ", ".join(_entry(item) for item in _items(value))
    if setting.kind in {"list", "flag list"}:
        return ", ".join(spell_item(item) for item in _texts(value))
    if setting.kind in {"lines", "places"}:
        return "\n".join(_texts(value))
    if setting.kind == "bool" or (setting.name == "PROXIED" and isinstance(value, bool)):
        return _boolean(value)
    if setting.kind == "integer":
        return _number(value)
    raise ValueError(f"must be a text, not {_word(value)}")


def _word(value: Any) -> str:  # noqa: ANN401 -- see _text
    return _WORDS.get(type(value), "null")


def _boolean(value: Any) -> str:  # noqa: ANN401 -- see _text
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_word(value)}")  # noqa: TRY004 -- a ValueError for the reader
    return str(value).lower()


def _number(value: Any) -> str:  # noqa: ANN401 -- see _text
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {_word(value)}")  # noqa: TRY004 -- a ValueError for the reader
    return str(value)


def _items(value: Any) -> list[Any]:  # noqa: ANN401 -- see _text
    if not isinstance(value, list):
        raise ValueError(f"must be a list, not {_word(value)}; write [ … ]")  # noqa: TRY004 -- a ValueError for the reader
    return value


def _texts(value: Any) -> Iterable[str]:  # noqa: ANN401 -- see _text
    for number, item in enumerate(_items(value)):
        if not isinstance(item, str):
            raise ValueError(f"must be a list of texts, but [{number}] is {_word(item)}")  # noqa: TRY004 -- likewise
        yield item


def _entry(item: Any) -> str:  # noqa: ANN401 -- see _text
    """Return an item of a list of names as entry text."""
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        raise ValueError(f"must be a list of names or objects, but holds {_word(item)}")  # noqa: TRY004 -- likewise
    name = item.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError('has an object without "name"; write {"name": "home.example.org", …}')
    fields = {}
    for key, value in item.items():
        if key not in {"name", *FIELDS}:
            hint = did_you_mean(key, FIELDS) or f"the fields are {', '.join(FIELDS)}"
            raise ValueError(f"has the unknown field {short(key)} at {short(name)}; {hint}")
        if key != "name" and value is not None:
            fields[key] = _field(key, value, name)
    return entry_text(name, fields)


def _field(key: str, value: Any, name: str) -> str:  # noqa: ANN401 -- see _text
    """Return the text of an object's field."""
    if isinstance(value, str):
        return value
    try:
        if key == "hostid6":
            return f"[{', '.join(_texts(value))}]"
        if key == "tags":
            return spell_list(tuple(_texts(value)))
        if key == "ttl":
            return _number(value)
        if key in {"proxied", "enforce"}:
            return _boolean(value)
    except ValueError as error:
        raise ValueError(f"has a field {key} at {short(name)} that {error}") from None
    raise ValueError(f"has a field {key} at {short(name)} that must be a text, not {_word(value)}")

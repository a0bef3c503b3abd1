"""The shipped schema: it is what the table says, and accepts what the reader accepts."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from ddns.config.inputs.jsonfile import read_native
from ddns.config.settingstable import SETTINGS

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "ddns" / "config" / "schema.json").read_text("utf-8"))
TYPES = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict, "null": type(None)}


def is_type(value: object, name: str) -> bool:
    """Whether a value has a JSON type; a boolean is no integer."""
    return isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def valid(value: Any, schema: dict[str, Any]) -> bool:  # noqa: ANN401 -- JSON
    """Check a value against the part of JSON Schema that ours uses."""
    if "$ref" in schema:
        return valid(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    kinds = schema.get("type", list(TYPES))
    if not any(is_type(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return False
    checks = [
        "enum" not in schema or value in schema["enum"],
        "anyOf" not in schema or any(valid(value, one) for one in schema["anyOf"]),
    ]
    if isinstance(value, str):
        checks.append(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)))
        checks.append(re.search(schema.get("pattern", ""), value) is not None)
    if isinstance(value, int) and not isinstance(value, bool):
        checks.append(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if isinstance(value, list):
        checks += [valid(item, schema.get("items", {})) for item in value]
    if isinstance(value, dict) and "properties" in schema:
        keys = schema["properties"]
        checks += [valid(item, keys[key]) if key in keys else False for key, item in value.items()]
        checks += [key in value for key in schema.get("required", [])]
    return all(checks)


def test_it_is_written_from_the_table() -> None:
    """script/schema has been run since the table changed."""
    assert runpy.run_path(str(ROOT / "script" / "schema"))["schema"]() == SCHEMA


GOOD: dict[str, Any] = {
    "$schema": "x",
    "domains": ["a.b", {"name": "c.d", "proxied": True, "ttl": 300, "comment": "x", "tags": ["a:b"], "ip4": "local"}],
    "ip6_domains": [{"name": "e.f", "hostid6": ["::1"], "enforce": True, "zone": "0" * 32, "ip6": None}],
    "ip4_domains": "g.h",
    "waf_lists": ["x/y"],
    "enforce": ["ttl"],
    "shoutrrr": ["slack://x"],
    "ttl": 60,
    "ip6_default_prefix_len": 64,
    "proxied": "is(a.b)",
    "quiet": True,
    "emoji": "false",
    "policy": "upsert-only",
    "log_format": None,
    "log_rounds": "all",
    "update_cron": "@daily",
}


@pytest.mark.parametrize("key", GOOD)
def test_what_the_reader_accepts(key: str) -> None:
    """Every kind of value is valid in both."""
    document = {key: GOOD[key]}

    assert read_native(document, "").problems == ()
    assert valid(document, SCHEMA)


def test_defaults_are_valid() -> None:
    """A file that writes out every default is fine in both."""
    document = {key: shape["default"] for key, shape in SCHEMA["properties"].items() if "default" in shape}

    assert len(document) == len([setting for setting in SETTINGS if setting.default])
    assert valid(document, SCHEMA)
    assert read_native(document, "").problems == ()


@pytest.mark.parametrize(
    "document",
    [
        {"xyzzy": 1},
        {"ttl": True},
        {"ttl": 1.5},
        {"quiet": 1},
        {"domains": {}},
        {"domains": [1]},
        {"domains": [{"proxied": True}]},
        {"domains": [{"name": "a.b", "proxid": True}]},
        {"domains": [{"name": "a.b", "ttl": []}]},
        {"waf_lists": [1]},
        {"update_cron": 5},
    ],
)
def test_what_the_reader_refuses(document: dict[str, Any]) -> None:
    """Wrong keys and types are invalid in both."""
    assert read_native(document, "").problems
    assert not valid(document, SCHEMA)

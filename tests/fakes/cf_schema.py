"""Checks requests and answers against Cloudflare's published schema (tests/data/cloudflare-openapi.json)."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema

from tests.fakes.cloudflare import BASE, Cloudflare

SCHEMA = Path(__file__).parents[1] / "data" / "cloudflare-openapi.json"
METHODS = ("get", "put", "post", "patch", "delete")


class Operation(NamedTuple):
    """One endpoint: its path as a regular expression, its method, and its part of the schema."""

    path: re.Pattern[str]
    method: str
    schema: dict[str, Any]


def complaints(method: str, path: str, sent: bytes, status: int, answered: bytes) -> list[str]:
    """Return what is wrong with a request (where the answer is a success) and with its answer; paths lack the base.

    An endpoint that the schema does not have is not judged.
    """
    found = _operation(method, path)
    if found is None:
        return []
    where = f"{method} {path} ({status})"
    answers = found.schema["responses"]
    answer = answers.get(str(status)) or (answers.get("4XX") if 400 <= status < 500 else None)
    wrong = _wrong(_body(answer), answered) if answer else [f"the schema has no status {status}"]
    request = found.schema.get("requestBody")
    if request and "schema" in request["content"]["application/json"] and status < 300:
        wrong += [f"sent: {each}" for each in _wrong(_body(request), sent)]
    return [f"{where}: {each}" for each in wrong]


def against_schema(server: Cloudflare) -> list[str]:
    """Return what is wrong with everything a simulator was asked and has answered."""
    seen = dict.fromkeys(
        (call.method, call.path.removeprefix(BASE), call.body, answer.status, answer.body)
        for call, answer in server.answered
    )
    return [each for exchange in seen for each in complaints(*exchange)]


def _body(part: dict[str, Any]) -> str:
    return json.dumps(part["content"]["application/json"]["schema"])


@cache
def _wrong(schema: str, body: bytes) -> list[str]:
    try:
        value = json.loads(body)
    except ValueError:
        return ["not JSON"]
    errors = _judge(schema).iter_errors(value)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in errors]


@cache
def _judge(schema: str) -> jsonschema.Draft202012Validator:
    components = _nullable(_document()["components"])
    return jsonschema.Draft202012Validator({**_nullable(json.loads(schema)), "components": components})


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    del document["components"]["schemas"]["zones_zone"]["properties"]["name"][
        "pattern"
    ]  # a test has a zone in Japanese
    return document


def _nullable(part: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a schema of OpenAPI 3.0 as JSON Schema: ``nullable`` is the one word that means something else."""
    if isinstance(part, list):
        return [_nullable(each) for each in part]
    if not isinstance(part, dict):
        return part
    plain = {key: _nullable(value) for key, value in part.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if part.get("nullable") is True else plain


@cache
def _operations() -> tuple[Operation, ...]:
    return tuple(
        Operation(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), method.upper(), each[method])
        for path, each in _document()["paths"].items()
        for method in METHODS
        if method in each
    )


def _operation(method: str, path: str) -> Operation | None:
    return next((each for each in _operations() if each.method == method and each.path.fullmatch(path)), None)

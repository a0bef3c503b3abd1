"""JSON out of all proportion is refused before it is read, by both readers in the same way."""

import json
import runpy
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns import jsonio

BARE = Path(__file__).parents[2] / "ddns" / "jsonio.py"


@pytest.fixture(params=["orjson", "json"])
def loads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> object:
    """Return the reader with orjson, and the one without it."""
    if request.param == "json":
        monkeypatch.setitem(sys.modules, "orjson", None)
    return runpy.run_path(str(BARE))["loads"]


def nested(depth: int, left: str = "[", right: str = "]", inside: str = "1") -> str:
    """Return a value inside so many levels."""
    return left * depth + inside + right * depth


@pytest.mark.parametrize(
    "text",
    [
        nested(65),
        nested(100_000),
        nested(65, '{"a":', "}"),
        nested(40, '[{"a":', "}]"),
        "[" * 100_000,
        nested(65, inside='"]]]]\\"]]]"'),
        "[" + "1," * 400_000 + "1]",
        "[" + "{}," * 300_000 + "1]",
    ],
    ids=["65", "100000", "objects", "both", "open", "texts", "values", "rich"],
)
def test_out_of_all_proportion(loads: "object", text: str) -> None:
    """Neither a RecursionError nor a great deal of memory: a ValueError, of text and of bytes."""
    assert callable(loads)
    for document in (text, text.encode()):
        with pytest.raises(ValueError, match=r"too (deep|many)"):
            loads(document)


@pytest.mark.parametrize(
    "text",
    [
        nested(64),
        "[" + ",".join(["[[]]"] * 1000) + "]",
        json.dumps(["[" * 500, '"' + "{" * 500, "\\", '\\"[[[' * 99, "é]"]),
        "[" + "1," * 100_000 + "1]",
        "[1.5, -2e3]",
    ],
    ids=["64", "wide", "texts", "long", "numbers"],
)
def test_what_is_usual_is_read(loads: "object", text: str) -> None:
    """Brackets inside of texts, and next to each other, are no nesting."""
    assert callable(loads)
    assert loads(text) == loads(text.encode()) == json.loads(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.text('[]{}"\\a,:', max_size=20),
    lambda inner: st.lists(inner, max_size=90) | st.dictionaries(st.text('[]{}"\\', max_size=5), inner, max_size=90),
)


@given(JSON)
def test_any_document_of_usual_depth_is_read(value: object) -> None:
    """Whatever stands in its texts."""
    assert jsonio.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        b"\0\0\0\0[]",
        "[]".encode("utf-16"),
        "[]".encode("utf-32-le"),
        b"\xef\xbb\xbf[]",
        b'["\xe9"]',
        b"[NaN]",
        b"[-Infinity]",
        b"[1e999]",
        b"[-1e999]",
        b'["\\ud800"]',
        b'{"\\uDc00": 1}',
        "\ud800",
        b"",
        b"[1,]",
    ],
)
def test_what_is_no_json_in_utf8_is_refused_by_both(loads: "object", text: bytes | str) -> None:
    """Guessing at encodings needs codecs that the frozen program does not have."""
    assert callable(loads)
    with pytest.raises(ValueError, match=r"."):
        loads(text)


def test_whole_surrogate_pairs_are_read(loads: "object") -> None:
    """Only half of one is refused."""
    assert callable(loads)
    assert loads(b'["\\ud83e\\ude77"]') == ["\U0001fa77"]


@pytest.mark.parametrize("hidden", [False, True], ids=["orjson", "json"])
def test_an_answer_is_read_by_the_same_rules(monkeypatch: pytest.MonkeyPatch, *, hidden: bool) -> None:
    """Many different keys do no harm where the secret of their hash is random."""
    if hidden:
        monkeypatch.setitem(sys.modules, "orjson", None)
    read = runpy.run_path(str(BARE))["loads_answer"]
    many = {f"key {number}": number for number in range(2 * jsonio.MOST_KEYS)}
    assert read(json.dumps(many).encode()) == many
    for text in (b"[1e999]", b'["\\ud800"]', nested(65).encode()):
        with pytest.raises(ValueError, match=r"."):
            read(text)

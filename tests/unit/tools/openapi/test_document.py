"""A document is read as it was meant, within limits, and each of its parts can be pointed at."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segue.tools.openapi.document import MAX_BYTES, MAX_DEPTH, DocumentRefused, places, read

YAML = b"""\
openapi: 3.1.0
info: {title: Shop, version: 1.0}
paths:
  /orders/{id}:
    get:
      responses:
        200: {description: no}
      tags: [on, off, 007, 0x1f, 1.5, null, ~, true, 2020-01-01, 'true', 1e3, -4]
"""


def test_yaml_is_yaml_1_2() -> None:
    operation = read(YAML)["paths"]["/orders/{id}"]["get"]
    assert operation["responses"] == {"200": {"description": "no"}}
    tags = ["on", "off", "007", 31, 1.5, None, None, True, "2020-01-01", "true", 1000.0, -4]
    assert operation["tags"] == tags


def test_json_and_yaml_of_the_same_are_the_same() -> None:
    document = read(YAML)
    assert read(json.dumps(document).encode()) == document
    assert read(b"\xef\xbb\xbf" + json.dumps(document, indent="\t").encode()) == document


def test_each_part_has_its_place() -> None:
    path = ("paths", "/orders/{id}")
    pointers = [("info",), path, (*path, "get", "responses", "200"), (*path, "get", "tags", "2"), ("nowhere",)]
    assert places(YAML, pointers) == dict(zip(pointers, [(2, 1), (4, 3), (7, 9), (8, 23)], strict=False))
    text = json.dumps(read(YAML), indent=2).encode()
    assert places(text, [("info",)]) == {("info",): (3, 3)}
    assert places(b"{\t'a'", [("b",)]) == {}


@pytest.mark.parametrize(
    ("data", "why", "line"),
    [
        (b"", "no table", 0),
        (b"- a", "no table", 0),
        (b"[1]", "no table", 0),
        (b"just words", "no table", 0),
        (b"{", "is not JSON: expecting", 1),
        (b'{"a": 1,\n"a": 2}', "the key 'a' stands there twice", 0),
        (b'{"a": NaN}', "NaN is no number", 0),
        (b'{"a": "\\ud800"}', "half a character", 0),
        (b'{"a": %s}' % (b"1" * 5_000), "is not JSON", 0),
        (b"a:\n  b: [", "is not YAML", 3),
        (b"a: 1\na: 2", "the key 'a' stands there twice", 2),
        (b"a: &x 1\nb: *x", r"the alias \*x is not read", 2),
        (b"a: {<<: {b: 1}}", "the merge key << is not read", 1),
        (b"a: !python/object:os.system x", "the tag !python", 1),
        (b"a: 1\n---\nb: 2", "a second document", 2),
        (b"? [a]\n: b", "a key is a word", 1),
        (b'a: "\\0"', "no character", 1),
        (b"a: \xff", "is not UTF-8", 1),
        (b"[" * 200_000, "deeper than 100 levels", 0),
        (b'{"a":' * 200_000, "deeper than 100 levels", 0),
        (b"a: " + b"[ " * 150, "deeper than 100 levels", 1),
        (b"{" + b" " * MAX_BYTES, "larger than 10 MB", 0),
    ],
)
def test_what_is_no_document_is_refused_with_its_place(data: bytes, why: str, line: int) -> None:
    with pytest.raises(DocumentRefused, match=why) as caught:
        read(data)
    assert caught.value.line == line


def test_the_limits_hold_for_json_and_yaml_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.tools.openapi.document.MAX_PARTS", 100)
    for data in (json.dumps({"a": [1] * 100}).encode(), b"a: [" + b"1, " * 100 + b"]"):
        with pytest.raises(DocumentRefused, match="more than 100 parts"):
            read(data)


def test_what_is_not_too_deep_is_read() -> None:
    deep = json.dumps({"a": 1}).encode()
    for _ in range(MAX_DEPTH - 2):
        deep = b'{"a": %s}' % deep
    assert read(deep)
    assert read(b"a: " + deep[6:-1])


_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner, max_size=3)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from("abc"), _plain))
def test_what_was_written_is_read_again(document: dict[str, object]) -> None:
    assert read(json.dumps(document).encode()) == document
    assert read(json.dumps(document, ensure_ascii=False).encode()) == document


@given(st.binary())
@example(b"\x00")
@example(b"%YAML 9.9\n---\na: 1")
@example(b"a: !!binary x")
def test_any_bytes_are_a_document_or_refused(data: bytes) -> None:
    try:
        document = read(data)
    except DocumentRefused:
        return
    assert isinstance(document, dict)


@given(st.text(alphabet="ab:{}[],-&*!|>'\"%@`#?\n \t01.~<\\", max_size=60))
def test_any_text_of_yamls_own_characters_is_a_document_or_refused(text: str) -> None:
    try:
        document = read(text.encode())
    except DocumentRefused:
        return
    places(text.encode(), [("a",), (*document,)[:1]])

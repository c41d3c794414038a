"""An answer as JSON of a schema: what is read leniently, what strictly, and what a fault may say."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import DefinitionError
from segue.models.schema import Unfit, check, fit, read


@pytest.mark.parametrize(
    "text", ['{"a": 1}', ' {"a": 1}\n', '```json\n{"a": 1}\n```', '```\n{"a": 1}```', '\n```JSON \n\n{"a": 1}\n\n```\n']
)
def test_a_fence_of_markdown_is_taken_off(text: str) -> None:
    assert read(text) == {"a": 1}


@pytest.mark.parametrize(
    "text", ["", "yes", '{"a": 1', "{'a': 1}", '{"a": NaN}', '{"a": Infinity}', '{"a": 1, "a": 2}', "[" * 100_000,
             "1" * 10_000, 'Here it is: {"a": 1}', '```json\n{"a": 1}', "\ufeff{}"]
)  # fmt: skip
def test_anything_else_is_no_json(text: str) -> None:
    with pytest.raises(Unfit):
        read(text)


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(Unfit):
        read(text)


@pytest.mark.parametrize("text", ["```json\n" + "\n" * 200_000, "`" * 200_000, '"' + "\\" * 200_001])
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(Unfit):
        read(text)
    assert time.process_time() - begun < 2


def test_a_fault_names_its_place_and_not_the_value() -> None:
    schema = {"properties": {"lines": {"items": {"type": "string", "maxLength": 3}}}}
    with pytest.raises(Unfit) as caught:
        fit({"lines": ["ok", "anna@example.com", 7]}, schema)
    assert "$.lines[1]: " in str(caught.value)
    assert "$.lines[2]: " in str(caught.value)
    assert "anna" not in str(caught.value)


def test_half_a_character_is_no_text() -> None:
    with pytest.raises(Unfit, match="middle of a character"):
        read('{"a": "\\ud83d"}')
    assert read('"\\ud83d\\ude00"') == "😀"


@pytest.mark.parametrize(
    "schema", [{"type": "text"}, {"pattern": "("}, {"$ref": "#/$defs/none"}, {"$ref": "https://example.com/schema"}]
)
def test_a_schema_that_is_none_or_lies_elsewhere_is_refused(schema: dict[str, object]) -> None:
    with pytest.raises(DefinitionError):
        check(schema)

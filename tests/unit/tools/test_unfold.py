"""A schema from outside is bounded, refers to nothing, and never accepts less than it did."""

from __future__ import annotations

import time
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.plan.language.types import MONEY, from_schema
from segue.tools.schema import JsonValueError
from segue.tools.unfold import DEEPEST, SchemaRefused, one_line, unfold
from segue.tools.validator import MOST_VALUES, Checked

SHAPES = [{}, True, {"type": "string"}, {"type": "integer", "minimum": 3}, {"enum": ["a", 1, None]}, {"const": []}]
SCHEMAS = st.recursive(
    st.sampled_from(SHAPES) | st.just({"$ref": "#"}) | st.just({"$ref": "#/$defs/a"}),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array", ["string", "null"]]),
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
            "additionalProperties": st.booleans() | inner,
            "patternProperties": st.just({"^b": {}}),
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": st.just({"const": 5}),
            "$ref": st.just("#/$defs/a"),
        },
    ),
    max_leaves=8,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(SCHEMAS, SCHEMAS, VALUES)
def test_whatever_the_original_accepts_is_accepted(schema: Any, part: Any, value: Any) -> None:
    whole = {**schema, "$defs": {"a": part}} if isinstance(schema, dict) else schema
    try:
        original = jsonschema_rs.Draft202012Validator(whole, offline=True).is_valid(value)
    except (RecursionError, jsonschema_rs.ValidationError):  # it goes round in circles
        return
    if original:
        assert Checked(unfold(whole)).read(value) == value


@given(st.recursive(VALUES, lambda inner: st.dictionaries(st.sampled_from(
    ["type", "properties", "items", "enum", "anyOf", "$ref", "required", "pattern", "default", "format", "minimum"]),
    inner, max_size=4), max_leaves=10))  # fmt: skip
def test_anything_is_either_read_or_refused_in_words(schema: Any) -> None:
    try:
        found = unfold(schema)
    except SchemaRefused as refused:
        says = str(refused)
    else:
        Checked(found)
        says = str(from_schema(found))
    assert says.isprintable()


def test_references_are_followed_and_one_to_itself_means_anything() -> None:
    tree = {"type": "object", "properties": {"name": {"type": "string"}, "inner": {"$ref": "#"}}}
    assert unfold(tree) == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "inner": {"type": "object", "properties": {"name": {"type": "string"}, "inner": {}}},
        },
    }
    noted = {"$ref": "#/$defs/x~1y", "description": "mine", "$defs": {"x/y": {"type": "string", "description": "its"}}}
    assert unfold(noted) == {"type": "string", "description": "mine"}


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"$ref": "http://169.254.169.254/latest"}, "refers to 'http://169.254.169.254/latest', which is not part"),
        ({"$ref": "#/$defs/no"}, "which is not there"),
        ({"$ref": 5}, "$ref is no text"),
        ({"type": "text"}, "type is no type of JSON"),
        ({"properties": {"a": {"items": 3}}}, "properties/a/items is no schema"),
        ({"properties": {"a\x1b[2J": {}}}, "no printable text"),
        ({"enum": ["x" * 10_000]}, "too large"),
        ({"anyOf": {}}, "anyOf is no list of schemas"),
        ("string", "it is no schema"),
    ],
)
def test_what_cannot_be_relied_on_is_refused(schema: Any, says: str) -> None:
    with pytest.raises(SchemaRefused) as refused:
        unfold(schema)
    assert says in str(refused.value)


def test_a_schema_that_doubles_itself_is_refused_at_once() -> None:
    bomb = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(15)} | {"d15": {}}
    with pytest.raises(SchemaRefused, match="more than"):
        unfold({"$ref": "#/$defs/d0", "$defs": bomb})
    chain = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(900)} | {"d900": {}}
    with pytest.raises(SchemaRefused, match="deeper"):
        unfold({"$ref": "#/$defs/d0", "$defs": chain})
    deep: dict[str, Any] = {}
    for _ in range(DEEPEST + 1):
        deep = {"items": deep}
    with pytest.raises(SchemaRefused, match="deeper"):
        unfold(deep)


def test_no_pattern_of_a_schema_makes_us_think_for_long() -> None:
    slow = Checked(unfold({"type": "string", "pattern": "^(a+)+$"}))
    begun = time.perf_counter()
    with pytest.raises(JsonValueError, match="does not match"):
        slow.read("a" * 50_000 + "!")
    assert time.perf_counter() - begun < 5  # with backtracking it would outlive us
    for strange in ("(?=a)b", r"(a)\1", "(", r"(\w{1,900}){1,900}"):
        assert Checked(unfold({"properties": {"pattern": {"pattern": strange}}})).read({"pattern": "x"})


def test_a_value_too_large_to_be_looked_at_is_refused_unseen() -> None:
    anything = Checked({})
    with pytest.raises(JsonValueError, match="more than 50,000 parts"):
        anything.read([0] * (MOST_VALUES + 1))
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(JsonValueError, match="deeper than 64 levels"):
        anything.read(deep)
    with pytest.raises(JsonValueError, match="surrogates"):
        anything.read("\ud800")


def test_what_is_wrong_is_said_without_the_value() -> None:
    checked = Checked(unfold({"properties": {"card": {"type": "object", "properties": {"no": {"type": "integer"}}}}}))
    with pytest.raises(JsonValueError) as wrong:
        checked.read({"card": {"no": "4111 1111"}})
    assert str(wrong.value) == 'card.no: the value is not of type "integer"'


def test_a_decimal_is_money_and_other_formats_are_notes() -> None:
    price = unfold({"type": "string", "format": "decimal"})
    assert from_schema(price) == MONEY
    assert Checked(price).read("12.50") == "12.50"
    with pytest.raises(JsonValueError, match="decimal"):
        Checked(price).read("twelve")
    assert Checked(unfold({"type": "string", "format": "date"})).read("soon") == "soon"


def test_a_text_from_outside_is_one_line_that_no_terminal_obeys() -> None:
    assert one_line("Read.\n\n  Then \x1b[31mdelete\u202e all") == "Read. Then �[31mdelete� all"
    assert len(one_line("x" * 1_000_000)) == 500
    assert one_line(["no text"]) == ""


def test_a_whole_number_is_money_where_money_is_expected() -> None:
    price = {"type": "string", "format": "decimal"}
    fields = {"a": price, "b": {"anyOf": [price, {"type": "null"}]}, "c": {"type": "array", "items": price}}
    record = {"type": "object", "properties": {**fields, "n": {"type": "integer"}}, "additionalProperties": price}
    form = Checked(unfold(record))
    value = {"a": 5, "b": -1, "c": [2, "0.50"], "n": 3, "more": 7}
    assert form.read(value) == {"a": "5", "b": "-1", "c": ["2", "0.50"], "n": 3, "more": "7"}
    assert form.read({"b": None}) == {"b": None}
    assert value["a"] == 5  # what was given stays as it is
    for wrong in ({"a": 1.5}, {"a": True}):
        with pytest.raises(JsonValueError):
            form.read(wrong)

from typing import Any

import pytest

from segue.plan.language.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    MONEY,
    STRING,
    Field,
    ListOf,
    MapOf,
    Maybe,
    Record,
    Scalar,
    Type,
    from_schema,
    mismatch,
    record,
)

TREE = {
    "$defs": {
        "Tree": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "left": {"$ref": "#/$defs/Tree"},
                "right": {"$ref": "#/$defs/Tree"},
            },
            "required": ["name", "left", "right"],
        }
    },
    "$ref": "#/$defs/Tree",
}


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "boolean"}, BOOL),
        ({"type": "integer"}, INT),
        ({"type": "number"}, DOUBLE),
        ({"type": "string", "format": "date"}, STRING),
        ({"type": "string", "format": "decimal"}, MONEY),
        ({"type": "null"}, Maybe(ANY)),
        ({"type": ["string", "null"]}, Maybe(STRING)),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, Maybe(INT)),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, ANY),
        ({"allOf": [{"type": "integer"}]}, INT),
        ({"enum": ["a", "b"]}, Scalar("string", ("a", "b"))),
        ({"const": 3}, INT),
        ({"enum": [1, "b"]}, ANY),
        ({"type": "array", "items": {"type": "integer"}}, ListOf(INT)),
        ({"type": "array"}, ListOf(ANY)),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, MapOf(INT)),
        ({"type": "object"}, MapOf(ANY)),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, Record((Field("a", INT, required=False),))),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": True}, ANY),
        ({}, ANY),
        (True, ANY),
        ({"$ref": "#/$defs/Missing"}, ANY),
        (TREE, record(name=STRING, left=ANY, right=ANY)),
    ],
)
def test_a_schema_says_what_type_its_values_have(schema: Any, type_: Type) -> None:
    assert from_schema(schema) == type_


POINT = record(x=INT, y=INT)


@pytest.mark.parametrize(
    ("value", "target"),
    [
        (INT, INT),
        (INT, DOUBLE),
        (INT, MONEY),
        (MONEY, STRING),
        (ANY, INT),
        (INT, ANY),
        (INT, Maybe(INT)),
        (Maybe(INT), Maybe(DOUBLE)),
        (Maybe(INT), ANY),
        (ListOf(INT), ListOf(DOUBLE)),
        (record(x=INT, y=INT, z=INT), POINT),
        (POINT, MapOf(INT)),
        (POINT, Record((Field("x", INT), Field("q", INT, required=False)))),
        (Scalar("string", ("a",)), Scalar("string", ("a", "b"))),
        (STRING, Scalar("string", ("a", "b"))),
        (Scalar("string", ("a",)), STRING),
    ],
)
def test_a_value_fits(value: Type, target: Type) -> None:
    assert mismatch(value, target) == ""


@pytest.mark.parametrize(
    ("value", "target", "reason"),
    [
        (STRING, INT, "is a string, not an int"),
        (STRING, MONEY, "is a string, not money"),
        (DOUBLE, MONEY, "is a double, not money"),
        (DOUBLE, INT, "is a double, not an int"),
        (Maybe(INT), INT, "may be missing, and an int is needed"),
        (ListOf(STRING), ListOf(INT), "its items: is a string, not an int"),
        (POINT, STRING, "is a record, not a string"),
        (record(x=INT), POINT, "has no field y"),
        (record(x=INT, y=STRING), POINT, "its field y is a string, not an int"),
        (Record((Field("x", INT), Field("y", INT, required=False))), POINT, "its field y may be missing"),
        (Scalar("string", ("a", "c")), Scalar("string", ("a", "b")), "may be 'c'"),
    ],
)
def test_a_value_that_does_not_fit_is_told_why(value: Type, target: Type, reason: str) -> None:
    assert mismatch(value, target).startswith(reason)

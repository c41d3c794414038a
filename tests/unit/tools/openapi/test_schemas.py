"""A schema of a document says the same alone, in one dialect, and a plan's types can be read from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.plan.language.types import DOUBLE, INT, MONEY, STRING, ListOf, Maybe, Record, Scalar, from_schema
from segue.tools.openapi.schemas import Components
from segue.tools.openapi.wire import planned, received, sent
from segue.tools.schema import JsonValueError
from segue.tools.unfold import SchemaRefused
from segue.tools.validator import Checked

DECIMAL = {"type": "number", "format": "decimal"}


def alone(
    schema: Any, components: dict[str, Any] | None = None, *, is_3_0: bool = False, is_request: bool = False
) -> Any:
    document = {"components": {"schemas": components or {}}}
    return Components(document, is_3_0=is_3_0).alone(schema, is_request=is_request)


def of(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_references_are_followed_and_each_other_too() -> None:
    components = {"Order": {"type": "object", "properties": {"item": of("Item"), "again": of("Item")}},
                  "Item": {"type": "string", "maxLength": 3}}  # fmt: skip
    item = {"type": "string", "maxLength": 3}
    assert alone(of("Order"), components) == {"type": "object", "properties": {"item": item, "again": item}}


def test_what_refers_to_itself_ends() -> None:
    tree = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": of("T")}},
    }
    assert alone(of("T"), {"T": tree})["properties"]["children"] == {"type": "array", "items": {}}


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("https://example.com/schema.json", "not part of the document"),
        ("other.yaml#/components/schemas/A", "not part of the document"),
        ("#Order", "not part of the document"),
        ("#/components/schemas/Gone", "which is not there"),
        ("#/components/schemas/A/type/0/x", "which is not there"),
        ("#/components/schemas/Loop", "refers on and on"),
        ("", "not part of the document"),
    ],
)
def test_a_reference_to_elsewhere_or_nowhere_is_refused(reference: str, why: str) -> None:
    components = {"A": {"type": ["string"]}, "Loop": of("Loop")}
    for schema in ({"$ref": reference}, {"type": "array", "items": {"$ref": reference}}):
        with pytest.raises(SchemaRefused, match=why):
            alone(schema, components)


def test_a_key_with_a_slash_is_found() -> None:
    document = {"a/b": {"c~d": {"type": "integer"}}}
    assert Components(document, is_3_0=False).alone({"$ref": "#/a~1b/c~0d"}, is_request=False) == {"type": "integer"}


def test_more_references_than_can_be_followed_are_refused() -> None:
    chain = {f"S{n}": {"type": "object", "properties": {"next": of(f"S{n + 1}")}} for n in range(600)}
    with pytest.raises(SchemaRefused, match="more than 500 others"):
        alone(of("S0"), {**chain, "S600": {}})
    wide = {"type": "object", "properties": {f"p{n}": of("Wide") for n in range(40)}}
    with pytest.raises(SchemaRefused, match=r"more than 1,000 parts|deeper than"):
        alone(
            of("A"),
            {
                "A": {"properties": {f"p{n}": of("B") for n in range(40)}},
                "B": wide,
                "Wide": {"type": "object", "properties": {f"q{n}": {} for n in range(40)}},
            },
        )


def test_null_of_both_dialects_is_nothing_in_a_plan() -> None:
    old = {"type": "string", "nullable": True, "enum": ["a", "b", None]}
    new = {"type": ["string", "null"], "enum": ["a", "b", None]}
    for schema, is_3_0 in ((old, True), (new, False)):
        assert from_schema(alone(schema, is_3_0=is_3_0)) == Maybe(Scalar("string", ("a", "b")))
    beside = {"allOf": [of("A")], "nullable": True}
    assert from_schema(alone(beside, {"A": {"type": "integer"}}, is_3_0=True)) == Maybe(INT)
    assert from_schema(alone({"type": "string", "nullable": True})) == STRING  # means nothing in 3.1


def test_bounds_of_3_0_are_those_of_3_1() -> None:
    schema = {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": False}
    assert alone(schema, is_3_0=True) == {"type": "integer", "exclusiveMinimum": 1, "maximum": 9}
    assert alone({"type": "integer", "exclusiveMinimum": True}, is_3_0=True) == {"type": "integer"}


def test_in_3_0_nothing_counts_beside_a_reference() -> None:
    schema = {**of("A"), "maxLength": 1}
    assert alone(schema, {"A": {"type": "string"}}, is_3_0=True) == {"type": "string"}
    assert alone({**of("A"), "description": "an a"}, {"A": {"type": "string"}}) == {
        "type": "string",
        "description": "an a",
    }


def test_what_only_a_server_sets_is_not_sent_and_what_only_it_hears_is_not_received() -> None:
    order = {
        "type": "object",
        "required": ["id", "note", "password"],
        "properties": {"id": {"type": "string", "readOnly": True}, "note": {"type": "string"}, "password": of("P"),
                       "made": of("Made")},
    }  # fmt: skip
    components = {"P": {"type": "string", "writeOnly": True}, "Made": {"type": "string", "readOnly": True}}
    request, response = alone(order, components, is_request=True), alone(order, components)
    assert (list(request["properties"]), request["required"]) == (["note", "password"], ["note", "password"])
    assert (list(response["properties"]), response["required"]) == (["id", "note", "made"], ["id", "note"])
    apart = {"allOf": [{"type": "object", "properties": order["properties"]}, {"required": ["id", "note"]}]}
    assert alone(apart, components, is_request=True)["required"] == ["note"]


def test_records_of_which_all_hold_are_one() -> None:
    schema = {"allOf": [of("Base"), {"type": "object", "properties": {"total": DECIMAL}, "required": ["total"]}],
              "description": "an order"}  # fmt: skip
    base = {
        "type": "object",
        "properties": {"id": {"type": "string"}},
        "required": ["id"],
        "additionalProperties": False,
    }
    found = alone(schema, {"Base": base})
    assert found["required"] == ["id", "total"]
    assert found["description"] == "an order"
    assert isinstance(from_schema(planned(found)), Record)
    Checked(planned(found)).read({"id": "1", "total": "2.50"})


def test_the_same_field_in_two_records_must_fit_both() -> None:
    parts = [{"properties": {"n": {"type": "integer"}}}, {"properties": {"n": {"minimum": 3}}}]
    form = Checked(alone({"allOf": parts}))
    form.read({"n": 3})
    for value in ({"n": 2}, {"n": "x"}):
        with pytest.raises(JsonValueError):
            form.read(value)


def test_one_of_several_is_any_of_them() -> None:
    schema = alone({"oneOf": [{"type": "integer"}, {"type": "string"}]})
    assert Checked(schema).read(1) == 1
    assert Checked(schema).read("a") == "a"


ORDER = {
    "type": "object",
    "required": ["total"],
    "properties": {
        "total": DECIMAL,
        "tax": {"anyOf": [DECIMAL, {"type": "null"}]},
        "text": {"type": "string", "format": "decimal"},
        "weight": {"type": "number"},
        "count": {"type": "integer"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"price": DECIMAL}}},
        "rates": {"type": "object", "additionalProperties": DECIMAL},
    },
}


def test_money_is_exact_on_both_ways() -> None:
    lines, rates = [{"price": 5}], {"de": Decimal("0.190")}
    exact = {"total": Decimal("19.90"), "tax": Decimal("1E+2"), "text": "3.10"}
    rough = {"weight": Decimal("0.1"), "count": Decimal("3.0"), "more": [Decimal("0.5"), None, True]}
    plan = received({**exact, **rough, "lines": lines, "rates": rates}, ORDER)
    kept = {"text": "3.10", "weight": 0.1, "count": 3, "more": [0.5, None, True]}
    told = {"total": "19.90", "tax": "100", "lines": [{"price": "5"}], "rates": {"de": "0.190"}}
    assert plan == {**kept, **told}
    Checked(planned(ORDER)).read(plan)
    assert sent(plan, ORDER) == {**kept, "total": 19.9, "tax": 100, "lines": lines, "rates": {"de": 0.19}}
    assert received({"tax": None}, ORDER) == {"tax": None}


def test_a_plan_sees_money_where_a_service_has_a_decimal() -> None:
    record = from_schema(planned(ORDER))
    assert isinstance(record, Record)
    types = {field.name: field.type for field in record.fields}
    assert (types["total"], types["tax"], types["text"], types["weight"]) == (MONEY, Maybe(MONEY), MONEY, DOUBLE)
    assert types["lines"] == ListOf(
        from_schema({"type": "object", "properties": {"price": {"type": "string", "format": "decimal"}}})
    )


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_no_amount_changes_on_its_way(amount: Decimal) -> None:
    number = sent(f"{amount:f}", DECIMAL)
    assert Decimal(repr(number)) == amount
    assert Decimal(received(Decimal(repr(number)), DECIMAL)) == amount


def test_an_amount_that_a_number_would_change_is_not_sent() -> None:
    with pytest.raises(JsonValueError, match="more digits"):
        sent("0.1234567890123456789", DECIMAL)
    assert sent("9007199254740993", DECIMAL) == 9007199254740993
    with pytest.raises(JsonValueError, match="out of range"):
        received(Decimal("1e350"), {"type": "number"})


@pytest.mark.parametrize("schema", [5, "x", [], {"type": "nonsense"}, {"properties": []}, {"properties": {"a": 3}},
                                    {"required": "a"}, {"enum": []}, {"allOf": {}}, {"items": 7}])  # fmt: skip
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(SchemaRefused):
        alone(schema)

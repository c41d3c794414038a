"""The schema for editors says of every file what the reader says of its form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest

from segue.plan import document, grammar, schema, steps
from segue.plan.form import Form
from segue.plan.grammar import KINDS, PROCEDURE, Shape
from tests.docs.rule_examples import EXAMPLES

SCHEMA = schema.schema()
PACKAGE = Path(str(files("segue")))
OURS = sorted([*PACKAGE.glob("sample/procedures/*.yaml"), *PACKAGE.glob("support/starter/procedures/*.yaml")])
FORMAL = {"P105", "P106", "P107", "P108", "P109"}
"""Rules that a schema can express; it looks at no YAML, and into no regular expression."""


def faults(value: Any, rule: Any, at: str = "$") -> Iterator[str]:
    """Yield where a value breaks a schema, as far as ours uses JSON Schema."""
    if "$ref" in rule:
        yield from faults(value, SCHEMA["$defs"][rule["$ref"].removeprefix("#/$defs/")], at)
    kinds = rule.get("type", ())
    if kinds and not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        yield f"{at} is no {kinds}"
        return
    if "enum" in rule and value not in rule["enum"]:
        yield f"{at} is none of {rule['enum']}"
    if "not" in rule and not list(faults(value, rule["not"], at)):
        yield f"{at} is {rule['not']}"
    if "anyOf" in rule and all(list(faults(value, part, at)) for part in rule["anyOf"]):
        yield f"{at} fits nothing"
    if "oneOf" in rule and sum(not list(faults(value, part, at)) for part in rule["oneOf"]) != 1:
        yield f"{at} fits none, or several"
    for part in rule.get("allOf", ()):
        yield from faults(value, part, at)
    yield from _of_text(value, rule, at)
    yield from _of_parts(value, rule, at)


def _is(value: Any, kind: str) -> bool:
    types: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, types[kind]) and not (kind == "integer" and isinstance(value, bool))


def _of_text(value: Any, rule: Any, at: str) -> Iterator[str]:
    if isinstance(value, str):
        if not rule.get("minLength", 0) <= len(value.strip()) <= rule.get("maxLength", 10**9):
            yield f"{at} is too long or too short"
        if "pattern" in rule and not re.search(rule["pattern"], value):
            yield f"{at} is not {rule['pattern']}"
    if isinstance(value, int) and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        yield f"{at} is out of range"


def _of_parts(value: Any, rule: Any, at: str) -> Iterator[str]:
    if isinstance(value, list):
        if len(value) < rule.get("minItems", 0):
            yield f"{at} has too few items"
        for number, item in enumerate(value):
            yield from faults(item, rule.get("items", {}), f"{at}[{number}]")
    if isinstance(value, dict):
        known, extra = rule.get("properties", {}), rule.get("additionalProperties", True)
        if not rule.get("minProperties", 0) <= len(value) <= rule.get("maxProperties", 10**9):
            yield f"{at} has too many keys, or too few"
        yield from (f"{at} lacks {name}" for name in rule.get("required", ()) if name not in value)
        for name, part in value.items():
            yield from faults(name, rule.get("propertyNames", {}), f"{at}.{name}")
            if name not in known and extra is False:
                yield f"{at} has no key {name}"
            yield from faults(part, known.get(name, extra if isinstance(extra, dict) else {}), f"{at}.{name}")


def read(source: str) -> Any:
    node, found = document.read(source.encode())
    assert node is not None, found
    return Form("x").plain(node)


def test_the_file_that_ships_is_what_the_tables_say() -> None:
    assert json.loads((PACKAGE / "plan" / "procedure.schema.json").read_text(encoding="utf-8")) == SCHEMA


def test_every_shape_of_the_tables_is_read_and_described() -> None:
    from segue.plan import procedure

    assert set(schema._SHAPES) == set(get_args(Shape)) == steps._SHAPES.keys() | procedure._SHAPES.keys()
    used = {key.shape for table in _tables() for key in table.keys.values()}
    assert used == set(get_args(Shape))


def test_every_key_of_the_tables_is_in_the_schema_and_no_other() -> None:
    assert SCHEMA["properties"].keys() == PROCEDURE.keys.keys()
    for name, kind in KINDS.items():
        assert SCHEMA["$defs"][name]["properties"].keys() == {"id", *kind.table.keys}
        assert SCHEMA["$defs"][name]["required"] == list(kind.table.required())


def _tables() -> list[grammar.Table]:
    inner = [grammar.INPUT, grammar.COMPOSED, grammar.CHOICE, grammar.OPTION, grammar.LOOP, grammar.QUESTION]
    return [PROCEDURE, *inner, *(kind.table for kind in KINDS.values())]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_procedure_of_ours_fits(path: Path) -> None:
    assert list(faults(read(path.read_text(encoding="utf-8")), SCHEMA)) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{each.code}-{n}" for n, each in enumerate(EXAMPLES)])
def test_what_the_reader_takes_fits_and_what_it_refuses_for_its_form_does_not(example: Any) -> None:
    assert list(faults(read(example.sound), SCHEMA)) == []
    if example.code in FORMAL:
        assert list(faults(read(example.broken.replace("§", "")), SCHEMA))

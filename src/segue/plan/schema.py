"""The JSON Schema of procedure files, for editors, made from the tables that read them."""

from __future__ import annotations

from typing import Final, get_args

from segue.plan import grammar
from segue.plan.grammar import INPUT, KINDS, PROCEDURE, Key, Shape, Table
from segue.plan.language.syntax import RESERVED
from segue.plan.plan import REASONS, InputType
from segue.tools import JSON

_NAME: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$", "not": {"enum": sorted(RESERVED)}}
_TEXT: Final = {"type": ["string", "number", "boolean"], "minLength": 1}
_LINE: Final = {**_TEXT, "maxLength": grammar.LONGEST_NAME}
_STEP: Final = {"$ref": "#/$defs/step"}


def _branch(least: int) -> dict[str, JSON]:
    return {"anyOf": [_STEP, {"type": "array", "minItems": least, "items": _STEP}]}


_SHAPES: Final[dict[Shape, dict[str, JSON]]] = {
    "topic": _LINE,
    "words": _TEXT,
    "text": _TEXT,
    "condition": _TEXT,
    "texts": {"type": "array", "items": _TEXT},
    "searches": {"type": "array", "minItems": 1, "items": _NAME},
    "flag": {"type": "boolean"},
    "input_type": {"enum": list(get_args(InputType))},
    "pattern": {"type": "string", "maxLength": grammar.LONGEST_PATTERN, "format": "regex"},
    "inputs": {
        "type": "object",
        "propertyNames": {"pattern": _NAME["pattern"]},
        "additionalProperties": {"$ref": "#/$defs/input"},
    },
    "steps": {"type": "array", "minItems": 1, "items": {"allOf": [_STEP, {"required": ["id"]}]}},
    "branch": _branch(1),
    "body": _branch(0),
    "value": {},
    "arguments": {"type": "object"},
    "schema": {"type": "object"},
    "name": _NAME,
    "most": {"type": "integer", "minimum": 1, "maximum": grammar.MAX_ITEMS},
    "by": {"enum": ["model", "classifier"]},
    "reason": {"enum": list(REASONS)},
    "on_error": {
        "anyOf": [
            _branch(1),
            {
                "type": "object",
                "properties": {"retry": {"type": "integer", "minimum": 1, "maximum": grammar.MAX_RETRIES}},
                "required": ["retry"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"then": _branch(1)},
                "required": ["then"],
                "additionalProperties": False,
            },
        ]
    },
    "options": {
        "type": "object",
        "minProperties": grammar.MIN_OPTIONS,
        "maxProperties": grammar.MAX_OPTIONS,
        "propertyNames": {"minLength": 1, "maxLength": grammar.LONGEST_NAME},
        "additionalProperties": {"anyOf": [_branch(0), {"$ref": "#/$defs/option"}]},
    },
    "choice": {"$ref": "#/$defs/choice"},
    "loop": {"$ref": "#/$defs/loop"},
    "question": {"$ref": "#/$defs/question"},
    "reply": {"anyOf": [_TEXT, {"$ref": "#/$defs/composed"}]},
}
"""What may stand under a key of each shape."""


def schema() -> dict[str, JSON]:
    """Return the schema, of JSON Schema 2020-12.

    It says what a file looks like, not what it means: names, types and paths are what `segue check` looks at.
    """
    kinds = {name: _object(kind.table, about=kind.about, has_id=True) for name, kind in KINDS.items()}
    tables = {
        "input": INPUT,
        "choice": grammar.CHOICE,
        "option": grammar.OPTION,
        "loop": grammar.LOOP,
        "question": grammar.QUESTION,
        "composed": grammar.COMPOSED,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A procedure of Segue",
        **_object(PROCEDURE),
        "anyOf": [{"required": ["steps"]}, {"required": ["guidance"]}],
        "$defs": {
            "step": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in kinds]},
            **kinds,
            **{name: _object(table) for name, table in tables.items()},
        },
    }


def _object(table: Table, *, about: str = "", has_id: bool = False) -> dict[str, JSON]:
    identity = (
        {"id": {**_NAME, "description": "Unique in the file; how the steps below speak of it."}} if has_id else {}
    )
    return {
        **({"description": about} if about else {}),
        "type": "object",
        "properties": identity | {name: _described(key) for name, key in table.keys.items()},
        "required": list(table.required()),
        "additionalProperties": False,
    }


def _described(key: Key) -> dict[str, JSON]:
    return {**_SHAPES[key.shape], "description": key.about}

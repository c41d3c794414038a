"""Reads a model's answer as JSON of a schema; its faults are told without a word of what was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from segue.errors import DefinitionError

SHOWN = 200
"""Characters of a schema's own words in a fault."""


class Unfit(ValueError):
    """An answer is not JSON of the schema; the message says why, for a model to read."""


def check(schema: Mapping[str, Any]) -> None:
    """Refuse a schema that is none, or that refers to one elsewhere: nothing is fetched.

    Raises:
        DefinitionError: It is not JSON Schema (2020-12).
    """
    _validator(json.dumps(schema, sort_keys=True))


def read(text: str) -> Any:
    """Return the JSON value of an answer, which may stand in a fence of Markdown.

    Raises:
        Unfit: It is no JSON: `NaN` and a key twice are none either.
    """
    try:
        value = json.loads(_unfenced(text), parse_constant=_no_constant, object_pairs_hook=_once)
        json.dumps(value, ensure_ascii=False).encode()
    except Unfit:
        raise
    except json.JSONDecodeError as error:
        raise Unfit(f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise Unfit("it is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise Unfit("a text in it ends in the middle of a character") from error
    except ValueError as error:  # thousands of digits
        raise Unfit("a number in it is too long") from error
    return value


def fit(value: Any, schema: Mapping[str, Any]) -> None:
    """Refuse a value that is not of the schema.

    Raises:
        Unfit: With the first faults.
    """
    try:
        faults = list(_validator(json.dumps(schema, sort_keys=True)).iter_errors(value))
    except ValueError as error:  # deeper than the library looks
        raise Unfit(f"it cannot be checked: {str(error)[:SHOWN]}") from error
    if faults:
        raise Unfit("; ".join(dict.fromkeys(_told(fault) for fault in faults[:3])))


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    import jsonschema_rs  # noqa: PLC0415 (only where a schema is asked for)

    try:
        return jsonschema_rs.Draft202012Validator(json.loads(schema), mask="the value", offline=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        reason = str(error).partition("\n")[0][:SHOWN]
        raise DefinitionError(f"the schema of the answer is no JSON Schema: {reason}") from error


def _told(fault: Any) -> str:
    """Say what a fault is without repeating the value: it may be personal."""
    place = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.instance_path)
    said = " ".join(fault.message.split())
    return f"{place}: {said if len(said) <= SHOWN else said[:SHOWN] + '…'}"


def _unfenced(text: str) -> str:
    """Return what stands in a fence of Markdown, or the text where there is none."""
    stripped = text.strip()
    first, _, rest = stripped.partition("\n")
    is_fenced = first.strip().lower() in ("```", "```json") and rest.endswith("```")
    return rest.removesuffix("```") if is_fenced else stripped


def _no_constant(word: str) -> Any:
    raise Unfit(f"it is not JSON: {word} is no value")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read_ = dict(pairs)
    if len(read_) != len(pairs):
        raise Unfit("a key stands twice in one object")
    return read_

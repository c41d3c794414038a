"""Values of tools that run elsewhere, checked against the JSON Schema that they declare."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from segue.tools.schema import JSON, JsonValueError
from segue.tools.unfold import one_line

if TYPE_CHECKING:
    import jsonschema_rs

MOST_VALUES = 50_000
"""Parts of a value that are looked at; a larger one is refused unseen."""
DEEPEST = 64

_PROGRAM_BYTES = 1_000_000
"""That the automaton of a pattern may take; it runs in time linear in the text."""
_MESSAGES = 3


class Checked:
    """Values that a JSON Schema accepts, which stay the JSON that they are; a `Form`.

    Only a whole number where money is expected becomes its text: in a plan the one widens to the other.

    Nothing is fetched, whatever the schema refers to. Patterns that cannot be matched in linear time are left out, and
    formats are notes, except for `decimal`, which money is told by.
    """

    def __init__(self, schema: Mapping[str, JSON]) -> None:
        """Read a schema that `unfold` has given."""
        self.schema: dict[str, JSON] = _without_strange_patterns(schema)
        self._has_money = "decimal" in _formats(self.schema)
        self._validator = _validator(self.schema)

    def read(self, value: JSON) -> Any:
        """Return the value itself.

        Raises:
            JsonValueError: The schema refuses it, or it is too large to be looked at.
        """
        _measure(value)
        if self._has_money:
            value = _with_texts(value, self.schema)
        try:
            faults = [] if self._validator.is_valid(value) else self._validator.iter_errors(value)
        except ValueError as error:  # what is no JSON, such as half of a surrogate pair
            raise JsonValueError(one_line(str(error), 200)) from error
        reasons = [_explain(fault) for fault, _ in zip(faults, range(_MESSAGES), strict=False)]
        if reasons:
            raise JsonValueError("; ".join(reasons))
        return value

    def write(self, value: JSON) -> JSON:
        """Return the value itself; as `read`."""
        return self.read(value)


def _validator(schema: Mapping[str, JSON]) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs  # noqa: PLC0415 (only where a tool that runs elsewhere is called)

    return jsonschema_rs.Draft202012Validator(
        dict(schema),
        formats={**dict.fromkeys(_formats(schema), _anything), "decimal": _is_decimal},
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(size_limit=_PROGRAM_BYTES, dfa_size_limit=_PROGRAM_BYTES),
        mask="the value",
        offline=True,
    )


def _explain(fault: jsonschema_rs.ValidationError) -> str:
    """Say what is wrong without repeating the value: it may be personal."""
    where = ".".join(str(part) for part in fault.instance_path)
    message = one_line(fault.message, 200)
    return f"{one_line(where, 100)}: {message}" if where else message


def _with_texts(value: JSON, schema: Mapping[str, JSON]) -> JSON:
    """Return a value with the whole numbers that stand for money as texts."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(parts) == 1:
        schema = parts[0]
    match value:
        case bool():
            return value
        case int() if schema.get("type") == "string" and schema.get("format") == "decimal":
            return str(value)
        case list() if isinstance(schema.get("items"), Mapping):
            return [_with_texts(part, schema["items"]) for part in value]
        case dict():
            fields, extra = schema.get("properties", {}), schema.get("additionalProperties")
            others = extra if isinstance(extra, Mapping) else {}
            return {name: _with_texts(part, fields.get(name, others)) for name, part in value.items()}
        case _:
            return value


def _measure(value: JSON) -> None:
    """Refuse what is too large or too deep, or no JSON."""
    seen, level = 0, [value]
    for _ in range(DEEPEST):
        inner: list[JSON] = []
        for part in level:
            if isinstance(part, Mapping):
                inner.extend(part.values())
            elif isinstance(part, list | tuple):
                inner.extend(part)
        seen += len(inner)
        if seen > MOST_VALUES:
            raise JsonValueError(f"has more than {MOST_VALUES:,} parts")
        if not inner:
            return
        level = inner
    raise JsonValueError(f"is deeper than {DEEPEST} levels")


def _without_strange_patterns(schema: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the schema without the patterns that look around or back, or take too much room."""

    def walk(part: JSON, *, is_schema: bool) -> JSON:
        if isinstance(part, list):
            return [walk(each, is_schema=is_schema) for each in part]
        if not isinstance(part, Mapping):
            return part
        kept: dict[str, JSON] = {}
        for word, value in part.items():
            if not is_schema:  # the names of properties
                kept[word] = walk(value, is_schema=True)
            elif word in ("enum", "const", "default"):
                kept[word] = value
            elif word != "pattern" or _is_linear(value):
                kept[word] = walk(value, is_schema=word != "properties")
        return kept

    found: dict[str, JSON] = walk(schema, is_schema=True)
    return found


def _is_linear(pattern: str) -> bool:
    try:
        _validator({"pattern": pattern})
    except ValueError:  # as the library's own error is
        return False
    return True


def _formats(part: JSON) -> set[str]:
    if isinstance(part, list):
        return {name for each in part for name in _formats(each)}
    if not isinstance(part, Mapping):
        return set()
    here = {part["format"]} if isinstance(part.get("format"), str) else set()
    return here | {name for value in part.values() for name in _formats(value)}


def _anything(_: str) -> bool:
    return True


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False

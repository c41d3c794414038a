"""Values as a plan has them and as a service sends them: exact amounts are texts here, and may be numbers there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from segue.tools.schema import JSON, JsonValueError

_MONEY = {"type": "string", "format": "decimal"}


def planned(schema: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the schema of the values as a plan has them: what is a number of format `decimal` becomes money."""
    if _is_amount(schema):
        return {**_MONEY, **{word: schema[word] for word in ("description", "title") if word in schema}}
    found: dict[str, JSON] = dict(schema)
    for word in ("anyOf", "allOf"):
        if word in found:
            found[word] = [planned(part) for part in found[word]]
    for word in ("items", "additionalProperties"):
        if isinstance(found.get(word), Mapping):
            found[word] = planned(found[word])
    if "properties" in found:
        found["properties"] = {name: planned(part) for name, part in found["properties"].items()}
    return found


def sent(value: JSON, schema: Mapping[str, JSON]) -> JSON:
    """Return a plan's value as it is sent.

    Args:
        value: It fits `planned(schema)`.
        schema: Of the service, flat.

    Raises:
        JsonValueError: An amount cannot be written as a number without changing it.
    """
    return _converted(value, schema, _number)


def received(value: JSON, schema: Mapping[str, JSON]) -> JSON:
    """Return a value that was received as a plan has it; whether it fits is for `planned(schema)` to say.

    Args:
        value: JSON whose numbers with a fraction are `Decimal`.
        schema: Of the service, flat.

    Raises:
        JsonValueError: A number is out of range.
    """
    return _converted(value, schema, _text)


def _converted(value: JSON, schema: Mapping[str, JSON], amount: Callable[[JSON], JSON]) -> JSON:
    match value:
        case dict():
            return {name: _converted(part, _property(schema, name), amount) for name, part in value.items()}
        case list():
            items = _sought(schema, "items")
            return [_converted(part, items, amount) for part in value]
        case bool() | None:
            return value
        case str() | int() | Decimal() if _is_amount(_present(schema)):
            return amount(value)
        case Decimal():
            return _plain(value, is_whole=_present(schema).get("type") == "integer")
        case _:
            return value


def _number(value: JSON) -> JSON:
    """Return an amount as a number of JSON that says exactly the same."""
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return value  # the schema refuses it
    if exact == exact.to_integral_value() and abs(exact) < 2**63:
        return int(exact)
    if Decimal(repr(float(exact))) != exact:
        raise JsonValueError("has more digits than a number of JSON keeps")
    return float(exact)


def _text(value: JSON) -> JSON:
    return value if isinstance(value, str) else f"{Decimal(value):f}"


def _plain(value: Decimal, *, is_whole: bool) -> JSON:
    if is_whole and value == value.to_integral_value():
        return int(value)
    number = float(value)
    if abs(number) > 1e300:
        raise JsonValueError("holds a number that is out of range")
    return number


def _is_amount(schema: Mapping[str, JSON]) -> bool:
    return schema.get("type") in ("number", "integer") and schema.get("format") == "decimal"


def _present(schema: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return the schema of a value where there is one: null beside it, or more said of it, does not count."""
    for word in ("anyOf", "allOf"):
        parts = [part for part in schema.get(word, ()) if part.get("type") != "null"]
        if len(parts) == 1 or (word == "allOf" and parts):
            return _present(parts[0])
    return schema


def _property(schema: Mapping[str, JSON], name: str) -> Mapping[str, JSON]:
    properties = _sought(schema, "properties")
    found = properties.get(name) if name in properties else _sought(schema, "additionalProperties")
    return found if isinstance(found, Mapping) else {}


def _sought(schema: Mapping[str, JSON], word: str) -> Mapping[str, JSON]:
    """Return what a schema says under a word, itself or in a part that always applies."""
    present = _present(schema)
    for part in (schema, present, *schema.get("allOf", ())):
        found = part.get(word)
        if isinstance(found, Mapping):
            return found
    return {}

"""JSON Schemas written by others, as far as a plan can rely on them: without references, and of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from segue.tools.schema import JSON

MOST_PARTS: Final = 1_000
"""Schemas inside one schema, each counted wherever it is referred to."""
DEEPEST: Final = 64
"""Words of a schema, and references, one inside the other."""
LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 500
MOST_CHOICES: Final = 500

_KINDS = frozenset(("null", "boolean", "object", "array", "number", "integer", "string"))
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_NOTHING: Final[dict[str, JSON]] = {"not": {}}


class SchemaRefused(ValueError):
    """A schema that cannot be relied on: too large, too deep, or no schema; the message says where and why."""


def unfold(schema: JSON) -> dict[str, JSON]:
    """Return a schema that says the same without any reference, and that takes no more than bounded time to check.

    What a plan cannot use is left out (`not`, `if`, `patternProperties` and the like), so that the result accepts at
    least what the original accepts; whoever wrote it checks the rest. Where a schema refers to itself, anything goes.
    Texts are cut to one line.

    Args:
        schema: As it came, of JSON Schema 2020-12 or an older draft.

    Raises:
        SchemaRefused: It refers to something outside itself, is larger than `MOST_PARTS` or deeper than `DEEPEST`,
            or is malformed.
    """
    return _Unfolding(schema).read(schema, (), ())


def one_line(text: JSON, longest: int = LONGEST_TEXT) -> str:
    """Return a text from outside on one line, cut, without anything that a terminal would obey."""
    words = " ".join(text[: 4 * longest].split()) if isinstance(text, str) else ""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


class _Unfolding:
    """One schema on its way."""

    def __init__(self, root: JSON) -> None:
        self._root = root
        self._parts = 0

    def read(self, schema: JSON, where: tuple[str, ...], inside: tuple[str, ...]) -> dict[str, JSON]:
        """Return what a part says; `inside` names the references that are being followed."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise SchemaRefused(f"it has more than {MOST_PARTS:,} parts")
        if len(where) + len(inside) > DEEPEST:
            raise SchemaRefused(f"it is deeper than {DEEPEST} levels")
        if isinstance(schema, bool):
            return {} if schema else dict(_NOTHING)
        if not isinstance(schema, Mapping):
            raise _fault(where, "is no schema")
        own = self._own(schema, where, inside)
        reference = schema.get("$ref")
        if reference is None:
            return own
        if not isinstance(reference, str):
            raise _fault((*where, "$ref"), "is no text")
        target = {} if reference in inside else self.read(self._target(reference), where, (*inside, reference))
        notes = {"description", "title", "default"}
        return {**target, **own} if own.keys() <= notes else {"allOf": [target, own]}

    def _own(self, schema: Mapping[str, JSON], where: tuple[str, ...], inside: tuple[str, ...]) -> dict[str, JSON]:
        def inner(part: JSON, *names: str) -> dict[str, JSON]:
            return self.read(part, (*where, *names), inside)

        found: dict[str, JSON] = {}
        for word, read in _READERS.items():
            if word in schema:
                value = read(schema[word], (*where, word))
                if value is not None:
                    found[word] = value
        for word in ("allOf", "anyOf", "oneOf"):
            if word in schema:
                parts = _list(schema[word], (*where, word))
                choices = [inner(part, word, str(number)) for number, part in enumerate(parts)]
                if word == "oneOf":  # of parts that say less than the originals, several may accept the same
                    found.setdefault("allOf", []).append({"anyOf": choices})
                else:
                    found[word] = choices
        self._object(schema, where, inner, found)
        if "items" in schema and "prefixItems" not in schema and not isinstance(schema["items"], list):
            found["items"] = inner(schema["items"], "items")
        return found

    def _object(
        self,
        schema: Mapping[str, JSON],
        where: tuple[str, ...],
        inner: Callable[..., dict[str, JSON]],
        found: dict[str, JSON],
    ) -> None:
        if "properties" in schema:
            properties = schema["properties"]
            if not isinstance(properties, Mapping):
                raise _fault((*where, "properties"), "is no table of schemas")
            found["properties"] = {
                _name(name, where): inner(part, "properties", str(name)) for name, part in properties.items()
            }
        extra = schema.get("additionalProperties")
        if extra is not None and "patternProperties" not in schema:
            found["additionalProperties"] = extra if isinstance(extra, bool) else inner(extra, "additionalProperties")

    def _target(self, reference: str) -> JSON:
        if reference != "#" and not reference.startswith("#/"):
            raise SchemaRefused(f"it refers to {one_line(reference, 100)!r}, which is not part of it")
        found = self._root
        for part in reference[2:].split("/") if len(reference) > 1 else ():
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isascii() and name.isdigit() and int(name[:9]) < len(found):
                found = found[int(name[:9])]
            else:
                raise SchemaRefused(f"it refers to {one_line(reference, 100)!r}, which is not there")
        return found


def _fault(where: tuple[str, ...], what: str) -> SchemaRefused:
    place = "/".join(one_line(part, 50) for part in where[-4:])
    return SchemaRefused(f"{place} {what}" if place else f"it {what}")


def _name(name: JSON, where: tuple[str, ...]) -> str:
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise _fault(where, f"has a property whose name is no printable text of at most {LONGEST_NAME} characters")
    return name


def _list(value: JSON, where: tuple[str, ...]) -> list[JSON]:
    if not isinstance(value, list) or not value:
        raise _fault(where, "is no list of schemas")
    return value


def _type(value: JSON, where: tuple[str, ...]) -> JSON:
    kinds = value if isinstance(value, list) else [value]
    if not kinds or len(kinds) > len(_KINDS) or any(not isinstance(kind, str) or kind not in _KINDS for kind in kinds):
        raise _fault(where, "is no type of JSON")
    return list(dict.fromkeys(kinds)) if isinstance(value, list) else value


def _required(value: JSON, where: tuple[str, ...]) -> JSON:
    if isinstance(value, bool):  # an older draft's, which says nothing about this part
        return None
    if not isinstance(value, list) or len(value) > MOST_PARTS:
        raise _fault(where, "is no list of names")
    return list(dict.fromkeys(_name(name, where) for name in value))


def _choices(value: JSON, where: tuple[str, ...]) -> JSON:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_CHOICES:
        raise _fault(where, f"is no list of at most {MOST_CHOICES} values")
    return [_constant(each, where) for each in value]


def _constant(value: JSON, where: tuple[str, ...]) -> JSON:
    if not _is_small(value):
        raise _fault(where, "holds a value that is too large")
    return value


def _default(value: JSON, _: tuple[str, ...]) -> JSON:
    return value if _is_small(value) else None


def _is_small(value: JSON, depth: int = 4) -> bool:
    match value:
        case str():
            return len(value) <= LONGEST_TEXT and value.isprintable()
        case int():
            return -(2**63) <= value < 2**63
        case list() | dict():
            parts = [*value, *value.values()] if isinstance(value, dict) else value
            return depth > 0 and len(parts) <= MOST_CHOICES and all(_is_small(part, depth - 1) for part in parts)
        case _:
            return value is None or isinstance(value, float)


def _count(value: JSON, _: tuple[str, ...]) -> JSON:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _number(value: JSON, _: tuple[str, ...]) -> JSON:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 else None


def _text(value: JSON, _: tuple[str, ...]) -> JSON:
    return one_line(value) or None


def _pattern(value: JSON, _: tuple[str, ...]) -> JSON:
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT else None


_READERS: Final[Mapping[str, Callable[[JSON, tuple[str, ...]], JSON]]] = {
    "type": _type,
    "required": _required,
    "enum": _choices,
    "const": _constant,
    "default": _default,
    "title": _text,
    "description": _text,
    "format": _text,
    "pattern": _pattern,
    **dict.fromkeys(_COUNTS, _count),
    **dict.fromkeys(_BOUNDS, _number),
}

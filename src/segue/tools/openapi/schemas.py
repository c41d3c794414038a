"""The schemas of a document, each made to stand alone: no reference, one dialect, only what its direction carries.

OpenAPI 3.0 has a dialect of its own; what comes out is JSON Schema 2020-12, as 3.1 has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from segue.tools.openapi.document import Pointer
from segue.tools.schema import JSON
from segue.tools.unfold import SchemaRefused, one_line, unfold

MOST_REFERENCES: Final = 500
"""Schemas that one schema refers to, and they to others."""
_HOPS: Final = 10
_LISTS = frozenset(("allOf", "anyOf", "oneOf"))
_LEFT_OUT = frozenset(
    ("example", "examples", "xml", "externalDocs", "discriminator", "nullable", "readOnly", "writeOnly")
)
_NOTES = frozenset(("description", "title", "default"))
_OF_OBJECTS = frozenset(("type", "properties", "required", "additionalProperties", "minProperties", "maxProperties"))


class Components:
    """A document's parts under their references."""

    def __init__(self, document: Mapping[str, JSON], *, is_3_0: bool) -> None:
        self._document = document
        self._is_3_0 = is_3_0

    def follow(self, part: JSON, pointer: Pointer) -> tuple[JSON, Pointer]:
        """Return what a part is or refers to, and where that stands.

        Raises:
            SchemaRefused: It refers to something outside the document, to nothing, or in a circle.
        """
        for _ in range(_HOPS):
            if not isinstance(part, Mapping) or not isinstance(part.get("$ref"), str):
                return part, pointer
            pointer = _pointer(part["$ref"])
            part = self._at(pointer, part["$ref"])
        raise SchemaRefused("it refers to what refers on and on")

    def alone(self, schema: JSON, *, is_request: bool) -> dict[str, JSON]:
        """Return a schema without references that says the same, as far as one can rely on it.

        Args:
            schema: As it stands in the document.
            is_request: Whether values of it are sent, so that what only a server sets is left out, or received.

        Raises:
            SchemaRefused: It is malformed, too large or too deep, or refers to what is not in the document.
        """
        bundle = _Bundle(self, is_3_0=self._is_3_0, left_out="readOnly" if is_request else "writeOnly")
        return flat(unfold(bundle.of(schema)), frozenset(bundle.left_out_names))

    def _at(self, pointer: Pointer, reference: str) -> JSON:
        found: JSON = self._document
        for name in pointer:
            if isinstance(found, Mapping) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isascii() and name.isdigit() and int(name[:9]) < len(found):
                found = found[int(name[:9])]
            else:
                raise SchemaRefused(f"it refers to {one_line(reference, 100)!r}, which is not there")
        return found


def _pointer(reference: str) -> Pointer:
    if not reference.startswith("#/"):
        raise SchemaRefused(f"it refers to {one_line(reference, 100)!r}, which is not part of the document")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in reference[2:].split("/"))


class _Bundle:
    """One schema with everything that it refers to, under `$defs`."""

    def __init__(self, components: Components, *, is_3_0: bool, left_out: str) -> None:
        self._components = components
        self._is_3_0 = is_3_0
        self._left_out = left_out
        self.left_out_names: set[str] = set()
        """Of properties; `required` may name them somewhere else."""
        self._names: dict[str, str] = {}
        self._found: dict[str, JSON] = {}

    def of(self, schema: JSON) -> JSON:
        top = self._read(schema)
        if not self._names:
            return top
        waiting = [*self._names]
        while waiting:
            reference = waiting.pop()
            target, _ = self._components.follow({"$ref": reference}, ())
            known = len(self._names)
            self._found[self._names[reference]] = self._read(target)
            waiting.extend([*self._names][known:])
        return {"allOf": [top], "$defs": self._found}

    def _read(self, schema: JSON) -> JSON:
        if not isinstance(schema, Mapping):
            return schema
        reference = schema.get("$ref")
        if isinstance(reference, str):
            _pointer(reference)
            name = self._names.setdefault(reference, str(len(self._names)))
            if len(self._names) > MOST_REFERENCES:
                raise SchemaRefused(f"it refers to more than {MOST_REFERENCES} others")
            referred = {"$ref": f"#/$defs/{name}"}
            if self._is_3_0:
                return referred
            rest = {word: value for word, value in schema.items() if word != "$ref"}
            return {**self._plain(rest), **referred} if rest else referred
        return self._plain(schema)

    def _plain(self, schema: Mapping[str, JSON]) -> JSON:
        found = {
            word: value for word, value in schema.items() if word not in _LEFT_OUT and not str(word).startswith("x-")
        }
        for word in _LISTS & found.keys():
            if isinstance(found[word], list):
                found[word] = [self._read(part) for part in found[word]]
        for word in ("items", "additionalProperties"):
            if word in found and not isinstance(found[word], list):
                found[word] = self._read(found[word])
        if isinstance(found.get("properties"), Mapping):
            self._properties(found)
        if self._is_3_0:
            _new_bounds(found)
        return _with_null(found, is_nullable=schema.get("nullable") is True and self._is_3_0)

    def _properties(self, schema: dict[str, JSON]) -> None:
        kept = {name: part for name, part in schema["properties"].items() if not self._is_left_out(part)}
        self.left_out_names.update(schema["properties"].keys() - kept.keys())
        schema["properties"] = {name: self._read(part) for name, part in kept.items()}

    def _is_left_out(self, part: JSON) -> bool:
        target, _ = self._components.follow(part, ())
        return any(isinstance(each, Mapping) and each.get(self._left_out) is True for each in (part, target))


def _new_bounds(schema: dict[str, JSON]) -> None:
    """Write bounds as 2020-12 does: 3.0 has `exclusiveMinimum: true` beside `minimum`."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive) and bound in schema:
            schema[exclusive] = schema.pop(bound)


def _with_null(schema: dict[str, JSON], *, is_nullable: bool) -> JSON:
    """Say that null is allowed too in the one way that plans know: as a choice beside the schema."""
    kind, choices = schema.get("type"), schema.get("enum")
    if isinstance(kind, list) and "null" in kind and len(kind) > 1:
        others = [each for each in kind if each != "null"]
        schema["type"], is_nullable = others[0] if len(others) == 1 else others, True
    if is_nullable and isinstance(choices, list) and any(each is not None for each in choices):
        schema["enum"] = [each for each in choices if each is not None]
    return {"anyOf": [schema, {"type": "null"}]} if is_nullable else schema


def flat(schema: Mapping[str, JSON], left_out: frozenset[str] = frozenset()) -> dict[str, JSON]:
    """Return a schema without references with the records of each `allOf` made into one, as plans can read them.

    Args:
        schema: As `unfold` gives it.
        left_out: Properties that are none here, wherever they are said to be required.
    """
    found: dict[str, JSON] = dict(schema)
    for word in ("anyOf", "allOf"):
        if word in found:
            found[word] = [flat(part, left_out) for part in found[word]]
    for word in ("items", "additionalProperties"):
        if isinstance(found.get(word), Mapping):
            found[word] = flat(found[word], left_out)
    if "properties" in found:
        found["properties"] = {name: flat(part, left_out) for name, part in found["properties"].items()}
    if "allOf" in found:
        found = _merged(found)
    if "required" in found:
        known = found.get("properties", {})
        found["required"] = [name for name in found["required"] if name in known or name not in left_out]
    return found


def _merged(schema: dict[str, JSON]) -> dict[str, JSON]:
    own = {word: value for word, value in schema.items() if word != "allOf"}
    parts = [part for part in (*schema["allOf"], own) if part.keys() - _NOTES]
    notes = {word: own[word] for word in _NOTES if word in own}
    if len(parts) <= 1:
        return {**(parts[0] if parts else {}), **notes}
    if not all(part.keys() <= _OF_OBJECTS | _NOTES and part.get("type", "object") == "object" for part in parts):
        return schema
    properties: dict[str, JSON] = {}
    for part in parts:
        for name, inner in part.get("properties", {}).items():
            first = properties.setdefault(name, inner)
            if first != inner:
                properties[name] = _merged({"allOf": [first, inner]})
    required = dict.fromkeys(name for part in parts for name in part.get("required", ()))
    return {"type": "object", "properties": properties, "required": [*required], **notes}

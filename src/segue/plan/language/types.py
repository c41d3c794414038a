"""The types of a plan's values, read from JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts."""

    name: str
    """`bool`, `int`, `double`, `string`, `money` (an exact decimal, written as text) or `any`."""
    values: tuple[str, ...] = ()
    """The only texts there are, where they are declared."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items have one type."""

    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True, slots=True)
class MapOf:
    """A record whose names are not declared, only their values' type."""

    value: Type

    def __str__(self) -> str:
        return f"map of {self.value}"


@dataclass(frozen=True, slots=True)
class Field:
    """One declared part of a record."""

    name: str
    type: Type
    required: bool = True


@dataclass(frozen=True)
class Record:
    """A value of named parts, all of them declared."""

    fields: tuple[Field, ...]

    @cached_property
    def _hash(self) -> int:
        return hash(self.fields)

    def __hash__(self) -> int:  # made once: types are part of every key by which a compiled expression is found
        return self._hash

    def field(self, name: str) -> Field | None:
        """Return the part of this name."""
        return next((field for field in self.fields if field.name == name), None)

    def __str__(self) -> str:
        return "record"


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value that may be missing: a null, an absent field, the result of a skipped step."""

    of: Type

    def __str__(self) -> str:
        return f"{self.of} or nothing"


JSON: TypeAlias = Any
Type: TypeAlias = Scalar | ListOf | MapOf | Record | Maybe

BOOL = Scalar("bool")
INT = Scalar("int")
DOUBLE = Scalar("double")
STRING = Scalar("string")
MONEY = Scalar("money")
ANY = Scalar("any")

_AMOUNT = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_SCALARS: dict[str, Type] = {
    "boolean": BOOL,
    "integer": INT,
    "number": DOUBLE,
    "string": STRING,
    "null": Maybe(ANY),
}


def record(**fields: Type) -> Record:
    """Return a record of required fields."""
    return Record(tuple(Field(name, type_) for name, type_ in fields.items()))


def maybe(type_: Type) -> Type:
    """Return the type that also allows nothing; twice is the same as once, and `any` allows it already."""
    return type_ if isinstance(type_, Maybe) or type_ == ANY else Maybe(type_)


def present(type_: Type) -> Type:
    """Return the type of the value where there is one."""
    return type_.of if isinstance(type_, Maybe) else type_


def from_schema(schema: Any) -> Type:
    """Return the type that a JSON Schema describes; what it does not pin down is `any`."""
    return _Reader(schema).read(schema, ())


@dataclass(frozen=True)
class _Reader:
    """Reads the parts of one schema; `inside` names the references being followed, so that a tree ends."""

    root: Any

    def read(self, schema: Any, inside: tuple[str, ...]) -> Type:
        match schema:
            case {"$ref": str(name)}:
                return ANY if name in inside else self.read(self.target(name), (*inside, name))
            case {"anyOf": [*parts]} | {"oneOf": [*parts]} | {"allOf": [*parts]}:
                return self.union(parts, inside)
            case {"enum": [*values]}:
                return _choices(values)
            case {"const": value}:
                return _choices([value])
            case {"type": [*kinds]}:
                return self.union([{**schema, "type": kind} for kind in kinds], inside)
        return self.plain(schema, inside) if isinstance(schema, Mapping) else ANY

    def plain(self, schema: Mapping[str, Any], inside: tuple[str, ...]) -> Type:
        kind = schema.get("type")
        if kind == "array":
            return ListOf(self.read(schema.get("items"), inside))
        if kind == "object":
            return self.record(schema, inside)
        if kind == "string" and schema.get("format") == "decimal":
            return MONEY
        return _SCALARS.get(str(kind), ANY)

    def target(self, reference: str) -> Any:
        found = self.root
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def union(self, parts: list[Any], inside: tuple[str, ...]) -> Type:
        real = [part for part in parts if _kind(part) != "null"]
        found = {self.read(part, inside) for part in real}
        whole = found.pop() if len(found) == 1 else ANY
        return whole if len(real) == len(parts) else maybe(whole)

    def record(self, schema: Mapping[str, Any], inside: tuple[str, ...]) -> Type:
        properties, extra = schema.get("properties"), schema.get("additionalProperties")
        if not properties:
            return MapOf(self.read(extra, inside))
        if extra:  # declared and undeclared names: of a name that is not there nothing can be said
            return ANY
        required = set(schema.get("required", ()))
        return Record(
            tuple(Field(name, self.read(part, inside), name in required) for name, part in properties.items())
        )


def _kind(schema: Any) -> Any:
    return schema.get("type") if isinstance(schema, Mapping) else None


def _choices(values: list[Any]) -> Type:
    texts = tuple(value for value in values if isinstance(value, str))
    if texts and len(texts) == len(values):
        return Scalar("string", texts)
    kinds = {type(value) for value in values}
    return {bool: BOOL, int: INT, float: DOUBLE}.get(kinds.pop(), ANY) if len(kinds) == 1 else ANY


def mismatch(value: Type, target: Type) -> str:
    """Say why a value of one type cannot become an argument of another; empty where it can.

    Whole numbers widen to `double` and `money`, money may be read as text, and `any` fits and takes all:
    the tool checks it when it is called.
    """
    if ANY in (value, present(target)):
        return ""
    if isinstance(value, Maybe) and not isinstance(target, Maybe):
        return f"may be missing, and {with_article(target)} is needed"
    value, target = present(value), present(target)
    if ANY in (value, target):
        return ""
    if isinstance(value, Scalar) and isinstance(target, Scalar):
        return _scalar_mismatch(value, target)
    if isinstance(value, ListOf) and isinstance(target, ListOf):
        reason = mismatch(value.item, target.item)
        return f"its items: {reason}" if reason else ""
    if isinstance(value, Record) and isinstance(target, Record):
        return _record_mismatch(value, target)
    if isinstance(value, Record | MapOf) and isinstance(target, Record | MapOf):
        return ""
    return f"is {with_article(value)}, not {with_article(target)}"


def _scalar_mismatch(value: Scalar, target: Scalar) -> str:
    widens = {("int", "double"), ("int", "money"), ("money", "string")}
    if value.name != target.name and (value.name, target.name) not in widens:
        return f"is {with_article(value)}, not {with_article(target)}"
    strange = [text for text in value.values if target.values and text not in target.values]
    if strange:
        return f"may be {strange[0]!r}, which is not one of {', '.join(target.values)}"
    return ""


def _record_mismatch(value: Record, target: Record) -> str:
    for field in target.fields:
        given = value.field(field.name)
        if given is None:
            if field.required:
                return f"has no field {field.name}"
            continue
        reason = mismatch(given.type if given.required else maybe(given.type), field.type)
        if reason and (field.required or given.required):
            return f"its field {field.name} {reason}"
    return ""


def unfit(value: JSON, kind: Type, at: str = "") -> str:
    """Say why a value is not of a type; empty where it is. Further fields of a record are no harm."""
    where = at or "it"
    match kind:
        case Maybe():
            return "" if value is None else unfit(value, kind.of, at)
        case ListOf():
            if not isinstance(value, list):
                return f"{where} is no list"
            return next(filter(None, (unfit(each, kind.item, f"{at}[{n}]") for n, each in enumerate(value))), "")
        case MapOf():
            if not isinstance(value, dict):
                return f"{where} is no record"
            return next(filter(None, (unfit(each, kind.value, _below(at, name)) for name, each in value.items())), "")
        case Record():
            return _unfit_record(value, kind, at)
        case Scalar():
            return _unfit_scalar(value, kind, where)


def _unfit_record(value: JSON, kind: Record, at: str) -> str:
    if not isinstance(value, dict):
        return f"{at or 'it'} is no record"
    for field in kind.fields:
        if value.get(field.name) is None:
            if field.required and not isinstance(field.type, Maybe):
                return f"{_below(at, field.name)} is missing"
        elif reason := unfit(value[field.name], field.type, _below(at, field.name)):
            return reason
    return ""


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _unfit_scalar(value: JSON, kind: Scalar, where: str) -> str:
    kinds: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "double": (int, float), "string": (str,)}
    if kind == ANY:
        return ""
    if kind == MONEY:
        return "" if isinstance(value, str) and _AMOUNT.fullmatch(value) else f"{where} is no amount"
    if not isinstance(value, kinds[kind.name]) or (isinstance(value, bool) and kind != BOOL):
        return f"{where} is not {with_article(kind)}"
    return f"{where} is not one of {', '.join(kind.values)}" if kind.values and value not in kind.values else ""


def with_article(type_: Type) -> str:
    """Name a type in a sentence."""
    text = str(type_)
    if text in ("money", "any"):
        return text
    return f"an {text}" if text[0] in "aeiou" else f"a {text}"

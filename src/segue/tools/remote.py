"""Tools that run elsewhere: what the company says of one, and what its server says, become a `Tool`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from segue.errors import DefinitionError
from segue.tools.integrity import Integrity
from segue.tools.runner import Runner
from segue.tools.schema import JSON
from segue.tools.tool import Effect, Parameter, Tool
from segue.tools.unfold import SchemaRefused, one_line, unfold
from segue.tools.validator import Checked

IntegrityWord: TypeAlias = Literal["trusted", "from_customer", "free"]
TypeWord: TypeAlias = Literal["string", "integer", "number", "boolean", "money", "list", "any"]

MOST_PARAMETERS: Final = 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}", re.ASCII)
_TYPES: Final[Mapping[TypeWord, JSON]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "money": {"type": "string", "format": "decimal"},
    "list": {"type": "array"},
    "any": {},
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How far one remote tool goes, as the company says; what is not said has its safest meaning."""

    effect: Effect = "once"
    trusted: bool = False
    approve: str = "true"
    """CEL over the arguments: where it is true, a person must say yes first."""
    integrity: Mapping[str, IntegrityWord] = field(default_factory=dict)
    """By parameter; the others have `trusted` for `once`, else `free`."""
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    owner: str = ""
    """Field of the result that must be the authenticated customer's id."""
    result: Mapping[str, TypeWord] = field(default_factory=dict)
    """Fields of the result, where the server does not describe it."""
    timeout: timedelta | None = None
    """For one call; the server's where it is not said."""
    name: str = ""
    """What plans call it; made of the server's prefix and its own name where it is not said."""
    line: int = 0
    """Where it is written in `segue.toml`."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a server says of a tool; all of it is text from outside."""

    name: str
    description: str = ""
    accepts: JSON = field(default_factory=lambda: {"type": "object"})
    """JSON Schema of its arguments, as one object."""
    gives: JSON = None
    """JSON Schema of its result; `None` where the server says nothing."""


def named(prefix: str, described: Described, terms: Terms) -> str:
    """Return what plans call a tool.

    Raises:
        DefinitionError: That would be no name.
    """
    name = terms.name or f"{prefix}.{described.name}"
    if not _NAME.fullmatch(name):
        shown = one_line(name, 100)
        raise DefinitionError(
            f"tool {shown!r}: a name is at most 100 letters, digits, '_', '.' and '-': give it another with name = …"
        )
    return name


def declared(result: Mapping[str, TypeWord]) -> dict[str, JSON]:
    """Return the JSON Schema of a record with these fields."""
    return {
        "type": "object",
        "properties": {name: _TYPES[word] for name, word in result.items()},
        "required": [*result],
    }


def remote_tool(
    name: str, described: Described, terms: Terms, runner: Runner, *, timeout: timedelta, line: int
) -> Tool:
    """Return what plans may call.

    Args:
        name: As `named` gives it.
        described: What the server says; `gives` is what results are checked against.
        terms: What the company says.
        runner: Calls it.
        timeout: For one call, where the terms say nothing.
        line: Where its server is written in `segue.toml`, where the terms have no line.

    Raises:
        DefinitionError: The two do not fit, or a schema cannot be relied on.
    """
    try:
        accepts = unfold(described.accepts)
    except SchemaRefused as refused:
        raise DefinitionError(f"tool {name!r}: the schema of its arguments: {refused}") from refused
    try:
        gives = unfold(described.gives if described.gives is not None else {})
    except SchemaRefused as refused:
        raise DefinitionError(f"tool {name!r}: the schema of its result: {refused}") from refused
    parameters = _parameters(name, accepts, terms)
    _check_owner(name, gives, terms.owner)
    return Tool(
        name=name,
        description=one_line(described.description),
        effect=terms.effect,
        parameters=parameters,
        result=gives,
        owner=terms.owner or None,
        requires=terms.requires,
        provides=terms.provides,
        approve=terms.approve,
        trusted=terms.trusted,
        timeout=terms.timeout or timeout,
        runner=runner,
        result_form=Checked(gives),
        file="segue.toml",
        line=terms.line or line,
    )


def _parameters(name: str, accepts: Mapping[str, JSON], terms: Terms) -> tuple[Parameter, ...]:
    required: list[str] = accepts.get("required", [])
    properties: dict[str, dict[str, JSON]] = {**accepts.get("properties", {})}
    for parameter in required:
        properties.setdefault(parameter, {})
    if accepts.get("type", "object") != "object" or len(properties) > MOST_PARAMETERS:
        raise DefinitionError(f"tool {name!r}: its arguments are no object of at most {MOST_PARAMETERS} properties")
    strange = [parameter for parameter in terms.integrity if parameter not in properties]
    if strange:
        known = ", ".join(properties) or "none"
        raise DefinitionError(f"tool {name!r}: integrity: it has no parameter {strange[0]!r}, only {one_line(known)}")
    standard = Integrity.TRUSTED if terms.effect == "once" else Integrity.FREE
    return tuple(
        Parameter(
            name=parameter,
            schema=schema,
            required=parameter in required,
            default=schema.get("default"),
            integrity=Integrity(terms.integrity[parameter]) if parameter in terms.integrity else standard,
            form=Checked(schema),
        )
        for parameter, schema in properties.items()
    )


def _check_owner(name: str, gives: Mapping[str, JSON], owner: str) -> None:
    fields = gives.get("properties", {})
    if owner and owner not in fields:
        known = one_line(", ".join(fields) or "none that it describes")
        raise DefinitionError(f"tool {name!r}: owner: its result has no field {owner!r}, only {known}")

"""The tools a plan may use, as plain data: what `verify` needs to know of them, and no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from segue.errors import Finding
from segue.plan import expression
from segue.plan.expression import Compiled, Environment
from segue.plan.language.types import ANY, BOOL, Maybe, Type, from_schema
from segue.tools import Effect, Integrity, Tool


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An argument that a tool takes."""

    name: str
    schema: dict[str, Any]
    required: bool = True
    default: Any = None
    """What stands in for a missing argument; meaningless where it is required."""
    integrity: Integrity = Integrity.FREE

    @cached_property
    def type(self) -> Type:
        """Type of the values it accepts."""
        return from_schema(self.schema)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A tool as a plan sees it."""

    name: str
    description: str = ""
    effect: Effect = "once"
    parameters: tuple[Parameter, ...] = ()
    result: dict[str, Any] = field(default_factory=dict)
    """JSON Schema of its result."""
    owner: str | None = None
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    approve: str | None = None
    """CEL over the arguments: where it is true, a person must say yes first."""
    trusted: bool = True
    """Whether its results may be believed as the company's own records."""
    file: str = ""
    line: int = 0

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of this name."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    @cached_property
    def type(self) -> Type:
        """Type of its result."""
        return from_schema(self.result)

    @cached_property
    def may_find_nothing(self) -> bool:
        """Whether its result may be null."""
        return isinstance(self.type, Maybe) or self.type == ANY

    @cached_property
    def arguments(self) -> Environment:
        """What `approve` may use: the arguments by name."""
        return Environment(names={parameter.name: parameter.type for parameter in self.parameters})


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Tools by name."""

    entries: Mapping[str, Entry]

    @staticmethod
    def of(tools: Iterable[Tool]) -> Catalogue:
        """Return the catalogue of a registry's tools."""
        return Catalogue(entries={tool.name: _entry(tool) for tool in tools})

    def get(self, name: str) -> Entry | None:
        """Return the tool of this name."""
        return self.entries.get(name)

    def digest(self) -> str:
        """Return a hash that changes with anything a plan can depend on; where tools are written does not count."""
        known = {name: asdict(entry) | {"file": "", "line": 0} for name, entry in self.entries.items()}
        text = json.dumps(known, sort_keys=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def check(self) -> list[Finding]:
        """Return what is wrong with the tools' own conditions."""
        findings = []
        for entry in self.entries.values():
            for message, hint in _approve_faults(entry):
                text = f'tool "{entry.name}": approve: {message}'
                findings.append(Finding(entry.file, entry.line, 0, "C105", "error", text, hint))
        return findings


def _entry(tool: Tool) -> Entry:
    return Entry(
        name=tool.name,
        description=tool.description,
        effect=tool.effect,
        parameters=tuple(
            Parameter(
                name=parameter.name,
                schema=parameter.schema,
                required=parameter.required,
                default=parameter.default,
                integrity=parameter.integrity,
            )
            for parameter in tool.parameters
        ),
        result=tool.result,
        owner=tool.owner,
        requires=tool.requires,
        provides=tool.provides,
        approve=tool.approve,
        trusted=tool.trusted,
        file=Path(tool.file).name,
        line=tool.line,
    )


def _approve_faults(entry: Entry) -> list[tuple[str, str]]:
    if entry.approve is None:
        return []
    compiled = expression.compile(entry.approve, Environment(names=entry.arguments.names, known=frozenset()))
    if not isinstance(compiled, Compiled):
        return [(f"{entry.approve}: {problem.message}", problem.hint) for problem in compiled]
    if compiled.type not in (BOOL, ANY):
        return [(f"{entry.approve} is neither true nor false", "")]
    return []

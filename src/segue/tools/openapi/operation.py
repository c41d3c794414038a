"""One operation of a service, as far as a plan needs it: what it takes, where that goes, what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from segue.tools.openapi.document import Pointer
from segue.tools.schema import JSON

Where: TypeAlias = Literal["path", "query", "header", "cookie", "body"]
Style: TypeAlias = Literal["plain", "repeated", "commas", "spaces", "pipes", "brackets", "json"]
"""How a value is written: `a=1`; `a=1&a=2`; `a=1,2`; `a=1%202`; `a=1|2`; `a[b]=1`; as JSON."""
Kind: TypeAlias = Literal["json", "text", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One thing that an operation takes."""

    name: str
    """In plans: a word of letters, digits and underscores."""
    sent_as: str
    """To the service."""
    where: Where
    schema: Mapping[str, JSON]
    """Of the service, flat."""
    is_required: bool
    style: Style = "plain"
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Body:
    """What is sent as JSON."""

    media_type: str
    schema: Mapping[str, JSON]
    """Of the service, flat, for the whole of it."""
    is_required: bool
    is_record: bool
    """Whether its fields are arguments of their own; otherwise it is one, named `body` or nearly so."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a service can be asked to do."""

    id: str
    """Its `operationId`, or the name made for it: what `segue.toml` calls it."""
    name: str
    """The same as a word that a tool may be called."""
    method: str
    """In capitals."""
    path: str
    """With the names of its parameters in braces."""
    description: str
    pointer: Pointer
    arguments: tuple[Argument, ...] = ()
    body: Body | None = None
    gives: Kind = "nothing"
    """What a success has for a body."""
    result: Mapping[str, JSON] = field(default_factory=dict)
    """Schema of the service, flat, for that."""
    accept: str = "application/json"
    """The media types that are asked for."""
    needs_login: bool = False
    """Whether the document says that callers must authenticate."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a document, or cannot be used of it."""

    code: str
    pointer: Pointer
    message: str
    hint: str = ""
    operation: str = ""
    """The `id` of the one that is lost by it; empty where it is all of them, or none."""

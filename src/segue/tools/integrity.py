"""How trustworthy a value must be before it may become an argument of a tool."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_args

T = TypeVar("T")


class Integrity(StrEnum):
    """What a parameter demands of its value's sources."""

    TRUSTED = "trusted"
    """Only constants, trusted tools on verified records, and people."""
    FROM_CUSTOMER = "from_customer"
    """The authenticated customer's own words as well: a new address, a reason, a quantity."""
    FREE = "free"
    """Anything, text of a mail or a model's words included."""


Trusted = Annotated[T, Integrity.TRUSTED]
FromCustomer = Annotated[T, Integrity.FROM_CUSTOMER]
Free = Annotated[T, Integrity.FREE]

_STRICTEST_FIRST = (Integrity.TRUSTED, Integrity.FROM_CUSTOMER, Integrity.FREE)


def declared(annotation: Any) -> Integrity | None:
    """Return the strictest integrity marked anywhere in a type, `Optional[Trusted[str]]` included."""
    marks = set(_marks(annotation))
    return next((level for level in _STRICTEST_FIRST if level in marks), None)


def _marks(annotation: Any) -> list[Integrity]:
    if isinstance(annotation, Integrity):
        return [annotation]
    return [mark for part in get_args(annotation) for mark in _marks(part)]

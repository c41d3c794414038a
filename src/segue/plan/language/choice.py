"""The item of a list that equals a value: what comes out is the list's, whoever wrote the value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from segue.plan.language import money

T = TypeVar("T", str, int, float, bool)

NOT_LISTED: Final = "pick\x1fit is not in the list"
"""How an error says so; no value of a plan can be part of an error's text as it stands."""


def item(value: T, items: Sequence[Any]) -> T:
    """Return the item that equals a value, as a value of its type: JSON writes a whole double like an integer.

    Raises:
        ValueError: There is none.
    """
    is_truth = isinstance(value, bool)
    if any(isinstance(each, bool) == is_truth and each == value for each in items):
        return value
    raise ValueError(NOT_LISTED)


def amount(value: str, items: Sequence[Any]) -> str:
    """Return the item that is the same amount, as it is written there.

    Raises:
        ValueError: There is none, or something is no amount.
    """
    written = (str(each) for each in items)
    found = next((each for each in written if money.equal(value, each)), None)
    if found is None:
        raise ValueError(NOT_LISTED)
    return found

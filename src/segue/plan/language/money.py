"""Exact arithmetic and comparison of decimals that travel as text."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow

_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation, Overflow])
"""Nothing is rounded unnoticed: what does not fit 60 digits is an error."""
_ROUNDING = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])
_AMOUNT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_LONGEST = 100


def read(text: str) -> Decimal:
    """Return the number that a text writes.

    Raises:
        ValueError: It writes none.
    """
    if len(text) > _LONGEST or not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is no amount")
    return Decimal(text)


def add(left: str, right: str) -> str:
    """Return the sum, with the decimals of the more exact one."""
    return str(_EXACT.add(read(left), read(right)))


def sub(left: str, right: str) -> str:
    """Return the difference, with the decimals of the more exact one."""
    return str(_EXACT.subtract(read(left), read(right)))


def smaller(left: str, right: str) -> str:
    """Return the smaller one as it is written."""
    return left if read(left) <= read(right) else right


def greater(left: str, right: str) -> str:
    """Return the greater one as it is written."""
    return left if read(left) >= read(right) else right


def percent(amount: str, rate: str) -> str:
    """Return so many per cent, rounded half up to the amount's decimals, at least two."""
    number = read(amount)
    exponent = number.as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 0)
    share = _EXACT.multiply(number, read(rate)).scaleb(-2, _EXACT)
    return str(share.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING))


def equal(left: str, right: str) -> bool:
    """Compare by amount: 12.5 is 12.50."""
    return read(left) == read(right)


def less(left: str, right: str) -> bool:
    """Compare by amount."""
    return read(left) < read(right)


def at_most(left: str, right: str) -> bool:
    """Compare by amount."""
    return read(left) <= read(right)

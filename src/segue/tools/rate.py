"""How often something may happen, as it is written: `100/min`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_PERIODS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1)}
_RATE = re.compile(r"([1-9]\d{0,5})/(s|min|h|day)")


@dataclass(frozen=True)
class Rate:
    """So many in any one period."""

    calls: int
    period: timedelta


def read(text: str) -> Rate | None:
    """Return the rate that a text writes; `None` where it writes none."""
    found = _RATE.fullmatch(text)
    return None if found is None else Rate(int(found[1]), _PERIODS[found[2]])

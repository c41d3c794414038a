"""How many calls of a tool may begin in a while; the others wait for their turn, outside of any deadline."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from segue.tools.rate import Rate


class Pace:
    """The turns of one tool, in one process."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._begun: deque[datetime] = deque(maxlen=rate.calls)
        """When the latest calls began, or will; as many as may begin in one period."""

    def turn(self, now: datetime) -> timedelta:
        """Take a turn, and return how long it is until then."""
        at = now
        if len(self._begun) == self._rate.calls:
            at = max(now, self._begun[0] + self._rate.period)
        self._begun.append(at)
        return at - now

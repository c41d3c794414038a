"""Models of both implementations, and a clock whose waits take no time."""

from __future__ import annotations

import pytest


class QuickClock:
    """Time that passes only where somebody waits for it; implements `segue.models.pace.Clock`."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._now = 0.0

    def now_s(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._now += seconds

    def pass_(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture
def quick() -> QuickClock:
    return QuickClock()

"""How many requests a model gets at a time and in a while; the rest wait their turn."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol


class Clock(Protocol):
    """Time that passes, and waiting for it."""

    def now_s(self) -> float:
        """Return the seconds since some moment; never less than before."""

    async def sleep(self, seconds: float) -> None:
        """Return when so many have passed."""


class LoopClock:
    """The time of the event loop that runs."""

    def now_s(self) -> float:
        """Return the loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


_NEARLY_S = 0.01


class Pace:
    """The turns of one model, for one event loop."""

    def __init__(self, clock: Clock, *, concurrency: int | None, rate: tuple[int, float] | None) -> None:
        self._clock = clock
        self._places = asyncio.Semaphore(concurrency) if concurrency is not None else None
        self._rate = rate
        self._begun: deque[float] = deque()
        self._rests_until = float("-inf")

    def rest(self, seconds: float) -> None:
        """Let nothing begin for so long: the provider said so."""
        self._rests_until = max(self._rests_until, self._clock.now_s() + seconds)

    @property
    def rests_s(self) -> float:
        """How long it still rests; 0 when that is nearly over, since clocks wake a little early."""
        left = self._rests_until - self._clock.now_s()
        return left if left > _NEARLY_S else 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and hold it until the request is over."""
        if self._places is None:
            await self._begin()
            yield
            return
        async with self._places:
            await self._begin()
            yield

    async def _begin(self) -> None:
        if self._rate is None:
            return
        number, seconds = self._rate
        while True:
            now = self._clock.now_s()
            while self._begun and self._begun[0] <= now - seconds:
                self._begun.popleft()
            if len(self._begun) < number:
                self._begun.append(now)
                return
            await self._clock.sleep(self._begun[0] + seconds - now)

"""Time, behind a port, so that tests can let days pass."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from time import time_ns
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Timer(Protocol):
    """Something that was asked for later."""

    def cancel(self) -> None:
        """Make it not happen."""


class Clock(Protocol):
    """What the engine knows of time."""

    def now(self) -> datetime:
        """Return the time, UTC; it may jump."""

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        """Call `act` on the running event loop after so many seconds."""


class SystemClock:
    """The machine's clock and the event loop's timers."""

    def now(self) -> datetime:
        """Return the time, UTC."""
        return datetime.now(UTC)

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        """Call `act` on the running event loop after so many seconds."""
        return asyncio.get_running_loop().call_later(max(0.0, seconds), act)


def reader(clock: Clock) -> Callable[[], int]:
    """Return what reads a clock in microseconds since 1970; it is asked for every entry."""
    if type(clock) is SystemClock:
        return lambda: time_ns() // 1000
    return lambda: (clock.now() - _EPOCH) // timedelta(microseconds=1)


class _Alarm:
    """A timer of a clock that stands."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act: Callable[[], object] | None = act
        """`None` once it is cancelled or rung."""

    def cancel(self) -> None:
        """Make it not happen."""
        self.act = None

    def ring(self) -> None:
        """Do what it was set for."""
        act, self.act = self.act, None
        if act is not None:
            act()


class VirtualClock:
    """Time that stands until it is set: for backtests and tests, where days pass in no time.

    An engine with this clock waits, retries and times out by it alone. Timers are rung by the running event loop,
    in the order of their times, after the time was set to theirs or beyond. Where each has to see its own time,
    go from one to the next with `next_timer`.
    """

    def __init__(self, start: datetime) -> None:
        """Let it stand at `start`.

        Raises:
            ValueError: `start` has no time zone.
        """
        self._now = _utc(start)
        self._alarms: list[tuple[datetime, int, _Alarm]] = []
        self._numbers = count()

    def now(self) -> datetime:
        """Return the time it stands at, UTC."""
        return self._now

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        """Call `act` on the running event loop once the clock was set so many seconds on; at once if that is none."""
        if seconds <= 0:
            return asyncio.get_running_loop().call_soon(act)
        alarm = _Alarm(act)
        heapq.heappush(self._alarms, (self._after(seconds), next(self._numbers), alarm))
        return alarm

    def set(self, time: datetime) -> None:
        """Let it stand at another time, and ring the timers that are due by then.

        Raises:
            ValueError: `time` is in its past, or has no time zone.
        """
        if _utc(time) < self._now:
            raise ValueError(f"the clock stands at {self._now}: it cannot be set back to {time}")
        self._now = _utc(time)
        while self._alarms and self._alarms[0][0] <= self._now:
            asyncio.get_running_loop().call_soon(heapq.heappop(self._alarms)[2].ring)

    def advance(self, by: timedelta) -> None:
        """Let so much time pass, and ring the timers that are due by then.

        Raises:
            ValueError: It is less than nothing.
        """
        self.set(self._now + by)

    def next_timer(self) -> datetime | None:
        """Return when the next timer is due; `None` if nothing waits for the time."""
        while self._alarms and self._alarms[0][2].act is None:
            heapq.heappop(self._alarms)
        return self._alarms[0][0] if self._alarms else None

    def _after(self, seconds: float) -> datetime:
        """Return the time in so many seconds; beyond the calendar, its last moment."""
        try:
            return self._now + timedelta(seconds=seconds)
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)


def _utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError(f"{time} has no time zone: give it one, e.g. tzinfo=UTC")
    return time.astimezone(UTC)

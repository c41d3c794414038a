"""Time, behind a port, so that tests can let days pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


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

"""A circuit breaker: a tool that keeps failing is left alone for a while, and then tried by one call alone.

After Nygard, Release It!, 2007: closed, it lets every call through; so many failures in a row open it; when it has
rested it lets one call through, whose end decides. A pure state machine: whoever holds it says what happened and when.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from segue.errors import NotDone, RetryLater

FAILURES: Final = 5
"""In a row, before it opens."""
REST: Final = timedelta(seconds=30)
"""How long nothing is let through."""


class CircuitOpen(NotDone, RetryLater):
    """A call was not made, because the tool has failed too often just now; it certainly did nothing."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """How a tool is doing."""

    failures: int = 0
    """In a row."""
    rests_until: datetime | None = None
    """Set from when it opens to when it closes."""
    is_probing: bool = False
    """One call was let through, and has not ended."""

    def refusal(self, now: datetime) -> timedelta | None:
        """Return for how long a call is not let through; `None` lets it."""
        if self.rests_until is None:
            return None
        if now < self.rests_until:
            return self.rests_until - now
        return REST if self.is_probing else None

    def begun(self) -> Circuit:
        """Return the state once a call was let through."""
        return self if self.rests_until is None else replace(self, is_probing=True)

    def succeeded(self) -> Circuit:
        """Return the state once a call has succeeded."""
        return Circuit()

    def failed(self, now: datetime) -> Circuit:
        """Return the state once a call has failed."""
        failures = self.failures + 1
        is_open = failures >= FAILURES or self.rests_until is not None
        return Circuit(failures, now + REST if is_open else None)

    def abandoned(self) -> Circuit:
        """Return the state once a call was cut off by us, which says nothing about the tool."""
        return replace(self, is_probing=False)

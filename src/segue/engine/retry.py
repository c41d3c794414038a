"""When a failed attempt runs again, decided without a clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often, and how soon, a failed step runs again."""

    max_attempts: int = 5
    """Runs in total, the first included."""
    initial_delay: timedelta = timedelta(seconds=1)
    """Wait after the first failure."""
    backoff: float = 2.0
    """Factor between one wait and the next, up to `max_delay`."""
    max_delay: timedelta = timedelta(minutes=5)
    jitter: float = 0.1
    """Share by which a wait is lengthened at most, at random, so that many failures do not return together."""

    def __post_init__(self) -> None:
        """Refuse what could never work.

        Raises:
            ValueError: A field is out of range.
        """
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts is {self.max_attempts}: at least 1, the first run counts")
        if self.initial_delay < timedelta(0) or self.max_delay < timedelta(0):
            raise ValueError("a delay cannot be negative")
        if not (1 <= self.backoff < math.inf and 0 <= self.jitter < math.inf):
            raise ValueError(f"backoff is {self.backoff} and jitter {self.jitter}: at least 1 and 0, and finite")

    def delay_after(self, failures: int, *, chance: float = 0.0) -> timedelta | None:
        """Return the wait after so many failures (1 or more), or `None` to give up.

        Args:
            failures: Attempts that failed.
            chance: From 0 to 1, drawn by the caller: where in the jitter's range the wait lies.
        """
        if failures >= self.max_attempts:
            return None
        seconds, longest = self.initial_delay.total_seconds(), self.max_delay.total_seconds()
        for _ in range(min(failures - 1, 60)):  # one by one: a power of a large backoff is no float any more
            seconds = min(seconds * self.backoff, longest)
        seconds = min(seconds, longest)
        return timedelta(seconds=seconds * (1 + self.jitter * chance))


ONCE = RetryPolicy(max_attempts=1)
"""For steps that are not safe to repeat."""

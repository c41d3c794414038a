"""Timers of runs that are not in memory: one alarm of the clock, for the earliest of them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from segue.engine.children import RECOVERY_S
from segue.engine.clock import Clock, Timer, reader
from segue.engine.journal import Journal
from segue.errors import StoreError

log = logging.getLogger("segue.engine")


class Alarms:
    """Wakes parked runs when their timers are due."""

    def __init__(self, journal: Journal, clock: Clock, wake: Callable[[str], None]) -> None:
        self._journal = journal
        self._clock = clock
        self._now_us = reader(clock)
        self._wake = wake
        self._timer: Timer | None = None
        self._due_us: int | None = None

    def by(self, when_us: int) -> None:
        """See that what is due then is woken then."""
        if self._due_us is not None and self._due_us <= when_us:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._due_us = when_us
        self._timer = self._clock.later((when_us - self._now_us()) / 1e6, self.sweep)

    def sweep(self) -> None:
        """Wake the parked runs whose timers are due, and set the alarm for the next."""
        self._timer = self._due_us = None
        now_us = self._now_us()
        try:
            for run_id in self._journal.due(now_us):
                self._wake(run_id)
            due_us = self._journal.next_due(now_us)
        except StoreError:
            log.exception("timers could not be read, trying again in %s s", RECOVERY_S)
            due_us = now_us + int(RECOVERY_S * 1e6)
        if due_us is not None:
            self.by(due_us)

    def close(self) -> None:
        """Wake nobody any more."""
        if self._timer is not None:
            self._timer.cancel()

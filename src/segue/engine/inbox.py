"""The inbox: what other processes, and this one, ask of runs; looked at often, and taken in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from segue.engine.children import RECOVERY_S
from segue.engine.clock import Clock
from segue.engine.journal import Journal, Message
from segue.errors import StoreError

log = logging.getLogger("segue.engine")

LOOK_S = 0.005
"""How often the inbox is looked at while there is something to do; ten times as long when idle."""


class Inbox:
    """Hands on what comes."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        take: Callable[[Message], None],
        taken: Callable[[], None],
        is_busy: Callable[[], object],
    ) -> None:
        """Look at nothing yet.

        Args:
            journal: Where it is.
            clock: For trying again what failed.
            take: Told of each message, once, in order.
            taken: Told after each look.
            is_busy: Says whether something is in memory that may be asked for.
        """
        self._journal = journal
        self._clock = clock
        self._take = take
        self._taken = taken
        self._is_busy = is_busy
        self._loop = asyncio.get_running_loop()
        self._seen = 0
        self._next_look: asyncio.TimerHandle | None = None
        self._idle_looks = 0
        self._is_closed = False

    def look(self) -> None:
        """Take what came."""
        if self._is_closed:
            return
        try:
            for message in self._journal.messages(after=self._seen):
                self._take(message)
                self._seen = message.id
            self._taken()
        except StoreError:
            log.exception("the inbox could not be read, trying again in %s s", RECOVERY_S)
            self._clock.later(RECOVERY_S, self.look)

    def watch(self) -> None:
        """Look whenever another process may have written, from now on."""
        has_changed = False
        try:
            has_changed = self._journal.changed()
            if has_changed:
                self.look()
        finally:
            self._idle_looks = 0 if has_changed or self._is_busy() else self._idle_looks + 1
            self._next_look = self._loop.call_later(LOOK_S if self._idle_looks < 200 else LOOK_S * 10, self.watch)

    def look_at_all_again(self) -> None:
        """Take again what was taken and could not be written, a little later."""
        self._seen = 0
        self._clock.later(RECOVERY_S, self.look)

    def close(self) -> None:
        """Take nothing more."""
        self._is_closed = True
        if self._next_look is not None:
            self._next_look.cancel()

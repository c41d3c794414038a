"""Schedules: runs that begin at the moments that a cron expression means, one at each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.engine.children import RECOVERY_S
from segue.engine.clock import Clock, Timer
from segue.engine.cron import Cron
from segue.engine.journal import Journal, from_us, to_us
from segue.errors import DuplicateName, StoreError

log = logging.getLogger("segue.engine")

LONGEST_WAIT = timedelta(hours=1)
"""After which the time is looked at again: a timer does not notice that a clock was set, or that the machine slept."""


@dataclass(frozen=True)
class Schedule:
    """What begins, and when."""

    name: str
    """Unique in an engine; the ids of its runs begin with it."""
    cron: Cron
    workflow: str
    """Its name."""
    payload: bytes
    """Of the `start` messages that it sends."""

    def run_id(self, tick: datetime) -> str:
        """Return the id of the run of a tick, e.g. `report@2026-11-24T03:00Z`."""
        return f"{self.name}@{tick:%Y-%m-%dT%H:%M}{f':{tick:%S}' if tick.second else ''}Z"


class Schedules:
    """All schedules of one engine.

    A tick's run is asked for through the inbox under an id that follows from the tick, and only then is the tick noted
    as done. So whoever dies in between asks once more for the same run, and never gets a second one.
    """

    def __init__(self, clock: Clock, journal: Journal, send: Callable[[str, str, bytes], object]) -> None:
        """Begin without any.

        Args:
            clock: Tells when a tick is due.
            journal: Knows which ticks were dealt with before.
            send: Asks for a run: by its id, its workflow's name and the message's payload.
        """
        self._clock = clock
        self._journal = journal
        self._send = send
        self._declared: dict[str, Schedule] = {}
        self._timers: dict[str, Timer] = {}

    def declare(self, schedule: Schedule) -> None:
        """Let a schedule begin its runs from now on, and the latest one that it missed since it was last declared.

        Raises:
            DuplicateName: Another schedule has this name.
            StoreError: It could not be written.
        """
        known = self._declared.get(schedule.name)
        if known is not None:
            if known != schedule:
                raise DuplicateName(f"schedule {schedule.name!r} is declared already: give one of them another name=")
            return
        cron = schedule.cron
        done = self._clock.now()
        kept = self._journal.schedule(schedule.name)
        if kept is not None and kept[:2] == (cron.text, cron.zone):
            done = from_us(kept[2])
        else:
            self._journal.keep_schedule(schedule.name, cron.text, cron.zone, to_us(done))
        self._begin(schedule, done)
        self._declared[schedule.name] = schedule

    def close(self) -> None:
        """Begin nothing more."""
        for timer in self._timers.values():
            timer.cancel()

    def _look(self, schedule: Schedule, done: datetime) -> None:
        try:
            self._begin(schedule, done)
        except StoreError as error:
            log.error(  # noqa: TRY400 (the message says it all)
                "schedule %s waits, trying again in %s s: %s", schedule.name, RECOVERY_S, error
            )
            self._look_in(RECOVERY_S, schedule, done)

    def _begin(self, schedule: Schedule, done: datetime) -> None:
        """Begin the run of the latest tick that is due and not done, and wait for the next."""
        now = self._clock.now()
        tick = schedule.cron.latest(done, now)
        if tick is not None:
            self._send(schedule.run_id(tick), schedule.workflow, schedule.payload)
            self._journal.keep_schedule(schedule.name, schedule.cron.text, schedule.cron.zone, to_us(tick))
            done = tick
        due = next(schedule.cron.ticks(max(done, now)), None)
        if due is not None:
            self._look_in(min(due - now, LONGEST_WAIT).total_seconds(), schedule, done)

    def _look_in(self, seconds: float, schedule: Schedule, done: datetime) -> None:
        self._timers[schedule.name] = self._clock.later(seconds, lambda: self._look(schedule, done))

"""An engine whose time passes only as a test says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from segue.engine.clock import VirtualClock
from segue.engine.engine import Engine
from segue.engine.journal import RunInfo
from segue.engine.queues import Queue
from segue.engine.workflow import Workflow
from segue.errors import EngineClosed
from segue.testing.driver import Fate, MortalDriver

QUIET_TURNS = 10
"""So many turns of the event loop in which nothing happens are rest: the test's own tasks have had theirs."""
SHORT_TURNS = 200
"""Turns after which the event loop may sleep a little between two looks: what is under way takes real time."""
FUTILE_JUMPS = 1000
"""So often others may act while a run waits for a signal only; then none of them is going to send it."""


class World(Engine):
    """An engine in memory, where days pass in no time; use it as `async with World() as world`.

    It starts, signals and reads runs as every engine does. Time stands still, and passes in two ways: whoever awaits a
    handle's `result()` lets it jump from timer to timer, whenever every run only waits, until that run has ended;
    `pass_time` lets as much pass as it is told. What is due on the way happens in order, each at its own time.
    """

    clock: VirtualClock

    def __init__(
        self,
        url: str = "sqlite:///:memory:",
        *,
        start: datetime = datetime(2026, 1, 1, 9, tzinfo=UTC),
        workflows: Sequence[Workflow[..., Any]] = (),
        queues: Sequence[Queue] = (),
        patience: timedelta = timedelta(seconds=5),
    ) -> None:
        """Describe a world; entering it opens the database.

        Args:
            url: Of a file instead of memory, to open it a second time.
            start: The time that it begins at.
            workflows: Known to it besides all those declared with `@workflow`.
            queues: Through which runs may be started.
            patience: Real time for which steps under way are waited for before time passes over them, and with it
                their timeouts.

        Raises:
            ValueError: The URL is not understood, or `start` has no time zone.
        """
        super().__init__(url, workflows=workflows, clock=VirtualClock(start), queues=queues)
        self._drivers = MortalDriver
        self.fate = Fate()
        """What is to become of it; for `crash_points`."""
        self._patience = patience
        self._passing = asyncio.Lock()
        """One at a time lets time pass, so that all that is due has happened before the next does."""

    async def __aenter__(self) -> Self:
        """Open the database and resume every unfinished run found.

        Raises:
            EngineBusy: Another process drives this database.
            StoreError: It cannot be opened.
        """
        await super().__aenter__()
        self.driver.fate = self.fate
        return self

    @property
    def is_open(self) -> bool:
        """It was entered, and not left."""
        return self._driver is not None

    @property
    def driver(self) -> MortalDriver:
        """What drives its runs.

        Raises:
            EngineClosed: The world is not entered.
        """
        if not isinstance(self._driver, MortalDriver):
            raise EngineClosed("use the world inside `async with World() as world`")
        return self._driver

    async def pass_time(self, by: timedelta) -> None:
        """Let so much time pass; returns when everything that was due on the way has been done.

        Nothing passes with `timedelta(0)`: what can be done without time is done.

        Raises:
            ValueError: It is less than nothing.
        """
        async with self._passing:
            until = self.clock.now() + by
            await self._rest()
            while (due := self.clock.next_timer()) is not None and due <= until:
                self.clock.set(due)
                await self._rest()
            self.clock.set(until)
            await self._rest()

    async def ended(self, run_id: str, workflow: Workflow[..., Any] | None = None) -> Any:
        """Let time pass until a run has ended, and return what its workflow returned; see `Handle.result`.

        Raises:
            AssertionError: It waits for what no time can bring, such as a signal.
        """
        ending = asyncio.ensure_future(super().ended(run_id, workflow))
        futile = 0
        try:
            while True:
                async with self._passing:
                    is_at_rest = await self._rest()
                    if ending.done():
                        return await ending
                    due = self.clock.next_timer()
                    futile = futile + 1 if is_at_rest and self._waits_for_signals(run_id) else 0
                    if futile > FUTILE_JUMPS or (due is None and is_at_rest):
                        raise AssertionError(self._stuck(run_id))
                    if due is not None:
                        self.clock.set(due)
        finally:
            ending.cancel()

    async def _rest(self) -> bool:
        """Wait until nothing goes on by itself, and say whether that came before the patience was used up."""
        quiet = turns = 0
        patient_until = time.monotonic() + self._patience.total_seconds()
        while quiet < QUIET_TURNS:
            if not quiet and turns > QUIET_TURNS and time.monotonic() >= patient_until:
                return False
            await asyncio.sleep(0 if quiet or turns < SHORT_TURNS else 0.001)
            turns += 1
            quiet = quiet + 1 if self.driver.is_at_rest else 0
        return True

    def _waits_for_signals(self, run_id: str) -> bool:
        """Say whether nothing but a signal can move a run."""
        *_, last = self._chain(run_id)
        info = self._journal.run(last)
        return (
            info is not None and bool(info.waiting_for) and all(map(_is_signal, info.waiting_for)) and not info.wake_at
        )

    def _stuck(self, run_id: str) -> str:
        waiting = self._journal.runs(status="waiting", workflow=None, limit=10)
        what = "; ".join(map(_wait_of, waiting)) or "no run waits for anything that is known here"
        return f"run {run_id} does not end by letting time pass: {what}; send it what it waits for first"


def _is_signal(awaited: str) -> bool:
    return awaited.startswith("signal ")


def _wait_of(info: RunInfo) -> str:
    return f"run {info.run_id} waits for {', '.join(info.waiting_for)}"

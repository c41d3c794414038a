"""Many tickets at once: given to their runs, awaited, and reported in the order they came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from segue.engine.budget import Budget
from segue.engine.engine import Engine
from segue.engine.journal import RunInfo
from segue.engine.workflow import Workflow
from segue.errors import EngineBusy, EngineClosed, SegueError
from segue.support import intake, progress
from segue.support.outcome import Resolution
from segue.support.ticket import Ticket

TOGETHER = 32
"""Tickets that are worked on at the same time."""
ATTEMPT = timedelta(seconds=10)
"""A run that only rests until its next attempt is waited for if that is due within this time."""
TAKE_OVER_S = 0.5
"""How often to see whether whoever drives the database has gone."""

OpenEngine = Callable[[bool], Engine]
"""Gives an engine, not entered; the argument says whether it drives."""


class Work:
    """An engine that drives; or, beside another process that does, one that asks it and takes over when it goes."""

    def __init__(self, open_engine: OpenEngine) -> None:
        self._open = open_engine
        self._engine: Engine | None = None
        self._taking_over: asyncio.Task[None] | None = None
        self._failure: Exception | None = None
        """Why taking over failed."""

    async def __aenter__(self) -> Self:
        """Open the database.

        Raises:
            StoreError: It cannot be opened.
        """
        try:
            self._engine = await self._open(True).__aenter__()
        except EngineBusy:
            self._engine = await self._open(False).__aenter__()
            self._taking_over = asyncio.create_task(self._take_over())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; what has not ended goes on with the next one that drives."""
        if self._taking_over is not None:
            self._taking_over.cancel()
            with suppress(asyncio.CancelledError):
                await self._taking_over
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.__aexit__(kind, error, trace)

    @property
    def engine(self) -> Engine:
        """The engine at hand."""
        if self._engine is None:
            raise EngineClosed("the work is over")
        return self._engine

    async def settled(self, run_id: str) -> RunInfo:
        """Wait until a run has ended or only waits, whoever drives it."""
        while True:
            engine = self.engine
            try:
                await engine.settled(run_id)
                return await engine.run(run_id)
            except EngineClosed:
                if self._failure is not None:
                    raise self._failure from None
                if engine is self._engine:
                    raise

    async def _take_over(self) -> None:
        while True:
            await asyncio.sleep(TAKE_OVER_S)
            try:
                driving = await self._open(True).__aenter__()
            except EngineBusy:
                continue
            except SegueError as error:
                self._failure = error
                if self._engine is not None:
                    await self._engine.__aexit__(None, None, None)  # whoever waits hears of it
                return
            asking, self._engine = self._engine, driving
            if asking is not None:
                await asking.__aexit__(None, None, None)
            return


async def resolve(
    work: Work,
    workflow: Workflow[[Ticket], Resolution],
    tickets: Iterable[Ticket],
    effects: Mapping[str, str],
    *,
    patience: timedelta = timedelta(0),
    budget: Budget | None = None,
) -> AsyncIterator[Resolution]:
    """Resolve tickets, and give what became of each in the order they came, when it has ended or only waits.

    Args:
        work: The engine.
        workflow: What resolves a ticket.
        tickets: Each of another id.
        effects: Effect of each tool, by name.
        patience: A run whose timer is due within this time is waited for.
        budget: What each run may use up.
    """
    gate = asyncio.Semaphore(TOGETHER)

    async def one(ticket: Ticket) -> Resolution:
        async with gate:
            run_id = await intake.take(work.engine, workflow, ticket, budget=budget)
            info = await work.settled(run_id)
            while (wait := _left(info)) is not None and wait < max(patience, _patience_with(info)):
                await asyncio.sleep(max(0.0, wait.total_seconds()) + 0.05)
                info = await work.settled(run_id)
            return progress.so_far(info, await work.engine.entries(run_id), effects)

    tasks = [asyncio.create_task(one(ticket)) for ticket in tickets]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _left(info: RunInfo) -> timedelta | None:
    """Return the time until a run's next timer."""
    return None if info.wake_at is None else info.wake_at - datetime.now(UTC)


def _patience_with(info: RunInfo) -> timedelta:
    """Return how long to wait for a run that waits: for people not at all, between two attempts a while."""
    return timedelta(0) if any(name.startswith("signal ") for name in info.waiting_for) else ATTEMPT

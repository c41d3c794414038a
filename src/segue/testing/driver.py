"""A driver that tells when nothing goes on by itself, and that can be killed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from segue.engine.commits import Deliveries
from segue.engine.context import Effect
from segue.engine.driver import Driver
from segue.engine.journal import Batch, Record
from segue.engine.run import Run
from segue.engine.step import StepCall
from segue.engine.tree import Pending
from segue.errors import StoreError


class Ran(NamedTuple):
    """An attempt at a step that was begun."""

    run_id: str
    path: str
    step: str
    """Its name."""
    effect: Effect
    attempt: int
    """From 1; 0 for `once`, whose attempts all count as one."""

    def __str__(self) -> str:
        return f"step {self.step!r} ({self.effect}) at path {self.path} of run {self.run_id}"


class Killed(StoreError):
    """Raised where a write does not happen, or is not heard of, since the engine was killed."""


class Fate:
    """What is to become of a driver, and what did."""

    def __init__(self) -> None:
        self.kill_at = -1
        """The point at which it dies, from 0; below, none."""
        self.points = 0
        """Passed so far."""
        self.place = ""
        """Where it died; empty while it lives."""
        self.died = asyncio.Event()
        self.ran: set[Ran] = set()
        """What it began."""


class MortalDriver(Driver):
    """Drives as every driver does, until it is killed at a point: right before or right after something is written."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fate = Fate()
        self._cut_off: list[asyncio.Future[Any]] = []
        begin = self.attempt

        def counted(run: Run, pending: Pending) -> None:
            self.fate.ran.add(_ran(run, pending))
            begin(run, pending)

        self.attempt = counted
        for method in ("commit", "send"):
            setattr(self.journal, method, self._mortal(getattr(self.journal, method)))

    @property
    def is_at_rest(self) -> bool:
        """Nothing is under way: only time, or someone outside, can move any run."""
        is_empty = not (self._commits.batch or self._backlog or self.starting)
        return is_empty and all(run.is_idle or run.broken is not None for run in self._runs.values())

    async def close(self) -> None:
        """Stop; killed, wait until nothing acts any more: what was under way is cut off, a thread is waited for."""
        await super().close()
        if self._cut_off:
            await asyncio.wait(self._cut_off)
        if self.fate.place:
            await asyncio.to_thread(self._attempts.close, wait=True)

    def _mortal(self, write: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that writes, with a point before and after it."""

        def written(*args: Any) -> Any:
            what = _told(args[0].records) if isinstance(args[0], Batch) else f"{args[0]} {args[2]!r} to run {args[1]}"
            self._point(f"before {what} was written")
            result = write(*args)
            self._point(f"after {what} was written")
            return result

        return written

    def _point(self, place: str) -> None:
        """Pass here, or die."""
        if self.fate.points == self.fate.kill_at:
            self._die(place)
        self.fate.points += 1
        if self.fate.place:
            raise Killed(f"the engine was killed {self.fate.place}")

    def _die(self, place: str) -> None:
        """Begin and write nothing more, as a process that is killed; what is on disk is all that is left."""
        self.fate.place = place
        self._cut_off = [p.work for run in self._runs.values() for p in run.pending.values() if p.work is not None]
        self._is_closed = self._attempts.is_closing = True
        self._commits.drop()
        self._inbox.close()
        for run in list(self._runs.values()):
            self._park(run)
        self.fate.died.set()

    def _lose(self, batch: Batch, deliveries: Deliveries, error: StoreError) -> None:
        if self.fate.place:
            self._begun.fail_all(error)
        else:
            super()._lose(batch, deliveries, error)


def _ran(run: Run, pending: Pending) -> Ran:
    assert isinstance(pending.call, StepCall)  # noqa: S101 (only steps are attempted)
    step = pending.call.step
    number = 0 if step.effect == "once" else pending.attempts + 1
    return Ran(run.run_id, pending.path, step.name, step.effect, number)


def _told(records: list[Record]) -> str:
    """Name what is written together."""
    told = [f"{r.kind} of {r.name!r}" + (f" at path {r.path}" if r.path else "") for r in records[:3]]
    more = [f"{len(records) - 3} more"] if len(records) > 3 else []
    return " and ".join([*told, *more]) or "a run's status"

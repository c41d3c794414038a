"""What tests of every folder share: a clock that stands still, and waiting without sleeping."""

from __future__ import annotations

import asyncio
import fcntl
import heapq
import itertools
import os
import signal
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segue.engine.clock import Timer

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does, before anything imports numpy
PATIENCE_S = 120
"""A test that takes longer waits for something that never comes, however busy the machine."""
TURNS = 100
"""Turns of the event loop in which everything that needs no time, thread or other process comes to rest."""
PATIENCE_TURNS = 100_000
"""Turns after which what needs a thread or another process is not coming any more: a few seconds."""


@pytest.hookimpl(wrapper=True)
def without_hanging() -> Generator[None, object, object]:
    """End a test that never would; where a folder's `conftest.py` names it `pytest_pyfunc_call`, all of its tests."""

    def give_up(*_: object) -> None:
        pytest.fail(f"still waiting after {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S, 1)  # again, for the event loop swallows what its callbacks raise
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first process of tests to need it makes, and the others wait for; nothing changes it.

    Args:
        factory: Of the process.
        name: Of the folder.
        make: Writes the folder, which is not there yet.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


async def settle() -> None:
    """Let the event loop do what it can do now."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def until(holds: Callable[[], object]) -> None:
    """Let the event loop go on until a condition holds."""
    for _ in range(PATIENCE_TURNS):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("what the test waits for did not come")


class _Bell:
    """A timer of the fake clock."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act: Callable[[], object] | None = act

    def cancel(self) -> None:
        self.act = None


class FakeClock:
    """Time that passes when a test says so; implements `segue.engine.clock.Clock`."""

    def __init__(self) -> None:
        self._elapsed = timedelta(0)
        self._start = datetime(2026, 1, 1, 9, tzinfo=UTC)
        self._bells: list[tuple[timedelta, int, _Bell]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        return self._start + self._elapsed

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        if seconds <= 0:
            return asyncio.get_running_loop().call_soon(act)
        bell = _Bell(act)
        # a far future is as good as the farthest
        due = self._elapsed + timedelta(seconds=min(seconds, 1e12))
        heapq.heappush(self._bells, (due, next(self._numbers), bell))
        return bell

    async def advance(self, by: timedelta) -> None:
        """Let time pass: what is due on the way happens at its own time and in order."""
        until = self._elapsed + by
        await settle()
        while self._bells and self._bells[0][0] <= until:
            due, _, bell = heapq.heappop(self._bells)
            if bell.act is not None:
                self._elapsed = max(self._elapsed, due)
                asyncio.get_running_loop().call_soon(bell.act)  # a clock rings in no task
                await settle()
        self._elapsed = until
        await settle()

    def jump(self, by: timedelta) -> None:
        """Set the time of day; timers do not notice."""
        self._start += by


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()

"""A clock that stands until it is set, and an engine in memory: days of waiting in no time."""

import asyncio
import contextlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from segue import Engine, RetryPolicy, gather, now, sleep, step, wait_for_signal, workflow
from segue.engine.clock import VirtualClock
from segue.engine.handle import Handle
from segue.errors import SignalTimeout, StepTimeout

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def passed(engine: Engine, clock: VirtualClock, handle: Handle[Any]) -> Any:
    """Let time pass from timer to timer until a run has ended."""
    while await engine.settled(handle.run_id) == "waiting":
        due = clock.next_timer()
        assert due is not None, "it waits for no time"
        clock.set(due)
    return await handle.result()


async def test_a_run_sleeps_for_years_in_no_time() -> None:
    clock = VirtualClock(START)

    @step
    async def look() -> datetime:
        return now()

    @workflow
    async def flow() -> list[datetime]:
        seen = []
        for _ in range(40):
            await sleep(30 * DAY)
            seen.append(await look())
        return seen

    async with Engine("sqlite:///:memory:", clock=clock) as engine:
        seen = await passed(engine, clock, await engine.start(flow))
    assert seen == [START + n * 30 * DAY for n in range(1, 41)]
    assert clock.now() == seen[-1]


async def test_each_of_many_runs_wakes_at_its_own_time() -> None:
    clock = VirtualClock(START)

    @workflow
    async def flow(tenths: int) -> datetime:
        await sleep(DAY + tenths * SECOND / 10)
        return now()

    async with Engine("sqlite:///:memory:", clock=clock) as engine:
        handles = [await engine.start(flow, tenths) for tenths in range(30)]
        woke = [await passed(engine, clock, handle) for handle in handles]
    assert woke == [START + DAY + tenths * SECOND / 10 for tenths in range(30)]


async def test_retries_timeouts_and_waits_for_signals_go_by_it_alone() -> None:
    clock = VirtualClock(START)
    tried = []

    @step(retry=RetryPolicy(max_attempts=3, initial_delay=HOUR, max_delay=DAY, jitter=0))
    async def failing() -> None:
        tried.append(clock.now())
        if len(tried) < 3:
            raise ConnectionError("not yet")

    @step(timeout=SECOND, retry=RetryPolicy(max_attempts=1))
    async def stuck() -> None:
        clock.advance(2 * SECOND)
        await asyncio.get_running_loop().create_future()

    @workflow
    async def flow() -> str:
        await failing()
        with contextlib.suppress(StepTimeout):
            await stuck()
        try:
            return await wait_for_signal("go", str, timeout=7 * DAY)
        except SignalTimeout:
            return f"{now() - START}"

    async with Engine("sqlite:///:memory:", clock=clock) as engine:
        assert await passed(engine, clock, await engine.start(flow)) == "7 days, 3:00:02"
    assert tried == [START, START + HOUR, START + 3 * HOUR]


async def test_branches_wait_each_for_its_own_time() -> None:
    clock = VirtualClock(START)

    async def branch(days: int) -> datetime:
        await sleep(days * DAY)
        return now()

    @workflow
    async def flow() -> list[datetime]:
        return list(await gather(branch(3), branch(1), branch(2)))

    async with Engine("sqlite:///:memory:", clock=clock) as engine:
        woke = await passed(engine, clock, await engine.start(flow))
    assert woke == [START + days * DAY for days in (3, 1, 2)]


async def test_a_signal_wakes_a_run_while_time_stands() -> None:
    clock = VirtualClock(START)

    @workflow
    async def flow() -> str:
        return await wait_for_signal("go", str)

    async with Engine("sqlite:///:memory:", clock=clock) as engine:
        handle = await engine.start(flow, run_id="r")
        assert await engine.settled("r") == "waiting"
        assert clock.next_timer() is None
        await engine.signal("r", "go", "gone")
        assert await handle.result() == "gone"
        await engine.verify("r")
    assert clock.now() == START


async def test_two_engines_in_memory_know_nothing_of_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    @workflow
    async def flow() -> None: ...

    async with Engine("sqlite:///:memory:") as one, Engine("sqlite:///:memory:") as two:
        assert os.listdir() == [], "something is on the disk"  # noqa: PTH208 (a blocking look at a small folder)
        await (await one.start(flow, run_id="r")).result()
        assert len(await one.runs()) == 1
        assert await two.runs() == []


def test_an_engine_in_memory_drives_its_runs_itself() -> None:
    with pytest.raises(ValueError, match="one engine only"):
        Engine("sqlite:///:memory:", drive=False)


def test_a_clock_that_stands_is_not_set_back() -> None:
    clock = VirtualClock(START)
    clock.set(START)
    with pytest.raises(ValueError, match="cannot be set back"):
        clock.set(START - SECOND)
    with pytest.raises(ValueError, match="no time zone"):
        clock.set(datetime(2026, 2, 1))  # noqa: DTZ001 (that is the mistake)


async def test_a_timer_that_was_cancelled_is_not_the_next() -> None:
    clock = VirtualClock(START)
    soon = clock.later(1, lambda: None)
    clock.later(2, lambda: None)
    soon.cancel()
    assert clock.next_timer() == START + 2 * SECOND

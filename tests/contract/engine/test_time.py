"""Time: waits outlive the process, and a clock that jumps harms nobody."""

from datetime import UTC, datetime, timedelta

import pytest

from segue import now, sleep, step, wait_for_signal, workflow
from tests.conftest import settle
from tests.contract.conftest import Runtime

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_a_sleep_lasts_as_long_as_it_says(runtime: Runtime) -> None:
    woke = []

    @workflow
    async def flow() -> None:
        await sleep(DAY)
        woke.append(runtime.clock.now())

    start = runtime.clock.now()
    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(DAY - SECOND)
        assert woke == []
        await runtime.clock.advance(2 * SECOND)
        await handle.result()
    assert DAY <= woke[0] - start <= DAY + SECOND


async def test_a_sleep_outlives_the_process(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        await sleep(DAY)
        return "rested"

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await runtime.clock.advance(DAY / 2)
    async with runtime.engine() as engine:
        await runtime.clock.advance(DAY / 2 - SECOND)
        assert await engine.handle("r").status() == "waiting"
        await runtime.clock.advance(2 * SECOND)
        assert await engine.handle("r").result() == "rested"


async def test_a_sleep_that_ended_while_nobody_was_there_is_over_at_once(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        await sleep(DAY)
        return "rested"

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    await runtime.clock.advance(2 * DAY)
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == "rested"


@pytest.mark.parametrize("duration", [timedelta(0), -DAY])
async def test_a_sleep_of_nothing_or_less_is_over_at_once(runtime: Runtime, duration: timedelta) -> None:
    @workflow
    async def flow() -> str:
        await sleep(duration)
        return "awake"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == "awake"


async def test_the_longest_waits_there_are_do_no_harm(runtime: Runtime) -> None:
    @workflow
    async def sleeper() -> None:
        await sleep(timedelta.max)

    @workflow
    async def waiter() -> str:
        return await wait_for_signal("go", str, timeout=timedelta.max)

    @step(timeout=timedelta.max, total_timeout=timedelta.max)
    async def work() -> str:
        return "worked"

    @workflow
    async def worker() -> str:
        return await work()

    async with runtime.engine() as engine:
        await engine.start(sleeper, run_id="s")
        waiting = await engine.start(waiter, run_id="w")
        assert await (await engine.start(worker)).result() == "worked"
        await runtime.clock.advance(DAY)
    async with runtime.engine() as engine:
        assert {run.run_id for run in await engine.runs(status="waiting")} == {"s", "w"}
        await engine.signal("w", "go", "gone")
        assert await engine.handle("w").result() == "gone"
        await engine.cancel("s")
        await settle()
        assert await engine.handle("s").status() == "cancelled"
    assert waiting.run_id == "w"


async def test_the_earliest_of_many_timers_rings_first(runtime: Runtime) -> None:
    woke = []

    @workflow
    async def flow(hours: int) -> None:
        await sleep(hours * HOUR)
        woke.append(hours)

    async with runtime.engine() as engine:
        for hours in (5, 3, 9, 1, 7):
            await engine.start(flow, hours)
        await settle()
        for _ in range(10):
            await runtime.clock.advance(HOUR)
    assert woke == [1, 3, 5, 7, 9]


async def test_now_is_the_time_of_the_last_entry_and_the_same_at_replay(runtime: Runtime) -> None:
    seen = []

    @step
    async def work() -> None: ...

    @workflow
    async def flow() -> None:
        times = [now()]
        await sleep(HOUR)
        times.append(now())
        await work()
        times.append(now())
        seen.append(times)
        await sleep(DAY)

    start = runtime.clock.now()
    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await runtime.clock.advance(3 * HOUR)
    async with runtime.engine() as engine:
        await runtime.clock.advance(DAY)
        await engine.handle("r").result()
    assert seen[0][0] == start
    assert start + HOUR <= seen[0][1] <= seen[0][2] <= start + HOUR + 2 * SECOND
    assert all(times == seen[0] for times in seen)


def test_outside_of_a_run_now_is_the_machines_time() -> None:
    before = datetime.now(UTC)
    assert before <= now() <= datetime.now(UTC)


async def test_a_clock_that_jumps_back_leaves_entries_in_order(runtime: Runtime) -> None:
    @step
    async def work() -> None:
        runtime.clock.jump(-HOUR)

    @workflow
    async def flow() -> datetime:
        await work()
        await work()
        return now()

    start = runtime.clock.now()
    async with runtime.engine() as engine:
        assert await (await engine.start(flow, run_id="r")).result() == start
        times = [entry.at for entry in await engine.entries("r")]
        assert times == sorted(times)
        await engine.verify("r")


async def test_a_clock_that_jumped_back_between_two_processes_loses_no_run(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        await sleep(HOUR)
        await sleep(HOUR)
        return "rested"

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await runtime.clock.advance(HOUR + SECOND)
    runtime.clock.jump(-3 * HOUR)
    async with runtime.engine() as engine:
        await runtime.clock.advance(6 * HOUR)
        assert await engine.handle("r").result() == "rested"
        await engine.verify("r")


async def test_a_clock_that_jumps_back_does_not_lengthen_a_short_sleep(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        await sleep(SECOND)
        return "rested"

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await settle()
        runtime.clock.jump(-HOUR)
        await runtime.clock.advance(SECOND)
        assert await handle.result() == "rested"


async def test_a_clock_that_jumps_forward_ends_parked_waits(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        await sleep(DAY)
        return "rested"

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    runtime.clock.jump(2 * DAY)
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == "rested"


async def test_sleep_takes_a_timedelta() -> None:
    with pytest.raises(TypeError, match="timedelta"):
        sleep(3)  # type: ignore[arg-type]
    await sleep(timedelta(0))

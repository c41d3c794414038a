"""A world: days of waiting pass in no time, in order, and no further than the test says."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from segue import Queue, RetryPolicy, continue_as, gather, now, run_child, sleep, step, wait_for_signal, workflow
from segue.errors import EngineClosed, SignalTimeout, StepTimeout
from segue.testing import World

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


async def test_awaiting_a_result_jumps_over_sleeps_retries_and_timeouts_of_waits() -> None:
    tried: list[datetime] = []

    @step(retry=RetryPolicy(max_attempts=3, initial_delay=HOUR, max_delay=DAY, jitter=0))
    async def post() -> None:
        tried.append(now())
        if len(tried) < 3:
            raise ConnectionError("not yet")

    @workflow
    async def flow() -> datetime:
        await sleep(3 * DAY)
        await post()
        with pytest.raises(SignalTimeout):
            await wait_for_signal("reply", timeout=365 * DAY)
        return now()

    async with World() as world:
        handle = await world.start(flow)
        assert await handle.result() == START + 368 * DAY + 3 * HOUR
        assert world.clock.now() == START + 368 * DAY + 3 * HOUR
    assert tried == [START + 3 * DAY, START + 3 * DAY + HOUR, START + 3 * DAY + 3 * HOUR]


async def test_time_passes_by_steps_and_what_is_due_on_the_way_happens_in_order() -> None:
    done: list[tuple[str, datetime]] = []

    @step
    async def remind(name: str) -> None:
        done.append((name, now()))

    @workflow
    async def flow(name: str, days: int) -> None:
        for _ in range(2):
            await sleep(days * DAY)
            await remind(name)

    async with World() as world:
        for name, days in (("slow", 3), ("fast", 1)):
            await world.start(flow, name, days)
        await world.pass_time(DAY - SECOND)
        assert done == []
        await world.pass_time(SECOND)
        assert done == [("fast", START + DAY)]
        await world.pass_time(30 * DAY)
        assert done[1:] == [("fast", START + 2 * DAY), ("slow", START + 3 * DAY), ("slow", START + 6 * DAY)]
        assert world.clock.now() == START + 31 * DAY


async def test_a_signal_in_the_middle_of_the_wait_ends_it() -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("approval", str, timeout=10 * DAY)

    async with World() as world:
        handle = await world.start(flow, run_id="r")
        await world.pass_time(9 * DAY)
        await world.signal("r", "approval", "granted")
        assert await handle.result() == "granted"
        assert world.clock.now() == START + 9 * DAY


async def test_children_and_queues_go_by_the_same_time() -> None:
    @workflow
    async def child(days: int) -> datetime:
        await sleep(days * DAY)
        return now()

    @workflow
    async def flow() -> list[datetime]:
        return list(await gather(run_child(child, 1), run_child(child, 2)))

    async with World(queues=[Queue("slow", rate="1/h")]) as world:
        handles = [await world.start(flow, queue="slow") for _ in range(2)]
        assert [await handle.result() for handle in handles] == [
            [START + DAY, START + 2 * DAY],
            [START + HOUR + DAY, START + HOUR + 2 * DAY],
        ]


async def test_several_results_can_be_awaited_at_once_and_each_run_sees_its_own_time() -> None:
    @workflow
    async def flow(days: int) -> datetime:
        await sleep(days * DAY)
        return now()

    async with World() as world:
        handles = [await world.start(flow, days) for days in range(1, 20)]
        woke = await asyncio.gather(*(handle.result() for handle in handles))
    assert woke == [START + days * DAY for days in range(1, 20)]


async def test_time_stands_while_a_step_is_under_way_that_takes_real_time() -> None:
    loop = asyncio.get_running_loop()
    came = loop.create_future()

    @step
    async def answer() -> str:
        loop.call_later(0.01, came.set_result, None)
        await came
        return f"{now():%d}"

    @workflow
    async def patient() -> str:
        return await answer()

    @workflow
    async def sleeper() -> None:
        await sleep(DAY)

    async with World() as world:
        asleep = await world.start(sleeper)
        assert await (await world.start(patient)).result() == "01"
        await asleep.result()


async def test_a_step_that_never_answers_times_out_once_the_patience_is_used_up() -> None:
    @step(timeout=HOUR, retry=RetryPolicy(max_attempts=1))
    async def stuck() -> None:
        await asyncio.Event().wait()

    @workflow
    async def flow() -> datetime:
        with pytest.raises(StepTimeout):
            await stuck()
        return now()

    async with World(patience=timedelta(0)) as world:
        assert await (await world.start(flow)).result() == START + HOUR


async def test_a_result_that_no_time_can_bring_is_a_failure_and_no_hanging_test() -> None:
    @workflow
    async def flow() -> Any:
        return await run_child(inner)

    @workflow
    async def inner() -> Any:
        return await wait_for_signal("approval")

    async with World() as world:
        handle = await world.start(flow, run_id="r")
        with pytest.raises(AssertionError, match="run r/0 waits for signal approval") as failed:
            await handle.result()
        assert "run r waits for child r/0" in str(failed.value)


async def test_others_that_never_rest_do_not_make_it_hang_either() -> None:
    @workflow
    async def waiting() -> Any:
        return await wait_for_signal("approval")

    @workflow
    async def restless() -> None:
        await sleep(HOUR)
        return continue_as()

    async with World() as world:
        await world.start(restless)
        handle = await world.start(waiting, run_id="r")
        with pytest.raises(AssertionError, match="run r waits for signal approval"):
            await handle.result()


async def test_a_run_may_be_moved_by_what_others_do_in_time() -> None:
    @step
    async def approve() -> None:
        await world.signal("r", "approval", "granted")

    @workflow
    async def approver() -> None:
        await sleep(DAY)
        await approve()

    @workflow
    async def waiting() -> str:
        return await wait_for_signal("approval", str)

    world = World()
    async with world:
        await world.start(approver)
        assert await (await world.start(waiting, run_id="r")).result() == "granted"


async def test_a_world_that_is_not_entered_says_so() -> None:
    with pytest.raises(EngineClosed, match="async with World"):
        await World().pass_time(DAY)

"""Parking: a run that only waits leaves memory, and comes back as if it had never left."""

import asyncio
import contextlib
import gc
from datetime import timedelta
from typing import Any

import pytest

from segue import gather, sleep, step, wait_for_signal, workflow
from segue.engine.run import Run
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

DAY = timedelta(days=1)


def in_memory(flow: Any) -> int:
    """How many runs of a workflow there are in memory."""
    gc.collect()
    return sum(isinstance(thing, Run) and thing.workflow is flow for thing in gc.get_objects())


async def test_thousands_of_waiting_runs_are_not_in_memory(runtime: Runtime) -> None:
    held = []

    class Held:
        """What a workflow holds on to while it waits."""

    @workflow
    async def flow(n: int) -> int:
        mine = Held()
        held.append(id(mine))
        return n + await wait_for_signal("go", int)

    async with runtime.engine() as engine:
        for n in range(2000):
            await engine.start(flow, n, run_id=f"r{n}")
        await until(lambda: in_memory(flow) == 0)
        assert len(await engine.runs(status="waiting", limit=5000)) == 2000
        assert not any(isinstance(thing, Held) for thing in gc.get_objects())
        await engine.signal("r7", "go", 1)
        assert await engine.handle("r7").result() == 8
        await until(lambda: in_memory(flow) == 0)


async def test_after_opening_waiting_runs_stay_where_they_are(runtime: Runtime) -> None:
    ran = []

    @workflow
    async def flow() -> None:
        ran.append("flow")
        await sleep(DAY)

    async with runtime.engine() as engine:
        for n in range(5):
            await engine.start(flow, run_id=f"r{n}")
        await settle()
    ran.clear()
    async with runtime.engine() as engine:
        await settle()
        assert ran == [], "a run that waits was replayed for nothing"
        await runtime.clock.advance(DAY)
        await asyncio.gather(*(engine.handle(f"r{n}").result() for n in range(5)))


async def test_a_run_with_a_step_under_way_stays(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step
    async def slow() -> str:
        await gate.wait()
        return "slow"

    @workflow
    async def flow() -> Any:
        return list(await gather(slow(), wait_for_signal("go", str)))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        assert (await handle.status(), in_memory(flow)) == ("running", 1)
        gate.set()
        await settle()
        assert (await handle.status(), in_memory(flow)) == ("waiting", 0)
        await engine.signal("r", "go", "gone")
        assert await handle.result() == ["slow", "gone"]


async def test_finally_blocks_run_but_their_calls_are_refused(runtime: Runtime) -> None:
    seen = []

    @step
    async def effect() -> None:
        seen.append("effect")

    @workflow
    async def flow() -> str:
        try:
            return await wait_for_signal("go", str)
        finally:
            seen.append("finally")
            await effect()
            seen.append("after the effect")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        assert seen == ["finally"]
        assert [e.kind for e in await engine.entries("r")] == ["run_started", "wait_started"]
        await engine.signal("r", "go", "gone")
        assert await handle.result() == "gone"
    assert seen == ["finally", "finally", "effect", "after the effect"]


async def test_branches_are_closed_from_the_inside_out(runtime: Runtime) -> None:
    seen = []

    async def branch(name: str) -> None:
        try:
            await wait_for_signal(name)
        finally:
            seen.append(name)

    @workflow
    async def flow() -> None:
        try:
            await gather(branch("a"), branch("b"))
        finally:
            seen.append("flow")

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    assert seen[-1] == "flow"
    assert sorted(seen) == ["a", "b", "flow"]


async def test_a_workflow_that_catches_everything_once_still_parks(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        with contextlib.suppress(BaseException):
            await wait_for_signal("go")
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        assert in_memory(flow) == 0
        await engine.signal("r", "go")
        await engine.signal("r", "go", "gone")
        assert await engine.handle("r").result() == "gone"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it does not even let itself be freed
async def test_a_workflow_that_swallows_the_park_for_ever_is_named_and_harms_no_other(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    @workflow(name="parking.stubborn")
    async def stubborn() -> None:
        for _ in range(100):
            with contextlib.suppress(BaseException):
                await wait_for_signal("go")

    @workflow
    async def well_behaved() -> str:
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        await engine.start(stubborn, run_id="s")
        handle = await engine.start(well_behaved, run_id="w")
        await settle()
        assert "'parking.stubborn' went on after GeneratorExit" in caplog.text
        await engine.signal("w", "go", "gone")
        assert await handle.result() == "gone"
        await engine.verify("s")
    gc.collect()


async def test_short_waits_stay_in_memory_and_are_not_replayed(runtime: Runtime) -> None:
    begun = []

    @workflow
    async def flow() -> None:
        begun.append("flow")
        await sleep(timedelta(seconds=1))

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(timedelta(seconds=1))
        await handle.result()
    assert begun == ["flow"]


async def test_a_parked_run_says_what_it_waits_for_and_until_when(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await gather(wait_for_signal("approval", timeout=2 * DAY), sleep(DAY), wait_for_signal("other"))

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        (run,) = await engine.runs(status="waiting")
        assert run.waiting_for == ("signal approval", "timer", "signal other")
        assert run.wake_at == runtime.clock.now() + DAY


async def test_a_result_awaited_before_parking_arrives_after_it(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        await sleep(DAY)
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        results = [asyncio.create_task(handle.result()) for _ in range(3)]
        await runtime.clock.advance(2 * DAY)
        await until(lambda: engine.status("r") == "waiting")
        await engine.signal("r", "go", "gone")
        assert [await result for result in results] == ["gone"] * 3


async def test_settled_tells_when_a_run_ended_or_only_waits(runtime: Runtime) -> None:
    @step
    async def work() -> None: ...

    @workflow
    async def flow(waits: bool) -> None:
        await work()
        if waits:
            await wait_for_signal("go")

    async with runtime.engine() as engine:
        await engine.start(flow, False, run_id="ends")
        await engine.start(flow, True, run_id="waits")
        assert await engine.settled("ends") == "completed"
        assert await engine.settled("waits") == "waiting"
        await engine.signal("waits", "go")
        assert await engine.handle("waits").result() is None
        assert await engine.settled("waits") == "completed"

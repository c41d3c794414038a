"""gather and map_concurrent: side by side, in order, and one failure ends them all."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from segue import RetryPolicy, gather, map_concurrent, sleep, step, wait_for_signal, workflow
from segue.errors import RunFailed, StepFailed
from tests.conftest import settle
from tests.contract.conftest import Runtime

NEVER_AGAIN = RetryPolicy(max_attempts=1)


async def test_results_come_in_the_order_of_the_arguments(runtime: Runtime) -> None:
    gates = {tag: asyncio.Event() for tag in "abc"}

    @step
    async def work(tag: str) -> str:
        await gates[tag].wait()
        return tag

    @workflow
    async def flow() -> list[Any]:
        return [await gather(*map(work, "abc")), await map_concurrent(work, "cba", limit=3)]

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        for tag in "cab":
            gates[tag].set()
            await settle()
        assert await handle.result() == [["a", "b", "c"], ["c", "b", "a"]]


async def test_gather_gives_a_tuple_and_map_concurrent_a_list(runtime: Runtime) -> None:
    @step
    async def work(n: int) -> int:
        return n

    @workflow
    async def flow() -> list[str]:
        kinds = [
            await gather(work(1), work(2)),
            await gather(),
            await map_concurrent(work, [1]),
            await map_concurrent(work, []),
        ]
        return [repr(kind) for kind in kinds]

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == ["(1, 2)", "()", "[1]", "[]"]


async def test_map_concurrent_runs_no_more_than_its_limit_at_once(runtime: Runtime) -> None:
    under_way, most = 0, 0

    @step
    async def work(n: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return n

    @workflow
    async def flow(limit: int) -> list[int]:
        return await map_concurrent(work, range(20), limit=limit)

    async with runtime.engine() as engine:
        for limit in (1, 3, 50):
            most = 0
            assert await (await engine.start(flow, limit)).result() == list(range(20))
            assert most == min(limit, 20)


async def test_the_first_failing_branch_cancels_the_others_and_is_raised(runtime: Runtime) -> None:
    gate, seen = asyncio.Event(), []

    @step(retry=NEVER_AGAIN)
    async def fails() -> None:
        await gate.wait()
        raise ValueError("no such order")

    @step
    async def never_ends() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("step cancelled")

    async def branch() -> None:
        try:
            await sleep(timedelta(days=1))
        except asyncio.CancelledError:
            seen.append("branch cancelled")
            raise

    @workflow
    async def flow() -> str:
        try:
            await gather(never_ends(), branch(), wait_for_signal("never"), fails())
        except StepFailed as error:
            return f"{type(error.__cause__).__name__}: {error.__cause__}"
        return "?"

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await settle()
        gate.set()
        assert await handle.result() == "ValueError: no such order"
        await settle()
        assert sorted(seen) == ["branch cancelled", "step cancelled"]


async def test_branches_not_begun_never_begin_once_one_failed(runtime: Runtime) -> None:
    began = []

    @step(retry=NEVER_AGAIN)
    async def work(n: int) -> None:
        began.append(n)
        raise ValueError(n)

    @workflow
    async def flow() -> None:
        await map_concurrent(work, range(10), limit=2)

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="ValueError: 0"):
            await (await engine.start(flow)).result()
    assert began == [0, 1]


async def test_a_once_step_under_way_is_waited_for_when_another_branch_fails(runtime: Runtime) -> None:
    gate, acted = asyncio.Event(), []

    @step(effect="once")
    async def refund() -> str:
        await gate.wait()
        acted.append("refund")
        return "receipt"

    @step(retry=NEVER_AGAIN)
    async def fails() -> None:
        raise ValueError("no")

    @workflow
    async def flow() -> str:
        try:
            await gather(refund(), fails())
        except StepFailed:
            return "failed after the refund" if acted else "cut off"
        return "?"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        assert await handle.status() == "running"
        gate.set()
        assert await handle.result() == "failed after the refund"
        kinds = [(entry.path, entry.kind) for entry in await engine.entries("r")]
        assert ("0.0.0", "step_finished") in kinds


async def test_a_branch_cancelled_before_its_next_call_leaves_nothing_behind(runtime: Runtime) -> None:
    @step
    async def work() -> None: ...

    async def fails() -> None:
        await work()
        raise ValueError("no")

    async def goes_on() -> None:
        await work()
        await gather(ends(), ends())

    async def ends() -> None:
        await work()

    @workflow
    async def flow() -> str:
        try:
            await gather(fails(), goes_on())
        except ValueError:
            return "caught"
        return "?"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == "caught"


async def test_a_branch_may_catch_its_cancellation_and_still_act(runtime: Runtime) -> None:
    noted = []

    @step(retry=NEVER_AGAIN)
    async def fails() -> None:
        raise ValueError("no")

    @step
    async def note(text: str) -> None:
        noted.append(text)

    async def branch() -> None:
        try:
            await sleep(timedelta(days=1))
        finally:
            await note("cleaned up")

    @workflow
    async def flow() -> str:
        try:
            await gather(branch(), fails())
        except StepFailed:
            return "failed"
        return "?"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == "failed"
    assert noted == ["cleaned up"]


async def test_the_error_of_a_nested_gather_reaches_the_outer_one(runtime: Runtime) -> None:
    @step(retry=NEVER_AGAIN)
    async def fails() -> None:
        raise ValueError("deep")

    @workflow
    async def flow() -> None:
        await gather(
            gather(sleep(timedelta(days=1)), gather(fails(), sleep(timedelta(days=2)))), sleep(timedelta(days=3))
        )

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="deep"):
            await (await engine.start(flow)).result()


async def test_a_thousand_branches_wait_side_by_side(runtime: Runtime) -> None:
    @step
    async def work(n: int) -> int:
        return n

    @workflow
    async def flow() -> int:
        return sum(await gather(*map(work, range(1000))))

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == 499_500


async def test_gather_refuses_what_cannot_be_awaited_and_a_limit_below_one() -> None:
    with pytest.raises(TypeError, match="int"):
        gather(1)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="limit"):
        map_concurrent(lambda n: n, [1], limit=0)  # type: ignore[arg-type, return-value]


async def test_outside_of_a_run_branches_run_too() -> None:
    @step
    async def work(n: int) -> int:
        return n + 1

    assert await gather(work(1), work(2)) == (2, 3)
    assert await map_concurrent(work, [1, 2], limit=1) == [2, 3]

"""Replay: finished work is not repeated, and everything drawn or asked is the same again."""

import asyncio
from typing import Any

import pytest

from segue import gather, map_concurrent, random, step, uuid4, wait_for_signal, workflow
from tests.conftest import settle
from tests.contract.conftest import Runtime

ran: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


@step(name="replay.work")
async def work(tag: str) -> str:
    ran.append(tag)
    return tag


async def test_a_finished_step_is_not_run_again(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[Any]:
        first = await work("a")
        branches = await gather(work("b"), work("c"))
        await wait_for_signal("go")
        return [first, *branches, *await map_concurrent(work, ["d", "e"])]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    async with runtime.engine() as engine:
        await engine.signal("r", "go")
        assert await engine.handle("r").result() == ["a", "b", "c", "d", "e"]
        await engine.verify("r")
    assert ran == ["a", "b", "c", "d", "e"]


async def test_after_a_crash_only_the_unfinished_steps_run_again(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step
    async def slow() -> str:
        ran.append("slow")
        await gate.wait()
        return "slow"

    @workflow
    async def flow() -> list[str]:
        return [await work("first"), *await gather(work("second"), slow())]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        crashed = runtime.crashed()
    gate.set()
    async with crashed.engine() as engine:
        assert await engine.handle("r").result() == ["first", "second", "slow"]
    assert ran == ["first", "second", "slow", "slow"]


async def test_branches_that_finished_in_another_order_keep_their_own_results(runtime: Runtime) -> None:
    gates = {tag: asyncio.Event() for tag in "abc"}

    @step
    async def gated(tag: str) -> str:
        await gates[tag].wait()
        return f"result of {tag}"

    async def branch(tag: str) -> str:
        result = await gated(tag)
        return f"{tag}: {await work(result)}"

    @workflow
    async def flow() -> list[str]:
        branches = await gather(*map(branch, "abc"))
        await wait_for_signal("go")
        return list(branches)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        for tag in "cab":
            gates[tag].set()
            await settle()
        await engine.settled("r")
    async with runtime.engine() as engine:
        await engine.signal("r", "go")
        assert await engine.handle("r").result() == [f"{tag}: result of {tag}" for tag in "abc"]


async def test_arguments_that_are_equal_but_written_otherwise_are_the_same(runtime: Runtime) -> None:
    order = {"items": [0, 8]}

    @step
    async def count(tags: set[int], fields: dict[str, int]) -> int:
        return len(tags) + len(fields)

    @workflow
    async def flow() -> int:
        keys = ["a", "b"] if order["items"] == [0, 8] else ["b", "a"]
        counted = await count(set(order["items"]), dict.fromkeys(keys, 1))
        await wait_for_signal("go")
        return counted

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    order["items"] = [8, 0]
    async with runtime.engine() as engine:
        await engine.signal("r", "go")
        assert await engine.handle("r").result() == 4


async def test_random_and_uuid4_are_the_same_at_replay_and_differ_between_calls(runtime: Runtime) -> None:
    seen = []

    async def branch(n: int) -> list[str]:
        drawn = [str(uuid4()), str(random())]
        await work(str(n))
        return [*drawn, str(uuid4())]

    @workflow
    async def flow() -> None:
        drawn = [str(uuid4()), str(random()), str(random())]
        branches = await gather(branch(1), branch(2))
        drawn += [value for values in branches for value in values] + [str(uuid4())]
        seen.append(drawn)
        await wait_for_signal("go")

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r1")
        await engine.start(flow, run_id="r2")
        await engine.settled("r1")
        await engine.settled("r2")
    first, second = seen
    async with runtime.engine() as engine:
        for run_id in ("r1", "r2"):
            await engine.signal(run_id, "go")
            await engine.handle(run_id).result()
    assert seen[2:] == [first, second]
    assert len(set(first + second)) == len(first + second), "drawn twice"
    assert all(0 <= float(value) < 1 for value in first[1:3])


async def test_a_run_of_an_unknown_workflow_waits_until_it_is_registered(runtime: Runtime) -> None:
    script = """
from segue import step, wait_for_signal, workflow
@workflow(name="replay.later")
async def later() -> str:
    return await wait_for_signal("go", str)
"""
    names: dict[str, Any] = {"__name__": "one_process"}
    exec(compile(script, "/one/process.py", "exec"), names)  # noqa: S102 (a module that comes and goes)
    async with runtime.engine() as engine:
        await engine.start(names["later"], run_id="r")
        await engine.settled("r")
    from segue.engine.workflow import workflows

    workflows._found.pop("replay.later")
    async with runtime.engine() as engine:
        await engine.signal("r", "go", "gone")
        result = asyncio.create_task(engine.handle("r").result())
        await settle()
        assert not result.done()
        exec(compile(script, "/one/process.py", "exec"), names)  # noqa: S102
        assert await result == "gone"

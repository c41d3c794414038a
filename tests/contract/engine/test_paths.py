"""A call is known by its path in the call tree, as the contract spells it."""

from collections.abc import AsyncIterator
from datetime import timedelta

from segue import Engine, gather, map_concurrent, now, patched, random, sleep, step, uuid4, wait_for_signal, workflow
from tests.conftest import settle
from tests.contract.conftest import Runtime


@step(name="paths.work")
async def work(tag: str = "") -> str:
    return tag


async def paths(engine: Engine, run_id: str, kind: str = "step_finished") -> list[str]:
    return [entry.path for entry in await engine.entries(run_id) if entry.kind == kind]


async def test_calls_are_numbered_in_the_order_they_are_awaited(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await work("a")
        await work("b")
        await gather(work("c"), work("d"))

    async with runtime.engine() as engine:
        await (await engine.start(flow, run_id="r")).result()
        assert await paths(engine, "r") == ["0", "1", "2.0.0", "2.1.0"]


async def test_a_call_takes_its_number_when_awaited_not_when_made(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        first, second = work("first"), work("second")
        await second
        await first

    async with runtime.engine() as engine:
        await (await engine.start(flow, run_id="r")).result()
        entries = [e for e in await engine.entries("r") if e.kind == "step_finished"]
        assert [(e.path, (e.payload or {})["result"]) for e in entries] == [("0", "second"), ("1", "first")]


async def test_branches_count_by_themselves_and_nest(runtime: Runtime) -> None:
    async def branch(tag: str) -> None:
        await work(tag)
        await gather(work(tag), work(tag))

    @workflow
    async def flow() -> None:
        await map_concurrent(branch, ["a", "b"], limit=1)
        await work()

    async with runtime.engine() as engine:
        await (await engine.start(flow, run_id="r")).result()
        assert await paths(engine, "r") == [
            "0.0.0", "0.0.1.0.0", "0.0.1.1.0",
            "0.1.0", "0.1.1.0.0", "0.1.1.1.0",
            "1",
        ]  # fmt: skip


async def test_sleeps_and_waits_take_a_number_and_plain_calls_take_none(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        now(), uuid4(), random(), patched("a-change")
        await sleep(timedelta(0))
        await gather()
        await wait_for_signal("go")
        await map_concurrent(work, [])
        await work()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.signal("r", "go")
        await handle.result()
        assert await paths(engine, "r", "sleep_started") == ["0"]
        assert await paths(engine, "r", "signal_received") == ["2"]
        assert await paths(engine, "r") == ["4"]


async def test_a_workflow_awaited_in_a_workflow_is_part_of_its_run(runtime: Runtime) -> None:
    @workflow
    async def part() -> str:
        return await work("part")

    @workflow
    async def whole() -> str:
        await work("whole")
        return await part()

    async with runtime.engine() as engine:
        assert await (await engine.start(whole, run_id="r")).result() == "part"
        assert await paths(engine, "r") == ["0", "1"]


async def test_an_async_generator_makes_calls_of_its_branch(runtime: Runtime) -> None:
    async def pages() -> AsyncIterator[str]:
        for n in range(3):
            yield await work(f"page {n}")

    @workflow
    async def flow() -> list[str]:
        return [page async for page in pages()]

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, run_id="r")).result() == ["page 0", "page 1", "page 2"]
        assert await paths(engine, "r") == ["0", "1", "2"]

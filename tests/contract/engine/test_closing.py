"""Closing an engine: what is under way and cannot be repeated ends first, and nothing more begins."""

import asyncio
from typing import Any

import pytest

from segue import gather, step, workflow
from tests.conftest import settle, until
from tests.contract.conftest import Runtime


async def test_closing_waits_for_a_once_step_under_way(runtime: Runtime) -> None:
    gate, acted = asyncio.Event(), []

    @step(effect="once")
    async def refund() -> str:
        acted.append("refund")
        await gate.wait()
        return "receipt"

    @workflow
    async def flow() -> str:
        return await refund()

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await until(lambda: acted)
        asyncio.get_running_loop().call_soon(gate.set)
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == "receipt"
    assert acted == ["refund"]


@pytest.mark.parametrize("turns", range(8))
async def test_closing_at_any_moment_leaves_no_doubt(runtime: Runtime, turns: int) -> None:
    acted = []

    @step(effect="once")
    async def act(n: int) -> int:
        acted.append(n)
        await asyncio.sleep(0)
        return n

    @workflow
    async def flow() -> list[int]:
        return [await act(n) for n in range(5)]

    engine = runtime.engine()
    async with engine:
        await engine.start(flow, run_id="r")
        for _ in range(turns):
            await asyncio.sleep(0)
    async with engine:
        assert await engine.handle("r").result() == [0, 1, 2, 3, 4]
    assert acted == [0, 1, 2, 3, 4]


async def test_closing_begins_no_further_once_step(runtime: Runtime) -> None:
    first, last, acted = asyncio.Event(), asyncio.Event(), []

    @step(effect="once")
    async def act(name: str, gate: str) -> str:
        acted.append(name)
        await {"first": first, "last": last}[gate].wait()
        return name

    async def two() -> list[str]:
        return [await act("a", "first"), await act("b", "last")]

    @workflow
    async def flow() -> Any:
        return list(await gather(act("c", "last"), two()))

    async def one_after_the_other() -> None:
        for gate in (first, last):
            await settle()
            gate.set()

    engine = runtime.engine()
    async with engine:
        await engine.start(flow, run_id="r")
        await until(lambda: len(acted) == 2)
        opening = asyncio.create_task(one_after_the_other())
    await opening
    assert sorted(acted) == ["a", "c"]
    async with engine:
        assert await engine.handle("r").result() == ["c", ["a", "b"]]
    assert sorted(acted) == ["a", "b", "c"]


async def test_a_run_that_never_waits_does_not_keep_the_engine_open(runtime: Runtime) -> None:
    pushed = asyncio.Event()
    counted: list[int] = []

    @step
    async def count(number: int) -> int:
        counted.append(number)
        if number == 20:
            pushed.set()
        return number + 1

    @workflow
    async def endless(limit: int) -> int:
        number = 0
        while number < limit:
            number = await count(number)
        return number

    async with runtime.engine() as engine:
        await engine.start(endless, 200, run_id="r")
        await pushed.wait()
    at_the_close = len(counted)
    assert 20 < at_the_close < 200
    async with runtime.engine() as engine:
        assert await engine.handle("r", endless).result() == 200
    assert counted == [*range(at_the_close), *range(counted[at_the_close], 200)]  # the last one was perhaps not on disk


async def test_a_once_step_that_was_announced_when_the_engine_closes_is_not_left_in_doubt(runtime: Runtime) -> None:
    paid: list[int] = []

    @step(effect="once")
    async def pay(number: int) -> int:
        paid.append(number)
        return number

    @workflow
    async def payments(count: int) -> int:
        for number in range(count):
            await pay(number)
        return count

    for _ in range(5):
        async with runtime.engine() as engine:
            await engine.start(payments, 10, run_id="r")
            await asyncio.sleep(0)
    async with runtime.engine() as engine:
        assert await engine.handle("r", payments).result() == 10
        assert "step_in_doubt" not in {entry.kind for entry in await engine.entries("r")}
    assert paid == list(range(10))

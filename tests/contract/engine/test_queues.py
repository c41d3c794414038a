"""Queues: how many runs go on at once, how many begin in a time, and which of them first."""

import asyncio
from datetime import timedelta

import pytest

from segue import Engine, Queue, continue_as, step, wait_for_signal, workflow
from segue.errors import RunCancelled, RunConflict
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

begun: list[str] = []
"""Runs that began, in order, since the test did."""
gates: dict[str, asyncio.Event] = {}
"""What their steps wait for."""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    begun.clear()
    gates.clear()


@step(name="queues.work")
async def work(name: str) -> str:
    begun.append(name)
    await gates.setdefault(name, asyncio.Event()).wait()
    return name


@workflow(name="queues.flow")
async def flow(name: str) -> str:
    return await work(name)


@workflow(name="queues.quick")
async def quick(name: str) -> None:
    begun.append(name)


@workflow(name="queues.asks")
async def asks(name: str) -> str:
    begun.append(name)
    return await wait_for_signal("word", str)


def opened(runtime: Runtime, *queues: Queue) -> Engine:
    return Engine(runtime.url, clock=runtime.clock, queues=queues)


async def test_no_more_runs_go_on_than_a_queue_allows(runtime: Runtime) -> None:
    async with opened(runtime, Queue("support", concurrency=2)) as engine:
        handles = [await engine.start(flow, name, run_id=name, queue="support") for name in "abcd"]
        await settle()
        assert begun == ["a", "b"]
        assert await handles[3].status() == "running"
        gates["a"].set()
        assert await handles[0].result() == "a"
        await settle()
        assert begun == ["a", "b", "c"]
        await engine.start(flow, "x")
        await until(lambda: "x" in begun)
        for name in "bcd":
            gates.setdefault(name, asyncio.Event()).set()
        assert [await handle.result() for handle in handles] == list("abcd")


async def test_the_highest_priority_comes_first_and_then_the_earliest(runtime: Runtime) -> None:
    async with opened(runtime, Queue("support", concurrency=1)) as engine:
        for name, priority in (("a", 0), ("b", 0), ("c", 5), ("d", 0), ("e", 5)):
            await engine.start(flow, name, run_id=name, queue="support", priority=priority)
            gates[name] = asyncio.Event()
        await settle()
        for name in "abcde":
            gates[name].set()
        for name in "abcde":
            await engine.handle(name).result()
        assert begun == list("acebd")


async def test_a_rate_lets_so_many_begin_in_a_time(runtime: Runtime) -> None:
    async with opened(runtime, Queue("support", rate="2/min")) as engine:
        for name in "abcde":
            await engine.start(quick, name, run_id=name, queue="support")
        await settle()
        assert begun == ["a", "b"]
        await runtime.clock.advance(timedelta(seconds=59))
        assert begun == ["a", "b"]
        await runtime.clock.advance(timedelta(seconds=1))
        assert begun == ["a", "b", "c", "d"]
        await runtime.clock.advance(timedelta(minutes=1))
        assert begun == list("abcde")


async def test_who_only_waits_makes_room_and_goes_on_when_called(runtime: Runtime) -> None:
    async with opened(runtime, Queue("support", concurrency=1)) as engine:
        await engine.start(asks, "a", run_id="a", queue="support")
        await engine.start(asks, "b", run_id="b", queue="support")
        await until(lambda: begun == ["a", "b"])
        await engine.signal("a", "word", "yes")
        assert await engine.handle("a").result() == "yes"


async def test_what_waits_for_its_turn_outlives_a_crash_and_is_never_a_second_run(runtime: Runtime) -> None:
    queue = Queue("support", concurrency=1)
    async with opened(runtime, queue) as engine:
        for name in "abc":
            await engine.start(flow, name, run_id=name, queue="support")
        await engine.start(flow, "b", run_id="b", queue="support")
        with pytest.raises(RunConflict):
            await engine.start(flow, "z", run_id="b", queue="support")
        await settle()
        assert begun == ["a"]
        crashed = runtime.crashed()
    begun.clear()
    async with Engine(crashed.url, clock=crashed.clock, queues=[queue]) as engine:
        await until(lambda: begun)
        await settle()
        assert begun == ["a"], "the run under way has its place again before another gets one"
        for name in "abc":
            gates.setdefault(name, asyncio.Event()).set()
        for name in "abc":
            assert await engine.handle(name, flow).result() == name
        assert begun == ["a", "b", "c"]
        assert len(await engine.runs()) == 3


async def test_signals_and_cancel_reach_a_run_that_waits_for_its_turn(runtime: Runtime) -> None:
    async with opened(runtime, Queue("support", concurrency=1)) as engine:
        await engine.start(flow, "a", run_id="a", queue="support")
        await engine.start(asks, "b", run_id="b", queue="support")
        await engine.start(asks, "c", run_id="c", queue="support")
        await engine.signal("b", "word", "early")
        await engine.cancel("c")
        await settle()
        assert begun == ["a"]
        gates["a"].set()
        assert await engine.handle("b").result() == "early"
        with pytest.raises(RunCancelled):
            await engine.handle("c").result()


async def test_another_process_starts_through_a_queue(runtime: Runtime) -> None:
    async with opened(runtime, Queue("support", concurrency=1)) as engine, runtime.engine(drive=False) as beside:
        await engine.start(flow, "a", run_id="a", queue="support")
        await beside.start(quick, "b", run_id="b", queue="support")
        engine._driver.look()  # type: ignore[union-attr]
        await settle()
        assert begun == ["a"]
        gates["a"].set()
        await engine.handle("b").result()
        assert begun == ["a", "b"]


async def test_a_chain_of_runs_keeps_its_place(runtime: Runtime) -> None:
    @workflow
    async def goes_on(left: int) -> str:
        await work(f"round {left}")
        return continue_as(left - 1) if left else "end"

    gates.update({f"round {n}": asyncio.Event() for n in range(2)})
    async with opened(runtime, Queue("support", concurrency=1)) as engine:
        handle = await engine.start(goes_on, 1, run_id="r", queue="support")
        await engine.start(quick, "b", run_id="b", queue="support")
        await until(lambda: begun)
        gates["round 1"].set()
        await settle()
        assert begun == ["round 1", "round 0"]
        gates["round 0"].set()
        assert await handle.result() == "end"
        await engine.handle("b").result()


async def test_an_unknown_queue_is_refused_and_one_known_later_is_waited_for(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        with pytest.raises(ValueError, match="no queue 'support'; declared are: none"):
            await engine.start(quick, "a", queue="support")
        async with runtime.engine(drive=False) as beside:
            await beside.start(quick, "a", run_id="a", queue="support")
        await settle()
        assert begun == []
    async with opened(runtime, Queue("support")) as engine:
        await engine.handle("a").result()
        assert begun == ["a"]


@pytest.mark.parametrize("limits", [{"concurrency": 0}, {"rate": "100"}, {"rate": "0/min"}, {"rate": "5/month"}])
def test_a_queue_that_could_never_work_is_refused(limits: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="queue 'support'"):
        Queue("support", **limits)  # type: ignore[arg-type]

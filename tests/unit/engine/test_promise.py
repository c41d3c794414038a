"""Promises: a value that one branch of a run gives another, made again at every replay."""

from datetime import timedelta
from pathlib import Path

import pytest

from segue import Engine, RetryPolicy, gather, now, step, wait_for_signal, workflow
from segue.engine.calls import Promise
from segue.engine.context import run_id
from segue.errors import DefinitionError, NondeterminismError, SegueError, StepFailed
from tests.conftest import FakeClock, settle

HOUR = timedelta(hours=1)


@pytest.fixture
def engine(tmp_path: Path, clock: FakeClock) -> Engine:
    return Engine(f"sqlite:///{tmp_path}/segue.db", clock=clock)


async def test_whoever_waits_gets_the_value_and_gets_it_again_at_replay(engine: Engine) -> None:
    @step
    async def work(n: int) -> int:
        return n + 1

    @workflow
    async def flow() -> list[int]:
        promise: Promise[int] = Promise()

        async def gives() -> int:
            promise.keep(await work(1))
            return await wait_for_signal("go", int)

        async def takes() -> int:
            return 10 * await promise

        return list(await gather(takes(), gives(), takes()))

    async with engine:
        await engine.start(flow, run_id="r")
        await settle()
    async with engine:
        await engine.signal("r", "go", 7)
        assert await engine.handle("r").result() == [20, 7, 20]
        await engine.verify("r")


async def test_a_broken_promise_raises_in_whoever_waits(engine: Engine) -> None:
    @workflow
    async def flow() -> str:
        promise: Promise[int] = Promise()

        async def breaks() -> None:
            promise.break_(ValueError("no such order"))

        async def takes() -> str:
            try:
                await promise
            except ValueError as error:
                return str(error)
            return "?"

        return (await gather(takes(), breaks()))[0]

    async with engine:
        assert await (await engine.start(flow)).result() == "no such order"


async def test_a_promise_is_kept_once(engine: Engine) -> None:
    @workflow
    async def flow() -> int:
        promise: Promise[int] = Promise()
        promise.keep(1)
        with pytest.raises(DefinitionError, match="once"):
            promise.keep(2)
        with pytest.raises(DefinitionError, match="once"):
            promise.break_(ValueError())
        return await promise

    async with engine:
        assert await (await engine.start(flow)).result() == 1


async def test_a_cancelled_branch_waits_no_more(engine: Engine) -> None:
    @step(retry=RetryPolicy(max_attempts=1))
    async def fails() -> None:
        raise ValueError("no")

    @workflow
    async def flow() -> int:
        promise: Promise[int] = Promise()

        async def takes() -> int:
            return await promise

        with pytest.raises(StepFailed):
            await gather(takes(), fails())
        promise.keep(3)
        return await takes()

    async with engine:
        assert await (await engine.start(flow)).result() == 3


async def test_time_passes_for_those_who_wait_for_a_promise(engine: Engine, clock: FakeClock) -> None:
    @step(total_timeout=timedelta(seconds=10))
    async def quick() -> str:
        return "in time"

    @workflow
    async def flow() -> list[str]:
        promise: Promise[None] = Promise()

        async def gives() -> None:
            await wait_for_signal("go")
            promise.keep(None)

        async def takes() -> list[str]:
            await promise
            return [now().isoformat(), await quick()]

        return (await gather(takes(), gives()))[0]

    async with engine:
        handle = await engine.start(flow, run_id="r")
        await clock.advance(HOUR)
        await engine.signal("r", "go")
        assert await handle.result() == [clock.now().isoformat(), "in time"]


async def test_a_promise_nobody_can_keep_is_an_error_outside_of_a_run() -> None:
    with pytest.raises(NondeterminismError, match="promise"):
        await Promise()


async def test_a_workflow_knows_the_id_of_its_run(engine: Engine) -> None:
    @workflow
    async def flow() -> str:
        return run_id()

    async with engine:
        assert await (await engine.start(flow, run_id="ticket-17")).result() == "ticket-17"
    with pytest.raises(SegueError, match="outside of a run"):
        run_id()

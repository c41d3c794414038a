"""Steps: in the loop and in threads, with their key, their deadline and their context variables."""

import asyncio
import sys
import threading
from contextvars import ContextVar
from datetime import datetime, timedelta

import pytest

from segue import RetryPolicy, attempt_deadline, gather, idempotency_key, sleep, step, workflow
from segue.errors import RunFailed, SegueError, StepFailed
from tests.conftest import until
from tests.contract.conftest import Runtime

SECOND = timedelta(seconds=1)


STEADY = RetryPolicy(max_attempts=3, initial_delay=SECOND, backoff=2, jitter=0)


async def test_synchronous_steps_run_in_threads_side_by_side(runtime: Runtime) -> None:
    together = threading.Barrier(3, timeout=10)

    @step(retry=RetryPolicy(max_attempts=1))
    def meet(n: int) -> int:
        together.wait()
        assert threading.current_thread() is not threading.main_thread()
        return n

    @workflow
    async def flow() -> list[int]:
        return list(await gather(meet(1), meet(2), meet(3)))

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == [1, 2, 3]


async def test_a_step_knows_its_key_and_its_deadline(runtime: Runtime) -> None:
    start, seen = runtime.clock.now(), []

    @step(effect="write", timeout=5 * SECOND, retry=STEADY)
    async def act() -> None:
        seen.append((idempotency_key(), attempt_deadline()))
        if len(seen) == 1:
            raise ConnectionError("reset")

    @step
    def in_a_thread() -> tuple[str, datetime | None]:
        return idempotency_key(), attempt_deadline()

    @workflow
    async def flow() -> tuple[str, datetime | None]:
        await act()
        return await in_a_thread()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="ticket-17")
        await runtime.clock.advance(SECOND)
        assert await handle.result() == ("ticket-17:1", None)
    assert seen == [("ticket-17:0", start + 5 * SECOND), ("ticket-17:0", start + 6 * SECOND)]


def test_only_a_step_has_a_key_and_a_deadline() -> None:
    for ask in (idempotency_key, attempt_deadline):
        with pytest.raises(SegueError, match="outside of a step"):
            ask()


async def test_a_step_called_inside_a_step_is_part_of_the_outer_one(runtime: Runtime) -> None:
    @step
    async def inner() -> str:
        return idempotency_key()

    @step
    async def outer() -> list[str]:
        return [await inner(), idempotency_key()]

    @workflow
    async def flow() -> list[str]:
        return await outer()

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, run_id="r")).result() == ["r:0", "r:0"]
        assert len([e for e in await engine.entries("r") if e.kind == "step_finished"]) == 1


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this version of asyncio has no eager tasks")
async def test_a_step_may_begin_eagerly(runtime: Runtime) -> None:
    tried = []

    @step
    async def inner() -> str:
        return idempotency_key()

    @step
    async def outer() -> str:
        tried.append("outer")
        return await inner()

    @workflow
    async def flow() -> list[str]:
        return list(await gather(outer(), outer()))

    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined, unused-ignore]
    async with runtime.engine() as engine:
        assert await (await engine.start(flow, run_id="r")).result() == ["r:0.0.0", "r:0.1.0"]
    assert tried == ["outer", "outer"]


async def test_a_once_step_inside_a_step_is_an_error(runtime: Runtime) -> None:
    acted = []

    @step(effect="once")
    async def refund() -> None:
        acted.append("refund")

    @step
    async def outer() -> None:
        await refund()

    @workflow
    async def flow() -> None:
        await outer()

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="was called inside step"):
            await (await engine.start(flow)).result()
    assert acted == []


async def test_outside_of_a_run_a_step_is_its_function() -> None:
    @step
    async def double(n: int) -> int:
        return 2 * n

    @step
    def triple(n: int) -> int:
        return 3 * n

    assert await double(2) == 4
    assert await triple(2) == 6
    assert triple.fn(2) == 6
    assert await double.fn(2) == 4


tenant: ContextVar[str] = ContextVar("tenant", default="nobody")


async def test_each_run_has_context_variables_of_its_own(runtime: Runtime) -> None:
    @step
    async def whose() -> str:
        return tenant.get()

    @step
    def whose_in_a_thread() -> str:
        return tenant.get()

    @workflow
    async def flow(name: str) -> list[str]:
        tenant.set(name)
        return [await whose(), await whose_in_a_thread(), tenant.get()]

    async with runtime.engine() as engine:
        handles = await asyncio.gather(*(engine.start(flow, name) for name in ("ada", "ben", "cleo")))
        assert [await handle.result() for handle in handles] == [[name] * 3 for name in ("ada", "ben", "cleo")]
    assert tenant.get() == "nobody"


async def test_branches_inherit_context_variables_and_keep_their_own(runtime: Runtime) -> None:
    @step
    async def whose() -> str:
        return tenant.get()

    async def branch(name: str) -> list[str]:
        inherited = await whose()
        tenant.set(name)
        return [inherited, await whose()]

    @workflow
    async def flow() -> list[list[str]]:
        tenant.set("parent")
        branches = await gather(branch("ada"), branch("ben"))
        return [*branches, [await whose()]]

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == [["parent", "ada"], ["parent", "ben"], ["parent"]]


async def test_a_context_variable_can_be_reset_after_an_await(runtime: Runtime) -> None:
    @step
    async def whose() -> str:
        return tenant.get()

    @workflow
    async def flow() -> list[str]:
        token = tenant.set("inside")
        try:
            inside = await whose()
            await sleep(timedelta(days=1))
        finally:
            tenant.reset(token)
        return [inside, await whose()]

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(timedelta(days=1))
        assert await handle.result() == ["inside", "nobody"]


class Unreadable(Exception):
    """An error that cannot be printed."""

    def __str__(self) -> str:
        raise ValueError("no")


@pytest.mark.parametrize("error", [Unreadable(), StopIteration("empty"), asyncio.CancelledError("me"), KeyError("a")])
@pytest.mark.parametrize("where", ["loop", "thread"])
async def test_whatever_a_step_raises_the_workflow_gets_an_answer(
    runtime: Runtime, error: BaseException, where: str
) -> None:
    async def fails() -> None:
        raise error

    def fails_in_a_thread() -> None:
        raise error

    call = step(name=f"steps.fails {where}", retry=RetryPolicy(max_attempts=1))(
        fails if where == "loop" else fails_in_a_thread
    )

    @workflow
    async def flow() -> str:
        try:
            await call()
        except StepFailed:
            return "failed"
        return "?"

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await until(lambda: engine.status(handle.run_id) == "completed")
        assert await handle.result() == "failed"

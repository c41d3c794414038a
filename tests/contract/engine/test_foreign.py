"""What a replay cannot repeat is an error on the first run, and says what to use instead."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from segue import gather, sleep, step, workflow
from segue.errors import NondeterminismError, RunFailed
from tests.conftest import settle, until
from tests.contract.conftest import Runtime


@step(name="foreign.work")
async def work() -> str:
    return "done"


async def _task_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))


async def _timeout() -> None:
    async with asyncio.timeout(1):
        await work()


async def _task_that_awaits_a_step() -> None:
    call = work()

    async def wrapped() -> str:
        return await call

    task = asyncio.create_task(wrapped())
    try:
        await task
    finally:
        task.cancel()
        with contextlib.suppress(BaseException):
            task.exception()


async def _contended(lock: Any) -> None:
    lock.locked()  # made in the workflow's own loop
    while True:
        await lock.acquire()


async def _queue() -> None:
    await asyncio.Queue[int]().get()


async def _event() -> None:
    await asyncio.Event().wait()


async def _future() -> None:
    await asyncio.get_running_loop().create_future()


async def _condition() -> None:
    condition = asyncio.Condition()
    async with condition:
        await condition.wait()


async def _as_completed() -> None:
    for first in asyncio.as_completed([asyncio.sleep(0)]):
        await first


async def _anyio_task_group() -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0)


async def _nested_run() -> None:
    coroutine = asyncio.sleep(0)
    try:
        asyncio.run(coroutine)
    finally:
        coroutine.close()


FOREIGN: dict[str, Callable[[], Awaitable[Any]]] = {
    "asyncio.sleep": lambda: asyncio.sleep(1),
    "asyncio.sleep(0)": lambda: asyncio.sleep(0),
    "gather": lambda: asyncio.gather(asyncio.sleep(0), asyncio.sleep(0)),
    "wait": lambda: asyncio.wait([asyncio.ensure_future(asyncio.sleep(0))]),
    "wait_for": lambda: asyncio.wait_for(asyncio.get_running_loop().create_future(), 1),
    "shield": lambda: asyncio.shield(asyncio.sleep(0)),
    "as_completed": _as_completed,
    "TaskGroup": _task_group,
    "timeout": _timeout,
    "Queue.get": _queue,
    "Event.wait": _event,
    "Condition.wait": _condition,
    "Lock": lambda: _contended(asyncio.Lock()),
    "Semaphore": lambda: _contended(asyncio.Semaphore(1)),
    "run_in_executor": lambda: asyncio.get_running_loop().run_in_executor(None, int),
    "to_thread": lambda: asyncio.to_thread(int),
    "create_task": lambda: asyncio.create_task(asyncio.sleep(0)),
    "a task that awaits a step": _task_that_awaits_a_step,
    "a bare future": _future,
    "subprocess": lambda: asyncio.create_subprocess_exec("true"),
    "asyncio.run": _nested_run,
    "anyio.sleep": lambda: anyio.sleep(0.01),
    "anyio.to_thread": lambda: anyio.to_thread.run_sync(int),
    "anyio task group": _anyio_task_group,
}


@pytest.mark.parametrize("kind", FOREIGN)
async def test_awaiting_it_is_an_error_that_names_the_replacement(runtime: Runtime, kind: str) -> None:
    @workflow
    async def flow() -> str:
        await FOREIGN[kind]()
        return "it went through"

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed) as failed:
            await (await engine.start(flow)).result()
    assert isinstance(failed.value.__cause__, NondeterminismError), failed.value.__cause__
    assert "segue.gather" in str(failed.value)
    await settle()  # what has begun in the loop ends there
    await until(lambda: not any(thread.name.startswith("waitpid") for thread in threading.enumerate()))  # a process too


@pytest.mark.parametrize("kind", ["asyncio.sleep", "TaskGroup", "gather"])
async def test_it_is_an_error_in_a_branch_too(runtime: Runtime, kind: str) -> None:
    async def branch() -> None:
        await work()
        await FOREIGN[kind]()

    @workflow
    async def flow() -> None:
        await gather(branch(), sleep(timedelta(days=1)))

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="NondeterminismError"):
            await (await engine.start(flow)).result()
    await settle()


async def test_a_workflow_that_swallows_the_error_still_fails(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        with contextlib.suppress(Exception):
            await asyncio.sleep(1)
        return await work()

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="NondeterminismError"):
            await (await engine.start(flow)).result()
    await settle()


async def test_inside_a_step_everything_is_allowed(runtime: Runtime) -> None:
    @step
    async def free() -> str:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0))
        await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))
        await anyio.lowlevel.checkpoint()
        return await asyncio.to_thread(str, "fine")

    @workflow
    async def flow() -> str:
        return await free()

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == "fine"


async def test_async_context_managers_and_generators_that_await_steps_are_fine(runtime: Runtime) -> None:
    seen = []

    @contextlib.asynccontextmanager
    async def session() -> AsyncIterator[str]:
        seen.append(await work())
        yield "session"
        seen.append(await work())

    @workflow
    async def flow() -> str:
        async with contextlib.AsyncExitStack() as stack:
            return str(await stack.enter_async_context(session()))

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == "session"
    assert seen == ["done", "done"]


async def test_an_abandoned_async_generator_is_closed_in_order(runtime: Runtime) -> None:
    closed = []

    async def pages() -> AsyncIterator[str]:
        try:
            while True:
                yield await work()
        finally:
            closed.append("pages")

    @workflow
    async def flow() -> str:
        async for page in pages():
            closed.append("flow")
            return str(page)
        return "?"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == "done"
    await settle()
    assert closed == ["flow", "pages"]

"""What goes wrong in one run, one step or one commit stops nothing else, at whichever moment it happens."""

import asyncio
import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from segue import Engine, RetryPolicy, gather, patched, run_child, step, wait_for_signal, workflow
from segue.engine.journal import GENESIS, Batch, Beginning, chained
from segue.engine.workspace import WorkspaceJournal
from segue.errors import RunFailed, RunFinished, StoreError
from tests.conftest import settle
from tests.contract.conftest import Runtime

SECOND = timedelta(seconds=1)
ONCE = RetryPolicy(max_attempts=1)


@step(name="neighbours.fine")
async def fine() -> int:
    return 1


@workflow(name="neighbours.neighbour")
async def neighbour() -> int:
    await wait_for_signal("go")
    return await fine()


@workflow(name="neighbours.child")
async def child() -> int:
    await wait_for_signal("go")
    return 1


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse every call before there is a coroutine: as a decorator does that checks arguments."""

    @functools.wraps(function)
    def refusing(*args: Any) -> Any:
        raise ValueError("refused")

    return refusing


# Steps that reach for their own engine


@pytest.mark.parametrize("begins", ["at its start", "when it goes on"])
async def test_a_step_may_signal_its_own_run(runtime: Runtime, begins: str) -> None:
    @step(effect="write")
    async def tell() -> None:
        await engine.signal("r", "word", 7)

    @workflow
    async def flow() -> int:
        if begins == "when it goes on":
            await wait_for_signal("go")
        await tell()
        return await wait_for_signal("word", int)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        if begins == "when it goes on":
            await settle()
            await engine.signal("r", "go")
        await settle()
        assert await handle.status() == "completed"
        assert await handle.result() == 7


async def test_a_step_may_cancel_its_own_run(runtime: Runtime) -> None:
    @step(effect="write")
    async def give_up() -> None:
        await engine.cancel("r")

    @workflow
    async def flow() -> None:
        await give_up()
        await wait_for_signal("never")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        assert await handle.status() == "cancelled"


async def test_a_step_may_start_fork_record_and_wait(runtime: Runtime) -> None:
    @workflow
    async def inner() -> int:
        return await fine()

    @step(effect="write")
    async def everything(number: int) -> int:
        await engine.record("approval", f"subject-{number}")
        copy = await engine.fork("before", before="0")
        started = await engine.start(inner, run_id=f"inner-{number}")
        return await started.result() + await copy.result()

    @workflow
    async def flow() -> list[int]:
        return list(await gather(everything(1), everything(2), fine()))

    async with runtime.engine() as engine:
        await (await engine.start(inner, run_id="before")).result()
        assert await (await engine.start(flow, run_id="r")).result() == [2, 2, 1]
        assert (await engine.audit()).ok


async def test_a_step_may_close_its_own_engine(runtime: Runtime) -> None:
    closed: list[str] = []

    @step
    async def close() -> int:
        if not closed:
            closed.append("by the step")
            await engine.__aexit__(None, None, None)
        return 1

    @workflow
    async def flow() -> int:
        return sum(await gather(fine(), close(), fine()))

    engine = await runtime.engine().__aenter__()
    await engine.start(flow, run_id="r")
    await settle()
    assert closed
    async with runtime.engine() as again:
        assert await again.handle("r").result() == 3
        assert (await again.audit()).ok


async def test_a_step_may_drive_a_database_of_its_own(runtime: Runtime) -> None:
    @workflow
    async def inner() -> int:
        return await fine() + await fine()

    @step
    async def elsewhere() -> int:
        async with Engine("sqlite:///:memory:") as other:
            return await (await other.start(inner)).result()

    @workflow
    async def flow() -> int:
        return sum(await gather(elsewhere(), fine()))

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == 3


# Errors of odd kinds


@pytest.mark.parametrize("where", ["workflow", "step"])
async def test_an_error_whose_message_is_no_text_is_journaled(runtime: Runtime, where: str) -> None:
    @step(retry=ONCE)
    async def fails() -> None:
        raise ValueError("no such file: \udc80.txt")

    @workflow
    async def flow() -> None:
        if where == "step":
            await fails()
        raise ValueError("no such file: \udc80.txt")

    async with runtime.engine() as engine:
        other = await engine.start(neighbour, run_id="other")
        handle = await engine.start(flow, run_id="r")
        with pytest.raises(RunFailed):
            await handle.result()
        await engine.signal("other", "go")
        assert await other.result() == 1
        assert (await engine.audit()).ok


async def test_a_step_that_fails_before_it_is_a_coroutine_fails_that_run_only(runtime: Runtime) -> None:
    @step(retry=ONCE)
    @checked
    async def work() -> int:
        return 1

    @workflow
    async def flow() -> int:
        await wait_for_signal("go")
        return await work()

    async with runtime.engine() as engine:
        handles = [await engine.start(each, run_id=f"r{n}") for n, each in enumerate((flow, neighbour))]
        await settle()
        for handle in handles:
            await engine.signal(handle.run_id, "go")
        assert await handles[1].result() == 1
        with pytest.raises(RunFailed, match="refused"):
            await handles[0].result()


async def test_a_workflow_that_fails_before_it_is_a_coroutine_fails_alone(runtime: Runtime) -> None:
    @workflow
    @checked
    async def flow() -> int:
        return 1

    async with runtime.engine() as engine:
        broken, other = await asyncio.gather(engine.start(flow), engine.start(neighbour, run_id="other"))
        await engine.signal("other", "go")
        assert await other.result() == 1
        assert await broken.status() == "failed"


# Ends that meet


@pytest.mark.parametrize("turns", range(8))
@pytest.mark.parametrize("children", [1, 2])
async def test_a_parent_cancelled_while_its_children_end_ends(runtime: Runtime, turns: int, children: int) -> None:
    @workflow
    async def parent() -> int:
        if children == 1:
            return await run_child(child)
        return sum(await gather(*(run_child(child) for _ in range(children))))

    ids = ["r/0"] if children == 1 else ["r/0.0.0", "r/0.1.0"]
    async with runtime.engine() as engine:
        handle = await engine.start(parent, run_id="r")
        await settle()
        await engine.signal(ids[0], "go")
        for _ in range(turns):
            await asyncio.sleep(0)
        await engine.cancel("r")
        if children == 2:
            await engine.signal(ids[1], "go")
        await settle()
        assert await handle.status() in {"completed", "cancelled"}
        assert (await engine.audit()).ok


@pytest.mark.parametrize("turns", range(8))
async def test_a_child_that_is_told_something_too_late_has_ended_for_its_parent(runtime: Runtime, turns: int) -> None:
    @workflow
    async def parent() -> int:
        return await run_child(child)

    async with runtime.engine() as engine:
        handle = await engine.start(parent, run_id="r")
        await settle()
        await engine.signal("r/0", "go")
        for _ in range(turns):
            await asyncio.sleep(0)
        try:
            await engine.cancel("r/0")
            await engine.signal("r/0", "more")
        except RunFinished:
            pass  # it had ended already
        await settle()
        assert await handle.status() in {"completed", "failed"}


async def test_a_run_whose_end_was_asked_for_before_it_began_does_nothing(runtime: Runtime) -> None:
    ran: list[int] = []

    @step
    async def work() -> None:
        ran.append(1)

    @workflow(name="neighbours.patched")
    async def flow() -> None:
        patched("an entry before the first call")
        await work()

    journal = runtime.journal()
    started = chained(GENESIS, "r", 0, "", "run_started", "neighbours.patched", 0, 0, b'{"args":[]}')
    journal.commit(Batch(records=[started], started=[Beginning("r", "neighbours.patched", __name__, 0)]))
    journal.close()
    async with runtime.engine(drive=False) as beside:
        await beside.cancel("r")
    async with runtime.engine() as engine:
        await settle()
        assert await engine.handle("r").status() == "cancelled"
    assert not ran


# The database


def _failing_once(journal: WorkspaceJournal, method: str, when: Callable[..., bool], error: Exception) -> list[str]:
    """Let one call of a journal's method fail, the first that `when` says; returns what did."""
    real, failed = getattr(journal, method), list[str]()

    def flaky(*args: Any, **more: Any) -> Any:
        if not failed and when(*args):
            failed.append(method)
            raise error
        return real(*args, **more)

    setattr(journal, method, flaky)
    return failed


async def test_a_child_that_cannot_be_looked_up_for_a_moment_stops_no_other_run(runtime: Runtime) -> None:
    @workflow
    async def quick() -> int:
        return 1

    @workflow
    async def parent() -> int:
        await wait_for_signal("go")
        return sum(await gather(fine(), run_child(quick)))

    async with runtime.engine() as engine:
        handle = await engine.start(parent, run_id="r")
        other = await engine.start(neighbour, run_id="other")
        await settle()
        assert engine._open is not None
        failed = _failing_once(engine._open, "run", lambda run_id: run_id == "r/1.1.0", StoreError("disk I/O error"))
        for run_id in ("r", "other"):
            await engine.signal(run_id, "go")
        await settle()
        assert failed
        assert await other.status() == "completed"
        await runtime.clock.advance(2 * SECOND)
        assert await handle.result() == 2
        assert (await engine.audit()).ok


async def test_a_run_that_could_not_begin_whole_begins_again(runtime: Runtime) -> None:
    gate, ran = asyncio.Event(), []

    @workflow
    async def quick() -> int:
        return 1

    @step(effect="write")
    async def slow() -> int:
        await gate.wait()
        ran.append(1)
        return 1

    @workflow
    async def parent() -> int:
        return sum(await gather(slow(), run_child(quick)))

    async with runtime.engine() as engine:
        assert engine._open is not None
        failed = _failing_once(engine._open, "run", lambda run_id: run_id == "r/0.1.0", StoreError("disk I/O error"))
        handle = await engine.start(parent, run_id="r")
        await settle()
        assert failed
        await runtime.clock.advance(2 * SECOND)
        gate.set()
        assert await handle.result() == 2
        assert (await engine.audit()).ok
    assert ran == [1]


async def test_a_commit_cut_off_by_an_interrupt_is_made_again(runtime: Runtime) -> None:
    gates = [asyncio.Event(), asyncio.Event()]

    @step(effect="write")
    async def work(number: int) -> int:
        await gates[number].wait()
        return number

    @workflow
    async def flow() -> int:
        return sum(await gather(work(0), work(1)))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        assert engine._open is not None
        failed = _failing_once(engine._open, "commit", lambda _: True, OverflowError("not an error of the database"))
        complaints: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
        for gate in gates:
            gate.set()
            await settle()
        await runtime.clock.advance(2 * SECOND)
        assert failed
        assert [type(about["exception"]) for about in complaints] == [OverflowError]
        assert await handle.result() == 1
        assert (await engine.audit()).ok


# Whoever waits or closes


async def test_closing_that_is_cancelled_lets_go_of_the_database(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step(effect="once")
    async def act() -> int:
        await gate.wait()
        return 1

    @workflow
    async def flow() -> int:
        return await act()

    engine = await runtime.engine().__aenter__()
    await engine.start(flow, run_id="r")
    await settle()
    closing = asyncio.create_task(engine.__aexit__(None, None, None))
    await settle()
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    async with runtime.engine() as again:
        await settle()
        assert [entry.kind for entry in await again.entries("r")][-2:] == ["step_in_doubt", "run_failed"]


async def test_asking_again_and_again_for_a_result_leaves_nothing_behind(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(neighbour, run_id="r")
        await settle()
        for _ in range(10):
            waiting = asyncio.create_task(handle.result())
            await settle()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert engine._driver is not None
        assert not engine._driver._ends._futures

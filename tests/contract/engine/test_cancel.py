"""Cancelling: durable, polite, and never in the middle of what cannot be repeated."""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from segue import RetryPolicy, gather, sleep, step, wait_for_signal, workflow
from segue.errors import RunCancelled, RunFailed, RunFinished
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

DAY = timedelta(days=1)


async def test_a_waiting_run_ends_as_cancelled(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("never")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunCancelled, match="r was cancelled"):
            await handle.result()
        assert await handle.status() == "cancelled"
        assert [e.kind for e in await engine.entries("r")][-2:] == ["cancel_requested", "run_cancelled"]
    async with runtime.engine() as engine:
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()


async def test_a_step_under_way_is_cut_off(runtime: Runtime) -> None:
    seen = []

    @step
    async def never_ends() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cut off")
            raise

    @workflow
    async def flow() -> None:
        await gather(never_ends(), sleep(DAY))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()
        await settle()
    assert seen == ["cut off"]


async def test_a_once_step_under_way_is_waited_for(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step(effect="once")
    async def refund() -> str:
        await gate.wait()
        return "receipt"

    @workflow
    async def flow() -> None:
        await refund()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        await settle()
        assert await handle.status() == "running"
        gate.set()
        with pytest.raises(RunCancelled):
            await handle.result()
        assert "step_finished" in [e.kind for e in await engine.entries("r")]


async def test_a_cancelled_once_step_is_reconciled_after_a_crash_before_the_run_ends(runtime: Runtime) -> None:
    acted = []

    @step(effect="once")
    async def refund() -> None:
        acted.append("refund")
        await asyncio.Event().wait()

    @workflow
    async def flow() -> None:
        await refund()

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await until(lambda: acted)
        await engine.cancel("r")
        await settle()
        crashed = runtime.crashed()
        await runtime.clock.advance(DAY)
    async with crashed.engine() as engine:
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()
        assert [e.kind for e in await engine.entries("r")][-2:] == ["step_in_doubt", "run_cancelled"]
    assert acted == ["refund"]


async def test_a_retry_delay_is_cut_short(runtime: Runtime) -> None:
    @step(retry=RetryPolicy(initial_delay=timedelta(minutes=4)))
    async def fails() -> None:
        raise ValueError("no")

    @workflow
    async def flow() -> None:
        await fails()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()


async def test_finally_may_await_steps(runtime: Runtime) -> None:
    done = []

    @step
    async def clean_up(what: str) -> None:
        done.append(what)

    @workflow
    async def flow() -> None:
        try:
            await wait_for_signal("never")
        finally:
            await clean_up("one")
            await gather(clean_up("two"), clean_up("three"))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()
    assert done == ["one", "two", "three"]


async def test_cleaning_up_goes_on_after_a_restart(runtime: Runtime) -> None:
    gate, done = asyncio.Event(), []

    @step
    async def clean_up(what: str) -> None:
        await gate.wait()
        done.append(what)

    @workflow
    async def flow() -> None:
        try:
            await wait_for_signal("never")
        finally:
            await clean_up("one")

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        await settle()
    gate.set()
    async with runtime.engine() as engine:
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()
    assert done == ["one"]


async def test_a_workflow_that_swallows_its_cancellation_ends_as_it_likes(runtime: Runtime) -> None:
    @step
    async def work() -> str:
        return "worked on"

    @workflow
    async def flow() -> str:
        try:
            await wait_for_signal("never")
        except asyncio.CancelledError:
            return await work()
        return "?"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        assert await handle.result() == "worked on"
        assert await handle.status() == "completed"


async def test_an_error_while_cleaning_up_is_a_failure_that_is_seen(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        try:
            await wait_for_signal("never")
        finally:
            raise ValueError("cleaning up went wrong")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunFailed, match="cleaning up went wrong"):
            await handle.result()


async def test_a_finished_run_stays_as_it_is(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return "done"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await handle.result()
        await engine.cancel("r")
        await settle()
        assert await handle.result() == "done"
        assert await handle.status() == "completed"


async def test_cancelling_twice_is_cancelling_once(runtime: Runtime) -> None:
    @step
    async def clean_up() -> str:
        await asyncio.sleep(0)
        return "clean"

    @workflow
    async def flow() -> None:
        try:
            await wait_for_signal("never")
        finally:
            await clean_up()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        for _ in range(3):
            await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()
        assert [e.kind for e in await engine.entries("r")].count("cancel_requested") == 1


@pytest.mark.parametrize("turns", range(6))
async def test_cancelling_or_signalling_at_the_moment_of_the_end_adds_nothing_after_it(
    runtime: Runtime, turns: int
) -> None:
    @step
    async def work() -> str:
        return "done"

    @workflow
    async def flow() -> str:
        return await work()

    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        handle = await engine.start(flow, run_id="r")
        for _ in range(turns):
            await asyncio.sleep(0)
        for sender in (engine, beside):
            with contextlib.suppress(RunFinished):
                await sender.signal("r", "late")
            await sender.cancel("r")
        with contextlib.suppress(RunCancelled):
            assert await handle.result() == "done"
        await settle()
        await engine.verify("r")
        assert (await engine.entries("r"))[-1].kind in ("run_completed", "run_cancelled")
    journal = runtime.journal()
    assert journal.messages() == []
    journal.close()


async def test_signals_unread_by_a_cancelled_run_are_named(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("never")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.signal("r", "message", "wait, I have a question")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()
        assert (await engine.entries("r"))[-1].payload == {"unread": ["message"]}


async def test_a_cancellation_sent_before_a_crash_is_carried_out_after_it(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("never")

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    async with runtime.engine(drive=False) as beside:
        await beside.cancel("r")
    async with runtime.engine() as engine:
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()


async def test_a_run_cancelled_right_after_its_start_ends(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("never")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()


async def test_raising_cancelled_error_without_being_cancelled_is_a_failure(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        raise asyncio.CancelledError

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="CancelledError"):
            await (await engine.start(flow)).result()

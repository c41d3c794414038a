"""Reconciling: what its answers mean for a `once` step that may have happened, and when they are believed."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from segue import Done, NotDone, RetryPolicy, Unknown, step, workflow
from segue.errors import InDoubt, RunFailed, StepFailed
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

SECOND = timedelta(seconds=1)


MINUTE = timedelta(minutes=1)


MARGIN = SECOND


async def in_doubt_or_result(runtime: Runtime, answer: Callable[..., Any], passes: timedelta = timedelta(0)) -> str:
    """Run a refund that ends in an exception, reconciled by `answer`."""

    @step(effect="once", reconcile=answer)
    async def refund(amount: int) -> str:
        raise ConnectionError("reset by peer")

    @workflow
    async def flow() -> str:
        try:
            return await refund(5)
        except InDoubt as doubt:
            return f"in doubt: {doubt}"
        except StepFailed as failed:
            return f"failed: {failed.__cause__}"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await runtime.clock.advance(passes)
        return await handle.result()


async def test_done_is_the_result(runtime: Runtime) -> None:
    asked = []

    async def find(key: str, amount: int) -> Done[str]:
        asked.append((key, amount))
        return Done("the receipt")

    assert await in_doubt_or_result(runtime, find) == "the receipt"
    assert asked == [("r:0", 5)]


async def test_a_reconcile_may_be_a_plain_function(runtime: Runtime) -> None:
    assert await in_doubt_or_result(runtime, lambda key, amount: Done(f"{key} {amount}")) == "r:0 5"


async def test_unknown_is_in_doubt(runtime: Runtime) -> None:
    assert "cannot tell" in await in_doubt_or_result(runtime, lambda key, amount: Unknown())


async def test_a_reconcile_that_gives_something_else_is_in_doubt(runtime: Runtime) -> None:
    assert "gave a str" in await in_doubt_or_result(runtime, lambda key, amount: "yes")


async def test_done_with_a_result_of_another_type_is_in_doubt(runtime: Runtime) -> None:
    assert "in doubt" in await in_doubt_or_result(runtime, lambda key, amount: Done(object()))


async def test_a_reconcile_that_raises_is_asked_again_and_then_in_doubt(runtime: Runtime) -> None:
    asked = []

    async def find(key: str, amount: int) -> Done[str]:
        asked.append(runtime.clock.now())
        raise TimeoutError("no answer from the bank")

    found = await in_doubt_or_result(runtime, find, passes=MINUTE)
    assert "in doubt" in found
    assert "no answer from the bank" in found
    assert len(asked) == 3


async def test_a_reconcile_that_raises_at_first_is_believed_later(runtime: Runtime) -> None:
    answers: list[Any] = [TimeoutError("no answer"), Done("the receipt")]

    async def find(key: str, amount: int) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert await in_doubt_or_result(runtime, find, passes=MINUTE) == "the receipt"


async def test_a_reconcile_that_never_answers_is_in_doubt(runtime: Runtime) -> None:
    async def find(key: str, amount: int) -> Any:
        await asyncio.Event().wait()

    found = await in_doubt_or_result(runtime, find, passes=10 * MINUTE)
    assert "in doubt" in found
    assert "no answer within 0:01:00" in found


async def test_not_done_is_believed_only_after_the_deadline_and_a_margin(runtime: Runtime) -> None:
    start, asked = runtime.clock.now(), []

    def find(key: str) -> NotDone:
        asked.append(runtime.clock.now())
        return NotDone()

    @step(effect="once", timeout=30 * SECOND, reconcile=find)
    async def refund() -> None:
        raise ConnectionError("reset by peer")

    @workflow
    async def flow() -> None:
        await refund()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await until(lambda: asked)
        await runtime.clock.advance(30 * SECOND)
        assert engine.status(handle.run_id) == "waiting"
        await runtime.clock.advance(MARGIN)
        with pytest.raises(RunFailed, match="reset by peer") as failed:
            await handle.result()
        assert isinstance(failed.value.__cause__, StepFailed)
    assert asked == [start, start + 30 * SECOND + MARGIN]


async def test_not_done_allows_another_attempt_under_a_policy(runtime: Runtime) -> None:
    tried = []

    @step(effect="once", timeout=30 * SECOND, reconcile=lambda key: NotDone(), retry=RetryPolicy(max_attempts=2))
    async def refund() -> str:
        tried.append(runtime.clock.now())
        if len(tried) == 1:
            raise ConnectionError("reset by peer")
        return "second"

    @workflow
    async def flow() -> str:
        return await refund()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await settle_with_threads(runtime)
        await runtime.clock.advance(31 * SECOND)
        await settle_with_threads(runtime)
        await runtime.clock.advance(2 * SECOND)
        assert await handle.result() == "second"
    assert tried[1] - tried[0] >= 31 * SECOND


async def settle_with_threads(runtime: Runtime) -> None:
    """Let plain reconcile functions, which run in threads, answer."""
    for _ in range(50):
        await settle()


async def test_a_run_that_waits_until_not_done_can_be_believed_is_at_rest(runtime: Runtime) -> None:
    @step(effect="once", reconcile=lambda key: NotDone())
    async def refund() -> None:
        raise ConnectionError("reset by peer")

    @workflow
    async def flow() -> str:
        try:
            await refund()
        except StepFailed as failed:
            return f"failed: {failed.__cause__}"
        return "done"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        assert await engine.settled("r") == "waiting"
        (info,) = await engine.runs(status="waiting")
        assert info.wake_at == runtime.clock.now() + MINUTE + MARGIN
        await runtime.clock.advance(MINUTE + MARGIN)
        assert await handle.result() == "failed: reset by peer", "what was raised is known until the end"


async def test_a_run_that_waits_to_ask_its_reconcile_again_is_at_rest(runtime: Runtime) -> None:
    asked = []

    async def find(key: str) -> Any:
        asked.append(runtime.clock.now())
        raise TimeoutError("no answer from the bank")

    @step(effect="once", reconcile=find)
    async def refund() -> None:
        raise ConnectionError("reset by peer")

    @workflow
    async def flow() -> str:
        try:
            await refund()
        except InDoubt:
            return "in doubt"
        return "done"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        for times in (1, 2):
            assert await engine.settled("r") == "waiting"
            assert len(asked) == times
            await runtime.clock.advance(times * 1.1 * SECOND)
        assert await handle.result() == "in doubt"
    assert len(asked) == 3

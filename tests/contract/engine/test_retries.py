"""Steps that fail or take too long: tried again as declared, and what the workflow sees in the end."""

import asyncio
import threading
from datetime import timedelta
from typing import cast

import pytest

from segue import RetryPolicy, map_concurrent, sleep, step, workflow
from segue.errors import PermanentError, RetryLater, RunFailed, StepFailed, StepTimeout
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

SECOND = timedelta(seconds=1)


STEADY = RetryPolicy(max_attempts=3, initial_delay=SECOND, backoff=2, jitter=0)


class Refused(Exception):
    """An error of the steps below, with facts of its own."""

    def __init__(self, order: str, *, code: int) -> None:
        super().__init__(order)
        self.code = code


async def test_a_failed_step_is_tried_again_after_its_delays(runtime: Runtime) -> None:
    start, tried = runtime.clock.now(), []

    @step(retry=STEADY)
    async def flaky() -> str:
        tried.append(runtime.clock.now() - start)
        if len(tried) < 3:
            raise ConnectionError("reset")
        return "got through"

    @workflow
    async def flow() -> str:
        return await flaky()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await runtime.clock.advance(3 * SECOND)
        assert await handle.result() == "got through"
        assert tried == [0 * SECOND, 1 * SECOND, 3 * SECOND]
        entries = [(e.kind, e.attempt) for e in await engine.entries("r")][1:-1]
        assert entries == [("attempt_failed", 1), ("attempt_failed", 2), ("step_finished", 3)]


@pytest.mark.parametrize(("effect", "attempts"), [("read", 5), ("write", 5), ("once", 1)])
async def test_without_a_policy_read_and_write_run_five_times_and_once_once(
    runtime: Runtime, effect: str, attempts: int
) -> None:
    tried = []

    @step(effect=effect)  # type: ignore[call-overload, untyped-decorator]
    async def fails() -> None:
        tried.append("again")
        raise PermanentError("no") if effect == "once" else ValueError("no")

    @workflow
    async def flow() -> None:
        await fails()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(timedelta(minutes=5))
        with pytest.raises(RunFailed):
            await handle.result()
    assert len(tried) == attempts


async def test_attempts_are_counted_across_a_restart(runtime: Runtime) -> None:
    tried = []

    @step(retry=RetryPolicy(max_attempts=3, initial_delay=timedelta(hours=1), max_delay=timedelta(days=1), jitter=0))
    async def fails() -> None:
        tried.append(runtime.clock.now())
        raise ValueError("no")

    @workflow
    async def flow() -> None:
        await fails()

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    async with runtime.engine() as engine:
        await settle()
        assert len(tried) == 1, "the delay was forgotten"
        await runtime.clock.advance(timedelta(hours=1))
    async with runtime.engine() as engine:
        await runtime.clock.advance(timedelta(days=1))
        with pytest.raises(RunFailed, match="3 times"):
            await engine.handle("r").result()
    assert [at - tried[0] for at in tried] == [timedelta(hours=h) for h in (0, 1, 3)]


async def test_retry_later_waits_at_least_as_long_as_it_was_told(runtime: Runtime) -> None:
    tried = []

    @step(retry=STEADY)
    async def limited() -> str:
        tried.append(runtime.clock.now())
        if len(tried) == 1:
            raise RetryLater("429", after=timedelta(minutes=2))
        return "ok"

    @workflow
    async def flow() -> str:
        return await limited()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(timedelta(minutes=3))
        assert await handle.result() == "ok"
    assert tried[1] - tried[0] == timedelta(minutes=2)


async def test_a_permanent_error_is_never_tried_again_and_arrives_as_itself(runtime: Runtime) -> None:
    tried = []

    @step
    async def fails() -> None:
        tried.append("once")
        raise PermanentError("the account is closed")

    @workflow
    async def flow() -> str:
        try:
            await fails()
        except PermanentError as error:
            return str(error)
        return "?"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == "the account is closed"
    assert tried == ["once"]


async def test_step_failed_carries_the_original_live_and_after_a_restart(runtime: Runtime) -> None:
    seen: list[tuple[object, ...]] = []

    @step(retry=RetryPolicy(max_attempts=2, initial_delay=timedelta(0)))
    async def fails() -> None:
        raise Refused("order 17", code=409)

    @workflow
    async def flow() -> None:
        try:
            await fails()
        except StepFailed as error:
            cause = cast("Refused", error.__cause__)
            seen.append((str(error), type(cause), cause.args, cause.code))
        await sleep(timedelta(days=1))

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    async with runtime.engine() as engine:
        await runtime.clock.advance(timedelta(days=1))
        await engine.handle("r").result()
    live, *replays = seen
    assert live[1:] == (Refused, ("order 17",), 409)
    assert "tried 2 times and failed: Refused: order 17" in str(live[0])
    assert set(replays) == {live}


async def test_a_step_that_takes_longer_than_its_timeout_is_tried_again(runtime: Runtime) -> None:
    tried = []

    @step(timeout=5 * SECOND, retry=STEADY)
    async def slow() -> str:
        tried.append(runtime.clock.now())
        if len(tried) == 1:
            await asyncio.Event().wait()
        return "second"

    @workflow
    async def flow() -> str:
        return await slow()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(6 * SECOND)
        assert await handle.result() == "second"
    assert tried[1] - tried[0] == 6 * SECOND


async def test_a_thread_that_takes_longer_than_its_timeout_is_left_behind(runtime: Runtime) -> None:
    tried, release = [], threading.Event()

    @step(timeout=5 * SECOND, retry=STEADY)
    def slow() -> str:
        tried.append("try")
        if len(tried) == 1:
            release.wait()
            return "too late"
        return "second"

    @workflow
    async def flow() -> str:
        return await slow()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await until(lambda: tried)
        await runtime.clock.advance(6 * SECOND)
        assert await handle.result() == "second"
        release.set()


async def test_the_last_timeout_is_a_step_timeout_live_and_after_a_restart(runtime: Runtime) -> None:
    seen = []

    @step(timeout=5 * SECOND, retry=RetryPolicy(max_attempts=1))
    async def never_ends() -> None:
        await asyncio.Event().wait()

    @workflow
    async def flow() -> None:
        try:
            await never_ends()
        except StepTimeout as error:
            seen.append(f"{error} / {error.__cause__!r}")
        await sleep(timedelta(days=1))

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await runtime.clock.advance(5 * SECOND)
    async with runtime.engine() as engine:
        await runtime.clock.advance(timedelta(days=1))
        await engine.handle("r").result()
    assert "tried once and timed out" in seen[0]
    assert "TimeoutError" in seen[0]
    assert len(set(seen)) == 1


async def test_a_total_timeout_spans_attempts_and_the_waits_between(runtime: Runtime) -> None:
    tried = []

    @step(total_timeout=10 * SECOND, retry=RetryPolicy(max_attempts=99, initial_delay=4 * SECOND, backoff=1, jitter=0))
    async def fails() -> None:
        tried.append(runtime.clock.now())
        raise ValueError("no")

    @workflow
    async def flow() -> None:
        await fails()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(timedelta(minutes=1))
        with pytest.raises(RunFailed, match="StepTimeout") as failed:
            await handle.result()
        assert isinstance(failed.value.__cause__, StepTimeout)
    assert [at - tried[0] for at in tried] == [0 * SECOND, 4 * SECOND, 8 * SECOND]


async def test_a_total_timeout_cuts_off_the_attempt_that_it_ends_in(runtime: Runtime) -> None:
    @step(total_timeout=3 * SECOND)
    async def never_ends() -> None:
        await asyncio.Event().wait()

    @workflow
    async def flow() -> None:
        await never_ends()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(3 * SECOND)
        with pytest.raises(RunFailed, match="StepTimeout"):
            await handle.result()


async def test_a_total_timeout_begins_with_the_call_not_with_the_branch(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step
    async def slow(n: int) -> None:
        await gate.wait()

    @step(total_timeout=10 * SECOND)
    async def quick(n: int) -> int:
        return n

    async def branch(n: int) -> int:
        if n == 0:
            await slow(n)
        return await quick(n)

    @workflow
    async def flow() -> list[int]:
        return await map_concurrent(branch, [0, 1, 2], limit=1)

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(timedelta(hours=1))
        gate.set()
        assert await handle.result() == [0, 1, 2]


async def test_a_backoff_that_grows_beyond_all_numbers_is_the_longest_delay(runtime: Runtime) -> None:
    tried = []

    @step(retry=RetryPolicy(max_attempts=80, backoff=1e12, max_delay=SECOND, jitter=0))
    async def fails() -> None:
        tried.append("again")
        raise ValueError("no")

    @workflow
    async def flow() -> None:
        await fails()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        await runtime.clock.advance(80 * SECOND)
        with pytest.raises(RunFailed, match="80 times"):
            await handle.result()
    assert len(tried) == 80

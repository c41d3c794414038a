"""How a run ended, asked live and after the database was opened again."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from segue import RetryPolicy, step, wait_for_signal, workflow
from segue.errors import EngineClosed, PermanentError, RunFailed, StepFailed
from tests.conftest import settle
from tests.contract.conftest import Runtime


@dataclass(frozen=True)
class Receipt:
    """What a workflow gives."""

    order: str
    amount: Decimal


class OutOfStock(Exception):
    """What a workflow raises."""

    def __init__(self, item: str, *, left: int) -> None:
        super().__init__(item)
        self.left = left


async def test_the_result_of_a_finished_run_is_read_as_its_declared_type(runtime: Runtime) -> None:
    @workflow
    async def flow() -> Receipt:
        return Receipt("o-1", Decimal("9.50"))

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, run_id="r")).result() == Receipt("o-1", Decimal("9.50"))
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == Receipt("o-1", Decimal("9.50"))
        assert await engine.handle("r", flow).result() == Receipt("o-1", Decimal("9.50"))


async def test_run_failed_carries_what_the_workflow_raised(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        raise OutOfStock("lamp", left=0)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    for _ in range(2):
        async with runtime.engine() as engine:
            with pytest.raises(RunFailed, match="OutOfStock: lamp") as failed:
                await engine.handle("r").result()
            cause = failed.value.__cause__
            assert isinstance(cause, OutOfStock)
            assert (cause.args, cause.left) == (("lamp",), 0)
            assert await engine.handle("r").status() == "failed"


async def test_run_failed_carries_the_cause_of_the_cause(runtime: Runtime) -> None:
    @step(retry=RetryPolicy(max_attempts=1))
    async def fails() -> None:
        raise OutOfStock("lamp", left=0)

    @workflow
    async def flow() -> None:
        await fails()

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    async with runtime.engine() as engine:
        with pytest.raises(RunFailed) as failed:
            await engine.handle("r").result()
    assert isinstance(failed.value.__cause__, StepFailed)
    assert isinstance(failed.value.__cause__.__cause__, OutOfStock)


async def test_an_error_of_a_class_that_is_not_there_still_says_what_it_was(runtime: Runtime) -> None:
    class Local(Exception):
        """Cannot be found by name."""

    @workflow
    async def flow() -> None:
        raise Local("gone with its function")

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed) as failed:
            await (await engine.start(flow, run_id="r")).result()
    assert "Local: gone with its function" in str(failed.value.__cause__)


async def test_a_failure_is_journaled_with_the_place_in_the_workflow(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        raise PermanentError("no")

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        last = (await engine.entries("r"))[-1]
    assert last.payload is not None
    (place,) = last.payload["error"]["traceback"]
    assert place.startswith("test_results.py:")
    assert "/" not in place


async def test_a_result_of_another_type_than_declared_is_a_failure(runtime: Runtime) -> None:
    @workflow
    async def flow() -> int:
        return "three"  # type: ignore[return-value]

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="result"):
            await (await engine.start(flow)).result()


async def test_many_may_wait_for_one_result(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        results = [asyncio.create_task(engine.handle("r").result()) for _ in range(10)]
        results[0].cancel()
        await settle()
        await engine.signal("r", "go", "gone")
        assert await handle.result() == "gone"
        assert await asyncio.gather(*results[1:]) == ["gone"] * 9


async def test_closing_tells_those_who_wait_for_a_result(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("never")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        waiting = asyncio.create_task(handle.result())
        await settle()
    with pytest.raises(EngineClosed, match="go on when it is opened again"):
        await waiting


async def test_closing_reports_a_run_that_ended_with_it(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step(effect="once")
    async def last() -> str:
        await gate.wait()
        return "done"

    @workflow
    async def flow() -> str:
        return await last()

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        asyncio.get_running_loop().call_soon(gate.set)
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == "done"


async def test_an_engine_can_be_opened_again_and_again(runtime: Runtime) -> None:
    ran = []

    @step
    async def work(n: int) -> int:
        ran.append(n)
        return n

    @workflow
    async def flow() -> list[int]:
        return [await work(n) + await wait_for_signal("go", int) for n in range(5)]

    engine = runtime.engine()
    async with engine:
        await engine.start(flow, run_id="r")
    for n in range(5):
        async with engine:
            await engine.signal("r", "go", 10 * n)
            await settle()
    async with engine:
        assert await engine.handle("r").result() == [0, 11, 22, 33, 44]
    assert ran == [0, 1, 2, 3, 4]


async def test_last_entry_tells_how_a_run_ended(runtime: Runtime) -> None:
    @workflow
    async def flow() -> int:
        return 3

    async with runtime.engine() as engine:
        await (await engine.start(flow, run_id="r")).result()
        last = await engine.last_entry("r")
        assert last is not None
        assert (last.kind, last.payload) == ("run_completed", {"result": 3})
        assert await engine.last_entry("nobody") is None


async def test_a_workflow_that_raises_what_cannot_be_printed_still_ends(runtime: Runtime) -> None:
    class Unreadable(Exception):
        """An error that cannot be printed."""

        def __str__(self) -> str:
            raise ValueError("no")

    @workflow
    async def flow() -> None:
        raise Unreadable

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="Unreadable"):
            await (await engine.start(flow)).result()


async def test_a_run_that_keeps_failing_its_caller_does_not_touch_others(runtime: Runtime) -> None:
    @step(retry=RetryPolicy(max_attempts=2, initial_delay=timedelta(0)))
    async def work(n: int) -> int:
        if n % 2:
            raise ValueError(n)
        return n

    @workflow
    async def flow(n: int) -> int:
        return await work(n)

    async with runtime.engine() as engine:
        handles = [await engine.start(flow, n) for n in range(20)]
        ends: list[Any] = await asyncio.gather(*(handle.result() for handle in handles), return_exceptions=True)
    assert [end if isinstance(end, int) else type(end) for end in ends] == [
        RunFailed if n % 2 else n for n in range(20)
    ]

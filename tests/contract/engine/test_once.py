"""`once` steps: done, certainly not done, or in doubt; never twice as far as the receiver lets us know."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

from segue import Done, NotDone, RetryPolicy, attempt_deadline, idempotency_key, step, workflow
from segue.errors import InDoubt, PermanentError, RunFailed, StepFailed
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

SECOND = timedelta(seconds=1)


MINUTE = timedelta(minutes=1)


MARGIN = SECOND


class Bank:
    """The receiver of refunds: remembers each by its key."""

    def __init__(self) -> None:
        self.refunds: dict[str, int] = {}
        self.calls: list[str] = []
        self.open = asyncio.Event()
        self.asked: list[tuple[str, int]] = []

    async def refund(self, amount: int) -> str:
        self.calls.append(idempotency_key())
        await self.open.wait()
        self.refunds[idempotency_key()] = amount
        return f"refunded {amount}"

    def find(self, key: str, amount: int) -> Any:
        self.asked.append((key, amount))
        return Done(f"found {self.refunds[key]}") if key in self.refunds else NotDone()


async def test_an_intent_is_on_disk_before_the_step_acts(runtime: Runtime) -> None:
    seen: list[Any] = []

    @step(effect="once", timeout=30 * SECOND)
    async def refund(amount: int) -> str:
        entries = await reader.entries("r")
        seen.extend((entry.kind, entry.attempt, entry.payload) for entry in entries[1:])
        return "receipt"

    @workflow
    async def flow() -> str:
        return await refund(5)

    start = runtime.clock.now()
    async with runtime.engine() as engine, runtime.engine(drive=False) as reader:
        assert await (await engine.start(flow, run_id="r")).result() == "receipt"
    ((kind, attempt, payload),) = seen
    assert (kind, attempt) == ("step_intended", 1)
    assert payload is not None
    assert (payload["args"], payload["key"]) == ([5], "r:0")
    assert payload["until_us"] == int((start + 30 * SECOND).timestamp() * 1e6)


async def test_every_once_step_has_a_deadline(runtime: Runtime) -> None:
    @step(effect="once")
    async def refund() -> bool:
        return attempt_deadline() == runtime.clock.now() + MINUTE

    @workflow
    async def flow() -> bool:
        return await refund()

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result()


@pytest.mark.parametrize("error", [NotDone("refused"), PermanentError("closed")])
async def test_what_certainly_did_not_happen_is_not_in_doubt(runtime: Runtime, error: Exception) -> None:
    asked: list[str] = []

    @step(effect="once", reconcile=asked.append)
    async def refund() -> None:
        raise error

    @workflow
    async def flow() -> str:
        try:
            await refund()
        except (StepFailed, PermanentError) as caught:
            return repr(caught if isinstance(caught, PermanentError) else caught.__cause__)
        return "?"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == repr(error)
    assert asked == []


async def test_not_done_is_tried_again_under_a_policy_with_a_new_intent(runtime: Runtime) -> None:
    keys = []

    @step(effect="once", retry=RetryPolicy(max_attempts=3, initial_delay=SECOND, jitter=0))
    async def refund() -> str:
        keys.append(idempotency_key())
        if len(keys) < 3:
            raise NotDone("busy")
        return "done"

    @workflow
    async def flow() -> str:
        return await refund()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await runtime.clock.advance(10 * SECOND)
        assert await handle.result() == "done"
        kinds = [(e.kind, e.attempt) for e in await engine.entries("r")][1:-1]
    assert keys == ["r:0"] * 3
    assert kinds == [
        ("step_intended", 1), ("attempt_failed", 1),
        ("step_intended", 2), ("attempt_failed", 2),
        ("step_intended", 3), ("step_finished", 3),
    ]  # fmt: skip


async def test_any_other_exception_is_in_doubt_without_a_reconcile(runtime: Runtime) -> None:
    acted = []

    @step(name="refund", effect="once", retry=RetryPolicy(max_attempts=5))
    async def refund() -> None:
        acted.append("refund")
        raise ConnectionError("reset by peer")

    @workflow
    async def flow() -> list[str]:
        try:
            await refund()
        except InDoubt as doubt:
            return [doubt.step, doubt.key, str(doubt)]
        return []

    async with runtime.engine() as engine:
        name, key, message = await (await engine.start(flow, run_id="r")).result()
    assert acted == ["refund"]
    assert (name, key) == ("refund", "r:0")
    assert "reset by peer" in message
    assert "may or may not have happened" in message


async def test_a_timeout_is_in_doubt_and_reconciled(runtime: Runtime) -> None:
    bank = Bank()

    @step(effect="once", timeout=30 * SECOND, reconcile=bank.find)
    async def refund(amount: int) -> str:
        return await bank.refund(amount)

    @workflow
    async def flow() -> str:
        return await refund(5)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        bank.refunds["r:0"] = 5  # it arrived, only the answer is slow
        await runtime.clock.advance(30 * SECOND)
        assert await handle.result() == "found 5"
    assert bank.calls == ["r:0"]


async def test_a_thread_that_acts_after_its_timeout_is_noticed(runtime: Runtime) -> None:
    bank, began, release = Bank(), threading.Event(), threading.Event()

    @step(effect="once", timeout=30 * SECOND, reconcile=bank.find)
    def refund(amount: int) -> str:
        began.set()
        release.wait()
        bank.refunds[idempotency_key()] = amount
        return "late"

    @workflow
    async def flow() -> str:
        return await refund(5)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await until(began.is_set)
        await runtime.clock.advance(30 * SECOND)
        await until(lambda: bank.asked)
        release.set()
        await until(lambda: bank.refunds)
        await runtime.clock.advance(MARGIN)
        assert await handle.result() == "found 5"


async def test_a_crash_during_the_attempt_is_reconciled(runtime: Runtime) -> None:
    bank = Bank()

    @step(effect="once", reconcile=bank.find)
    async def refund(amount: int) -> str:
        return await bank.refund(amount)

    @workflow
    async def flow() -> str:
        return await refund(5)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        crashed = runtime.crashed()
        bank.open.set()
    assert bank.refunds == {"r:0": 5}
    async with crashed.engine() as engine:
        assert await engine.handle("r").result() == "found 5"
        await engine.verify("r")
    assert bank.calls == ["r:0"]
    assert bank.asked == [("r:0", 5)]


async def test_a_crash_before_the_act_is_tried_again_only_after_the_deadline(runtime: Runtime) -> None:
    bank = Bank()

    @step(effect="once", timeout=30 * SECOND, reconcile=bank.find, retry=RetryPolicy(max_attempts=2))
    async def refund(amount: int) -> str:
        return await bank.refund(amount)

    @workflow
    async def flow() -> str:
        return await refund(5)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        crashed = runtime.crashed()
        bank.open.set()
    bank.refunds.clear()
    async with crashed.engine() as engine:
        await until(lambda: bank.asked)
        await runtime.clock.advance(30 * SECOND)
        assert len(bank.calls) == 1
        await runtime.clock.advance(MARGIN)
        await until(lambda: len(bank.asked) > 1)
        await runtime.clock.advance(2 * SECOND)
        await until(lambda: engine.status("r") == "completed")
        assert await engine.handle("r").result() == "refunded 5"
    assert bank.calls == ["r:0", "r:0"]


async def test_a_crash_without_a_reconcile_is_in_doubt_and_never_repeated(runtime: Runtime) -> None:
    bank = Bank()

    @step(effect="once", retry=RetryPolicy(max_attempts=5))
    async def refund(amount: int) -> str:
        return await bank.refund(amount)

    @workflow
    async def flow() -> str:
        try:
            return await refund(5)
        except InDoubt as doubt:
            return doubt.key

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        crashed = runtime.crashed()
        bank.open.set()
    async with crashed.engine() as engine:
        assert await engine.handle("r").result() == "r:0"
    async with crashed.engine() as engine:
        assert await engine.handle("r").result() == "r:0"
    assert bank.calls == ["r:0"]


async def test_doubt_is_the_same_live_and_after_a_restart(runtime: Runtime) -> None:
    seen = []

    @step(effect="once")
    async def refund() -> None:
        raise ConnectionError("reset")

    @step
    async def gate() -> None:
        await opened.wait()

    @workflow
    async def flow() -> None:
        try:
            await refund()
        except InDoubt as doubt:
            seen.append((str(doubt), doubt.step, doubt.key))
        await gate()

    opened = asyncio.Event()
    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    opened.set()
    async with runtime.engine() as engine:
        await engine.handle("r").result()
    assert len(seen) == 2
    assert seen[0] == seen[1]


async def test_a_result_that_cannot_be_written_is_in_doubt_because_it_happened(runtime: Runtime) -> None:
    @step(effect="once")
    async def refund() -> int:
        return "a receipt"  # type: ignore[return-value]

    @workflow
    async def flow() -> None:
        await refund()

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="may or may not have happened: it returned") as failed:
            await (await engine.start(flow)).result()
        assert isinstance(failed.value.__cause__, InDoubt)

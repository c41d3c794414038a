"""Compensation: what a run did is taken back when it fails or is cancelled, each once, the last first."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from segue import RetryPolicy, continue_as, gather, idempotency_key, step, wait_for_signal, workflow
from segue.errors import DefinitionError, RunCancelled, RunFailed
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

done: list[str] = []
"""What was done and taken back, since the test began."""
trouble: list[str] = []
"""Bookings that cannot be cancelled."""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    done.clear()
    trouble.clear()


@step(name="undo.cancel", effect="write", retry=RetryPolicy(max_attempts=1))
async def cancel_booking(booking: str) -> None:
    if booking in trouble:
        raise ConnectionError("the hotel does not answer")
    done.append(f"cancelled {booking}")


@step(name="undo.book", effect="write", undo=cancel_booking)
async def book(place: str) -> str:
    done.append(f"booked {place}")
    return f"{place}-1"


async def give_back(paid: Decimal, customer: str, amount: Decimal) -> None:
    done.append(f"gave {paid} of {amount} back to {customer} under {idempotency_key()}")


@step(name="undo.pay", effect="once", undo=give_back)
async def pay(customer: str, amount: Decimal) -> Decimal:
    return amount - 1


@workflow(name="undo.travel")
async def travel() -> None:
    await book("flight")
    await gather(book("hotel"), pay("Ada", Decimal(10)))
    await wait_for_signal("go")
    raise ValueError("the train is late")


async def test_a_failed_run_takes_back_what_it_did_in_reverse_order(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(travel, run_id="r")
        await engine.signal("r", "go")
        with pytest.raises(RunFailed, match="the train is late"):
            await engine.handle("r").result()
        assert done[2:] == [
            "gave 9 of 10 back to Ada under r:3", "cancelled hotel-1", "cancelled flight-1"
        ]  # fmt: skip
        undone = [(e.path, e.kind, e.name) for e in await engine.entries("r")][-4:-1]
        assert undone == [
            ("3", "step_finished", "undo undo.pay"),
            ("4", "step_finished", "undo.cancel"),
            ("5", "step_finished", "undo.cancel"),
        ]


async def test_a_cancelled_run_takes_back_what_it_did_too(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(travel, run_id="r")
        await settle()
    async with runtime.engine() as engine:
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()
        assert len(done) == 5


async def test_a_run_that_succeeds_or_goes_on_keeps_what_it_did(runtime: Runtime) -> None:
    @workflow
    async def flow(again: bool) -> str:
        if again:
            await book("flight")
            return continue_as(again=False)
        raise ValueError("no")

    @workflow
    async def handles() -> str:
        await book("hotel")
        try:
            raise ValueError("no")
        except ValueError:
            return "fine"

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed):
            await (await engine.start(flow, True)).result()
        assert await (await engine.start(handles)).result() == "fine"
        assert done == ["booked flight", "booked hotel"]


async def test_a_crash_at_any_commit_repeats_no_undo_that_finished(runtime: Runtime) -> None:
    copies: list[tuple[Runtime, list[str]]] = []
    async with runtime.engine() as engine:
        await engine.start(travel, run_id="r")
        await settle()
        commit = engine._journal.commit

        def copying(batch: Any) -> None:
            finished = [r.name for r in batch.records if r.kind == "step_finished"]
            commit(batch)
            copies.append((runtime.crashed(), [*(copies[-1][1] if copies else []), *finished]))

        engine._journal.commit = copying  # type: ignore[method-assign]
        await engine.signal("r", "go")
        with pytest.raises(RunFailed):
            await engine.handle("r").result()
    assert len(copies) > 4
    for copy, finished in copies:
        done.clear()
        async with copy.engine() as engine:
            with pytest.raises(RunFailed, match="the train is late"):
                await engine.handle("r").result()
            assert len(done) == 3 - len(finished)


async def test_an_undo_that_fails_stops_no_other_and_is_seen(runtime: Runtime) -> None:
    trouble.append("hotel-1")
    async with runtime.engine() as engine:
        await engine.start(travel, run_id="r")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunFailed, match="the hotel does not answer"):
            await engine.handle("r").result()
        assert "cancelled flight-1" in done


async def test_cancelling_does_not_cut_off_what_takes_back(runtime: Runtime) -> None:
    gate, seen = asyncio.Event(), []

    @step
    async def slowly(result: str) -> None:
        seen.append("begun")
        await gate.wait()
        seen.append(f"took back {result}")

    @step(undo=slowly)
    async def act() -> str:
        return "it"

    @workflow
    async def flow() -> None:
        await act()
        raise ValueError("no")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await until(lambda: seen)
        await engine.cancel("r")
        await settle()
        gate.set()
        with pytest.raises(RunFailed, match="no"):
            await handle.result()
        assert seen == ["begun", "took back it"]


async def test_a_once_step_that_ends_after_its_branch_was_cancelled_is_taken_back(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step(effect="once", undo=cancel_booking)
    async def reserve() -> str:
        await gate.wait()
        return "seat"

    async def fails() -> None:
        await book("flight")
        raise ValueError("no")

    @workflow
    async def flow() -> None:
        await gather(reserve(), fails())

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await until(lambda: done)
        await settle()
        gate.set()
        with pytest.raises(RunFailed, match="no"):
            await handle.result()
        assert done == ["booked flight", "cancelled seat", "cancelled flight-1"]


async def test_a_result_that_cannot_be_written_down_fails_the_run_and_takes_back(runtime: Runtime) -> None:
    @workflow
    async def flow() -> int:
        await book("flight")
        return "no number"  # type: ignore[return-value]

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="CodecError"):
            await (await engine.start(flow)).result()
        assert done == ["booked flight", "cancelled flight-1"]


def test_an_undo_that_cannot_be_called_is_refused() -> None:
    async def wants_more(*, reason: str) -> None: ...

    with pytest.raises(DefinitionError, match="by position"):

        @step(undo=wants_more)
        async def act() -> None: ...


@pytest.mark.parametrize("turns", range(6))
async def test_what_finished_in_the_moment_of_the_cancelling_is_taken_back(runtime: Runtime, turns: int) -> None:
    gate = asyncio.Event()

    @step(effect="write", undo=cancel_booking)
    async def book_slowly(place: str) -> str:
        await gate.wait()
        return f"{place}-1"

    @workflow
    async def flow() -> None:
        await book_slowly("flight")
        await wait_for_signal("never")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        gate.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()
        finished = [entry.name for entry in await engine.entries("r") if entry.kind == "step_finished"]
        assert finished[1:] == ["undo.cancel"] * len(finished[:1])
        assert done == ["cancelled flight-1"] * (len(finished) // 2)


async def test_what_finished_in_the_moment_another_branch_failed_is_taken_back(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step(retry=RetryPolicy(max_attempts=1))
    async def fails() -> None:
        await gate.wait()
        raise ValueError("no")

    @step(effect="write", undo=cancel_booking)
    async def book_slowly(place: str) -> str:
        await gate.wait()
        return f"{place}-1"

    @workflow
    async def flow() -> None:
        await gather(fails(), book_slowly("flight"))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        gate.set()
        with pytest.raises(RunFailed, match="no"):
            await handle.result()
        kinds = [entry.kind for entry in await engine.entries("r")]
        assert kinds == ["run_started", "step_failed", "step_finished", "step_finished", "run_failed"]
        assert done == ["cancelled flight-1"]
        for entries in range(1, len(kinds)):
            cut = runtime.cut("r", entries)
            done.clear()
            async with cut.engine() as again:
                with pytest.raises(RunFailed, match="no"):
                    await again.handle("r").result()
                await again.verify("r")
            assert done == ["cancelled flight-1"] * (entries in (1, 3)), "cut off after 2, the booking never finished"

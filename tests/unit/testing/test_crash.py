"""Crash points: a scenario that is killed at every commit ends well, or the kit says where it does not."""

import asyncio
import logging
import threading
from datetime import timedelta

import pytest

from segue import (
    Done,
    NotDone,
    Queue,
    RetryPolicy,
    continue_as,
    gather,
    idempotency_key,
    run_child,
    sleep,
    step,
    wait_for_signal,
    workflow,
)
from segue.errors import InDoubt, PermanentError, RunFailed
from segue.testing import Crash, World, assert_survives, crash_points, scripted
from tests.conftest import settle

DAY = timedelta(days=1)


class Bank:
    """The world outside: what was paid, by key and in order."""

    def __init__(self) -> None:
        self.paid: list[str] = []

    async def pay(self, item: str) -> str:
        self.paid.append(idempotency_key())
        return f"paid {item}"


@step(name="kit.pay", effect="write")
async def pay(item: str) -> str:
    raise PermanentError(f"{item}: the real one was called")


@step(name="kit.look_up")
async def look_up(item: str) -> str:
    return f"the {item}"


@workflow(name="kit.order")
async def order(item: str) -> str:
    found = await look_up(item)
    await sleep(3 * DAY)
    approval = await wait_for_signal("approval", str, timeout=DAY)
    return f"{await pay(found)}, {approval}"


async def paid_once(world: World, bank: Bank) -> None:
    with scripted(pay, bank.pay):
        async with world:
            handle = await world.start(order, "tent", run_id="r")
            await world.signal("r", "approval", "granted", signal_id="click")
            assert await handle.result() == "paid the tent, granted"
            assert len(bank.paid) == 1, f"paid {len(bank.paid)} times"


async def paid_under_one_key(world: World, bank: Bank) -> None:
    with scripted(pay, bank.pay):
        async with world:
            handle = await world.start(order, "tent", run_id="r")
            await world.signal("r", "approval", "granted", signal_id="click")
            assert await handle.result() == "paid the tent, granted"
            assert len(set(bank.paid)) == 1


def ran_twice(crashes: list[Crash]) -> set[tuple[str, str, str]]:
    return {(crash.place, ran.step, ran.effect) for crash in crashes for ran in crash.ran_twice}


async def test_a_receiver_that_does_not_know_its_keys_is_found_out_at_the_one_point_where_it_matters() -> None:
    with pytest.raises(AssertionError) as failed:
        await assert_survives(paid_once, Bank)
    assert "1 of " in str(failed.value)
    assert "killed before step_finished of 'kit.pay' at path 3 was written: AssertionError: paid 2 times" in str(
        failed.value
    )
    assert "ran twice: step 'kit.pay' (write) at path 3 of run r" in str(failed.value)


async def test_one_that_knows_them_survives_every_crash_and_what_ran_twice_is_told() -> None:
    crashes = await assert_survives(paid_under_one_key, Bank)
    (lost,) = (place for place, name, _ in ran_twice(crashes) if name == "kit.pay")
    assert lost == "before step_finished of 'kit.pay' at path 3 was written"
    assert ("before step_finished of 'kit.look_up' at path 0 was written", "kit.look_up", "read") in ran_twice(crashes)
    places = [crash.place for crash in crashes]
    assert places[0] == "before run_started of 'kit.order' was written"
    assert places[-1] == "after run_completed of 'kit.order' was written"
    assert "before signal 'approval' to run r was written" in places


@step(name="kit.once", effect="once")
async def pay_once(item: str) -> str:
    return f"paid {item}"


@workflow(name="kit.careless")
async def careless() -> str:
    return await pay_once("tent")


async def test_a_once_step_without_reconcile_is_told_to_be_in_doubt() -> None:
    async def scenario(world: World) -> None:
        async with world:
            assert await (await world.start(careless, run_id="r")).result() == "paid tent"

    bad = [crash for crash in await crash_points(scenario) if crash.error is not None]
    assert [crash.place for crash in bad] == [
        "after step_intended of 'kit.once' at path 0 was written",
        "before step_finished of 'kit.once' at path 0 was written",
    ]
    assert all(isinstance(crash.error and crash.error.__cause__, InDoubt) for crash in bad)
    assert not any(crash.ran_twice for crash in bad)


@pytest.mark.parametrize("is_honest", [True, False])
async def test_a_reconcile_that_lies_makes_a_once_step_happen_twice(is_honest: bool) -> None:
    books: list[Bank] = []

    async def find(key: str, item: str) -> Done[str] | NotDone:
        return Done(f"paid {item}") if key in books[-1].paid and is_honest else NotDone()

    @step(effect="once", reconcile=find, retry=RetryPolicy(max_attempts=2))
    async def buy(item: str) -> str:
        return await books[-1].pay(item)

    @workflow
    async def flow() -> str:
        return await buy("tent")

    async def scenario(world: World, bank: Bank) -> None:
        async with world:
            assert await (await world.start(flow, run_id="r")).result() == "paid tent"
        assert len(bank.paid) == 1

    def new_bank() -> Bank:
        books.append(Bank())
        return books[-1]

    bad = [crash for crash in await crash_points(scenario, new_bank) if crash.error is not None]
    assert bool(bad) != is_honest
    assert all(crash.ran_twice for crash in bad)


async def test_nothing_of_a_killed_engine_acts_afterwards(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[str] = []
    left_over: list[str] = []
    enter = World.__aenter__

    async def entered(world: World) -> World:
        left_over.extend(under_way)
        return await enter(world)

    monkeypatch.setattr(World, "__aenter__", entered)

    @step
    async def slow(name: str) -> str:
        under_way.append(name)
        try:
            for _ in range(5):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            await settle()  # its clearing up takes time as well
            raise
        finally:
            under_way.remove(name)
        return name

    @step
    def in_a_thread(name: str) -> None:
        under_way.append(f"thread {name}")
        threading.Event().wait(0.005)
        under_way.remove(f"thread {name}")

    @workflow
    async def flow(name: str) -> str:
        await gather(slow(name), in_a_thread(name))
        return await slow(name)

    async def scenario(world: World) -> None:
        async with world:
            handles = [await world.start(flow, name, run_id=name) for name in ("a", "b")]
            assert [await handle.result() for handle in handles] == ["a", "b"]

    with caplog.at_level(logging.WARNING):
        crashes = await assert_survives(scenario)
    assert {ran.step.rpartition(".")[2] for crash in crashes for ran in crash.ran_twice} == {"slow", "in_a_thread"}
    assert left_over == []
    assert caplog.records == []


async def test_children_chains_undo_and_queues_are_killed_around_as_well(caplog: pytest.LogCaptureFixture) -> None:
    @step(effect="write")
    async def cancel(booked: str) -> None: ...

    @step(effect="write", undo=cancel)
    async def book(what: str) -> str: ...

    @workflow
    async def packing(n: int) -> str:
        return continue_as(n + 1) if n < 2 else f"packed {n}"

    @workflow
    async def travel() -> str:
        packed = await run_child(packing, 1)
        await book("room")
        await sleep(DAY)
        raise PermanentError(f"{packed}, and no train goes")

    async def scenario(world: World, hotel: set[str]) -> None:
        async def booked(what: str) -> str:
            hotel.add(what)
            return what

        async def cancelled(what: str) -> None:
            hotel.discard(what)

        with scripted(book, booked), scripted(cancel, cancelled):
            async with world:
                handle = await world.start(travel, run_id="r", queue="slow")
                with pytest.raises(RunFailed, match="packed 2, and no train goes"):
                    await handle.result()
        assert hotel == set()

    crashes = await assert_survives(scenario, set, queues=[Queue("slow", concurrency=1)])
    places = " ".join(crash.place for crash in crashes)
    for written in ("start ", "child_started", "run_continued", "child_ended", "step_finished of", "run_failed"):
        assert written in places
    assert len(crashes) > 20
    assert caplog.records == []


async def test_a_scenario_that_fails_without_any_crash_raises_as_it_is() -> None:
    async def scenario(world: World) -> None:
        async with world:
            handle = await world.start(careless, run_id="r")
            assert await handle.result() == "something else"

    with pytest.raises(AssertionError, match="something else") as failed:
        await crash_points(scenario)
    assert "killed" not in str(failed.value)


async def test_a_scenario_that_forgets_its_signal_in_a_crash_fails_instead_of_hanging() -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("approval", str)

    async def scenario(world: World, sent: list[str]) -> None:
        async with world:
            handle = await world.start(flow, run_id="r")
            if not sent:
                sent.append("approval")
                await world.signal("r", "approval", "granted")
            assert await handle.result() == "granted"

    with pytest.raises(AssertionError) as failed:
        await assert_survives(scenario, list)
    assert "killed before signal 'approval' to run r was written: AssertionError: run r does not end" in str(
        failed.value
    )
    assert str(failed.value).startswith("1 of ")


async def test_a_scenario_that_writes_nothing_is_no_green_test() -> None:
    async def scenario(world: World) -> None:
        assert not world.is_open

    with pytest.raises(ValueError, match="enter its world"):
        await assert_survives(scenario)

"""Coroutines that are begun right where they are called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextvars import ContextVar, copy_context
from typing import Any

import pytest

from segue.engine.carrier import Carriers

word: ContextVar[str] = ContextVar("word", default="outside")


@pytest.fixture
async def carriers() -> AsyncIterator[Carriers]:
    opened = Carriers()
    yield opened
    opened.close()
    await asyncio.sleep(0)


async def outcome(carriers: Carriers, work: Coroutine[Any, Any, Any]) -> Any:
    """Begin a coroutine and wait for what it gives, as the engine's callbacks would see it."""
    context = copy_context()
    context.run(word.set, "inside")
    task, value, error = carriers.begin(context, lambda: work)
    if task is not None:
        return await task
    if error is not None:
        raise error
    return value


async def test_what_never_waits_has_ended_when_begin_returns(carriers: Carriers) -> None:
    async def work() -> str:
        return word.get()

    assert carriers.begin(copy_context(), work) == (None, "outside", None)
    assert await outcome(carriers, work()) == "inside"


async def test_what_it_raises_is_returned(carriers: Carriers) -> None:
    async def work() -> None:
        raise LookupError("no such order")

    task, value, error = carriers.begin(copy_context(), work)
    assert (task, value, repr(error)) == (None, None, "LookupError('no such order')")


async def test_context_variables_hold_before_and_after_it_waits(carriers: Carriers) -> None:
    async def work() -> list[str]:
        seen = [word.get()]
        word.set("changed")
        await asyncio.sleep(0)
        return [*seen, word.get()]

    assert await outcome(carriers, work()) == ["inside", "changed"]
    assert word.get() == "outside"


async def test_it_sees_one_task_from_beginning_to_end_and_the_caller_its_own(carriers: Carriers) -> None:
    async def work() -> list[Any]:
        seen = [asyncio.current_task()]
        await asyncio.sleep(0)
        return [*seen, asyncio.current_task()]

    outer = asyncio.current_task()
    task, _, _ = carriers.begin(copy_context(), work)
    assert asyncio.current_task() is outer
    assert task is not None
    assert await task == [task, task]


async def test_asyncio_timeout_and_task_groups_work_from_the_first_line(carriers: Carriers) -> None:
    async def late() -> str:
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            return "late"
        return "in time"

    async def both() -> list[str]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(late()) for _ in range(2)]
        return [task.result() for task in tasks]

    assert await outcome(carriers, late()) == "late"
    assert await outcome(carriers, both()) == ["late", "late"]


async def test_each_that_waits_has_a_task_of_its_own(carriers: Carriers) -> None:
    gates = [asyncio.Event() for _ in range(3)]

    async def work(number: int) -> int:
        await gates[number].wait()
        return number

    tasks = [carriers.begin(copy_context(), work, number)[0] for number in range(3)]
    for number in (2, 0, 1):
        gates[number].set()
        task = tasks[number]
        assert task is not None
        assert await task == number


@pytest.mark.parametrize("turns", [0, 1, 5])
async def test_one_that_waits_can_be_cancelled_and_tidies_up(carriers: Carriers, turns: int) -> None:
    done: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            done.append("told")
            raise
        finally:
            await asyncio.sleep(0)
            done.append("tidied")

    task, _, _ = carriers.begin(copy_context(), work)
    assert task is not None
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["told", "tidied"]


async def test_one_that_cancels_itself_stops_where_it_waits_next_and_no_other_is_cut_off(carriers: Carriers) -> None:
    done: list[str] = []

    async def selfish() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        try:
            await asyncio.Event().wait()
        finally:
            done.append("selfish")

    async def other() -> str:
        await asyncio.sleep(0)
        return "whole"

    for _ in range(2):  # with a new carrier, and with one that has waited for a while
        with pytest.raises(asyncio.CancelledError):
            await outcome(carriers, selfish())
        assert await outcome(carriers, other()) == "whole"
    assert done == ["selfish", "selfish"]


async def test_one_that_cancels_itself_and_ends_leaves_nothing_for_the_next(carriers: Carriers) -> None:
    async def selfish() -> str:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        return "ended"

    async def other() -> str:
        await asyncio.sleep(0)
        return "whole"

    assert await outcome(carriers, selfish()) == "ended"
    assert await outcome(carriers, other()) == "whole"


async def test_it_may_begin_others_itself(carriers: Carriers) -> None:
    async def inner() -> str:
        await asyncio.sleep(0)
        return word.get()

    async def outer() -> list[str]:
        return [await outcome(carriers, inner()), word.get()]

    assert await outcome(carriers, outer()) == ["inside", "inside"]


def test_an_interrupt_ends_the_program_and_not_the_caller() -> None:
    reached: list[str] = []

    async def work() -> None:
        raise KeyboardInterrupt

    async def main() -> None:
        carriers = Carriers()
        task, _, _ = carriers.begin(copy_context(), work)
        reached.append("caller")
        assert task is not None
        await task

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert reached == ["caller"]

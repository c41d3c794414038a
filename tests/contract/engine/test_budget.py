"""Budgets: what a run may use up, counted the same after every restart."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from segue import Budget, continue_as, gather, map_concurrent, sleep, step, wait_for_signal, workflow
from segue.engine.context import budget_left
from segue.errors import BudgetExceeded, RunFailed
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

MINUTE = timedelta(minutes=1)
done: list[str] = []
"""What was done since the test began."""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    done.clear()


@dataclass
class Answer:
    """What a model gives."""

    text: str
    cost_usd: Decimal


@step(name="budget.ask")
async def ask(question: str) -> Answer:
    done.append(question)
    return Answer(question.upper(), Decimal("0.2"))


@step(name="budget.take_back")
async def take_back(answer: Answer) -> None:
    done.append(f"no {answer.text}")


@step(name="budget.promise", undo=take_back)
async def promise(text: str) -> Answer:
    return Answer(text, Decimal("0.05"))


@workflow(name="budget.talk")
async def talk(questions: list[str]) -> list[str]:
    return [(await ask(question)).text for question in questions]


@step(name="budget.look")
def look() -> str:
    left = budget_left()
    assert left.steps is not None
    return str(left.usd)


@workflow(name="budget.thrifty")
async def thrifty() -> list[str]:
    found = []
    for question in ("a", "b"):
        await ask(question)
        found.append(await look())
        if question == "a":
            await wait_for_signal("next")
    return found


@workflow(name="budget.paced")
async def paced(questions: list[str]) -> int:
    for question in questions:
        await ask(question)
        await wait_for_signal("next")
    return len(questions)


async def test_a_run_stops_before_one_step_too_many(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        assert await (await engine.start(talk, ["a", "b"], budget=Budget(steps=2))).result() == ["A", "B"]
        with pytest.raises(RunFailed, match=r"'budget.ask' is one more than the 2 steps") as raised:
            await (await engine.start(talk, ["c", "d", "e"], run_id="r", budget=Budget(steps=2))).result()
        assert isinstance(raised.value.__cause__, BudgetExceeded)
        assert done == ["a", "b", "c", "d"]
        assert ((await engine.entries("r"))[0].payload or {})["budget"] == {"steps": 2, "usd": None, "wall_us": None}


async def test_money_is_counted_from_what_steps_report(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match=r"has spent 0\.6 of 0\.5 USD"):
            await (await engine.start(talk, list("abcde"), budget=Budget(usd=0.5))).result()
        assert done == ["a", "b", "c"]


async def test_what_is_used_up_is_counted_across_restarts_and_other_processes(runtime: Runtime) -> None:
    async with runtime.engine(drive=False) as beside:
        await beside.start(paced, list("abcd"), run_id="r", budget=Budget(steps=3, usd=Decimal(1)))
    for question in "abc":
        async with runtime.engine() as engine:
            await until(lambda question=question: question in done)  # type: ignore[misc]
            await settle()
            await engine.signal("r", "next")
            await settle()
    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="3 steps"):
            await engine.handle("r").result()
    assert done == ["a", "b", "c"]


async def test_time_counts_while_a_step_is_under_way_and_not_while_the_run_waits(runtime: Runtime) -> None:
    @step
    async def works(gate: int) -> None:
        done.append(f"works {gate}")
        await asyncio.Event().wait() if gate else None

    @workflow
    async def flow() -> None:
        await sleep(timedelta(days=2))
        await works(0)
        await wait_for_signal("next")
        await works(1)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r", budget=Budget(wall=MINUTE * 10))
        await runtime.clock.advance(timedelta(days=5))
        await engine.signal("r", "next")
        await settle()
        assert done == ["works 0", "works 1"]
        await runtime.clock.advance(MINUTE * 9)
        assert await handle.status() == "running"
        await runtime.clock.advance(MINUTE * 2)
        with pytest.raises(RunFailed, match="0:10:00 of the run's budget are used up") as raised:
            await handle.result()
        assert isinstance(raised.value.__cause__, BudgetExceeded)


async def test_what_was_done_is_taken_back_even_when_nothing_is_left(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await promise("yes")
        await ask("more")

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="BudgetExceeded"):
            await (await engine.start(flow, budget=Budget(steps=1))).result()
        assert done == ["no yes"]


async def test_a_step_can_ask_what_is_left_for_it_and_after_a_restart_it_is_the_same(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(thrifty, run_id="r", budget=Budget(usd=Decimal(1), steps=9))
        await until(lambda: done)
    async with runtime.engine() as engine:
        await engine.signal("r", "next", None)
        assert await (await engine.start(thrifty, run_id="r")).result() == ["0.8", "0.6"]
        assert await (await engine.start(thrifty, run_id=handle.run_id)).result() == ["0.8", "0.6"]
    assert budget_left() == Budget()


async def test_branches_share_one_budget(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await gather(map_concurrent(ask, ["a", "b"]), ask("c"))

    async with runtime.engine() as engine:
        await (await engine.start(flow, budget=Budget(steps=3))).result()
        with pytest.raises(RunFailed, match="BudgetExceeded"):
            await (await engine.start(flow, budget=Budget(steps=2))).result()


async def test_a_chain_of_runs_has_one_budget(runtime: Runtime) -> None:
    @workflow
    async def flow(left: int) -> str:
        await ask(str(left))
        return continue_as(left - 1) if left else "done"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, 2, budget=Budget(steps=3))).result() == "done"
        with pytest.raises(RunFailed, match="BudgetExceeded"):
            await (await engine.start(flow, 2, budget=Budget(steps=2))).result()


@pytest.mark.parametrize("limits", [{"steps": -1}, {"usd": -0.1}, {"usd": float("nan")}, {"wall": -MINUTE}])
def test_a_budget_that_means_nothing_is_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"cannot be negative|no amount"):
        Budget(**limits)  # type: ignore[arg-type]

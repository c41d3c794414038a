"""Scripted steps: what they answer, what they were called with, and that they are themselves again afterwards."""

from decimal import Decimal
from pathlib import Path

import pytest

from segue import gather, step, workflow
from segue.errors import InDoubt, PermanentError, RunFailed
from segue.testing import Unscripted, World, scripted
from segue.tools import python


@step(name="kit.script.price")
def price(item: str, currency: str = "EUR") -> Decimal:
    raise PermanentError(f"{item} in {currency}: the real one was called")


@step(name="kit.script.pay", effect="once")
async def pay(item: str) -> str:
    raise PermanentError(f"{item}: the real one was called")


@workflow(name="kit.script.buy")
async def buy(items: list[str]) -> Decimal:
    return sum(await gather(*map(price, items)), Decimal(0))


async def test_a_scripted_step_gives_its_answers_in_order_and_tells_its_calls() -> None:
    with scripted(price, Decimal("1.50"), Decimal(2)) as script:
        async with World() as world:
            handle = await world.start(buy, ["tent", "rope"])
            assert await handle.result() == Decimal("3.50")
    assert script.calls == [("tent", "EUR"), ("rope", "EUR")]


async def test_what_it_raises_is_tried_again_as_any_failure_of_a_step() -> None:
    with scripted(price, ConnectionError("the line dropped"), TimeoutError, Decimal(2)) as script:
        async with World() as world:
            assert await (await world.start(buy, ["tent"])).result() == Decimal(2)
    assert len(script.calls) == 3


@pytest.mark.parametrize("is_async", [True, False])
async def test_a_function_answers_every_call_from_its_turn_on(is_async: bool) -> None:
    def half(item: str, currency: str) -> Decimal:
        return Decimal(len(item)) / 2

    async def slow_half(item: str, currency: str) -> Decimal:
        return half(item, currency)

    with scripted(price, Decimal(100), slow_half if is_async else half):
        async with World() as world:
            assert await (await world.start(buy, ["a", "tent", "rope"])).result() == Decimal(104)
    with pytest.raises(ValueError, match="last answer"), scripted(price, half, Decimal(1)):
        pass


async def test_it_answers_outside_of_runs_too() -> None:
    with scripted(price, Decimal(2)):
        assert await price("tent", currency="GBP") == Decimal(2)


async def test_running_out_of_answers_names_the_step_and_the_call_and_is_not_tried_again() -> None:
    with pytest.raises(RunFailed) as failed, scripted(price, Decimal(1)) as script:
        async with World() as world:
            await (await world.start(buy, ["tent", "rope"])).result()
    assert (
        "'kit.script.price' is scripted with 1 answer, and call 2 of it has none: (item='rope', currency='EUR')"
        in str(failed.value)
    )
    assert len(script.calls) == 2


async def test_running_out_of_answers_is_seen_even_if_the_workflow_went_on() -> None:
    @workflow
    async def careless() -> str:
        try:
            return await pay("tent")
        except PermanentError:
            return "a person must look"

    with pytest.raises(Unscripted, match="is scripted with 0 answers"), scripted(pay):
        async with World() as world:
            assert await (await world.start(careless)).result() == "a person must look"


async def test_a_once_step_keeps_its_semantics() -> None:
    @workflow
    async def flow() -> str:
        try:
            return await pay("tent")
        except InDoubt:
            return "in doubt"

    with scripted(pay, ConnectionError("the line dropped")):
        async with World() as world:
            assert await (await world.start(flow)).result() == "in doubt"


async def test_a_step_is_itself_again_afterwards_also_after_a_failure_and_inside_another_script() -> None:
    async def inside() -> None:
        with scripted(price, Decimal(2)):
            assert await price("tent") == Decimal(2)
            raise KeyError

    with scripted(price, Decimal(1), Decimal(3)):
        with pytest.raises(KeyError):
            await inside()
        assert await price("tent") == Decimal(1)
        assert await price("tent") == Decimal(3)
    with pytest.raises(PermanentError, match="the real one was called"):
        await price("tent")


async def test_a_workspaces_tool_is_scripted_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text(
        "from segue import tool\n\n\n"
        '@tool("orders.look_up", effect="read")\n'
        "def look_up(order_id: str, full: bool = False) -> dict[str, str]:\n"
        "    raise KeyError(order_id)\n"
    )
    look_up = python.load(tmp_path).get("orders.look_up")
    assert look_up is not None
    with scripted(look_up, {"state": "sent"}) as script:
        assert await look_up.call({"order_id": "A-1"}) == {"state": "sent"}
    assert script.calls == [("A-1", False)]
    with pytest.raises(KeyError):
        await look_up.call({"order_id": "A-1"})

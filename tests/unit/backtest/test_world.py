"""A recorded tool gives what it gave then, does nothing, and admits what it cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from segue import Free, FromCustomer, Trusted, tool
from segue.backtest.case import Call, Case
from segue.backtest.world import Recording, Unrecorded, recorded
from segue.tools import Registry, registry
from segue.tools.tool import Tool, ToolArgumentError


@dataclass(frozen=True)
class Order:
    id: str
    total: Decimal


def shop(recording: Recording) -> dict[str, Tool]:
    """Return tools that must never run, as recorded ones."""
    declared = Registry()
    with registry.use(declared):

        @tool("orders.lookup", effect="read")
        def lookup(order: Free[str]) -> Order:
            raise AssertionError("a replay called the shop")

        @tool("pay.refund", effect="once")
        def refund(order: Trusted[str], amount: Trusted[Decimal]) -> Order:
            raise AssertionError("a replay paid")

        @tool("orders.move", effect="write")
        def move(order: Trusted[str], address: FromCustomer[str]) -> None:
            raise AssertionError("a replay moved something")

    return recorded({each.name: each for each in declared}, recording)


def case(*calls: tuple[str, dict[str, Any], Any]) -> Case:
    made = tuple(Call(tool=name, args=args, result=result) for name, args, result in calls)
    return Case(id="h", at=datetime(2026, 4, 1, tzinfo=UTC), topic=None, has_topic=False, calls=made)


async def test_a_call_of_then_gives_what_it_gave() -> None:
    recording = Recording()
    tools = shop(recording)
    recording.begin(case(("orders.lookup", {"order": "1"}, {"id": "1", "total": "64.00"})))
    assert await tools["orders.lookup"].call({"order": "1"}) == {"id": "1", "total": "64.00"}
    assert recording.unrecorded == []


async def test_what_nobody_called_is_unrecorded_and_remembered() -> None:
    recording = Recording()
    tools = shop(recording)
    recording.begin(case(("orders.lookup", {"order": "1"}, {"id": "1", "total": "64.00"})))
    with pytest.raises(Unrecorded):
        await tools["orders.lookup"].call({"order": "2"})
    assert list(map(str, recording.unrecorded)) == ["orders.lookup(order='2')"]
    recording.begin(case())
    assert recording.unrecorded == []


async def test_money_is_compared_as_money_and_free_words_as_words() -> None:
    recording = Recording()
    tools = shop(recording)
    recording.begin(
        case(
            ("pay.refund", {"order": "1", "amount": "64.00"}, {"id": "1", "total": "0"}),
            ("orders.move", {"order": "1", "address": "8 Sandpit Lane, Ludlow"}, None),
        )
    )
    assert await tools["pay.refund"].call({"order": "1", "amount": "64.0"}) == {"id": "1", "total": "0"}
    assert await tools["orders.move"].call({"order": "1", "address": "8 sandpit lane Ludlow"}) is None
    with pytest.raises(Unrecorded):
        await tools["orders.move"].call({"order": "1", "address": "9 Sandpit Lane, Ludlow"})
    with pytest.raises(Unrecorded):
        await tools["pay.refund"].call({"order": "1", "amount": "46.00"})


async def test_a_result_that_was_not_written_down_is_not_made_up() -> None:
    recording = Recording()
    tools = shop(recording)
    recording.begin(case(("orders.lookup", {"order": "1"}, {})))
    with pytest.raises(Unrecorded):
        await tools["orders.lookup"].call({"order": "1"})


async def test_arguments_that_the_tool_does_not_take_are_refused_as_ever() -> None:
    recording = Recording()
    with pytest.raises(ToolArgumentError):
        await shop(recording)["orders.lookup"].call({"number": "1"})

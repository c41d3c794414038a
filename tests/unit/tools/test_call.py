import asyncio
import contextvars
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel

from segue.errors import PermanentError, SegueError
from segue.tools import Integrity, Parameter, Registry, Tool, ToolArgumentError, ToolResultError, registry, tool
from segue.tools.validator import Checked


class Size(StrEnum):
    SMALL = "s"


class Line(BaseModel):
    price: Decimal
    at: datetime


@dataclass
class Order:
    total: Decimal
    lines: list[Line]
    size: Size = Size.SMALL


@pytest.fixture(autouse=True)
def tools() -> Iterator[Registry]:
    with registry.use(Registry()) as tools:
        yield tools


def get(tools: Registry, name: str) -> Tool:
    found = tools.get(name)
    assert found is not None
    return found


async def test_arguments_and_result_are_json_outside_and_typed_inside(tools: Registry) -> None:
    seen: list[Any] = []

    @tool("a", effect="read")
    async def a(amount: Decimal, line: Line, sizes: set[Size], when: datetime | None = None) -> Order:
        seen.extend((amount, line, sizes, when))
        return Order(total=amount, lines=[line])

    args = {"amount": "12.50", "line": {"price": 3, "at": "2026-05-01T09:30:00Z"}, "sizes": ["s"]}
    assert await get(tools, "a").call(args) == {
        "total": "12.50",
        "lines": [{"price": "3", "at": "2026-05-01T09:30:00Z"}],
        "size": "s",
    }
    assert seen == [
        Decimal("12.50"),
        Line(price=Decimal(3), at=datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        {Size.SMALL},
        None,
    ]


async def test_a_sync_function_runs_in_a_thread_with_its_context(tools: Registry) -> None:
    key = contextvars.ContextVar("key", default="")
    key.set("run-1:3")

    @tool("a", effect="read")
    def a() -> list[str]:
        return [key.get(), str(threading.current_thread() is threading.main_thread())]

    assert await get(tools, "a").call({}) == ["run-1:3", "False"]


@pytest.mark.parametrize(
    ("args", "parameter", "says"),
    [
        ({"count": 1}, "name", "is missing"),
        ({"name": "x", "count": 1, "nam": 2}, "nam", "is not one of count, name, order"),
        ({"name": 5, "count": 1}, "name", "valid string"),
        ({"name": "x", "count": "many"}, "count", "valid integer"),
        ({"name": "x", "count": 1, "order": {"total": "1", "lines": [{"price": "x"}]}}, "order", "lines.0.price"),
    ],
)
async def test_a_bad_argument_is_permanent_and_nothing_runs(
    args: dict[str, Any], parameter: str, says: str, tools: Registry
) -> None:
    @tool("stock.take", effect="once")
    async def take(name: str, count: int, order: Order | None = None) -> None:
        pytest.fail("it ran")

    with pytest.raises(ToolArgumentError, match=says) as caught:
        await get(tools, "stock.take").call(args)
    assert isinstance(caught.value, PermanentError)
    assert (caught.value.tool, caught.value.parameter) == ("stock.take", parameter)
    assert "stock.take" in str(caught.value)
    assert "many" not in str(caught.value)  # what a customer wrote does not belong into logs


async def test_a_wrong_result_is_not_permanent_because_the_function_ran(tools: Registry) -> None:
    @tool("a", effect="once")
    async def a() -> Order:
        return "done"  # type: ignore[return-value]

    with pytest.raises(ToolResultError, match="a did not return what it declares") as caught:
        await get(tools, "a").call({})
    assert not isinstance(caught.value, PermanentError)
    assert isinstance(caught.value, SegueError)


async def test_what_a_function_raises_arrives_as_itself(tools: Registry) -> None:
    @tool("a", effect="read")
    def a() -> None:
        raise ConnectionError("down")

    with pytest.raises(ConnectionError, match="down"):
        await get(tools, "a").call({})


async def test_reconcile_is_asked_with_the_key_and_typed_arguments_in_order(tools: Registry) -> None:
    def find(key: str, order_id: str, amount: Decimal, note: str) -> tuple[Any, ...]:
        return key, order_id, amount, note

    @tool("refund", effect="once", reconcile=find)
    async def refund(order_id: str, amount: Decimal, note: str = "none") -> None: ...

    @tool("plain", effect="once")
    async def plain() -> None: ...

    found = get(tools, "refund")
    assert await found.ask_reconcile("k1", {"amount": "2.50", "order_id": "1"}) == ("k1", "1", Decimal("2.50"), "none")
    assert found.arguments({"amount": 2, "order_id": "1", "note": "x"}) == ("1", Decimal(2), "x")
    with pytest.raises(TypeError, match="no reconcile"):
        await get(tools, "plain").ask_reconcile("k1", {})


def test_results_keep_decimals_digit_for_digit(tools: Registry) -> None:
    @tool("a", effect="read")
    def a() -> dict[str, Decimal]: ...  # type: ignore[empty-body]

    assert get(tools, "a").encode({"x": Decimal("12.50"), "y": Decimal("1E+2")}) == {"x": "12.50", "y": "1E+2"}


def test_many_calls_at_once_do_not_meet(tools: Registry) -> None:
    @tool("a", effect="read")
    def a(number: int) -> int:
        return number

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(get(tools, "a").call({"number": number}) for number in range(50)))

    assert asyncio.run(all_of_them()) == list(range(50))


class Elsewhere:
    """A runner that is no Python function."""

    def __init__(self, result: Any) -> None:
        self.result = result
        self.asked: list[Mapping[str, Any]] = []

    async def run(self, values: Mapping[str, Any]) -> Any:
        self.asked.append(values)
        return self.result


def remote(runner: Elsewhere) -> Tool:
    order, note = {"type": "string", "pattern": "^[0-9]+$"}, {"type": "string"}
    result = {"type": "object", "properties": {"open": {"type": "boolean"}}, "required": ["open"]}
    return Tool(
        name="crm.find",
        description="Find a case.",
        effect="once",
        parameters=(
            Parameter(name="order", schema=order, required=True, integrity=Integrity.TRUSTED, form=Checked(order)),
            Parameter(name="a note", schema=note, required=False, integrity=Integrity.TRUSTED, form=Checked(note)),
        ),
        result=result,
        result_form=Checked(result),
        trusted=False,
        runner=runner,
        file="segue.toml",
        line=3,
    )


async def test_a_tool_may_run_elsewhere_with_its_arguments_and_result_checked_by_json_schema() -> None:
    runner = Elsewhere({"open": True})
    found = remote(runner)
    assert await found.call({"order": "17"}) == {"open": True}
    assert runner.asked == [{"order": "17"}]  # what was left out is not sent
    assert found.arguments({"order": "17"}) == ("17", None)
    for wrong, says in (
        ({"order": 17}, "string"),
        ({"order": "x"}, "match"),
        ({}, "is missing"),
        ({"b": 1}, "not one"),
    ):
        with pytest.raises(ToolArgumentError, match=says):
            await found.call(wrong)
    assert len(runner.asked) == 1
    runner.result = {"open": "yes"}
    with pytest.raises(ToolResultError, match=r"crm.find did not return what it declares: open: "):
        await found.call({"order": "17"})

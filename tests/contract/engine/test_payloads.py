"""Values come back as they went, live, at replay and in a result; what could not come back is refused at once."""

import enum
import math
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from segue import step, wait_for_signal, workflow
from segue.errors import CodecError, RunFailed
from tests.conftest import settle
from tests.contract.conftest import Runtime


class Colour(enum.Enum):
    """An enumeration."""

    RED = "red"


@dataclass
class Line:
    """A plain dataclass, with what JSON does not have."""

    item: str
    price: Decimal
    weight: float = math.inf
    photo: bytes = b"\x00\xff"
    tags: set[str] = field(default_factory=lambda: {"a", "b"})


class Order(BaseModel):
    """A model of models and dataclasses."""

    id: UUID
    lines: list[Line]
    at: datetime
    note: str | None = None
    colour: Colour = Colour.RED
    nested: "Order | None" = None


@dataclass(frozen=True, kw_only=True)
class Cat:
    """One kind of a union."""

    kind: Literal["cat"] = "cat"
    lives: int = 9


@dataclass(frozen=True, kw_only=True)
class Dog:
    """The other kind."""

    kind: Literal["dog"] = "dog"
    lives: int = 1


LINE = Line("lamp", Decimal("19.90"))
ORDER = Order(id=UUID(int=7), lines=[], at=datetime(2026, 1, 1, tzinfo=UTC))
VALUES: list[tuple[Any, Any]] = [
    (str, ""),
    (str, "é 東京 🙂 \x00 \u2028 \"quoted\" \\ </script>"),
    (str, "x" * 3_000_000),
    (bytes, b""),
    (bytes, bytes(range(256)) * 4000),
    (int, 10**30),
    (int, -1),
    (float, 0.1),
    (float, -0.0),
    (float, sys.float_info.max),
    (float, math.inf),
    (bool, False),
    (Decimal, Decimal("0.10")),
    (Decimal, Decimal("1E+30")),
    (datetime, datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)),
    (datetime, datetime(2026, 1, 1)),  # noqa: DTZ001 (a naive one stays naive)
    (date, date(2026, 2, 28)),
    (time, time(23, 59, 59)),
    (timedelta, timedelta(days=-3, microseconds=1)),
    (UUID, UUID(int=1)),
    (Path, Path("a/b c")),
    (Colour, Colour.RED),
    (set[int], {1, 2, 3}),
    (frozenset[str], frozenset({"a"})),
    (tuple[int, str], (1, "a")),
    (tuple[int, ...], ()),
    (list[bytes], [b"\xff", b""]),
    (dict[int, list[float]], {1: [0.5], 2: []}),
    (dict[str, Decimal | None], {"a": Decimal("1.5"), "b": None}),
    (Line, LINE),
    (list[Line], [LINE, LINE]),
    (Line | None, LINE),
    (Order, ORDER.model_copy(update={"lines": [Line("a", Decimal(1), 1.0, b"a")], "nested": ORDER})),
    (Annotated[Cat | Dog, Field(discriminator="kind")], Dog()),
    (Cat | Dog, Dog()),
    (None, None),
    (Any, {"a": [1, 2.5, None, True, {"b": "c"}]}),
    (dict, {"a": 1}),
    (list, []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), VALUES, ids=lambda value: repr(value)[:30])
async def test_a_value_goes_through_arguments_steps_signals_and_results(
    runtime: Runtime, kind: Any, value: Any
) -> None:
    seen = []

    async def _echo(given: Any) -> Any:
        seen.append(given)
        return given

    _echo.__annotations__ = {"given": kind, "return": kind}
    echo = step(_echo)

    async def _flow(given: Any) -> Any:
        seen.append(given)
        seen.append(await echo(given))
        await wait_for_signal("go", kind)
        return seen[-1]

    _flow.__annotations__ = {"given": kind, "return": kind}
    flow = workflow(_flow)

    async with runtime.engine() as engine:
        await engine.start(flow, value, run_id="r")
        await settle()
    async with runtime.engine() as engine:
        await engine.signal("r", "go", value)
        result = await engine.handle("r", flow).result()
        await engine.verify("r")
    for got in (*seen, result):
        assert got == value
        assert type(got) is type(value)


def nan() -> float:
    return math.nan


@dataclass
class Reading:
    """A dataclass with a number."""

    value: float


class Model(BaseModel):
    """A model with what its own settings do not write."""

    value: float = 0.0
    data: bytes = b""


@pytest.mark.parametrize(
    ("kind", "value"), [(float, math.nan), (Reading, Reading(math.nan))], ids=["a float", "in a dataclass"]
)
async def test_not_a_number_stays_one(runtime: Runtime, kind: Any, value: Any) -> None:
    async def _give() -> Any:
        return value

    _give.__annotations__ = {"return": kind}
    give = step(_give)

    @workflow
    async def flow() -> bool:
        given = await give()
        return math.isnan(given if isinstance(given, float) else given.value)

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result()


class Opaque:
    def __repr__(self) -> str:
        return "Opaque()"


IMPOSSIBLE: list[tuple[Any, Any]] = [
    (Decimal, Decimal("NaN")),
    (Model, Model(value=math.inf)),
    (Model, Model(data=b"\xff")),
    (int, "one"),
    (str, "\ud800"),
    (Line, Reading(1.0)),
    (Any, Opaque()),
    (Any, {1: "a key that would come back as text"}),
    (Any, (1, 2)),
    (Any, math.nan),
]


@pytest.mark.parametrize(("kind", "value"), IMPOSSIBLE, ids=repr)
async def test_a_result_that_would_not_come_back_fails_its_step(runtime: Runtime, kind: Any, value: Any) -> None:
    tried = []

    async def _give() -> Any:
        tried.append("again")
        return value

    _give.__annotations__ = {"return": kind}
    give = step(_give)

    @workflow
    async def flow() -> None:
        await give()

    async with runtime.engine() as engine:
        handle = await engine.start(flow)
        with pytest.raises(RunFailed, match="CodecError"):
            await handle.result()
    assert tried == ["again"], "trying again cannot help"


@pytest.mark.parametrize(("kind", "value"), IMPOSSIBLE, ids=repr)
async def test_arguments_that_would_not_come_back_are_refused(runtime: Runtime, kind: Any, value: Any) -> None:
    async def _take(given: Any) -> None:
        raise AssertionError("it was called")

    _take.__annotations__ = {"given": kind, "return": None}
    take = step(_take)

    @workflow
    async def passes_on() -> None:
        await take(value)

    async def _flow(given: Any) -> None: ...

    _flow.__annotations__ = _take.__annotations__
    flow = workflow(_flow)

    async with runtime.engine() as engine:
        with pytest.raises(CodecError):
            await engine.start(flow, value)
        with pytest.raises(RunFailed, match="CodecError"):
            await (await engine.start(passes_on)).result()


async def test_a_step_may_change_what_it_was_given_without_changing_the_workflows(runtime: Runtime) -> None:
    @step
    async def grow(items: list[int]) -> list[int]:
        items.append(99)
        return items

    @workflow
    async def flow() -> list[list[int]]:
        items = [1]
        grown = await grow(items)
        again = await grow(grown)
        return [items, grown, again]

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == [[1], [1, 99], [1, 99, 99]]


async def test_keyword_and_variable_arguments_come_back_in_their_places(runtime: Runtime) -> None:
    @step
    async def many(a: int, /, b: int = 2, *more: int, c: int = 3, **others: int) -> list[Any]:
        return [a, b, list(more), c, others]

    @workflow
    async def flow() -> list[Any]:
        return [await many(1), await many(1, b=5, c=6), await many(1, 2, 3, 4, z=9)]

    async with runtime.engine() as engine:
        assert await (await engine.start(flow)).result() == [
            [1, 2, [], 3, {}],
            [1, 5, [], 6, {}],
            [1, 2, [3, 4], 3, {"z": 9}],
        ]


async def test_a_journal_is_readable_without_this_program(runtime: Runtime) -> None:
    @step(name="payloads.price")
    async def price(line: Line) -> Decimal:
        return line.price * 2

    @workflow
    async def flow() -> Decimal:
        return await price(LINE)

    async with runtime.engine() as engine:
        await (await engine.start(flow, run_id="r")).result()
        payload = (await engine.entries("r"))[1].payload
    assert payload is not None
    assert payload["result"] == "39.80"
    assert payload["args"][0]["item"] == "lamp"

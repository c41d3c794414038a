"""The types that a type checker infers for the test kit; checked by mypy, never run."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, assert_type

from segue import step, workflow
from segue.testing import (
    Crash,
    Divergence,
    Ran,
    World,
    assert_replays,
    assert_survives,
    crash_points,
    record,
    replay,
    scripted,
)
from segue.tools import Tool


class Bank:
    """What there is outside."""


@step
async def price(item: str, currency: str = "EUR") -> Decimal:
    return Decimal(len(item + currency))


@step
def note(item: str) -> None: ...


@workflow
async def buy(item: str) -> Decimal:
    return await price(item)


def quick(item: str, currency: str = "EUR") -> Decimal:
    return Decimal(len(item + currency))


async def slow(item: str, currency: str = "EUR") -> Decimal:
    return quick(item, currency)


async def alone(world: World) -> None:
    assert_type(await (await world.start(buy, "tent")).result(), Decimal)
    await world.pass_time(timedelta(days=3))


async def among(world: World, bank: Bank) -> None:
    await alone(world)


async def answers(tool: Tool) -> None:
    with scripted(price, Decimal(1), ConnectionError("no"), TimeoutError, slow) as script:
        assert_type(script.calls, list[tuple[Any, ...]])
    with scripted(price, quick), scripted(note, None), scripted(tool, {"state": "sent"}):
        pass


async def kit() -> None:
    crashes = await crash_points(alone)
    assert_type(crashes, list[Crash])
    assert_type(crashes[0].ran_twice, tuple[Ran, ...])
    await assert_survives(among, Bank)
    assert_type(record("sqlite:///segue.db", to="runs.jsonl", run_ids=["r"]), int)
    assert_type(replay("runs.jsonl", buy), list[Divergence])
    assert_replays("runs.jsonl")


async def mistakes_are_found() -> None:
    scripted(price, "1")  # type: ignore[arg-type]
    scripted(price, note)  # type: ignore[arg-type]
    await crash_points(among)  # type: ignore[arg-type]
    await assert_survives(alone, Bank)  # type: ignore[arg-type]
    replay("runs.jsonl", price)  # type: ignore[arg-type]

"""What is killed: a process that drives runs of every kind of call, and one beside it that speaks to them.

Both do the same in every life, for everything that they ask for may be asked for again: starts have ids, signals too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from segue import (
    Budget,
    Done,
    Engine,
    NotDone,
    Queue,
    RetryPolicy,
    continue_as,
    gather,
    idempotency_key,
    map_concurrent,
    now,
    patched,
    run_child,
    sleep,
    step,
    uuid4,
    wait_for_signal,
    workflow,
)
from segue.errors import InDoubt, RunCancelled, RunConflict, RunFailed, RunFinished, RunNotFound, SignalTimeout
from tests.crash.world import SkippingClock, death, ledger

AT_ONCE = RetryPolicy(max_attempts=5, initial_delay=timedelta(0))
HOUR = timedelta(hours=1)
TURNS = 30
"""Turns of the event loop after which time may be skipped."""
PATIENCE = 20
"""So often they may pass while a run is under way: it may wait for too short a time to be noted as waiting."""


@step(name="crash.look_up")
async def look_up(what: str) -> str:
    ledger.called()
    return f"order of {what}"


@step(name="crash.read_in_a_thread")
def read_in_a_thread(run: str) -> int:
    ledger.called()
    return len(run)


@step(name="crash.reserve", effect="write", retry=AT_ONCE)
async def reserve(what: str) -> str:
    tried_before = ledger.knows("called", idempotency_key())
    ledger.called()
    ledger.act()
    if not tried_before:
        raise ConnectionError("the line dropped")
    return f"reserved for {what}"


async def find_charge(key: str, run: str) -> Done[str] | NotDone:
    return Done(f"charged {run}") if ledger.knows("acted", key) else NotDone()


@step(name="crash.charge", effect="once", retry=AT_ONCE, reconcile=find_charge)
async def charge(run: str) -> str:
    ledger.called()
    ledger.act()
    return f"charged {run}"


@step(name="crash.ship", effect="once")
async def ship(parcel: int) -> str:
    ledger.called()
    ledger.act()
    return f"shipped {parcel}"


@step(name="crash.give_back", effect="write", retry=AT_ONCE)
async def give_back(what: str) -> None:
    ledger.called()
    ledger.act()


@step(name="crash.book", effect="write", undo=give_back)
async def book(place: str) -> str:
    ledger.called()
    ledger.act()
    return f"{place} booked"


@step(name="crash.ask")
async def ask(question: int) -> dict[str, Any]:
    ledger.called()
    return {"answer": question, "cost_usd": "0.2"}


async def shipped(parcel: int) -> str:
    try:
        return await ship(parcel)
    except InDoubt:
        return "in doubt"


@workflow(name="crash.pack")
async def pack(run: str, is_first: bool) -> str:
    found = await look_up(run)
    return continue_as(run, is_first=False) if is_first else f"packed the {found}"


@workflow(name="crash.order")
async def order(run: str) -> dict[str, Any]:
    token = uuid4().hex
    found = await look_up(run)
    reserved = await reserve(run)
    charged, length = await gather(charge(run), read_in_a_thread(run))
    is_patched = patched("a-change")
    await sleep(HOUR)
    approval = await wait_for_signal("approval", str)
    parcels = await map_concurrent(shipped, [1, 2, 3], limit=2)
    packed = await run_child(pack, run, is_first=True)
    return {
        "token": token,
        "steps": [found, reserved, charged, length, approval, is_patched, packed],
        "parcels": parcels,
        "is_later": now() > datetime(2026, 1, 1, tzinfo=UTC),
    }


@workflow(name="crash.trip")
async def trip() -> None:
    await book("flight")
    await gather(book("hotel"), look_up("weather"))
    await wait_for_signal("go")
    await book("taxi")
    raise ValueError("the train is late")


@workflow(name="crash.waits")
async def waits(depth: int) -> None:
    try:
        await look_up(str(depth))
        if depth:
            await run_child(waits, depth - 1)
        else:
            await wait_for_signal("never")
    finally:
        await look_up("the exit")


@workflow(name="crash.stopped")
async def stopped() -> None:
    await book("ticket")
    await gather(run_child(waits, 1), shipped(9), lane(1), book("seat"))


async def lane(number: int) -> list[str]:
    first = await reserve(f"lane {number}")
    await sleep(HOUR * number)
    return [first, await shipped(number), await look_up(f"lane {number}")]


@workflow(name="crash.lanes")
async def lanes() -> list[Any]:
    return list(await gather(*map(lane, range(3)), gather(lane(3), gather(look_up("deep")))))


@workflow(name="crash.frugal")
async def frugal(left: int) -> str:
    await look_up(f"{left} a")
    await look_up(f"{left} b")
    return continue_as(left - 1) if left else "done"


@workflow(name="crash.thrifty")
async def thrifty() -> None:
    for question in range(5):
        await ask(question)
        await sleep(HOUR)


@workflow(name="crash.turn")
async def turn(name: str) -> str:
    await look_up(name)
    return await reserve(name)


@workflow(name="crash.words")
async def words(taken: list[str]) -> list[str]:
    taken = [*taken, await wait_for_signal("word", str)]
    return taken if len(taken) == 3 else continue_as(taken)


async def heard() -> str:
    try:
        return await wait_for_signal("news", str, timeout=48 * HOUR)
    except SignalTimeout:
        return "nothing"


@workflow(name="crash.listens")
async def listens() -> list[str]:
    return [await heard(), await heard(), *(await gather(heard(), heard()))]


@dataclass(frozen=True, kw_only=True)
class Root:
    """A run that is started from outside, and what is said to it."""

    workflow: Any
    args: tuple[Any, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
    """What else `start` is given."""
    signals: tuple[tuple[str, str, str], ...] = ()
    """Name, value and id."""
    is_cancelled: bool = False


def _turn(number: int) -> Root:
    return Root(workflow=turn, args=(f"turn {number}",), more={"queue": "line", "priority": number % 2})


GRANTED = (("approval", "granted", "click"),)
ROOTS: dict[str, Root] = {
    "shop": Root(workflow=order, args=("shop",), signals=GRANTED),
    "stall": Root(workflow=order, args=("stall",), signals=GRANTED),
    "trip": Root(workflow=trip, signals=(("go", "now", "whistle"),)),
    "stopped": Root(workflow=stopped, is_cancelled=True),
    "lanes": Root(workflow=lanes),
    "frugal": Root(workflow=frugal, args=(5,), more={"budget": Budget(steps=5)}),
    "thrifty": Root(workflow=thrifty, more={"budget": Budget(usd=Decimal("0.5"))}),
    "turn-1": _turn(1),
    "turn-2": _turn(2),
    "turn-3": _turn(3),
    "words": Root(workflow=words, args=([],), signals=tuple(("word", word, word) for word in ("one", "two", "three"))),
    "listens": Root(workflow=listens, signals=(("news", "first", "1"), ("news", "second", "2"))),
}
FORK = "shop-fork"


def _url(folder: Path) -> str:
    return f"sqlite:///{folder}/segue.db"


async def drive(folder: Path, roots: Sequence[str]) -> dict[str, Any]:
    """Go on with the runs of a folder until they have ended, and return how."""
    clock = SkippingClock()
    async with Engine(_url(folder), clock=clock, queues=[Queue("line", concurrency=1)]) as engine:
        for name in roots[::2]:
            await _start(engine, name)
        ends = asyncio.gather(*(_end_of(engine, name) for name in roots))
        turns = 0
        while not ends.done():
            for _ in range(TURNS):
                await asyncio.sleep(0)
            turns += 1
            death.at("between turns")
            is_under_way = turns % PATIENCE and await engine.runs(status="running", limit=1)
            if is_under_way or not clock.skip():
                await asyncio.sleep(0.0005)  # for the one beside
        return dict(zip(roots, await ends, strict=True))


async def speak(folder: Path, roots: Sequence[str]) -> None:
    """Start all runs from outside, and send them what they wait for, twice."""
    async with Engine(_url(folder), drive=False) as engine:
        for name in reversed(roots):
            await _start(engine, name)
        for name in [*roots, *roots]:
            for signal, value, signal_id in ROOTS[name].signals:
                with suppress(RunFinished):
                    await engine.signal(name, signal, value, signal_id=signal_id)
                    ledger.note("signalled", f"{name}/{signal}/{signal_id}")
            if ROOTS[name].is_cancelled:
                await engine.cancel(name)
                ledger.note("cancelled", name)


async def _start(engine: Engine, name: str) -> None:
    root = ROOTS[name]
    await engine.start(root.workflow, *root.args, run_id=name, **root.more)
    ledger.note("started", name)


async def _end_of(engine: Engine, name: str) -> list[Any]:
    """Return how a run ended, and its result; and let the fork of one end too."""
    try:
        while True:
            try:
                result = await engine.handle(name).result()
                break
            except RunNotFound:
                await asyncio.sleep(0.0005)  # the one beside has not started it yet
    except RunCancelled:
        return ["cancelled", None]
    except RunFailed as failed:
        return ["failed", type(failed.__cause__).__name__]
    if name == "shop":
        assert await _forked(engine) == result, "a fork in the recorded world ended differently"
    return ["completed", result]


async def _forked(engine: Engine) -> Any:
    try:
        await engine.fork("shop", before="5", run_id=FORK)
    except RunConflict:
        pass
    else:
        ledger.note("started", FORK)
    return await engine.handle(FORK).result()

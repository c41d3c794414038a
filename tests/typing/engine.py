"""The types that a type checker infers for the engine's public names; checked by mypy, never run."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type
from uuid import UUID

from segue import (
    Budget,
    Done,
    Engine,
    NotDone,
    Queue,
    RetryPolicy,
    Unknown,
    attempt_deadline,
    continue_as,
    gather,
    idempotency_key,
    map_concurrent,
    now,
    patched,
    random,
    run_child,
    sleep,
    step,
    uuid4,
    wait_for_signal,
    workflow,
)
from segue.engine.audit import Report
from segue.engine.engine import Handle
from segue.engine.head import Head
from segue.engine.journal import Entry, RunInfo, Status
from segue.engine.workflow import Workflow
from segue.engine.workspace import WorkspaceEntry


@dataclass
class Order:
    """What steps pass on."""

    id: str
    total: Decimal


async def find(key: str, order: Order) -> Done[str] | NotDone | Unknown:
    return Done(key) if order.total else NotDone()


@step
async def lookup(order_id: str, *, fresh: bool = False) -> Order:
    return Order(order_id, Decimal(int(fresh)))


@step
def count(order: Order) -> int:
    return len(order.id)


@step(effect="once", retry=RetryPolicy(max_attempts=2), timeout=timedelta(seconds=60), reconcile=find, undo=count)
async def refund(order: Order) -> str:
    return order.id


@step(name="score", effect="write", total_timeout=timedelta(minutes=1))
def score(order: Order) -> float:
    return float(order.total)


@workflow
async def handle(order_id: str, limit: int = 3) -> Order:
    return await lookup(order_id, fresh=limit > 3)


@workflow(name="other")
async def other() -> None: ...


@workflow
async def again(left: int) -> int:
    return continue_as(left - 1) if left else 0


assert_type(other, Workflow[[], None])


async def a_workflows_calls(order: Order) -> None:
    assert_type(await lookup("1"), Order)
    assert_type(await lookup("1", fresh=True), Order)
    assert_type(await count(order), int)
    assert_type(await refund(order), str)
    assert_type(await handle("1", 2), Order)

    assert_type(await gather(lookup("1"), count(order)), tuple[Order, int])
    assert_type(await gather(lookup("1"), count(order), score(order)), tuple[Order, int, float])
    assert_type(await gather(count(order), handle("1")), tuple[int, Order])
    assert_type(await gather(*[count(order)]), tuple[int, ...])
    assert_type(await gather(*[handle("1"), handle("2")]), tuple[Order, ...])
    assert_type(await gather(), tuple[()])
    both = gather(count(order), score(order))
    assert_type(await gather(both, handle("1")), tuple[tuple[int, float], Order])
    assert_type(await map_concurrent(lookup, ["1", "2"], limit=8), list[Order])
    assert_type(await map_concurrent(handle, ["1"]), list[Order])

    assert_type(await run_child(handle, "1", limit=2), Order)
    assert_type(await gather(run_child(other), run_child(handle, "1")), tuple[None, Order])

    assert_type(await wait_for_signal("approval", bool, timeout=timedelta(days=2)), bool)
    assert_type(await wait_for_signal("order", Order), Order)
    assert_type(await wait_for_signal("numbers", list[int]), list[int])
    assert_type(await wait_for_signal("anything"), Any)

    assert_type(now(), datetime)
    assert_type(uuid4(), UUID)
    assert_type(random(), float)
    assert_type(patched("a-change"), bool)
    assert_type(idempotency_key(), str)
    assert_type(attempt_deadline(), datetime | None)


assert_type(Engine("sqlite:///q.db", queues=[Queue("q", concurrency=8, rate="100/min")]), Engine)


async def from_outside(engine: Engine) -> None:
    handle_ = await engine.start(handle, "1", run_id="r")
    assert_type(handle_, Handle[Order])
    assert_type(await handle_.result(), Order)
    assert_type(await handle_.status(), Status)
    assert_type(handle_.run_id, str)
    assert_type(await (await engine.start(other)).result(), None)
    assert_type(
        await (await engine.start(again, 3, budget=Budget(steps=9, usd=0.5), queue="q", priority=5)).result(), int
    )
    assert_type(await engine.handle("r", handle).result(), Order)
    assert_type(await engine.fork("r", before="2", run_id="s", live=True), Handle[Any])
    assert_type(await engine.handle("r").result(), Any)
    assert_type(await engine.entries("r"), list[Entry])
    assert_type(await engine.record("approval", "r", detail={"by": "mira"}, payload=1), WorkspaceEntry)
    assert_type(await engine.workspace(kind="runs"), list[WorkspaceEntry])
    assert_type(await engine.audit(head="{}", key="00"), Report)
    assert_type(await engine.head(Path("audit.key")), Head)
    await engine.record("checkpoint", "r")  # type: ignore[arg-type]  # the engine alone writes these
    assert_type(await engine.runs(status="waiting", workflow="handle", limit=50), list[RunInfo])


async def mistakes_are_found(engine: Engine, order: Order) -> None:
    await lookup(1)  # type: ignore[arg-type]
    await lookup()  # type: ignore[call-arg]
    await count(order, 2)  # type: ignore[call-arg]
    await map_concurrent(lookup, [1])  # type: ignore[arg-type]
    await run_child(handle, 1)  # type: ignore[arg-type]
    await run_child(lookup, "1")  # type: ignore[arg-type]
    await gather(1)  # type: ignore[call-overload]
    await sleep(3)  # type: ignore[arg-type]
    await engine.runs(status="sleeping")  # type: ignore[arg-type]
    step(effect="writes")  # type: ignore[call-overload]
    workflow(len)  # type: ignore[arg-type]

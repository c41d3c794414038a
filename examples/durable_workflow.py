"""A workflow that survives being stopped: what has finished is not run again.

Run it twice. The second time the result is there at once, because the run has ended.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from segue import Engine, RetryPolicy, gather, sleep, step, workflow


@dataclass(frozen=True)
class Order:
    """What the shop knows of an order."""

    id: str
    pence: int


@step(retry=RetryPolicy(max_attempts=3), timeout=timedelta(seconds=5))
async def look_up(order_id: str) -> Order:
    print(f"looking up {order_id}")
    return Order(order_id, 1_250)


@step(effect="write")
def note(order_id: str, text: str) -> None:
    print(f"{order_id}: {text}")


@workflow
async def remind(order_ids: list[str]) -> int:
    """Note how much is open, now and a moment later; return the sum in pence."""
    orders = await gather(*(look_up(order_id) for order_id in order_ids))
    await gather(*(note(order.id, f"{order.pence} p are open") for order in orders))
    await sleep(timedelta(milliseconds=100))  # days would cost no more: a run that waits is parked on disk
    await gather(*(note(order.id, "still open") for order in orders))
    return sum(order.pence for order in orders)


async def main() -> None:
    async with Engine("sqlite:///segue.db") as engine:
        run = await engine.start(remind, ["A-1", "A-2"], run_id="reminder-1")
        print("open in all:", await run.result())


asyncio.run(main())

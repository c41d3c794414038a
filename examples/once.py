"""An action that must not happen twice: its answer is lost, and the bank is asked instead of paid again."""

import asyncio
from datetime import timedelta

from segue import Done, Engine, NotDone, idempotency_key, step, workflow

BANK: dict[str, str] = {}
"""Payments by idempotency key: the world outside, which no journal can take back."""


def find_payment(key: str, order_id: str, pence: int) -> Done[str] | NotDone:
    """Ask the bank whether a payment has arrived."""
    return Done(BANK[key]) if key in BANK else NotDone()


@step(effect="once", reconcile=find_payment, timeout=timedelta(seconds=10))
async def pay(order_id: str, pence: int) -> str:
    BANK[idempotency_key()] = f"receipt for {order_id}"
    raise ConnectionError("the line dropped before the bank answered")


@workflow
async def refund(order_id: str) -> str:
    return await pay(order_id, 1_250)


async def main() -> None:
    async with Engine("sqlite:///refunds.db") as engine:
        run = await engine.start(refund, "A-1", run_id="refund-1")
        print(await run.result())
        print("payments:", len(BANK))
        for entry in await engine.entries("refund-1"):
            print(entry.seq, entry.kind, entry.name)
        await engine.verify("refund-1")
        print("the journal is whole")


asyncio.run(main())

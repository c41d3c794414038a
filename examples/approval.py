"""A run that waits for a person, and how the person answers."""

import asyncio
from datetime import timedelta

from segue import Engine, step, wait_for_signal, workflow
from segue.errors import SignalTimeout


@step(effect="write")
async def publish(text: str) -> str:
    return f"published: {text}"


@workflow
async def review(text: str) -> str:
    """Publish a text once somebody has said yes to it."""
    try:
        approved = await wait_for_signal("approval", bool, timeout=timedelta(days=2))
    except SignalTimeout:
        return "nobody looked at it"
    return await publish(text) if approved else "turned down"


async def main() -> None:
    async with Engine("sqlite:///review.db") as engine:
        run = await engine.start(review, "Closed on Monday", run_id="page-7")
        print("status:", await engine.settled("page-7"))
        await engine.signal("page-7", "approval", True, signal_id="click-1")  # sent twice, it counts once
        print(await run.result())


asyncio.run(main())

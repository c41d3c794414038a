"""Many calls side by side, a few at a time; the first failure ends the others, retries come before it."""

import asyncio
from datetime import timedelta

from segue import Engine, RetryPolicy, map_concurrent, now, step, workflow

tries: dict[str, int] = {}


@step(retry=RetryPolicy(max_attempts=3, initial_delay=timedelta(milliseconds=10)))
async def weigh(parcel: str) -> int:
    tries[parcel] = tries.get(parcel, 0) + 1
    if parcel == "P-3" and tries[parcel] == 1:
        raise TimeoutError("the scale did not answer")
    return 100 * int(parcel[2:])


@workflow
async def load(parcels: list[str]) -> str:
    """Weigh the parcels of a van."""
    grams = await map_concurrent(weigh, parcels, limit=2)
    return f"{sum(grams)} g, weighed in {now().year}"


async def main() -> None:
    async with Engine("sqlite:///van.db") as engine:
        run = await engine.start(load, [f"P-{number}" for number in range(1, 6)])
        print(await run.result())
        print("P-3 was tried", tries["P-3"], "times")


asyncio.run(main())

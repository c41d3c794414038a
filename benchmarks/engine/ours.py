"""Segue's engine at the work of the others: `at-once`, `in-turn` and `fan-out`."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from segue import Engine, gather, step, workflow

PAYLOAD = "x" * 1000


@step
async def work(number: int) -> str:
    """Return a kilobyte."""
    return PAYLOAD


@workflow
async def chain(steps: int) -> int:
    """Run steps one after another."""
    for number in range(steps):
        await work(number)
    return steps


@workflow
async def fan_out(steps: int) -> int:
    """Run steps side by side."""
    return len(await gather(*(work(number) for number in range(steps))))


async def _work(folder: Path, runs: int, steps: int, mode: str) -> float:
    async with Engine(f"sqlite:///{folder}/segue.db") as engine:
        begun = time.perf_counter()
        if mode == "at-once":
            handles = await asyncio.gather(*(engine.start(chain, steps, run_id=f"run-{n}") for n in range(runs)))
            await asyncio.gather(*(handle.result() for handle in handles))
        else:
            for number in range(runs):
                handle = await engine.start(chain if mode == "in-turn" else fan_out, steps, run_id=f"run-{number}")
                await handle.result()
        return time.perf_counter() - begun


if __name__ == "__main__":
    folder, runs, steps, mode = sys.argv[1:]
    seconds = asyncio.run(_work(Path(folder), int(runs), int(steps), mode))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))

"""Segue's engine at the work of the others: `at-once`, `in-turn` and `fan-out`."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from benchmarks import usage
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
    return len("".join(await gather(*(work(number) for number in range(steps)))))


async def _work(folder: Path, runs: int, steps: int, mode: str) -> dict[str, float]:
    async with Engine(f"sqlite:///{folder}/segue.db") as engine:
        watch = usage.Stopwatch()
        if mode == "at-once":
            handles = await asyncio.gather(*(engine.start(chain, steps, run_id=f"run-{n}") for n in range(runs)))
            await asyncio.gather(*(handle.result() for handle in handles))
        else:
            for number in range(runs):
                handle = await engine.start(chain if mode == "in-turn" else fan_out, steps, run_id=f"run-{number}")
                await handle.result()
        figures = watch.figures()
    with closing(sqlite3.connect(folder / "segue.db")) as database:
        query = "SELECT count(*) FROM entries WHERE kind = 'step_finished' AND length(payload) > 1000"
        assert database.execute(query).fetchone()[0] == runs * steps
    return figures


if __name__ == "__main__":
    folder, runs, steps, mode = sys.argv[1:]
    usage.say(asyncio.run(_work(Path(folder), int(runs), int(steps), mode)))

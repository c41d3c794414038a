"""Many runs that wait for a signal: what they hold in memory, how fast they begin, how soon one wakes.

`python -m benchmarks.engine.waiting FOLDER RUNS WAKES`. Memory is what this process holds more than it held idle, with
the engine open and a handful of runs done. A wake lasts from just before `signal`, in this process or in another one,
until the step after the wait has run; clocks that count from the machine's start compare between processes. Beside it
stands what a bare fsync takes meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import statistics
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks import usage
from segue import Engine, step, wait_for_signal, workflow

HANDFUL = 20
"""Runs that are done before the idle process is measured."""
CHUNK = 500
"""Starts that are under way together."""

woken_s: list[float] = []
"""How long each wake took."""


@step
async def note(sent_s: float) -> None:
    """Note how long ago the signal was sent."""
    woken_s.append(time.monotonic() - sent_s)


@workflow
async def asks(number: int) -> int:
    """Wait for someone's answer, then act on it."""
    await note(await wait_for_signal("answer", float))
    return number


async def _measure(folder: Path, runs: int, wakes: int) -> dict[str, float]:
    async with Engine(_url(folder)) as engine:
        await _waiting(engine, "idle", HANDFUL)
        for number in range(HANDFUL):
            await engine.signal(f"idle-{number}", "answer", time.monotonic())
            await engine.handle(f"idle-{number}").result()
        before_mb = usage.resident_mb()
        watch = usage.Stopwatch()
        await _waiting(engine, "run", runs)
        created = watch.figures()
        waiting_mb = usage.resident_mb() - before_mb
        with closing(sqlite3.connect(folder / "segue.db")) as database:
            assert database.execute("SELECT count(*) FROM runs WHERE status = 'waiting'").fetchone()[0] == runs
        chosen = random.Random(5).sample(range(runs), 2 * wakes)  # noqa: S311 (a fixed choice)
        figures = await _woken_here(engine, folder, chosen[:wakes])
        figures |= _quantiles("other", await _woken_from_elsewhere(engine, folder, chosen[wakes:]))
        return {
            "waiting_mb": waiting_mb,
            "idle_mb": before_mb,
            "created_per_s": runs / created["seconds"],
            **created,
            **figures,
            "peak_mb": usage.peak_mb(),
        }


async def _waiting(engine: Engine, name: str, runs: int) -> None:
    """Start runs and return when each of them only waits, on disk."""
    for first in range(0, runs, CHUNK):
        numbers = range(first, min(first + CHUNK, runs))
        await asyncio.gather(*(engine.start(asks, number, run_id=f"{name}-{number}") for number in numbers))
        for number in numbers:
            assert await engine.settled(f"{name}-{number}") == "waiting"


async def _woken_here(engine: Engine, folder: Path, numbers: list[int]) -> dict[str, float]:
    """Wake runs one after another, each after an fsync: a wake needs two, the signal's and that of its receipt."""
    woken_s.clear()
    fsyncs_s = []
    with (folder / "bare").open("wb", buffering=0) as bare:
        for number in numbers:
            fsyncs_s.append(_fsynced(bare.fileno()))
            await engine.signal(f"run-{number}", "answer", time.monotonic())
            await engine.handle(f"run-{number}").result()
    return _quantiles("own", woken_s) | _quantiles("fsync", fsyncs_s)


def _fsynced(file: int) -> float:
    """Append 4 KiB and return how long the disk took."""
    begun = time.monotonic()
    os.write(file, bytes(4096))
    os.fsync(file)
    return time.monotonic() - begun


async def _woken_from_elsewhere(engine: Engine, folder: Path, numbers: list[int]) -> list[float]:
    woken_s.clear()
    command = [sys.executable, "-m", "benchmarks.engine.waiting", str(folder), *map(str, numbers)]
    sender = await asyncio.create_subprocess_exec(*command, "--send")
    assert await sender.wait() == 0
    await asyncio.gather(*(engine.handle(f"run-{number}").result() for number in numbers))
    return woken_s.copy()


async def _send(folder: Path, numbers: list[int]) -> None:
    """Wake runs from a process that drives nothing, one after another."""
    async with Engine(_url(folder), drive=False) as engine:
        for number in numbers:
            await engine.signal(f"run-{number}", "answer", time.monotonic())
            await engine.handle(f"run-{number}").result()


def _quantiles(who: str, seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {f"{who}_p50_ms": cuts[9] * 1000, f"{who}_p95_ms": cuts[18] * 1000, f"{who}_max_ms": max(seconds) * 1000}


def _url(folder: Path) -> str:
    return f"sqlite:///{folder}/segue.db"


if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    if rest[-1] == "--send":
        asyncio.run(_send(Path(folder), [int(number) for number in rest[:-1]]))
    else:
        usage.say(asyncio.run(_measure(Path(folder), int(rest[0]), int(rest[1]))))

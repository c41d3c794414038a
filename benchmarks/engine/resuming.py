"""A process with many unfinished runs is killed: how soon have all gone on, and was anything done twice?

`python -m benchmarks.engine.resuming FOLDER RUNS`. Every run has finished a step of each effect and is in the middle of
another, of each effect a third, when SIGKILL comes. The time is counted from before the second process is started until
every run has gone on: the step under way done, and the next one. A ledger outside, a file, remembers every call.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks import usage
from segue import Done, Engine, NotDone, idempotency_key, step, workflow


class Ledger:
    """What the outside world saw: one line per call, whoever is killed."""

    def __init__(self) -> None:
        self.life = 0
        self.reached = asyncio.Event()
        """What was awaited has happened as often as wanted."""
        self._awaited, self._wanted = "", 0
        self._file = -1
        self._earlier: frozenset[str] = frozenset()
        """Keys of what happened in earlier lives."""

    def open(self, path: Path, life: int, *, awaited: str, wanted: int) -> None:
        """Begin a life."""
        self.life, self._awaited, self._wanted = life, awaited, wanted
        self._earlier = frozenset(line[2] for line in lines(path)) if path.exists() else frozenset()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, step_name: str) -> None:
        """Write down that a step was called."""
        os.write(self._file, f"{self.life} {step_name} {idempotency_key()}\n".encode())
        self._count(step_name)

    def knows(self, key: str) -> bool:
        """Say whether this happened in an earlier life."""
        return key in self._earlier

    async def under_way(self) -> None:
        """In the first life, stay in the middle of a step until the process is killed."""
        self._count("middle")
        if self.life == 1:
            await asyncio.Event().wait()

    def _count(self, what: str) -> None:
        if what == self._awaited:
            self._wanted -= 1
            if self._wanted == 0:
                self.reached.set()


def lines(path: Path) -> list[tuple[int, str, str]]:
    """Return life, step and idempotency key of each call that the ledger saw."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [(int(life), name, key) for life, name, key in rows]


ledger = Ledger()
FINISHED = ("look-up", "reserve", "charge")
"""What every run had finished when the process was killed."""


@step(name="look-up", effect="read")
async def look_up(number: int) -> str:
    """Read something."""
    ledger.note("look-up")
    return f"order {number}"


@step(name="reserve", effect="write")
async def reserve(number: int) -> str:
    """Write something, under its key."""
    ledger.note("reserve")
    return f"reserved {number}"


@step(name="charge", effect="once")
async def charge(number: int) -> str:
    """Do what must not be done twice."""
    ledger.note("charge")
    return f"charged {number}"


@step(name="read-on", effect="read")
async def read_on(number: int) -> int:
    """Be in the middle of reading."""
    ledger.note("read-on")
    await ledger.under_way()
    return number


@step(name="write-on", effect="write")
async def write_on(number: int) -> int:
    """Be in the middle of writing."""
    ledger.note("write-on")
    await ledger.under_way()
    return number


def find_payment(key: str, number: int) -> Done[int] | NotDone:
    """Ask the ledger whether a payment was made."""
    return Done(number) if ledger.knows(key) else NotDone()


@step(name="pay", effect="once", reconcile=find_payment)
async def pay(number: int) -> int:
    """Have paid, and not know it yet."""
    ledger.note("pay")
    await ledger.under_way()
    return number


@step(name="go-on", effect="read")
async def go_on(number: int) -> int:
    """Be the next step."""
    ledger.note("go-on")
    return number


@workflow(name="order")
async def order(number: int) -> int:
    """Finish some steps, be killed during one, go on with the next."""
    await look_up(number)
    await reserve(number)
    await charge(number)
    await (read_on, write_on, pay)[number % 3](number)
    return await go_on(number)


async def _first_life(folder: Path, runs: int) -> None:
    ledger.open(folder / "ledger", 1, awaited="middle", wanted=runs)
    async with Engine(_url(folder)) as engine:
        for first in range(0, runs, 500):
            numbers = range(first, min(first + 500, runs))
            await asyncio.gather(*(engine.start(order, number, run_id=f"order-{number}") for number in numbers))
        await ledger.reached.wait()
        print("ready", flush=True)
        await asyncio.Event().wait()


async def _second_life(folder: Path, runs: int, begun_s: float) -> dict[str, float]:
    ledger.open(folder / "ledger", 2, awaited="go-on", wanted=runs)
    watch = usage.Stopwatch()
    async with Engine(_url(folder)) as engine:
        opened_s = time.monotonic() - begun_s
        await ledger.reached.wait()
        resumed_s = time.monotonic() - begun_s
        for number in range(runs):
            assert await engine.handle(f"order-{number}").result() == number
        return {**watch.figures(), "opened_s": opened_s, "resumed_s": resumed_s}


def _measure(folder: Path, runs: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.engine.resuming", str(folder), str(runs)]
    begun_s = time.monotonic()
    with subprocess.Popen([*command, "--first"], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready\n", "the first process ended before it was killed"
        filled_s = time.monotonic() - begun_s
        first.kill()
    again = [*command, "--second", str(time.monotonic())]
    second = subprocess.run(again, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(second.stdout)
    return {**figures, "filled_s": filled_s, **_told_by(folder / "ledger", runs)}


def _told_by(path: Path, runs: int) -> dict[str, float]:
    """Count what the ledger saw too often; both numbers must be 0."""
    seen = lines(path)
    keys = Counter((name, key) for _, name, key in seen)
    assert all(sum(name == step_name for name, _ in keys) == runs for step_name in (*FINISHED, "go-on"))
    return {
        "finished_again": sum(life == 2 and name in FINISHED for life, name, _ in seen),
        "once_twice": sum(count > 1 for (name, _), count in keys.items() if name in ("charge", "pay")),
    }


def _url(folder: Path) -> str:
    return f"sqlite:///{folder}/segue.db"


if __name__ == "__main__":
    where, number, *life = sys.argv[1:]
    match life:
        case ["--first"]:
            asyncio.run(_first_life(Path(where), int(number)))
        case ["--second", begun_s]:
            usage.say(asyncio.run(_second_life(Path(where), int(number), float(begun_s))))
        case _:
            usage.say(_measure(Path(where), int(number)))

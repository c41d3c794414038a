"""What is killed: a process that drives two runs of every kind of call, and dies at a numbered point.

Run as a program it makes lives: for each line of JSON on standard input it forks a process that lives one life, and
answers with how that ended. Forking saves the imports; each life is a process of its own, ended by SIGKILL.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from segue import (
    Done,
    Engine,
    NotDone,
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
from segue.engine.clock import Timer
from segue.engine.embedded.journal import SqliteJournal
from segue.errors import InDoubt

RUNS = ("started", "sent")
"""One run is started by its engine, the other through the inbox."""
AT_ONCE = RetryPolicy(max_attempts=5, initial_delay=timedelta(0))


class Death:
    """Kills this process when it comes to the point of a number, counted from 0."""

    def __init__(self) -> None:
        self.at: int | None = None
        self.points = 0

    def point(self) -> None:
        """Pass here, or die."""
        if self.points == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.points += 1

    def around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return `method` with a point before and after it."""

        def surrounded(*args: Any, **kwargs: Any) -> Any:
            self.point()
            result = method(*args, **kwargs)
            self.point()
            return result

        return surrounded


class Receiver:
    """The outside world: a file that remembers every call and every deed, whoever dies."""

    def __init__(self) -> None:
        self.file = -1
        self.life = 0
        self.path = Path()

    def open(self, folder: Path, life: int) -> None:
        self.life = life
        self.path = folder / "receiver.jsonl"
        self.file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, what: str, key: str) -> None:
        os.write(self.file, json.dumps({"life": self.life, "what": what, "key": key}).encode() + b"\n")

    def knows(self, what: str, key: str) -> bool:
        lines = map(json.loads, self.path.read_text().splitlines())
        return any(line["what"] == what and line["key"] == key for line in lines)

    def act(self) -> None:
        """Do what a step is for, with a chance to die before and after."""
        death.point()
        self.note("acted", idempotency_key())
        death.point()


death = Death()
receiver = Receiver()


@step(name="crash.look_up")
async def look_up(run: str) -> str:
    receiver.note("called", idempotency_key())
    return f"order of {run}"


@step(name="crash.read_in_a_thread")
def read_in_a_thread(run: str) -> int:
    receiver.note("called", idempotency_key())
    return len(run)


@step(name="crash.reserve", effect="write", retry=AT_ONCE)
async def reserve(run: str) -> str:
    tried_before = receiver.knows("called", idempotency_key())
    receiver.note("called", idempotency_key())
    receiver.act()
    if not tried_before:
        raise ConnectionError("the line dropped")
    return f"reserved for {run}"


async def find_charge(key: str, run: str) -> Done[str] | NotDone:
    return Done(f"charged {run}") if receiver.knows("acted", key) else NotDone()


@step(name="crash.charge", effect="once", retry=AT_ONCE, reconcile=find_charge)
async def charge(run: str) -> str:
    receiver.note("called", idempotency_key())
    receiver.act()
    return f"charged {run}"


@step(name="crash.ship", effect="once")
async def ship(parcel: int) -> str:
    receiver.note("called", idempotency_key())
    receiver.act()
    return f"shipped {parcel}"


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
    await sleep(timedelta(hours=1))
    approval = await wait_for_signal("approval", str, timeout=timedelta(days=2))
    parcels = await map_concurrent(shipped, [1, 2, 3], limit=2)
    packed = await run_child(pack, run, is_first=True)
    return {
        "token": token,
        "packed": packed,
        "steps": [found, reserved, charged, length, approval, is_patched],
        "parcels": parcels,
        "is_later": now() > datetime(2026, 1, 1, tzinfo=UTC),
    }


class SkippingClock:
    """The machine's time, and as much more as was skipped; each life begins without what earlier ones skipped."""

    def __init__(self) -> None:
        self._skipped = timedelta(0)
        self._bells: list[tuple[datetime, int, asyncio.Handle]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._skipped

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        loop = asyncio.get_running_loop()
        handle = asyncio.Handle(act, (), loop)
        heapq.heappush(self._bells, (self.now() + timedelta(seconds=seconds), next(self._numbers), handle))
        return handle

    def skip(self) -> None:
        """Let the next timer ring now."""
        while self._bells:
            due, _, handle = heapq.heappop(self._bells)
            if not handle.cancelled():
                self._skipped += max(due - self.now(), timedelta(0))
                asyncio.get_running_loop().call_soon(handle._run)
                return


async def live(folder: Path) -> dict[str, Any]:
    """Go on with the runs of a folder until they have ended, and return their results."""
    clock = SkippingClock()
    url = f"sqlite:///{folder}/segue.db"
    async with Engine(url, clock=clock) as engine, Engine(url, clock=clock, drive=False) as beside:
        await engine.start(order, RUNS[0], run_id=RUNS[0])
        await beside.start(order, RUNS[1], run_id=RUNS[1])
        await engine.signal(RUNS[0], "approval", "granted", signal_id="one")
        await beside.signal(RUNS[1], "approval", "granted", signal_id="one")
        ends = asyncio.gather(*(engine.handle(run_id).result() for run_id in RUNS))
        while not ends.done():
            for _ in range(30):
                await asyncio.sleep(0)
            clock.skip()
        return dict(zip(RUNS, await ends, strict=True))


def one_life(folder: Path, life: int, at: int | None) -> None:
    """Live in this process, until death or the end."""
    death.at = at
    receiver.open(folder, life)
    for method in ("commit", "send"):
        setattr(SqliteJournal, method, death.around(getattr(SqliteJournal, method)))
    results = asyncio.run(live(folder))
    (folder / "end.json").write_text(json.dumps({"results": results, "points": death.points}))


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                one_life(Path(asked["folder"]), asked["life"], asked["at"])
            except BaseException:  # noqa: BLE001 (whatever it was, it is the end of this process)
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 (the answer)


if __name__ == "__main__":
    main()

"""Where a durable step's time goes: `python -m benchmarks.engine.breakdown`, in microseconds.

The parts are measured alone, by calling the engine's own functions in loops; the whole is measured on the engine, with
long chains of steps. The rest is the whole less its parts: the event loop, what the driver keeps, and the caches that
parts measured alone find warm.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import copy_context
from hashlib import sha256
from pathlib import Path
from typing import cast

from benchmarks import measure
from benchmarks.engine.ours import PAYLOAD, chain, work
from benchmarks.measure import Program
from segue import Engine
from segue.engine import journal
from segue.engine.carrier import Carriers
from segue.engine.clock import SystemClock, reader
from segue.engine.embedded.journal import SqliteJournal, bound
from segue.engine.host import Host
from segue.engine.journal import GENESIS, Batch, Record
from segue.engine.run import Run
from segue.store import sqlite, statements

GROUP = 500
"""Entries that are committed together, one of each run."""
REPEATS = 5
"""Of each measurement; the least counts, since others use the machine too."""
MICRO = 1e6

Columns = dict[str, float]
"""Microseconds per step, by how steps come, together or alone, and the disk."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine.breakdown", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little work, to try that it works")
    is_quick = parser.parse_args().quick
    disks = measure.disks(only_first=is_quick)
    columns = [f"{how} {disk}" for how in ("together", "alone") for disk in disks]
    parts = dict(_parts(columns, disks, 20 if is_quick else 1000))
    whole, of_run = _whole(disks, 3 if is_quick else 50)
    parts["rest: attempt, driver, event loop"] = {
        name: whole[name] - sum(part[name] for part in parts.values()) for name in columns
    }
    parts["one durable step, whole"] = whole
    parts["of it the disk alone: the same bytes written, fsync"] = _disk_alone(disks)
    parts["besides, a run's beginning and end"] = of_run
    rows = [
        (what, *(f"{found[name]:.1f}" if name in found else "" for name in columns)) for what, found in parts.items()
    ]
    measure.table([(f"µs a step, {GROUP} together or alone", *columns), *rows])


def _parts(columns: list[str], disks: dict[str, Path], times: int) -> Iterator[tuple[str, Columns]]:
    """Yield what a step consists of, each part once."""
    signature, clock = work.signature, SystemClock()
    encoded = signature.encode((7,))
    result = signature.encode_result(PAYLOAD)[0]
    payload = b'{"args":%s,"result":%s}' % (encoded, result)
    call = _each(lambda: signature.encode(work(7).values), times)
    hashing = _each(lambda: sha256(GENESIS + b"x" * 60 + sha256(os.urandom(32) + payload).digest()).digest(), times)
    entry = _each(lambda: _record("run-0", 1, payload), times)

    def everywhere(us: float) -> Columns:
        return dict.fromkeys(columns, us)

    yield "call made, arguments encoded", everywhere(call)
    yield "clock read", everywhere(_each(reader(clock), times))
    yield "step's own code begun and ended, in its context", everywhere(asyncio.run(_carried(times)))
    yield "result encoded", everywhere(_each(lambda: signature.encode_result(PAYLOAD), times))
    yield "salt drawn, entry hashed", everywhere(hashing)
    yield "record made", everywhere(entry - hashing)
    inserted, committed = {}, {}
    for disk, folder in disks.items():
        for how, group in (("together", GROUP), ("alone", 1)):
            name = f"{how} {disk}"
            inserted[name], committed[name] = _written(folder, payload, group, max(10, times // group))
    yield "row bound, inserted by SQLite", inserted
    yield "transaction begun, committed, with fsync", committed
    yield "entry delivered, workflow driven on", everywhere(_delivered(times) - call)


def _each(act: Callable[[], object], times: int) -> float:
    """Return the microseconds that a call takes."""
    found = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        for _ in range(times):
            act()
        found.append((time.perf_counter() - begun) / times)
    return min(found) * MICRO


def _record(run_id: str, seq: int, payload: bytes) -> Record:
    return journal.chained(
        GENESIS, run_id, seq, str(seq), "step_finished", work.name, 1_700_000_000_000_000, 1, payload
    )


async def _carried(times: int) -> float:
    """Begin a step as the engine does; it never waits, and so has ended then."""
    carriers, context = Carriers(), copy_context()
    try:
        return _each(lambda: carriers.begin(context.copy(), work.fn, 7), times)
    finally:
        carriers.close()
        await asyncio.sleep(0)


def _written(folder: Path, payload: bytes, group: int, times: int) -> tuple[float, float]:
    """Return the microseconds, for each entry of a group, of inserting it and of all else that a commit does."""
    groups = [[_record(f"run-{number}", seq, payload) for number in range(group)] for seq in range(times)]
    insert = statements.load("engine")["insert_entry"]
    inserting, writing = [], []
    for _ in range(REPEATS):
        with _journal(folder) as file, closing(sqlite.open_file(file)) as connection:
            spent = 0.0
            for records in groups:
                connection.execute("BEGIN IMMEDIATE")
                begun = time.perf_counter()
                connection.executemany(insert, map(bound, records))
                spent += time.perf_counter() - begun
                connection.execute("COMMIT")
            inserting.append(spent / group / times)
        with _journal(folder) as file, closing(SqliteJournal(file)) as kept:
            begun = time.perf_counter()
            for records in groups:
                kept.commit(Batch(records=records))
            writing.append((time.perf_counter() - begun) / group / times)
    return min(inserting) * MICRO, (min(writing) - min(inserting)) * MICRO


class _Nobody:
    """Where a run is replayed and nothing really happens."""

    context = copy_context()

    def append(self, *args: object, **more: object) -> None:
        """Journal nothing."""


def _delivered(steps: int) -> float:
    """Replay a run from its entries: each delivered, its caller driven on to the next call."""
    with _journal(Path(tempfile.gettempdir())) as file:
        records = asyncio.run(_chain_of(file, steps))
    found = []
    for _ in range(REPEATS):
        run = Run(cast("Host", _Nobody()), "run-0", chain)
        begun = time.perf_counter()
        run.replay(records)
        found.append((time.perf_counter() - begun) / steps)
        assert run.broken is None
    return min(found) * MICRO


async def _chain_of(file: Path, steps: int) -> list[Record]:
    """Return the entries of a run, but for its last."""
    async with Engine(f"sqlite:///{file}") as engine:
        handle = await engine.start(chain, steps, run_id="run-0")
        await handle.result()
    with closing(SqliteJournal(file)) as kept:
        return kept.records("run-0")[:-1]


def _whole(disks: dict[str, Path], steps: int) -> tuple[Columns, Columns]:
    """Return what a step takes in long chains, and what a run takes besides its steps."""
    whole, of_run = {}, {}
    for disk, folder in disks.items():
        for how, mode, runs in (("together", "at-once", GROUP), ("alone", "in-turn", GROUP // 5)):
            chains = [
                Program(str(length), "benchmarks.engine.ours", (str(runs), str(length), mode)) for length in (1, steps)
            ]
            found = measure.in_turn(chains, on=folder, rounds=1 if steps < 10 else REPEATS)
            short, long = (min(one["seconds"] for one in found[each.name]) * MICRO / runs for each in chains)
            whole[f"{how} {disk}"] = (long - short) / (steps - 1)
            of_run[f"{how} {disk}"] = short - whole[f"{how} {disk}"]
    return whole, of_run


def _disk_alone(disks: dict[str, Path]) -> Columns:
    """Write what a commit writes to a bare file, and wait for the disk."""
    found = {}
    for disk, folder in disks.items():
        for how, group in (("together", GROUP), ("alone", 1)):
            found[f"{how} {disk}"] = _fsynced(folder, _bytes_of(folder, group)) / group
    return found


def _bytes_of(folder: Path, group: int) -> int:
    """Return how much a commit of so many entries adds to the write-ahead log."""
    insert = statements.load("engine")["insert_entry"]
    with _journal(folder) as file, closing(sqlite.open_file(file)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        sizes = []
        for seq in range(10):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, [bound(_record(f"run-{n}", seq, PAYLOAD.encode())) for n in range(group)])
            connection.execute("COMMIT")
            sizes.append(file.with_name(file.name + "-wal").stat().st_size)
    return (sizes[-1] - sizes[0]) // 9


def _fsynced(folder: Path, size: int) -> float:
    data = os.urandom(size)
    with tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:
            os.pwrite(file.fileno(), data, 0)
            os.fsync(file.fileno())

        return _each(write, 20)


@contextmanager
def _journal(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=folder, prefix="segue-bench-") as made:
        yield Path(made) / "segue.db"


if __name__ == "__main__":
    main()

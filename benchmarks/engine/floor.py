"""The floor: what a committed step costs with no other feature, on the same disk, in some thirty lines.

An event loop, one future per step, a hash chain, group commit on sqlite3 with `synchronous=FULL`.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from benchmarks import usage

PAYLOAD = b"x" * 1000


async def _work(folder: Path, runs: int, steps: int, *, in_turn: bool) -> dict[str, float]:
    with closing(sqlite3.connect(folder / "floor.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(
            "CREATE TABLE entries (run TEXT, seq INTEGER, hash BLOB, payload BLOB, PRIMARY KEY (run, seq))"
        )
        figures = await _committed(database, runs, steps, in_turn=in_turn)
        persisted = database.execute("SELECT count(*) FROM entries WHERE length(payload) = 1000").fetchone()[0]
    assert persisted == runs * steps
    return figures


async def _committed(database: sqlite3.Connection, runs: int, steps: int, *, in_turn: bool) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    waiting: list[tuple[str, int, bytes, asyncio.Future[None]]] = []

    def commit() -> None:
        batch = waiting.copy()
        waiting.clear()
        database.execute("BEGIN IMMEDIATE")
        rows = [(run, seq, digest, PAYLOAD) for run, seq, digest, _ in batch]
        database.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", rows)
        database.execute("COMMIT")
        for *_, done in batch:
            done.set_result(None)

    async def run(name: str) -> None:
        digest = b""
        for seq in range(steps):
            digest = hashlib.sha256(digest + hashlib.sha256(PAYLOAD).digest()).digest()
            done = loop.create_future()
            if not waiting:
                loop.call_soon(commit)
            waiting.append((name, seq, digest, done))
            await done

    watch = usage.Stopwatch()
    if in_turn:
        for number in range(runs):
            await run(f"run-{number}")
    else:
        await asyncio.gather(*(run(f"run-{number}") for number in range(runs)))
    return watch.figures()


if __name__ == "__main__":
    folder, runs, steps, mode = sys.argv[1:]
    usage.say(asyncio.run(_work(Path(folder), int(runs), int(steps), in_turn=mode == "in-turn")))

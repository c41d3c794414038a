"""What breaks from outside: a typed error, other runs go on, and nothing is lost once it is mended."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from segue import Engine, continue_as, gather, sleep, step, wait_for_signal, workflow
from segue.errors import AuditError, EngineBusy, NondeterminismError, RunFailed, SegueError, StoreError
from tests.conftest import settle, until
from tests.contract.conftest import Embedded, Runtime

SECOND = timedelta(seconds=1)
MEGABYTE = 2**20


@step(name="faults.work")
async def work(n: int) -> int:
    return n


@workflow(name="faults.asks")
async def asks(before: int) -> list[Any]:
    return [await work(before), await wait_for_signal("word", str), await work(before + 1)]


# Files


@contextmanager
def _unwritable(file: Path) -> Iterator[None]:
    """Let nobody write the file, root neither."""
    subprocess.run(["chattr", "+i", file], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", file], check=True)


async def _with_some_runs(runtime: Runtime, number: int = 20) -> None:
    async with runtime.engine() as engine:
        for n in range(number):
            await engine.start(asks, n, run_id=f"r{n}")
        for n in range(number):
            assert await engine.settled(f"r{n}") == "waiting"


async def test_a_read_only_file_is_an_error_and_works_once_it_may_be_written(tmp_path: Path) -> None:
    file = tmp_path / "segue.db"
    async with Engine(f"sqlite:///{file}") as engine:
        await engine.start(asks, 1, run_id="r")
        assert await engine.settled("r") == "waiting"
    if os.geteuid() == 0:
        try:
            with _unwritable(file), pytest.raises(StoreError, match="writable"):
                await _signalled(f"sqlite:///{file}")
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("root writes any file, and this file system has no immutable ones")
    else:
        file.chmod(0o444)
        with pytest.raises(StoreError, match="writable"):
            await _signalled(f"sqlite:///{file}")
        file.chmod(0o644)
    async with Engine(f"sqlite:///{file}") as engine:
        await engine.signal("r", "word", "yes")
        assert await engine.handle("r").result() == [1, "yes", 2]


async def _signalled(url: str) -> None:
    async with Engine(url) as engine:
        for info in await engine.runs():
            await engine.signal(info.run_id, "word", "yes")


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
async def test_a_damaged_page_is_named_and_stops_no_other_run(runtime: Runtime, where: float) -> None:
    assert isinstance(runtime, Embedded)
    await _with_some_runs(runtime)
    whole = runtime.file.read_bytes()
    at = int(len(whole) * where) // 4096 * 4096
    runtime.file.write_bytes(whole[: at + 100] + os.urandom(3000) + whole[at + 3100 :])
    ended = 0
    with suppress(StoreError):  # where it is a page without which nothing can be read
        async with runtime.engine() as engine:
            for n in range(20):
                with suppress(SegueError):
                    await engine.signal(f"r{n}", "word", "yes")
                    for _ in range(50):
                        await asyncio.sleep(0)
                    ended += engine.status(f"r{n}") == "completed"
            with suppress(StoreError):
                await engine.audit()  # tells of it, or cannot be read: either way it is an answer
    runtime.file.with_name("segue.db-wal").unlink(missing_ok=True)
    runtime.file.with_name("segue.db-shm").unlink(missing_ok=True)
    runtime.file.write_bytes(whole)  # the backup
    async with runtime.engine() as engine:
        for n in range(20):
            await engine.signal(f"r{n}", "word", "yes")
            assert await engine.handle(f"r{n}").result() == [n, "yes", n + 1]
        assert (await engine.audit()).ok


async def test_a_file_cut_short_is_an_error_and_its_backup_goes_on(runtime: Runtime) -> None:
    assert isinstance(runtime, Embedded)
    await _with_some_runs(runtime)
    whole = runtime.file.read_bytes()
    runtime.file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="damaged"):
        await _signalled(runtime.url)
    runtime.file.write_bytes(whole)
    async with runtime.engine() as engine:
        await engine.signal("r3", "word", "yes")
        assert await engine.handle("r3").result() == [3, "yes", 4]


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 5000, os.urandom(50_000)], ids=["empty", "zeros", "noise"])
async def test_garbage_in_the_write_ahead_log_is_not_believed(runtime: Runtime, garbage: bytes) -> None:
    assert isinstance(runtime, Embedded)
    await _with_some_runs(runtime, 3)
    runtime.file.with_name("segue.db-wal").write_bytes(garbage)
    async with runtime.engine() as engine:
        await engine.signal("r0", "word", "yes")
        assert await engine.handle("r0").result() == [0, "yes", 1]
        assert (await engine.audit()).ok


async def test_an_entry_altered_in_the_middle_of_a_run_stops_that_run_only(runtime: Runtime) -> None:
    await _with_some_runs(runtime, 3)
    runtime.alter("UPDATE entries SET payload = ? WHERE run_id = 'r1' AND seq = 1", [b'{"args":[1],"result":7}'])
    async with runtime.engine() as engine:
        for n in range(3):
            await engine.signal(f"r{n}", "word", "yes")
        assert await engine.handle("r0").result() == [0, "yes", 1]
        assert await engine.handle("r2").result() == [2, "yes", 3]
        with pytest.raises(RunFailed, match="altered"):
            await engine.handle("r1").result()
        with pytest.raises(AuditError, match="entry 1 of run r1"):
            await engine.verify("r1")


# Full disk


async def test_a_disk_that_fills_up_under_many_runs_loses_nothing_of_any(runtime: Runtime) -> None:
    @workflow
    async def busy(n: int) -> int:
        total = 0
        for k in range(5):
            total += await work(n + k)
        return total

    async with runtime.engine() as engine:
        handles = [await engine.start(busy, n, run_id=f"b{n}") for n in range(10)]
        for _ in range(4):
            with runtime.full_disk():
                await settle()
                with pytest.raises(StoreError, match="full"):
                    await engine.start(asks, 0, run_id="new")
            await runtime.clock.advance(2 * SECOND)
        assert [await handle.result() for handle in handles] == [5 * n + 10 for n in range(10)]
        assert (await engine.audit()).ok
        assert len(await engine.runs()) == 10


# Two drivers

WRITES = """
import asyncio, os, sys
from segue import Engine, step, wait_for_signal, workflow

@step(name="faults.work")
async def work(n: int) -> int:
    return n

@workflow(name="faults.asks")
async def asks(before: int) -> list:
    return [await work(before), await wait_for_signal("word", str), await work(before + 1)]

async def main(url):
    async with Engine(url) as engine:
        await engine.start(asks, 1, run_id="r")
        await engine.settled("r")
        print("in", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(sys.argv[1]))
"""


async def test_whoever_drives_next_goes_on_where_a_killed_driver_was(runtime: Runtime) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITES, runtime.url], stdout=subprocess.PIPE) as other:  # noqa: ASYNC220 (its pipes are plain)
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        with pytest.raises(EngineBusy):
            await runtime.engine().__aenter__()
        async with runtime.engine(drive=False) as beside:
            await beside.signal("r", "word", "before")  # the other one may still take it
        other.kill()
    async with runtime.engine() as engine:
        assert await engine.handle("r", asks).result() == [1, "before", 2]
        with pytest.raises(EngineBusy):
            await runtime.engine().__aenter__()
        await engine.verify("r")


# What is awaited that is not Segue's


class _Trap:
    """Yields what belongs to another event loop, as trio does."""

    def __await__(self) -> Any:
        return (yield "a trap of another loop")


async def _held_lock() -> None:
    lock = asyncio.Lock()
    await lock.acquire()
    await lock.acquire()


async def _foreign_task(made: list[asyncio.Task[Any]]) -> None:
    await made[0]


@pytest.mark.parametrize("kind", ["trap", "held lock", "task made elsewhere", "sleep in an open generator"])
async def test_awaiting_what_is_not_segues_fails_that_run_only(runtime: Runtime, kind: str) -> None:
    made = [asyncio.create_task(asyncio.Event().wait())]

    async def pages() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(1)
        yield 2

    async def open_generator() -> None:
        async for _ in pages():
            pass

    kinds: dict[str, Callable[[], Awaitable[Any]]] = {
        "trap": _Trap,
        "held lock": _held_lock,
        "task made elsewhere": lambda: _foreign_task(made),
        "sleep in an open generator": open_generator,
    }

    @workflow
    async def flow() -> None:
        await work(1)
        await kinds[kind]()

    async with runtime.engine() as engine:
        await engine.start(asks, 1, run_id="other")
        with pytest.raises(RunFailed) as failed:
            await (await engine.start(flow)).result()
        assert isinstance(failed.value.__cause__, NondeterminismError)
        await engine.signal("other", "word", "yes")
        assert await engine.handle("other").result() == [1, "yes", 2]
    made[0].cancel()
    await settle()


# Sizes


@pytest.mark.parametrize("size", [0, 1, MEGABYTE, 50 * MEGABYTE])
async def test_payloads_of_any_size_go_through(runtime: Runtime, size: int) -> None:
    @step
    async def echo(text: str) -> str:
        return text

    @workflow
    async def flow(text: str) -> list[int]:
        first = await echo(text)
        second = await wait_for_signal("word", str)
        return [len(first), len(second)]

    text = "segue " * (size // 6) + "x" * (size % 6)
    async with runtime.engine() as engine:
        await engine.start(flow, text, run_id="r")
        await until(lambda: engine.status("r") == "waiting")
    async with runtime.engine() as engine:
        await engine.signal("r", "word", text)
        assert await engine.handle("r").result() == [size, size]
        await engine.verify("r")


async def test_a_thousand_steps_and_a_thousand_branches_are_replayed(runtime: Runtime) -> None:
    ran = []

    @step
    async def count(n: int) -> int:
        ran.append(n)
        return n

    @workflow
    async def flow() -> int:
        total = 0
        for n in range(1000):
            total += await count(n)
        total += sum(await gather(*map(count, range(1000, 2000))))
        await sleep(SECOND * 60)
        return total

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await until(lambda: engine.status("r") == "waiting")
    async with runtime.engine() as engine:
        await runtime.clock.advance(SECOND * 61)
        assert await engine.handle("r").result() == sum(range(2000))
    assert ran == list(range(2000))


async def test_gathers_nest_a_hundred_deep(runtime: Runtime) -> None:
    async def nested(depth: int) -> int:
        if not depth:
            return await work(1)
        return sum(await gather(nested(depth - 1), work(1)))

    @workflow
    async def flow() -> int:
        first = await nested(100)
        await wait_for_signal("word")
        return first

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await until(lambda: engine.status("r") == "waiting")
    async with runtime.engine() as engine:
        await engine.signal("r", "word")
        assert await engine.handle("r").result() == 101
        await engine.verify("r")


async def test_work_without_end_goes_on_in_a_chain_of_short_journals(runtime: Runtime) -> None:
    @workflow
    async def flow(done: int) -> int:
        for n in range(done, done + 100):
            await work(n)
        return continue_as(done + 100) if done < 900 else done + 100

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, 0, run_id="r")).result() == 1000
        with closing(sqlite3.connect(engine.path)) as reader:
            (longest,) = reader.execute(
                "SELECT max(n) FROM (SELECT count(*) AS n FROM entries GROUP BY run_id)"
            ).fetchone()
        assert longest == 102
        assert (await engine.audit()).ok

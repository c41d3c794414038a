"""A disk that is full, damaged or not there: a clear error, and nothing that was finished is lost."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from segue import Done, Engine, NotDone, gather, idempotency_key, step, wait_for_signal, workflow
from segue.errors import InDoubt, RunNotFound, StoreError
from tests.conftest import settle
from tests.contract.conftest import Runtime

SECOND = timedelta(seconds=1)


async def test_a_start_on_a_full_disk_fails_and_leaves_nothing(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return "done"

    async with runtime.engine() as engine:
        with runtime.full_disk(), pytest.raises(StoreError, match="full"):
            await engine.start(flow, run_id="r")
        with pytest.raises(RunNotFound):
            await engine.handle("r").status()
        assert await (await engine.start(flow, run_id="r")).result() == "done"


async def test_everyone_who_starts_a_run_on_a_full_disk_is_told(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return "done"

    async with runtime.engine() as engine:
        with runtime.full_disk():
            starts = (engine.start(flow, run_id="r") for _ in range(3))
            told = await asyncio.gather(*starts, return_exceptions=True)
        assert [type(error) for error in told] == [StoreError] * 3


async def test_a_run_goes_on_once_there_is_room_again(runtime: Runtime) -> None:
    gate, ran = asyncio.Event(), []

    @step
    async def first() -> str:
        ran.append("first")
        return "first"

    @step
    async def second() -> str:
        ran.append("second")
        await gate.wait()
        return "second"

    @workflow
    async def flow() -> list[str]:
        return [await first(), await second()]

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        with runtime.full_disk():
            gate.set()
            await settle()
            assert await handle.status() == "running"
        await runtime.clock.advance(SECOND)
        assert await handle.result() == ["first", "second"]
        await engine.verify("r")
    assert ran == ["first", "second", "second"]


async def test_steps_under_way_when_a_commit_fails_leave_no_trace_in_the_journal(runtime: Runtime) -> None:
    gates = {name: asyncio.Event() for name in ("quick", "slow")}

    @step
    async def work(name: str) -> str:
        await gates[name].wait()
        return name

    @workflow
    async def flow() -> list[str]:
        return list(await gather(work("quick"), work("slow")))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        with runtime.full_disk():
            gates["quick"].set()
            for _ in range(3):
                await asyncio.sleep(0)  # the commit fails, and the disk has room before the others notice
        await settle()
        assert [e.kind for e in await engine.entries("r")] == ["run_started"]
        gates["slow"].set()
        await runtime.clock.advance(SECOND)
        assert await handle.result() == ["quick", "slow"]
        await engine.verify("r")


async def test_a_once_step_whose_end_could_not_be_written_is_reconciled(runtime: Runtime) -> None:
    gate, acted = asyncio.Event(), []

    @step(effect="once", reconcile=lambda key: Done("found") if key in acted else NotDone())
    async def refund() -> str:
        await gate.wait()
        acted.append(idempotency_key())
        return "receipt"

    @workflow
    async def flow() -> str:
        return await refund()

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        with runtime.full_disk():
            gate.set()
            await settle()
        await runtime.clock.advance(SECOND)
        assert await handle.result() == "found"
    assert acted == ["r:0"]


async def test_another_once_step_under_way_then_is_in_doubt_not_repeated(runtime: Runtime) -> None:
    gates, acted = {name: asyncio.Event() for name in ("quick", "slow")}, []

    @step(effect="once")
    async def act(name: str) -> str:
        acted.append(name)
        await gates[name].wait()
        return name

    async def branch(name: str) -> str:
        try:
            return await act(name)
        except InDoubt:
            return f"{name} in doubt"

    @workflow
    async def flow() -> list[str]:
        return list(await gather(branch("quick"), branch("slow")))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        with runtime.full_disk():
            gates["quick"].set()
            for _ in range(3):
                await asyncio.sleep(0)
        await settle()
        await runtime.clock.advance(SECOND)
        assert await handle.result() == ["quick in doubt", "slow in doubt"]
        await engine.verify("r")
    assert acted == ["quick", "slow"]


async def test_a_signal_on_a_full_disk_is_refused_and_can_be_sent_again(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        with runtime.full_disk(), pytest.raises(StoreError, match="full"):
            await engine.signal("r", "go", "x" * 10_000, signal_id="click-1")
        await engine.signal("r", "go", "gone", signal_id="click-1")
        assert await handle.result() == "gone"


async def test_a_signal_that_could_not_be_taken_is_taken_later(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        sent = engine.signal("r", "go", "gone")
        await sent
        with runtime.full_disk():
            await settle()
        await runtime.clock.advance(2 * SECOND)
        assert await handle.result() == "gone"
        await engine.verify("r")


async def test_closing_on_a_full_disk_loses_nothing_that_was_finished(runtime: Runtime) -> None:
    gate, ran = asyncio.Event(), []

    @step
    async def work(name: str) -> str:
        ran.append(name)
        if name == "second":
            await gate.wait()
        return name

    @workflow
    async def flow() -> list[str]:
        return [await work("first"), await work("second")]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        gate.set()
        limit = runtime.full_disk()
        limit.__enter__()
    limit.__exit__(None, None, None)
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == ["first", "second"]
        await engine.verify("r")
    assert ran == ["first", "second", "second"]


async def test_a_run_that_could_not_be_read_for_a_moment_goes_on(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        runtime.alter("ALTER TABLE entries RENAME TO away")
        await engine.signal("r", "go", "gone")
        await settle()
        runtime.alter("ALTER TABLE away RENAME TO entries")
        await runtime.clock.advance(2 * SECOND)
        assert await handle.result() == "gone"


async def test_an_inbox_that_could_not_be_read_for_a_moment_is_read_later(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        runtime.alter("ALTER TABLE inbox RENAME TO away")
        with pytest.raises(StoreError):
            await engine.signal("r", "go", "lost")
        for _ in range(50):
            await settle()  # the engine looks every few milliseconds
        runtime.alter("ALTER TABLE away RENAME TO inbox")
        async with runtime.engine(drive=False) as beside:
            await beside.signal("r", "go", "gone")
        await runtime.clock.advance(2 * SECOND)
        assert await handle.result() == "gone"


async def test_an_engine_that_could_not_open_can_be_opened_later(runtime: Runtime) -> None:
    async with runtime.engine():
        pass
    runtime.alter("ALTER TABLE runs RENAME TO away")
    with pytest.raises(StoreError, match="runs"):
        async with runtime.engine():
            pass
    runtime.alter("ALTER TABLE away RENAME TO runs")
    async with runtime.engine() as engine:
        assert await engine.runs() == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////proc/segue.db", "writable"),  # where not even root writes
        ("sqlite:////dev/null/segue.db", "/dev/null"),
        ("sqlite:////proc", "segue|writable|proc"),
    ],
)
async def test_a_place_where_nothing_can_be_written_says_so(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        async with Engine(url):
            pass


async def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database at all, just some text that is long enough to be looked at\n" * 20)
    with pytest.raises(StoreError, match="not a database"):
        async with Engine(f"sqlite:///{file}"):
            pass
    assert file.read_text().startswith("not a database at all")


async def test_a_database_of_a_newer_version_is_left_alone(runtime: Runtime) -> None:
    async with runtime.engine():
        pass
    runtime.alter("PRAGMA user_version = 9999")
    with pytest.raises(StoreError, match="upgrade Segue"):
        async with runtime.engine():
            pass


@pytest.mark.parametrize("url", ["", "segue.db", "sqlite://segue.db", "sqlite:///", "mysql://host/db"])
def test_a_url_that_is_not_understood_says_what_is(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///file"):
        Engine(url)


async def test_three_slashes_are_relative_and_four_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with Engine("sqlite:///new folder/a.db"):
        pass
    async with Engine(f"sqlite:///{tmp_path}/b.db"):
        pass
    assert (tmp_path / "new folder" / "a.db").is_file()
    assert (tmp_path / "b.db").is_file()

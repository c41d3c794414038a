"""Schedules: one run at each tick, whoever dies, restarts or oversleeps."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from segue import Engine, Queue, now, workflow
from segue.engine.clock import VirtualClock
from segue.errors import CodecError, DuplicateName, EngineClosed, StoreError, UsageError
from tests.conftest import settle
from tests.contract.conftest import Runtime

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
begun: list[str] = []
"""What runs were begun for, since the test was."""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    begun.clear()


@workflow(name="schedules.report")
async def report(of: str) -> datetime:
    begun.append(of)
    return now()


async def ids(engine: Engine) -> list[str]:
    return sorted(info.run_id.removeprefix("schedules.report@2026-") for info in await engine.runs())


async def test_a_run_begins_at_each_tick_under_an_id_that_tells_which(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
        await runtime.clock.advance(2 * HOUR)
        assert begun == []
        await runtime.clock.advance(2 * DAY)
        assert await ids(engine) == ["01-01T12:00Z", "01-02T12:00Z"]
        assert await engine.handle("schedules.report@2026-01-02T12:00Z", report).result() == datetime(
            2026, 1, 2, 12, tzinfo=UTC
        )
    assert begun == ["sales", "sales"]


async def test_a_tick_is_meant_in_its_time_zone_and_named_in_utc(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("30 23 * * *", report, "sales", name="close", zone="America/New_York")
        await runtime.clock.advance(DAY)
        assert [info.run_id for info in await engine.runs()] == ["close@2026-01-02T04:30Z"]


async def test_only_the_latest_of_the_ticks_that_were_missed_runs_when_the_engine_is_opened(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
    await runtime.clock.advance(5 * DAY)
    assert begun == []
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
        await settle()
        assert await ids(engine) == ["01-05T12:00Z"]
        await runtime.clock.advance(DAY)
        assert await ids(engine) == ["01-05T12:00Z", "01-06T12:00Z"]


async def test_nothing_runs_for_ticks_before_the_schedule_was_first_declared(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 8 * * *", report, "sales")  # it is 9 o'clock
        await runtime.clock.advance(22 * HOUR)
        assert begun == []
    async with runtime.engine() as engine:
        await engine.every("0 6 * * *", report, "sales")  # 7 o'clock: as this, it is declared for the first time
        await runtime.clock.advance(2 * HOUR)
        assert begun == []
        await runtime.clock.advance(DAY)
        assert await ids(engine) == ["01-03T06:00Z"]


async def test_what_is_no_longer_declared_no_longer_runs(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
    async with runtime.engine():
        await runtime.clock.advance(2 * DAY)
    assert begun == []


async def test_an_engine_that_is_closed_begins_nothing_more(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
    await runtime.clock.advance(DAY)
    assert begun == []
    with pytest.raises(EngineClosed):
        await engine.every("0 12 * * *", report, "sales")


async def test_opened_again_and_again_a_tick_has_one_run(runtime: Runtime) -> None:
    for _ in range(3):
        async with runtime.engine() as engine:
            await engine.every("0 12 * * *", report, "sales")
            await runtime.clock.advance(4 * HOUR)
            assert await ids(engine) == ["01-01T12:00Z"]
    assert begun == ["sales"]


@pytest.mark.parametrize("dies", ["before the run is asked for", "before the tick is noted"])
async def test_killed_at_a_tick_it_has_one_run_all_the_same(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    copies: list[Runtime] = []
    method = "send" if dies == "before the run is asked for" else "keep_schedule"

    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
        kind = type(runtime.journal())
        really: Callable[..., Any] = getattr(kind, method)

        def dying(*args: Any) -> Any:
            copies.append(runtime.crashed())
            return really(*args)

        monkeypatch.setattr(kind, method, dying)
        await runtime.clock.advance(4 * HOUR)
        monkeypatch.undo()
    begun.clear()
    async with copies[0].engine() as after:
        await after.every("0 12 * * *", report, "sales")
        await runtime.clock.advance(HOUR)
        assert await ids(after) == ["01-01T12:00Z"]
        assert len(begun) == 1
        assert (await after.audit()).ok


async def test_a_run_that_was_started_under_a_ticks_id_is_the_ticks(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
        await engine.start(report, "by hand", run_id="schedules.report@2026-01-01T12:00Z")
        await runtime.clock.advance(4 * HOUR)
        assert begun == ["by hand"]


async def test_a_driver_that_overslept_begins_the_latest_only(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 * * * *", report, "sales")
        runtime.clock.jump(3 * DAY)  # as a machine that was asleep does
        await runtime.clock.advance(HOUR)
        assert await ids(engine) == ["01-04T10:00Z"]


async def test_a_clock_that_is_set_back_repeats_no_tick(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
        await runtime.clock.advance(4 * HOUR)
        runtime.clock.jump(-2 * HOUR)
        await runtime.clock.advance(4 * HOUR)
        assert begun == ["sales"]
        await runtime.clock.advance(DAY)
        assert await ids(engine) == ["01-01T12:00Z", "01-02T12:00Z"]


async def test_a_disk_that_is_full_at_a_tick_only_delays_it(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.every("0 12 * * *", report, "sales")
        with runtime.full_disk():
            await runtime.clock.advance(3 * HOUR)
            with pytest.raises(StoreError):
                await engine.start(report, "no room", run_id="x")
            assert begun == []
        await runtime.clock.advance(HOUR)
        assert await ids(engine) == ["01-01T12:00Z"]


async def test_its_runs_wait_for_their_turn_in_a_queue(runtime: Runtime) -> None:
    queue = Queue("nightly", rate="1/day")
    async with Engine(runtime.url, clock=runtime.clock, queues=[queue]) as engine:
        for name in ("one", "two"):
            await engine.every("0 12 * * *", report, name, name=name, queue="nightly")
        await runtime.clock.advance(4 * HOUR)
        assert begun == ["one"]
        await runtime.clock.advance(DAY)
        assert begun == ["one", "two"]
        with pytest.raises(ValueError, match="no queue 'daily'"):
            await engine.every("0 12 * * *", report, "x", name="x", queue="daily")


async def test_days_are_skipped_in_no_time() -> None:
    clock = VirtualClock(datetime(2026, 1, 1, 9, tzinfo=UTC))
    async with Engine("sqlite:///:memory:", clock=clock) as engine:
        await engine.every("0 12 * * *", report, "sales")
        while clock.now() < datetime(2026, 2, 1, tzinfo=UTC):
            due = clock.next_timer()
            assert due is not None
            clock.set(due)
            await settle()
        assert len(await engine.runs()) == len(begun) == 31
        clock.advance(10 * DAY)  # all at once: the latest only
        await settle()
        assert len(begun) == 32


async def test_what_cannot_be_is_refused_at_once(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        with pytest.raises(ValueError, match=re.escape("field 2, the hour, cannot be '25'")):
            await engine.every("0 25 * * *", report, "sales")
        with pytest.raises(ValueError, match="no time zone"):
            await engine.every("0 3 * * *", report, "sales", zone="Nowhere")
        with pytest.raises(CodecError):
            await engine.every("0 3 * * *", report, 7)
        await engine.every("0 3 * * *", report, "sales")
        await engine.every("0 3 * * *", report, "sales")  # the same once more
        with pytest.raises(DuplicateName, match="name="):
            await engine.every("0 3 * * *", report, "stock")
    async with runtime.engine(drive=False) as beside:
        with pytest.raises(UsageError, match="drive=False"):
            await beside.every("0 3 * * *", report, "sales")

"""Going on as a new run: a journal ends, what it was for does not."""

import asyncio
from datetime import timedelta

import pytest

from segue import continue_as, run_child, sleep, step, wait_for_signal, workflow
from segue.engine.journal import Batch
from segue.errors import JournalFull, RunCancelled, RunFailed, RunFinished
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

DAY = timedelta(days=1)


async def test_a_chain_of_runs_is_one_to_its_handle(runtime: Runtime) -> None:
    @workflow
    async def count(left: int, done: int = 0) -> str:
        await sleep(DAY)
        if left:
            return continue_as(left - 1, done=done + 1)
        return f"{done} days"

    async with runtime.engine() as engine:
        handle = await engine.start(count, 2, run_id="r")
        await runtime.clock.advance(DAY * 3)
        assert await handle.result() == "2 days"
        assert await handle.status() == "continued"
        assert {run.run_id: run.status for run in await engine.runs()} == {
            "r": "continued", "r~2": "continued", "r~3": "completed"
        }  # fmt: skip
        last = await engine.last_entry("r")
        assert last is not None
        assert (last.kind, last.payload) == ("run_continued", {"args": [1, 1], "run_id": "r~2"})
        first = (await engine.entries("r~2"))[0]
        assert first.payload == {"args": [1, 1], "continues": "r"}
        assert (await engine.start(count, 2, run_id="r")).run_id == "r"
        assert len(await engine.runs()) == 3
        assert (await engine.audit()).ok


async def test_signals_that_were_not_consumed_are_carried_over_in_order(runtime: Runtime) -> None:
    @workflow
    async def takes_one(taken: list[str]) -> list[str]:
        taken = [*taken, await wait_for_signal("word", str)]
        return taken if len(taken) == 3 else continue_as(taken)

    async with runtime.engine() as engine:
        handle = await engine.start(takes_one, [], run_id="r")
        for word in ("one", "two", "three"):
            await engine.signal("r", "word", word, signal_id=word)
        assert await handle.result() == ["one", "two", "three"]
        assert (await engine.last_entry("r")).payload["carried"] == ["word", "word"]  # type: ignore[union-attr, index]


async def test_signals_stay_in_order_where_a_run_goes_on_before_it_has_seen_them(runtime: Runtime) -> None:
    @workflow
    async def takes_one(taken: list[str]) -> list[str]:
        taken = [*taken, await wait_for_signal("word", str)]
        return taken if len(taken) == 3 else continue_as(taken)

    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        handle = await engine.start(takes_one, [], run_id="r")
        await settle()
        commit = engine._journal.commit

        def at_the_last_moment(batch: Batch) -> None:
            if "r" in batch.ended:
                beside._journal.send("signal", "r", "word", None, b'"two"', 0)
            commit(batch)
            if "r" in batch.ended:
                beside._journal.send("signal", "r~2", "word", None, b'"three"', 0)

        engine._journal.commit = at_the_last_moment  # type: ignore[method-assign]
        await engine.signal("r", "word", "one")
        assert await handle.result() == ["one", "two", "three"]


async def test_a_signal_is_not_refused_where_the_run_goes_on_at_that_moment(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    @workflow
    async def takes_one(taken: list[str]) -> list[str]:
        taken = [*taken, await wait_for_signal("word", str)]
        return taken if len(taken) == 2 else continue_as(taken)

    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        handle = await engine.start(takes_one, [], run_id="r")
        await engine.signal("r", "word", "one")
        await until(lambda: engine.status("r") == "continued")
        chain, looks = beside._chain, iter([["r"]])  # the first look came a moment before
        monkeypatch.setattr(beside, "_chain", lambda run_id: next(looks, None) or chain(run_id))
        await beside.signal("r", "word", "two")
        assert await handle.result() == ["one", "two"]


async def test_signals_and_cancel_under_the_first_id_reach_the_run_that_goes_on(runtime: Runtime) -> None:
    @workflow
    async def takes_for_ever(taken: int) -> None:
        await wait_for_signal("word", str)
        return continue_as(taken + 1)

    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        handle = await engine.start(takes_for_ever, 0, run_id="r")
        await engine.signal("r", "word", "one", signal_id="click-1")
        await settle()
        await engine.signal("r", "word", "one", signal_id="click-1")
        await settle()
        assert await engine.handle("r~2").status() == "waiting"
        await beside.signal("r", "word", "two", signal_id="click-2")
        await engine.signal("r", "word", "two", signal_id="click-2")
        await settle()
        assert await engine.handle("r~3").status() == "waiting"
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()
        with pytest.raises(RunFinished):
            await engine.signal("r", "word", "three")


@pytest.mark.parametrize("turns", range(8))
async def test_a_signal_at_the_moment_of_going_on_is_not_lost(runtime: Runtime, turns: int) -> None:
    @step
    async def work() -> None: ...

    @workflow
    async def flow(round_: int) -> str:
        await work()
        return continue_as(1) if not round_ else await wait_for_signal("word", str)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, 0, run_id="r")
        for _ in range(turns):
            await asyncio.sleep(0)
        await engine.signal("r", "word", "heard")
        assert await handle.result() == "heard"


async def test_a_crash_at_any_commit_loses_no_run_and_no_signal(runtime: Runtime) -> None:
    @workflow
    async def flow(taken: list[str]) -> list[str]:
        taken = [*taken, await wait_for_signal("word", str)]
        return taken if len(taken) == 2 else continue_as(taken)

    copies: list[Runtime] = []
    async with runtime.engine() as engine:
        handle = await engine.start(flow, [], run_id="r")
        commit = engine._journal.commit

        def copying(batch: object) -> None:
            commit(batch)  # type: ignore[arg-type]
            copies.append(runtime.crashed())

        await engine.signal("r", "word", "one")
        await engine.signal("r", "word", "two")
        engine._journal.commit = copying  # type: ignore[method-assign]
        assert await handle.result() == ["one", "two"]
    assert len(copies) > 3
    for copy in copies:
        async with copy.engine() as engine:
            assert await engine.handle("r").result() == ["one", "two"]
            assert (await engine.audit()).ok


async def test_a_child_that_goes_on_gives_its_parent_the_end_of_its_chain(runtime: Runtime) -> None:
    @workflow
    async def child(left: int) -> str:
        await wait_for_signal("word")
        return continue_as(left - 1) if left else "the end"

    @workflow
    async def flow() -> str:
        return await run_child(child, 1)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.start(flow, run_id="s")
        await settle()
        for run_id in ("r/0", "s/0"):
            await engine.signal(run_id, "word")
        await settle()
    async with runtime.engine() as engine:
        await engine.signal("r/0", "word")
        assert await engine.handle("r").result() == "the end"
        assert (await engine.run("r/0~2")).parent == "r"
        await engine.cancel("s")
        with pytest.raises(RunCancelled):
            await engine.handle("s").result()
        assert await engine.handle("s/0~2").status() == "cancelled"


async def test_arguments_that_do_not_fit_fail_the_run(runtime: Runtime) -> None:
    @workflow
    async def flow(n: int) -> int:
        return continue_as("many") if n else continue_as()

    async with runtime.engine() as engine:
        with pytest.raises(RunFailed, match="CodecError"):
            await (await engine.start(flow, 1)).result()
        with pytest.raises(RunFailed, match="missing a required argument"):
            await (await engine.start(flow, 0)).result()


async def test_a_chain_never_goes_on_as_somebody_elses_run(runtime: Runtime) -> None:
    @workflow
    async def flow(n: int) -> int:
        return continue_as(n - 1) if n else 0

    async with runtime.engine() as engine:
        await (await engine.start(flow, 0, run_id="r~2")).result()
        with pytest.raises(RunFailed, match="r cannot go on as r~2"):
            await (await engine.start(flow, 1, run_id="r")).result()


async def test_a_handle_from_another_process_follows_the_chain(runtime: Runtime) -> None:
    @workflow
    async def flow(n: int) -> str:
        return continue_as(n - 1) if n else "end"

    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        handle = await beside.start(flow, 2, run_id="r")
        assert await handle.result() == "end"
        assert await engine.handle("r").result() == "end"


async def test_a_journal_that_is_full_takes_no_more_calls_and_the_chain_goes_on(runtime: Runtime) -> None:
    @step
    async def look_up(number: int) -> int:
        return number

    @workflow
    async def many(left: int) -> str:
        try:
            while left:
                await look_up(left)
                left -= 1
        except JournalFull:
            return continue_as(left)
        return "all"

    @workflow
    async def heedless() -> None:
        for number in range(10_001):
            await look_up(number)

    async with runtime.engine() as engine:
        handle = await engine.start(many, 10_003, run_id="r")
        assert await handle.result() == "all"
        assert len(await engine.entries("r")) == 10_002  # its first, and its last
        assert len(await engine.entries("r~2")) == 1 + 3 + 1
        with pytest.raises(RunFailed, match="has 10,000 entries"):
            await (await engine.start(heedless, run_id="h")).result()


async def test_a_full_journal_is_as_full_at_every_replay(runtime: Runtime) -> None:
    @step
    async def look_up(number: int) -> int:
        return number

    @workflow
    async def many() -> int:
        done = 0
        try:
            while True:
                done += 1 + 0 * await look_up(done)
        except JournalFull:
            return done

    async with runtime.engine() as engine:
        result = await (await engine.start(many, run_id="r")).result()
    runtime = runtime.cut("r", 10_001)
    async with runtime.engine() as engine:
        assert await engine.handle("r", many).result() == result == 10_000

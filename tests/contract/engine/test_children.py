"""Children: runs of their own, waited for by the run that started them, and ended with it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from segue import gather, map_concurrent, run_child, sleep, step, uuid4, wait_for_signal, workflow
from segue.engine.journal import Batch
from segue.errors import CodecError, RunCancelled, RunConflict, RunFailed
from tests.conftest import settle, until
from tests.contract.conftest import Runtime

DAY = timedelta(days=1)


@dataclass
class Price:
    """What a child gives."""

    amount: Decimal


async def test_a_child_is_a_run_of_its_own_and_gives_its_result_as_its_type(runtime: Runtime) -> None:
    @workflow
    async def price(item: str, pieces: int = 1) -> Price:
        return Price(Decimal("1.10") * pieces)

    @workflow
    async def flow() -> Price:
        one, three = await gather(run_child(price, "pen"), run_child(price, "pen", pieces=3))
        return Price(one.amount + three.amount)

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, run_id="r")).result() == Price(Decimal("4.40"))
        assert await engine.handle("r/0.1.0", price).result() == Price(Decimal("3.30"))
        assert (await engine.run("r/0.0.0")).parent == "r"
        kinds = [(e.path, e.kind, e.name) for e in await engine.entries("r") if e.path]
        assert sorted(kinds) == [
            (f"0.{n}.0", kind, price.name) for n in (0, 1) for kind in ("child_ended", "child_started")
        ]
        assert (await engine.audit()).ok


async def test_a_childs_failure_is_its_parents_to_handle(runtime: Runtime) -> None:
    @workflow
    async def fails() -> None:
        raise ValueError("out of stock")

    @workflow
    async def handles() -> str:
        try:
            await run_child(fails)
        except RunFailed as error:
            return f"{type(error.__cause__).__name__}: {error.__cause__}"
        return "?"

    @workflow
    async def leaves_it() -> None:
        await run_child(fails)

    async with runtime.engine() as engine:
        assert await (await engine.start(handles)).result() == "ValueError: out of stock"
        with pytest.raises(RunFailed, match="out of stock"):
            await (await engine.start(leaves_it, run_id="r")).result()
        assert await engine.handle("r/0").status() == "failed"


async def test_a_child_that_somebody_else_cancels_is_told_apart(runtime: Runtime) -> None:
    @workflow
    async def waits() -> None:
        await wait_for_signal("never")

    @workflow
    async def flow() -> str:
        try:
            await run_child(waits)
        except RunCancelled as error:
            return str(error)
        return "?"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        assert (await engine.run("r")).waiting_for == ("child r/0",)
        await engine.cancel("r/0")
        assert await handle.result() == "run r/0 was cancelled"


async def test_children_are_cancelled_with_their_parent_and_end_before_it(runtime: Runtime) -> None:
    cleaned = []

    @step
    async def clean_up(who: str) -> None:
        await asyncio.sleep(0)
        cleaned.append(who)

    @workflow
    async def grandchild() -> None:
        try:
            await wait_for_signal("never")
        finally:
            await clean_up("grandchild")

    @workflow
    async def child() -> None:
        try:
            await run_child(grandchild)
        finally:
            await clean_up("child")

    @workflow
    async def flow() -> None:
        try:
            await gather(run_child(child), sleep(DAY))
        finally:
            await clean_up("parent")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await handle.result()
        assert cleaned == ["grandchild", "child", "parent"]
        assert [await engine.handle(run_id).status() for run_id in ("r/0.0.0", "r/0.0.0/0")] == ["cancelled"] * 2


async def test_a_branch_that_fails_cancels_the_child_beside_it(runtime: Runtime) -> None:
    @workflow
    async def waits() -> None:
        await wait_for_signal("never")

    async def fails() -> None:
        await sleep(DAY)
        raise ValueError("no")

    @workflow
    async def flow() -> None:
        await gather(run_child(waits), fails())

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await runtime.clock.advance(DAY)
        with pytest.raises(RunFailed, match="no"):
            await handle.result()
        assert await engine.handle("r/0.0.0").status() == "cancelled"


async def test_parent_and_child_leave_memory_and_come_back_for_a_signal(runtime: Runtime) -> None:
    @workflow
    async def child() -> str:
        return await wait_for_signal("word", str)

    @workflow
    async def flow() -> str:
        return await run_child(child) + "!"

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        assert engine._driver is not None
        assert not engine._driver._runs
    async with runtime.engine() as engine:
        await settle()
        assert await engine.handle("r").status() == "waiting"
        await engine.signal("r/0", "word", "yes")
        assert await engine.handle("r").result() == "yes!"


async def test_a_child_outlives_a_crash_and_none_is_started_twice(runtime: Runtime) -> None:
    gate, ran = asyncio.Event(), []

    @step
    async def work(n: int) -> int:
        ran.append(n)
        await gate.wait()
        return n

    @workflow
    async def child(n: int) -> str:
        return f"{await work(n)} {uuid4()}"

    @workflow
    async def flow() -> list[str]:
        return await map_concurrent(lambda n: run_child(child, n), [1, 2, 3], limit=2)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await until(lambda: len(ran) == 2)
        crashed = runtime.crashed()
    gate.set()
    async with crashed.engine() as engine:
        results = await engine.handle("r", flow).result()
        assert [text.split()[0] for text in results] == ["1", "2", "3"]
        assert [e.kind for e in await engine.entries("r")].count("child_started") == 3
        assert len(await engine.runs(workflow=child.name)) == 3
        assert (await engine.audit()).ok
    assert sorted(ran) == [1, 1, 2, 2, 3]


async def test_a_crash_at_any_commit_around_a_childs_life_loses_nothing(runtime: Runtime) -> None:
    done = []

    @step
    async def work() -> str:
        done.append("work")
        return "done"

    @workflow
    async def child() -> str:
        return await work()

    @workflow
    async def flow() -> str:
        first = await run_child(child)
        return f"{first} {await run_child(child)}"

    copies: list[Runtime] = []
    async with runtime.engine() as engine:
        commit = engine._journal.commit

        def copying(batch: object) -> None:
            commit(batch)  # type: ignore[arg-type]
            copies.append(runtime.crashed())

        engine._journal.commit = copying  # type: ignore[method-assign]
        assert await (await engine.start(flow, run_id="r")).result() == "done done"
    assert len(copies) > 5
    for copy in copies:
        async with copy.engine() as engine:
            assert await engine.handle("r").result() == "done done"
            assert [e.kind for e in await engine.entries("r")] == [
                "run_started", "child_started", "child_ended", "child_started", "child_ended", "run_completed"
            ]  # fmt: skip
            assert (await engine.audit()).ok


async def test_a_cancelled_child_ends_after_a_crash(runtime: Runtime) -> None:
    gate, seen = asyncio.Event(), []

    @step
    async def clean_up() -> None:
        seen.append("cleaning")
        await gate.wait()

    @workflow
    async def child() -> None:
        try:
            await wait_for_signal("never")
        finally:
            await clean_up()

    @workflow
    async def flow() -> None:
        await run_child(child)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        await engine.cancel("r")
        await until(lambda: seen)
        crashed = runtime.crashed()
    gate.set()
    async with crashed.engine() as engine:
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()
        assert await engine.handle("r/0").status() == "cancelled"


async def test_a_run_that_has_the_childs_id_already_is_not_taken_for_it(runtime: Runtime) -> None:
    @workflow
    async def child() -> str:
        return "child"

    @workflow
    async def flow() -> str:
        try:
            return await run_child(child)
        except RunFailed as error:
            return type(error.__cause__).__name__

    async with runtime.engine() as engine:
        await (await engine.start(child, run_id="r/0")).result()
        assert await (await engine.start(flow, run_id="r")).result() == RunConflict.__name__


async def test_arguments_that_cannot_be_written_down_never_begin_a_child(runtime: Runtime) -> None:
    @workflow
    async def child(n: int) -> int:
        return n

    @workflow
    async def flow() -> str:
        try:
            await run_child(child, "many")  # type: ignore[arg-type]
        except CodecError:
            return "refused"
        return "?"

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, run_id="r")).result() == "refused"


async def test_a_childs_arguments_must_be_those_of_the_first_time(runtime: Runtime) -> None:
    given = ["first"]

    @workflow
    async def child(word: str) -> None:
        await wait_for_signal("never")

    @workflow
    async def flow() -> None:
        await run_child(child, given[0])

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    given[0] = "second"
    async with runtime.engine() as engine:
        await engine.signal("r", "look")
        with pytest.raises(RunFailed, match=r"recorded with arguments \[\"first\"\]"):
            await engine.handle("r").result()


async def test_outside_of_a_run_a_child_is_the_plain_function() -> None:
    @workflow
    async def child(n: int) -> int:
        return n + 1

    assert await run_child(child, 1) == 2


async def test_a_crash_at_any_commit_loses_no_wish_to_cancel_a_child(runtime: Runtime) -> None:
    @workflow
    async def other() -> None: ...

    @workflow
    async def child() -> None:
        await wait_for_signal("never")

    @workflow
    async def flow() -> None:
        await run_child(child)

    copies: list[Runtime] = []
    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        commit = engine._journal.commit

        def copying(batch: Batch) -> None:
            commit(batch)
            if any(record.kind == "cancel_requested" for record in batch.records):
                begun = engine.start(other)  # whatever else there is to write at that moment is written first
                begun.send(None)
                begun.close()
            copies.append(runtime.crashed())

        engine._journal.commit = copying  # type: ignore[method-assign]
        await engine.cancel("r")
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()
    assert len(copies) > 4
    for copy in copies:
        async with copy.engine() as engine:
            with pytest.raises(RunCancelled):
                await engine.handle("r").result()
            assert await engine.handle("r/0").status() == "cancelled"

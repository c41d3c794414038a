"""Starting runs: one per id, durable, and refused where the id means something else."""

import asyncio
from datetime import timedelta

import pytest

from segue import step, wait_for_signal, workflow
from segue.engine.handle import Asked
from segue.errors import CodecError, DefinitionError, EngineClosed, RunConflict, RunNotFound
from tests.conftest import settle
from tests.contract.conftest import Runtime


async def test_the_same_id_is_the_same_run_and_never_a_second(runtime: Runtime) -> None:
    ran = []

    @step
    async def work() -> int:
        ran.append("work")
        return len(ran)

    @workflow
    async def flow(ticket: str) -> int:
        return await work()

    async with runtime.engine() as engine:
        handles = [await engine.start(flow, "t", run_id="r") for _ in range(3)]
        assert [await handle.result() for handle in handles] == [1, 1, 1]
        assert await (await engine.start(flow, "t", run_id="r")).result() == 1
    async with runtime.engine() as engine:
        assert await (await engine.start(flow, "t", run_id="r")).result() == 1
        assert [run.run_id for run in await engine.runs()] == ["r"]


async def test_starts_at_the_same_moment_are_one_run(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return "done"

    async with runtime.engine() as engine:
        handles = await asyncio.gather(*(engine.start(flow, run_id="r") for _ in range(20)))
        assert [await handle.result() for handle in handles] == ["done"] * 20
        assert [entry.kind for entry in await engine.entries("r")] == ["run_started", "run_completed"]


async def test_a_known_id_with_other_arguments_is_a_conflict(runtime: Runtime) -> None:
    @workflow
    async def flow(n: int) -> int:
        return await wait_for_signal("go", int) + n

    async with runtime.engine() as engine:
        await engine.start(flow, 1, run_id="r")
        with pytest.raises(RunConflict, match="other arguments"):
            await engine.start(flow, 2, run_id="r")
        await engine.signal("r", "go", 1)
        assert await engine.handle("r").result() == 2
        with pytest.raises(RunConflict, match="other arguments"):
            await engine.start(flow, 2, run_id="r")


async def test_a_known_id_with_another_workflow_is_a_conflict(runtime: Runtime) -> None:
    @workflow
    async def one() -> None: ...

    @workflow
    async def other() -> None: ...

    async with runtime.engine() as engine:
        await engine.start(one, run_id="r")
        with pytest.raises(RunConflict, match="other"):
            await engine.start(other, run_id="r")


async def test_arguments_are_the_same_whatever_the_order_of_their_sets_and_keys(runtime: Runtime) -> None:
    @workflow
    async def flow(tags: set[int], fields: dict[str, int]) -> int:
        return len(tags) + len(fields)

    async with runtime.engine() as engine:
        await engine.start(flow, {0, 8}, {"a": 1, "b": 2}, run_id="r")
        handle = await engine.start(flow, {8, 0}, {"b": 2, "a": 1}, run_id="r")
        assert await handle.result() == 4


async def test_a_run_has_an_id_of_its_own_where_none_is_given(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None: ...

    async with runtime.engine() as engine:
        first, second = await engine.start(flow), await engine.start(flow)
        assert first.run_id != second.run_id


async def test_default_arguments_count_as_given(runtime: Runtime) -> None:
    @workflow
    async def flow(n: int = 3) -> int:
        return n

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        assert await (await engine.start(flow, 3, run_id="r")).result() == 3


@pytest.mark.parametrize("run_id", ["", "a\nb", "a\x1fb", "x" * 201, "\ud800"])
async def test_an_id_that_cannot_stand_in_an_entry_is_refused(runtime: Runtime, run_id: str) -> None:
    @workflow
    async def flow() -> None: ...

    async with runtime.engine() as engine:
        with pytest.raises(DefinitionError, match="run id"):
            await engine.start(flow, run_id=run_id)


async def test_an_id_may_hold_any_readable_text(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return "done"

    async with runtime.engine() as engine:
        for run_id in ["ticket-17.2", "Größe/東京 №1", "%_'\"; --"]:
            assert await (await engine.start(flow, run_id=run_id)).result() == "done"
            await engine.verify(run_id)


async def test_arguments_of_another_type_begin_nothing(runtime: Runtime) -> None:
    @workflow
    async def flow(n: int) -> int:
        return n

    async with runtime.engine() as engine:
        with pytest.raises(CodecError, match="flow"):
            await engine.start(flow, "three", run_id="r")
        with pytest.raises(TypeError):
            await engine.start(flow, 1, 2, run_id="r")
        with pytest.raises(RunNotFound):
            await engine.handle("r").status()


async def test_changing_an_argument_after_the_start_changes_nothing(runtime: Runtime) -> None:
    @workflow
    async def flow(items: list[int]) -> int:
        return len(items)

    items = [1, 2]
    async with runtime.engine() as engine:
        handle = await engine.start(flow, items, run_id="r")
        items.append(3)
        assert await handle.result() == 2


async def test_an_engine_that_is_not_open_says_so(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None: ...

    engine = runtime.engine()
    with pytest.raises(EngineClosed, match="async with"):
        await engine.start(flow, run_id="r")
    async with engine:
        await engine.start(flow, run_id="r")
        await settle()
    with pytest.raises(EngineClosed):
        await engine.handle("r").result()


async def test_unknown_runs_are_not_found(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        for asked in (
            engine.handle("nobody").result(),
            engine.handle("nobody").status(),
            engine.entries("nobody"),
            engine.verify("nobody"),
            engine.signal("nobody", "go"),
            engine.cancel("nobody"),
        ):
            with pytest.raises(RunNotFound, match="nobody"):
                await asked


async def test_runs_are_listed_latest_first_and_filtered(runtime: Runtime) -> None:
    @workflow(name="quick")
    async def quick() -> None: ...

    @workflow(name="patient")
    async def patient() -> None:
        await wait_for_signal("go")

    async with runtime.engine() as engine:
        for n in range(3):
            await engine.start(quick, run_id=f"q{n}")
            runtime.clock.jump(by=timedelta(seconds=1))
        await engine.start(patient, run_id="p")
        await settle()
        assert [run.run_id for run in await engine.runs()] == ["p", "q2", "q1", "q0"]
        assert [run.run_id for run in await engine.runs(limit=2)] == ["p", "q2"]
        assert [run.run_id for run in await engine.runs(status="waiting")] == ["p"]
        assert [run.run_id for run in await engine.runs(status="completed", workflow="patient")] == []
        (waiting,) = await engine.runs(workflow="patient", limit=50)
        assert (waiting.status, waiting.waiting_for) == ("waiting", ("signal go",))


async def test_an_entry_tells_where_when_and_what(runtime: Runtime) -> None:
    @step(name="double")
    async def double(n: int) -> int:
        return 2 * n

    @workflow(name="doubling")
    async def flow(n: int) -> int:
        return await double(n)

    async with runtime.engine() as engine:
        assert await (await engine.start(flow, 4, run_id="r")).result() == 8
        started, finished, completed = await engine.entries("r")
    assert (started.seq, started.path, started.kind, started.name) == (0, "", "run_started", "doubling")
    assert started.payload == {"args": [4]}
    assert (finished.seq, finished.path, finished.kind, finished.name) == (1, "0", "step_finished", "double")
    assert (finished.attempt, finished.payload) == (1, {"args": [4], "result": 8})
    assert (completed.kind, completed.payload) == ("run_completed", {"result": 8})
    assert started.at == runtime.clock.now()
    assert len({started.hash, finished.hash, completed.hash}) == 3


async def test_what_is_asked_for_can_be_looked_at_until_it_is_taken_up(runtime: Runtime) -> None:
    @workflow
    async def flow(name: str, number: int) -> None: ...

    async with runtime.engine(drive=False) as outside:
        assert await outside.asked("r") is None
        await outside.start(flow, "a", 1, run_id="r")
        assert await outside.asked("r") == Asked(workflow=flow.name, args=["a", 1])
        assert await outside.entries("r") == []
        async with runtime.engine() as engine:
            await engine.handle("r").result()
            assert await engine.asked("r") is None
        assert await outside.asked("r") is None
        assert (await outside.entries("r"))[0].payload == {"args": ["a", 1]}

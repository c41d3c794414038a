"""Code that no longer fits a journal is told so, and `patched` keeps the old branch for those that need it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from segue import Engine, patched, sleep, step, wait_for_signal, workflow
from segue.errors import RunFailed
from tests.contract.conftest import Runtime

DAY = timedelta(days=1)


ran: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


@step(name="changed.work")
async def work(tag: str) -> str:
    ran.append(tag)
    return tag


@step(name="changed.other")
async def other(tag: str) -> str:
    ran.append(f"other {tag}")
    return tag


async def stuck(engine: Engine, run_id: str) -> str:
    """What a run says that cannot go on."""
    with pytest.raises(RunFailed, match="cannot go on") as failed:
        await engine.handle(run_id).result()
    return str(failed.value)


async def changed(runtime: Runtime, before: Any, after: Any) -> str:
    """Start a run of one code, go on with another, and return why it is stuck."""
    code = {"fn": before}

    @workflow(name="changed.flow")
    async def flow() -> Any:
        await code["fn"]()
        await wait_for_signal("go")

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    code["fn"] = after
    async with runtime.engine() as engine:
        await engine.signal("r", "go")
        return await stuck(engine, "r")


async def test_another_step_than_recorded_is_named_with_both(runtime: Runtime) -> None:
    why = await changed(runtime, lambda: work("a"), lambda: other("a"))
    assert "recorded step_finished of 'changed.work' at path 0" in why
    assert "called was step 'changed.other'" in why
    assert "segue.patched" in why


async def test_other_arguments_than_recorded_are_shown_with_both(runtime: Runtime) -> None:
    why = await changed(runtime, lambda: work("a"), lambda: work("b"))
    assert "was recorded with arguments" in why
    assert '["a"]' in why
    assert '["b"]' in why


async def test_other_long_arguments_are_noticed_by_their_digest(runtime: Runtime) -> None:
    long = "x" * 100_000
    why = await changed(runtime, lambda: work(long), lambda: work(long + "y"))
    assert "was recorded with arguments" in why
    assert len(why) < 2000


async def test_a_missing_step_is_noticed(runtime: Runtime) -> None:
    async def nothing() -> None: ...

    why = await changed(runtime, lambda: work("a"), nothing)
    assert "recorded" in why
    assert "'changed.work'" in why


async def test_a_step_missing_at_the_end_is_noticed(runtime: Runtime) -> None:
    async def both() -> None:
        await work("a")
        await work("b")

    why = await changed(runtime, both, lambda: work("a"))
    assert "'changed.work' at path 1" in why


async def test_a_workflow_that_ends_earlier_than_recorded_is_noticed(runtime: Runtime) -> None:
    code = {"waits": True}

    @workflow
    async def flow() -> str:
        if code["waits"]:
            await work("a")
            await wait_for_signal("go")
        return "done"

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    code["waits"] = False
    async with runtime.engine() as engine:
        await engine.signal("r", "go")
        assert "called nothing there" in await stuck(engine, "r")


async def test_a_stuck_run_tells_those_who_wait_for_it(runtime: Runtime) -> None:
    code = {"tag": "a"}

    @workflow
    async def flow() -> None:
        await work(code["tag"])
        await wait_for_signal("go")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        result = asyncio.create_task(handle.result())
        await engine.settled("r")
        code["tag"] = "b"
        await engine.signal("r", "go")
        with pytest.raises(RunFailed, match="cannot go on"):
            await result
        assert await handle.status() == "failed"


async def test_a_stuck_run_goes_on_when_its_code_is_right_again(runtime: Runtime) -> None:
    code = {"tag": "a"}

    @workflow
    async def flow() -> str:
        await work(code["tag"])
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    code["tag"] = "b"
    async with runtime.engine() as engine:
        await engine.signal("r", "go", "gone")
        await stuck(engine, "r")
    code["tag"] = "a"
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == "gone"
        await engine.verify("r")
    assert ran == ["a"]


async def test_a_stuck_run_still_takes_signals(runtime: Runtime) -> None:
    code = {"tag": "a"}

    @workflow
    async def flow() -> list[str]:
        await work(code["tag"])
        return [await wait_for_signal("go", str), await wait_for_signal("go", str)]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    code["tag"] = "b"
    async with runtime.engine() as engine:
        await engine.signal("r", "go", "one")
        await stuck(engine, "r")
        await engine.signal("r", "go", "two")
    code["tag"] = "a"
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == ["one", "two"]


async def test_one_stuck_run_holds_no_other_up(runtime: Runtime) -> None:
    code = {"tag": "a"}

    @workflow
    async def flow(own: str) -> str:
        await work(own or code["tag"])
        return await wait_for_signal("go", str)

    async with runtime.engine() as engine:
        await engine.start(flow, "", run_id="stuck")
        await engine.start(flow, "mine", run_id="well")
        await engine.settled("stuck")
        await engine.settled("well")
        code["tag"] = "b"
        await engine.signal("stuck", "go", "x")
        await engine.signal("well", "go", "fine")
        assert await engine.handle("well").result() == "fine"


async def test_a_patched_change_keeps_the_old_branch_for_runs_that_passed_it(runtime: Runtime) -> None:
    code = {"changed": False}

    @workflow
    async def flow() -> str:
        if code["changed"] and patched("use-other"):
            done = await other("x")
        else:
            done = await work("x")
        await wait_for_signal("go")
        return done

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="old")
        await engine.settled("old")
    code["changed"] = True
    async with runtime.engine() as engine:
        await engine.start(flow, run_id="new")
        await engine.settled("new")
        assert ran == ["x", "other x"]
    async with runtime.engine() as engine:
        for run_id in ("old", "new"):
            await engine.signal(run_id, "go")
            assert await engine.handle(run_id).result() == "x"
            await engine.verify(run_id)
    assert ran == ["x", "other x"]


async def test_a_patched_change_ahead_is_taken_by_runs_under_way(runtime: Runtime) -> None:
    code = {"changed": False}

    @workflow
    async def flow() -> None:
        await wait_for_signal("go")
        if code["changed"] and patched("use-other"):
            await other("x")
        else:
            await work("x")
        await sleep(DAY)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    code["changed"] = True
    async with runtime.engine() as engine:
        await engine.signal("r", "go")
        await engine.settled("r")
    async with runtime.engine() as engine:
        await runtime.clock.advance(DAY)
        await engine.handle("r").result()
    assert ran == ["other x"]


async def test_a_change_gives_the_same_answer_however_often_it_is_asked(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[bool]:
        answers = [patched("one"), patched("one"), patched("two")]
        await wait_for_signal("go")
        return [*answers, patched("one"), patched("three")]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.settled("r")
    async with runtime.engine() as engine:
        await engine.signal("r", "go")
        assert await engine.handle("r").result() == [True] * 5
        assert [e.name for e in await engine.entries("r") if e.kind == "patched"] == ["one", "two", "three"]

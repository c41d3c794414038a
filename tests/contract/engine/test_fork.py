"""Forks: what would have come of it, without anything happening twice."""

import pytest

from segue import gather, run_child, step, uuid4, wait_for_signal, workflow
from segue.engine.context import run_id
from segue.errors import ForkRefused, NotRecorded, RunCancelled, RunConflict, RunFailed, RunNotFound
from tests.conftest import settle
from tests.contract.conftest import Runtime

acted: list[str] = []
"""What steps did, since the test began."""
limit = [100]
"""What a new version of the workflow thinks."""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    acted.clear()
    limit[0] = 100


@step(name="fork.look_up")
async def look_up(order: str) -> int:
    acted.append("look_up")
    return 30


@step(name="fork.note", effect="write")
async def note(order: str, token: str) -> str:
    acted.append("note")
    return f"noted {order}"


@step(name="fork.refund", effect="once")
async def refund(order: str, amount: int) -> str:
    acted.append("refund")
    return f"refunded {amount}"


@step(name="fork.reject", effect="write")
async def reject(order: str) -> str:
    acted.append("reject")
    return "rejected"


@workflow(name="fork.flow")
async def flow(order: str) -> str:
    token = uuid4().hex
    amount = await look_up(order)
    noted = await note(order, f"{token} of {run_id()}")
    if amount > limit[0]:
        return await reject(order)
    return f"{noted}, {await refund(order, amount)}"


async def test_a_fork_in_the_recorded_world_ends_as_its_original_and_nothing_happens_again(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "A-1", run_id="r")).result()
        acted.clear()
        fork = await engine.fork("r", before="1")
        assert fork.run_id == "r-fork-1"
        assert await fork.result() == "noted A-1, refunded 30"
        assert acted == []
        assert [(e.path, e.kind) for e in await engine.entries("r-fork-1")] == [
            ("", "run_started"), ("0", "step_finished"), ("1", "step_finished"), ("2", "step_finished"),
            ("", "run_completed"),
        ]  # fmt: skip
        first = (await engine.entries("r-fork-1"))[0].payload or {}
        assert (first["forked"]["run_id"], first["forked"]["kept"]) == ("r", 2)
        again = await engine.fork("r-fork-1", before="2")
        assert await again.result() == "noted A-1, refunded 30"
        assert acted == []
        assert (await engine.audit()).ok


async def test_steps_that_only_read_run_again(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "A-1", run_id="r")).result()
        acted.clear()
        await (await engine.fork("r", before="0")).result()
        assert acted == ["look_up"]


async def test_what_the_original_never_did_stops_the_fork(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "A-1", run_id="r")).result()
        acted.clear()
        limit[0] = 10
        fork = await engine.fork("r", before="2")
        with pytest.raises(RunFailed, match=r"fork\.reject.* whose original never called it") as raised:
            await fork.result()
        assert isinstance(raised.value.__cause__, NotRecorded)
        assert acted == []


async def test_a_workflow_cannot_swallow_what_was_never_recorded(runtime: Runtime) -> None:
    calls = ["A-1"]

    @workflow
    async def swallows() -> str:
        try:
            return await reject(calls[0])
        except NotRecorded:
            return "as if nothing were amiss"

    async with runtime.engine() as engine:
        await (await engine.start(swallows, run_id="r")).result()
        fork = await engine.fork("r", before="0")
        assert await fork.result() == "rejected"
        calls[0] = "A-2"
        with pytest.raises(RunFailed, match="NotRecorded"):
            await (await engine.fork("r", before="0")).result()


async def test_failures_and_children_end_as_they_ended(runtime: Runtime) -> None:
    @step(effect="once")
    async def fails() -> None:
        acted.append("fails")
        raise ValueError("no")

    @workflow
    async def child(n: int) -> int:
        acted.append("child")
        return n

    @workflow
    async def calls() -> list[object]:
        try:
            await fails()
        except Exception as error:  # noqa: BLE001
            kind = type(error).__name__
        numbers = await gather(run_child(child, 1), run_child(child, 2), run_child(child, 1))
        return [kind, list(numbers)]

    async with runtime.engine() as engine:
        before = await (await engine.start(calls, run_id="r")).result()
        assert before == ["InDoubt", [1, 2, 1]]
        acted.clear()
        assert await (await engine.fork("r", before="0")).result() == before
        assert await (await engine.fork("r", before="1")).result() == before
        assert acted == []


async def test_a_call_that_was_made_once_comes_to_a_fork_once(runtime: Runtime) -> None:
    times = [1]

    @workflow
    async def flow_() -> str:
        for _ in range(times[0]):
            await reject("A-1")
        await wait_for_signal("go")
        for _ in range(times[0]):
            await reject("A-2")
        return "done"

    async with runtime.engine() as engine:
        await engine.start(flow_, run_id="r")
        await engine.signal("r", "go")
        await engine.handle("r").result()
        times[0] = 2
        await engine.fork("r", before="0", run_id="twice")
        with pytest.raises(RunFailed, match="NotRecorded"):
            await engine.handle("twice").result()
        times[0] = 1
        await engine.fork("r", before="0", run_id="waits")
        await settle()
        assert await engine.handle("waits").status() == "waiting"
        crashed = runtime.crashed()
    acted.clear()
    async with crashed.engine() as engine:
        await engine.signal("waits", "go")
        assert await engine.handle("waits").result() == "done"
        assert acted == []


async def test_a_live_fork_acts_where_nothing_irreversible_came_later(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        limit[0] = 10
        await (await engine.start(flow, "A-1", run_id="r")).result()
        acted.clear()
        assert await (await engine.fork("r", before="2", live=True)).result() == "rejected"
        assert acted == ["reject"]


async def test_a_live_fork_is_never_a_refund_button(runtime: Runtime) -> None:
    @workflow
    async def parent() -> str:
        return await run_child(flow, "A-1")

    async with runtime.engine() as engine:
        await (await engine.start(flow, "A-1", run_id="r")).result()
        await (await engine.start(parent, run_id="p")).result()
        acted.clear()
        with pytest.raises(ForkRefused, match=r"fork\.refund"):
            await engine.fork("r", before="1", live=True)
        with pytest.raises(ForkRefused, match=r"run p/0 .*happened"):
            await engine.fork("p", before="0", live=True)
        await settle()
        assert acted == []
        assert len(await engine.runs()) == 3


async def test_an_unknown_path_is_refused_and_the_known_ones_are_named(runtime: Runtime) -> None:
    @workflow
    async def branches() -> None:
        await look_up("A-1")
        await gather(look_up("A-1"), look_up("A-1"))

    async with runtime.engine() as engine:
        await (await engine.start(branches, run_id="r")).result()
        with pytest.raises(ValueError, match=r"'7'; there are: 0, 1\.0\.0, 1\.1\.0"):
            await engine.fork("r", before="7")
        with pytest.raises(ValueError, match="there are"):
            await engine.fork("r", before="")
        fork = await engine.fork("r", before="1", run_id="s")
        await fork.result()
        with pytest.raises(RunConflict):
            await engine.fork("r", before="1", run_id="s")
        with pytest.raises(RunNotFound):
            await engine.fork("nobody", before="1")


async def test_a_fork_goes_on_where_its_original_still_waits(runtime: Runtime) -> None:
    @workflow
    async def asks() -> str:
        first = await wait_for_signal("word", str)
        return first + await wait_for_signal("word", str)

    async with runtime.engine() as engine:
        await engine.start(asks, run_id="r")
        await engine.signal("r", "word", "a")
        await settle()
        await engine.fork("r", before="1", run_id="s")
        await engine.signal("s", "word", "b")
        assert await engine.handle("s").result() == "ab"
        assert await engine.handle("r").status() == "waiting"


async def test_an_engine_beside_forks_and_whoever_drives_goes_on_with_it(runtime: Runtime) -> None:
    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        await (await engine.start(flow, "A-1", run_id="r")).result()
        acted.clear()
        fork = await beside.fork("r", before="1")
        assert await fork.result() == "noted A-1, refunded 30"
        assert acted == []
        assert (await engine.audit()).ok


async def test_a_fork_made_while_nobody_drives_is_taken_up_by_the_next_who_does(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "A-1", run_id="r")).result()
    async with runtime.engine(drive=False) as beside:
        fork = await beside.fork("r", before="1")
        assert await fork.status() == "running"
        assert [entry.kind for entry in await beside.entries(fork.run_id)] == ["run_started", "step_finished"]
    for _ in range(2):
        async with runtime.engine() as engine:
            assert await engine.handle("r-fork-1").result() == "noted A-1, refunded 30"
            assert len(await engine.runs()) == 2


async def test_a_fork_that_is_cancelled_before_anybody_drives_it_does_nothing(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "A-1", run_id="r")).result()
    acted.clear()
    async with runtime.engine(drive=False) as beside:
        await beside.fork("r", before="0", live=False)
        assert await beside.cancel("r-fork-1")
        assert not await beside.cancel("r")
    async with runtime.engine() as engine:
        with pytest.raises(RunCancelled):
            await engine.handle("r-fork-1").result()
    assert acted == []

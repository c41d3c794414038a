"""The workspace chain that an engine keeps: every run that begins and ends, and what is recorded beside them."""

import pytest

from segue import Engine, step, wait_for_signal, workflow
from segue.errors import CodecError, DefinitionError
from tests.conftest import settle
from tests.contract.conftest import Runtime


@step(name="workspace.work")
async def work(tag: str) -> str:
    return tag


@workflow(name="workspace.flow")
async def flow() -> str:
    await work("a")
    return await wait_for_signal("go", str)


async def runs_named(engine: Engine) -> tuple[list[str], list[tuple[str, str, int, str]]]:
    """Every run that the chain names as begun, and as ended."""
    told = [entry.detail for entry in await engine.workspace(kind="runs")]
    started = [run_id for detail in told for run_id in detail.get("started", [])]
    return started, [tuple(end) for detail in told for end in detail.get("ended", [])]


async def test_every_run_is_named_when_it_begins_and_when_it_ends_with_its_head(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.start(flow, run_id="waits")
        await settle()
        await engine.signal("r", "go", "gone")
        await handle.result()
        started, ended = await runs_named(engine)
        entries = await engine.entries("r")
    assert started == ["r", "waits"]
    assert ended == [("r", "completed", len(entries), entries[-1].hash)]


async def test_a_fork_and_the_run_that_another_goes_on_as_are_named(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        await engine.fork("r", before="1", run_id="copy")
        await settle()
        started, _ = await runs_named(engine)
    assert started == ["r", "copy"]


async def test_many_runs_that_begin_together_are_one_entry(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        for number in range(50):
            engine._driver.begin(f"r-{number}", flow.name, flow.fn.__module__, b"[]")  # type: ignore[union-attr]
        await settle()
        assert len(await engine.workspace(kind="runs")) == 1
        assert len((await runs_named(engine))[0]) == 50


async def test_what_people_decide_is_recorded_from_any_process(runtime: Runtime) -> None:
    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        await engine.start(flow, run_id="r")
        shown = {"tool": "refund", "amount": 1250}
        made = await beside.record("approval", "r", detail={"by": "mira", "said": "yes"}, payload=shown)
        await engine.record("login", "mira")
        assert await engine.workspace(kind="approval") == [made]
        assert (made.subject, made.detail, made.payload) == ("r", {"by": "mira", "said": "yes"}, shown)
        assert [entry.kind for entry in await beside.workspace()] == ["runs", "approval", "login"]
        assert await engine.workspace(subject="nobody") == []


async def test_what_cannot_stand_in_the_chain_is_refused(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        with pytest.raises(ValueError, match="kinds are: approval"):
            await engine.record("runs", "r")  # type: ignore[arg-type]
        with pytest.raises(DefinitionError):
            await engine.record("login", "two\nlines")
        with pytest.raises(CodecError):
            await engine.record("login", "mira", payload=object())
        assert await engine.workspace() == []

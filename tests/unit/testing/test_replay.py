"""Recorded journals are replayed against changed code: what still fits passes, what does not is told."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from segue import continue_as, gather, patched, run_child, sleep, step, wait_for_signal, workflow
from segue.engine.workflow import Workflow
from segue.errors import AuditError, PermanentError, RunFailed, RunNotFound, StoreError
from segue.testing import World, assert_replays, record, replay

Flow = Callable[[], Awaitable[Any]]
DAY = timedelta(days=1)
ran: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


@step(name="kit.replay.work")
async def work(tag: str) -> str:
    ran.append(tag)
    return tag


@step(name="kit.replay.other", effect="once")
async def other(tag: str) -> str:
    ran.append(tag)
    return tag


class Code:
    """A workflow whose code changes."""

    def __init__(self, fn: Flow) -> None:
        self.fn = fn


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/segue.db"


def replayed(url: str, after: Flow) -> list[str]:
    """What is found with other code, without where it was looked for."""
    code.fn = after
    ran.clear()
    found = replay(url)
    assert ran == []
    assert all(one.workflow == "kit.replay.flow" and one.run_id == "r" for one in found)
    return [f"{one.path or '-'}: {one.recorded}; {one.called}" for one in found]


async def nothing() -> None:
    """Code that does nothing."""


code = Code(nothing)


@workflow(name="kit.replay.flow")
async def flow() -> Any:
    return await code.fn()


async def recorded(url: str, before: Flow, *, is_live: bool = False) -> None:
    """Run some code, to its end or to where it waits for a signal."""
    code.fn = before
    async with World(url) as world:
        handle = await world.start(flow, run_id="r")
        if is_live:
            await world.pass_time(timedelta(0))
            return
        try:
            await handle.result()
        except RunFailed:
            return


def content(url: str) -> bytes:
    return Path(url.removeprefix("sqlite:///")).read_bytes()


async def two() -> list[str]:
    return [await work("one"), await other("two")]


async def test_the_same_code_replays_ended_and_live_runs_of_every_kind(url: str) -> None:
    @workflow
    async def child(n: int) -> int:
        return continue_as(n + 1) if n < 2 else n

    @workflow
    async def everything() -> tuple[Any, ...]:
        done = await gather(work("a"), other("b"), run_child(child, 0))
        await sleep(DAY)
        is_new = patched("change")
        return (*done, is_new, await wait_for_signal("go", str))

    @workflow
    async def failing() -> None:
        await work("a")
        raise ValueError("it is broken")

    async with World(url) as world:
        handle = await world.start(everything, run_id="ended")
        await world.signal("ended", "go", "gone")
        assert await handle.result() == ("a", "b", 2, True, "gone")
        for run_id in ("live", "cancelled"):
            await world.start(everything, run_id=run_id)
        await world.fork("ended", before="1")
        await world.start(failing)
        await world.pass_time(2 * DAY)
        await world.cancel("cancelled")
        await world.pass_time(timedelta(0))
        number = len(await world.runs())
    ran.clear()
    before = content(url)
    assert replay(url) == []
    assert_replays(url)
    assert number == 5 + 3 * 3
    assert ran == []
    assert content(url) == before


async def test_another_step_other_arguments_and_steps_that_are_gone_or_new_are_told(url: str) -> None:
    await recorded(url, two)

    async def swapped() -> list[str]:
        return [await other("one"), await work("two")]

    async def asked_otherwise() -> list[str]:
        return [await work("one"), await other("three")]

    async def shorter() -> list[str]:
        return [await work("one"), "two"]

    async def longer() -> list[str]:
        return [*await two(), await work("three")][:2]

    assert replayed(url, two) == []
    assert replayed(url, swapped) == [
        "0: step_finished of 'kit.replay.work' with [\"one\"]; called is step 'kit.replay.other' with [\"one\"]"
    ]
    assert replayed(url, asked_otherwise) == [
        "1: step_intended of 'kit.replay.other' with [\"two\"]; called is step 'kit.replay.other' with [\"three\"]"
    ]
    (found,) = replayed(url, shorter)
    assert found.startswith(
        "1: step_intended of 'kit.replay.other' with [\"two\"]; nothing is called, for it had ended"
    )
    (found,) = replayed(url, longer)
    assert found.startswith('-: run_completed with ["one", "two"]; it has not ended, and called step')
    assert found.endswith("'kit.replay.work' with [\"three\"] at path 2")


async def test_a_finished_run_must_end_the_same_way(url: str) -> None:
    await recorded(url, two)

    async def turned() -> list[str]:
        return (await two())[::-1]

    async def raising() -> None:
        await two()
        raise KeyError("two")

    assert replayed(url, turned) == ['-: run_completed with ["one", "two"]; run_completed with ["two", "one"]']
    assert replayed(url, raising) == ['-: run_completed with ["one", "two"]; run_failed with "KeyError: \'two\'"']


async def test_a_failed_run_must_fail_with_the_same_error(url: str) -> None:
    async def failing() -> None:
        await work("one")
        raise PermanentError("no")

    async def mended() -> str:
        return await work("one")

    await recorded(url, failing)
    assert replayed(url, failing) == []
    assert replayed(url, mended) == ['-: run_failed with "PermanentError: no"; run_completed with "one"']


async def test_a_live_run_replays_up_to_where_its_journal_ends(url: str) -> None:
    async def waiting() -> str:
        return f"{await work('one')} {await wait_for_signal('go', str)}"

    async def longer() -> list[str]:
        return [await waiting(), await other("two")]

    async def waits_for_another() -> str:
        return f"{await work('one')} {await wait_for_signal('come', str)}"

    await recorded(url, waiting, is_live=True)
    assert replayed(url, longer) == []
    assert replayed(url, waits_for_another) == [
        "1: wait_started of 'go'; called is wait_for_signal('come')",
    ]
    assert replayed(url, nothing) == [
        "0: step_finished of 'kit.replay.work' with [\"one\"]; nothing is called, for it had ended: returned None"
    ]


async def test_a_change_behind_patched_replays(url: str) -> None:
    async def changed() -> list[str]:
        if patched("third-step"):
            return [await work("zero"), *await two()]
        return await two()

    await recorded(url, two)
    assert replayed(url, changed) == []


async def test_tasks_of_asyncio_are_told_though_the_test_itself_is_in_a_task(url: str) -> None:
    async def in_time() -> list[str]:
        async with asyncio.timeout(1):
            return await two()

    await recorded(url, two)
    (found,) = replayed(url, in_time)
    assert "nothing is called, for it had ended: NondeterminismError: asyncio's" in found
    assert asyncio.current_task() is not None


async def test_a_workflow_that_is_gone_is_told_and_one_that_is_given_counts(url: str) -> None:
    undeclared = Workflow(two, name="kit.replay.undeclared")
    async with World(url, workflows=[undeclared]) as world:
        await (await world.start(undeclared, run_id="r")).result()
    (found,) = replay(url)
    assert (found.recorded, found.called) == ("a run of it", "no workflow of this name is declared, or two are")
    assert replay(url, undeclared) == []


async def test_all_findings_are_one_readable_failure(url: str) -> None:
    code.fn = two
    async with World(url) as world:
        for name in ("r-1", "r-2"):
            await (await world.start(flow, run_id=name)).result()
    code.fn = nothing
    with pytest.raises(AssertionError) as failed:
        assert_replays(url)
    assert str(failed.value).splitlines() == [
        "2 recorded runs do not replay with this code:",
        *(
            f"run {name} of 'kit.replay.flow', path 0: recorded is step_finished of 'kit.replay.work' with [\"one\"]; "
            "now nothing is called, for it had ended: returned None"
            for name in ("r-1", "r-2")
        ),
        "keep the old branch for runs under way with segue.patched(...)",
    ]
    code.fn = two
    assert_replays(url)


async def test_a_recording_replays_as_the_database_does(url: str, tmp_path: Path) -> None:
    await recorded(url, two)
    file = tmp_path / "journals.jsonl"
    assert record(url, to=file) == 1
    assert replayed(str(file), two) == []
    assert len(replayed(str(file), nothing)) == 1
    assert record(file, to=tmp_path / "again.jsonl", run_ids=["r"]) == 1
    assert (tmp_path / "again.jsonl").read_text() == file.read_text()


async def test_a_recording_that_was_altered_or_is_none_is_refused(url: str, tmp_path: Path) -> None:
    await recorded(url, two)
    file = tmp_path / "journals.jsonl"
    record(url, to=file)
    lines = file.read_text().splitlines()
    altered = json.loads(lines[1]) | {"payload": '{"args":["one"],"result":"two"}'}
    file.write_text("\n".join([lines[0], json.dumps(altered), *lines[2:]]))
    with pytest.raises(AuditError, match="entry 1 of run r"):
        replay(file)
    file.write_text('{"run_id": "r"}\n')
    with pytest.raises(ValueError, match=r"journals\.jsonl:1 is no entry"):
        replay(file)
    file.write_text("")
    with pytest.raises(ValueError, match="no run in it"):
        assert_replays(file)


async def test_what_is_not_there_is_an_error_and_no_green_test(url: str) -> None:
    with pytest.raises(StoreError):
        replay(url)
    with pytest.raises(FileNotFoundError):
        content(url)
    await recorded(url, two)
    with pytest.raises(RunNotFound, match="there is no run other"):
        replay(url, run_ids=["r", "other"])
